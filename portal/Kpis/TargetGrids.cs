using Platform.Database;

namespace Portal.Kpis;

/// <summary>Reads the grid of targets: a row per level and partner, a column per period of the year.</summary>
public sealed class TargetGrids(Db db, TimeProvider clock)
{
    /// <summary>How many partners a page of the grid has.</summary>
    public const int PageSize = 50;

    /// <summary>Reads one page of it.</summary>
    public Task<TargetGrid> ReadAsync(
        IReadOnlyList<KpiDefinition> definitions, KpiDefinition? kpi, int year, string currency, string? words, int page, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var seen = clock.GetUtcNow();
        var partners = await db.ListAsync<GridPartner>("""
            select p.partner_id, p.number, p.name, p.name_latin, p.partner_type, p.partner_level, count(*) over () as total
            from partner p
            where p.partner_type <> 'brand' and p.status = 'active' and (@words::text is null or p.name ilike @within or p.name_latin ilike @within or p.code = @words)
            order by p.name, p.partner_id offset @skip limit @PageSize
            """, new { words = string.IsNullOrWhiteSpace(words) ? null : words.Trim(), within = LikePattern.Within(words?.Trim()), skip = (page - 1) * PageSize, PageSize }, ct);
        var targets = kpi is null ? [] : await db.ListAsync<GridTarget>("""
            select coalesce(p.number, 'level:' || t.partner_level) as owner, t.starts_on, t.value, t.set_at
            from kpi_target t left join partner p on p.partner_id = t.partner_id
            where t.kpi_definition_id = @KpiDefinitionId and t.superseded_at is null
              and t.starts_on >= make_date(@year, 1, 1) and t.starts_on < make_date(@year + 1, 1, 1)
              and (t.partner_level is not null or t.partner_id = any(@ids))
            """, new { kpi.KpiDefinitionId, year, ids = partners.Select(partner => partner.PartnerId).ToArray() }, ct);
        return new TargetGrid(definitions, kpi, year, currency, words, page, partners, targets) { Seen = seen };
    }, ct);
}

/// <summary>A partner's row of the grid; <paramref name="Total"/> counts all rows of all pages.</summary>
public sealed record GridPartner(long PartnerId, string Number, string Name, string? NameLatin, string PartnerType, string PartnerLevel, long Total);

/// <summary>A target that holds; the owner is a partner's number or <c>level:gold</c>.</summary>
public sealed record GridTarget(string Owner, DateOnly StartsOn, decimal Value, DateTime SetAt);

/// <summary>One page of the grid.</summary>
public sealed record TargetGrid(
    IReadOnlyList<KpiDefinition> Definitions, KpiDefinition? Kpi, int Year, string Currency, string? Words, int Page,
    IReadOnlyList<GridPartner> Partners, IReadOnlyList<GridTarget> Targets)
{
    /// <summary>What was typed and refused; shown again.</summary>
    public IReadOnlyDictionary<string, string?> Typed { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>When it was read: what was set later is not on it.</summary>
    public DateTimeOffset Seen { get; init; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<Period> Periods
    {
        get
        {
            if (Kpi is null || Period.ParseKind(Kpi.Period) is not { } kind)
            {
                return [];
            }

            var first = Period.Of(kind, new DateOnly(Year, 1, 1));
            List<Period> periods = [first];
            while (periods[^1].Following.Start.Year == Year)
            {
                periods.Add(periods[^1].Following);
            }

            return periods;
        }
    }

    /// <summary>All rows of all pages.</summary>
    public long Total => Partners.Count == 0 ? 0 : Partners[0].Total;

    /// <summary>True when there is a page after this one.</summary>
    public bool HasMore => (long)Page * TargetGrids.PageSize < Total;

    /// <summary>The target that holds for a row in a period, or null.</summary>
    public GridTarget? TargetAt(string owner, string period) =>
        Period.Parse(period) is { } column ? Targets.FirstOrDefault(target => target.Owner == owner && target.StartsOn == column.Start) : null;

    /// <summary>The name of a cell in the form.</summary>
    public static string Cell(string owner, Period period) => $"{owner}|{period}";
}
