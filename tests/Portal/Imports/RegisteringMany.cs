using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Deals;
using Portal.Imports;
using Portal.Probing;
using Portal.Tests.Deals;
using Support;

namespace Portal.Tests.Imports;

/// <summary>A partner registers many customers with one file.</summary>
public sealed class RegisteringMany(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    const string Head = "customer,country,city,product_lines,territory,amount,currency,expected_close";

    ImportDesk Huaxin => new(portal, portal.Huaxin);

    string Close => portal.Clock.Today.AddDays(60).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    string File(params string[] customers) => Head + "\n" + string.Concat(customers.Select(customer => Row(customer) + "\n"));

    string Row(string customer, string lines = "DISPLAYS", string territory = "CN-EAST") => $"{customer},CN,,{lines},{territory},120000,CNY,{Close}";

    Task<List<ImportEntry>> EntriesAsync(ImportDesk desk, Import import) => desk.DoAsync(async services =>
    {
        var rows = new List<ImportEntry>();
        await foreach (var row in services.GetRequiredService<ImportEntries>().StreamAsync(import, default))
        {
            rows.Add(row);
        }

        return rows;
    });

    [Fact]
    public async Task Each_row_is_screened_like_one_from_the_form_and_the_result_says_where_it_stands()
    {
        await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("江城重型机械有限公司"));
        var header = "客户名称,国家,产品线,大区,预计金额,币种,预计成交日期,联系人,需求,是否提交\n";
        var csv = header + $"龙井茶业有限公司,CN,会议大屏；DESKS,华东,120000,CNY,{Close},陈工,\"第一行\n第二行\",\n江城重型机械有限公司,CN,DISPLAYS,CN-EAST,90000,CNY,{Close},,,是\n北海渔业有限公司,CN,Displays,East China,70000,CNY,{Close},,,no\n";

        var import = await Huaxin.ImportAsync("deals", csv, fileName: "报备.csv");

        Assert.Equal(("done", 3L, 3L, 0L), (import.Status, import.RowsRead, import.RowsTaken, import.RowsRefused));
        Assert.Equal(["submitted 1", "blocked 1", "drafts 1"], import.Figures.Select(figure => $"{figure.Key} {figure.Value}"));
        var entries = await EntriesAsync(Huaxin, import);
        Assert.Equal(["2 龙井茶业有限公司 submitted none", "3 江城重型机械有限公司 draft live_claim", "4 北海渔业有限公司 draft "], entries.Select(entry => $"{entry.RowNumber} {entry.Company} {entry.Status} {entry.Conflict}"));
        var deal = (await portal.FindAsync(portal.Huaxin, entries[0].RecordNumber))!;
        Assert.Equal((120_000m, "第一行\n第二行", "陈工", "CN-EAST"), (deal.Amount, deal.Need, deal.ContactName, deal.Territory));
        Assert.Equal(["DESKS", "DISPLAYS"], deal.ProductLines);
        Assert.Equal(["deal.entered", "deal.submitted"], await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_number = @Number and action like 'deal.%' order by audit_entry_id", new { deal.Number }));
        var visitor = portal.SignIn(portal.Huaxin);
        var page = await visitor.GetAsync($"/imports/{import.Number}/rows");
        Assert.Contains("Another partner has claimed this customer.", page.Words);
        Assert.DoesNotContain("远见", page.Body);
        var table = (await visitor.GetAsync($"/imports/{import.Number}/rows.csv")).Body;
        Assert.Contains($"3,{entries[1].RecordNumber},江城重型机械有限公司,Draft,Another partner has claimed this customer.,Certain,", table, StringComparison.Ordinal);
        Assert.Contains("What became of each row", (await visitor.GetAsync($"/imports/{import.Number}")).Words);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Yuanjian).GetAsync($"/imports/{import.Number}/rows")).Status);
    }

    [Fact]
    public async Task The_same_file_again_registers_nothing_twice_and_spends_no_screening()
    {
        var csv = File("再来一次甲有限公司", "再来一次乙有限公司");
        await Huaxin.ImportAsync("deals", csv);
        var before = await ScreeningsAsync();

        var again = await Huaxin.ImportAsync("deals", csv, leaveOutWrong: true);

        Assert.Equal("refused", again.Status);
        Assert.All(await Huaxin.RefusalsAsync(again), refusal => Assert.Matches("customer: Your company has D-.+ for this customer, product line and territory already", refusal));
        Assert.Equal(before, await ScreeningsAsync());
        Assert.Equal([2L], await portal.Database.ListAsync<long>("select count(*) from portal.deal d join portal.end_customer c using (end_customer_id) where c.name like '再来一次%'"));
        Assert.Equal(("done", 2L), await Huaxin.ImportAsync("deals", Head + $"\n{Row("再来一次甲有限公司", "PLANS")}\n{Row("再来一次乙有限公司", "DISPLAYS", "CN-NORTH")}\n") is var other ? (other.Status, other.RowsTaken) : default);
    }

    async Task<long> ScreeningsAsync() => (await portal.Database.ListAsync<long>("select count(*) from portal.deal_screening")).Single();

    [Fact]
    public async Task One_wrong_row_keeps_all_out_and_nobody_learns_where_the_others_stand()
    {
        await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("一起不成科技有限公司"));
        var before = await ScreeningsAsync();

        var import = await Huaxin.ImportAsync("deals", File("一起不成科技有限公司", "一起不成乙有限公司", "一起不成乙有限公司") + $"一起不成丙有限公司,CN,,NOTHING,CN-WEST,-5,XXX,2020-01-31\n");

        Assert.Equal(("refused", 4L, 0L, 2L), (import.Status, import.RowsRead, import.RowsTaken, import.RowsRefused));
        Assert.Equal(
        [
            "4 customer: The same customer with the same product line and territory stands in row 3 already.",
            "5 product_lines: There is no such product line.", "5 territory: Choose a territory.", "5 amount: Enter an amount above 0 with at most two decimals.", "5 currency: Use one of CNY, EUR, USD, GBP, HKD, JPY, TWD, SGD, AUD, CAD, CHF, PLN.",
            "5 expected_close: Enter a day from today, at most three years ahead.",
        ], await Huaxin.RefusalsAsync(import));
        Assert.Empty(await portal.Database.ListAsync<string>("select number from portal.end_customer where name like '一起不成%' and partner_id = @PartnerId", new { portal.Huaxin.Partner.PartnerId }));
        Assert.Equal(before, await ScreeningsAsync());
        Assert.Empty(await EntriesAsync(Huaxin, import));

        var rest = await Huaxin.RunAsync(import, leaveOutWrong: true);

        Assert.Equal(("done", 2L, 2L), (rest.Status, rest.RowsTaken, rest.RowsRefused));
        var repair = Encoding.UTF8.GetString(await Huaxin.RepairFileAsync(rest));
        Assert.Contains("一起不成乙有限公司,CN,,DISPLAYS,CN-EAST,120000,CNY," + Close, repair, StringComparison.Ordinal);
        Assert.Contains("stands in row 3 already", repair, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_a_customer_is_refused_by_its_field_and_strange_letters_are_stored_as_they_are()
    {
        var head = "customer,country,credit_code,vat,duns,website,phone,email,product_lines,territory,amount,currency,expected_close,period_from,period_until\n";
        string Bad(string customer, string rest = ",,,,,") => $"{customer},CN,{rest},DISPLAYS,CN-EAST,100,CNY,{Close},,\n";
        var csv = head
            + Bad("坏识别码有限公司", "123,DE000,12345,not a site,x,nobody") // 2
            + Bad("上海华信") // 3: the partner itself
            + Bad(new string('长', 10_000)) // 4
            + Bad("🙂🙂") // 5
            + Bad("\"=HYPERLINK(\"\"http://x\"\")\"") // 6
            + Bad("罗伯特'); drop table deal;--有限公司") // 7
            + Bad("<script>alert(1)</script> 科技有限公司") // 8
            + Bad("\u202Eمحدودة شركة الأفق") // 9
            + Bad("Асmе Rоbоtics 科技 🙂 有限公司"); // 10: Cyrillic letters that look Latin
        await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("Acme Robotics 科技有限公司"));

        var import = await Huaxin.ImportAsync("deals", csv, leaveOutWrong: true);

        Assert.Equal(
        [
            "2 contact_email", "2 credit_code", "2 domain", "2 duns", "2 phone", "2 vat_number", "3 customer", "4 customer", "5 customer", "6 customer",
        ], (await portal.Database.ListAsync<string>("select row_number || ' ' || column_name from portal.import_refusal where import_id = @ImportId", new { import.ImportId })).Order(StringComparer.Ordinal));
        var entries = await EntriesAsync(Huaxin, import);
        Assert.Equal(["罗伯特'); drop table deal;--有限公司", "<script>alert(1)</script> 科技有限公司"], entries.Take(2).Select(entry => entry.Company));
        Assert.All(entries, entry => Assert.NotEqual("certain", entry.Band));
        var page = await portal.SignIn(portal.Huaxin).GetAsync($"/imports/{import.Number}/rows");
        Assert.DoesNotContain("<script>alert", page.Body);
        Assert.Contains("<script>alert(1)</script> 科技有限公司", page.Words);
    }

    [Fact]
    public async Task When_the_screenings_of_the_day_end_the_remaining_rows_are_in_the_repair_file()
    {
        var person = await portal.Given.ADistributor("额度用尽商贸");
        var desk = new ImportDesk(portal, person);
        await QuotaAsync(async () =>
        {
            var import = await desk.ImportAsync("deals", File("额度一有限公司", "额度二有限公司", "额度三有限公司") + Row("额度草稿有限公司") + "\n", leaveOutWrong: true);

            Assert.Equal(("done", 2L, 2L), (import.Status, import.RowsTaken, import.RowsRefused));
            Assert.All(await desk.RefusalsAsync(import), refusal => Assert.EndsWith(": The screenings your company has today do not suffice for this row. Import it tomorrow, or as a draft.", refusal, StringComparison.Ordinal));
            Assert.Contains("额度三有限公司", Encoding.UTF8.GetString(await desk.RepairFileAsync(import)), StringComparison.Ordinal);
            Assert.IsType<DealOutcome.NoScreeningLeft>(await portal.SubmitAsync(person, portal.Deal("额度表单有限公司")));
        }, screenings: 2);
    }

    [Fact]
    public async Task When_the_capacity_ends_the_remaining_rows_say_so()
    {
        var person = await portal.Given.ADistributor("容量用尽商贸");
        var desk = new ImportDesk(portal, person);
        await QuotaAsync(async () =>
        {
            var import = await desk.ImportAsync("deals", File("容量一有限公司", "容量二有限公司"), leaveOutWrong: true);

            Assert.Equal(("done", 1L, 1L), (import.Status, import.RowsTaken, import.RowsRefused));
            Assert.Contains("open claims", (await desk.RefusalsAsync(import)).Single(), StringComparison.Ordinal);
        }, capacity: 1);
    }

    // The rules are published for a while: as of the tests they are plain rows, put back afterwards.
    async Task QuotaAsync(Func<Task> work, int screenings = 200, int? capacity = null)
    {
        var before = await portal.Database.ListAsync<(long Id, int Screenings, int? Capacity)>("select protection_policy_id, screenings_per_day, capacity from portal.protection_policy");
        await ChangeAsync("set screenings_per_day = @screenings, capacity = @capacity", new { screenings, capacity });
        try
        {
            await work();
        }
        finally
        {
            foreach (var policy in before)
            {
                await ChangeAsync("set screenings_per_day = @Screenings, capacity = @Capacity where protection_policy_id = @Id", new { policy.Screenings, policy.Capacity, policy.Id });
            }
        }
    }

    async Task ChangeAsync(string set, object values)
    {
        await portal.Database.ExecuteAsync("alter table portal.protection_policy disable trigger user");
        await portal.Database.ExecuteAsync($"update portal.protection_policy {set}", values);
        await portal.Database.ExecuteAsync("alter table portal.protection_policy enable trigger user");
    }

    [Fact]
    public async Task Two_files_of_the_same_customers_in_opposite_order_and_the_form_do_not_deadlock()
    {
        string[] names = [.. Enumerable.Range(0, 24).Select(number => $"对撞{(char)('甲' + number)}第{number}智能科技有限公司")];
        var yuanjian = new ImportDesk(portal, portal.Yuanjian);
        var (one, other) = (await Huaxin.GivenAsync("deals", File(names)), await yuanjian.GivenAsync("deals", File([.. names.Reverse()])));
        await Huaxin.StartAsync(one);
        await yuanjian.StartAsync(other);
        var third = await portal.Given.ADistributor("对撞表单商贸");

        var runs = Task.WhenAll(Task.Run(() => Huaxin.RunNextAsync()), Task.Run(() => yuanjian.RunNextAsync()));
        var forms = await Task.WhenAll(names.Take(6).Select(name => Task.Run(() => portal.SubmitAsync(third, portal.Deal(name)))));
        await runs;

        Assert.Equal(["done", "done"], new[] { (await Huaxin.FindAsync(one)).Status, (await yuanjian.FindAsync(other)).Status });
        Assert.All(forms, form => Assert.IsType<DealOutcome.Done>(form));
        Assert.All(await EntriesAsync(Huaxin, one), entry => Assert.Equal("submitted", entry.Status));
        Assert.Equal([24L], await portal.Database.ListAsync<long>("select count(distinct customer_cluster_id) from portal.end_customer where name like '对撞%'"));
    }

    [Fact]
    public async Task A_file_that_was_interrupted_goes_on_where_it_stopped()
    {
        var import = await InterruptedAsync("中断一有限公司", "中断二有限公司", "中断三有限公司");
        var before = (await EntriesAsync(Huaxin, import)).Select(entry => entry.RecordNumber).ToList();

        Assert.Equal(import.Number, await Huaxin.RunNextAsync());

        var done = await Huaxin.FindAsync(import);
        Assert.Equal(("done", 3L, 3L, "submitted 3"), (done.Status, done.RowsRead, done.RowsTaken, string.Join(", ", done.Figures.Select(figure => $"{figure.Key} {figure.Value}"))));
        Assert.Equal(before, (await EntriesAsync(Huaxin, import)).Select(entry => entry.RecordNumber));
    }

    [Fact]
    public async Task A_file_that_is_stopped_while_it_submits_leaves_the_rest_as_drafts()
    {
        var import = await InterruptedAsync("叫停棉纺厂", "叫停船舶公司", "叫停乳业集团");
        var running = Task.CompletedTask;
        await using (var held = portal.Database.As(Caller.System("test")))
        {
            await held.InTransactionAsync(async () =>
            {
                await held.ListAsync<long>("select deal_id from deal where number in (select record_number from import_entry where import_id = @ImportId and row_number = 3) for update", new { import.ImportId }, default);
                running = Task.Run(() => Huaxin.RunNextAsync());
                while ((await portal.Database.ListAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).Single() == 0)
                {
                    await Task.Yield();
                }

                Assert.Equal(new ImportOutcome.Done("running"), await Huaxin.CancelAsync(import));
                await running;
            }, default);
        }

        Assert.Equal("done", (await Huaxin.FindAsync(import)).Status);
        Assert.Equal(["submitted ", "draft imports.entry.stopped", "draft imports.entry.stopped"], (await EntriesAsync(Huaxin, import)).Select(entry => $"{entry.Status} {entry.Problem?.TextKey}"));
        Assert.Contains("Not submitted, kept as draft", (await portal.SignIn(portal.Huaxin).GetAsync($"/imports/{import.Number}")).Words);
    }

    [Fact]
    public async Task The_desk_and_whoever_gave_the_file_are_told_of_all_its_rows_once()
    {
        var giver = await portal.Given.ADistributor("一次告知商贸");
        var desk = new ImportDesk(portal, giver);

        await desk.ImportAsync("deals", File("告知甲纺织厂", "告知乙造船公司", "告知丙乳业集团"), fileName: "once.csv");
        await desk.DeliverAsync();
        await desk.DeliverAsync();
        var number = await portal.SubmittedAsync(giver, portal.Deal("告知表单水泥公司"));

        Assert.Equal(["一次告知商贸 registered 3 deals with one file; 3 wait for you", $"一次告知商贸 registered 告知表单水泥公司 ({number})"], await MailsAsync(portal.DealDesk, "一次告知商贸"));
        Assert.Equal(["once.csv: 3 deals registered; 0 approved already, 3 with the brand"], await MailsAsync(giver, "once.csv"));
        Assert.Equal(["deals.told.submitted /deals/" + number, "deals.told.submitted_many /deals/reviews?mine=yes"], await portal.Database.ListAsync<string>("""
            select n.text_key || ' ' || n.link from portal.notification n join portal.person p using (person_id)
            where p.number = @Number and n.arguments::text like '%一次告知商贸%' order by n.text_key
            """, new { portal.DealDesk.Number }));
    }

    Task<List<string>> MailsAsync(TestPerson to, string about) => portal.Database.ListAsync<string>("""
        select payload ->> 'subject' from portal.outbox_message
        where kind = 'mail' and payload ->> 'to' = lower(@Number) || '@partner.test' and payload ->> 'subject' like '%' || @about || '%' order by outbox_message_id
        """, new { to.Number, about });

    [Fact]
    public async Task A_file_that_was_cancelled_keeps_and_lists_what_it_entered_gives_the_rest_back_and_can_go_on()
    {
        var import = await InterruptedAsync(File("取消留下织造厂", "取消待续船厂") + Row("取消退回乳品厂", "NOTHING") + "\n");
        Assert.Equal(new ImportOutcome.Done("running"), await Huaxin.CancelAsync(import));

        Assert.Equal(import.Number, await Huaxin.RunNextAsync());
        await Huaxin.DeliverAsync();

        var cancelled = await Huaxin.FindAsync(import);
        Assert.Equal(("cancelled", 3L, 2L, 1L), (cancelled.Status, cancelled.RowsRead, cancelled.RowsTaken, cancelled.RowsRefused));
        Assert.Equal(["取消留下织造厂 submitted False", "取消待续船厂 draft True"], (await EntriesAsync(Huaxin, import)).Select(entry => $"{entry.Company} {entry.Status} {entry.Follows}"));
        var visitor = portal.SignIn(portal.Huaxin);
        Assert.Contains("2 rows were entered before and stay", (await visitor.GetAsync($"/imports/{import.Number}")).Words);
        Assert.Contains("取消待续船厂", (await visitor.GetAsync($"/imports/{import.Number}/rows")).Words);
        var repair = (await visitor.GetAsync($"/imports/{import.Number}/repair")).Body;
        Assert.Contains("取消退回乳品厂", repair, StringComparison.Ordinal);
        Assert.DoesNotContain("取消留下织造厂", repair, StringComparison.Ordinal);
        Assert.Single(await MailsAsync(portal.DealDesk, "取消留下织造厂"));

        var done = await Huaxin.RunAsync(cancelled, leaveOutWrong: true);
        await Huaxin.DeliverAsync();

        Assert.Equal(("done", 3L, 2L, 1L), (done.Status, done.RowsRead, done.RowsTaken, done.RowsRefused));
        Assert.All(await EntriesAsync(Huaxin, import), entry => Assert.Equal("submitted", entry.Status));
        Assert.Single(await MailsAsync(portal.DealDesk, "取消留下织造厂"));
        Assert.Single(await MailsAsync(portal.DealDesk, "取消待续船厂"));
    }

    Task<Import> InterruptedAsync(params string[] customers) => InterruptedAsync(File(customers));

    // As a killed process leaves it: the first row is submitted, the others wait, nobody holds the lease.
    async Task<Import> InterruptedAsync(string csv)
    {
        var import = await Huaxin.ImportAsync("deals", csv, leaveOutWrong: true);
        await portal.Database.ExecuteAsync("""
            alter table portal.deal disable trigger user;
            update portal.deal set status = 'draft', submitted_at = null where number in (select record_number from portal.import_entry where import_id = @ImportId and row_number > 2);
            alter table portal.deal enable trigger user;
            delete from portal.deal_approval_step where deal_id in (select deal_id from portal.deal where status = 'draft');
            update portal.import_entry set follows = true where import_id = @ImportId and row_number > 2;
            update portal.import set status = 'running', runner = 'dead', lease_until = 'epoch', ended_at = null, told_at = null where import_id = @ImportId;
            """, new { import.ImportId });
        return import;
    }

    [Fact]
    public async Task Fishing_with_a_file_is_seen_like_fishing_on_the_form()
    {
        var person = await portal.Given.ADistributor("批量试探商贸");
        var desk = new ImportDesk(portal, person);
        await QuotaAsync(async () =>
        {
            await desk.ImportAsync("deals", File([.. Enumerable.Range(0, 12).Select(number => $"试探第{number}号目标实业有限公司")]), leaveOutWrong: true);
            await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<WatchProbing>().RunAsync(default));
        }, screenings: 10);

        Assert.Equal([10], await portal.Database.ListAsync<int>("select asks from portal.probing_alert where partner_id = @PartnerId", new { person.Partner.PartnerId }));
    }

    [Fact]
    public async Task Only_a_partners_sales_people_register_and_not_the_brand()
    {
        var csv = Encoding.UTF8.GetBytes(File("谁来报备有限公司"));
        const string No = "You may not import files of this kind. Ask the admin of your company.";

        Assert.Equal(No, await new ImportDesk(portal, await portal.Given.SomebodyOfTheBrand("brand_admin")).RefusalAsync("deals", "a.csv", csv));
        Assert.Equal(No, await new ImportDesk(portal, await portal.Given.APerson(portal.Huaxin.Partner, "purchasing")).RefusalAsync("deals", "a.csv", csv));
        var sales = await portal.Given.APerson(portal.Huaxin.Partner, "sales");
        Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(sales).GetAsync("/imports/new?kind=deals")).Status);
        Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(sales).GetAsync("/imports/templates/deals.csv")).Status);
        var import = await new ImportDesk(portal, sales).ImportAsync("deals", File("谁来报备有限公司"));
        Assert.Equal("done", import.Status);
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Yuanjian.Subject));
        Assert.Equal(0, await db.OneAsync<long>("select count(*) from import_entry where import_id = @ImportId", new { import.ImportId }, default));
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync("insert into import_entry (import_id, row_number, record_number) values (@ImportId, 99, 'D-X')", new { import.ImportId }, default));
        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task What_is_exported_is_taken_back()
    {
        var person = await portal.Given.ADistributor("导出商贸");
        var head = "customer,other_names,country,state,city,address,website,phone,product_lines,territory,amount,currency,expected_close,period_from,period_until,contact_name,contact_email,contact_phone,need,submit";
        var row = $"往返测试集团有限公司,Round Trip Group;RTG,CN,浙江,杭州,文三路 1 号,wangfan.example,+8657188550101,DESKS;DISPLAYS,CN-EAST,1234.5,CNY,{Close},{portal.Clock.Today:yyyy-MM-dd},{Close},王,w@wangfan.example,138,\"两行\n需求\",no";
        await new ImportDesk(portal, person).ImportAsync("deals", $"{head}\n{row}\n");

        var exported = (await portal.SignIn(person).GetAsync("/imports/exports/deals.csv")).Body;
        var other = await portal.Given.ADistributor("导入回来商贸");
        var back = await new ImportDesk(portal, other).ImportAsync("deals", exported);

        Assert.Equal(("done", 1L), (back.Status, back.RowsTaken));
        var again = (await portal.SignIn(other).GetAsync("/imports/exports/deals.csv")).Body;
        Assert.Equal(exported.Replace(person.Partner.Number, "", StringComparison.Ordinal), again.Replace(other.Partner.Number, "", StringComparison.Ordinal));
        Assert.Contains("1234.5", exported, StringComparison.Ordinal);
    }
}
