using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

/// <summary>
/// A brand in Berlin, whose clocks go forward on 29 March 2026; a gold partner's claims fall stale after 20 days. Each test has a portal of its own: what the clock
/// does, it does to everything.
/// </summary>
public sealed class SettlingClaims : IAsyncLifetime
{
    ClaimingPartners Claims { get; } = new();

    public async Task InitializeAsync()
    {
        await Claims.InitializeAsync();
        await Claims.Database.ExecuteAsync("""
            update portal.partner set time_zone = 'Europe/Berlin' where partner_type = 'brand';
            insert into portal.protection_policy (effective_from, partner_level, protection_days, extension_days, extensions_at_most, reminder_days, recently_expired_days, screenings_per_day, stale_days, stale_warning_days)
            values ('2026-01-01', 'gold', 90, 30, 1, 14, 30, 200, 20, 10), ('2026-01-01', 'silver', 60, 30, null, 30, 30, 200, null, 14);
            """);
    }

    public Task DisposeAsync() => Claims.DisposeAsync();

    [Fact]
    public async Task A_claim_nothing_is_done_for_is_warned_of_and_released_to_the_second_of_the_brands_zone()
    {
        var partner = await PartnerAsync("闲置伙伴", "gold");
        var number = await Claims.ApprovedAsync(partner, Claims.Deal("闲置客户有限公司"));
        var approved = Claims.Clock.Today;

        // Stale from the first second of the 21st day after, in Berlin; the clocks have moved in between or not.
        At(approved.AddDays(21), seconds: -1);
        Assert.Equal(0, (await RunAsync()).Warned);
        At(approved.AddDays(21));
        Assert.Equal((1, 0), Counted(await RunAsync()));
        Assert.Equal((0, 0), Counted(await RunAsync()));
        At(approved.AddDays(32), seconds: -1);
        Assert.Equal((0, 0), Counted(await RunAsync()));
        Assert.IsType<DealOutcome.Blocked>(await Claims.SubmitAsync(Claims.Yuanjian, Claims.Deal("闲置客户有限公司") with { ExpectedClose = Claims.Clock.Today.AddDays(30) }));
        At(approved.AddDays(32));
        Assert.Equal((0, 1), Counted(await RunAsync()));
        Assert.Equal((0, 0), Counted(await RunAsync()));

        Assert.Equal("expired", await Claims.StatusAsync(number));
        Assert.Equal(["warn_stale", "release"], await Claims.Database.ListAsync<string>("select act from portal.deal_act join portal.deal using (deal_id) where number = @number and act in ('warn_stale', 'release', 'expire') order by deal_act_id", new { number }));
        Assert.IsType<DealOutcome.Done>(await Claims.SubmitAsync(Claims.Yuanjian, Claims.Deal("闲置客户有限公司") with { ExpectedClose = Claims.Clock.Today.AddDays(30) }));
        Assert.Equal([1L], await Claims.Database.ListAsync<long>("select count(*) from portal.outbox_message where kind = 'mail' and payload ->> 'subject' like @number || '%is released%'", new { number }));
    }

    [Fact]
    public async Task A_visit_keeps_a_claim_alive_and_makes_the_warning_void_a_call_does_not()
    {
        var partner = await PartnerAsync("拜访伙伴", "gold");
        var visited = await Claims.ApprovedAsync(partner, Claims.Deal("常去拜访有限公司"));
        var called = await Claims.ApprovedAsync(partner, Claims.Deal("只打电话有限公司"));
        var approved = Claims.Clock.Today;
        At(approved.AddDays(21));
        await RunAsync();

        await RecordAsync(partner, visited, "visit");
        await RecordAsync(partner, called, "call");
        At(approved.AddDays(32));
        await RunAsync();
        Assert.Equal(("approved", "expired"), (await Claims.StatusAsync(visited), await Claims.StatusAsync(called)));

        // The visit was on the day 21: stale again from the day 42, with a warning of its own before the release.
        At(approved.AddDays(42), seconds: -1);
        Assert.Equal(0, (await RunAsync()).Warned);
        At(approved.AddDays(42));
        Assert.Equal((1, 0), Counted(await RunAsync()));
        At(approved.AddDays(53));
        Assert.Equal((0, 1), Counted(await RunAsync()));
    }

    [Fact]
    public async Task A_visit_of_long_ago_that_is_written_down_after_the_warning_brings_another_warning_not_a_release()
    {
        var partner = await PartnerAsync("补记伙伴", "gold");
        var number = await Claims.ApprovedAsync(partner, Claims.Deal("补记拜访有限公司"));
        var approved = Claims.Clock.Today;
        At(approved.AddDays(21));
        await RunAsync();
        At(approved.AddDays(31));
        await RecordAsync(partner, number, "visit", approved.AddDays(5).ToDateTime(new TimeOnly(12, 0), DateTimeKind.Utc));

        At(approved.AddDays(32));
        Assert.Equal((1, 0), Counted(await RunAsync()));
        Assert.Equal("approved", await Claims.StatusAsync(number));
    }

    [Fact]
    public async Task Each_claim_is_reminded_of_by_the_version_that_protects_it_whatever_the_size_of_a_batch()
    {
        var partner = await PartnerAsync("提醒伙伴", "silver");
        var numbers = new List<string>();
        for (var deal = 0; deal < 5; deal++)
        {
            numbers.Add(await Claims.ApprovedAsync(partner, Claims.Deal($"提醒第{deal}家客户有限公司")));
        }

        var last = Claims.Clock.Today.AddDays(60);
        Assert.Equal(last, (await Claims.FindAsync(partner, numbers[0]))!.LastProtectedDay);
        At(last.AddDays(-30), seconds: -1);
        Assert.Equal(0, (await RunAsync(2)).Reminded);
        At(last.AddDays(-30));
        Assert.Equal(5, (await RunAsync(2)).Reminded);
        Assert.Equal(0, (await RunAsync(2)).Reminded);
        At(last.AddDays(1));
        Assert.Equal(5, (await RunAsync(1)).Expired);
    }

    [Fact]
    public async Task Runs_at_the_same_moment_do_each_thing_once()
    {
        var partner = await PartnerAsync("并行伙伴", "silver");
        for (var deal = 0; deal < 6; deal++)
        {
            await Claims.ApprovedAsync(partner, Claims.Deal($"并行结算第{deal}家有限公司"));
        }

        At(Claims.Clock.Today.AddDays(61));
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => RunAsync(2))));

        Assert.Equal(6, runs.Sum(run => run.Expired));
    }

    [Fact]
    public async Task The_button_and_the_command_do_it_on_demand()
    {
        var partner = await PartnerAsync("按需伙伴", "silver");
        var number = await Claims.ApprovedAsync(partner, Claims.Deal("按需结算有限公司"));
        At(Claims.Clock.Today.AddDays(61));

        var desk = Claims.SignIn(Claims.DealDesk);
        var page = await desk.PressAsync(await desk.GetAsync("/deals/policies"), "form[action='/deals/settlement']");

        Assert.StartsWith("1 expired, ", page.Text("main .flash-done"));
        Assert.Equal("expired", await Claims.StatusAsync(number));
        var output = new StringWriter();
        var code = await Claims.InScopeAsync(Caller.System("test"), services => services.GetServices<Portal.Web.IVerb>().Single(verb => verb.Name == "claims").RunAsync(["settle"], output, CancellationToken.None));
        Assert.Equal((0, "0 expired, 0 reminded, 0 warned, 0 released"), (code, output.ToString().Trim()));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await Claims.SignIn(partner).PostAsync("/deals/settlement")).Status);
    }

    [Fact]
    public async Task A_protection_is_extended_no_more_often_than_the_policy_says()
    {
        var partner = await PartnerAsync("延期伙伴", "gold");
        var number = await Claims.ApprovedAsync(partner, Claims.Deal("延期一次有限公司"));
        Task<DealOutcome> AskAsync() => Claims.AsAsync<ExtendProtection, DealOutcome>(partner, extend => extend.RequestAsync(number, null, 10, "Tender", CancellationToken.None));

        Assert.IsType<DealOutcome.Done>(await AskAsync());
        Assert.IsType<DealOutcome.Done>(await Claims.AsAsync<ExtendProtection, DealOutcome>(Claims.DealDesk, extend => extend.GrantAsync(number, null, CancellationToken.None)));
        Assert.Equal("deals.refused.extended_enough", Assert.IsType<DealOutcome.Refused>(await AskAsync()).TextKey);
    }

    async Task<TestPerson> PartnerAsync(string name, string level) => await Claims.Given.APerson(await Claims.Given.APartner(name, "distributor", level: level), "sales");

    Task<DealOutcome> RecordAsync(TestPerson partner, string number, string kind, DateTime? at = null) =>
        Claims.AsAsync<RecordActivity, DealOutcome>(partner, record => record.RunAsync(number, new() { Kind = kind, Note = "Something", HappenedAt = at }, CancellationToken.None));

    Task<ExpiredProtections> RunAsync(int atOnce = 200) =>
        Claims.InScopeAsync(Caller.System("job:expire-protections"), services => services.GetRequiredService<ExpireProtections>().RunAsync(atOnce, CancellationToken.None));

    static (int Warned, int Released) Counted(ExpiredProtections run) => (run.Warned, run.Released);

    void At(DateOnly day, int seconds = 0)
    {
        var midnight = TimeZoneInfo.ConvertTimeToUtc(day.ToDateTime(TimeOnly.MinValue), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Claims.Clock.Now = new DateTimeOffset(midnight, TimeSpan.Zero).AddSeconds(seconds);
    }
}
