using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>A review proposes who rises and who falls, a person decides, and the level changes on its day.</summary>
public sealed class ReviewingLevels(ReviewingLevels.Reviewed portal) : IClassFixture<ReviewingLevels.Reviewed>
{
    [Theory]
    [InlineData("registered", 100, 4, false, "gold")]
    [InlineData("registered", 100, 1, false, null)]
    [InlineData("registered", 100, 4, true, null)]
    [InlineData("silver", 60, 4, false, null)]
    [InlineData("silver", 39.99, 4, false, "registered")]
    [InlineData("gold", 79, 4, false, null)]
    [InlineData("gold", 59.99, 4, false, "silver")]
    [InlineData("gold", 20, 4, true, "registered")]
    [InlineData("platinum", 90, 4, false, null)]
    [InlineData("platinum", 200, 4, false, null)]
    public void A_score_leads_to_the_highest_level_it_reaches_or_down_to_the_highest_it_keeps(string level, double average, int periods, bool isBarred, string? to) =>
        Assert.Equal(to, new LevelRules(0, "", "quarter", 4, 2, 50, 40, 80, 60, 110, 90, null, null).From(level, new((decimal)average, periods, isBarred))?.To);

    [Fact]
    public async Task A_review_says_who_rises_and_who_falls_and_why_and_changes_nothing()
    {
        var page = await portal.RunAsync("2025-Q4");

        Assert.Equal(["Rising", "Falling"], page.All("tbody td:nth-child(2)"));
        Assert.Contains("An average of 100.00 over 4 scored periods; Gold asks for 80.", page.Words, StringComparison.Ordinal);
        Assert.Contains("An average of 20.00 over 4 scored periods; Gold is kept from 60 on.", page.Words, StringComparison.Ordinal);
        Assert.Equal(("registered", "gold"), (await portal.LevelOfAsync(portal.Rising), await portal.LevelOfAsync(portal.Falling)));
        // Run again it is the same review with the same proposals.
        var again = await portal.RunAsync("2025-Q4");
        Assert.Equal(page.Path, again.Path);
        Assert.Equal([2L], await portal.Database.ListAsync<long>("select count(*) from portal.level_proposal"));
        var file = await portal.SignIn(portal.Manager).GetAsync(page.Path + "/export?format=csv");
        Assert.Contains("Gold asks for 80", file.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_review_is_not_run_of_a_period_that_still_runs_or_of_another_kind()
    {
        Assert.Contains("not over yet", (await portal.RunAsync("2026-Q1")).Words, StringComparison.Ordinal);
        Assert.Contains("another length of period", (await portal.RunAsync("2025-11")).Words, StringComparison.Ordinal);
        Assert.Contains("no rules", (await portal.RunAsync("2024-Q1")).Words, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Partners_learn_nothing_of_what_is_proposed()
    {
        var page = await portal.RunAsync("2025-Q4");
        var partner = portal.SignIn(portal.Falling);

        Assert.Equal(HttpStatusCode.Forbidden, (await partner.GetAsync("/kpis/levels")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await partner.GetAsync(page.Path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await partner.GetAsync(page.Path + "/export")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Falling).GetAsync("/api/v1/kpis/level-reviews")).Status);
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Falling.Subject));
        Assert.Equal(0, await db.OneAsync<long>("select count(*) from level_proposal", null, default));
        Assert.Equal(0, await db.OneAsync<long>("select count(*) from level_review", null, default));
        Assert.Equal(0, await db.ExecuteAsync("update level_proposal set status = 'confirmed', effective_on = '2026-03-02', decided_at = now(), decided_by = app_actor()", null, default));
    }

    [Fact]
    public async Task Whoever_rejects_says_why_and_nobody_decides_in_anothers_name()
    {
        var page = await portal.RunAsync("2025-Q4");
        var manager = portal.SignIn(portal.Manager);
        var number = await portal.OpenAsync(portal.Falling);

        var refused = await DecideAsync(manager, await manager.GetAsync(page.Path), ("Proposals", number), ("Verdict", "reject"), ("Reason", " "));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.NotEmpty(refused.All(".field-problem"));
        Assert.Equal(HttpStatusCode.BadRequest, (await DecideAsync(manager, await manager.GetAsync(page.Path), ("Verdict", "confirm"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await DecideAsync(manager, await manager.GetAsync(page.Path), ("Proposals", number), ("Verdict", "confirm"), ("EffectiveOn", "2025-12-31"))).Status);
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Manager.Subject));
        var forged = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync("update level_proposal set status = 'rejected', reason = 'x', decided_at = now(), decided_by = 'U-SOMEBODY' where number = @number", new { number }, default));
        Assert.Equal("a_level_is_decided_by_whoever_is_at_work", forged.ConstraintName);
        Assert.Equal(number, await portal.OpenAsync(portal.Falling));
    }

    /// <summary>A channel in which reviews are run.</summary>
    public sealed class Reviewed : ScoredChannel
    {
        public async Task<Page> RunAsync(string period)
        {
            var manager = SignIn(Manager);
            return await manager.PressAsync(await manager.GetAsync("/kpis/levels"), "form[action='/kpis/levels']", ("period", period));
        }

        public async Task<string> OpenAsync(TestPerson person) =>
            (await Database.ListAsync<string>("select number from portal.level_proposal where partner_id = @PartnerId and status = 'open'", new { person.Partner.PartnerId })).Single();
    }

    internal static Task<Page> DecideAsync(Visitor visitor, Page page, params (string, object?)[] fields) => visitor.PressAsync(page, "form[action$='/decisions']", fields);
}

/// <summary>What is decided on a review takes effect once, on its day, and the past stays scored as it was.</summary>
public sealed class DecidingOnLevels(ReviewingLevels.Reviewed portal) : IClassFixture<ReviewingLevels.Reviewed>
{
    [Fact]
    public async Task What_is_confirmed_changes_the_level_and_what_was_asked_of_the_old_one_stays_asked_of_its_time()
    {
        await portal.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into kpi_target (kpi_definition_id, partner_level, starts_on, period, value, set_at, set_by)
            select kpi_definition_id, level, '2025-10-01', 'quarter', case level when 'gold' then 900 else 100 end, '2025-01-01Z', 'U-TEST' from kpi_definition, unnest(array['registered', 'gold']) level where number = 'K-BOUGHT'
            """);
        var manager = portal.SignIn(portal.Manager);
        async Task<decimal?> AskedAsync() => (await portal.InScopeAsync(Caller.System("test"), services =>
            services.GetRequiredService<Attainments>().ReachedAsync(Period.Parse("2025-Q4")!.Value, portal.Rising.Partner.PartnerId, default))).Find(row => row.KpiNumber == "K-BOUGHT")?.Target;
        Assert.Equal(100, await AskedAsync());
        var page = await portal.RunAsync("2025-Q4");
        var (rising, falling) = (await portal.OpenAsync(portal.Rising), await portal.OpenAsync(portal.Falling));

        var stale = await manager.GetAsync(page.Path);
        var decided = await ReviewingLevels.DecideAsync(manager, await manager.GetAsync(page.Path), ("Proposals", rising), ("Verdict", "confirm"), ("EffectiveOn", "2026-03-02"));
        Assert.Contains("1 confirmed", decided.Words, StringComparison.Ordinal);
        var later = await ReviewingLevels.DecideAsync(manager, await manager.GetAsync(page.Path), ("Proposals", falling), ("Verdict", "confirm"), ("EffectiveOn", "2026-04-01"));
        Assert.Contains("1 confirmed", later.Words, StringComparison.Ordinal);

        Assert.Equal(("gold", "gold"), (await portal.LevelOfAsync(portal.Rising), await portal.LevelOfAsync(portal.Falling)));
        Assert.Equal(100, await AskedAsync());
        Assert.Equal([("registered", "gold", new DateOnly(2026, 3, 2))], await portal.Database.ListAsync<(string, string, DateOnly)>("select from_level, to_level, on_day from portal.partner_level_change"));
        // The partner is told and finds it on its page; its rival does not.
        Assert.Contains("Registered → Gold", (await portal.SignIn(portal.Rising).GetAsync("/kpis/level")).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Steady).GetAsync($"/kpis/level?partner={portal.Rising.Partner.Number}")).Status);
        // Decided twice: told so, and nothing happens again.
        var twice = await ReviewingLevels.DecideAsync(manager, stale, ("Proposals", rising), ("Verdict", "reject"), ("Reason", "No"));
        Assert.Contains("Nothing was stored", twice.Words, StringComparison.Ordinal);
        Assert.Empty((await portal.RunAsync("2025-Q4")).All("input[name=Proposals]"));

        Assert.Equal(0, await ApplyAsync());
        portal.Clock.Now = new(2026, 4, 1, 9, 0, 0, TimeSpan.Zero);
        Assert.Equal(1, await ApplyAsync());
        Assert.Equal(0, await ApplyAsync());
        Assert.Equal("registered", await portal.LevelOfAsync(portal.Falling));
        Assert.Equal(["kpi.level-confirmed", "kpi.level-confirmed", "partner.level_changed", "partner.level_changed"],
            await portal.Database.ListAsync<string>("select action from portal.audit_entry where action in ('kpi.level-confirmed', 'partner.level_changed') order by action"));
    }

    Task<int> ApplyAsync() => portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<DecideOnLevels>().ApplyDueAsync(default));
}

/// <summary>Two decide at the same moment: one of them is told, and the level changes once.</summary>
public sealed class DecidingAtOnce(ReviewingLevels.Reviewed portal) : IClassFixture<ReviewingLevels.Reviewed>
{
    [Fact]
    public async Task Of_rivals_one_decides_and_the_others_are_told()
    {
        await portal.RunAsync("2025-Q4");
        string[] proposals = [await portal.OpenAsync(portal.Rising), await portal.OpenAsync(portal.Falling)];

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(rival => portal.Api(portal.Manager).PostAsync(
            "/api/v1/kpis/level-decisions", new { proposals = rival % 2 == 0 ? proposals : [proposals[1], proposals[0]], verdict = rival < 3 ? "confirm" : "reject", reason = "Because" }, $"rival-{rival}")));

        Assert.Equal([HttpStatusCode.OK, .. Enumerable.Repeat(HttpStatusCode.PreconditionFailed, 5)], answers.Select(answer => answer.Status).Order());
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(distinct status) from portal.level_proposal"));
        Assert.Equal(await portal.Database.ListAsync<long>("select count(*) from portal.level_proposal where applied_at is not null"), await portal.Database.ListAsync<long>("select count(*) from portal.partner_level_change"));
    }
}
