using Platform.Database;
using Portal.Customers;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Deals;

/// <summary>The list of all deals that the caller may see; what waits for reviewers stands in <see cref="ReviewLists"/>.</summary>
public sealed class DealLists(Db db, ICurrentPerson me)
{
    /// <summary>What may be asked of the list of deals.</summary>
    public static readonly ListShape Deals = new("deals", "-updated", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "d.number", ["customer"] = "c.name", ["partner"] = "p.name", ["status"] = "d.status", ["amount"] = "d.amount", ["close"] = "d.expected_close",
        ["submitted"] = "d.submitted_at", ["protected"] = "d.protected_until", ["updated"] = "d.updated_at",
    }, Tie: "d.deal_id desc", Filters: ["status", "line", "territory", "partner", "ending", "extension", "amendment", "outcome", "stale"]);

    // Names that are in the way of a plan are joined in after the page is cut.
    const string Columns = """
        d.deal_id, d.number, d.partner_id, c.name as customer_name, c.number as customer_number, p.name as partner_name, p.name_latin as partner_name_latin, d.status, d.amount, d.currency,
        t.name as territory_name, t.name_zh as territory_name_zh, d.expected_close, d.submitted_at, d.protected_until, d.updated_at
        """;

    const string From = """
        from deal d join end_customer c using (end_customer_id) join partner p on p.partner_id = d.partner_id join territory t on t.territory_id = d.territory_id
        """;

    // Only what was asked stands in the statement. With "@status is null or ..." for each filter the database planned it anew at every call,
    // which took four times as long as reading the page.
    static string Where(ListQuery query) => string.Concat(
        "where true",
        query["status"] is null ? "" : " and d.status = @status",
        query["line"] is null ? "" : " and exists (select from deal_product_line l join product_line n using (product_line_id) where l.deal_id = d.deal_id and n.code = @line and l.lost_at is null)",
        query["territory"] is null ? "" : " and d.territory_id = (select territory_id from territory where code = @territory)",
        query["partner"] is null ? "" : " and d.partner_id = (select partner_id from partner where number = @partner)",
        Ending(query) is null ? "" : " and d.status in ('approved', 'converted') and d.protected_until > @now and d.protected_until <= @now + make_interval(days => @ending)",
        query["extension"] is "waiting" ? " and exists (select from deal_extension x where x.deal_id = d.deal_id and x.granted is null)" : "",
        query["amendment"] is "waiting" ? " and exists (select from deal_amendment x where x.deal_id = d.deal_id and x.granted is null)" : "",
        query["outcome"] is "waiting" ? " and exists (select from deal_outcome_review x where x.deal_id = d.deal_id and x.confirmed is null)" : "",
        query["stale"] is "warned" ? " and d.status in ('approved', 'converted') and d.stale_warned_at is not null" : "",
        query.Words is null ? "" : " and (d.number = upper(@words) or d.end_customer_id in (select customers_like(@pattern, @stem, 5000)))");

    // Page lengths are a fixed few; the first page of each is a statement without values, whose plan is kept.
    static string Cut(ListQuery query) => query.Offset == 0
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"limit {query.Limit}")
        : "offset @Offset limit @Limit";

    static int? Ending(ListQuery query) =>
        int.TryParse(query["ending"], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var days) ? Math.Min(days, 3650) : null;

    // The policy says "one's own, or all for the brand", and no index serves an "or": a partner's statement names its own besides.
    string Own => me is { IsKnown: true, IsBrand: false } ? "and d.partner_id = app_partner_id()" : "";

    /// <summary>One page of the deals the caller may see.</summary>
    public Task<ListPage<DealRow>> PageAsync(ListQuery query, DateTime now, CancellationToken ct) => db.PageAsync<DealRow>($"""
        with page as (select {Columns} {From} {Where(query)} {Own} order by {query.OrderBy} {Cut(query)})
        select page.*, lines.names as line_names, lines.names_zh as line_names_zh
        from page
        cross join lateral (
            select array_agg(n.name order by n.code) as names, array_agg(n.name_zh order by n.code) as names_zh
            from deal_product_line l join product_line n using (product_line_id) where l.deal_id = page.deal_id and l.lost_at is null
        ) lines
        """, $"select count(*) from deal d {Where(query)} {Own}", Arguments(query, now), ct);

    /// <summary>All rows of the list, for a file.</summary>
    public IAsyncEnumerable<DealRow> StreamAsync(ListQuery query, DateTime now, CancellationToken ct) => db.StreamAsync<DealRow>($"""
        select {Columns}, lines.names as line_names, lines.names_zh as line_names_zh
        {From}
        cross join lateral (
            select array_agg(n.name order by n.code) as names, array_agg(n.name_zh order by n.code) as names_zh
            from deal_product_line l join product_line n using (product_line_id) where l.deal_id = d.deal_id and l.lost_at is null
        ) lines
        {Where(query)} {Own}
        order by {query.OrderBy}
        """, Arguments(query, now), ct);

    /// <summary>Deals in the order in which they changed, for programs: the next so many after a place in that order.</summary>
    /// <param name="status">Only deals in that state.</param>
    /// <param name="customer">Only deals about that customer, by its number.</param>
    /// <param name="after">The place of the last one that was read: when it changed, and its number.</param>
    /// <param name="limit">How many.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<Deal>> AfterAsync(string? status, string? customer, (DateTime UpdatedAt, string Number)? after, int limit, CancellationToken ct) => db.ListAsync<Deal>($"""
        with page as (
            select d.* from deal d
            where (@status::text is null or d.status = @status)
              and (@customer::text is null or d.end_customer_id = (select c.end_customer_id from end_customer c where c.number = @customer))
              and (@updatedAt::timestamptz is null or (d.updated_at, d.number) > (@updatedAt, @number)) {Own}
            order by d.updated_at, d.number
            limit @limit
        )
        select d.*, p.number as partner_number, p.name as partner_name, p.partner_level, c.number as customer_number, c.name as customer_name, c.customer_cluster_id,
               t.code as territory, t.name as territory_name, t.name_zh as territory_name_zh,
               {DealStore.LineColumns}, {DealStore.IsDisputed}, brand_day(d.protected_until - interval '1 microsecond') as last_protected_day
        from page d
        join partner p using (partner_id) join end_customer c using (end_customer_id) join territory t on t.territory_id = d.territory_id
        {DealStore.Lines}
        order by d.updated_at, d.number
        """, new { status, customer, updatedAt = after?.UpdatedAt, number = after?.Number, limit }, ct);

    static object Arguments(ListQuery query, DateTime now) => new
    {
        status = query["status"],
        line = query["line"],
        territory = query["territory"],
        partner = query["partner"],
        ending = Ending(query),
        words = query.Words,
        pattern = CustomerLists.Pattern(query.Words),
        stem = CustomerLists.Stem(query.Words),
        now,
        query.Offset,
        query.Limit,
    };
}

/// <summary>A deal in the list.</summary>
public class DealRow
{
    /// <summary>The number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The customer's name.</summary>
    public string CustomerName { get; init; } = "";

    /// <summary>The customer's number.</summary>
    public string CustomerNumber { get; init; } = "";

    /// <summary>The partner that registered it.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>Its name in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>The state.</summary>
    public string Status { get; init; } = "";

    /// <summary>The amount.</summary>
    public decimal Amount { get; init; }

    /// <summary>The currency.</summary>
    public string Currency { get; init; } = "";

    /// <summary>The product lines in English.</summary>
    public string[] LineNames { get; init; } = [];

    /// <summary>The product lines in Chinese.</summary>
    public string[] LineNamesZh { get; init; } = [];

    /// <summary>The territory in English.</summary>
    public string TerritoryName { get; init; } = "";

    /// <summary>The territory in Chinese.</summary>
    public string TerritoryNameZh { get; init; } = "";

    /// <summary>The expected close.</summary>
    public DateOnly ExpectedClose { get; init; }

    /// <summary>When it was submitted.</summary>
    public DateTime? SubmittedAt { get; init; }

    /// <summary>When its protection ends.</summary>
    public DateTime? ProtectedUntil { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTime UpdatedAt { get; init; }
}
