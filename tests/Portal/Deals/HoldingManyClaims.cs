using System.Net;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class HoldingManyClaims(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_partner_at_its_capacity_is_told_the_remedy_and_what_it_typed_is_not_lost()
    {
        var partner = await PartnerAsync("满额伙伴", "silver", "capacity, stale_days", "2, 30");
        var oldest = await portal.ApprovedAsync(partner, portal.Deal("满额一号有限公司"));
        await portal.SubmittedAsync(partner, portal.Deal("满额二号有限公司"));

        var refused = Assert.IsType<DealOutcome.Refused>(await portal.SubmitAsync(partner, portal.Deal("满额三号有限公司")));
        Assert.Equal(("capacity.refused.full", "2", "2"), (refused.TextKey, refused.Arguments[0], refused.Arguments[1]));
        Assert.Contains(oldest, (string)refused.Arguments[2]);
        var api = await portal.Api(partner).PostAsync("/api/v1/deals", new { customer = new { name = "满额四号有限公司", countryCode = "CN" }, productLines = new[] { "DISPLAYS" }, territory = "CN-EAST", amount = 1, currency = "CNY", expectedClose = portal.Clock.Today.AddDays(9), submit = true });
        Assert.Equal((HttpStatusCode.Conflict, "deal-full"), (api.Status, api.Problem));
        Assert.Contains("2 of 2 open claims", (await portal.SignIn(partner).GetAsync("/deals")).Text("main"));

        await portal.AsAsync<PursueDeal, DealOutcome>(partner, pursue => pursue.WithdrawAsync(oldest, null, "No project", CancellationToken.None));
        Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(partner, portal.Deal("满额三号有限公司")));
    }

    [Fact]
    public async Task Of_twelve_submissions_at_the_same_moment_no_more_are_taken_in_than_there_is_room_for()
    {
        var partner = await PartnerAsync("并发伙伴", "platinum", "capacity", "5");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(at => Task.Run(() => portal.SubmitAsync(partner, portal.Deal($"并发客户{(char)('甲' + at)}{at}号实业有限公司")))));

        Assert.Equal(5, outcomes.OfType<DealOutcome.Done>().Count());
        Assert.Equal(7, outcomes.OfType<DealOutcome.Refused>().Count(refused => refused.TextKey == "capacity.refused.full"));
    }

    [Theory]
    [InlineData(3, 7, 10, "3 of 10")] // 30 %: the step of 20 % counts × 1
    [InlineData(6, 4, 15, "6 of 10")] // 60 %: the step of 50 % counts × 1.5
    [InlineData(1, 9, 5, "1 of 10")] // 10 %: × 0.3 would be 3, the floor is 5
    [InlineData(10, 0, 18, "10 of 10")] // 100 %: × 3 would be 30, the ceiling is 18
    [InlineData(2, 1, 10, "Only 3")] // three decided deals are too few to count
    public async Task The_capacity_follows_the_win_rate_between_floor_and_ceiling(int won, int lost, int capacity, string because)
    {
        var partner = await PartnerAsync($"赢单率{won}{lost}", "gold",
            "capacity, capacity_decided, capacity_rates, capacity_factors, capacity_floor, capacity_ceiling", "10, 5, '{0,0.2,0.5,0.9}', '{0.3,1,1.5,3}', 5, 18");
        await DecidedAsync(partner, won, lost);

        var found = await portal.AsAsync<CapacityStore, ClaimCapacity>(partner, capacities => capacities.FindAsync(partner.Partner.PartnerId, portal.Clock.Now.UtcDateTime, CancellationToken.None));

        Assert.Equal(capacity, found.Capacity);
        Assert.Contains(because, (await portal.SignIn(partner).GetAsync("/deals/capacity")).Text("main"));
    }

    [Fact]
    public async Task More_claims_are_asked_for_and_allowed_for_a_time()
    {
        var partner = await PartnerAsync("申请伙伴", "registered", "capacity", "1");
        await portal.SubmittedAsync(partner, portal.Deal("申请一号有限公司"));
        var sales = portal.SignIn(partner);
        var page = await sales.GetAsync("/deals/capacity");
        Assert.Equal("The brand has your request.", (await sales.PressAsync(page, "form[action='/deals/capacity/requests']", ("asked", "1"), ("reason", "Fair in May"))).Text("main .flash-done"));
        Assert.Equal((HttpStatusCode.Conflict, "deal-waits"), await AskAgainAsync(partner));

        var manager = portal.Api(await portal.Given.SomebodyOfTheBrand("channel_manager"));
        var request = (await manager.GetAsync("/api/v1/claim-capacity/requests")).Json.EnumerateArray().First(request => request.GetProperty("partnerNumber").GetString() == partner.Partner.Number).GetProperty("number").GetString();
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.DealDesk).PostAsync($"/api/v1/claim-capacity/requests/{request}/decision", new { granted = 1, until = portal.Clock.Today.AddDays(3) })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostAsync($"/api/v1/claim-capacity/requests/{request}/decision", new { granted = 1, until = portal.Clock.Today.AddDays(-1) })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await manager.PostAsync($"/api/v1/claim-capacity/requests/{request}/decision", new { granted = 1, until = portal.Clock.Today.AddDays(3) })).Status);

        Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(partner, portal.Deal("申请二号有限公司")));
        portal.Clock.Advance(TimeSpan.FromDays(4));
        Assert.IsType<DealOutcome.Refused>(await portal.SubmitAsync(partner, portal.Deal("申请三号有限公司")));
        await portal.Database.ExecuteAsync("update portal.deal set status = 'withdrawn' where partner_id = @PartnerId and status = 'submitted'", new { partner.Partner.PartnerId });
    }

    async Task<(HttpStatusCode, string?)> AskAgainAsync(TestPerson partner)
    {
        var again = await portal.Api(partner).PostAsync("/api/v1/claim-capacity/requests", new { asked = 2, reason = "More" });
        return (again.Status, again.Problem);
    }

    async Task<TestPerson> PartnerAsync(string name, string level, string columns, string values)
    {
        await portal.Database.ExecuteAsync($"""
            insert into portal.protection_policy (effective_from, partner_level, protection_days, extension_days, reminder_days, recently_expired_days, screenings_per_day, {columns})
            values ('2026-01-01', @level, 90, 30, 14, 30, 200, {values})
            on conflict do nothing
            """, new { level });
        return await portal.Given.APerson(await portal.Given.APartner(name, "distributor", level: level), "sales", "partner_admin");
    }

    // Decided past the screens: what counts is the state and when it came to its end.
    async Task DecidedAsync(TestPerson partner, int won, int lost)
    {
        await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.EnterAsync(portal.Deal("任意客户有限公司"), submit: false, CancellationToken.None));
        await portal.Database.ExecuteAsync("""
        with template as (
            select c.end_customer_id, t.territory_id from portal.end_customer c cross join (select min(territory_id) as territory_id from portal.territory) t order by c.end_customer_id limit 1
        )
        insert into portal.deal (number, partner_id, end_customer_id, territory_id, status, amount, currency, expected_close, submitted_at, closed_at, created_at, updated_at)
        select 'D-' || @PartnerId || '-' || n, @PartnerId, template.end_customer_id, template.territory_id, case when n <= @won then 'won' else 'lost' end, 1, 'CNY', '2026-03-01',
               @now::timestamptz - interval '60 days', @now::timestamptz - interval '30 days', @now::timestamptz - interval '60 days', @now::timestamptz - interval '30 days'
        from generate_series(1, @won + @lost) n cross join template
        """, new { partner.Partner.PartnerId, won, lost, now = portal.Clock.Now.UtcDateTime });
    }
}
