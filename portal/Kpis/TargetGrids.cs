using Platform.Database;

namespace Portal.Kpis;

/// <summary>Reads the grid of targets: a row per level, territory and partner, a column per period of the year.</summary>
public sealed class TargetGrids(Db db, KpiDefinitions kpis, TargetStore targets, BrandCalendar calendar, TimeProvider clock)
{
    /// <summary>How many partners a page of the grid has.</summary>
    public const int PageSize = 50;

    const string OfYear = $"""
        select {TargetStore.Owner} as owner, t.starts_on, t.period, t.value, t.set_at
        from kpi_target t left join partner p on p.partner_id = t.partner_id left join territory a on a.territory_id = t.territory_id
        where t.kpi_definition_id = @definition and t.starts_on >= make_date(@year - 1, 1, 1) and t.starts_on < make_date(@year + 1, 1, 1)
        """;

    /// <summary>Reads one page of it; null where there is no such KPI or year.</summary>
    /// <param name="number">The KPI; the first one in use where it is left out.</param>
    /// <param name="year">The year; this one where it is left out.</param>
    /// <param name="words">Part of a partner's name.</param>
    /// <param name="page">From 1.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<TargetGrid?> ReadAsync(string? number, int? year, string? words, int page, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var definitions = (await kpis.ListAsync(ct)).FindAll(kpi => kpi.Status != "draft");
        var kpi = number is null ? definitions.Find(kpi => kpi.Status == "published") : definitions.Find(kpi => kpi.Number == number);
        if ((number is not null && kpi is null) || year is < 1990 or > 2100)
        {
            return null;
        }

        var (today, currency) = await calendar.TodayAsync(ct);
        var seen = clock.GetUtcNow();
        var shown = year ?? today.Year;
        var partners = await PartnersAsync(words, (page - 1) * PageSize, PageSize, ct);
        var held = kpi is null ? [] : await TargetsAsync(kpi.KpiDefinitionId, shown, [.. partners.Select(partner => partner.PartnerId)], ct);
        var versions = kpi is null ? [] : (await kpis.VersionsAsync(kpi.Number, ct)).FindAll(version => version is { Status: "published", NeverHeld: false });
        return new TargetGrid(definitions, kpi, shown, currency, words, page, partners, await targets.TerritoriesAsync(ct), held) { Seen = seen, Today = today, Periods = PeriodsOf(shown, versions) };
    }, ct);

    /// <summary>Partners in the order of the grid.</summary>
    public Task<List<GridPartner>> PartnersAsync(string? words, int skip, int most, CancellationToken ct) => db.ListAsync<GridPartner>("""
        select p.partner_id, p.number, p.name, p.name_latin, p.partner_type, p.partner_level, count(*) over () as total
        from partner p
        where p.partner_type <> 'brand' and p.status = 'active' and (@words::text is null or p.name ilike @within or p.name_latin ilike @within or p.code = @words)
        order by p.name, p.partner_id offset @skip limit @most
        """, new { words = string.IsNullOrWhiteSpace(words) ? null : words.Trim(), within = LikePattern.Within(words?.Trim()), skip, most }, ct);

    /// <summary>The targets of a year that hold, of all levels and territories and of some partners.</summary>
    public Task<List<GridTarget>> TargetsAsync(long definition, int year, long[] partners, CancellationToken ct) =>
        db.ListAsync<GridTarget>($"{OfYear} and t.superseded_at is null and (t.partner_id is null or t.partner_id = any(@partners))", new { definition, year, partners }, ct);

    /// <summary>The targets of a year that held at a moment and hold no more: what whoever read the grid then saw where it shows something else now.</summary>
    public Task<List<GridTarget>> GoneSinceAsync(long definition, int year, DateTime seen, CancellationToken ct) =>
        db.ListAsync<GridTarget>($"{OfYear} and t.set_at <= @seen and t.superseded_at > @seen", new { definition, year, seen }, ct);

    /// <summary>The periods of a year as the versions measure them, the first to last: of a year in which a KPI goes over to another kind there are some of both.</summary>
    internal static IReadOnlyList<Period> PeriodsOf(int year, IReadOnlyList<KpiVersion> versions) =>
        [.. from version in versions.OrderBy(version => version.Ordinal)
            from period in Period.OfYear(Period.ParseKind(version.Period)!.Value, year)
            where version.Holds(period.HeldOn)
            orderby period.HeldOn
            select period];
}

/// <summary>A partner's row of the grid; <paramref name="Total"/> counts all rows of all pages.</summary>
public sealed record GridPartner(long PartnerId, string Number, string Name, string? NameLatin, string PartnerType, string PartnerLevel, long Total);

/// <summary>A target that holds; the owner is a partner's number, <c>level:gold</c> or <c>territory:CN</c>.</summary>
public sealed record GridTarget(string Owner, DateOnly StartsOn, string Period, decimal Value, DateTime SetAt);

/// <summary>One page of the grid.</summary>
public sealed record TargetGrid(
    IReadOnlyList<KpiDefinition> Definitions, KpiDefinition? Kpi, int Year, string Currency, string? Words, int Page,
    IReadOnlyList<GridPartner> Partners, IReadOnlyList<Territory> Territories, IReadOnlyList<GridTarget> Targets)
{
    readonly Dictionary<string, GridTarget> byCell = Targets.GroupBy(target => Key(target.Owner, target.Period, target.StartsOn), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>What was typed and refused, or proposed and not stored yet; shown again.</summary>
    public IReadOnlyDictionary<string, string?> Typed { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>When it was read: what was set later is not on it.</summary>
    public DateTimeOffset Seen { get; init; }

    /// <summary>Today in the brand's zone.</summary>
    public DateOnly Today { get; init; }

    /// <summary>True while another target can be proposed for a period: until its last day is over.</summary>
    public bool IsOpen(Period period) => period.End > Today;

    /// <summary>How it was asked to be filled.</summary>
    public FillForm Fill { get; init; } = new();

    /// <summary>The columns.</summary>
    public IReadOnlyList<Period> Periods { get; init; } = [];

    /// <summary>True where the figures are shares, typed and shown in per cent.</summary>
    public bool IsRatio => Kpi?.Unit == "ratio";

    /// <summary>All rows of all pages.</summary>
    public long Total => Partners.Count == 0 ? 0 : Partners[0].Total;

    /// <summary>True when there is a page after this one.</summary>
    public bool HasMore => (long)Page * TargetGrids.PageSize < Total;

    /// <summary>The target that holds for a row in a period, or null.</summary>
    public GridTarget? TargetAt(string owner, string period) => Period.Parse(period) is { } column ? byCell.GetValueOrDefault(Key(owner, column.KindName, column.Start)) : null;

    /// <summary>What held when the grid was read and holds no more, see <see cref="TargetGrids.GoneSinceAsync"/>.</summary>
    public IReadOnlyList<GridTarget> Gone { get; init; } = [];

    /// <summary>The target that whoever read the grid at a moment saw in a cell, or null.</summary>
    public GridTarget? SeenAt(string owner, string period, DateTime seen) =>
        TargetAt(owner, period) is { } held && held.SetAt <= seen ? held
        : Period.Parse(period) is { } column ? Gone.FirstOrDefault(target => Key(target.Owner, target.Period, target.StartsOn) == Key(owner, column.KindName, column.Start)) : null;

    /// <summary>The name of a cell in the form.</summary>
    public static string Cell(string owner, Period period) => $"{owner}|{period}";

    static string Key(string owner, string period, DateOnly start) => $"{owner}|{period}|{start:O}";
}
