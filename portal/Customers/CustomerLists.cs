using Platform.Database;
using Portal.Matching;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Customers;

/// <summary>The lists of customers.</summary>
public sealed class CustomerLists(Db db, ICurrentPerson me)
{
    /// <summary>What may be asked of the list.</summary>
    public static readonly ListShape Shape = new("customers", "name", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["name"] = "c.name", ["number"] = "c.number", ["city"] = "c.city", ["partner"] = "p.name", ["updated"] = "c.updated_at",
    }, Tie: "c.end_customer_id", Filters: ["country", "partner", "direct"]);

    const string Where = """
        where (@country::text is null or c.country_code = upper(@country))
          and (@partner::text is null or c.partner_id = (select partner_id from partner where number = @partner))
          and (@direct::boolean is null or c.direct_account = @direct)
          and (@words::text is null or c.end_customer_id in (select customers_like(@pattern, @stem, 5000)))
        """;

    const string Select = """
        select c.end_customer_id, c.number, c.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, c.customer_cluster_id, c.name, c.other_names, c.other_name_kinds, c.former_names, c.country_code,
               c.state, c.city, c.postal_code, c.address, c.credit_code, c.vat_number, c.duns, c.domain, c.phone, c.direct_account, c.created_at, c.updated_at, c.version
        from end_customer c join partner p using (partner_id)
        """;

    // The policy says "one's own, or all for the brand", and no index serves an "or": a partner's statement names its own besides.
    string Own => me is { IsKnown: true, IsBrand: false } ? "and c.partner_id = app_partner_id()" : "";

    /// <summary>One page of the customers the caller may see.</summary>
    public async Task<ListPage<Customer>> PageAsync(ListQuery query, CancellationToken ct) => await db.InTransactionAsync(async () =>
    {
        var args = Arguments(query);
        var rows = await db.ListAsync<Customer>($"{Select} {Where} {Own} order by {query.OrderBy} offset @Offset limit @Limit", args, ct);
        var total = rows.Count < query.Limit && query.Offset == 0 ? rows.Count : await db.OneAsync<long>($"select count(*) from end_customer c {Where} {Own}", args, ct);
        return new ListPage<Customer>(rows, total);
    }, ct);

    /// <summary>All rows of the list, for a file.</summary>
    public IAsyncEnumerable<Customer> StreamAsync(ListQuery query, CancellationToken ct) =>
        db.StreamAsync<Customer>($"{Select} {Where} {Own} order by {query.OrderBy}", Arguments(query), ct);

    /// <summary>Customers in the order in which they changed, for programs: the next so many after a place in that order.</summary>
    public Task<List<Customer>> AfterAsync(string? words, (DateTime UpdatedAt, string Number)? after, int limit, CancellationToken ct) => db.ListAsync<Customer>($"""
        {Select}
        where (@words::text is null or c.end_customer_id in (select customers_like(@pattern, @stem, 5000)))
          and (@updatedAt::timestamptz is null or (c.updated_at, c.number) > (@updatedAt, @number)) {Own}
        order by c.updated_at, c.number
        limit @limit
        """, new { words = Words(words), pattern = Pattern(words), stem = Stem(words), updatedAt = after?.UpdatedAt, number = after?.Number, limit }, ct);

    /// <summary>Own customers whose name has these words, for a form that is being filled in.</summary>
    public Task<List<NamedCustomer>> SuggestAsync(string words, int limit, CancellationToken ct) => db.ListAsync<NamedCustomer>("""
        select c.number, c.name, c.city
        from end_customer c
        where c.partner_id = app_partner_id() and c.end_customer_id in (select customers_like(@pattern, @stem, 200))
        order by c.name
        limit @limit
        """, new { pattern = Pattern(words), stem = Stem(words), limit }, ct);

    /// <summary>Customers the caller may see whose name or number has these words, for the search box.</summary>
    public Task<List<NamedCustomer>> FindAsync(string words, int limit, CancellationToken ct) => db.ListAsync<NamedCustomer>("""
        select c.number, c.name, c.city
        from customers_like(@pattern, @stem, @limit) as found (end_customer_id) join end_customer c using (end_customer_id)
        order by c.name
        """, new { pattern = Pattern(words), stem = Stem(words), limit }, ct);

    /// <summary>Words as they stand in a LIKE pattern.</summary>
    public static string Pattern(string? words) => LikePattern.Of(Words(words));

    /// <summary>Words as the matcher writes a name.</summary>
    public static string Stem(string? words) => Words(words) is { } said ? CompanyName.Parse(said).Whole : "";

    static string? Words(string? words) => string.IsNullOrWhiteSpace(words) ? null : words.Trim();

    static object Arguments(ListQuery query) => new
    {
        country = query["country"], partner = query["partner"], direct = query["direct"] is "yes" ? true : (bool?)null,
        words = query.Words, pattern = Pattern(query.Words), stem = Stem(query.Words), query.Offset, query.Limit,
    };
}

/// <summary>A customer by name.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="City">Its city.</param>
public sealed record NamedCustomer(string Number, string Name, string? City);
