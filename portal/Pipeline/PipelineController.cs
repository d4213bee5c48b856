using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Deals;
using Portal.Documents.Tables;
using Portal.Kpis;
using Portal.Web;
using Portal.Web.Charts;
using Portal.Web.Lists;

namespace Portal.Pipeline;

/// <summary>The pipeline as a board, as a list, as a forecast, and how deals ended: a partner's own, for the brand all.</summary>
[Route("pipeline"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "viewer")]
public sealed class PipelineController(PipelineStore pipeline, DealPages deals, BrandCalendar calendar, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    bool MayMove => !me.IsBrand && me.Has("sales", "partner_admin");

    /// <summary>The board.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, PipelineStore.Shape);
        var (today, currency) = await calendar.TodayAsync(ct);
        return View("Board", new PipelineBoard(
            query, [.. (await pipeline.StagesWithDealsAsync(ct)).Where(stage => !stage.IsRetired || stage.Deals > 0)], await pipeline.CardsAsync(query, Now, ct), await pipeline.SumsAsync(query, Now, ct), await deals.ChoicesAsync(ct), currency, today, MayMove));
    }

    /// <summary>The list.</summary>
    [HttpGet("list")]
    public async Task<IActionResult> List(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, PipelineStore.Shape);
        return View("PipelineList", new PipelineListPage(query, await pipeline.PageAsync(query, Now, ct), await pipeline.StagesAsync(ct), await deals.ChoicesAsync(ct), (await calendar.TodayAsync(ct)).Today));
    }

    /// <summary>The list as a workbook.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) =>
        Response.SendListAsync(t["pipeline.pipeline"], me.PartnerName, clock.GetUtcNow(), Columns(), RowsAsync(ListQuery.Read(Request, PipelineStore.Shape), ct), ct);

    /// <summary>What is expected by month.</summary>
    [HttpGet("forecast")]
    public async Task<IActionResult> Forecast(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, PipelineStore.Shape);
        var (today, currency) = await calendar.TodayAsync(ct);
        return View("Forecast", new ForecastPage(query, await pipeline.ForecastAsync(query, Now, ct), await deals.ChoicesAsync(ct), currency, today));
    }

    /// <summary>How deals ended in the last months, and how long they stay in a stage.</summary>
    [HttpGet("outcomes")]
    public async Task<IActionResult> Outcomes(int? months, string? partner, CancellationToken ct)
    {
        var (today, currency) = await calendar.TodayAsync(ct);
        var span = months is 3 or 6 or 12 or 24 ? months.Value : 12;
        var from = today.AddMonths(-span);
        return View("Outcomes", new OutcomesPage(span, await pipeline.OutcomesAsync(partner, from, Now, ct), await pipeline.PaceAsync(from, ct), currency));
    }

    List<TableColumn> Columns() =>
    [
        new(t["deals.number"], Width: 20), new(t["deals.customer"], Width: 36), new(t["deals.partner"], Width: 28), new(t["deals.status"], Width: 16), new(t["pipeline.stage"], Width: 18),
        new(t["pipeline.probability"], TableColumnKind.Number), new(t["deals.amount"], TableColumnKind.Number), new(t["pipeline.weighted"], TableColumnKind.Number), new(t["deals.currency"], Width: 9),
        new(t["deals.expected_close"], TableColumnKind.Date, 13), new(t["pipeline.days_in_stage"], TableColumnKind.Number), new(t["pipeline.next_step"], Width: 40), new(t["pipeline.next_step_due"], TableColumnKind.Date, 13),
    ];

    async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(ListQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var deal in pipeline.StreamAsync(query, Now, ct))
        {
            yield return
            [
                deal.Number, deal.CustomerName, deal.PartnerName, t[$"deals.status.{deal.Status}"].Value, deal.StageShown, deal.Probability, deal.Amount, decimal.Round(deal.Amount * deal.Probability, 2, MidpointRounding.AwayFromZero),
                deal.Currency, deal.ExpectedClose, deal.DaysInStage, deal.NextStep, deal.NextStepDue,
            ];
        }
    }
}

/// <summary>What <c>Board.cshtml</c> shows.</summary>
public sealed record PipelineBoard(
    ListQuery Query, IReadOnlyList<PipelineStage> Stages, IReadOnlyList<PipelineDeal> Cards, IReadOnlyList<StageSum> Sums, DealChoices Choices, string Currency, DateOnly Today, bool MayMove)
{
    /// <summary>The cards of a stage.</summary>
    public IReadOnlyList<PipelineDeal> Of(PipelineStage stage) => [.. Cards.Where(card => card.PipelineStageId == stage.PipelineStageId)];

    /// <summary>How many deals stand in a stage.</summary>
    public int DealsIn(PipelineStage stage) => Sums.Where(sum => sum.PipelineStageId == stage.PipelineStageId).Sum(sum => sum.Deals);

    /// <summary>What they are worth in the brand's currency; null where a rate is missing.</summary>
    public decimal? WorthOf(PipelineStage stage) =>
        Sums.Where(sum => sum.PipelineStageId == stage.PipelineStageId).ToList() is var sums && sums.TrueForAll(sum => sum.InBrand is not null) ? sums.Sum(sum => sum.InBrand) : null;

    /// <summary>The stages a card can be moved to.</summary>
    public IEnumerable<PipelineStage> Targets => Stages.Where(stage => !stage.IsRetired);
}

/// <summary>What <c>PipelineList.cshtml</c> shows.</summary>
public sealed record PipelineListPage(ListQuery Query, ListPage<PipelineDeal> Page, IReadOnlyList<PipelineStage> Stages, DealChoices Choices, DateOnly Today);

/// <summary>What <c>Outcomes.cshtml</c> shows.</summary>
public sealed record OutcomesPage(int Months, IReadOnlyList<OutcomeRow> Rows, IReadOnlyList<StagePace> Pace, string Currency)
{
    /// <summary>How many deals ended that way.</summary>
    public int Count(string outcome) => Rows.Where(row => row.Outcome == outcome).Sum(row => row.Deals);

    /// <summary>The share of those that were won; null where none ended.</summary>
    public decimal? WinRate => Count("won") + Count("lost") is > 0 and var all ? (decimal)Count("won") / all : null;

    /// <summary>The reasons of an outcome as a chart.</summary>
    public Chart ChartOf(string outcome, string none, string series) => new(
        [.. Rows.Where(row => row.Outcome == outcome).Select(row => row.Name is null ? none : PipelineStage.Named(row.Name, row.NameZh!))],
        [new(series, [.. Rows.Where(row => row.Outcome == outcome).Select(row => (decimal?)row.Deals)]) { Kind = ChartKind.Row }]);
}

/// <summary>What <c>Forecast.cshtml</c> shows.</summary>
public sealed record ForecastPage(ListQuery Query, IReadOnlyList<ForecastRow> Rows, DealChoices Choices, string Currency, DateOnly Today)
{
    /// <summary>The months from now on for which something is expected, without gaps.</summary>
    public IReadOnlyList<DateOnly> Months => Rows.Count == 0 ? [] : [.. Enumerable.Range(0, Span).Select(month => First.AddMonths(month))];

    /// <summary>Currencies for which finance entered no rate; their amounts are in no sum of the brand's currency.</summary>
    public IReadOnlyList<string> WithoutRate => [.. Rows.Where(row => row.AmountInBrand is null).Select(row => row.Currency).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>How many deals should have closed before today.</summary>
    public int Overdue => Rows.Sum(row => row.Overdue);

    /// <summary>What is expected of a category in a month.</summary>
    public decimal Sum(DateOnly month, string forecast) => Rows.Where(row => row.Month == month && row.Forecast == forecast).Sum(row => row.AmountInBrand ?? 0);

    /// <summary>What is expected in a month, each deal by its probability.</summary>
    public decimal Weighted(DateOnly month) => Rows.Where(row => row.Month == month).Sum(row => row.WeightedInBrand ?? 0);

    /// <summary>What is expected of a category in all months.</summary>
    public decimal Sum(string forecast) => Rows.Where(row => row.Forecast == forecast).Sum(row => row.AmountInBrand ?? 0);

    DateOnly First => Rows.Min(row => row.Month);

    int Span => Math.Min(36, ((Rows.Max(row => row.Month).Year - First.Year) * 12) + Rows.Max(row => row.Month).Month - First.Month + 1);
}
