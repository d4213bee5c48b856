using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Web;

namespace Portal.Probing;

/// <summary>What the brand does about probing: notes what it made of an alert, and keeps the numbers from which on it wants to be told.</summary>
public sealed class KeepWatch(Db db, ProbingStore probing, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Notes what came of an alert; once.</summary>
    public async Task<WatchOutcome> AssessAsync(string number, string? assessment, CancellationToken ct)
    {
        if (Typed.Text(assessment) is not { Length: <= 2000 } said)
        {
            return new WatchOutcome.Invalid([new("assessment", "probing.invalid.assessment", 2000)]);
        }

        return await db.InTransactionAsync<WatchOutcome>(async () =>
        {
            if (await probing.FindAsync(number, ct) is not { } alert)
            {
                return new WatchOutcome.Missing();
            }

            if (!await probing.AssessAsync(alert.ProbingAlertId, said, clock.GetUtcNow().UtcDateTime, ct))
            {
                return new WatchOutcome.Stale();
            }

            await audit.RecordAsync([new("probing.assessed", "probing_alert", number, [], new { assessment = said })], ct);
            return new WatchOutcome.Done(alert.Version + 1);
        }, ct);
    }

    /// <summary>Changes the numbers.</summary>
    public Task<WatchOutcome> ChangeAsync(ProbingRule rule, CancellationToken ct)
    {
        List<FieldProblem> problems =
        [
            .. Within("quotaPercent", rule.QuotaPercent, 1, 100), .. Within("quotaMinutes", rule.QuotaMinutes, 1, 1440), .. Within("hits", rule.Hits, 1, 10_000), .. Within("hitsDays", rule.HitsDays, 1, 365),
            .. Within("names", rule.Names, 2, 1000), .. Within("namesDays", rule.NamesDays, 1, 365), .. Within("nightAsks", rule.NightAsks, 1, 10_000), .. Within("nightFrom", rule.NightFrom, 0, 23),
            .. Within("nightUntil", rule.NightUntil, 0, 23),
        ];
        if (rule.NightFrom == rule.NightUntil)
        {
            problems.Add(new("nightUntil", "probing.invalid.night"));
        }

        return problems.Count > 0 ? Task.FromResult<WatchOutcome>(new WatchOutcome.Invalid(problems)) : db.InTransactionAsync<WatchOutcome>(async () =>
        {
            var before = await probing.RuleAsync(ct);
            if (await probing.ChangeRuleAsync(rule, clock.GetUtcNow().UtcDateTime, ct) is not { } version)
            {
                return new WatchOutcome.Stale();
            }

            await audit.RecordAsync("probing.rule_changed", "probing_rule", "probing", null, new { before, after = rule }, ct);
            return new WatchOutcome.Done(version);
        }, ct);
    }

    static IEnumerable<FieldProblem> Within(string field, int value, int least, int most) =>
        value >= least && value <= most ? [] : [new FieldProblem(field, "probing.invalid.number", least, most)];
}

/// <summary>What became of it.</summary>
public abstract record WatchOutcome
{
    WatchOutcome()
    {
    }

    /// <summary>Done; it now has this version.</summary>
    public sealed record Done(int Version) : WatchOutcome;

    /// <summary>Fields are missing or wrong.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : WatchOutcome;

    /// <summary>There is no such alert.</summary>
    public sealed record Missing : WatchOutcome;

    /// <summary>Somebody was faster.</summary>
    public sealed record Stale : WatchOutcome;
}
