using Platform.Audit;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>The brand says anew which score reaches a level and which keeps it; the rules hold from a day on, those before them end there.</summary>
public sealed class KeepLevelRules(Db db, LevelStore levels, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Keeps them.</summary>
    /// <param name="rules">The rules as asked for.</param>
    /// <param name="by">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<LevelRulesKept> RunAsync(NewLevelRules rules, string by, CancellationToken ct) => Refusal(rules) is { } refused ? Task.FromResult<LevelRulesKept>(refused) : db.InTransactionAsync(async () =>
    {
        var number = PublicNumber.New("LR");
        await levels.HoldAsync(ct);
        await levels.KeepRulesAsync(number, rules, rules.From!.Value, by, clock.GetUtcNow().UtcDateTime, ct);
        await audit.RecordAsync("kpi.level-rules-kept", "level_rules", number, null, rules, ct);
        return (LevelRulesKept)new LevelRulesKept.Stored(number);
    }, ct);

    /// <summary>What is wrong with rules, also with those that are only tried out; null where nothing is.</summary>
    internal static LevelRulesKept.Refused? Refusal(NewLevelRules rules) => rules switch
    {
        { From: null } => new(nameof(rules.From), "kpis.refused.day"),
        { From: var from } when from < new DateOnly(1990, 1, 1) || from > new DateOnly(2100, 1, 1) => new(nameof(rules.From), "kpis.refused.day"),
        _ => Limits(rules),
    };

    /// <summary>The same without the day.</summary>
    internal static LevelRulesKept.Refused? Limits(NewLevelRules rules) => rules switch
    {
        { Period: not ("month" or "quarter" or "half" or "year") } => new(nameof(rules.Period), "kpis.refused.level_period"),
        { Window: var window } when window < 1 || window > MostPeriods(rules.Period) => new(nameof(rules.Window), "kpis.refused.window"),
        { Least: var least } when least < 1 || least > rules.Window => new(nameof(rules.Least), "kpis.refused.least_periods"),
        { SilverReach: <= 0 or > 200 } => new(nameof(rules.SilverReach), "kpis.refused.limit"),
        { GoldReach: > 200 } => new(nameof(rules.GoldReach), "kpis.refused.limit"),
        { PlatinumReach: > 200 } => new(nameof(rules.PlatinumReach), "kpis.refused.limit"),
        _ when rules.GoldReach <= rules.SilverReach => new(nameof(rules.GoldReach), "kpis.refused.limits_rise"),
        _ when rules.PlatinumReach <= rules.GoldReach => new(nameof(rules.PlatinumReach), "kpis.refused.limits_rise"),
        _ when rules.SilverKeep < 0 || rules.SilverKeep > rules.SilverReach => new(nameof(rules.SilverKeep), "kpis.refused.keep"),
        _ when rules.GoldKeep < rules.SilverKeep || rules.GoldKeep > rules.GoldReach => new(nameof(rules.GoldKeep), "kpis.refused.keep"),
        _ when rules.PlatinumKeep < rules.GoldKeep || rules.PlatinumKeep > rules.PlatinumReach => new(nameof(rules.PlatinumKeep), "kpis.refused.keep"),
        _ => null,
    };

    static int MostPeriods(string kind) => kind switch { "month" => 24, "quarter" => 8, "half" => 4, _ => 2 };
}

/// <summary>Rules for levels as they are asked for.</summary>
/// <param name="Period">month, quarter, half or year.</param>
/// <param name="Window">How many periods the window has; two years at most.</param>
/// <param name="Least">In so many of them a partner must have been scored.</param>
/// <param name="From">The first day they hold.</param>
/// <param name="SilverReach">The average that reaches Silver; each level asks more than the one below.</param>
/// <param name="SilverKeep">The average that keeps it.</param>
/// <param name="GoldReach">The same of Gold.</param>
/// <param name="GoldKeep">The same of Gold.</param>
/// <param name="PlatinumReach">The same of Platinum.</param>
/// <param name="PlatinumKeep">The same of Platinum.</param>
public sealed record NewLevelRules(
    string Period, int Window, int Least, DateOnly? From, decimal SilverReach, decimal SilverKeep, decimal GoldReach, decimal GoldKeep, decimal PlatinumReach, decimal PlatinumKeep);

/// <summary>What became of rules that were asked for.</summary>
public abstract record LevelRulesKept
{
    /// <summary>They stand.</summary>
    public sealed record Stored(string Number) : LevelRulesKept;

    /// <summary>They were refused because of one field.</summary>
    public sealed record Refused(string Field, string TextKey) : LevelRulesKept;
}
