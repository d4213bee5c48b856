using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Partners;

/// <summary>The list of partners: everybody below the caller's own company, searched, filtered, sorted and paged.</summary>
public sealed class PartnerList(Db db)
{
    /// <summary>What may be asked of it.</summary>
    public static ListShape Shape { get; } = new("partners", "name", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["name"] = "b.name",
        ["code"] = "b.code",
        ["type"] = "b.partner_type",
        ["level"] = "array_position(array['registered', 'silver', 'gold', 'platinum'], b.partner_level)",
        ["upstream"] = "u.name",
        ["territory"] = "t.name",
        ["city"] = "b.city",
        ["status"] = "b.status",
    }, Tie: "b.partner_id", Filters: ["type", "level", "territory", "status"]);

    /// <summary>One page.</summary>
    public Task<ListPage<PartnerRowShown>> PageAsync(ListQuery query, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {From}", Asked(query), ct);
        var rows = await db.ListAsync<PartnerRowShown>($"{Select} {From} order by {query.OrderBy} offset @offset limit @limit", Asked(query), ct);
        return new ListPage<PartnerRowShown>(rows, total);
    }, ct);

    /// <summary>All rows the words and filters leave, one by one, for an export.</summary>
    public IAsyncEnumerable<PartnerRowShown> AllAsync(ListQuery query, CancellationToken ct) =>
        db.StreamAsync<PartnerRowShown>($"{Select} {From} order by {query.OrderBy}", Asked(query), ct);

    /// <summary>The rows after a key in the order of names, for the API.</summary>
    public Task<List<PartnerRowShown>> AfterAsync(ListQuery query, PartnerKey? after, int take, CancellationToken ct) => db.ListAsync<PartnerRowShown>($"""
        {Select} {From} and (@afterName::text is null or (b.name, b.number) > (@afterName, @afterNumber))
        order by b.name, b.number
        limit @take
        """, new
    {
        words = query.Words, type = query["type"], level = query["level"], territory = query["territory"], status = query["status"],
        afterName = after?.Name, afterNumber = after?.Number, take,
    }, ct);

    static object Asked(ListQuery query) => new
    {
        words = query.Words, type = query["type"], level = query["level"], territory = query["territory"], status = query["status"], offset = query.Offset, limit = query.Limit,
    };

    const string Select = """
        select b.number, b.version, b.code, b.name, b.name_latin, b.partner_type, b.partner_level, b.status, b.country_code, b.state, b.city, b.postal_code, b.address, b.phone,
               b.currency, b.annual_sales, b.employees, t.name as territory_name, t.name_zh as territory_name_zh, u.number as upstream_number, u.name as upstream_name, u.name_latin as upstream_name_latin
        """;

    const string From = """
        from partner b
        left join territory t on t.territory_id = b.territory_id
        left join partner u on u.partner_id = b.upstream_id
        where b.partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id()) and l.distance > 0)
          and (@words::text is null or position(lower(@words) in lower(concat_ws(' ', b.name, b.name_latin, b.code, b.number, b.city))) > 0)
          and (@type::text is null or b.partner_type = @type)
          and (@level::text is null or b.partner_level = @level)
          and (@territory::text is null or t.code = @territory)
          and (@status::text is null or b.status = @status)
        """;
}

/// <summary>Where the API's list goes on.</summary>
public sealed record PartnerKey(string Name, string Number);

/// <summary>A partner as lists show it.</summary>
public sealed record PartnerRowShown
{
    /// <summary>Number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Version.</summary>
    public int Version { get; init; }

    /// <summary>Code.</summary>
    public string? Code { get; init; }

    /// <summary>Name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Name in Latin letters.</summary>
    public string? NameLatin { get; init; }

    /// <summary>Type.</summary>
    public string PartnerType { get; init; } = "";

    /// <summary>Level.</summary>
    public string PartnerLevel { get; init; } = "";

    /// <summary>Status.</summary>
    public string Status { get; init; } = "";

    /// <summary>Country.</summary>
    public string CountryCode { get; init; } = "";

    /// <summary>State.</summary>
    public string? State { get; init; }

    /// <summary>City.</summary>
    public string? City { get; init; }

    /// <summary>Postal code.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Address.</summary>
    public string? Address { get; init; }

    /// <summary>Telephone.</summary>
    public string? Phone { get; init; }

    /// <summary>Currency.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Sales in a year.</summary>
    public decimal? AnnualSales { get; init; }

    /// <summary>People employed.</summary>
    public int? Employees { get; init; }

    /// <summary>Territory.</summary>
    public string? TerritoryName { get; init; }

    /// <summary>Territory in Chinese.</summary>
    public string? TerritoryNameZh { get; init; }

    /// <summary>The number of the company it buys from.</summary>
    public string? UpstreamNumber { get; init; }

    /// <summary>The company it buys from.</summary>
    public string? UpstreamName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? UpstreamNameLatin { get; init; }
}
