using Platform.Database;
using Platform.Texts;
using Portal.Web.Display;

namespace Portal.Kpis;

/// <summary>Targets, those that hold and those that did.</summary>
public sealed class TargetStore(Db db)
{
    /// <summary>SQL: whom a target <c>t</c> is for, with its partner <c>p</c> and its territory <c>a</c>: a partner's number, <c>level:gold</c> or <c>territory:CN</c>.</summary>
    internal const string Owner = "coalesce(p.number, 'level:' || t.partner_level, 'territory:' || a.code)";

    /// <summary>
    /// Puts targets in place of those that held: per definition, period and whom they are for. One statement each for any number of targets;
    /// an equal value changes nothing, and no value leaves none in place.
    /// </summary>
    /// <returns>The targets that changed.</returns>
    public async Task<List<ChangedTarget>> SetTargetsAsync(IReadOnlyCollection<NewTarget> targets, string setBy, DateTime now, CancellationToken ct)
    {
        var args = new
        {
            now,
            setBy,
            definitions = targets.Select(target => target.KpiDefinitionId).ToArray(),
            partners = targets.Select(target => target.PartnerId).ToArray(),
            levels = targets.Select(target => target.PartnerLevel).ToArray(),
            territories = targets.Select(target => target.TerritoryId).ToArray(),
            starts = targets.Select(target => target.Period.Start).ToArray(),
            kinds = targets.Select(target => target.Period.KindName).ToArray(),
            values = targets.Select(target => target.Value).ToArray(),
            notes = targets.Select(target => target.Note).ToArray(),
        };
        var ended = await db.ListAsync<ChangedTarget>($"""
            with new as (
                select * from {Asked}
            ), ended as (
                update kpi_target t set superseded_at = greatest(@now, t.set_at), superseded_by = @setBy, superseded_why = new.note
                from new
                where {IsTheSame} and t.superseded_at is null and t.value is distinct from new.value
                returning t.kpi_definition_id, t.partner_id, t.partner_level, t.territory_id, t.starts_on, t.period, t.value as before, new.value)
            select {Changed("e", "e.before")} from ended e {Names("e")}
            """, args, ct);
        var set = await db.ListAsync<ChangedTarget>($"""
            with new as (
                select * from {Asked}
            ), changed as (
                insert into kpi_target (kpi_definition_id, partner_id, partner_level, territory_id, starts_on, period, value, note, set_at, set_by)
                select new.kpi_definition_id, new.partner_id, new.partner_level, new.territory_id, new.starts_on, new.period, new.value, new.note, @now, @setBy
                from new
                where new.value is not null and not exists (select from kpi_target t where {IsTheSame} and t.superseded_at is null)
                returning kpi_definition_id, partner_id, partner_level, territory_id, starts_on, period, value)
            select {Changed("c", "null::numeric")} from changed c {Names("c")}
            """, args, ct);
        var before = ended.ToLookup(target => target.Key);
        return [.. ended.Where(target => target.Value is null), .. set.Select(target => target with { Before = before[target.Key].FirstOrDefault()?.Before })];
    }

    /// <summary>All targets that a KPI had for whom and when they are named, the last set first.</summary>
    /// <param name="kpi">The KPI's number.</param>
    /// <param name="owner">A partner's number, <c>level:gold</c> or <c>territory:CN</c>; null is all.</param>
    /// <param name="period">A period, or null for all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="after">The last one of the page before.</param>
    public Task<List<PastTarget>> HistoryAsync(string kpi, string? owner, Period? period, int limit, CancellationToken ct, PastTargetKey? after = null) => db.ListAsync<PastTarget>($"""
        select t.kpi_target_id, {Owner} as owner, p.name as partner_name, p.name_latin as partner_name_latin, t.partner_level, a.name as territory_name, a.name_zh as territory_name_zh,
               t.starts_on, t.period, t.value, t.note, t.set_at, t.set_by, who.name as set_by_name, t.superseded_at, t.superseded_by, ended.name as superseded_by_name, t.superseded_why
        from kpi_target t
        join kpi_definition k using (kpi_definition_id)
        left join partner p on p.partner_id = t.partner_id
        left join territory a on a.territory_id = t.territory_id
        left join person who on who.number = t.set_by
        left join person ended on ended.number = t.superseded_by
        where k.number = @kpi and (@owner::text is null or {Owner} = @owner)
          and (@kind::text is null or (t.period = @kind and t.starts_on = @start))
          and (@setAt::timestamptz is null or (t.set_at, t.kpi_target_id) < (@setAt, @id))
        order by t.set_at desc, t.kpi_target_id desc
        limit @limit
        """, new { kpi, owner, kind = period?.KindName, start = period?.Start ?? default, limit, setAt = after?.SetAt, id = after?.KpiTargetId ?? 0 }, ct);

    /// <summary>The targets that hold, by KPI, period and whom they are for.</summary>
    /// <param name="kpi">A KPI's number; null is all.</param>
    /// <param name="owner">A partner's number, <c>level:gold</c> or <c>territory:CN</c>; null is all.</param>
    /// <param name="year">The year that the periods lie in, rolling ones the year they end in; null is all.</param>
    /// <param name="period">A period, or null for all.</param>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<HeldTarget>> HeldAsync(string? kpi, string? owner, int? year, Period? period, HeldTargetKey? after, int limit, CancellationToken ct) => db.ListAsync<HeldTarget>($"""
        select * from (
            select k.number as kpi_number, {Owner} as owner, t.starts_on, t.period, t.value, t.note, t.set_at, t.set_by, who.name as set_by_name
            from kpi_target t
            join kpi_definition k using (kpi_definition_id)
            left join partner p on p.partner_id = t.partner_id
            left join territory a on a.territory_id = t.territory_id
            left join person who on who.number = t.set_by
            where t.superseded_at is null and (@kpi::text is null or k.number = @kpi) and (@kind::text is null or (t.period = @kind and t.starts_on = @start))
              and (@year::int is null or extract(year from case t.period
                  when 'rolling3' then t.starts_on + interval '2 months' when 'rolling6' then t.starts_on + interval '5 months' when 'rolling12' then t.starts_on + interval '11 months' else t.starts_on end) = @year)) held
        where (@owner::text is null or owner = @owner) and (@afterKpi::text is null or (kpi_number, starts_on, period, owner) > (@afterKpi, @afterStart, @afterKind, @afterOwner))
        order by kpi_number, starts_on, period, owner
        limit @limit
        """, new
    {
        kpi, owner, year, kind = period?.KindName, start = period?.Start ?? default, limit,
        afterKpi = after?.Kpi, afterStart = after?.StartsOn ?? default, afterKind = after?.Period ?? "", afterOwner = after?.Owner ?? "",
    }, ct);

    /// <summary>The territories, by code.</summary>
    public Task<List<Territory>> TerritoriesAsync(CancellationToken ct) => db.ListAsync<Territory>("select territory_id, code, name, name_zh from territory order by code", null, ct);

    const string Asked = """
        unnest(@definitions, @partners::bigint[], @levels, @territories::bigint[], @starts, @kinds, @values, @notes) as new (kpi_definition_id, partner_id, partner_level, territory_id, starts_on, period, value, note)
        """;

    const string IsTheSame = """
        t.kpi_definition_id = new.kpi_definition_id and t.starts_on = new.starts_on and t.period = new.period
        and t.partner_id is not distinct from new.partner_id and t.partner_level is not distinct from new.partner_level and t.territory_id is not distinct from new.territory_id
        """;

    static string Changed(string row, string before) => $"""
        k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh, {row}.partner_id, p.number as partner_number, {row}.partner_level, a.code as territory, {row}.starts_on, {row}.period, {before} as before, {row}.value
        """;

    static string Names(string row) => $"""
        join kpi_definition k on k.kpi_definition_id = {row}.kpi_definition_id left join partner p on p.partner_id = {row}.partner_id left join territory a on a.territory_id = {row}.territory_id
        """;
}

/// <summary>A territory.</summary>
public sealed record Territory(long TerritoryId, string Code, string Name, string NameZh);

/// <summary>A target to be set, for a partner, a level or a territory; without a value the one that holds is taken away.</summary>
public sealed record NewTarget(long KpiDefinitionId, long? PartnerId, string? PartnerLevel, Period Period, decimal? Value, string? Note)
{
    /// <summary>The territory it is for.</summary>
    public long? TerritoryId { get; init; }
}

/// <summary>A target that was set anew or changed; without a value it was taken away.</summary>
public sealed record ChangedTarget(
    string KpiNumber, string KpiName, string KpiNameZh, long? PartnerId, string? PartnerNumber, string? PartnerLevel, string? Territory, DateOnly StartsOn, string Period, decimal? Before, decimal? Value)
{
    internal string Key => $"{KpiNumber}|{PartnerNumber}|{PartnerLevel}|{Territory}|{Period}|{StartsOn:O}";
}

/// <summary>A target that holds or held.</summary>
public sealed record PastTarget(
    long KpiTargetId, string Owner, string? PartnerName, string? PartnerNameLatin, string? PartnerLevel, string? TerritoryName, string? TerritoryNameZh, DateOnly StartsOn, string Period, decimal Value, string? Note,
    DateTime SetAt, string SetBy, string? SetByName, DateTime? SupersededAt, string? SupersededBy, string? SupersededByName, string? SupersededWhy)
{
    /// <summary>Whom it is for, in the reader's language.</summary>
    public string OwnerName(Texts t) => PartnerName is { } partner ? Formats.Company(partner, PartnerNameLatin)
        : PartnerLevel is { } level ? t["kpis.every", t["kpis.level." + level]].Value
        : t["kpis.every_in", Named.In(TerritoryName ?? "", TerritoryNameZh ?? "")].Value;
}

/// <summary>A place in a history of targets, the last set first.</summary>
public sealed record PastTargetKey(DateTime SetAt, long KpiTargetId);

/// <summary>A target that holds; the owner is a partner's number, <c>level:gold</c> or <c>territory:CN</c>.</summary>
public sealed record HeldTarget(string KpiNumber, string Owner, DateOnly StartsOn, string Period, decimal Value, string? Note, DateTime SetAt, string SetBy, string? SetByName);

/// <summary>A place in the list of the targets that hold.</summary>
public sealed record HeldTargetKey(string Kpi, DateOnly StartsOn, string Period, string Owner);
