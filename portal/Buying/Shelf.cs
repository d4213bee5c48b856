using System.Globalization;
using System.Text;
using Dapper;
using Platform.Database;

namespace Portal.Buying;

/// <summary>Reads the catalog as a buyer sees it: what its seller sells to it, found by words, line, category, colour, by what was ordered before and by what was marked.</summary>
public sealed class Shelf(Db db, TimeProvider clock)
{
    /// <summary>How many products a page shows.</summary>
    public const int PageSize = 24;

    // Products that a rule keeps from the buyer are few or, with a list of what is sold, many; either way they are worked out once. "Not in" is hashed whatever the planner expects; "not exists" became loops of 15 s.
    const string Kept = """
        with kept as materialized (
            select v.product_id
            from partner me
            cross join lateral sellable_verdicts(array[me.partner_id], me.upstream_id, brand_day(@now), null) v
            where me.partner_id = app_partner_id() and me.upstream_id is not null and not v.sellable)
        """;

    const string Narrowed = """
        from product p
        join product_line l on l.product_line_id = p.product_line_id
        where p.status = 'active'
          and p.product_id not in (select k.product_id from kept k)
          and case @only
                when 'favourites' then exists (select from favourite_product f where f.person_id = app_person_id() and f.product_id = p.product_id)
                when 'ordered' then exists (select from purchase_order_line x join purchase_order o on o.purchase_order_id = x.purchase_order_id
                                            where x.product_id = p.product_id and x.buyer_id = app_partner_id() and o.status not in ('draft', 'pending_approval', 'cancelled', 'rejected'))
                else true end
        """;

    const string Chosen = """
          and (@line::text is null or l.code = @line)
          and (@category::text is null or p.category = @category)
          and (@colour::text is null or p.colour = @colour)
        """;

    // What is exactly what was typed comes first, then what begins like it.
    const string Rank = "case when lower(p.sku) = @typed or p.gtin = @typed then 0 when lower(p.sku) like @beginning then 1 else 2 end";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>A page of products in the order of their SKU, one more than it shows where there is another page; with words the best finds first.</summary>
    public Task<List<ShelfProduct>> PageAsync(ShelfQuery query, int take, CancellationToken ct)
    {
        // Without words the order is that of the index, and reading stops with the page.
        var (rank, order) = query.Words is null ? ("2", "p.sku") : (Rank, $"{Rank}, p.sku");
        var after = query.Words is null ? "p.sku > @afterSku" : $"({Rank}, p.sku) > (@afterRank, @afterSku)";
        return db.ListAsync<ShelfProduct>($"""
            {Kept}
            select p.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, p.category, coalesce(p.category_zh, p.category) as category_zh, p.colour, coalesce(p.colour_zh, p.colour) as colour_zh, p.size, l.name as line_name, l.name_zh as line_name_zh, {rank} as rank,
                   exists (select from favourite_product f where f.person_id = app_person_id() and f.product_id = p.product_id) as is_favourite
            {Narrowed}
            {Words(query)}
            {Chosen}
              and (@afterSku::text is null or {after})
            order by {order}
            limit @take
            """, Arguments(query, take), ct);
    }

    /// <summary>One product as the buyer sees it; null where there is none, also where its seller does not sell it to it.</summary>
    public Task<ShelfProduct?> FindAsync(string sku, CancellationToken ct) => db.FindAsync<ShelfProduct>("""
        select p.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, p.category, coalesce(p.category_zh, p.category) as category_zh, p.colour, coalesce(p.colour_zh, p.colour) as colour_zh, p.size, l.name as line_name, l.name_zh as line_name_zh, 0 as rank,
               exists (select from favourite_product f where f.person_id = app_person_id() and f.product_id = p.product_id) as is_favourite
        from product p
        join product_line l on l.product_line_id = p.product_line_id
        where p.sku = @sku
          and not exists (
            select from partner me
            cross join lateral sellable_verdicts(array[me.partner_id], me.upstream_id, brand_day(@now), array[p.product_id]) v
            where me.partner_id = app_partner_id() and me.upstream_id is not null and not v.sellable)
        """, new { sku, now = Now }, ct);

    /// <summary>How many products there are in all, and by line, category and colour: each counted as if it alone were not chosen.</summary>
    public async Task<Facets> FacetsAsync(ShelfQuery query, CancellationToken ct)
    {
        var rows = await db.ListAsync<Facet>($"""
            {Kept},
            base as materialized (
                select l.code as line, p.category, p.category_zh, p.colour, p.colour_zh, l.name, l.name_zh
                {Narrowed}
                {Words(query)}),
            counted as (
                select 'line' as kind, line as value, min(name) as name, min(name_zh) as name_zh, count(*) as products from base
                where (@category::text is null or category = @category) and (@colour::text is null or colour = @colour) group by line
                union all
                select 'category', category, category, coalesce(min(category_zh), category), count(*) from base
                where category is not null and (@line::text is null or line = @line) and (@colour::text is null or colour = @colour) group by category
                union all
                select 'colour', colour, colour, coalesce(min(colour_zh), colour), count(*) from base
                where colour is not null and (@line::text is null or line = @line) and (@category::text is null or category = @category) group by colour
                union all
                select 'all', '', '', '', count(*) from base
                where (@line::text is null or line = @line) and (@category::text is null or category = @category) and (@colour::text is null or colour = @colour))
            select kind, value, name, name_zh, products
            from (select c.*, row_number() over (partition by kind order by products desc, value) as place from counted c) c
            where place <= 40
            order by kind, products desc, value
            """, Arguments(query, 0), ct);
        return new(rows.Where(row => row.Kind is "all").Sum(row => row.Products), [.. rows.Where(row => row.Kind is not "all")]);
    }

    /// <summary>When the company bought products last, and how many.</summary>
    public async Task<IReadOnlyDictionary<long, LastBought>> LastBoughtAsync(IReadOnlyCollection<long> products, CancellationToken ct) => (await db.ListAsync<LastBought>("""
        select wanted.product_id, last.ordered_on, last.quantity, last.number
        from unnest(@products) as wanted (product_id)
        cross join lateral (
            select o.ordered_on, l.quantity, o.number
            from purchase_order_line l
            join purchase_order o on o.purchase_order_id = l.purchase_order_id
            where l.product_id = wanted.product_id and l.buyer_id = app_partner_id() and o.status not in ('draft', 'pending_approval', 'cancelled', 'rejected')
            order by o.ordered_on desc, o.purchase_order_id desc
            limit 1) last
        """, new { products = products.ToArray() }, ct)).ToDictionary(last => last.ProductId);

    /// <summary>The last ten orders of a product by the company.</summary>
    public Task<List<LastBought>> OrdersOfAsync(long productId, CancellationToken ct) => db.ListAsync<LastBought>("""
        select l.product_id, o.ordered_on, l.quantity, o.number
        from purchase_order_line l
        join purchase_order o on o.purchase_order_id = l.purchase_order_id
        where l.product_id = @productId and l.buyer_id = app_partner_id() and o.status not in ('draft', 'pending_approval', 'cancelled', 'rejected')
        order by o.ordered_on desc, o.purchase_order_id desc
        limit 10
        """, new { productId }, ct);

    /// <summary>Who sells to the company at work, and in which currency; null for somebody who buys from nobody.</summary>
    public Task<BuyingFrom?> SellerAsync(CancellationToken ct) => db.FindAsync<BuyingFrom>("""
        select b.partner_id as buyer_id, s.partner_id as seller_id, s.name as seller_name, s.name_latin as seller_name_latin, b.currency, brand_day(@now) as today
        from partner b
        join partner s on s.partner_id = b.upstream_id
        where b.partner_id = app_partner_id()
        """, new { now = Now }, ct);

    // A condition a word, so that the index can answer each.
    static string Words(ShelfQuery query) => string.Concat(Patterns(query).Select((_, word) => string.Create(CultureInfo.InvariantCulture, $" and p.search_text like @word{word}")));

    static List<string> Patterns(ShelfQuery query) => [.. (query.Words ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(8).Select(word => LikePattern.Within(word)!)];

    DynamicParameters Arguments(ShelfQuery query, int take)
    {
        var arguments = new DynamicParameters(new
        {
            now = Now, query.Line, query.Category, query.Colour, query.Only, take, query.AfterSku, query.AfterRank,
            typed = query.Words,
            beginning = query.Words is null ? null : LikePattern.Beginning(query.Words),
        });
        foreach (var (pattern, word) in Patterns(query).Select((pattern, word) => (pattern, word)))
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"word{word}"), pattern);
        }

        return arguments;
    }
}

/// <summary>What a buyer asks of the catalog.</summary>
/// <param name="Words">What is looked for, in small letters and of normal width; all words must be found.</param>
/// <param name="Line">The code of a line.</param>
/// <param name="Category">A category.</param>
/// <param name="Colour">A colour.</param>
/// <param name="Only"><c>favourites</c>, <c>ordered</c> or all.</param>
/// <param name="AfterRank">Where the page before ended.</param>
/// <param name="AfterSku">Where the page before ended.</param>
public sealed record ShelfQuery(string? Words, string? Line, string? Category, string? Colour, string? Only, int? AfterRank = null, string? AfterSku = null)
{
    /// <summary>As typed in the address.</summary>
    public static ShelfQuery Of(string? q, string? line, string? category, string? colour, string? only) =>
        new(Text(q)?.Normalize(NormalizationForm.FormKC).ToLowerInvariant(), Text(line), Text(category), Text(colour), only is "favourites" or "ordered" ? only : null);

    /// <summary>True where something narrows it.</summary>
    public bool IsNarrowed => (Words ?? Line ?? Category ?? Colour ?? Only) is not null;

    static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim() is { Length: > 100 } text ? text[..100] : typed.Trim();
}

/// <summary>A product on the shelf.</summary>
public sealed record ShelfProduct
{
    /// <summary>The key; never leaves the server.</summary>
    public long ProductId { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its Chinese name, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>What one is.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Its category.</summary>
    public string? Category { get; init; }

    /// <summary>The category in Chinese, or the other.</summary>
    public string? CategoryZh { get; init; }

    /// <summary>Its colour.</summary>
    public string? Colour { get; init; }

    /// <summary>The colour in Chinese, or the other.</summary>
    public string? ColourZh { get; init; }

    /// <summary>Its size.</summary>
    public string? Size { get; init; }

    /// <summary>Its line.</summary>
    public string LineName { get; init; } = "";

    /// <summary>Its line in Chinese.</summary>
    public string LineNameZh { get; init; } = "";

    /// <summary>How well it fits what was typed; for the page that follows.</summary>
    public int Rank { get; init; }

    /// <summary>The person at work has marked it.</summary>
    public bool IsFavourite { get; init; }
}

/// <summary>How many products a choice would leave.</summary>
public sealed record Facet(string Kind, string Value, string Name, string NameZh, long Products);

/// <summary>How many products there are.</summary>
/// <param name="Total">With all that is chosen.</param>
/// <param name="Choices">By line, category and colour, the largest first.</param>
public sealed record Facets(long Total, IReadOnlyList<Facet> Choices)
{
    /// <summary>The choices of one kind.</summary>
    public IEnumerable<Facet> Of(string kind) => Choices.Where(choice => choice.Kind == kind);
}

/// <summary>When a product was bought last.</summary>
public sealed record LastBought(long ProductId, DateOnly OrderedOn, int Quantity, string Number);

/// <summary>Who sells to the company at work.</summary>
public sealed record BuyingFrom(long BuyerId, long SellerId, string SellerName, string? SellerNameLatin, string Currency, DateOnly Today);
