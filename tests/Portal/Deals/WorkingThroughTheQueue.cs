using System.Net;
using Portal.Customers;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class WorkingThroughTheQueue : IAsyncLifetime
{
    readonly ClaimingPartners portal = new();

    public Task InitializeAsync() => portal.InitializeAsync();

    public Task DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Keys_that_were_switched_off_stay_off_for_the_person_wherever_they_sign_in()
    {
        await portal.SubmittedAsync(portal.Huaxin, portal.Deal("快捷键开关有限公司"));
        var desk = portal.SignIn(portal.DealDesk);
        var queue = await desk.GetAsync("/deals/reviews");
        Assert.True(queue.Has("[data-keys-switch][checked]"));

        // As the script sends it: the box that is not marked sends nothing, and the hidden field says no.
        await desk.SubmitAsync(queue, ("keys", "false"));

        Assert.False((await portal.SignIn(portal.DealDesk).GetAsync("/deals/reviews")).Has("[data-keys-switch][checked]"));
        Assert.True((await portal.SignIn(await portal.Given.SomebodyOfTheBrand("deal_desk")).GetAsync("/deals/reviews")).Has("[data-keys-switch][checked]"));
        await desk.SubmitAsync("/profile", ("Form.Keys", "true"));
        Assert.True((await desk.GetAsync("/deals/reviews")).Has("[data-keys-switch][checked]"));
    }

    [Fact]
    public async Task What_is_due_first_stands_first_with_its_clock_and_its_queue()
    {
        var old = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("青城山泉有限公司"));
        portal.Clock.Advance(TimeSpan.FromHours(25));
        var young = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("武夷岩茶有限公司"));

        portal.Clock.Advance(TimeSpan.FromHours(4));
        var desk = portal.SignIn(portal.DealDesk);
        var queue = await desk.GetAsync("/deals/reviews");
        Assert.Equal([old, young], queue.Document.QuerySelectorAll("[data-opens]").Select(link => link.GetAttribute("data-opens")));
        Assert.Contains("3 working hours left", queue.All("tbody tr")[0]);
        Assert.Contains("Deal desk", queue.All("tbody tr")[0]);
        Assert.Contains("12 working hours left", queue.All("tbody tr")[1]);
        Assert.Equal([young, old], (await desk.GetAsync("/deals/reviews?sort=-due")).Document.QuerySelectorAll("[data-opens]").Select(link => link.GetAttribute("data-opens")));

        portal.Clock.Advance(TimeSpan.FromHours(19));
        desk = portal.SignIn(portal.DealDesk);
        var late = await desk.GetAsync("/deals/reviews?clock=overdue");
        Assert.Contains("1 working minute overdue", Assert.Single(late.All("tbody tr")));
        Assert.Single((await desk.GetAsync("/deals/reviews?clock=today")).All("tbody tr"));
        Assert.Equal(2, (await desk.GetAsync("/deals/reviews?mine=yes&band=none&queue=deal_desk")).All("tbody tr").Count);
        Assert.Empty((await portal.SignIn(await portal.Given.SomebodyOfTheBrand("finance")).GetAsync("/deals/reviews?mine=yes")).All("tbody tr"));
        var api = await portal.Api(portal.DealDesk).GetAsync("/api/v1/deals/reviews?clock=overdue");
        Assert.Equal(old, api.Json.GetProperty("items")[0].GetProperty("number").GetString());
        Assert.True(api.Json.GetProperty("items")[0].GetProperty("minutesLeft").GetInt32() < 0);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Huaxin).GetAsync("/api/v1/deals/reviews")).Status);
    }

    [Fact]
    public async Task The_next_of_the_queue_as_it_was_filtered_opens_after_a_decision_and_the_message_leads_back()
    {
        var first = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("队列一号有限公司") with { Amount = 300 });
        var other = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("队列之外有限公司", territory: "CN-NORTH") with { Amount = 250 });
        var second = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("队列二号有限公司") with { Amount = 200 });
        var third = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("队列三号有限公司") with { Amount = 100 });
        var desk = portal.SignIn(portal.DealDesk);
        const string asked = "?territory=CN-EAST&sort=-amount";

        var row = (await desk.GetAsync("/deals/reviews" + asked)).Document.QuerySelector($"[data-opens='{second}']")!.GetAttribute("href")!;
        var review = await desk.GetAsync(row);
        Assert.Contains("2 of 3", review.Text("nav.queue-place"));
        Assert.Equal($"/deals/{first}/review{asked}", review.Document.QuerySelector("[data-key=p]")!.GetAttribute("href"));
        Assert.Equal($"/deals/{third}/review{asked}", review.Document.QuerySelector("[data-key=n]")!.GetAttribute("href"));

        var wrong = await desk.PressAsync(review, "button[value=reject]", ("Reason", ""), ("Days", "77"));
        Assert.Contains("Give a reason.", wrong.Text("main .flash-problem"));
        Assert.Equal(("77", "2 of 3"), (wrong.Value("Days"), wrong.Text("nav.queue-place")));

        var next = await desk.PressAsync(wrong, "button[value=reject]", ("Reason", "Not this year"));
        Assert.Equal($"/deals/{third}/review{asked}", next.Path);
        Assert.Equal($"{second} is rejected.", next.Text("main .flash-done a"));
        Assert.Equal($"/deals/{second}", next.Document.QuerySelector("main .flash-done a")!.GetAttribute("href"));
        Assert.Contains("2 of 2", next.Text("nav.queue-place"));

        var taken = await desk.PressAsync(next, "[data-key=t]");
        Assert.Equal($"/deals/{third}/review{asked}", taken.Path);
        var round = await desk.PressAsync(taken, "button[value=approve]");
        Assert.Equal($"/deals/{first}/review{asked}", round.Path);
        var last = await desk.PressAsync(round, "button[value=approve]");
        Assert.Equal($"/deals/{first}", last.Path);
        Assert.Equal("submitted", await portal.StatusAsync(other));
    }

    [Fact]
    public async Task The_history_of_all_partners_concerned_stands_side_by_side_for_the_brand_only()
    {
        await portal.Database.ExecuteAsync("insert into portal.exchange_rate (currency, valid_from, rate, entered_at) values ('CNY', '2020-01-01', 0.10, now())");
        var customer = portal.Deal("集团历史科技有限公司", creditCode: "91310115324560147J");
        var held = await portal.ApprovedAsync(portal.Huaxin, customer with { Territory = "CN-NORTH" });
        var won = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("赢下的有限公司"));
        var lost = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("丢掉的有限公司"));
        portal.Clock.Advance(TimeSpan.FromDays(4));
        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WinAsync(won, null, CancellationToken.None)));
        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.LoseAsync(lost, null, "Price", CancellationToken.None)));
        var rejected = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("驳回的有限公司"));
        await portal.AsAsync<ReviewDeal, DealOutcome>(portal.DealDesk, review => review.RejectAsync(rejected, null, "No", CancellationToken.None));
        var asked = await portal.SubmittedAsync(portal.Yuanjian, customer);
        var deal = (await portal.FindAsync(portal.DealDesk, asked))!;

        var records = await portal.AsAsync<PartnerRecords, List<PartnerRecord>>(portal.DealDesk, partners => partners.OfAsync(deal.DealId, portal.Clock.Now.UtcDateTime, CancellationToken.None));

        Assert.Equal([portal.Yuanjian.Partner.Number, portal.Huaxin.Partner.Number], records.Select(partner => partner.Number));
        Assert.True(records[0] is { IsClaimant: true, Registered: 2, Approved: 0, Rejected: 1, Won: 0, WinRate: null, DaysToWin: null, Open: 1, DealsHere: 0 }, records[0].ToString());
        Assert.True(records[1] is { IsClaimant: false, HoldsIt: false, Registered: 3, Approved: 3, Won: 1, Lost: 1, WinRate: 0.5m, DaysToWin: 4.0m, Open: 1, DealsHere: 1, WonHere: 0, Screenings: 3 }, records[1].ToString());
        var page = await portal.SignIn(portal.DealDesk).GetAsync($"/deals/{asked}/review");
        Assert.Contains("Win rate – 50% (1 of 2)", page.Text("#partners").Replace(" %", "%", StringComparison.Ordinal));
        Assert.Contains("Claimant", page.Text("#partners"));

        portal.Clock.Advance(TimeSpan.FromDays(370));
        var later = await portal.AsAsync<PartnerRecords, List<PartnerRecord>>(portal.DealDesk, partners => partners.OfAsync(deal.DealId, portal.Clock.Now.UtcDateTime, CancellationToken.None));
        Assert.True(later[1] is { Registered: 0, Won: 0, Open: 0, DealsHere: 1 }, later[1].ToString());
        Assert.NotNull(held);
        foreach (var partner in new[] { portal.Huaxin, portal.Yuanjian })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(partner).GetAsync($"/deals/{asked}/review")).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(partner).GetAsync($"/api/v1/deals/{asked}/review")).Status);
        }
    }

    [Fact]
    public async Task The_family_shows_who_belongs_to_whom_and_what_is_claimed_there()
    {
        var mother = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("长风控股集团有限公司"));
        var sister = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("白露物流有限公司", territory: "CN-NORTH"));
        var asked = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("惊蛰餐饮有限公司"));
        await LinkAsync(asked, mother);
        await LinkAsync(sister, mother);

        var page = await portal.SignIn(portal.DealDesk).GetAsync($"/deals/{asked}/review");

        Assert.Equal(["长风控股集团有限公司", "白露物流有限公司", "惊蛰餐饮有限公司"], page.Document.QuerySelectorAll("#family .family-head a").Select(link => link.TextContent));
        Assert.Contains("Same line and territory", page.All("#family .family > li")[0]);
        Assert.Contains("Displays · North China", page.All("#family .family > li")[1]);
        Assert.DoesNotContain("Same line", page.All("#family .family > li")[1]);
        Assert.Contains("This company", page.Text("#family .is-here"));
        Assert.Contains("No live claim.", page.Text("#family .is-here"));
        var answer = await portal.Api(portal.DealDesk).GetAsync($"/api/v1/deals/{asked}/review");
        Assert.Equal([0, 1, 1], answer.Json.GetProperty("family").EnumerateArray().Select(company => company.GetProperty("depth").GetInt32()));
        Assert.Equal(mother, answer.Json.GetProperty("family")[0].GetProperty("claims")[0].GetProperty("deal").GetString());
    }

    [Fact]
    public void A_family_is_put_in_order_from_its_roots_and_what_was_cut_off_is_a_root()
    {
        static FamilyCompany Company(long id, long? parent) => new(id, parent, false, [], 0);

        var ordered = CompanyFamilies.InOrder([Company(3, 2), Company(2, 1), Company(1, null), Company(4, 1), Company(9, 8)]);

        Assert.Equal([(1, 0), (2, 1), (3, 2), (4, 1), (9, 0)], ordered.Select(company => ((int)company.ClusterId, company.Depth)));
    }

    [Theory]
    [InlineData("2026-03-02 10:00", "2026-03-02 14:00", 240)]
    [InlineData("2026-03-02 16:00", "2026-03-03 12:00", 240)]
    [InlineData("2026-03-06 16:30", "2026-03-09 09:30", 60)]
    [InlineData("2026-03-07 12:00", "2026-03-09 17:00", 480)]
    [InlineData("2026-03-02 07:00", "2026-03-16 20:00", 11 * 480)]
    [InlineData("2026-03-06 18:00", "2026-03-08 23:00", 0)]
    public async Task Working_minutes_between_two_moments_are_those_the_clock_of_a_step_counts(string from, string until, int minutes) =>
        Assert.Equal([minutes], await portal.Database.ListAsync<int>(
            "select portal.working_minutes(@until::timestamp at time zone 'UTC') - portal.working_minutes(@from::timestamp at time zone 'UTC')", new { from, until }));

    [Theory]
    [InlineData(1000, true, "working_days", 2)]
    [InlineData(959, true, "working_hours", 15)]
    [InlineData(59, true, "working_minutes", 59)]
    [InlineData(-130, true, "working_hours", 2)]
    [InlineData(-1, false, "minutes", 1)]
    [InlineData(2879, false, "hours", 47)]
    [InlineData(2880, false, "days", 2)]
    public void A_clock_speaks_in_the_unit_one_thinks_in(int minutes, bool working, string unit, int count) =>
        Assert.Equal((unit, count), new StepClock(minutes, working, null).Words);

    async Task LinkAsync(string child, string parent)
    {
        var (below, above) = ((await portal.FindAsync(portal.DealDesk, child))!.CustomerNumber, (await portal.FindAsync(portal.DealDesk, parent))!.CustomerNumber);
        Assert.IsType<ClusterOutcome.Done>(await portal.AsAsync<CustomerGroups, ClusterOutcome>(portal.DealDesk, groups => groups.LinkAsync(below, above, "Annual report", CancellationToken.None)));
    }
}
