using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Catalog;

/// <summary>The statements about products and their lines.</summary>
public sealed class ProductStore(Db db, TimeProvider clock)
{
    /// <summary>The unique constraint on SKUs.</summary>
    public const string SkuIsUnique = "product_sku_key";

    /// <summary>What may be asked of the list.</summary>
    public static ListShape Shape { get; } = new("products", "sku", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "p.sku",
        ["name"] = "p.name",
        ["line"] = "l.code",
        ["category"] = "p.category",
        ["status"] = "p.status",
    }, Tie: "p.product_id", Filters: ["line", "status"]);

    /// <summary>One page.</summary>
    public Task<ListPage<Product>> PageAsync(ListQuery query, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var asked = new { words = query.Words, line = query["line"], status = query["status"], offset = query.Offset, limit = query.Limit };
        var total = await db.OneAsync<long>($"select count(*) {From} {Where}", asked, ct);
        var rows = await db.ListAsync<Product>($"{Select} {From} {Where} order by {query.OrderBy} offset @offset limit @limit", asked, ct);
        return new ListPage<Product>(rows, total);
    }, ct);

    /// <summary>All that the words and filters leave, one by one, for an export.</summary>
    public IAsyncEnumerable<Product> AllAsync(ListQuery query, CancellationToken ct) =>
        db.StreamAsync<Product>($"{Select} {From} {Where} order by {query.OrderBy}", new { words = query.Words, line = query["line"], status = query["status"] }, ct);

    /// <summary>The rows after a SKU, in the order of SKUs, for the API.</summary>
    public Task<List<Product>> AfterAsync(ListQuery query, string? afterSku, int take, CancellationToken ct) => db.ListAsync<Product>(
        $"{Select} {From} {Where} and (@afterSku::text is null or p.sku > @afterSku) order by p.sku limit @take",
        new { words = query.Words, line = query["line"], status = query["status"], afterSku, take }, ct);

    /// <summary>One product, or null.</summary>
    public Task<Product?> FindAsync(string sku, CancellationToken ct) => db.FindAsync<Product>($"{Select} {From} where p.sku = @sku", new { sku }, ct);

    /// <summary>What it costs the brand; null for everybody else.</summary>
    public Task<ProductCost?> CostAsync(long productId, CancellationToken ct) =>
        db.FindAsync<ProductCost>("select currency, unit_cost from product_cost where product_id = @productId", new { productId }, ct);

    /// <summary>True where there is such a product.</summary>
    public Task<bool> IsThereAsync(string sku, CancellationToken ct) => db.OneAsync<bool>("select exists (select from product where sku = @sku)", new { sku }, ct);

    /// <summary>The lines, each with how many products it has.</summary>
    public Task<List<ProductLine>> LinesAsync(CancellationToken ct) => db.ListAsync<ProductLine>("""
        select l.code, l.name, l.name_zh, (select count(*) from product p where p.product_line_id = l.product_line_id) as products
        from product_line l
        order by l.code
        """, null, ct);

    /// <summary>Adds or renames a line; answers whether it is new.</summary>
    public Task<bool> KeepLineAsync(string code, string name, string nameZh, CancellationToken ct) => db.OneAsync<bool>("""
        insert into product_line (code, name, name_zh)
        values (@code, @name, @nameZh)
        on conflict (code) do update set name = excluded.name, name_zh = excluded.name_zh
        returning xmax = 0
        """, new { code, name, nameZh }, ct);

    /// <summary>Adds a product; null when the line is not there.</summary>
    public Task<long?> InsertAsync(ProductFacts facts, CancellationToken ct) => db.FindAsync<long?>("""
        insert into product (sku, name, name_zh, product_line_id, category, category_zh, colour, colour_zh, size, weight, unit, status, gtin, pack_size, min_quantity, order_multiple, lead_days, successor_id, tracking, tracked_since, kept_in_stock, created_at)
        select @Sku, @Name, @NameZh, l.product_line_id, @Category, @CategoryZh, @Colour, @ColourZh, @Size, @Weight, @Unit, @Status, @Gtin, @PackSize, @MinQuantity, @OrderMultiple, @LeadDays,
               (select s.product_id from product s where s.sku = @Successor), coalesce(@Tracking, 'none'), case when coalesce(@Tracking, 'none') <> 'none' then @now end, coalesce(@KeptInStock, true), @now
        from product_line l
        where l.code = @Line
        returning product_id
        """, Parameters(facts), ct);

    /// <summary>Changes a product; null when the line is not there or somebody else changed it meanwhile.</summary>
    public Task<int?> UpdateAsync(string sku, int version, ProductFacts facts, CancellationToken ct) => db.FindAsync<int?>("""
        update product p
        set name = @Name, name_zh = @NameZh, product_line_id = l.product_line_id, category = @Category, category_zh = @CategoryZh, colour = @Colour, colour_zh = @ColourZh, size = @Size, weight = @Weight, unit = @Unit, status = @Status,
            gtin = @Gtin, pack_size = @PackSize, min_quantity = @MinQuantity, order_multiple = @OrderMultiple, lead_days = @LeadDays, successor_id = (select s.product_id from product s where s.sku = @Successor),
            tracking = coalesce(@Tracking, p.tracking), tracked_since = case coalesce(@Tracking, p.tracking) when 'none' then null when p.tracking then p.tracked_since else @now end,
            kept_in_stock = coalesce(@KeptInStock, p.kept_in_stock), version = p.version + 1
        from product_line l
        where p.sku = @key and p.version = @version and l.code = @Line
        returning p.version
        """, Parameters(facts, new { key = sku, version }), ct);

    /// <summary>How many pieces of a product are in stock or on their way, in how many places, and how they have been told apart so far: none, lot or serial.</summary>
    public Task<(long Pieces, long Places, string Kind)> InStockAsync(long productId, CancellationToken ct) => db.OneAsync<(long, long, string)>("""
        select coalesce(sum(b.on_hand + b.in_transit), 0)::bigint, count(*) filter (where b.on_hand + b.in_transit > 0),
               coalesce((select max(l.kind) from stock_lot l where l.product_id = @productId and l.kind <> 'unnamed'), 'none')
        from stock_balance b
        where b.product_id = @productId
        """, new { productId }, ct);

    /// <summary>Holds what is in stock of a product as not yet named, before it is marked as tracked in the same transaction.</summary>
    public Task HoldUnnamedAsync(long productId, string tracking, CancellationToken ct) =>
        db.ExecuteAsync("select stock_begin_tracking(@productId, @tracking, @now)", new { productId, tracking, now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>Keeps what a product costs the brand; without a cost, forgets it.</summary>
    public Task KeepCostAsync(long productId, decimal? cost, string? currency, CancellationToken ct) => cost is null
        ? db.ExecuteAsync("delete from product_cost where product_id = @productId", new { productId }, ct)
        : db.ExecuteAsync("""
            insert into product_cost (product_id, currency, unit_cost)
            values (@productId, @currency, @cost)
            on conflict (product_id) do update set currency = excluded.currency, unit_cost = excluded.unit_cost
            """, new { productId, currency, cost }, ct);

    Dapper.DynamicParameters Parameters(ProductFacts facts, object? more = null)
    {
        var all = new Dapper.DynamicParameters(facts);
        all.AddDynamicParams(new { now = clock.GetUtcNow().UtcDateTime });
        all.AddDynamicParams(more);
        return all;
    }

    const string Select = """
        select p.product_id, p.sku, p.name, p.name_zh, l.code as line, l.name as line_name, l.name_zh as line_name_zh, p.category, p.category_zh, p.colour, p.colour_zh, p.size, p.weight, p.unit, p.status, p.version,
               p.gtin, p.pack_size, p.min_quantity, p.order_multiple, p.lead_days, p.tracking, p.kept_in_stock, next.sku as successor
        """;

    const string From = "from product p join product_line l on l.product_line_id = p.product_line_id left join product next on next.product_id = p.successor_id";

    const string Where = """
        where (@words::text is null or position(lower(@words) in p.search_text) > 0)
          and (@line::text is null or l.code = @line)
          and (@status::text is null or p.status = @status)
        """;
}

/// <summary>A product.</summary>
public sealed record Product
{
    /// <summary>The key; never leaves the server.</summary>
    public long ProductId { get; init; }

    /// <summary>What it is known by.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>Its line's code.</summary>
    public string Line { get; init; } = "";

    /// <summary>Its line.</summary>
    public string LineName { get; init; } = "";

    /// <summary>Its line in Chinese.</summary>
    public string LineNameZh { get; init; } = "";

    /// <summary>Its category within the line.</summary>
    public string? Category { get; init; }

    /// <summary>The category in Chinese.</summary>
    public string? CategoryZh { get; init; }

    /// <summary>Colour.</summary>
    public string? Colour { get; init; }

    /// <summary>The colour in Chinese.</summary>
    public string? ColourZh { get; init; }

    /// <summary>Size.</summary>
    public string? Size { get; init; }

    /// <summary>Weight.</summary>
    public decimal? Weight { get; init; }

    /// <summary>What one of it is.</summary>
    public string Unit { get; init; } = "";

    /// <summary>active or discontinued.</summary>
    public string Status { get; init; } = "";

    /// <summary>The number under the bar code.</summary>
    public string? Gtin { get; init; }

    /// <summary>How many are in a pack.</summary>
    public int? PackSize { get; init; }

    /// <summary>The least quantity of an order line, where the seller says nothing else.</summary>
    public int MinQuantity { get; init; } = 1;

    /// <summary>Order lines are multiples of this, where the seller says nothing else.</summary>
    public int OrderMultiple { get; init; } = 1;

    /// <summary>How many days it usually takes until it is sent.</summary>
    public int? LeadDays { get; init; }

    /// <summary>How its pieces are told apart in stock: none, lot or serial.</summary>
    public string Tracking { get; init; } = "none";

    /// <summary>False for services and what is sold by the term.</summary>
    public bool KeptInStock { get; init; } = true;

    /// <summary>The SKU of what takes its place.</summary>
    public string? Successor { get; init; }

    /// <summary>Counts its changes.</summary>
    public int Version { get; init; }

    /// <summary>The facts as a form or a program edits them.</summary>
    public ProductFacts Facts(ProductCost? cost) => new()
    {
        Sku = Sku, Name = Name, NameZh = NameZh, Line = Line, Category = Category, CategoryZh = CategoryZh, Colour = Colour, ColourZh = ColourZh, Size = Size, Weight = Weight, Unit = Unit, Status = Status,
        Gtin = Gtin, PackSize = PackSize, MinQuantity = MinQuantity, OrderMultiple = OrderMultiple, LeadDays = LeadDays, Tracking = Tracking, KeptInStock = KeptInStock, Successor = Successor, Cost = cost?.UnitCost, CostCurrency = cost?.Currency,
    };
}

/// <summary>What a product costs the brand.</summary>
public sealed record ProductCost(string Currency, decimal UnitCost);

/// <summary>A line of products.</summary>
public sealed record ProductLine(string Code, string Name, string NameZh, long Products);
