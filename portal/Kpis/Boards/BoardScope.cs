using Microsoft.AspNetCore.Http.Extensions;

namespace Portal.Kpis.Boards;

/// <summary>With what a dashboard compares its period.</summary>
public enum Against
{
    /// <summary>The same period a year before: what season there is, is in both.</summary>
    YearBefore,

    /// <summary>The period right before.</summary>
    Previous,

    /// <summary>Nothing.</summary>
    Nothing,
}

/// <summary>What a dashboard is asked about: whose branch, which period, against what, and to what it is narrowed. All of it stands in the address, so that a view can be sent to somebody and saved.</summary>
/// <param name="Root">The branch's root; the brand's branch is the whole channel.</param>
/// <param name="Period">Which period.</param>
public sealed record BoardScope(BranchRoot Root, Period Period)
{
    /// <summary>The address of the dashboard.</summary>
    public const string Path = "/kpis";

    /// <summary>With what the period is compared.</summary>
    public Against Against { get; init; } = Against.YearBefore;

    /// <summary>One product line alone.</summary>
    public BoardChoice? Line { get; init; }

    /// <summary>One territory and those under it.</summary>
    public BoardChoice? Territory { get; init; }

    /// <summary>The keys of that territory and of those under it.</summary>
    public IReadOnlyList<long> Territories { get; init; } = [];

    /// <summary>Partners of one type.</summary>
    public string? Type { get; init; }

    /// <summary>Partners of one level.</summary>
    public string? Level { get; init; }

    /// <summary>True when the branch is not the reader's own.</summary>
    public bool IsSomebodyElses { get; init; }

    /// <summary>The last day whose balances count: the period's, or today while it runs.</summary>
    public DateOnly Standing { get; init; } = Period.End.AddDays(-1);

    /// <summary>True when the period is not over yet.</summary>
    public bool IsRunning => Standing < Period.End.AddDays(-1);

    /// <summary>True for the whole channel.</summary>
    public bool IsBrand => Root.PartnerType == "brand";

    /// <summary>True where the brand looks at its own channel, all of it or narrowed: everybody of the brand sees the same.</summary>
    public bool IsWholeChannel => IsBrand && !IsSomebodyElses;

    /// <summary>The metric by which the branch's sales are told: what the brand sold in, what a partner and those below it bought.</summary>
    public string Sales => IsBrand ? Metric.SellIn : Metric.Purchases;

    /// <summary>The period it is compared with.</summary>
    public Period? Before => Against switch { Against.YearBefore => Period.YearBefore, Against.Previous => Period.Previous, _ => null };

    /// <summary>True when only some partners of the branch count: then each counts with what it did itself.</summary>
    public bool IsNarrowed => Territory is not null || Type is not null || Level is not null;

    /// <summary>True when anything is narrowed.</summary>
    public bool IsFiltered => IsNarrowed || Line is not null;

    /// <summary>The first month of the trend: two years up to the period's end.</summary>
    public DateOnly FirstOfTrend => LastMonth.AddMonths(1 - Dashboard.TrendMonths);

    /// <summary>The period's last month.</summary>
    public DateOnly LastMonth => Period.End.AddMonths(-1);

    /// <summary>The words for the way of comparing, as addresses have them.</summary>
    public static string NameOf(Against against) => against switch { Against.Previous => "previous", Against.Nothing => "none", _ => "year" };

    /// <summary>Reads such words; null is the year before, and so is what nobody knows.</summary>
    public static Against ParseAgainst(string? text) => text switch { "previous" => Against.Previous, "none" => Against.Nothing, _ => Against.YearBefore };

    /// <summary>The query of this scope's address, without the question mark's page.</summary>
    public string Query => QueryOf(Period, Root.Number);

    /// <summary>The same dashboard in another period.</summary>
    public string In(Period period) => Path + QueryOf(period, Root.Number);

    /// <summary>The dashboard of another branch, in the same period and narrowed in the same way.</summary>
    public string Of(string partner) => Path + (this with { IsSomebodyElses = true }).QueryOf(Period, partner);

    /// <summary>The rows behind a figure of a metric.</summary>
    public string Rows(string metric) => $"{Path}/rows/{metric}{Query}";

    /// <summary>What one partner did itself of a metric.</summary>
    public string RowsOf(string metric, string partner) => $"{Path}/rows/{metric}/{partner}?period={Period}{(Line is null ? "" : "&line=" + Uri.EscapeDataString(Line.Code))}";

    /// <summary>The fields of the address, for a form that keeps all of them but those it asks for.</summary>
    public IEnumerable<KeyValuePair<string, string>> Fields(Period period, string root)
    {
        yield return new("period", period.ToString());
        if (IsSomebodyElses)
        {
            yield return new("partner", root);
        }

        if (Against != Against.YearBefore)
        {
            yield return new("against", NameOf(Against));
        }

        foreach (var (name, value) in new[] { ("line", Line?.Code), ("territory", Territory?.Code), ("type", Type), ("level", Level) })
        {
            if (value is not null)
            {
                yield return new(name, value);
            }
        }
    }

    string QueryOf(Period period, string root) => new QueryBuilder(Fields(period, root)).ToString();

    /// <summary>SQL: the keys of the partners that count, with the parameters of <see cref="Arguments"/>.</summary>
    internal string Partners => $"""
        select l.partner_id from partner_line l join partner p on p.partner_id = l.partner_id
        where l.ancestor_id = @partnerId{(Territory is null ? "" : " and p.territory_id = any (@territories)")}{(Type is null ? "" : " and p.partner_type = @type")}{(Level is null ? "" : " and p.partner_level = @level")}
        """;

    /// <summary>
    /// SQL: months of facts as <c>metric, product_line_id, month, value</c>. A whole branch is read from its own months; where partners are chosen from it, from theirs.
    /// </summary>
    /// <param name="condition">Which metrics and months.</param>
    internal string Facts(string condition) => IsNarrowed
        ? $"(select metric, product_line_id, month, own as value from kpi_branch_month where partner_id in ({Partners}) and own <> 0 and {condition}{OfLine})"
        : $"(select metric, product_line_id, month, value from kpi_branch_month where partner_id = @partnerId and {condition}{OfLine})";

    /// <summary>SQL: what each partner that counts did itself, as <c>partner_id, metric, month, value</c>.</summary>
    /// <param name="condition">Which metrics and months.</param>
    internal string OwnFacts(string condition) =>
        $"(select partner_id, metric, month, own as value from kpi_branch_month where partner_id in ({Partners}) and own <> 0 and {condition}{OfLine})";

    /// <summary>SQL: the levels at the end of @standing, as <c>metric, value</c>.</summary>
    /// <param name="day">The parameter of the day.</param>
    internal string Levels(string day) => IsNarrowed
        ? $"(select metric, value from kpi_own_level(@balances, {day}) where partner_id in ({Partners}){OfLine})"
        : $"(select metric, value from kpi_branch_level(@balances, {day}) where partner_id = @partnerId{OfLine})";

    string OfLine => Line is null ? "" : " and product_line_id = @line";

    /// <summary>The parameters that all statements of a dashboard share.</summary>
    internal Dapper.DynamicParameters Arguments() => new(new
    {
        partnerId = Root.PartnerId, territories = Territories.ToArray(), type = Type, level = Level, line = Line?.Id, sales = Sales,
        start = Period.Start, end = Period.End, standing = Standing,
        // What is compared with nothing is compared with a period that has no day.
        beforeStart = Before?.Start ?? Period.Start, beforeEnd = Before?.End ?? Period.Start,
    });
}

/// <summary>Something a dashboard is narrowed to.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Code">As addresses have it.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its name in Chinese.</param>
public sealed record BoardChoice(long Id, string Code, string Name, string NameZh);
