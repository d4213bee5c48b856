using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Customers;
using Portal.Deals;
using Shouldly;
using Support;

namespace Browser.Tests.Deals;

[Collection(InTheBrowser.Name)]
public sealed class LookingAtDeals(Chromium chromium, ListeningPortal portal)
{
    [BrowserFact]
    public async Task The_pages_of_the_claimant_are_readable_for_everybody()
    {
        var (sales, rival, desk) = await PeopleAsync("上海华信办公设备", "杭州远见数码");
        var approved = await ApprovedAsync(sales, desk, Deal("杭州云栖智谷科技有限公司", "Hangzhou Yunqi Valley Technology"));
        await SubmittedAsync(sales, Deal("苏州金鸡湖国际酒店管理有限公司", "Jinji Lake Hotels") with { Amount = 2_460_000 });
        var asked = await SubmittedAsync(sales, Deal("合肥量子谷置业有限公司", null));
        await AsAsync<ReviewDeal, DealOutcome>(desk, review => review.RequestInformationAsync(asked, null, "请提供项目地址，以及是否已有中标通知书。\nWhich site is it?", CancellationToken.None));
        var blocked = (await AsAsync<RegisterDeal, DealOutcome>(rival, register => register.EnterAsync(Deal("杭州 云栖智谷科技（有限公司）", null), true, CancellationToken.None))).ShouldBeOfType<DealOutcome.Blocked>().Number;
        await AsAsync<CommentOnDeal, DealOutcome>(sales, comment => comment.RunAsync(approved, "shared", "The customer has signed the letter of intent.\n意向书已签。", CancellationToken.None));
        await AsAsync<ExtendProtection, DealOutcome>(sales, extend => extend.RequestAsync(approved, null, 30, "The tender moved to the next quarter.", CancellationToken.None));

        await using var atDesk = await Desk.SitDownAsync(chromium, portal, sales);
        await atDesk.LookAtAsync("/deals", "deals");
        await atDesk.LookAtAsync("/deals?status=won", "deals-none-fit");
        await atDesk.LookAtAsync("/deals/new", "deal-form", async page => await page.EvaluateAsync("document.querySelectorAll('details.more').forEach(part => part.open = true)"));
        await atDesk.LookAtAsync($"/deals/{approved}", "deal");
        await atDesk.LookAtAsync($"/deals/{asked}", "deal-asked");
        await atDesk.LookAtAsync("/customers", "customers");
        await atDesk.LookAtAsync("/customers/new", "customer-form");
        await atDesk.LookAtAsync($"/customers/{(await AsAsync<DealStore, Deal?>(sales, deals => deals.FindAsync(approved, CancellationToken.None)))!.CustomerNumber}", "customer");
        await using var atRivals = await Desk.SitDownAsync(chromium, portal, rival);
        await atRivals.LookAtAsync($"/deals/{blocked}", "deal-blocked");
    }

    [BrowserFact]
    public async Task The_pages_of_the_deal_desk_are_readable_for_everybody()
    {
        var (sales, rival, desk) = await PeopleAsync("北京北辰数码", "广州南粤联合");
        await ApprovedAsync(sales, desk, Deal("深圳前海跨境供应链有限公司", "Qianhai Cross-border Supply Chain") with { Amount = 980_000 });
        var likely = await SubmittedAsync(rival, Deal("前海跨境供应链", null));
        await AsAsync<CommentOnDeal, DealOutcome>(desk, comment => comment.RunAsync(likely, "brand", "Ask the channel manager first.", CancellationToken.None));

        await using var atDesk = await Desk.SitDownAsync(chromium, portal, desk);
        await atDesk.LookAtAsync("/deals/reviews", "reviews");
        await atDesk.LookAtAsync($"/deals/{likely}/review", "review");
        await atDesk.LookAtAsync($"/deals/{likely}", "deal-of-partner");
        await atDesk.LookAtAsync("/deals", "deals-of-all");
        await atDesk.LookAtAsync("/deals/reviews", "reviews-keys", page => page.ClickAsync("[popovertarget=keys]"));
        await atDesk.OpenAsync($"/deals/reviews?q={likely}");
        await atDesk.Page.Keyboard.PressAsync("j");
        await atDesk.Page.Keyboard.PressAsync("x");
        await atDesk.Page.Keyboard.PressAsync("r");
        await atDesk.Page.Keyboard.TypeAsync("No site is named.");
        await atDesk.Page.ClickAsync("#bulk-reject button[value=reject]");
        await atDesk.LookAtAsync(new Uri(atDesk.Page.Url).PathAndQuery, "reviews-batch");
        (await atDesk.Page.TextContentAsync("main"))!.ShouldContain("No site is named.");
    }

    [BrowserFact]
    public async Task A_reviewer_goes_through_the_queue_by_keyboard_and_no_key_decides_by_itself()
    {
        var (sales, _, desk) = await PeopleAsync("武汉光谷数码", "长沙麓谷联合");
        var first = await SubmittedAsync(sales, Deal("神农架生态旅游有限公司", null) with { Amount = 3_000_001 });
        var second = await SubmittedAsync(sales, Deal("洞庭湖水产养殖有限公司", null) with { Amount = 3_000_000 });
        await using var atDesk = await Desk.SitDownAsync(chromium, portal, desk);
        var page = atDesk.Page;
        Task<string> Focus() => page.EvaluateAsync<string>("document.activeElement.id || document.activeElement.value || document.activeElement.dataset.opens || document.activeElement.tagName");

        await atDesk.OpenAsync("/deals/reviews?sort=-amount");
        await page.Keyboard.PressAsync("j");
        (await Focus()).ShouldBe(first);
        await page.Keyboard.PressAsync("ArrowDown");
        (await Focus()).ShouldBe(second);
        await page.Keyboard.PressAsync("k");
        await page.Keyboard.PressAsync("x");
        (await page.TextContentAsync(".bulk-count"))!.ShouldBe("Marked: 1");

        await page.Keyboard.PressAsync("o");
        await page.WaitForURLAsync($"**/deals/{first}/review?sort=-amount");
        await page.Keyboard.PressAsync("n");
        await page.WaitForURLAsync($"**/deals/{second}/review?sort=-amount");
        await page.Keyboard.PressAsync("p");
        await page.WaitForURLAsync($"**/deals/{first}/review?sort=-amount");
        await page.Keyboard.PressAsync("f");
        (await Focus()).ShouldBe("family");
        await page.Keyboard.PressAsync("Control+r");
        await page.WaitForURLAsync($"**/deals/{first}/review?sort=-amount");
        await page.Keyboard.PressAsync("t");
        (await page.EvaluateAsync<string>("document.activeElement.dataset.key")).ShouldBe("t");
        await page.Keyboard.PressAsync("a");
        (await Focus()).ShouldBe("approve");
        (await page.TextContentAsync("#decision-hint"))!.ShouldContain("Approve: press Enter");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("r");
        (await Focus()).ShouldBe("reason");
        await page.Keyboard.TypeAsync("nap");
        (await page.InputValueAsync("#reason")).ShouldBe("nap");
        (await portal.Database.ListAsync<string>("select status from portal.deal where number = @first", new { first })).ShouldBe(["submitted"]);
        await page.Keyboard.PressAsync("Control+Enter");
        await page.WaitForURLAsync($"**/deals/{second}/review?sort=-amount");
        (await page.TextContentAsync("#flash"))!.ShouldContain($"{first} is rejected.");

        await page.Keyboard.PressAsync("?");
        await page.RunAndWaitForResponseAsync(() => page.UncheckAsync("[data-keys-switch]"), answer => answer.Url.EndsWith("/preferences", StringComparison.Ordinal));
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("a");
        (await page.TextContentAsync("#decision-hint"))!.ShouldBe("");
        await atDesk.OpenAsync("/deals/reviews?sort=-amount");
        await page.Keyboard.PressAsync("j");
        (await Focus()).ShouldBe("BODY");
    }

    [BrowserFact]
    public async Task A_deal_is_registered_in_a_minute_and_the_reason_is_asked_for_before_it_is_withdrawn()
    {
        var (sales, _, _) = await PeopleAsync("成都天府智联", "重庆两江");
        await using var desk = await Desk.SitDownAsync(chromium, portal, sales);

        await desk.OpenAsync("/deals/new");
        await desk.Page.FillAsync("#CustomerName", "成都天府国际会展有限公司");
        await desk.Page.CheckAsync("input[name=ProductLines][value=DISPLAYS]");
        await desk.Page.SelectOptionAsync("#Territory", "CN-EAST");
        await desk.Page.FillAsync("#Amount", "1050000");
        await desk.Page.ClickAsync("button[value=submit]");
        (await desk.Page.TextContentAsync("h1"))!.Trim().ShouldBe("成都天府国际会展有限公司");

        await desk.Page.ClickAsync("button:has-text('Withdraw')");
        await desk.Page.FillAsync(".ask:popover-open textarea[name=reason]", "The project is off");
        await desk.Page.ClickAsync(".ask:popover-open button[type=submit]");
        (await desk.Page.TextContentAsync("dd .badge"))!.ShouldBe("Withdrawn");
        (await desk.Page.TextContentAsync("main"))!.ShouldContain("The project is off");
    }

    async Task<(TestPerson Sales, TestPerson Rival, TestPerson Desk)> PeopleAsync(string first, string second)
    {
        await portal.Database.ExecuteAsync("""
            insert into portal.product_line (code, name, name_zh) values ('DISPLAYS', 'Displays', '会议大屏'), ('DESKS', 'Smart desks', '智能办公桌') on conflict do nothing;
            insert into portal.territory (code, name, name_zh) values ('CN-EAST', 'East China', '华东'), ('CN-NORTH', 'North China', '华北') on conflict do nothing;
            """);
        return (await portal.Given.ADistributor(first), await portal.Given.ADistributor(second), await portal.Given.SomebodyOfTheBrand("deal_desk"));
    }

    DealTyped Deal(string customer, string? other) => new()
    {
        Customer = new() { Name = customer, OtherNames = other is null ? [] : [other], CountryCode = "CN", City = "杭州" }, ProductLines = ["DISPLAYS", "DESKS"], Territory = "CN-EAST",
        Amount = 1_280_000, Currency = "CNY", ExpectedClose = portal.Clock.Today.AddDays(60), ContactName = "陈工", ContactEmail = "chen@yunqi.example", Need = "新总部 26 间会议室的智能屏与预订系统。",
    };

    async Task<string> SubmittedAsync(TestPerson person, DealTyped deal) =>
        (await AsAsync<RegisterDeal, DealOutcome>(person, register => register.EnterAsync(deal, true, CancellationToken.None))).ShouldBeOfType<DealOutcome.Done>().Number;

    async Task<string> ApprovedAsync(TestPerson person, TestPerson desk, DealTyped deal)
    {
        var number = await SubmittedAsync(person, deal);
        (await AsAsync<ReviewDeal, DealOutcome>(desk, review => review.ApproveAsync(number, null, null, [], "Good luck.", CancellationToken.None))).ShouldBeOfType<DealOutcome.Done>();
        return number;
    }

    Task<T> AsAsync<TPart, T>(TestPerson person, Func<TPart, Task<T>> work)
        where TPart : notnull =>
        portal.InScopeAsync(Caller.Subject(TestIdentityProvider.Issuer, person.Subject), services => work(services.GetRequiredService<TPart>()));
}
