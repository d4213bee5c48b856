using System.Text.RegularExpressions;
using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Pipeline;

/// <summary>The brand's administrator keeps the stages and the reasons: adds, renames, weighs, orders, retires. Answers what is wrong, or null.</summary>
public sealed partial class KeepStages(Db db, PipelineStore pipeline, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Adds a stage.</summary>
    public Task<FieldProblem?> AddAsync(PipelineStage stage, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var problem = Problem(stage) ?? (await pipeline.InsertStageAsync(stage, ct) ? null : new FieldProblem("code", "pipeline.invalid.code_taken"));
        await RecordAsync(problem, "pipeline_stage.added", "pipeline_stage", stage.Code, stage, ct);
        return problem;
    }, ct);

    /// <summary>Changes a stage. One with open deals is not retired, nor the last one.</summary>
    public Task<FieldProblem?> ChangeAsync(PipelineStage stage, bool retire, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        // Two that are retired at the same moment would leave none.
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('pipeline stages', 0))", null, ct);
        var stages = await pipeline.StagesWithDealsAsync(ct);
        var problem = Problem(stage)
            ?? (retire && stages.Find(one => one.Code == stage.Code) is { IsRetired: false, Deals: > 0 and var deals } ? new FieldProblem("retire", "pipeline.invalid.stage_in_use", deals) : null)
            ?? (retire && stages.TrueForAll(one => one.IsRetired || one.Code == stage.Code) ? new FieldProblem("retire", "pipeline.invalid.last_stage") : null)
            ?? (await pipeline.UpdateStageAsync(stage, retire, clock.GetUtcNow().UtcDateTime, ct) ? null : new FieldProblem("", "pipeline.invalid.stale"));
        await RecordAsync(problem, retire ? "pipeline_stage.retired" : "pipeline_stage.changed", "pipeline_stage", stage.Code, stage, ct);
        return problem;
    }, ct);

    /// <summary>Adds a reason.</summary>
    public Task<FieldProblem?> AddAsync(CloseReason reason, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var problem = Problem(reason) ?? (await pipeline.InsertReasonAsync(reason, ct) ? null : new FieldProblem("code", "pipeline.invalid.code_taken"));
        await RecordAsync(problem, "close_reason.added", "close_reason", $"{reason.Outcome}:{reason.Code}", reason, ct);
        return problem;
    }, ct);

    /// <summary>Changes a reason, or ends its use.</summary>
    public Task<FieldProblem?> ChangeAsync(CloseReason reason, bool retire, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var problem = Problem(reason) ?? (await pipeline.UpdateReasonAsync(reason, retire, clock.GetUtcNow().UtcDateTime, ct) ? null : new FieldProblem("", "pipeline.invalid.stale"));
        await RecordAsync(problem, retire ? "close_reason.retired" : "close_reason.changed", "close_reason", $"{reason.Outcome}:{reason.Code}", reason, ct);
        return problem;
    }, ct);

    Task RecordAsync(FieldProblem? problem, string action, string kind, string number, object details, CancellationToken ct) =>
        problem is null ? audit.RecordAsync(action, kind, number, null, details, ct) : Task.CompletedTask;

    static FieldProblem? Problem(PipelineStage stage) =>
        Named(stage.Code, stage.Name, stage.NameZh)
        ?? (stage.Probability is < 0 or > 1 ? new FieldProblem("probability", "pipeline.invalid.probability") : null)
        ?? (!PipelineStage.Forecasts.Contains(stage.Forecast, StringComparer.Ordinal) ? new FieldProblem("forecast", "pipeline.invalid.forecast", string.Join(", ", PipelineStage.Forecasts)) : null)
        ?? (stage.StuckDays is < 1 or > 365 ? new FieldProblem("stuckDays", "pipeline.invalid.stuck_days") : null)
        ?? (stage.Position is < 1 or > 1000 ? new FieldProblem("position", "pipeline.invalid.position") : null);

    static FieldProblem? Problem(CloseReason reason) =>
        Named(reason.Code, reason.Name, reason.NameZh)
        ?? (reason.Outcome is not ("won" or "lost") ? new FieldProblem("outcome", "deals.invalid.decision", "won, lost") : null)
        ?? (reason.Position is < 1 or > 1000 ? new FieldProblem("position", "pipeline.invalid.position") : null);

    static FieldProblem? Named(string code, string name, string nameZh) =>
        !Code().IsMatch(code) ? new("code", "pipeline.invalid.code")
        : string.IsNullOrWhiteSpace(name) || name.Length > 60 ? new("name", "pipeline.invalid.name")
        : string.IsNullOrWhiteSpace(nameZh) || nameZh.Length > 60 ? new("nameZh", "pipeline.invalid.name")
        : null;

    [GeneratedRegex("^[a-z][a-z0-9_]{1,30}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
