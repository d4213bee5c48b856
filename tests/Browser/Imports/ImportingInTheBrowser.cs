using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Imports;
using Shouldly;

namespace Browser.Tests.Imports;

[Collection(InTheBrowser.Name)]
public sealed class ImportingInTheBrowser(Chromium chromium, ListeningPortal portal)
{
    const string Wrong = "客户名,国家,城市,邓白氏编码,备注\n杭州云栖数据有限公司,CN,杭州,804735132,老客户\n宁波镇海港务有限公司,CN,宁波,12,\n苏州河畔酒店有限公司,,苏州,,新\n";

    [BrowserFact]
    public async Task A_file_is_uploaded_matched_followed_and_repaired_in_chinese()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.Given.ADistributor("浙江汇入商贸"), "zh-CN");
        var page = desk.Page;

        await desk.OpenAsync("/imports");
        await page.ClickAsync(".empty .btn-primary");
        await UploadAsync(page, "客户清单.csv", Wrong);
        (await page.TextContentAsync("h1"))!.Trim().ShouldBe("客户清单.csv");
        (await page.InputValueAsync("#column-0")).ShouldBe("");
        (await page.TextContentAsync(".problems li"))!.ShouldStartWith("缺少“名称”列");

        await page.SelectOptionAsync("#column-0", "name");
        await page.WaitForSelectorAsync(".problems", new() { State = WaitForSelectorState.Detached });
        (await page.TextContentAsync("#preview tbody tr:nth-child(1)"))!.ShouldContain("杭州云栖数据有限公司");
        (await page.TextContentAsync("#preview tbody tr:nth-child(3) .cell-problem"))!.ShouldContain("单元格为空");

        await page.CheckAsync("input[name=wrong][value=leave-out]");
        await page.ClickAsync("button:has-text('开始导入')");
        await page.WaitForSelectorAsync(".progress-part");
        await RunAsync();
        await page.WaitForSelectorAsync(".facts");
        (await page.TextContentAsync(".flash-note"))!.ShouldContain("已接收 1 行，拒绝 2 行");

        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("a:has-text('下载被拒绝的行')"));
        download.SuggestedFilename.ShouldBe("客户清单.refused.csv");
        var repaired = (await File.ReadAllTextAsync((await download.PathAsync())!)).Replace(",12,", ",,", StringComparison.Ordinal).Replace("有限公司,,苏州", "有限公司,CN,苏州", StringComparison.Ordinal);

        await page.ClickAsync("a:has-text('导入更正后的文件')");
        await UploadAsync(page, "客户清单.refused.csv", repaired);
        await page.SelectOptionAsync("#column-0", "name");
        await page.ClickAsync("button:has-text('开始导入')");
        await page.WaitForSelectorAsync(".progress-part");
        await RunAsync();
        await page.WaitForSelectorAsync(".flash-done");
        (await page.TextContentAsync(".flash-done"))!.ShouldContain("已接收 2 行");
    }

    [BrowserFact]
    public async Task The_pages_of_imports_are_readable_for_everybody()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.Given.ADistributor("湖北看导商贸"));
        await desk.LookAtAsync("/imports", "imports-empty");
        await desk.LookAtAsync("/imports/new", "import-form");

        await desk.OpenAsync("/imports/new");
        await UploadAsync(desk.Page, "客户清单.csv", Wrong);
        var path = new Uri(desk.Page.Url).AbsolutePath;
        await desk.LookAtAsync(path, "import-columns");
        await desk.OpenAsync(path);
        await desk.Page.SelectOptionAsync("#column-0", "name");
        await desk.Page.ClickAsync("form#columns .btn-primary");
        await desk.Page.WaitForSelectorAsync(".progress-part");
        await desk.LookAtAsync(path, "import-progress");
        await RunAsync();
        await desk.LookAtAsync(path, "import-refused");
        await desk.LookAtAsync(path + "?again=true", "import-again");
        await desk.LookAtAsync("/imports", "imports");

        desk.Expect("422");
        await desk.OpenAsync("/imports/new");
        await UploadAsync(desk.Page, "customers.xlsx", "no workbook");
        await desk.CheckAxeAsync("a refused upload");
        await desk.PictureAsync("import-form-refused.1280.en.light");
    }

    [BrowserFact]
    public async Task The_brand_sees_every_kind_and_the_pages_stay_readable()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.Given.SomebodyOfTheBrand("brand_admin"));
        await desk.LookAtAsync("/imports/new?kind=products", "import-form-brand");
        await desk.OpenAsync("/imports/new?kind=products");
        await UploadAsync(desk.Page, "products.csv", "sku,name,product_line,category,colour,list_price_usd,remark\nBR-1,Desk 120,Desks,Standing desks,White,999.00,\nBR-2,Desk 140,Desks,Standing desks,Oak,\"1,199.00\",=cmd()\n");
        await desk.LookAtAsync(new Uri(desk.Page.Url).AbsolutePath, "import-columns-brand");
        await desk.LookAtAsync("/imports", "imports-brand");
    }

    [BrowserFact]
    public async Task Without_script_a_file_is_imported_all_the_same()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.Given.ADistributor("无脚本商贸"), "en", script: false);

        await desk.OpenAsync("/imports/new");
        await UploadAsync(desk.Page, "customers.csv", "name,country\nSeehotel Bregenz GmbH,AT\n");
        await desk.Page.ClickAsync("form#columns .btn-primary");
        await RunAsync();
        await desk.Page.WaitForSelectorAsync(".flash-done");

        (await desk.Page.TextContentAsync(".flash-done"))!.ShouldContain("1 row has been taken.");
    }

    static async Task UploadAsync(IPage page, string name, string content)
    {
        await page.SelectOptionAsync("select[name=kind]", "customers");
        await page.SetInputFilesAsync("#file", new FilePayload { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(content) });
        await page.ClickAsync("main form[enctype] .btn-primary");
        await page.WaitForSelectorAsync("#columns, .field-problem:not(:empty)");
    }

    Task RunAsync() => portal.Services.GetRequiredService<RunImports>().RunNextAsync(CancellationToken.None);
}
