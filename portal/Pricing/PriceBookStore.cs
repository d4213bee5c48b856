using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Pricing;

/// <summary>The statements about price books and what stands in them. A seller sees its own, the brand all.</summary>
public sealed class PriceBookStore(Db db, TimeProvider clock)
{
    /// <summary>What may be asked of the list of books.</summary>
    public static ListShape Shape { get; } = new("price_books", "code", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["code"] = "k.code",
        ["name"] = "k.name",
        ["seller"] = "s.name",
        ["currency"] = "k.currency",
        ["priority"] = "k.priority",
        ["from"] = "lower(k.valid)",
    }, Tie: "k.price_book_id", Filters: ["currency", "kind", "level"]);

    /// <summary>What may be asked of the prices in a book.</summary>
    public static ListShape EntryShape { get; } = new("prices", "sku", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "p.sku",
        ["name"] = "p.name",
        ["price"] = "e.unit_price",
        ["from"] = "lower(e.valid)",
    }, Tie: "e.price_book_entry_id", Filters: ["on", "history"]);

    /// <summary>One page of the books.</summary>
    public Task<ListPage<PriceBook>> PageAsync(ListQuery query, DateOnly today, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var asked = new { words = query.Words, currency = query["currency"], kind = query["kind"], level = query["level"], today, offset = query.Offset, limit = query.Limit };
        const string Where = """
            where (@words::text is null or position(lower(@words) in lower(concat_ws(' ', k.code, k.name, k.name_zh, buyer.name, s.name))) > 0)
              and (@currency::text is null or k.currency = @currency)
              and (@kind::text is null or k.kind = @kind)
              and (@level::text is null or k.partner_level = @level)
            """;
        var total = await db.OneAsync<long>($"select count(*) from price_book k join partner s on s.partner_id = k.seller_id left join partner buyer on buyer.partner_id = k.buyer_id {Where}", asked, ct);
        var rows = await db.ListAsync<PriceBook>($"{Select} {Where} order by {query.OrderBy} offset @offset limit @limit", asked, ct);
        return new ListPage<PriceBook>(rows, total);
    }, ct);

    /// <summary>A book of a seller, or null.</summary>
    public Task<PriceBook?> FindAsync(string sellerNumber, string code, DateOnly today, CancellationToken ct) =>
        db.FindAsync<PriceBook>($"{Select} where s.number = @sellerNumber and k.code = @code", new { sellerNumber, code, today }, ct);

    /// <summary>The prices of a book that hold on a day, or with <c>history</c> all it ever had.</summary>
    public Task<ListPage<PriceBookEntry>> EntriesAsync(long priceBookId, ListQuery query, DateOnly on, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var asked = new { priceBookId, words = query.Words, on, history = query["history"] is "yes", offset = query.Offset, limit = query.Limit };
        var total = await db.OneAsync<long>($"select count(*) {EntriesFrom}", asked, ct);
        var rows = await db.ListAsync<PriceBookEntry>($"{EntriesSelect} {EntriesFrom} order by {query.OrderBy} offset @offset limit @limit", asked, ct);
        return new ListPage<PriceBookEntry>(rows, total);
    }, ct);

    /// <summary>The same prices one by one, for an export.</summary>
    public IAsyncEnumerable<PriceBookEntry> AllEntriesAsync(long priceBookId, ListQuery query, DateOnly on, CancellationToken ct) => db.StreamAsync<PriceBookEntry>(
        $"{EntriesSelect} {EntriesFrom} order by {query.OrderBy}", new { priceBookId, words = query.Words, on, history = query["history"] is "yes" }, ct);

    /// <summary>The prices of a product on a day in the books the caller may see.</summary>
    public Task<List<ProductBook>> OfProductAsync(long productId, DateOnly on, CancellationToken ct) => db.ListAsync<ProductBook>("""
        select s.number as seller_number, s.name as seller_name, s.name_latin as seller_name_latin, k.code, k.name, k.name_zh, k.kind, k.currency, e.unit_price, lower(e.valid) as valid_from, upper(e.valid) - 1 as valid_until
        from price_book_entry e
        join price_book k on k.price_book_id = e.price_book_id and k.valid @> @on
        join partner s on s.partner_id = k.seller_id
        where e.product_id = @productId and e.valid @> @on
        order by k.kind, k.currency, e.unit_price desc
        limit 200
        """, new { productId, on }, ct);

    /// <summary>Adds a book of the own company, or the brand's where the product itself is at work; null when the buyer or the territory is not there.</summary>
    public Task<long?> InsertAsync(PriceBookFacts facts, CancellationToken ct) => db.FindAsync<long?>("""
        insert into price_book (seller_id, code, name, name_zh, kind, currency, audience, partner_level, tier, territory_id, buyer_id, valid, priority, created_at)
        select s.partner_id, @Code, @Name, @NameZh, @Kind, @Currency, @Audience, @PartnerLevel, @Tier, terr.territory_id, buyer.partner_id, daterange(@From, @Until, '[]'), @Priority, @now
        from partner s
        left join partner buyer on (buyer.number = @Buyer or buyer.code = @Buyer) and buyer.upstream_id = s.partner_id
        left join territory terr on terr.code = @Territory
        where s.partner_id = coalesce(app_partner_id(), (select partner_id from partner where partner_type = 'brand'))
          and (@Buyer::text is null or buyer.partner_id is not null)
          and (@Territory::text is null or terr.territory_id is not null)
        returning price_book_id
        """, new
    {
        facts.Code, facts.Name, facts.NameZh, facts.Kind, facts.Currency, facts.Audience, facts.PartnerLevel, facts.Tier, facts.Territory, facts.Buyer, facts.From, facts.Until, facts.Priority,
        now = clock.GetUtcNow().UtcDateTime,
    }, ct);

    /// <summary>Changes what may still change of a book: its names, its last day, its priority. Null when somebody else changed it meanwhile.</summary>
    public Task<int?> UpdateAsync(long priceBookId, int version, string name, string? nameZh, DateOnly? until, int priority, CancellationToken ct) => db.FindAsync<int?>("""
        update price_book
        set name = @name, name_zh = @nameZh, valid = daterange(lower(valid), @until, '[]'), priority = @priority, version = version + 1
        where price_book_id = @priceBookId and version = @version
        returning version
        """, new { priceBookId, version, name, nameZh, until, priority }, ct);

    /// <summary>Waits until nobody else changes the prices of a book.</summary>
    public Task HoldAsync(long priceBookId, CancellationToken ct) =>
        db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('price book ' || @priceBookId, 0))", new { priceBookId }, ct);

    /// <summary>
    /// Writes prices, up to the last day that there is as those without an end: what held on those days ends before them (or never holds, where it had not begun), and goes on after them where they end.
    /// A price that is so already stays. Answers how many were written.
    /// </summary>
    public async Task<int> SetAsync(long priceBookId, IReadOnlyCollection<ProductPrice> prices, CancellationToken ct)
    {
        var asked = new
        {
            priceBookId,
            products = prices.Select(price => price.ProductId).ToArray(),
            amounts = prices.Select(price => price.UnitPrice).ToArray(),
            froms = prices.Select(price => price.From).ToArray(),
            untils = prices.Select(price => price.Until is { } until && until < DateOnly.MaxValue ? until.AddDays(1) : (DateOnly?)null).ToArray(),
            now = clock.GetUtcNow().UtcDateTime,
        };
        const string Asked = "unnest(@products, @amounts, @froms, @untils) as a (product_id, unit_price, valid_from, valid_to)";
        var ended = await db.ListAsync<Ended>($"""
            update price_book_entry e
            set valid = case when lower_inf(e.valid) or lower(e.valid) < a.valid_from then daterange(lower(e.valid), a.valid_from) else 'empty' end
            from {Asked}
            join price_book_entry old on old.price_book_id = @priceBookId and old.product_id = a.product_id and old.valid && daterange(a.valid_from, a.valid_to)
            where e.price_book_entry_id = old.price_book_entry_id and not (old.unit_price = a.unit_price and old.valid @> daterange(a.valid_from, a.valid_to))
            returning old.product_id, old.unit_price, a.valid_to as goes_on, upper(old.valid) as until
            """, asked, ct);
        var written = await db.ExecuteAsync($"""
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select @priceBookId, a.product_id, a.unit_price, daterange(a.valid_from, a.valid_to), @now
            from {Asked}
            where not exists (select from price_book_entry e where e.price_book_id = @priceBookId and e.product_id = a.product_id and e.valid @> daterange(a.valid_from, a.valid_to))
            """, asked, ct);
        var tails = ended.Where(old => old.GoesOn is { } goesOn && (old.Until is null || old.Until > goesOn)).ToList();
        await db.ExecuteAsync("""
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select @priceBookId, t.product_id, t.unit_price, daterange(t.goes_on, t.until), @now
            from unnest(@products, @amounts, @froms, @untils) as t (product_id, unit_price, goes_on, until)
            """, new
        {
            priceBookId,
            products = tails.Select(old => old.ProductId).ToArray(),
            amounts = tails.Select(old => old.UnitPrice).ToArray(),
            froms = tails.Select(old => old.GoesOn!.Value).ToArray(),
            untils = tails.Select(old => old.Until).ToArray(),
            asked.now,
        }, ct);
        return written;
    }

    const string Select = """
        select k.price_book_id, s.number as seller_number, s.name as seller_name, s.name_latin as seller_name_latin, s.partner_id = app_partner_id() as is_own, k.code, k.name, k.name_zh, k.kind, k.currency, k.audience,
               k.partner_level, k.tier, terr.name as territory, terr.name_zh as territory_zh, buyer.number as buyer_number, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, lower(k.valid) as valid_from, upper(k.valid) - 1 as valid_until, k.priority, k.version,
               case when k.valid @> @today then 'in_force' when lower(k.valid) > @today then 'coming' else 'past' end as state,
               (select count(*) from price_book_entry e where e.price_book_id = k.price_book_id and e.valid @> @today) as entries
        from price_book k
        join partner s on s.partner_id = k.seller_id
        left join partner buyer on buyer.partner_id = k.buyer_id
        left join territory terr on terr.territory_id = k.territory_id
        """;

    const string EntriesSelect = """
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, p.status, e.unit_price, lower(e.valid) as valid_from, upper(e.valid) - 1 as valid_until
        """;

    const string EntriesFrom = """
        from price_book_entry e
        join product p on p.product_id = e.product_id
        where e.price_book_id = @priceBookId and not isempty(e.valid)
          and (@history or e.valid @> @on)
          and (@words::text is null or position(lower(@words) in lower(concat_ws(' ', p.sku, p.name, p.name_zh))) > 0)
        """;

    sealed record Ended
    {
        public long ProductId { get; init; }
        public decimal UnitPrice { get; init; }
        public DateOnly? GoesOn { get; init; }
        public DateOnly? Until { get; init; }
    }
}

/// <summary>A price book.</summary>
public sealed record PriceBook
{
    /// <summary>The key; never leaves the server.</summary>
    public long PriceBookId { get; init; }

    /// <summary>Whose it is.</summary>
    public string SellerNumber { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string SellerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>True for a book of the own company.</summary>
    public bool IsOwn { get; init; }

    /// <summary>What the seller calls it.</summary>
    public string Code { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>list or net.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The one currency of its prices.</summary>
    public string Currency { get; init; } = "";

    /// <summary>partners, end_customers or everyone.</summary>
    public string Audience { get; init; } = "";

    /// <summary>The level it is for.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The tier it is for, counted from the brand.</summary>
    public int? Tier { get; init; }

    /// <summary>The territory it is for.</summary>
    public string? Territory { get; init; }

    /// <summary>The same in Chinese.</summary>
    public string? TerritoryZh { get; init; }

    /// <summary>The one buyer it is for.</summary>
    public string? BuyerNumber { get; init; }

    /// <summary>The one buyer it is for.</summary>
    public string? BuyerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? BuyerNameLatin { get; init; }

    /// <summary>Its first day.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>The higher wins where several books fit.</summary>
    public int Priority { get; init; }

    /// <summary>Counts its changes.</summary>
    public int Version { get; init; }

    /// <summary>in_force, coming or past.</summary>
    public string State { get; init; } = "";

    /// <summary>How many products have a price in it today.</summary>
    public long Entries { get; init; }
}

/// <summary>What a product costs in a book during a time.</summary>
public sealed record PriceBookEntry
{
    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>What one of it is.</summary>
    public string Unit { get; init; } = "";

    /// <summary>active or discontinued.</summary>
    public string Status { get; init; } = "";

    /// <summary>What one costs.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>The first day.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>The last day.</summary>
    public DateOnly? ValidUntil { get; init; }
}

/// <summary>What a product costs in one book.</summary>
public sealed record ProductBook
{
    /// <summary>Whose book.</summary>
    public string SellerNumber { get; init; } = "";

    /// <summary>Whose book.</summary>
    public string SellerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>The book.</summary>
    public string Code { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>list or net.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The book's currency.</summary>
    public string Currency { get; init; } = "";

    /// <summary>What one costs.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>The first day.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>The last day.</summary>
    public DateOnly? ValidUntil { get; init; }
}

/// <summary>A price to be written.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="UnitPrice">What one costs.</param>
/// <param name="From">From this day.</param>
/// <param name="Until">To this day; until another price is written where null.</param>
public sealed record ProductPrice(long ProductId, decimal UnitPrice, DateOnly From, DateOnly? Until);
