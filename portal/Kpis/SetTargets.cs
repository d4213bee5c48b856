using System.Text.Json.Serialization;
using Platform.Audit;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>The brand sets what partners shall reach: any number of targets, all of them or none.</summary>
public sealed class SetTargets(Db db, KpiDefinitions kpis, TargetStore targets, PartnerNames partners, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The highest target that can be set: a million million.</summary>
    public const decimal Most = 1_000_000_000_000m;

    /// <summary>The highest target of a ratio: 1,000 %. What is above was meant as per cent.</summary>
    public const decimal MostOfARatio = 10m;

    /// <summary>Sets them. Nothing is stored when one is refused.</summary>
    /// <param name="asked">The targets as typed or read from a file.</param>
    /// <param name="setBy">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<TargetsSet> RunAsync(IReadOnlyList<AskedTarget> asked, string setBy, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var known = await KnownAsync(asked, ct);
        if (Refusals(asked, known) is { Count: > 0 } refusals)
        {
            return new TargetsSet.Refused(refusals);
        }

        var changed = await targets.SetTargetsAsync([.. asked.Select(target => new NewTarget(
            known.Kpis[target.Kpi].KpiDefinitionId, target.Partner is { } number ? known.Partners[number] : null, target.Level, Period.Parse(target.Period)!.Value, target.Removed ? null : target.Value, target.Note)
        {
            TerritoryId = target.Territory is { } code ? known.Territories[code] : null,
        })], setBy, clock.GetUtcNow().UtcDateTime, ct);
        await audit.RecordAsync([.. changed.Select(target => new AuditAct(target.Value is null ? "kpi.target-removed" : "kpi.target-set", "kpi", target.KpiNumber, target.PartnerId is { } id ? [id] : [],
            new { target.PartnerNumber, target.PartnerLevel, target.Territory, target.StartsOn, target.Period, target.Before, target.Value }))], ct);
        return (TargetsSet)new TargetsSet.Stored(changed);
    }, ct);

    /// <summary>What would be refused of them; nothing is stored.</summary>
    public Task<IReadOnlyList<TargetRefusal>> CheckAsync(IReadOnlyList<AskedTarget> asked, CancellationToken ct) => db.TogetherAsync(async () => Refusals(asked, await KnownAsync(asked, ct)), ct);

    async Task<Known> KnownAsync(IReadOnlyList<AskedTarget> asked, CancellationToken ct) => new(
        (await kpis.ListAsync(ct)).ToDictionary(kpi => kpi.Number, StringComparer.Ordinal),
        (await kpis.PublishedAsync(ct)).ToLookup(version => version.Number, StringComparer.Ordinal),
        await partners.IdsAsync([.. asked.Select(target => target.Partner).OfType<string>().Distinct(StringComparer.Ordinal)], ct),
        asked.Any(target => target.Territory is not null) ? (await targets.TerritoriesAsync(ct)).ToDictionary(territory => territory.Code, territory => territory.TerritoryId, StringComparer.Ordinal) : []);

    static IReadOnlyList<TargetRefusal> Refusals(IReadOnlyList<AskedTarget> asked, Known known) =>
        [.. asked.SelectMany((target, row) => Refusals(row, target, known)).Concat(Twice(asked)).OrderBy(refusal => refusal.Row)];

    static IEnumerable<TargetRefusal> Refusals(int row, AskedTarget target, Known known)
    {
        var period = Period.Parse(target.Period);
        var held = period is { } asked ? known.Versions[target.Kpi].FirstOrDefault(version => version.Holds(asked.HeldOn)) : null;
        if (!known.Kpis.TryGetValue(target.Kpi, out var kpi))
        {
            yield return new(row, "kpi", "kpis.refused.unknown_kpi");
        }
        else if (kpi.Status == "retired")
        {
            yield return new(row, "kpi", "kpis.refused.retired_kpi");
        }
        else if (kpi.Status == "draft")
        {
            yield return new(row, "kpi", "kpis.refused.draft_kpi");
        }
        else if (period is not null && held is null)
        {
            yield return new(row, "period", "kpis.refused.not_measured_then");
        }
        else if (period is { } given && given.KindName != held?.Period)
        {
            yield return new(row, "period", "kpis.refused.other_period");
        }

        if (period is null)
        {
            yield return new(row, "period", "kpis.refused.period");
        }

        if (!target.Removed && RefusedValue(target.Value, held?.Unit) is { } refused)
        {
            yield return new(row, "value", refused);
        }

        if (target.Note?.Length > 500)
        {
            yield return new(row, "note", "kpis.refused.note");
        }

        var (partner, level, territory) = (target.Partner, target.Level, target.Territory);
        if (new[] { partner, level, territory }.Count(owner => owner is not null) != 1 || (level is not null && !Levels.Contains(level, StringComparer.Ordinal)))
        {
            yield return new(row, "partner", "kpis.refused.partner_or_level");
        }
        else if (partner is not null && !known.Partners.ContainsKey(partner))
        {
            yield return new(row, "partner", "kpis.refused.unknown_partner");
        }
        else if (territory is not null && !known.Territories.ContainsKey(territory))
        {
            yield return new(row, "partner", "kpis.refused.unknown_territory");
        }
    }

    /// <summary>Why a value is no target of a KPI of that unit; null where it is one.</summary>
    internal static string? RefusedValue(decimal? value, string? unit) =>
        value is not (> 0 and <= Most) ? "kpis.refused.value" : unit == "ratio" && value > MostOfARatio ? "kpis.refused.value_of_ratio" : null;

    static IEnumerable<TargetRefusal> Twice(IReadOnlyList<AskedTarget> asked) =>
        from target in asked.Select((target, row) => (Target: target, Row: row))
        group target by (target.Target.Kpi, target.Target.Partner, target.Target.Level, target.Target.Territory, Period.Parse(target.Target.Period)) into same
        from again in same.Skip(1)
        select new TargetRefusal(again.Row, "period", "kpis.refused.twice");

    sealed record Known(
        IReadOnlyDictionary<string, KpiDefinition> Kpis, ILookup<string, KpiVersion> Versions, IReadOnlyDictionary<string, long> Partners, IReadOnlyDictionary<string, long> Territories);

    /// <summary>The levels of partners, lowest first.</summary>
    public static IReadOnlyList<string> Levels { get; } = ["registered", "silver", "gold", "platinum"];
}

/// <summary>A target as somebody asks for it.</summary>
/// <param name="Kpi">The KPI's number.</param>
/// <param name="Partner">The partner's number; or <paramref name="Level"/>.</param>
/// <param name="Level">Every partner of this level that has no target of its own.</param>
/// <param name="Period">2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3, as the KPI's period is.</param>
/// <param name="Value">More than nothing, at most <see cref="SetTargets.Most"/>; money in the brand's currency, a ratio as a share (0.35 is 35 %).</param>
/// <param name="Note">Why, for those who read it later.</param>
public sealed record AskedTarget(string Kpi, string? Partner, string? Level, string Period, decimal? Value, string? Note)
{
    /// <summary>The territory's code: every partner of it that has no target of its own or of its level; instead of a partner or a level.</summary>
    public string? Territory { get; init; }

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
