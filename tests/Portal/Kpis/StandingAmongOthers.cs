using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>Score, rank and trend: the brand sees everybody's, a partner its own place among all and nothing of the others.</summary>
public sealed class StandingAmongOthers(ScoredChannel portal) : IClassFixture<ScoredChannel>
{
    [Fact]
    public async Task The_brand_sees_every_place_its_change_and_the_last_periods()
    {
        var manager = portal.SignIn(portal.Manager);

        var page = await manager.GetAsync("/kpis/scorecards?period=2025-Q4");

        Assert.Equal(["1", "2", "3"], page.All("tbody td:first-child"));
        Assert.Equal(["Rising", "Steady", "Falling"], page.All("tbody td:nth-child(2)"));
        Assert.Equal(["100.00", "60.00", "20.00"], page.All("tbody td:nth-child(4)"));
        Assert.All(page.Document.QuerySelectorAll("svg.sparkline"), spark => Assert.StartsWith("Points of the last periods: –, –, –, –, ", spark.GetAttribute("aria-label"), StringComparison.Ordinal));
        var file = await manager.GetAsync("/kpis/scorecards/export?period=2025-Q4&format=csv");
        Assert.Contains("Rising", file.Body, StringComparison.Ordinal);
        Assert.Contains("Points 2025-Q3", file.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partner_sees_its_own_place_among_all_and_no_other_name_or_score()
    {
        var partner = portal.SignIn(portal.Steady);

        var ranking = await partner.GetAsync("/kpis/scorecards?period=2025-Q4");
        Assert.Equal(["2 of 3"], ranking.All("tbody td:first-child"));
        var page = await partner.GetAsync($"/kpis/scorecards/{portal.Steady.Partner.Number}?period=2025-Q4");
        Assert.Contains("Rank: 2 of 3", page.Words, StringComparison.Ordinal);
        foreach (var seen in new[] { ranking.Body, page.Body, (await partner.GetAsync("/kpis/scorecards/export?period=2025-Q4&format=csv")).Body, (await partner.GetAsync("/kpis/scorecards/export?period=2025-Q4&format=csv&q=Rising")).Body })
        {
            Assert.DoesNotContain("Rising", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("Falling", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("100.00", seen, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Neither_address_nor_api_leads_a_partner_to_anothers_rank_or_score()
    {
        var (partner, api, other) = (portal.SignIn(portal.Steady), portal.Api(portal.Steady), portal.Rising.Partner.Number);
        foreach (var path in new[] { $"/kpis/scorecards/{other}", $"/kpis/scorecards/{other}?period=2025-Q4", $"/kpis/scorecards/{other}/pdf?period=2025-Q4", $"/kpis?partner={other}", $"/kpis/level?partner={other}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await partner.GetAsync(path)).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"/api/v1/kpis/standing?period=2025-Q4&partner={other}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"/api/v1/kpis/next-level?partner={other}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"/api/v1/kpis/attainment?period=2025-Q4&partner={other}")).Status);
        Assert.DoesNotContain(other, (await api.GetAsync("/api/v1/kpis/scores?period=2025-Q4")).Text, StringComparison.Ordinal);
        var own = (await api.GetAsync("/api/v1/kpis/standing?period=2025-Q4")).Text;
        Assert.Equal((2, 3, 60m), JsonDocument.Parse(own).RootElement.EnumerateArray().Last() is var last ? (last.GetProperty("rank").GetInt32(), last.GetProperty("of").GetInt32(), last.GetProperty("points").GetDecimal()) : default);
    }

    [Fact]
    public async Task A_partner_sees_neither_rank_nor_score_of_the_company_it_buys_from()
    {
        // A level's target is known to all; beside no figure it would look like a score of nothing.
        await portal.Database.ExecuteAsync("""
            insert into portal.kpi_target (kpi_definition_id, partner_level, starts_on, period, value, set_at, set_by)
            select kpi_definition_id, level, '2026-04-01', 'quarter', 10, '2024-01-01Z', 'U-TEST' from portal.kpi_definition, unnest(array['silver', 'registered']) level where number = 'K-DEALS'
            """);
        var store = portal.SignIn(portal.Store);

        Assert.Equal(["Corner"], (await store.GetAsync("/kpis/scorecards?period=2026-Q2")).All("tbody td:nth-child(2)"));
        Assert.Equal(HttpStatusCode.NotFound, (await store.GetAsync($"/kpis/scorecards/{portal.Steady.Partner.Number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Store).GetAsync($"/api/v1/kpis/standing?period=2025-Q4&partner={portal.Steady.Partner.Number}")).Status);
        // The other way round figures are seen, and no place: that is one among the store's peers.
        Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(portal.Steady).GetAsync($"/kpis/scorecards/{portal.Store.Partner.Number}?period=2025-Q4")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Steady).GetAsync($"/api/v1/kpis/standing?period=2025-Q4&partner={portal.Store.Partner.Number}")).Status);
    }

    [Fact]
    public async Task A_history_read_at_once_is_what_each_period_gives_alone()
    {
        await portal.InScopeAsync(Caller.System("test"), async services =>
        {
            var (history, store) = (services.GetRequiredService<ScoreHistory>(), services.GetRequiredService<KpiStore>());
            var scored = (await history.ReadAsync(Period.Until(Period.Parse("2026-Q1")!.Value, 6), null, [], default)).Scored();
            for (var place = 0; place < 6; place++)
            {
                var period = scored.History.Periods[place];
                var alone = await store.ScoresAsync(period, await store.ScorecardAsync(period, default), default);
                var ranks = scored.Ranks(place);
                Assert.Equal(
                    alone.Select(score => (score.PartnerNumber, score.Points, (int?)score.Rank)).OrderBy(row => row.PartnerNumber, StringComparer.Ordinal),
                    scored.History.Partners.Select((partner, index) => (partner.Number, index)).Where(row => scored[row.index, place] is not null)
                        .Select(row => (row.Number, scored[row.index, place]!.Value.Points, ranks[row.index])).OrderBy(row => row.Number, StringComparer.Ordinal));
            }
        });
    }

    [Fact]
    public async Task A_partner_reads_what_it_still_needs_for_the_next_level()
    {
        // Steady is Silver: 60 in each of three quarters of the window, 30 so far in the running one; Gold asks for an average of 80, which is 140 points in this quarter and more than a card without bonus gives.
        var steady = await portal.SignIn(portal.Steady).GetAsync("/kpis/level");
        Assert.Contains("Gold cannot be reached with 2026-Q1 alone: with every line at its most the average comes to 70.00, asked are 80.", steady.Words, StringComparison.Ordinal);
        // Rising is Registered: Silver is reached already by what the window holds.
        Assert.Contains("As it stands, Silver is reached", (await portal.SignIn(portal.Rising).GetAsync("/kpis/level?to=silver")).Words, StringComparison.Ordinal);
        var gold = await portal.SignIn(portal.Rising).GetAsync("/kpis/level?to=gold");
        Assert.Contains("As it stands, Gold is reached", gold.Words, StringComparison.Ordinal);
        // For Platinum an average of 110 is asked: no card without bonus gives it.
        Assert.Contains("cannot be reached", (await portal.SignIn(portal.Rising).GetAsync("/kpis/level?to=platinum")).Words, StringComparison.Ordinal);
    }
}

/// <summary>Balances, quotients, narrowed KPIs and versions that change come out of a history as they come out of each period alone.</summary>
public sealed class ReadingAHistory(ScoredChannel portal) : IClassFixture<ScoredChannel>
{
    [Fact]
    public async Task A_history_of_formulas_and_balances_is_what_each_period_gives_alone()
    {
        await portal.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into kpi_definition (number, name, name_zh, status, created_at) values ('K-OVERDUE', 'Overdue', '逾期', 'published', '2024-01-01Z'), ('K-SIZE', 'Purchases per deal', '每单采购', 'published', '2024-01-01Z');
            insert into kpi_version (kpi_definition_id, ordinal, status, valid, formula, unit, direction, period, partner_types, created_at, created_by, published_at, published_by)
            select kpi_definition_id, 1, 'published', '(,)'::daterange, 'receivables_overdue', 'money', 'down', 'quarter', '{}'::text[], now(), 'U-TEST', now(), 'U-TEST' from kpi_definition where number = 'K-OVERDUE'
            union all select kpi_definition_id, 1, 'published', '(,2025-07-01)', 'purchases / deals_registered', 'money/count', 'up', 'quarter', '{}', now(), 'U-TEST', now(), 'U-TEST' from kpi_definition where number = 'K-SIZE'
            union all select kpi_definition_id, 2, 'published', '[2025-07-01,)', 'purchases / max(deals_registered, 5)', 'money/count', 'up', 'quarter', '{distributor}', now(), 'U-TEST', now(), 'U-TEST' from kpi_definition where number = 'K-SIZE';
            insert into kpi_target (kpi_definition_id, partner_level, starts_on, period, value, set_at, set_by)
            select k.kpi_definition_id, level, q::date, 'quarter', case k.number when 'K-OVERDUE' then 50 else 20 end, '2025-01-01Z', 'U-TEST'
            from kpi_definition k, unnest(array['registered', 'silver', 'gold']) level, generate_series('2025-01-01'::timestamp, '2026-01-01', interval '3 months') q where k.number in ('K-OVERDUE', 'K-SIZE');
            delete from scorecard_line;
            insert into scorecard_line (scorecard_id, kpi_definition_id, weight, threshold, cap, below, below_share)
            select scorecard_id, kpi_definition_id, case k.number when 'K-DEALS' then 40 else 30 end, 0.5, 1.5, 'share', 0.4 from scorecard, kpi_definition k where k.number in ('K-DEALS', 'K-OVERDUE', 'K-SIZE');
            insert into scorecard_condition (scorecard_id, kpi_definition_id, bound) select scorecard_id, k.kpi_definition_id, 70 from scorecard, kpi_definition k where k.number = 'K-OVERDUE';
            """);
        await portal.InScopeAsync(Caller.System("test"), async services =>
        {
            var db = services.GetRequiredService<Db>();
            await db.InTransactionAsync(() => services.GetRequiredService<KpiFacts>().AddAsync(
            [
                .. new[] { portal.Rising, portal.Falling, portal.Steady, portal.Store }.SelectMany((whose, index) => Enumerable.Range(0, 14).SelectMany(month => new KpiFact[]
                {
                    new(whose.Partner.PartnerId, Metric.Purchases, null, new DateOnly(2025, 1, 10).AddMonths(month), 7 + (index * 13) + month),
                    new(whose.Partner.PartnerId, Metric.ReceivablesOverdue, null, new DateOnly(2025, 1, 20).AddMonths(month), (((index + month) % 5) * 20) - 35),
                })),
            ], default), default);
            await db.OneAsync<long>("select kpi_fold()", null, default);
            var (history, store) = (services.GetRequiredService<ScoreHistory>(), services.GetRequiredService<KpiStore>());
            var scored = (await history.ReadAsync(Period.Until(Period.Parse("2026-Q1")!.Value, 5), null, [], default)).Scored();
            var seen = new HashSet<decimal>();
            for (var place = 0; place < 5; place++)
            {
                var period = scored.History.Periods[place];
                var alone = await store.ScoresAsync(period, await store.ScorecardAsync(period, default), default);
                Assert.Equal(
                    alone.Select(score => (score.PartnerNumber, score.Points, score.Card.HasUnmet)).OrderBy(row => row.PartnerNumber, StringComparer.Ordinal),
                    scored.History.Partners.Select((partner, index) => (partner.Number, Points: scored[index, place])).Where(row => row.Points is not null)
                        .Select(row => (row.Number, row.Points!.Value.Points, row.Points.Value.HasUnmet)).OrderBy(row => row.Number, StringComparer.Ordinal));
                seen.UnionWith(alone.Select(score => score.Points));
            }

            Assert.True(seen.Count > 8, string.Join(' ', seen));
        });
    }
}
