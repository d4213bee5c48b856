using Platform.Database;
using Portal.Kpis.Formulas;

namespace Portal.Kpis;

/// <summary>The KPIs and the versions that say what each measured when.</summary>
public sealed class KpiDefinitions(Db db, TimeProvider clock)
{
    /// <summary>The constraint that lets one version hold at a time.</summary>
    public const string OneVersionAtATime = "one_version_of_a_kpi_holds_at_a_time";

    const string Columns = """
        v.kpi_version_id, v.kpi_definition_id, k.number, k.name, k.name_zh, v.ordinal, v.status, lower(v.valid) as valid_from, upper(v.valid) as valid_until,
        coalesce(isempty(v.valid), false) as never_held, v.formula, v.unit, v.direction, v.period, v.product_line_ids, v.partner_types, v.partner_levels, v.green, v.amber, v.note,
        v.created_at, v.created_by, v.published_at, v.published_by,
        array(select l.code from product_line l where l.product_line_id = any (v.product_line_ids) order by l.code) as product_lines,
        array(select t.code from territory t where t.territory_id = any (v.territory_ids) order by t.code) as territories
        """;

    /// <summary>All KPIs as they are measured today (a draft as it would be, a later one as it will be), the retired ones last.</summary>
    public Task<List<KpiDefinition>> ListAsync(CancellationToken ct) => db.ListAsync<KpiDefinition>(Definitions("true", "k.status, k.name"), new { now = Now }, ct);

    /// <summary>The KPI of that number, or null.</summary>
    public Task<KpiDefinition?> FindAsync(string number, CancellationToken ct) => db.FindAsync<KpiDefinition>(Definitions("k.number = @number", "k.name"), new { number, now = Now }, ct);

    /// <summary>All versions of a KPI, the latest first.</summary>
    public Task<List<KpiVersion>> VersionsAsync(string number, CancellationToken ct) => db.ListAsync<KpiVersion>($"""
        select {Columns} from kpi_version v join kpi_definition k using (kpi_definition_id) where k.number = @number order by v.ordinal desc
        """, new { number }, ct);

    /// <summary>All versions that hold, held or will hold.</summary>
    public Task<List<KpiVersion>> PublishedAsync(CancellationToken ct) => db.ListAsync<KpiVersion>($"""
        select {Columns} from kpi_version v join kpi_definition k using (kpi_definition_id) where v.status = 'published' and not isempty(v.valid) order by k.number, v.ordinal
        """, null, ct);

    /// <summary>The versions that hold on a day.</summary>
    public Task<List<KpiVersion>> HeldAsync(DateOnly day, CancellationToken ct) => db.ListAsync<KpiVersion>($"""
        select {Columns} from kpi_version v join kpi_definition k using (kpi_definition_id) where v.status = 'published' and v.valid @> @day order by k.name
        """, new { day }, ct);

    /// <summary>
    /// From here to the end of the transaction nobody else changes a definition: two that begin to name each other at the same moment would each see the other without it, and together make a circle.
    /// </summary>
    public Task HoldAsync(CancellationToken ct) => db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('kpi_formulas', 0))", null, ct);

    /// <summary>Adds a KPI without a version; answers its key.</summary>
    public Task<long> AddAsync(string number, string name, string nameZh, CancellationToken ct) => db.OneAsync<long>("""
        insert into kpi_definition (number, name, name_zh, status, created_at) values (@number, @name, @nameZh, 'draft', @now) returning kpi_definition_id
        """, new { number, name, nameZh, now = Now }, ct);

    /// <summary>Says that somebody changed a KPI; false when its version is another than was seen.</summary>
    public async Task<bool> TouchAsync(string number, int version, CancellationToken ct) => await db.ExecuteAsync("""
        update kpi_definition set version = version + 1 where number = @number and version = @version and status <> 'retired'
        """, new { number, version }, ct) == 1;

    /// <summary>The keys of product lines and territories by their codes; what is not there is missing.</summary>
    public async Task<Narrowed> NarrowedAsync(IReadOnlyCollection<string> lines, IReadOnlyCollection<string> territories, CancellationToken ct) => new(
        (await db.ListAsync<(string, long)>("select code, product_line_id from product_line where code = any (@lines)", new { lines = lines.ToArray() }, ct)).ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal),
        (await db.ListAsync<(string, long)>("select code, territory_id from territory where code = any (@territories)", new { territories = territories.ToArray() }, ct)).ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal));

    /// <summary>Puts a draft in place of the one there was.</summary>
    public Task KeepDraftAsync(long definition, WantedVersion wanted, Unit unit, Narrowed narrowed, string by, CancellationToken ct) => db.ExecuteAsync($"""
        delete from kpi_version where kpi_definition_id = @definition and status = 'draft';
        {Insertion("'draft', null::daterange", "null, null")}
        """, Arguments(definition, wanted, unit, narrowed, by, null), ct);

    /// <summary>
    /// Lets a version hold from a day on (null: since ever): the draft goes, what held until then ends there, and what was to begin on that day or later is replaced. A KPI is in use from then on.
    /// </summary>
    public Task PublishAsync(long definition, WantedVersion wanted, Unit unit, Narrowed narrowed, DateOnly? from, string by, CancellationToken ct) => db.ExecuteAsync($"""
        delete from kpi_version where kpi_definition_id = @definition and status = 'draft';
        update kpi_version set status = 'replaced' where kpi_definition_id = @definition and status = 'published' and (@from::date is null or lower(valid) >= @from::date);
        update kpi_version set valid = daterange(lower(valid), @from::date) where kpi_definition_id = @definition and status = 'published' and valid @> @from::date;
        {Insertion("'published', daterange(@from::date, null)", "@now, @by")};
        update kpi_definition set status = 'published' where kpi_definition_id = @definition and status = 'draft'
        """, Arguments(definition, wanted, unit, narrowed, by, from), ct);

    /// <summary>Ends a KPI: what holds ends on a day, and what was to begin then or later is replaced. False when it is not in use, or was changed meanwhile.</summary>
    public async Task<bool> RetireAsync(string number, int version, DateOnly until, CancellationToken ct)
    {
        if (await db.ExecuteAsync("update kpi_definition set status = 'retired', version = version + 1 where number = @number and version = @version and status <> 'retired'", new { number, version }, ct) != 1)
        {
            return false;
        }

        await db.ExecuteAsync("""
            delete from kpi_version v using kpi_definition k where k.number = @number and k.kpi_definition_id = v.kpi_definition_id and v.status = 'draft';
            update kpi_version v set status = 'replaced' from kpi_definition k
            where k.number = @number and k.kpi_definition_id = v.kpi_definition_id and v.status = 'published' and lower(v.valid) >= @until;
            update kpi_version v set valid = daterange(lower(v.valid), @until) from kpi_definition k
            where k.number = @number and k.kpi_definition_id = v.kpi_definition_id and v.status = 'published' and v.valid @> @until
            """, new { number, until }, ct);
        return true;
    }

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    static string Definitions(string where, string order) => $"""
        select k.kpi_definition_id, k.number, k.name, k.name_zh, k.status, k.version, v.formula, v.unit, v.direction, v.period, v.green, v.amber, v.valid_from, v.ordinal,
               v.product_lines, v.product_line_names, v.product_line_names_zh, v.partner_types, v.partner_levels, v.territories,
               exists (select from kpi_version d where d.kpi_definition_id = k.kpi_definition_id and d.status = 'draft') as has_draft
        from kpi_definition k
        cross join lateral (
            select v.formula, v.unit, v.direction, v.period, v.green, v.amber, lower(v.valid) as valid_from, v.ordinal, v.partner_types, v.partner_levels,
                   array(select l.code from product_line l where l.product_line_id = any (v.product_line_ids) order by l.code) as product_lines,
                   array(select l.name from product_line l where l.product_line_id = any (v.product_line_ids) order by l.code) as product_line_names,
                   array(select l.name_zh from product_line l where l.product_line_id = any (v.product_line_ids) order by l.code) as product_line_names_zh,
                   array(select t.code from territory t where t.territory_id = any (v.territory_ids) order by t.code) as territories
            from kpi_version v
            where v.kpi_definition_id = k.kpi_definition_id
            order by (v.status = 'published' and v.valid @> brand_day(@now)) desc, (v.status = 'published') desc, v.ordinal desc
            limit 1) v
        where {where}
        order by {order}
        """;

    static string Insertion(string held, string published) => $"""
        insert into kpi_version (kpi_definition_id, ordinal, status, valid, published_at, published_by, formula, unit, direction, period, product_line_ids, partner_types, partner_levels, territory_ids,
                                 green, amber, note, created_at, created_by)
        select @definition, coalesce(max(v.ordinal), 0) + 1, {held}, {published}, @formula, @unit, @direction, @period, @lines, @types, @levels, @territories, @green, @amber, @note, @now, @by
        from kpi_version v where v.kpi_definition_id = @definition
        """;

    object Arguments(long definition, WantedVersion wanted, Unit unit, Narrowed narrowed, string by, DateOnly? from) => new
    {
        definition, from, by, now = Now, formula = wanted.Formula.Trim(), unit = unit.ToString(), direction = wanted.Direction, period = wanted.Period, note = wanted.Note, green = wanted.Green, amber = wanted.Amber,
        lines = narrowed.Lines.Values.Order().ToArray(), types = wanted.PartnerTypes.ToArray(), levels = wanted.PartnerLevels.ToArray(), territories = narrowed.Territories.Values.Order().ToArray(),
    };
}

/// <summary>Keys of product lines and territories by their codes.</summary>
public sealed record Narrowed(IReadOnlyDictionary<string, long> Lines, IReadOnlyDictionary<string, long> Territories);

/// <summary>A KPI as it is measured now.</summary>
public sealed class KpiDefinition
{
    /// <summary>Its key.</summary>
    public long KpiDefinitionId { get; init; }

    /// <summary>Its number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Its name in English.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>draft, published or retired.</summary>
    public string Status { get; init; } = "";

    /// <summary>Counts the changes.</summary>
    public int Version { get; init; }

    /// <summary>What it measures: a metric's name, or a formula.</summary>
    public string Formula { get; init; } = "";

    /// <summary>Its unit, see <see cref="Unit"/>.</summary>
    public string Unit { get; init; } = "";

    /// <summary>up or down.</summary>
    public string Direction { get; init; } = "";

    /// <summary>The kind of period.</summary>
    public string Period { get; init; } = "";

    /// <summary>The attainment from which it is green.</summary>
    public decimal Green { get; init; }

    /// <summary>The attainment below which it is red.</summary>
    public decimal Amber { get; init; }

    /// <summary>Since when it is measured so; null since ever, or not yet.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>Which of its versions that is.</summary>
    public int Ordinal { get; init; }

    /// <summary>True where a draft waits to be published.</summary>
    public bool HasDraft { get; init; }

    /// <summary>Codes of the product lines that count; empty is all.</summary>
    public string[] ProductLines { get; init; } = [];

    /// <summary>Their names.</summary>
    public string[] ProductLineNames { get; init; } = [];

    /// <summary>Their names in Chinese.</summary>
    public string[] ProductLineNamesZh { get; init; } = [];

    /// <summary>The types of partners it is for; empty is all.</summary>
    public string[] PartnerTypes { get; init; } = [];

    /// <summary>The levels it is for; empty is all.</summary>
    public string[] PartnerLevels { get; init; } = [];

    /// <summary>Codes of the territories it is for; empty is all.</summary>
    public string[] Territories { get; init; } = [];

    /// <summary>True where it measures one metric of the catalogue as it is.</summary>
    public bool IsMetric => Metrics.MetricCatalog.Lists(Formula);
}

/// <summary>What a KPI measures, for whom and how it is judged, for a time.</summary>
public sealed class KpiVersion
{
    /// <summary>Its key.</summary>
    public long KpiVersionId { get; init; }

    /// <summary>The KPI's key.</summary>
    public long KpiDefinitionId { get; init; }

    /// <summary>The KPI's number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The KPI's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The KPI's name in Chinese.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>Counts the versions of the KPI.</summary>
    public int Ordinal { get; init; }

    /// <summary>draft, published or replaced (before it ever held).</summary>
    public string Status { get; init; } = "";

    /// <summary>The first day it holds on; null since ever.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>The first day it holds no more; null for none.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>True for one of a KPI that was retired before there were versions.</summary>
    public bool NeverHeld { get; init; }

    /// <summary>What is measured.</summary>
    public string Formula { get; init; } = "";

    /// <summary>Its unit.</summary>
    public string Unit { get; init; } = "";

    /// <summary>up or down.</summary>
    public string Direction { get; init; } = "";

    /// <summary>The kind of period.</summary>
    public string Period { get; init; } = "";

    /// <summary>Keys of the product lines that count, ascending; empty is all.</summary>
    public long[] ProductLineIds { get; init; } = [];

    /// <summary>Their codes.</summary>
    public string[] ProductLines { get; init; } = [];

    /// <summary>The types of partners it is for; empty is all.</summary>
    public string[] PartnerTypes { get; init; } = [];

    /// <summary>The levels it is for; empty is all.</summary>
    public string[] PartnerLevels { get; init; } = [];

    /// <summary>Codes of the territories it is for, each with those whose code begins with its own; empty is all.</summary>
    public string[] Territories { get; init; } = [];

    /// <summary>The attainment from which it is green.</summary>
    public decimal Green { get; init; }

    /// <summary>The attainment below which it is red.</summary>
    public decimal Amber { get; init; }

    /// <summary>Why it was made.</summary>
    public string? Note { get; init; }

    /// <summary>When it was written.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>By whom.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>When it was published.</summary>
    public DateTime? PublishedAt { get; init; }

    /// <summary>By whom.</summary>
    public string? PublishedBy { get; init; }

    /// <summary>True on the days it holds.</summary>
    public bool Holds(DateOnly day) => Status == "published" && !NeverHeld && (ValidFrom is null || ValidFrom <= day) && (ValidUntil is null || day < ValidUntil);
}

/// <summary>What a KPI shall measure.</summary>
/// <param name="Formula">A metric's name or a formula.</param>
/// <param name="Direction">up or down.</param>
/// <param name="Period">The kind of period.</param>
public sealed record WantedVersion(string Formula, string Direction, string Period)
{
    /// <summary>Codes of the product lines that count; empty is all.</summary>
    public IReadOnlyList<string> ProductLines { get; init; } = [];

    /// <summary>The types of partners it is for; empty is all.</summary>
    public IReadOnlyList<string> PartnerTypes { get; init; } = [];

    /// <summary>The levels it is for; empty is all.</summary>
    public IReadOnlyList<string> PartnerLevels { get; init; } = [];

    /// <summary>Codes of the territories it is for, each with those whose code begins with its own and a hyphen; empty is all.</summary>
    public IReadOnlyList<string> Territories { get; init; } = [];

    /// <summary>The attainment from which it is green; 1 is the target.</summary>
    public decimal Green { get; init; } = 1;

    /// <summary>The attainment below which it is red.</summary>
    public decimal Amber { get; init; } = 0.8m;

    /// <summary>The first period it holds for, of its own kind; null: since ever, which only a KPI's first version can.</summary>
    public string? From { get; init; }

    /// <summary>Why, for those who read it later.</summary>
    public string? Note { get; init; }
}
