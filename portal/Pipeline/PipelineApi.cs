using Microsoft.AspNetCore.Mvc;
using Platform.Web;
using Platform.Web.Api;
using Portal.Deals;
using Portal.Kpis;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Pipeline;

/// <summary>The pipeline for programs.</summary>
[ApiController]
[Route("api/v1/pipeline")]
public sealed class PipelineApi(PipelineStore pipeline, MoveStage moveStage, CloseDeal closeDeal, BrandCalendar calendar, TimeProvider clock) : ControllerBase
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The open deals one may see, with stage and next step, in the order of their numbers. Filter: stage.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<PipelineAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? stage, CancellationToken ct) => page.TryReadCursor<DealKey>(out var after)
        ? Ok(page.Cut(await pipeline.AfterAsync(stage, after?.Number, page.Take(), Now, ct), deal => new DealKey(deal.Number)).Select(PipelineAnswer.Of))
        : PageRequest.BadCursor;

    /// <summary>One open deal.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<PipelineAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await pipeline.FindAsync(number, Now, ct) is not { } deal)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(deal.StageVersion);
        return Ok(PipelineAnswer.Of(deal));
    }

    /// <summary>Moves a deal to a stage and says what comes next; <c>If-Match</c> is the version of its place in the pipeline, 0 at first.</summary>
    [HttpPut("{number}"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<PipelineAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Update(string number, [IfMatch] int version, StageBody body, CancellationToken ct) =>
        await moveStage.RunAsync(number, version, body.Stage, new NextStep(body.NextStep, body.NextStepDue), ct) is var outcome and not DealOutcome.Done ? DealAnswers.Problem(outcome) : await Show(number, ct);

    /// <summary>Says how a deal ended and why: <c>won</c> or <c>lost</c>, with a reason of the brand's list; <c>If-Match</c> is the deal's version.</summary>
    [HttpPost("{number}/closing"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Close(string number, [IfMatch] int version, ClosingBody body, CancellationToken ct) =>
        await closeDeal.RunAsync(number, version, body.Outcome, body.Reason, body.Note, body.Competitor, ct) is var outcome and not DealOutcome.Done ? DealAnswers.Problem(outcome) : NoContent();

    /// <summary>The stages, in their order.</summary>
    [HttpGet("stages")]
    [ProducesResponseType<IReadOnlyList<StageAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Stages(CancellationToken ct) =>
        Ok((await pipeline.StagesAsync(ct)).Where(stage => !stage.IsRetired).Select(stage => new StageAnswer(stage.Code, stage.Name, stage.NameZh, stage.Probability, stage.Forecast, stage.StuckDays)));

    /// <summary>The reasons for winning and losing.</summary>
    [HttpGet("reasons")]
    [ProducesResponseType<IReadOnlyList<ReasonAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Reasons(CancellationToken ct) =>
        Ok((await pipeline.ReasonsAsync(ct)).Where(reason => !reason.IsRetired).Select(reason => new ReasonAnswer(reason.Outcome, reason.Code, reason.Name, reason.NameZh)));

    /// <summary>What is expected by month, currency and category. Filters: stage, line, territory, partner.</summary>
    [HttpGet("forecast")]
    [ProducesResponseType<ForecastAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Forecast(CancellationToken ct) =>
        Ok(new ForecastAnswer((await calendar.TodayAsync(ct)).Currency, await pipeline.ForecastAsync(ListQuery.Read(Request, PipelineStore.Shape), Now, ct)));

    sealed record DealKey(string Number);
}

/// <summary>An open deal as a program sees it in the pipeline.</summary>
public sealed record PipelineAnswer(
    string Number, string Status, string Customer, string Partner, decimal Amount, string Currency, DateOnly ExpectedClose, string Stage, decimal Probability, string Forecast, DateTime StageSince, int DaysInStage, bool IsStuck,
    string? NextStep, DateOnly? NextStepDue, int Version)
{
    internal static PipelineAnswer Of(PipelineDeal deal) => new(
        deal.Number, deal.Status, deal.CustomerName, deal.PartnerName, deal.Amount, deal.Currency, deal.ExpectedClose, deal.Stage, deal.Probability, deal.Forecast, deal.StageSince, deal.DaysInStage, deal.IsStuck,
        deal.NextStep, deal.NextStepDue, deal.StageVersion);
}

/// <summary>A stage and what comes next.</summary>
public sealed record StageBody
{
    /// <summary>The stage's code; left out, the deal stays where it is.</summary>
    public string? Stage { get; init; }

    /// <summary>What comes next; left out, nothing is left to do.</summary>
    public string? NextStep { get; init; }

    /// <summary>By which day.</summary>
    public DateOnly? NextStepDue { get; init; }
}

/// <summary>How a deal ended.</summary>
public sealed record ClosingBody
{
    /// <summary><c>won</c> or <c>lost</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>The reason's code.</summary>
    public string? Reason { get; init; }

    /// <summary>What else there is to say.</summary>
    public string? Note { get; init; }

    /// <summary>Who got it.</summary>
    public string? Competitor { get; init; }
}

/// <summary>A stage.</summary>
public sealed record StageAnswer(string Code, string Name, string NameZh, decimal Probability, string Forecast, int StuckDays);

/// <summary>A reason.</summary>
public sealed record ReasonAnswer(string Outcome, string Code, string Name, string NameZh);

/// <summary>A forecast.</summary>
/// <param name="BrandCurrency">The currency of the amounts in the brand's.</param>
/// <param name="Rows">What is expected.</param>
public sealed record ForecastAnswer(string BrandCurrency, IReadOnlyList<ForecastRow> Rows);
