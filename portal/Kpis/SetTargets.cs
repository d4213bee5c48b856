using System.Text.Json.Serialization;
using Platform.Audit;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>The brand sets what partners shall reach: any number of targets, all of them or none.</summary>
public sealed class SetTargets(Db db, KpiStore kpis, PartnerNames partners, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The highest target that can be set: a million million.</summary>
    public const decimal Most = 1_000_000_000_000m;

    /// <summary>Sets them. Nothing is stored when one is refused.</summary>
    /// <param name="asked">The targets as typed or read from a file.</param>
    /// <param name="setBy">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<TargetsSet> RunAsync(IReadOnlyList<AskedTarget> asked, string setBy, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var known = (await kpis.DefinitionsAsync(ct)).ToDictionary(kpi => kpi.Number, StringComparer.Ordinal);
        var ids = await partners.IdsAsync([.. asked.Select(target => target.Partner).OfType<string>().Distinct(StringComparer.Ordinal)], ct);
        var refusals = asked.SelectMany((target, row) => Refusals(row, target, known, ids)).Concat(Twice(asked)).OrderBy(refusal => refusal.Row).ToList();
        if (refusals.Count > 0)
        {
            return new TargetsSet.Refused(refusals);
        }

        var changed = await kpis.SetTargetsAsync([.. asked.Select(target => new NewTarget(
            known[target.Kpi].KpiDefinitionId, target.Partner is { } number ? ids[number] : null, target.Level,
            Period.Parse(target.Period)!.Value.Start, target.Removed ? null : target.Value, target.Note))], setBy, clock.GetUtcNow().UtcDateTime, ct);
        await audit.RecordAsync([.. changed.Select(target => new AuditAct(target.Value is null ? "kpi.target-removed" : "kpi.target-set", "kpi", target.KpiNumber, target.PartnerId is { } id ? [id] : [],
            new { target.PartnerNumber, target.PartnerLevel, target.StartsOn, target.Value }))], ct);
        return (TargetsSet)new TargetsSet.Stored(changed);
    }, ct);

    static IEnumerable<TargetRefusal> Refusals(int row, AskedTarget target, Dictionary<string, KpiDefinition> known, IReadOnlyDictionary<string, long> ids)
    {
        var period = Period.Parse(target.Period);
        if (!known.TryGetValue(target.Kpi, out var kpi))
        {
            yield return new(row, "kpi", "kpis.refused.unknown_kpi");
        }
        else if (kpi.Status == "retired")
        {
            yield return new(row, "kpi", "kpis.refused.retired_kpi");
        }
        else if (period is { } given && given.KindName != kpi.Period)
        {
            yield return new(row, "period", "kpis.refused.other_period");
        }

        if (period is null)
        {
            yield return new(row, "period", "kpis.refused.period");
        }

        if (!target.Removed && target.Value is not (> 0 and <= Most))
        {
            yield return new(row, "value", "kpis.refused.value");
        }

        if ((target.Partner is null) == (target.Level is null) || (target.Level is { } level && !Levels.Contains(level, StringComparer.Ordinal)))
        {
            yield return new(row, "partner", "kpis.refused.partner_or_level");
        }
        else if (target.Partner is { } number && !ids.ContainsKey(number))
        {
            yield return new(row, "partner", "kpis.refused.unknown_partner");
        }
    }

    static IEnumerable<TargetRefusal> Twice(IReadOnlyList<AskedTarget> asked) =>
        from target in asked.Select((target, row) => (Target: target, Row: row))
        group target by (target.Target.Kpi, target.Target.Partner, target.Target.Level, Period.Parse(target.Target.Period)?.Start) into same
        from again in same.Skip(1)
        select new TargetRefusal(again.Row, "period", "kpis.refused.twice");

    /// <summary>The levels of partners, lowest first.</summary>
    public static IReadOnlyList<string> Levels { get; } = ["registered", "silver", "gold", "platinum"];
}

/// <summary>A target as somebody asks for it.</summary>
/// <param name="Kpi">The KPI's number.</param>
/// <param name="Partner">The partner's number; or <paramref name="Level"/>.</param>
/// <param name="Level">Every partner of this level that has no target of its own.</param>
/// <param name="Period">2026-07, 2026-Q3 or 2026, as the KPI's period is.</param>
/// <param name="Value">More than nothing, at most <see cref="SetTargets.Most"/>; money in the brand's currency.</param>
/// <param name="Note">Why, for those who read it later.</param>
public sealed record AskedTarget(string Kpi, string? Partner, string? Level, string Period, decimal? Value, string? Note)
{
    /// <summary>The target is taken away, whatever <see cref="Value"/> says. Only the grid can ask for it.</summary>
    [JsonIgnore]
    public bool Removed { get; init; }
}

/// <summary>Why a target was not set.</summary>
/// <param name="Row">Its place in what was asked, from 0.</param>
/// <param name="Field">kpi, partner, period or value.</param>
/// <param name="TextKey">The reason with its remedy.</param>
public sealed record TargetRefusal(int Row, string Field, string TextKey);

/// <summary>What became of targets that were asked for.</summary>
public abstract record TargetsSet
{
    /// <summary>All stand; these are new, changed or removed.</summary>
    public sealed record Stored(IReadOnlyList<ChangedTarget> Changed) : TargetsSet;

    /// <summary>Nothing was stored, for these reasons.</summary>
    public sealed record Refused(IReadOnlyList<TargetRefusal> Refusals) : TargetsSet;
}
