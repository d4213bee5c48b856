using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Kpis;

/// <summary>Who reached how much: the ranking the caller may see, and one partner's card line by line.</summary>
[Route("kpis/scorecards")]
public sealed class ScorecardsController(
    KpiStore kpis, ScoreHistory history, Standings standings, Attainments attainments, PartnerNames partners, BrandCalendar calendar, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The ranking of a period; a partner sees itself and its own branch, never its peers.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(string? period, CancellationToken ct)
    {
        if (period is not null && Period.Parse(period) is null)
        {
            return NotFound();
        }

        var (today, currency) = await calendar.TodayAsync(ct);
        var shown = Period.Parse(period) ?? Period.Of(PeriodKind.Quarter, today);
        var query = ListQuery.Read(Request, Ranking);
        // A rank is known only once all are scored; what is shown of them is a page.
        var card = await kpis.ScorecardAsync(shown, ct);
        var ranking = await RankingAsync(shown, card, ct);
        return View("ScorecardList", new ScorecardListPage(shown, currency, card, query, PageOf(ranking, query), ranking.Count > 0));
    }

    /// <summary>The ranking as a file: points, place, and what was attained of each target.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string? period, CancellationToken ct)
    {
        if (period is not null && Period.Parse(period) is null)
        {
            return NotFound();
        }

        var shown = Period.Parse(period) ?? Period.Of(PeriodKind.Quarter, (await calendar.TodayAsync(ct)).Today);
        var card = await kpis.ScorecardAsync(shown, ct);
        var ranking = PageOf(await RankingAsync(shown, card, ct), ListQuery.Read(Request, Ranking).Portion(1, int.MaxValue)).Rows;
        await Response.SendListAsync($"{t["kpis.scorecards"].Value} {shown}", me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.rank"], TableColumnKind.Number, 8, 0), new(t["kpis.rank_change"], TableColumnKind.Number, 10, 0), new(t["kpis.partner"], Width: 30), new(t["kpis.partner_level"]), new(t["kpis.points"], TableColumnKind.Number),
                .. Standings.Until(shown).SkipLast(1).Reverse().Select(before => new TableColumn(t["kpis.points_in", before], TableColumnKind.Number)),
                .. card.Lines.Select(line => new TableColumn(Named.In(line.KpiName, line.KpiNameZh), TableColumnKind.Percent)),
                .. card.Conditions.Count > 0 ? [new TableColumn(t["kpis.conditions"], Width: 24)] : Array.Empty<TableColumn>(),
            ],
            ranking.ToAsyncEnumerable().Select(IReadOnlyList<object?> (row) =>
            [
                row.Rank, row.Change, row.Score.PartnerName, t["kpis.level." + row.Score.PartnerLevel].Value, row.Score.Points, .. row.Trend.SkipLast(1).Reverse().Select(points => (object?)points), .. row.Score.Lines.Select(line => (object?)line.Reached?.Attainment),
                .. card.Conditions.Count > 0 ? [t[row.Score.Card.HasUnmet ? "kpis.conditions.unmet" : "kpis.conditions.met"].Value] : Array.Empty<object?>(),
            ]), ct);
        return new EmptyResult();
    }

    /// <summary>The scores of a period with the periods before. The brand sees every place; a partner its own among all, and none of the branches below it, for those are places among its peers.</summary>
    async Task<List<RankedScore>> RankingAsync(Period shown, Card card, CancellationToken ct)
    {
        var scores = await kpis.ScoresAsync(shown, card, ct);
        if (scores.Count == 0)
        {
            return [];
        }

        var scored = (await history.ReadAsync(Standings.Until(shown), null, [], ct)).Scored();
        var places = scored.History.Partners.Select((partner, index) => (partner.Number, index)).ToDictionary(pair => pair.Number, pair => pair.index, StringComparer.Ordinal);
        var own = me.IsBrand ? [] : await standings.OfAsync(me.PartnerId, shown, ct);
        return [.. scores.Select(score =>
        {
            var place = places[score.PartnerNumber];
            List<decimal?> trend = [.. Enumerable.Range(0, Standings.Shown - 1).Select(period => scored[place, period]?.Points), score.Points];
            var (rank, before) = me.IsBrand ? (score.Rank, scored.Ranks(Standings.Shown - 2)[place]) : score.PartnerNumber == me.PartnerNumber ? (own[^1].Rank, own[^2].Rank) : ((int?)null, (int?)null);
            return new RankedScore(score, rank, before - rank, me.IsBrand ? scores.Count : own[^1].Of, trend);
        })];
    }

    static ListPage<RankedScore> PageOf(List<RankedScore> ranking, ListQuery query)
    {
        var found = ranking.Where(row => row.Score is var score
            && (query["level"] is not { } level || score.PartnerLevel == level)
            && (query.Words is not { } words || score.PartnerNumber.Equals(words, StringComparison.OrdinalIgnoreCase) || score.PartnerName.Contains(words, StringComparison.CurrentCultureIgnoreCase)
                || score.PartnerNameLatin?.Contains(words, StringComparison.CurrentCultureIgnoreCase) == true)).ToList();
        switch (query.SortColumn)
        {
            case "partner":
                found.Sort((one, other) => CultureInfo.CurrentCulture.CompareInfo.Compare(one.Score.PartnerName, other.Score.PartnerName));
                break;
            case "change":
                found = [.. found.OrderBy(row => row.Change ?? 0)];
                break;
            default:
                break;
        }

        if (query.Descending)
        {
            found.Reverse();
        }

        return new([.. found.Skip((int)Math.Min(query.Offset, found.Count)).Take(query.Limit)], found.Count);
    }

    // Sorted here and not by the database, so the columns have no SQL.
    static readonly ListShape Ranking = new("scorecards", "rank", new Dictionary<string, string>(StringComparer.Ordinal) { ["rank"] = "", ["partner"] = "", ["change"] = "" }, Tie: "", Filters: ["period", "level"]);

    /// <summary>One partner's card as PDF, in the reader's language or the one that is asked for.</summary>
    [HttpGet("{number}/pdf"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Pdf(string number, string? period, string? language, [FromServices] Papers.ScorecardPaper paper, CancellationToken ct) =>
        await partners.FindAsync(number, ct) is not { } partner || (period is not null && Period.Parse(period) is null)
            ? NotFound()
            : await paper.AnswerAsync(partner, Period.Parse(period) ?? Period.Of(PeriodKind.Quarter, (await calendar.TodayAsync(ct)).Today), language, ct);

    /// <summary>One partner's card as a file, line by line.</summary>
    [HttpGet("{number}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportOne(string number, string? period, CancellationToken ct)
    {
        if (await partners.FindAsync(number, ct) is not { } partner || (period is not null && Period.Parse(period) is null))
        {
            return NotFound();
        }

        var (today, currency) = await calendar.TodayAsync(ct);
        var shown = Period.Parse(period) ?? Period.Of(PeriodKind.Quarter, today);
        var card = await kpis.ScorecardAsync(shown, ct);
        var scored = new ScoredCard(card, await attainments.ReachedAsync(shown, partner.PartnerId, card, ct));
        await Response.SendListAsync($"{t["kpis.scorecard.of", Web.Display.Formats.Company(partner.Name, partner.NameLatin)].Value} {shown}", me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.kpi"], Width: 30), new(t["kpis.weight"], TableColumnKind.Number), new(t["kpis.actual"], TableColumnKind.Number), new(t["kpis.target"], TableColumnKind.Number), new(t["kpis.unit"]),
                new(t["kpis.attainment"], TableColumnKind.Percent), new(t["kpis.credit.from"], TableColumnKind.Percent), new(t["kpis.credit.until"], TableColumnKind.Percent), new(t["kpis.points"], TableColumnKind.Number),
            ],
            scored.Lines.Select(IReadOnlyList<object?> (line) =>
            [
                Named.In(line.Line.KpiName, line.Line.KpiNameZh), line.Line.Weight, line.Reached is null ? line.Line.Unit == "ratio" ? (decimal?)null : 0m : line.Reached.Actual, line.Reached?.Target,
                Boards.PanelTables.UnitName(line.Line.Unit, t, currency), line.Reached?.Attainment, line.Line.Threshold, line.Line.Cap, line.Points,
            ]).Append([t["kpis.total"].Value, null, null, null, null, null, null, null, scored.Points]).ToAsyncEnumerable(), ct);
        return new EmptyResult();
    }

    /// <summary>One partner's card.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, string? period, CancellationToken ct)
    {
        if (await partners.FindAsync(number, ct) is not { } partner || (period is not null && Period.Parse(period) is null))
        {
            return NotFound();
        }

        var (today, currency) = await calendar.TodayAsync(ct);
        var shown = Period.Parse(period) ?? Period.Of(PeriodKind.Quarter, today);
        var card = await kpis.ScorecardAsync(shown, ct);
        var reached = await attainments.ReachedAsync(shown, partner.PartnerId, card, ct);
        var scored = new ScoredCard(card, reached);
        List<Reached> others = [.. reached.Where(row => row.IsShown && !scored.Lines.Any(line => line.Line.KpiNumber == row.KpiNumber))];
        return View("Scorecard", new ScorecardPage(partner, shown, currency, scored, others, card.IsEmpty ? [] : await TrendAsync(partner.PartnerId, shown, ct), me.IsBrand));
    }

    /// <summary>A partner's last periods; with its places for the brand and for the partner itself, without them for whoever it buys from.</summary>
    async Task<IReadOnlyList<Standing>> TrendAsync(long partnerId, Period last, CancellationToken ct)
    {
        if (me.IsBrand || partnerId == me.PartnerId)
        {
            return await standings.OfAsync(partnerId, last, ct);
        }

        var scored = (await history.ReadAsync(Standings.Until(last), partnerId, [], ct)).Scored();
        return [.. scored.History.Periods.Select((period, place) => new Standing(period, scored.History.Partners.Count == 0 ? null : scored[0, place]?.Points, null, 0))];
    }
}

/// <summary>A score with its place and what came before.</summary>
/// <param name="Score">The score.</param>
/// <param name="Rank">The place among all; null where the caller may not know it.</param>
/// <param name="Change">How many places better than in the period before.</param>
/// <param name="Of">How many were scored.</param>
/// <param name="Trend">The points of the last periods, the first to the last.</param>
public sealed record RankedScore(PartnerScore Score, int? Rank, int? Change, int Of, IReadOnlyList<decimal?> Trend);

/// <summary>The ranking's page.</summary>
public sealed record ScorecardListPage(Period Period, string Currency, Card Card, ListQuery Query, ListPage<RankedScore> Page, bool HasScores);

/// <summary>One partner's card; <paramref name="Others"/> are KPIs with a figure or a target that the card does not weigh.</summary>
public sealed record ScorecardPage(PartnerName Partner, Period Period, string Currency, ScoredCard Scored, IReadOnlyList<Reached> Others, IReadOnlyList<Standing> Trend, bool ForTheBrand);
