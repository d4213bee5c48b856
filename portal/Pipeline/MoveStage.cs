using Platform.Audit;
using Platform.Web;
using Portal.Deals;
using Portal.Web;

namespace Portal.Pipeline;

/// <summary>The claimant says how far it is with a deal: moves it to a stage, says what comes next. The registration's state stays as it is.</summary>
public sealed class MoveStage(ActOnDeal actOnDeal, PipelineStore pipeline, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Does both, or one of them.</summary>
    /// <param name="number">The deal.</param>
    /// <param name="version">The version of its stage that was seen; null takes whichever is there.</param>
    /// <param name="stage">The stage's code; null where it stays.</param>
    /// <param name="step">What comes next; null where nothing is said about it.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<DealOutcome> RunAsync(string number, int? version, string? stage, NextStep? step, CancellationToken ct) =>
        actOnDeal.RunAsync(number, null, "move_stage", null, async (deal, _) =>
        {
            var now = clock.GetUtcNow().UtcDateTime;
            if (await pipeline.FindAsync(number, now, ct) is not { } seen)
            {
                return new DealOutcome.Refused("pipeline.refused.not_open");
            }

            if (Problems(step) is { Count: > 0 } problems)
            {
                return new DealOutcome.Invalid(problems);
            }

            var stages = await pipeline.StagesAsync(ct);
            var to = stage is null ? seen.Stage : stages.Find(one => !one.IsRetired && one.Code == stage)?.Code;
            if (to is null)
            {
                return new DealOutcome.Invalid([new("stage", "pipeline.invalid.stage", string.Join(", ", stages.Where(one => !one.IsRetired).Select(one => one.Code)))]);
            }

            if (await pipeline.WriteAsync(seen, to, Typed.Text(step?.Step), step?.Due, step is not null, version ?? seen.StageVersion, now, ct) is null)
            {
                return new DealOutcome.Stale();
            }

            await audit.RecordAsync(to == seen.Stage ? "deal.next_step_said" : "deal.stage_moved", "deal", number, deal.PartnerId,
                new { from = seen.Stage, to, nextStep = Typed.Text(step?.Step), nextStepDue = step?.Due }, ct);
            return new DealOutcome.Done(number, deal.Version);
        }, ct);

    static IReadOnlyList<FieldProblem> Problems(NextStep? step) =>
        Typed.Text(step?.Step)?.Length > 500 ? [new("nextStep", "customers.invalid.too_long", 500)]
        : step?.Due is { } due && (Typed.Text(step.Step) is null || due.Year is < 2000 or > 2199) ? [new(Typed.Text(step.Step) is null ? "nextStep" : "nextStepDue", "pipeline.invalid.next_step")]
        : [];
}

/// <summary>What comes next on a deal; an empty step means that nothing is left to do.</summary>
/// <param name="Step">What.</param>
/// <param name="Due">By which day.</param>
public sealed record NextStep(string? Step, DateOnly? Due);
