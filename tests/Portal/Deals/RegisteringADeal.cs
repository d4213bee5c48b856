using System.Net;
using Support;

namespace Portal.Tests.Deals;

public sealed class RegisteringADeal(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_salesperson_registers_a_deal_and_sees_it_in_the_list()
    {
        var sales = portal.SignIn(portal.Huaxin);

        var page = await sales.SubmitAsync("/deals/new", Fields("杭州云栖科技有限公司", ("Then", "submit")));

        Assert.Equal("杭州云栖科技有限公司", page.Text("h1"));
        Assert.Equal("No conflict was found. The claim is with the deal desk.", page.Text("main .flash-done strong"));
        var list = await sales.GetAsync("/deals?status=submitted&q=云栖");
        Assert.Contains("杭州云栖科技有限公司", list.Text("tbody"));
        Assert.Contains("CNY 120,000.00", list.Text("tbody").Replace('\u00a0', ' '));
    }

    [Fact]
    public async Task A_comment_that_is_sent_twice_stands_there_once()
    {
        var sales = portal.SignIn(portal.Huaxin);
        var page = await sales.SubmitAsync("/deals/new", Fields("绍兴鉴湖新材料有限公司", ("Then", "submit")));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => sales.SubmitAsync(page, ("body", "They decide in May."))));

        Assert.Single((await sales.GetAsync(page.Path)).Text("main").Split("They decide in May.")[1..]);
    }

    [Fact]
    public async Task A_customer_protected_elsewhere_is_refused_without_a_word_about_the_rival()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("宁波镇海炼化工程有限公司"));
        var rival = portal.SignIn(portal.Yuanjian);

        var page = await rival.SubmitAsync("/deals/new", Fields("宁波 镇海炼化工程（有限公司）", ("Then", "submit")));

        Assert.Contains("Another partner has claimed this customer.", page.Text("main .flash-problem strong"));
        Assert.Contains("1 Jun 2026", page.Text("main"));
        Assert.DoesNotContain("华信", page.Text("main"));
        Assert.Equal("Draft", page.Text("dd .badge"));
    }

    [Fact]
    public async Task The_Chinese_screen_is_Chinese()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("温州瓯海鞋业有限公司"));
        var rival = portal.SignIn(portal.Yuanjian);
        rival.Language = "zh-CN";

        var page = await rival.SubmitAsync("/deals/new", Fields("温州瓯海鞋业有限公司", ("Then", "submit")));

        Assert.Contains("该客户已被其他伙伴报备。", page.Text("main .flash-problem strong"));
        Assert.Contains("2026-06-01", page.Text("main"));
    }

    [Fact]
    public async Task What_was_typed_stays_and_each_fault_stands_at_its_field()
    {
        var sales = portal.SignIn(portal.Huaxin);

        var page = await sales.SubmitAsync("/deals/new", Fields("金华义乌小商品有限公司", ("Then", "submit"), ("Amount", "-5"), ("CreditCode", "91440300708461136X")));

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("金华义乌小商品有限公司", page.Document.QuerySelector("#CustomerName")!.GetAttribute("value"));
        Assert.Equal("-5", page.Document.QuerySelector("#Amount")!.GetAttribute("value"));
        Assert.Equal("Enter an amount above 0 with at most two decimals.", page.Text("#Amount-problem"));
        Assert.StartsWith("This is no valid unified social credit code", page.Text("#CreditCode-problem"));
    }

    [Fact]
    public async Task A_double_click_makes_one_deal()
    {
        var sales = portal.SignIn(portal.Huaxin);
        var form = await sales.GetAsync("/deals/new");

        await Task.WhenAll(sales.SubmitAsync(form, Fields("丽水双击有限公司", ("Then", "draft"))), sales.SubmitAsync(form, Fields("丽水双击有限公司", ("Then", "draft"))));

        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.deal join portal.end_customer using (end_customer_id) where name = '丽水双击有限公司'"));
    }

    [Fact]
    public async Task A_draft_is_edited_and_submitted()
    {
        var sales = portal.SignIn(portal.Huaxin);
        var draft = await sales.SubmitAsync("/deals/new", Fields("舟山草稿渔业有限公司", ("Then", "draft")));

        var page = await sales.SubmitAsync(draft.Path + "/edit", ("Amount", "99000"), ("Then", "submit"));

        Assert.Equal("Submitted", page.Text("dd .badge"));
        Assert.Contains("99,000.00", page.Text("main"));
    }

    [Fact]
    public async Task The_reviewer_approves_with_the_evidence_beside_it()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("嘉兴西塘旅游有限公司"));
        var number = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("西塘旅游"));
        var desk = portal.SignIn(portal.DealDesk);

        var queue = await desk.GetAsync("/deals/reviews");
        var review = await desk.GetAsync($"/deals/{number}/review");

        Assert.Contains("西塘旅游", queue.Text("tbody"));
        Assert.Contains("Displays", queue.Text("tbody"));
        Assert.Contains("嘉兴西塘旅游有限公司", review.Text("main"));
        Assert.Contains("上海华信", review.Text("main"));
        Assert.Contains("Live claim", review.Text("main"));
        await desk.PressAsync(review, "button[value=approve]", ("Days", "30"));
        var approved = await desk.GetAsync($"/deals/{number}");
        Assert.Equal("Approved", approved.Text("dd .badge"));
        Assert.Contains("30 days left", approved.Text("main"));
    }

    [Fact]
    public async Task The_reviewer_finds_the_days_that_were_asked_for_where_they_are_fewer_than_the_policys()
    {
        var today = portal.Clock.Today;
        var asked = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("只要六周有限公司") with { PeriodFrom = today, PeriodUntil = today.AddDays(42) });
        var usual = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("要得更久有限公司") with { PeriodFrom = today, PeriodUntil = today.AddDays(400) });
        var desk = portal.SignIn(portal.DealDesk);

        Assert.Equal("42", (await desk.GetAsync($"/deals/{asked}/review")).Value("Days"));
        Assert.Equal("90", (await desk.GetAsync($"/deals/{usual}/review")).Value("Days"));
    }

    [Fact]
    public async Task A_rejection_without_a_reason_comes_back_with_the_remedy()
    {
        var number = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("没有理由有限公司"));
        var desk = portal.SignIn(portal.DealDesk);

        var page = await desk.PressAsync(await desk.GetAsync($"/deals/{number}/review"), "button[value=reject]");

        Assert.Contains("Give a reason.", page.Text("main .flash-problem"));
        Assert.Equal("submitted", await portal.StatusAsync(number));
    }

    [Fact]
    public async Task Another_partner_finds_nothing_at_the_deals_address()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("他人不可见有限公司"));
        var rival = portal.SignIn(portal.Yuanjian);

        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/deals/{number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/deals/{number}/edit")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await rival.GetAsync($"/deals/{number}/review")).Status);
        Assert.DoesNotContain("他人不可见", (await rival.GetAsync("/deals?q=他人不可见")).Text("main"));
    }

    [Fact]
    public async Task The_list_comes_as_a_workbook_in_which_no_name_is_a_formula()
    {
        await portal.SubmittedAsync(portal.Huaxin, portal.Deal("=1+1 有限公司"));

        var file = await portal.SignIn(portal.Huaxin).GetAsync("/deals/export");

        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file.Header("Content-Type"));
        using var reader = ExcelDataReader.ExcelReaderFactory.CreateOpenXmlReader(new MemoryStream(file.Bytes));
        var names = new List<string?>();
        while (reader.Read())
        {
            names.Add(reader.GetValue(1)?.ToString());
        }

        Assert.Equal("Customer", names[0]);
        Assert.Contains("=1+1 有限公司", names);
    }

    [Fact]
    public async Task The_start_page_says_what_waits()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("起始页等待有限公司"));
        await portal.AsAsync<Portal.Deals.ReviewDeal, object>(portal.DealDesk, async review => await review.RequestInformationAsync(number, null, "Which city?", CancellationToken.None));
        await portal.SubmittedAsync(portal.Huaxin, portal.Deal("起始页待审有限公司"));

        Assert.Contains("Questions of the brand to answer", (await portal.SignIn(portal.Huaxin).GetAsync("/")).Text("main"));
        Assert.Contains("Registrations to review", (await portal.SignIn(portal.DealDesk).GetAsync("/")).Text("main"));
    }

    (string Field, object? Value)[] Fields(string customer, params (string Field, object? Value)[] more) =>
        [.. new (string Field, object? Value)[] { ("CustomerName", customer), ("ProductLines", new[] { "DISPLAYS" }), ("Territory", "CN-EAST"), ("Amount", "120000"), ("Currency", "CNY"), ("ExpectedClose", portal.Clock.Today.AddDays(45)) }
            .Where(field => more.All(other => other.Field != field.Field)), .. more];
}
