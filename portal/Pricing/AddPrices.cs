using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Rows;

namespace Portal.Pricing;

/// <summary>One price of a file or of another system.</summary>
/// <param name="Row">Its number as the giver counts, for refusals.</param>
/// <param name="Sku">The product.</param>
/// <param name="Price">What one costs.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record PriceRow(long Row, string? Sku, decimal? Price, string? Currency)
{
    /// <summary>The code of the book; the list of that currency where empty. A book that is not there is opened.</summary>
    public string? Book { get; init; }

    /// <summary>The level a new book is for.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The tier a new book is for.</summary>
    public int? Tier { get; init; }

    /// <summary>From this day; today where nothing is said.</summary>
    public DateOnly? From { get; init; }

    /// <summary>To this day; until another price is written where nothing is said.</summary>
    public DateOnly? Until { get; init; }

    internal static bool IsPrice(decimal? price) => price is >= 0 and < 1e13m && Amounts.Decimals(price.Value) <= 4;
}

/// <summary>
/// Takes many prices at once into the price books of the own company (the brand's, where the product itself is at work). Rows go in
/// batches of any size; each batch is a handful of statements.
/// </summary>
public sealed class AddPrices(Db db, PriceBookStore books, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Writes them in one transaction (the caller's, where one is open); answers the rows that were refused.</summary>
    public Task<IReadOnlyList<RowRefusal>> AddPricesAsync(IReadOnlyCollection<PriceRow> rows, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var refusals = new List<RowRefusal>();
        var products = await ProductsAsync(rows, ct);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var readable = rows.Select(row => Tidied(row, today)).Where(row => IsReadable(row, products, refusals)).ToList();
        foreach (var group in readable.GroupBy(row => row.Book!, StringComparer.Ordinal))
        {
            await WriteBookAsync(group.Key, Once(group, refusals), products, refusals, ct);
        }

        return (IReadOnlyList<RowRefusal>)[.. refusals.OrderBy(refusal => refusal.Row)];
    }, ct);

    async Task<Dictionary<string, long>> ProductsAsync(IReadOnlyCollection<PriceRow> rows, CancellationToken ct) =>
        (await db.ListAsync<(string Sku, long ProductId)>("select sku, product_id from product where sku = any (@skus)",
            new { skus = rows.Select(row => row.Sku?.Trim()).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() }, ct))
        .ToDictionary(product => product.Sku, product => product.ProductId, StringComparer.Ordinal);

    static PriceRow Tidied(PriceRow row, DateOnly today)
    {
        var currency = row.Currency?.Trim().ToUpperInvariant();
        return row with
        {
            Sku = row.Sku?.Trim(), Currency = currency, From = row.From ?? today, PartnerLevel = string.IsNullOrWhiteSpace(row.PartnerLevel) ? null : row.PartnerLevel.Trim().ToLowerInvariant(),
            Book = string.IsNullOrWhiteSpace(row.Book) ? ListCode(currency) : row.Book.Trim().ToUpperInvariant(),
        };
    }

    static string ListCode(string? currency) => "LIST-" + currency;

    static bool IsReadable(PriceRow row, Dictionary<string, long> products, List<RowRefusal> refusals)
    {
        var flaws = new List<RowRefusal>();
        if (row.Sku is null || !products.ContainsKey(row.Sku))
        {
            flaws.Add(new(row.Row, "sku", "pricing.refused.unknown_sku"));
        }

        if (!PriceRow.IsPrice(row.Price))
        {
            flaws.Add(new(row.Row, "price", "pricing.refused.price"));
        }

        if (!Currencies.IsKnown(row.Currency))
        {
            flaws.Add(new(row.Row, "currency", "pricing.refused.currency", row.Currency ?? ""));
        }

        if (!PricingWords.IsCode(row.Book))
        {
            flaws.Add(new(row.Row, "book", "pricing.refused.code"));
        }

        if (row.PartnerLevel is not null && !PricingWords.Levels.Contains(row.PartnerLevel, StringComparer.Ordinal))
        {
            flaws.Add(new(row.Row, "partner_level", "pricing.refused.level"));
        }

        if (row.Tier is < 1 or > 99)
        {
            flaws.Add(new(row.Row, "tier", "pricing.refused.tier"));
        }

        if (row.Until < row.From)
        {
            flaws.Add(new(row.Row, "until", "pricing.refused.until_before_from"));
        }

        refusals.AddRange(flaws);
        return flaws.Count == 0;
    }

    // Two prices of one product for the same days contradict each other; the first stands.
    static List<PriceRow> Once(IEnumerable<PriceRow> rows, List<RowRefusal> refusals)
    {
        var kept = new List<PriceRow>();
        foreach (var sku in rows.GroupBy(row => row.Sku, StringComparer.Ordinal))
        {
            var taken = new List<PriceRow>();
            foreach (var row in sku)
            {
                if (taken.Find(other => Overlap(other, row)) is { } other)
                {
                    refusals.Add(new(row.Row, "from", "pricing.refused.days_twice", other.Row));
                }
                else
                {
                    taken.Add(row);
                }
            }

            kept.AddRange(taken);
        }

        return kept;
    }

    // An open end is cut off by the next row's beginning, so only equal beginnings and real ends contradict.
    static bool Overlap(PriceRow one, PriceRow other)
    {
        var (first, second) = one.From <= other.From ? (one, other) : (other, one);
        return first.From == second.From || (first.Until is { } until && until >= second.From);
    }

    async Task WriteBookAsync(string code, List<PriceRow> rows, Dictionary<string, long> products, List<RowRefusal> refusals, CancellationToken ct)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var book = await BookAsync(code, rows[0], refusals, ct);
        if (book is null)
        {
            return;
        }

        foreach (var row in rows.Where(row => row.Currency != book.Currency))
        {
            refusals.Add(new(row.Row, "currency", "pricing.refused.currency_of_book", code, book.Currency));
        }

        await books.HoldAsync(book.PriceBookId, ct);
        // Rows of one product follow each other in time: each wave holds at most one per product.
        var written = 0;
        foreach (var wave in rows.Where(row => row.Currency == book.Currency).GroupBy(row => row.Sku, StringComparer.Ordinal)
                     .SelectMany(sku => sku.OrderBy(row => row.From).Select((row, index) => (Row: row, Index: index))).GroupBy(entry => entry.Index).OrderBy(wave => wave.Key))
        {
            written += await books.SetAsync(book.PriceBookId, [.. wave.Select(entry => new ProductPrice(products[entry.Row.Sku!], entry.Row.Price!.Value, entry.Row.From!.Value, entry.Row.Until))], ct);
        }

        if (written > 0)
        {
            await audit.RecordAsync("price_book.prices_imported", "price_book", code, null, new { prices = written }, ct);
        }
    }

    async Task<BookFound?> BookAsync(string code, PriceRow sample, List<RowRefusal> refusals, CancellationToken ct)
    {
        var isList = code == ListCode(sample.Currency);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        // The list of a currency is found as such, whatever its seller calls it.
        const string Find = """
            select price_book_id, currency
            from price_book
            where seller_id = coalesce(app_partner_id(), (select partner_id from partner where partner_type = 'brand'))
              and (code = @code or (@isList and kind = 'list' and currency = @currency and valid @> @today))
            order by code = @code desc
            limit 1
            """;
        if (await db.FindAsync<BookFound>(Find, new { code, isList, sample.Currency, today }, ct) is { } found)
        {
            return found;
        }

        var facts = new PriceBookFacts
        {
            Code = code, Kind = isList ? "list" : "net", Currency = sample.Currency, Name = isList ? $"List price {sample.Currency}" : code, NameZh = isList ? $"{sample.Currency} 标价" : null,
            PartnerLevel = isList ? null : sample.PartnerLevel, Tier = isList ? null : sample.Tier, From = new DateOnly(2000, 1, 1),
        }.Tidied();
        try
        {
            await db.InTransactionAsync(async () =>
            {
                await books.InsertAsync(facts, ct);
                await audit.RecordAsync("price_book.added", "price_book", code, null, facts, ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates("a_seller_has_one_list_at_a_time"))
        {
            // A list of that currency begins later and would overlap.
            refusals.Add(new(sample.Row, "book", "pricing.refused.second_list"));
            return null;
        }

        return await db.FindAsync<BookFound>(Find, new { code, isList, sample.Currency, today }, ct);
    }

    sealed record BookFound(long PriceBookId, string Currency);
}
