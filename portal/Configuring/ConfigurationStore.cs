using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Configuring;

/// <summary>Every statement about configurations, and the rows they return.</summary>
public sealed class ConfigurationStore(Db db, TimeProvider clock)
{
    /// <summary>How the list may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("configurations", "-made", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "c.number", ["name"] = "v.name", ["made"] = "c.created_at",
    }, Tie: "c.configuration_id", Filters: ["bundle"]);

    const string Listed = """
        from configuration c
        join bundle_version v on v.bundle_version_id = c.bundle_version_id
        join bundle b on b.bundle_id = v.bundle_id
        join partner p on p.partner_id = c.partner_id
        left join person s on s.person_id = c.created_by
        where (@words::text is null or c.number ilike @beginning or v.name ilike @within or v.name_zh ilike @within or p.name ilike @within) and (@bundle::text is null or b.code = @bundle)
        """;

    const string Row = """
        select c.configuration_id, c.number, b.code, v.version, v.name, v.name_zh, c.units, c.seats, c.created_at, s.name as made_by, p.name as partner, p.name_latin as partner_latin
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One page of the list.</summary>
    public Task<ListPage<ConfigurationRow>> PageAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () => new ListPage<ConfigurationRow>(
        await db.ListAsync<ConfigurationRow>($"{Row} {Listed} order by {query.OrderBy} offset @Offset limit @Limit", Asked(query), ct), await db.OneAsync<long>($"select count(*) {Listed}", Asked(query), ct)), ct);

    /// <summary>All of them, for a file.</summary>
    public IAsyncEnumerable<ConfigurationRow> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<ConfigurationRow>($"{Row} {Listed} order by {query.OrderBy}", Asked(query), ct);

    /// <summary>Configurations before one, the newest first, for programs.</summary>
    public Task<List<ConfigurationRow>> BeforeAsync(long? before, int take, CancellationToken ct) => db.ListAsync<ConfigurationRow>($"""
        {Row} {Listed} and (@before::bigint is null or c.configuration_id < @before) order by c.configuration_id desc limit @take
        """, new { words = (string?)null, beginning = (string?)null, within = (string?)null, bundle = (string?)null, before, take }, ct);

    static object Asked(ListQuery query) => new
    {
        words = query.Words, beginning = LikePattern.Beginning(query.Words), within = LikePattern.Within(query.Words), bundle = query["bundle"], query.Offset, query.Limit,
    };

    /// <summary>One configuration with its lines and where they stand; null where there is none for the person at work.</summary>
    public Task<Configuration?> FindAsync(string number, CancellationToken ct) => db.TogetherAsync(async () =>
        await db.FindAsync<Configuration>("""
            select c.configuration_id, c.number, c.partner_id, c.bundle_version_id, b.code, v.version, v.name, v.name_zh, c.units, c.seats, c.created_at, s.name as made_by, p.name as partner, p.name_latin as partner_latin,
                   r.number as replaces, (select n.number from configuration n where n.replaces_id = c.configuration_id order by n.configuration_id desc limit 1) as replaced_by, coalesce(c.partner_id = app_partner_id(), false) as is_own
            from configuration c
            join bundle_version v on v.bundle_version_id = c.bundle_version_id
            join bundle b on b.bundle_id = v.bundle_id
            join partner p on p.partner_id = c.partner_id
            left join person s on s.person_id = c.created_by
            left join configuration r on r.configuration_id = c.replaces_id
            where c.number = @number
            """, new { number }, ct) is not { } found
            ? null
            : await db.ReadManyAsync("""
                select l.line_number, l.bundle_option_id is null as is_product, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, l.quantity, o.quantity_rule
                from configuration_line l
                join product p on p.product_id = l.product_id
                left join bundle_option o on o.bundle_option_id = l.bundle_option_id
                where l.configuration_id = @ConfigurationId order by l.line_number;
                select 'quote' as kind, q.number, q.status from quote q join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision
                where exists (select from quote_line x where x.configuration = @Number and x.quote_revision_id = r.quote_revision_id)
                union all
                select 'order', o.number, o.status from purchase_order o
                where exists (select from purchase_order_line x where x.configuration = @Number and x.purchase_order_id = o.purchase_order_id)
                order by kind desc, number
                """, new { found.ConfigurationId, found.Number }, async answers => found with { Lines = [.. await answers.ReadAsync<ConfigurationLine>()], Uses = [.. await answers.ReadAsync<ConfigurationUse>()] }, ct), ct);

    /// <summary>Writes a configuration with its lines.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="partnerId">Whose it is.</param>
    /// <param name="made">What was chosen.</param>
    /// <param name="replaces">The number of the own configuration that it takes the place of; null for none.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task InsertAsync(string number, long partnerId, Configured made, string? replaces, CancellationToken ct) => db.ExecuteAsync("""
        with made as (
            insert into configuration (number, partner_id, bundle_version_id, units, seats, replaces_id, created_by, created_at)
            values (@number, @partnerId, @BundleVersionId, @Units, @Seats, (select r.configuration_id from configuration r where r.number = @replaces and r.partner_id = @partnerId), app_person_id(), @Now)
            returning configuration_id)
        insert into configuration_line (configuration_id, partner_id, line_number, bundle_option_id, product_id, quantity)
        select made.configuration_id, @partnerId, l.line_number, l.bundle_option_id, l.product_id, l.quantity
        from made cross join unnest(@options, @products, @quantities) with ordinality as l (bundle_option_id, product_id, quantity, line_number)
        """, new
    {
        number, partnerId, made.Bundle.BundleVersionId, made.Units, made.Seats, replaces, Now,
        options = made.Lines.Select(line => line.Option?.BundleOptionId).ToArray(), products = made.Lines.Select(line => line.ProductId).ToArray(), quantities = made.Lines.Select(line => line.Quantity).ToArray(),
    }, ct);

    /// <summary>Who buys from whom at what currency, today; null for somebody without a company.</summary>
    public Task<ConfiguringFor?> ForAsync(CancellationToken ct) => db.FindAsync<ConfiguringFor>("""
        select b.partner_id, b.upstream_id, b.currency, brand_day(@Now) as today, s.name as upstream_name from partner b left join partner s on s.partner_id = b.upstream_id where b.partner_id = app_partner_id()
        """, new { Now }, ct);

    /// <summary>The own quotes that are drafts, the last touched first.</summary>
    public Task<List<DraftToPutInto>> QuoteDraftsAsync(CancellationToken ct) => db.ListAsync<DraftToPutInto>("""
        select q.number, c.name as label from quote q join end_customer c on c.end_customer_id = q.end_customer_id
        where q.partner_id = app_partner_id() and q.status = 'draft' order by q.updated_at desc limit 50
        """, null, ct);

    /// <summary>The own orders that are drafts, the newest first; those of quotes and of missing goods say what they are for and stay as they are.</summary>
    public Task<List<DraftToPutInto>> OrderDraftsAsync(CancellationToken ct) => db.ListAsync<DraftToPutInto>("""
        select o.number, coalesce(o.po_number, '') as label from purchase_order o
        where o.buyer_id = app_partner_id() and o.status = 'draft' and not o.drop_ships
          and not exists (select from order_of_quote x where x.purchase_order_id = o.purchase_order_id) and not exists (select from order_supply s where s.purchase_order_id = o.purchase_order_id)
        order by o.purchase_order_id desc limit 50
        """, null, ct);
}

/// <summary>A configuration in a list.</summary>
public sealed record ConfigurationRow(
    long ConfigurationId, string Number, string Code, int Version, string Name, string NameZh, int Units, int? Seats, DateTime CreatedAt, string? MadeBy, string Partner, string? PartnerLatin);

/// <summary>A configuration as it was made.</summary>
public sealed record Configuration
{
    /// <summary>The key; it never leaves the server.</summary>
    public long ConfigurationId { get; init; }

    /// <summary>Its number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public long PartnerId { get; init; }

    /// <summary>The key of the version it was made by.</summary>
    public long BundleVersionId { get; init; }

    /// <summary>The bundle.</summary>
    public string Code { get; init; } = "";

    /// <summary>The number of the version it was made by.</summary>
    public int Version { get; init; }

    /// <summary>The name of the bundle, as it was.</summary>
    public string Name { get; init; } = "";

    /// <summary>The same in Chinese.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>How many of the whole.</summary>
    public int Units { get; init; }

    /// <summary>For how many seats.</summary>
    public int? Seats { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>By whom.</summary>
    public string? MadeBy { get; init; }

    /// <summary>The company.</summary>
    public string Partner { get; init; } = "";

    /// <summary>The company in Latin letters.</summary>
    public string? PartnerLatin { get; init; }

    /// <summary>The configuration whose place it took.</summary>
    public string? Replaces { get; init; }

    /// <summary>The configuration that took its place.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>It is the company's at work.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Its lines.</summary>
    public IReadOnlyList<ConfigurationLine> Lines { get; init; } = [];

    /// <summary>The quotes and orders that its lines stand in.</summary>
    public IReadOnlyList<ConfigurationUse> Uses { get; init; } = [];

    /// <summary>What was chosen, to be held against a version: quantities that were typed are kept.</summary>
    public Wish Wish => new(Units, Seats, [.. Lines.Where(line => !line.IsProduct).Select(line => line.Sku)],
        Lines.Where(line => line.QuantityRule is "chosen").ToDictionary(line => line.Sku, decimal? (line) => line.Quantity, StringComparer.Ordinal));
}

/// <summary>A line of a configuration.</summary>
public sealed record ConfigurationLine(int LineNumber, bool IsProduct, string Sku, string Name, string NameZh, int Quantity, string? QuantityRule);

/// <summary>Where lines of a configuration stand.</summary>
/// <param name="Kind">quote or order.</param>
/// <param name="Number">Which.</param>
/// <param name="Status">Where that stands.</param>
public sealed record ConfigurationUse(string Kind, string Number, string Status);

/// <summary>Who configures.</summary>
public sealed record ConfiguringFor(long PartnerId, long? UpstreamId, string Currency, DateOnly Today, string? UpstreamName);

/// <summary>A draft that a configuration can be put into.</summary>
public sealed record DraftToPutInto(string Number, string Label);
