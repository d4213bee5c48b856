using System.Globalization;
using System.Text;
using Platform.Database;
using Platform.Rows;
using Portal.Demo;
using Portal.Documents.Tables;

namespace Portal.Imports;

/// <summary>The demo's files: a partner's registrations, of which one customer is taken and one row is wrong, and the brand's leads. Run through the writers, as whoever gave them.</summary>
sealed class ImportsDemo(Db db, IServiceProvider services, ImportStore imports, ImportLedger ledger, TakeUpload takeUpload, TableReader reader, IEnumerable<IImportWriter> writers, TimeProvider clock) : IDemoPart
{
    const string Runner = "seed";

    public int Order => 90;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        await RunAsync("sales@huaxin.example", "deals", "华东客户报备.csv", Deals(today), ct);
        await RunAsync("channel@northlight.example", "leads", "上海办公展线索.csv", Leads, ct);
    }

    // As the pages and the runner do it, in the one transaction of the demo: given and written by the person, claimed and ended by the product.
    async Task RunAsync(string email, string kind, string fileName, string csv, CancellationToken ct)
    {
        var isBrand = kind is "leads";
        await using var file = (await SpooledFile.TakeAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), csv.Length * 4L, ct))!;
        var looked = (await takeUpload.LookThroughAsync(ImportKind.Of(kind), fileName, file, isBrand, ct)).File!;
        var subject = await db.OneAsync<(string Issuer, string Subject)>("select issuer, subject from person where email = @email", new { email }, ct);
        await EnterAsync(subject, ct);
        var given = await imports.InsertAsync(looked with { IsStored = true }, ct);
        await imports.KeepFileAsync(given, file.Content, ct);
        await imports.QueueAsync(given.Number, looked.Mapping, leavesOutWrong: true, ct);
        await EnterAsync(null, ct);
        var import = (await ledger.ClaimAsync(Runner, clock.GetUtcNow().UtcDateTime, RunImport.Lease, ct))!;
        file.Content.Position = 0;
        var opened = (TableOpening.Opened)await reader.OpenAsync(file.Content, fileName, ct);
        await using var table = opened.Table;
        var progress = new ImportProgress();
        await EnterAsync(subject, ct);
        var figures = await WriteAsync(new(import, file, table, progress, RefuseAsync), writers.Single(writer => writer.Kind == kind), ct);
        await EnterAsync(null, ct);
        await RunImport.StoreEndAsync(services, import, Runner, new(ImportStatus.Done, progress.RowsRead, progress.RowsRefused, figures, null), ct);

        async Task RefuseAsync(IReadOnlyCollection<RowRefusal> refusals, CancellationToken stop)
        {
            await EnterAsync(null, stop);
            await ledger.RefuseAsync(import, Runner, refusals, stop);
            await EnterAsync(subject, stop);
        }
    }

    static async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, IImportWriter writer, CancellationToken ct)
    {
        var figures = await writer.WriteAsync(run, ct);
        await run.FlushAsync(ct);
        if (writer is IFollowingWriter following)
        {
            await following.FollowAsync(run, ct);
            return await following.FiguresAsync(run, ct);
        }

        return figures;
    }

    // Entering as a stranger first leaves nothing of whoever was at work before.
    Task EnterAsync((string Issuer, string Subject)? person, CancellationToken ct) => person is var (issuer, subject)
        ? db.ExecuteAsync("select enter(@issuer, @subject)", new { issuer, subject }, ct)
        : db.ExecuteAsync("select enter('', ''), enter_as_system('seed')", null, ct);

    static string Deals(DateOnly today)
    {
        string Close(int days) => today.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return $"""
            客户名称,国家,城市,产品线,区域,预计金额,币种,预计成交日期,联系人,需求,是否提交
            台州湾新材料研究院有限公司,CN,台州,MEET,CN-EAST,180000,CNY,{Close(50)},许工,研究院 6 间会议室,是
            温州瓯江口会展中心有限公司,CN,温州,MEET;DESK,CN-EAST,560000,CNY,{Close(80)},,会展中心办公区与会议区,是
            扬州运河文化产业园有限公司,CN,扬州,PLAN,CN-EAST,130000,CNY,{Close(45)},钱女士,园区工位方案,是
            西溪数字客厅运营有限公司,CN,杭州,MEET,CN-EAST,90000,CNY,{Close(60)},,二期洽谈室,是
            镇江船舶电器研发有限公司,CN,镇江,DESK,CN-EAST,75000,CNY,{Close(70)},,,否
            徐州淮海物流股份有限公司,CN,徐州,打印机,CN-EAST,64000,CNY,{Close(30)},,,是

            """;
    }

    const string Leads = """
        公司名称,国家,城市,产品线,区域,预计金额,币种,需求,来源,分配给,线索池
        湖州太湖文旅发展有限公司,CN,湖州,MEET,CN-EAST,220000,CNY,酒店会议区改造,2026 上海办公展,HUAXIN,
        芜湖智能制造产业园有限公司,CN,芜湖,DESK;PLAN,CN-EAST,310000,CNY,园区办公楼 120 个工位,2026 上海办公展,,是
        舟山海洋科学城建设有限公司,CN,舟山,MEET,CN-EAST,140000,CNY,会议中心,2026 上海办公展,,
        苏州金鸡湖国际酒店管理有限公司,CN,苏州,MEET,CN-EAST,90000,CNY,宴会厅二期,2026 上海办公展,JIANGNAN,

        """;
}
