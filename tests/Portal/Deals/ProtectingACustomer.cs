using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class ProtectingACustomer(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_protection_ends_with_its_last_day_and_the_next_partner_may_claim_at_that_second()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("到期释放有限公司"));
        var deal = (await portal.FindAsync(portal.Huaxin, number))!;
        Assert.Equal((portal.Clock.Today.AddDays(90), portal.Clock.Today.AddDays(91).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)), (deal.LastProtectedDay, deal.ProtectedUntil));

        portal.Clock.Now = new DateTimeOffset(deal.ProtectedUntil!.Value.AddSeconds(-1), TimeSpan.Zero);
        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("到期释放有限公司")));
        portal.Clock.Advance(TimeSpan.FromSeconds(1));

        var outcome = Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("到期释放有限公司")));
        Assert.Equal(("recently_expired", false), (outcome.Verdict!.Conflict, outcome.Verdict.Blocked));
        Assert.IsType<DealOutcome.Done>(await portal.ApproveAsync(outcome.Number));
    }

    [Fact]
    public async Task The_nightly_run_expires_what_has_ended_once_and_reminds_of_what_ends_soon_once()
    {
        var ending = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("夜间过期有限公司"));
        portal.Clock.Now = new DateTimeOffset((await portal.FindAsync(portal.Huaxin, ending))!.ProtectedUntil!.Value, TimeSpan.Zero).AddDays(-10);
        var later = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("还有时间有限公司"));

        var first = await RunAsync();
        var again = await RunAsync();
        portal.Clock.Advance(TimeSpan.FromDays(10));
        var last = await RunAsync();

        Assert.Equal((1, 0), (first.Reminded, again.Reminded));
        Assert.Equal((0, 1, 0), (first.Expired, last.Expired, (await RunAsync()).Expired));
        Assert.Equal("expired", await portal.StatusAsync(ending));
        Assert.Equal("approved", await portal.StatusAsync(later));
        Assert.Contains("deal.expired", await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_number = @ending", new { ending }));
    }

    [Fact]
    public async Task An_extension_is_asked_for_with_a_reason_and_moves_the_end()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("延长保护有限公司"));
        var before = (await portal.FindAsync(portal.Huaxin, number))!.LastProtectedDay!.Value;

        Assert.IsType<DealOutcome.Invalid>(await RequestAsync(number, 20, null));
        Assert.IsType<DealOutcome.Done>(await RequestAsync(number, 20, "The tender moved"));
        Assert.Equal("deals.refused.extension_waits", Assert.IsType<DealOutcome.Refused>(await RequestAsync(number, 20, "Again")).TextKey);
        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<ExtendProtection, DealOutcome>(portal.DealDesk, extend => extend.GrantAsync(number, null, CancellationToken.None)));

        Assert.Equal(before.AddDays(20), (await portal.FindAsync(portal.Huaxin, number))!.LastProtectedDay);
        Assert.Equal([before.AddDays(21)], await portal.Database.ListAsync<DateOnly>("select distinct upper(protection)::date from portal.deal_claim join portal.deal using (deal_id) where number = @number", new { number }));
        Assert.Equal("deals.refused.no_extension_waits", Assert.IsType<DealOutcome.Refused>(await portal.AsAsync<ExtendProtection, DealOutcome>(portal.DealDesk, extend => extend.GrantAsync(number, null, CancellationToken.None))).TextKey);
    }

    [Theory]
    [InlineData("withdraw")]
    [InlineData("lose")]
    [InlineData("win")]
    public async Task A_deal_that_ends_early_frees_the_customer_at_once(string act)
    {
        var customer = $"提前结束{act}有限公司";
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal(customer));
        portal.Clock.Advance(TimeSpan.FromHours(73));

        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => act switch
        {
            "withdraw" => pursue.WithdrawAsync(number, null, "No project", CancellationToken.None),
            "lose" => pursue.LoseAsync(number, null, "Price", CancellationToken.None),
            _ => pursue.WinAsync(number, null, CancellationToken.None),
        }));

        Assert.Equal("recently_expired", Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal(customer))).Verdict!.Conflict);
    }

    [Fact]
    public async Task A_quote_turns_the_deal_into_a_converted_one_that_stays_protected()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("转为报价有限公司"));

        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.ConvertAsync(number, "Q-1", CancellationToken.None)));

        Assert.Equal("converted", await portal.StatusAsync(number));
        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("转为报价有限公司")));
    }

    [Fact]
    public async Task The_most_specific_policy_decides_how_long_a_protection_lasts()
    {
        var gold = await portal.Given.APartner("黄金伙伴", "distributor", level: "gold");
        var person = await portal.Given.APerson(gold, "sales");
        await portal.Database.ExecuteAsync("""
            insert into portal.protection_policy (effective_from, partner_level, protection_days, extension_days, reminder_days, recently_expired_days, screenings_per_day)
            values ('2026-01-01', 'gold', 120, 30, 14, 30, 200), ('2999-01-01', 'gold', 1, 1, 1, 1, 200)
            """);

        var number = await portal.ApprovedAsync(person, portal.Deal("黄金客户有限公司"));
        var shorter = await portal.ApprovedAsync(person, portal.Deal("只要一月有限公司") with { PeriodFrom = portal.Clock.Today, PeriodUntil = portal.Clock.Today.AddDays(30) });

        Assert.Equal(portal.Clock.Today.AddDays(120), (await portal.FindAsync(person, number))!.LastProtectedDay);
        Assert.Equal(portal.Clock.Today.AddDays(30), (await portal.FindAsync(person, shorter))!.LastProtectedDay);
    }

    Task<DealOutcome> RequestAsync(string number, int? days, string? reason) =>
        portal.AsAsync<ExtendProtection, DealOutcome>(portal.Huaxin, extend => extend.RequestAsync(number, null, days, reason, CancellationToken.None));

    Task<ExpiredProtections> RunAsync() =>
        portal.InScopeAsync(Caller.System("job:expire-protections"), services => services.GetRequiredService<ExpireProtections>().RunAsync(CancellationToken.None));
}
