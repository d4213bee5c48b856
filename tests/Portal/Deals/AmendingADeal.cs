using System.Net;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class AmendingADeal(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_line_is_added_on_request_and_protected_from_then_on()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("增加产品线有限公司"));
        var sales = portal.SignIn(portal.Huaxin);

        var asked = await sales.SubmitAsync($"/deals/{number}/amendments/new", ("Amount", "150000"), ("ProductLines", new[] { "DISPLAYS", "DESKS" }), ("Reason", "They want desks as well"));
        Assert.Contains("is with the deal desk", asked.Text("main .flash-done"));
        Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("增加产品线有限公司", lines: ["DESKS"])));
        var desk = portal.SignIn(portal.DealDesk);
        var granted = await desk.PressAsync(await desk.GetAsync($"/deals/{number}"), "form[action$='/amendments/decision'] button[value=grant]");

        Assert.Equal($"{number} is amended.", granted.Text("main .flash-done"));
        var deal = (await portal.FindAsync(portal.Huaxin, number))!;
        Assert.Equal((150_000m, "DESKS,DISPLAYS"), (deal.Amount, string.Join(',', deal.ProductLines)));
        Assert.Equal([2L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_claim join portal.deal using (deal_id) where number = @number and upper(protection) = @ProtectedUntil", new { number, deal.ProtectedUntil }));
        Assert.Equal("live_claim", Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(await portal.Given.ADistributor("第三方"), portal.Deal("增加产品线有限公司", lines: ["DESKS"]))).Verdict.Conflict);
    }

    [Fact]
    public async Task What_is_given_up_is_free_at_once()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("更换区域有限公司", lines: ["DISPLAYS", "DESKS"]));
        await AskAsync(number, new() { Territory = "CN-NORTH", ProductLines = ["DISPLAYS"], Reason = "The site is in Beijing" });
        portal.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.IsType<DealOutcome.Done>(await GrantAsync(number));

        Assert.Equal("recently_expired", Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("更换区域有限公司"))).Verdict!.Conflict);
        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("更换区域有限公司", territory: "CN-NORTH")));
    }

    [Fact]
    public async Task An_amendment_into_anothers_claim_is_refused_by_the_database_and_changes_nothing()
    {
        var mine = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("互相冲突有限公司"));
        await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("互相冲突有限公司", lines: ["DESKS"]));
        await AskAsync(mine, new() { ProductLines = ["DISPLAYS", "DESKS"], Amount = 9, Reason = "More" });

        Assert.Equal("deals.refused.taken_until", Assert.IsType<DealOutcome.Refused>(await GrantAsync(mine)).TextKey);

        var deal = (await portal.FindAsync(portal.Huaxin, mine))!;
        Assert.Equal((120_000m, "DISPLAYS"), (deal.Amount, Assert.Single(deal.ProductLines)));
        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<AmendDeal, DealOutcome>(portal.DealDesk, amend => amend.RefuseAsync(mine, null, "Taken", CancellationToken.None)));
        Assert.Equal("amendments.refused.none_waits", Assert.IsType<DealOutcome.Refused>(await GrantAsync(mine)).TextKey);
    }

    [Fact]
    public async Task An_amendment_says_what_changes_and_why_and_waits_once()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("变更检查有限公司"));

        Assert.Equal("reason", Assert.Single(Assert.IsType<DealOutcome.Invalid>(await AskAsync(number, new() { Amount = 5 })).Problems).Field);
        Assert.Equal("amendments.invalid.nothing", Assert.Single(Assert.IsType<DealOutcome.Invalid>(await AskAsync(number, new() { Reason = "None" })).Problems).TextKey);
        Assert.Equal(["amount", "productLines", "territory"], Assert.IsType<DealOutcome.Invalid>(await AskAsync(number, new() { Amount = -1, ProductLines = ["NONE"], Territory = "MARS", Reason = "x" })).Problems.Select(problem => problem.Field));
        Assert.IsType<DealOutcome.Done>(await AskAsync(number, new() { Amount = 5, Reason = "Less" }));
        Assert.Equal("amendments.refused.waits", Assert.IsType<DealOutcome.Refused>(await AskAsync(number, new() { Amount = 6, Reason = "More" })).TextKey);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).SendAsync(HttpMethod.Post, $"/api/v1/deals/{number}/amendments", new { amount = 7, reason = "x" }, ("If-Match", "\"4\""))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Huaxin).SendAsync(HttpMethod.Post, $"/api/v1/deals/{number}/amendments/decision", new { decision = "grant" }, ("If-Match", "\"4\""))).Status);
    }

    [Fact]
    public async Task A_win_within_hours_of_the_registration_waits_for_the_desk_and_is_counted_when_confirmed()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("火速赢单有限公司"));
        portal.Clock.Advance(TimeSpan.FromHours(71));
        var sales = portal.SignIn(portal.Huaxin);

        Assert.Equal("outcomes.reported", Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WinAsync(number, null, CancellationToken.None))).TextKey);
        Assert.Contains("The win waits for the deal desk", (await sales.GetAsync($"/deals/{number}")).Text("main .flash-note"));
        Assert.Equal("approved", await portal.StatusAsync(number));
        Assert.Equal("outcomes.refused.waits", Assert.IsType<DealOutcome.Refused>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WinAsync(number, null, CancellationToken.None))).TextKey);
        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("火速赢单有限公司")));

        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<ReviewOutcome, DealOutcome>(portal.DealDesk, review => review.ConfirmAsync(number, null, CancellationToken.None)));
        Assert.Equal("won", await portal.StatusAsync(number));
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_act join portal.deal using (deal_id) where number = @number and act = 'win' and by_brand", new { number }));
    }

    [Fact]
    public async Task A_win_that_is_not_confirmed_leaves_the_deal_protected()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("可疑赢单有限公司"));
        Assert.Equal("outcomes.reported", Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WinAsync(number, null, CancellationToken.None))).TextKey);

        Assert.IsType<DealOutcome.Invalid>(await portal.AsAsync<ReviewOutcome, DealOutcome>(portal.DealDesk, review => review.RefuseAsync(number, null, " ", CancellationToken.None)));
        Assert.IsType<DealOutcome.Forbidden>(await portal.AsAsync<ReviewOutcome, DealOutcome>(portal.Huaxin, review => review.ConfirmAsync(number, null, CancellationToken.None)));
        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<ReviewOutcome, DealOutcome>(portal.DealDesk, review => review.RefuseAsync(number, null, "The order is older than the registration", CancellationToken.None)));

        Assert.Equal("approved", await portal.StatusAsync(number));
        portal.Clock.Advance(TimeSpan.FromHours(72));
        Assert.Null(Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WinAsync(number, null, CancellationToken.None))).TextKey);
    }

    Task<DealOutcome> AskAsync(string number, AmendmentTyped typed) => portal.AsAsync<AmendDeal, DealOutcome>(portal.Huaxin, amend => amend.RequestAsync(number, null, typed, CancellationToken.None));

    Task<DealOutcome> GrantAsync(string number) => portal.AsAsync<AmendDeal, DealOutcome>(portal.DealDesk, amend => amend.GrantAsync(number, null, CancellationToken.None));
}
