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
public sealed class ScorecardsController(KpiStore kpis, Attainments attainments, PartnerNames partners, BrandCalendar calendar, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
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
        var scores = await kpis.ScoresAsync(shown, card, ct);
        return View("ScorecardList", new ScorecardListPage(shown, currency, card, query, PageOf(scores, query), scores.Count > 0));
    }

    /// <summary>The ranking as a file: points, and what was attained of each target.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string? period, CancellationToken ct)
    {
        if (period is not null && Period.Parse(period) is null)
        {
            return NotFound();
        }

        var shown = Period.Parse(period) ?? Period.Of(PeriodKind.Quarter, (await calendar.TodayAsync(ct)).Today);
        var card = await kpis.ScorecardAsync(shown, ct);
        var scores = PageOf(await kpis.ScoresAsync(shown, card, ct), ListQuery.Read(Request, Ranking).Portion(1, int.MaxValue)).Rows;
        await Response.SendListAsync($"{t["kpis.scorecards"].Value} {shown}", me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.rank"], TableColumnKind.Number, 8, 0), new(t["kpis.partner"], Width: 30), new(t["kpis.partner_level"]), new(t["kpis.points"], TableColumnKind.Number),
                .. card.Select(line => new TableColumn(Named.In(line.KpiName, line.KpiNameZh), TableColumnKind.Percent)),
            ],
            scores.ToAsyncEnumerable().Select(IReadOnlyList<object?> (score) =>
                [score.Rank, score.PartnerName, t["kpis.level." + score.PartnerLevel].Value, score.Points, .. score.Lines.Select(line => (object?)line.Reached?.Attainment)]), ct);
        return new EmptyResult();
    }

    static ListPage<PartnerScore> PageOf(List<PartnerScore> scores, ListQuery query)
    {
        var found = scores.Where(score =>
            (query["level"] is not { } level || score.PartnerLevel == level)
            && (query.Words is not { } words || score.PartnerNumber.Equals(words, StringComparison.OrdinalIgnoreCase) || score.PartnerName.Contains(words, StringComparison.CurrentCultureIgnoreCase)
                || score.PartnerNameLatin?.Contains(words, StringComparison.CurrentCultureIgnoreCase) == true)).ToList();
        if (query.SortColumn is "partner")
        {
            found.Sort((one, other) => CultureInfo.CurrentCulture.CompareInfo.Compare(one.PartnerName, other.PartnerName));
        }

        if (query.Descending)
        {
            found.Reverse();
        }

        return new([.. found.Skip((int)Math.Min(query.Offset, found.Count)).Take(query.Limit)], found.Count);
    }

    // Sorted here and not by the database, so the columns have no SQL.
    static readonly ListShape Ranking = new("scorecards", "rank", new Dictionary<string, string>(StringComparer.Ordinal) { ["rank"] = "", ["partner"] = "" }, Tie: "", Filters: ["period", "level"]);

    /// <summary>One partner's card as PDF, in the reader's language or the one that is asked for.</summary>
    [HttpGet("{number}/pdf"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Pdf(string number, string? period, string? language, [FromServices] Papers.ScorecardPaper paper, CancellationToken ct) =>
        await partners.FindAsync(number, ct) is not { } partner || (period is not null && Period.Parse(period) is null)
            ? NotFound()
            : await paper.AnswerAsync(partner, Period.Parse(period) ?? Period.Of(PeriodKind.Quarter, (await calendar.TodayAsync(ct)).Today), language, ct);

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
        var reached = await attainments.ReachedAsync(shown, partner.PartnerId, ct);
        var lines = (await kpis.ScorecardAsync(shown, ct)).Select(line => new ScoredLine(line, reached.Find(row => row.KpiNumber == line.KpiNumber))).ToList();
        return View("Scorecard", new ScorecardPage(partner, shown, currency, lines, [.. reached.Where(row => !lines.Exists(line => line.Line.KpiNumber == row.KpiNumber))], me.IsBrand));
    }
}

/// <summary>The ranking's page.</summary>
public sealed record ScorecardListPage(Period Period, string Currency, IReadOnlyList<ScorecardLine> Card, ListQuery Query, ListPage<PartnerScore> Page, bool HasScores);

/// <summary>One partner's card; <paramref name="Others"/> are KPIs with a figure or a target that the card does not weigh.</summary>
public sealed record ScorecardPage(PartnerName Partner, Period Period, string Currency, IReadOnlyList<ScoredLine> Lines, IReadOnlyList<Reached> Others, bool ForTheBrand);
