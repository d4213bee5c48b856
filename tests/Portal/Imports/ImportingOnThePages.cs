using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Portal.Imports;
using Shouldly;
using Support;

namespace Portal.Tests.Imports;

/// <summary>A file through the pages: upload, columns, preview, run, result and the file with what was refused.</summary>
public sealed class ImportingOnThePages(PortalApp portal) : IClassFixture<PortalApp>
{
    const string Customers = "客户名称,国家,城市,税号\n杭州云栖科技有限公司,CN,杭州,91440300708461136T\n宁波北仑港务有限公司,CN,宁波,\n";

    [Fact]
    public async Task Nothing_imported_yet_says_what_to_do_next_and_offers_templates()
    {
        var page = await portal.SignIn(await portal.Given.ADistributor("初来商贸")).GetAsync("/imports");

        page.Text(".empty-title").ShouldBe("No file has been imported yet");
        page.All("tbody strong").ShouldBe(["Customers", "Registrations", "Payments"]);
        page.Document.QuerySelectorAll("td a[download]").Select(link => link.GetAttribute("href")).ShouldBe(
            ["/imports/templates/customers.xlsx", "/imports/templates/customers.csv", "/imports/exports/customers.xlsx", "/imports/exports/customers.csv",
             "/imports/templates/deals.xlsx", "/imports/templates/deals.csv", "/imports/exports/deals.xlsx", "/imports/exports/deals.csv",
             "/imports/templates/payments.xlsx", "/imports/templates/payments.csv", "/imports/exports/payments.xlsx", "/imports/exports/payments.csv"]);
    }

    [Fact]
    public async Task A_channel_manager_may_import_every_kind_but_registrations_and_others_none()
    {
        var manager = await portal.SignIn(await portal.Given.SomebodyOfTheBrand("channel_manager")).GetAsync("/imports");
        var finance = await portal.SignIn(await portal.Given.SomebodyOfTheBrand("finance")).GetAsync("/imports");
        var buyer = portal.SignIn(await portal.Given.APerson(await portal.Given.APartner("采购员公司", "distributor"), "purchasing"));

        manager.All("tbody strong").ShouldBe(["Partners", "Products", "Prices", "Promotions", "Customers", "Past orders", "Leads"]);
        finance.Status.ShouldBe(HttpStatusCode.Forbidden);
        (await buyer.GetAsync("/imports/new")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_file_is_taken_after_a_look_at_its_columns()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("上海导入商贸"));

        var columns = await UploadAsync(visitor, Customers);
        var progress = await visitor.SubmitAsync(columns, ("wrong", "all-or-nothing"));
        await RunAsync();
        var result = await visitor.GetAsync(progress.Path);

        columns.Text("h1").ShouldBe("customers.csv");
        columns.Value("column-0").ShouldBe("name");
        columns.Value("column-3").ShouldBe("credit_code");
        columns.All("#preview tbody tr:first-child td").ShouldBe(["Row 2", "杭州云栖科技有限公司", "CN", "杭州", "91440300708461136T"]);
        progress.Text(".progress-words span:first-child").ShouldBe("Waiting for its turn");
        result.Text(".flash-done").ShouldBe("2 rows have been taken.");
        (await visitor.GetAsync("/customers")).All("tbody td:first-child a").ShouldBe(["宁波北仑港务有限公司", "杭州云栖科技有限公司"], ignoreOrder: true);
        (await visitor.GetAsync("/imports")).All("#list tbody tr:first-child .badge").ShouldBe(["Done"]);
    }

    [Fact]
    public async Task A_required_column_that_is_not_chosen_is_named_and_nothing_starts()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("缺列商贸"));
        var columns = await UploadAsync(visitor, "Wer,Land\nSeehotel Bregenz,AT\n");

        var refused = await visitor.SubmitAsync(columns, ("column-1", "country_code"));
        var preview = await visitor.PressAsync(refused, "button[formaction]", ("column-0", "name"));

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.All(".problems li").ShouldBe(["No column contains “Name”. Choose the column, or name it one of: name, customer, customer_name, company."]);
        preview.Has(".problems").ShouldBeFalse();
        preview.All("#preview tbody td").ShouldBe(["Row 2", "Seehotel Bregenz", "AT"]);
        preview.Value("column-1").ShouldBe("country_code");
    }

    [Fact]
    public async Task A_field_chosen_for_two_columns_is_refused()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("重列商贸"));
        var columns = await UploadAsync(visitor, "name,country,second\nSeehotel Bregenz,AT,Hotel\n");

        var refused = await visitor.SubmitAsync(columns, ("column-2", "name"));

        refused.All(".problems li").ShouldBe(["“Name” is chosen for several columns: name, second. Choose it once."]);
    }

    [Fact]
    public async Task What_stands_in_no_column_is_given_once_for_all_rows()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("固定值商贸"));
        var columns = await UploadAsync(visitor, "name\nAlpenhotel Innsbruck GmbH\n");

        await visitor.SubmitAsync(columns, ("always-country_code", "AT"));
        await RunAsync();

        (await visitor.GetAsync("/customers")).All("tbody tr td:nth-child(3)").ShouldBe(["Austria"]);
    }

    [Fact]
    public async Task While_it_waits_and_runs_the_page_says_how_many_rows_there_are_to_read()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("进度商贸"));
        var columns = await UploadAsync(visitor, "name,country\nSeehotel Bregenz,AT\nAlpenhof,AT\nSeeblick,AT\n");

        var page = await visitor.SubmitAsync(columns, ("wrong", "all-or-nothing"));
        var waiting = await visitor.GetAsync(page.Path + "/progress");
        await portal.Database.ExecuteAsync("update import set phase = 'checking', progress = 1, rows_read = 2 where number = @number", new { number = page.Path.Split('/')[^1] });
        var read = await visitor.GetAsync(page.Path + "/progress");
        await RunAsync();

        waiting.Text(".progress-part p").ShouldBe("0 of about 3 rows read");
        read.Text(".progress-part p").ShouldBe("2 rows read");
    }

    [Fact]
    public async Task Refused_rows_are_listed_with_their_column_and_come_back_as_a_file()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("有错商贸"));
        var columns = await UploadAsync(visitor, "name,country,duns\nGood One GmbH,DE,\nBad Two GmbH,DE,12\n");

        var page = await visitor.SubmitAsync(columns, ("wrong", "leave-out"));
        await RunAsync();
        var result = await visitor.GetAsync(page.Path);
        var repair = await visitor.GetAsync(page.Path + "/repair");

        result.Text(".flash-note").ShouldBe("1 row has been taken, 1 was refused. Download the refused rows, correct them and import that file.");
        result.All("#list tbody td").ShouldBe(["Row 3", "duns", "12", "A D-U-N-S number has nine digits."]);
        result.Has("a[href='/imports/new?kind=customers']").ShouldBeTrue();
        repair.Header("Content-Disposition")!.ShouldContain("customers.refused.csv");
        repair.Body.TrimStart('\uFEFF').ShouldStartWith("name,country,duns,Refused value,What is wrong\r\nBad Two GmbH,DE,12,12,duns: ");
    }

    [Fact]
    public async Task One_wrong_row_keeps_all_out_unless_chosen_otherwise_and_the_file_can_be_started_again()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("全有全无商贸"));
        var page = await visitor.SubmitAsync(await UploadAsync(visitor, "name,country,duns\nGood One GmbH,DE,\nBad Two GmbH,DE,12\n"), ("wrong", "all-or-nothing"));
        await RunAsync();

        var refused = await visitor.GetAsync(page.Path);
        var none = await visitor.GetAsync("/customers");
        await visitor.SubmitAsync(page.Path + "?again=true", ("wrong", "leave-out"));
        await RunAsync();

        refused.Text(".flash-problem").ShouldBe("1 of 2 rows is wrong; nothing was taken. Correct them in your file, or leave the wrong rows out.");
        none.Has("tbody").ShouldBeFalse();
        (await visitor.GetAsync("/customers")).All("tbody td:first-child a").ShouldBe(["Good One GmbH"]);
    }

    [Fact]
    public async Task Many_refused_rows_are_told_apart_and_summed_up_by_what_is_wrong()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("多错商贸"));
        var rows = string.Concat(Enumerable.Range(1, 30).Select(row => $"Company {row} GmbH,{(row == 7 ? "" : "DE")},12\n"));
        var page = await visitor.SubmitAsync(await UploadAsync(visitor, "name,country,duns\n" + rows), ("wrong", "all-or-nothing"));
        await RunAsync();

        var first = await visitor.GetAsync(page.Path);
        var second = await visitor.GetAsync(page.Path + "?page=2");

        first.All(".card-body li").ShouldBe(["29 rows: duns as in row 2: A D-U-N-S number has nine digits.", "1 row: country as in row 8: The cell is empty. Enter a value."], ignoreOrder: true);
        second.All("#list tbody td:first-child")[^1].ShouldBe("Row 31");
    }

    [Fact]
    public async Task A_double_click_starts_once()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("双击商贸"));
        var columns = await UploadAsync(visitor, Customers);

        var pages = await Task.WhenAll(visitor.SubmitAsync(columns, ("wrong", "all-or-nothing")), visitor.SubmitAsync(columns, ("wrong", "all-or-nothing")));
        await RunAsync();
        var late = await visitor.SubmitAsync(columns, ("wrong", "all-or-nothing"));

        pages.ShouldAllBe(page => page.Status == HttpStatusCode.OK && page.Path.StartsWith("/imports/IM-", StringComparison.Ordinal));
        late.Text(".flash-done").ShouldBe("2 rows have been taken.");
        (await visitor.GetAsync("/customers")).All("tbody tr").Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_upload_sent_twice_is_one_import()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("两传商贸"));
        var form = await visitor.GetAsync("/imports/new?kind=customers");

        var first = await visitor.SubmitAsync(form, ("file", File(Customers)));
        var second = await visitor.SubmitAsync(form, ("file", File(Customers)));

        second.Path.ShouldBe(first.Path);
        (await visitor.GetAsync("/imports")).All("#list tbody tr").Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_content_again_is_warned_of()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("再传商贸"));
        await visitor.SubmitAsync(await UploadAsync(visitor, Customers), ("wrong", "all-or-nothing"));
        await RunAsync();

        var again = await UploadAsync(visitor, Customers);

        again.Text(".flash-problem").ShouldStartWith("A file with exactly this content was taken on");
    }

    [Theory]
    [InlineData("customers.pdf", "%PDF-1.7 ...")]
    [InlineData("customers.csv", "")]
    [InlineData("customers.csv", "name,country\n")]
    [InlineData("customers.xlsx", "name,country\nA,CN\n")]
    public async Task A_file_that_is_no_table_is_refused_on_the_page_and_not_kept(string name, string content)
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("错误文件商贸"));

        var refused = await visitor.SubmitAsync("/imports/new?kind=customers", ("file", new TestFile(name, Encoding.UTF8.GetBytes(content))));

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Text("#file-problem").ShouldStartWith(name + ": ");
        refused.Value("kind").ShouldBe("customers");
        (await visitor.GetAsync("/imports")).Text(".empty-title").ShouldBe("No file has been imported yet");
    }

    [Fact]
    public async Task A_form_without_a_file_or_a_kind_says_what_is_missing()
    {
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        var refused = await visitor.PressAsync(await visitor.GetAsync("/imports/new"), "main form[enctype]");

        refused.All(".field-problem").ShouldBe(["Choose what the file contains", "Choose a file."]);
    }

    [Fact]
    public async Task A_kind_one_may_not_import_is_refused_whatever_the_form_says()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("越权商贸"));

        var refused = await visitor.SubmitAsync("/imports/new", ("kind", "partners"), ("file", File("code,name\n1,A\n")));

        refused.Text("#file-problem").ShouldBe("customers.csv: You may not import files of this kind. Ask the admin of your company.");
        (await visitor.GetAsync("/imports/templates/partners.csv")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await visitor.GetAsync("/imports/exports/orders.csv")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_import_of_another_company_is_not_there()
    {
        var mine = portal.SignIn(await portal.Given.ADistributor("甲方导入"));
        var stranger = portal.SignIn(await portal.Given.ADistributor("乙方导入"));
        var path = (await UploadAsync(mine, Customers)).Path;
        var form = await UploadAsync(stranger, Customers);

        (await stranger.GetAsync(path)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync(path + "/progress")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync(path + "/repair")).Status.ShouldBe(HttpStatusCode.NotFound);
        foreach (var act in new[] { "run", "preview", "cancellation" })
        {
            (await stranger.PostAsync($"{path}/{act}", ("__RequestVerificationToken", form.Value("__RequestVerificationToken")!))).Status.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A_forged_start_is_refused()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("伪造商贸"));
        var path = (await UploadAsync(visitor, Customers)).Path;

        (await visitor.PostAsync(path + "/run")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await visitor.PostAsync(path + "/cancellation")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await visitor.PostAsync("/imports", ("kind", "customers"))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_waits_can_be_stopped_and_nothing_is_taken()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("停止商贸"));
        var progress = await visitor.SubmitAsync(await UploadAsync(visitor, Customers), ("wrong", "all-or-nothing"));

        var stopped = await visitor.PressAsync(progress, $"form[action='{progress.Path}/cancellation']");
        var part = await visitor.GetPartAsync(progress.Path + "/progress");

        stopped.Text(".flash-note").ShouldBe("The import was cancelled. Nothing was taken.");
        part.Header("HX-Refresh").ShouldBe("true");
        (await visitor.GetAsync("/customers")).Has("tbody").ShouldBeFalse();
    }

    [Fact]
    public async Task A_template_has_the_columns_in_the_readers_language_and_what_is_here_comes_as_it_can_be_imported()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("模板商贸"));
        visitor.Language = "zh-CN";
        await visitor.SubmitAsync(await UploadAsync(visitor, Customers), ("wrong", "all-or-nothing"));
        await RunAsync();

        var template = await visitor.GetAsync("/imports/templates/customers.csv");
        var export = await visitor.GetAsync("/imports/exports/customers.csv");
        var book = await visitor.GetAsync("/imports/exports/customers.xlsx");

        template.Body.TrimStart('\uFEFF').ShouldStartWith("名称,其他名称,国家");
        export.Body.Split("\r\n")[1].ShouldStartWith("杭州云栖科技有限公司,,CN,");
        book.Bytes.Take(2).ShouldBe("PK"u8.ToArray());
    }

    static TestFile File(string content) => new("customers.csv", Encoding.UTF8.GetBytes(content), "text/csv");

    static Task<Page> UploadAsync(Visitor visitor, string content) => visitor.SubmitAsync("/imports/new?kind=customers", ("kind", "customers"), ("file", File(content)));

    Task RunAsync() => portal.Services.GetRequiredService<RunImports>().RunNextAsync(CancellationToken.None);
}
