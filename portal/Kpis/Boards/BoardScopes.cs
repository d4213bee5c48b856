using Platform.Database;
using Portal.Web;

namespace Portal.Kpis.Boards;

/// <summary>Reads from an address what a dashboard is asked about; what the reader may not see is as if it were not there.</summary>
public sealed class BoardScopes(Db db, PartnerNames partners, KpiStore kpis, BrandCalendar calendar, ICurrentPerson me)
{
    /// <summary>Reads it; null where the address names something that is not there.</summary>
    /// <param name="asked">What stands in the address.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<BoardAsked?> ReadAsync(BoardAddress asked, CancellationToken ct)
    {
        var isOwn = string.IsNullOrEmpty(asked.Partner) || asked.Partner == me.PartnerNumber;
        BranchRoot? root = isOwn ? new(me.PartnerId, me.PartnerNumber, me.PartnerName, me.PartnerNameLatin, me.PartnerType)
            : await partners.FindAsync(asked.Partner!, ct) is { } found ? new(found.PartnerId, found.Number, found.Name, found.NameLatin, found.PartnerType) : null;
        var line = await FindAsync("select product_line_id as id, code, name, name_zh from product_line where code = @code", asked.Line, ct);
        var territory = await FindAsync("select territory_id as id, code, name, name_zh from territory where code = @code", asked.Territory, ct);
        if (root is null || (!string.IsNullOrEmpty(asked.Period) && Period.Parse(asked.Period) is null)
            || (!string.IsNullOrEmpty(asked.Line) && line is null) || (!string.IsNullOrEmpty(asked.Territory) && territory is null)
            || (!string.IsNullOrEmpty(asked.Type) && !DefineKpi.Types.Contains(asked.Type)) || (!string.IsNullOrEmpty(asked.Level) && !SetTargets.Levels.Contains(asked.Level)))
        {
            return null;
        }

        var (today, currency) = await calendar.TodayAsync(ct);
        var kind = Period.ParseKind(asked.By) ?? PeriodKind.Quarter;
        // Without a period the latest that has figures is shown; this one, where none has.
        var period = Period.Parse(asked.Period) ?? Period.Of(kind, await kpis.LastMonthAsync(root.PartnerId, ct) is { } last && last < today ? last : today);
        return new(new(root, period)
        {
            Against = BoardScope.ParseAgainst(asked.Against), Line = line, Territory = territory, Type = Given(asked.Type), Level = Given(asked.Level), IsSomebodyElses = !isOwn,
            Territories = territory is null ? [] : await UnderAsync(territory.Code, ct),
            Standing = today < period.End ? today : period.End.AddDays(-1),
        }, today, currency);
    }

    /// <summary>What the dashboard can be narrowed to: product lines and territories, by name.</summary>
    public Task<(IReadOnlyList<BoardChoice> Lines, IReadOnlyList<BoardChoice> Territories)> ChoicesAsync(CancellationToken ct) => db.ReadManyAsync<(IReadOnlyList<BoardChoice>, IReadOnlyList<BoardChoice>)>("""
        select product_line_id as id, code, name, name_zh from product_line order by name;
        select territory_id as id, code, name, name_zh from territory order by code
        """, null, async answers => ((await answers.ReadAsync<BoardChoice>()).ToList(), (await answers.ReadAsync<BoardChoice>()).ToList()), ct);

    Task<BoardChoice?> FindAsync(string sql, string? code, CancellationToken ct) => string.IsNullOrEmpty(code) ? Task.FromResult<BoardChoice?>(null) : db.FindAsync<BoardChoice>(sql, new { code }, ct);

    // A territory counts with those under it, whose codes begin with its own.
    Task<List<long>> UnderAsync(string code, CancellationToken ct) => db.ListAsync<long>("""
        select territory_id from territory where code = @code or code like replace(@code, '_', '\_') || '-%'
        """, new { code }, ct);

    static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;
}

/// <summary>What stands in the address of a dashboard, as it was sent.</summary>
/// <param name="Partner">A partner's number; one's own (for the brand the whole channel) where it is left out.</param>
/// <param name="Period">2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3.</param>
/// <param name="By">month, quarter, half, year, … where no period is named.</param>
/// <param name="Against">year, previous or none.</param>
/// <param name="Line">A product line's code.</param>
/// <param name="Territory">A territory's code.</param>
/// <param name="Type">A type of partners.</param>
/// <param name="Level">A level of partners.</param>
public sealed record BoardAddress(string? Partner = null, string? Period = null, string? By = null, string? Against = null, string? Line = null, string? Territory = null, string? Type = null, string? Level = null);

/// <summary>What a dashboard is asked about, and when.</summary>
/// <param name="Scope">What.</param>
/// <param name="Today">Today in the brand's zone.</param>
/// <param name="Currency">The brand's currency, in which all money stands.</param>
public sealed record BoardAsked(BoardScope Scope, DateOnly Today, string Currency);
