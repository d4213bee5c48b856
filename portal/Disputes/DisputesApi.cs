using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Disputes;

/// <summary>Disputes for programs. Each side sees its own side only; the brand sees both.</summary>
[ApiController]
[Route("api/v1/disputes")]
public sealed class DisputesApi(DisputeStore disputes, FileDispute fileDispute, AnswerDispute answerDispute, DecideDispute decideDispute, TimeProvider clock) : ControllerBase
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The disputes one may see, in the order in which they last changed. Filter: status.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<DisputeAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? status, CancellationToken ct)
    {
        if (!page.TryReadCursor<DisputeKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        var rows = await disputes.AfterAsync(status, after is null ? null : (after.UpdatedAt, after.Number), page.Take(), Now, ct);
        return Ok(page.Cut(rows, dispute => new DisputeKey(dispute.UpdatedAt, dispute.Number)).Select(DisputeAnswer.Of));
    }

    /// <summary>One dispute.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await disputes.FindAsync(number, Now, ct) is not { } dispute)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(dispute.Version);
        return Ok(DisputeAnswer.Of(dispute));
    }

    /// <summary>Files a dispute about an own deal that was blocked, found a duplicate, or rejected after a conflict.</summary>
    [HttpPost(""), AllowRoles("sales", "partner_admin"), Idempotent]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(FileDisputeBody body, CancellationToken ct)
    {
        var outcome = await fileDispute.RunAsync(body.Deal, body.Grounds, ct);
        if (outcome is not DisputeOutcome.Done(var number))
        {
            return Problem(outcome);
        }

        var dispute = (await disputes.FindAsync(number, Now, ct))!;
        this.SendVersion(dispute.Version);
        return Created($"/api/v1/disputes/{number}", DisputeAnswer.Of(dispute));
    }

    /// <summary>What was said, as far as one may read it, the oldest first.</summary>
    [HttpGet("{number}/statements")]
    [ProducesResponseType<IReadOnlyList<DisputeStatement>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Statements(string number, CancellationToken ct) =>
        await disputes.FindAsync(number, Now, ct) is { } dispute ? Ok(await disputes.StatementsAsync(dispute.DisputeId, ct)) : ApiProblem.NotFound;

    /// <summary>One's own side says something.</summary>
    [HttpPost("{number}/statements"), AllowRoles("sales", "partner_admin"), Idempotent]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> State(string number, StatementBody body, CancellationToken ct) => await AnswerAsync(number, await answerDispute.StateAsync(number, body.Body, ct), ct);

    /// <summary>The deal desk asks one side, <c>claimant</c> or <c>holder</c>, for evidence.</summary>
    [HttpPost("{number}/questions"), AllowRoles("deal_desk"), Idempotent]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Ask(string number, QuestionBody body, CancellationToken ct) => await AnswerAsync(number, await answerDispute.AskAsync(number, null, body.Side, body.Question, ct), ct);

    /// <summary>The brand notes something that no side reads.</summary>
    [HttpPost("{number}/notes"), AllowRoles("deal_desk", "channel_manager", "brand_admin"), Idempotent]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Note(string number, StatementBody body, CancellationToken ct) => await AnswerAsync(number, await answerDispute.NoteAsync(number, body.Body, ct), ct);

    /// <summary>The deal desk decides: <c>uphold</c> (the holder keeps the customer) or <c>overturn</c> (it goes to the claimant). Both sides read the reason.</summary>
    [HttpPost("{number}/decision"), AllowRoles("deal_desk")]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Decide(string number, [IfMatch] int version, DecisionBody body, CancellationToken ct) => body.Decision switch
    {
        "uphold" => await AnswerAsync(number, await decideDispute.UpholdAsync(number, version, body.Reason, ct), ct),
        "overturn" => await AnswerAsync(number, await decideDispute.OverturnAsync(number, version, body.Reason, ct), ct),
        _ => ApiProblem.Invalid(new FieldProblem("decision", "disputes.invalid.decision", "uphold, overturn")),
    };

    /// <summary>The claimant withdraws.</summary>
    [HttpPost("{number}/withdrawal"), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<DisputeAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Withdraw(string number, [IfMatch] int version, WithdrawalBody body, CancellationToken ct) =>
        await AnswerAsync(number, await answerDispute.WithdrawAsync(number, version, body.Reason, ct), ct);

    async Task<IActionResult> AnswerAsync(string number, DisputeOutcome outcome, CancellationToken ct) => outcome is DisputeOutcome.Done ? await Show(number, ct) : Problem(outcome);

    internal static IActionResult Problem(DisputeOutcome outcome) => outcome switch
    {
        DisputeOutcome.Invalid(var problems) => ApiProblem.Invalid(problems),
        DisputeOutcome.Refused(var key, var arguments) => ApiProblem.Conflict("dispute-" + key.Split('.')[^1].Replace('_', '-'), "disputes.refused.title") with { DetailKey = key, Arguments = arguments },
        DisputeOutcome.Forbidden => ApiProblem.Forbidden,
        DisputeOutcome.Stale => ApiProblem.Stale,
        _ => ApiProblem.NotFound,
    };

    sealed record DisputeKey(DateTime UpdatedAt, string Number);
}

/// <summary>The brand's calendar for programs.</summary>
[ApiController]
[Route("api/v1/working-days")]
public sealed class WorkingDaysApi(WorkingDays days) : ControllerBase
{
    /// <summary>The days from <paramref name="from"/> on that are not as their weekday says: holidays, and weekend days that are worked.</summary>
    [HttpGet("")]
    [ProducesResponseType<IReadOnlyList<WorkingDayException>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index(DateOnly? from, CancellationToken ct) => Ok(await days.FromAsync(from ?? await days.TodayAsync(ct), ct));

    /// <summary>Enters such a day, or gives it another name: a holiday on Monday to Friday, a worked day on Saturday and Sunday.</summary>
    [HttpPost(""), AllowRoles("brand_admin"), Idempotent]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Create(WorkingDayBody body, CancellationToken ct) =>
        await days.PutAsync(body.Day, body.Name, ct) is var outcome and not DisputeOutcome.Done ? DisputesApi.Problem(outcome) : NoContent();

    /// <summary>Takes such a day away.</summary>
    [HttpDelete("{day}"), AllowRoles("brand_admin")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Delete(DateOnly day, CancellationToken ct) =>
        await days.RemoveAsync(day, ct) is var outcome and not DisputeOutcome.Done ? DisputesApi.Problem(outcome) : NoContent();
}

/// <summary>A dispute to be filed.</summary>
public sealed record FileDisputeBody
{
    /// <summary>The deal that was stopped.</summary>
    public string? Deal { get; init; }

    /// <summary>Why that is wrong.</summary>
    public string? Grounds { get; init; }
}

/// <summary>Words in a dispute.</summary>
public sealed record StatementBody
{
    /// <summary>The words.</summary>
    public string? Body { get; init; }
}

/// <summary>A question to a side.</summary>
public sealed record QuestionBody
{
    /// <summary><c>claimant</c> or <c>holder</c>.</summary>
    public string? Side { get; init; }

    /// <summary>What the brand wants to know.</summary>
    public string? Question { get; init; }
}

/// <summary>A decision.</summary>
public sealed record DecisionBody
{
    /// <summary><c>uphold</c> or <c>overturn</c>.</summary>
    public string? Decision { get; init; }

    /// <summary>The reason; both sides read it.</summary>
    public string? Reason { get; init; }
}

/// <summary>Why a dispute is withdrawn.</summary>
public sealed record WithdrawalBody
{
    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>A day of the brand's calendar.</summary>
public sealed record WorkingDayBody
{
    /// <summary>The day.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>What it is called.</summary>
    public string? Name { get; init; }
}

/// <summary>A dispute as a program sees it.</summary>
/// <param name="Number">The number.</param>
/// <param name="Kind"><c>claim</c> or <c>meeting</c>.</param>
/// <param name="Status">The state.</param>
/// <param name="AskedSide">The side whose evidence is awaited.</param>
/// <param name="OpenedAt">When it began.</param>
/// <param name="DueAt">The moment by which the brand decides.</param>
/// <param name="WorkingDaysLeft">Working days left after today: 0 on the last one and when it is over, -1 when it is overdue.</param>
/// <param name="Decision">The reason of the decision.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Version">The version.</param>
/// <param name="Sides">The sides one may see.</param>
public sealed record DisputeAnswer(
    string Number, string Kind, string Status, string? AskedSide, DateTime OpenedAt, DateTime DueAt, int WorkingDaysLeft, string? Decision, DateTime? EndedAt, int Version, IReadOnlyList<DisputeSideAnswer> Sides)
{
    internal static DisputeAnswer Of(Dispute dispute) => new(
        dispute.Number, dispute.Kind, dispute.Status, dispute.CallerIsBrand || dispute.Sides.Any(side => side.Side == dispute.AskedSide) ? dispute.AskedSide : null, dispute.OpenedAt, dispute.DueAt,
        dispute.DaysLeft, dispute.Decision, dispute.EndedAt, dispute.Version,
        [.. dispute.Sides.Select(side => new DisputeSideAnswer(side.Side, side.PartnerNumber, side.DealNumber, side.CustomerNumber, side.ProductLines, side.Territory, side.AwardedDeal))]);
}

/// <summary>One side of a dispute.</summary>
/// <param name="Side"><c>claimant</c> or <c>holder</c>.</param>
/// <param name="Partner">The partner.</param>
/// <param name="Deal">Its deal.</param>
/// <param name="Customer">Its customer.</param>
/// <param name="ProductLines">The product lines it claims.</param>
/// <param name="Territory">The territory it claims.</param>
/// <param name="AwardedDeal">The deal under which the claimant goes on.</param>
public sealed record DisputeSideAnswer(string Side, string Partner, string Deal, string Customer, IReadOnlyList<string> ProductLines, string Territory, string? AwardedDeal);
