using System.Text.Json;
using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Rows;
using Platform.Web;
using Portal.Pricing;

namespace Portal.Catalog;

/// <summary>What came of an act on a product.</summary>
public abstract record ProductOutcome
{
    ProductOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Sku">The product.</param>
    public sealed record Done(string Sku) : ProductOutcome;

    /// <summary>There is no such product.</summary>
    public sealed record NotThere : ProductOutcome;

    /// <summary>Somebody else changed it since it was read.</summary>
    public sealed record Stale : ProductOutcome;

    /// <summary>Something is wrong with what was entered.</summary>
    /// <param name="Problems">By field.</param>
    public sealed record Refused(params IReadOnlyList<FieldProblem> Problems) : ProductOutcome;
}

/// <summary>Takes a product into the catalog.</summary>
public sealed class AddProduct(Db db, ProductStore products, AuditTrail audit)
{
    /// <summary>Adds it.</summary>
    public async Task<ProductOutcome> RunAsync(ProductFacts entered, CancellationToken ct)
    {
        var facts = entered.Tidied();
        if (facts.Flaws().ToList() is { Count: > 0 } flaws)
        {
            return new ProductOutcome.Refused(flaws);
        }

        try
        {
            return await db.InTransactionAsync<ProductOutcome>(async () =>
            {
                if (facts.Successor is { } successor && !await products.IsThereAsync(successor, ct))
                {
                    return new ProductOutcome.Refused(new FieldProblem(nameof(facts.Successor), "catalog.refused.successor_unknown", successor));
                }

                if (await products.InsertAsync(facts, ct) is not { } productId)
                {
                    return new ProductOutcome.Refused(new FieldProblem(nameof(facts.Line), "catalog.refused.line_unknown"));
                }

                await products.KeepCostAsync(productId, facts.Cost, facts.CostCurrency, ct);
                await audit.RecordAsync("product.added", "product", facts.Sku!, null, facts, ct);
                return new ProductOutcome.Done(facts.Sku!);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(ProductStore.SkuIsUnique))
        {
            return new ProductOutcome.Refused(new FieldProblem(nameof(facts.Sku), "catalog.refused.sku_taken"));
        }
    }
}

/// <summary>Changes a product, also discontinues it; its SKU stays.</summary>
public sealed class EditProduct(Db db, ProductStore products, AuditTrail audit)
{
    /// <summary>Writes the facts, if the product still is as it was read.</summary>
    public async Task<ProductOutcome> RunAsync(string sku, int version, ProductFacts entered, CancellationToken ct)
    {
        try
        {
            return await WriteAsync(sku, version, entered, ct);
        }
        catch (PostgresException refused) when (ProductTracking.Refused(refused) is { } problem)
        {
            return new ProductOutcome.Refused(problem);
        }
        catch (ChangedMeanwhileException)
        {
            return new ProductOutcome.Stale();
        }
    }

    Task<ProductOutcome> WriteAsync(string sku, int version, ProductFacts entered, CancellationToken ct) => db.InTransactionAsync<ProductOutcome>(async () =>
    {
        if (await products.FindAsync(sku, ct) is not { } before)
        {
            return new ProductOutcome.NotThere();
        }

        var facts = (entered with { Sku = sku }).Tidied();
        if (facts.Flaws().ToList() is { Count: > 0 } flaws)
        {
            return new ProductOutcome.Refused(flaws);
        }

        if (!(await products.LinesAsync(ct)).Exists(line => line.Code == facts.Line))
        {
            return new ProductOutcome.Refused(new FieldProblem(nameof(facts.Line), "catalog.refused.line_unknown"));
        }

        if (facts.Successor is { } successor && !await products.IsThereAsync(successor, ct))
        {
            return new ProductOutcome.Refused(new FieldProblem(nameof(facts.Successor), "catalog.refused.successor_unknown", successor));
        }

        if (facts.Tracking is { } tracking && tracking != before.Tracking)
        {
            if (ProductTracking.Problem(before, tracking, facts.HoldsUnnamed, await products.InStockAsync(before.ProductId, ct)) is { } problem)
            {
                return new ProductOutcome.Refused(problem);
            }

            if (before.Tracking is "none")
            {
                await products.HoldUnnamedAsync(before.ProductId, tracking, ct);
            }
        }

        if (facts.KeptInStock is false && (facts.Tracking ?? before.Tracking) is not "none")
        {
            return new ProductOutcome.Refused(new FieldProblem(nameof(facts.KeptInStock), "catalog.refused.tracked_without_stock"));
        }

        if (facts.KeptInStock is false && before.KeptInStock && await products.InStockAsync(before.ProductId, ct) is { Pieces: > 0 } held)
        {
            return new ProductOutcome.Refused(new FieldProblem(nameof(facts.KeptInStock), "catalog.refused.still_in_stock", held.Pieces, held.Places));
        }

        var cost = await products.CostAsync(before.ProductId, ct);
        if (await products.UpdateAsync(sku, version, facts, ct) is null)
        {
            // Takes back what was held as not yet named.
            throw new ChangedMeanwhileException();
        }

        await products.KeepCostAsync(before.ProductId, facts.Cost, facts.CostCurrency, ct);
        await audit.RecordAsync("product.changed", "product", sku, null, Changes.Between(before.Facts(cost), facts), ct);
        return new ProductOutcome.Done(sku);
    }, ct);

    sealed class ChangedMeanwhileException : Exception;
}

/// <summary>Adds a line of products or gives it another name.</summary>
public sealed class KeepProductLine(Db db, ProductStore products, AuditTrail audit)
{
    /// <summary>Keeps it; answers what is wrong, or null.</summary>
    public Task<FieldProblem?> RunAsync(string? code, string? name, string? nameZh, CancellationToken ct) => db.InTransactionAsync<FieldProblem?>(async () =>
    {
        var (line, english, chinese) = (code?.Trim().ToUpperInvariant() ?? "", name?.Trim() ?? "", nameZh?.Trim() ?? "");
        if (line is not { Length: >= 1 and <= 32 } || !char.IsAsciiLetterOrDigit(line[0]) || !line.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter is '_' or '-'))
        {
            return new("Code", "catalog.refused.line_code");
        }

        if (english.Length is 0 or > 100)
        {
            return new("Name", "catalog.refused.name_missing");
        }

        var isNew = await products.KeepLineAsync(line, english, chinese.Length is 0 or > 100 ? english : chinese, ct);
        await audit.RecordAsync(isNew ? "product_line.added" : "product_line.changed", "product_line", line, null, new { name = english, nameZh = chinese }, ct);
        return null;
    }, ct);
}

/// <summary>One product of a file or of another system.</summary>
/// <param name="Row">Its number as the giver counts, for refusals.</param>
/// <param name="Facts">What is said about it; a line that is not there is opened, its code made of the name.</param>
public sealed record ProductRow(long Row, ProductFacts Facts)
{
    /// <summary>Its list price, written into the list of <see cref="PriceCurrency"/>.</summary>
    public decimal? ListPrice { get; init; }

    /// <summary>The currency of the list price.</summary>
    public string? PriceCurrency { get; init; }
}

/// <summary>Takes many products at once, by their SKUs: new ones are added, known ones changed. Rows go in batches of any size.</summary>
public sealed class AddProducts(Db db, AddPrices prices, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Adds or changes them in one transaction (the caller's, where one is open); answers the rows that were refused.</summary>
    public Task<IReadOnlyList<RowRefusal>> AddProductsAsync(IReadOnlyCollection<ProductRow> rows, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var refusals = new List<RowRefusal>();
        var taken = Readable(rows, refusals);
        taken = await WithoutTrackingInStockAsync(taken, refusals, ct);
        taken = await WithoutStockOfServicesAsync(taken, refusals, ct);
        await OpenLinesAsync(taken, ct);
        await WriteAsync(taken, ct);
        await WriteCostsAsync(taken, ct);
        refusals.AddRange(await NameSuccessorsAsync(taken, ct));
        var priced = taken.Where(row => row.ListPrice is not null).Select(row => new PriceRow(row.Row, row.Facts.Sku, row.ListPrice, row.PriceCurrency)).ToList();
        refusals.AddRange((await prices.AddPricesAsync(priced, ct)).Select(refusal => refusal with { Column = refusal.Column is "price" ? "list_price" : refusal.Column is "currency" ? "price_currency" : refusal.Column }));
        return (IReadOnlyList<RowRefusal>)[.. refusals.OrderBy(refusal => refusal.Row)];
    }, ct);

    static List<ProductRow> Readable(IEnumerable<ProductRow> rows, List<RowRefusal> refusals)
    {
        var taken = new Dictionary<string, ProductRow>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var facts = row.Facts.Tidied();
            var flaws = facts.Flaws().Select(flaw => new RowRefusal(row.Row, JsonNamingPolicy.SnakeCaseLower.ConvertName(flaw.Field), flaw.TextKey, flaw.Arguments)).ToList();
            if (row.ListPrice is not null && !Currencies.IsKnown(row.PriceCurrency?.Trim().ToUpperInvariant()))
            {
                flaws.Add(new(row.Row, "price_currency", "catalog.refused.currency", row.PriceCurrency ?? ""));
            }

            // How it is sold stays as it is where a file says nothing of it: not every file has these columns.
            facts = facts with { MinQuantity = row.Facts.MinQuantity, OrderMultiple = row.Facts.OrderMultiple };
            if (flaws.Count == 0 && !taken.TryAdd(facts.Sku!, row with { Facts = facts }))
            {
                flaws.Add(new(row.Row, "sku", "catalog.refused.sku_twice", taken[facts.Sku!].Row));
            }

            refusals.AddRange(flaws);
        }

        return [.. taken.Values];
    }

    // How pieces are told apart changes by a file only while there are none; on the product's page what is there can be held as not yet named.
    async Task<List<ProductRow>> WithoutTrackingInStockAsync(List<ProductRow> rows, List<RowRefusal> refusals, CancellationToken ct)
    {
        var said = rows.Where(row => row.Facts.Tracking is not null).ToList();
        if (said.Count == 0)
        {
            return rows;
        }

        var held = (await db.ListAsync<string>("""
            select p.sku
            from unnest(@skus, @ways) as said (sku, tracking)
            join product p on p.sku = said.sku and p.tracking <> said.tracking
            where exists (select from stock_balance b where b.product_id = p.product_id and (b.on_hand > 0 or b.in_transit > 0))
               or said.tracking <> 'none' and exists (select from stock_lot l where l.product_id = p.product_id and l.kind not in (said.tracking, 'unnamed'))
            """, new { skus = said.Select(row => row.Facts.Sku!).ToArray(), ways = said.Select(row => row.Facts.Tracking!).ToArray() }, ct)).ToHashSet(StringComparer.Ordinal);
        refusals.AddRange(said.Where(row => held.Contains(row.Facts.Sku!)).Select(row => new RowRefusal(row.Row, "tracking", "catalog.refused.tracking_by_file", row.Facts.Sku!)));
        return [.. rows.Where(row => row.Facts.Tracking is null || !held.Contains(row.Facts.Sku!))];
    }

    // A product that somebody has pieces of, or that is told apart by lots, becomes no service by a file.
    async Task<List<ProductRow>> WithoutStockOfServicesAsync(List<ProductRow> rows, List<RowRefusal> refusals, CancellationToken ct)
    {
        var said = rows.Where(row => row.Facts.KeptInStock is false).ToList();
        if (said.Count == 0)
        {
            return rows;
        }

        var held = (await db.ListAsync<string>("""
            select p.sku from product p
            where p.sku = any(@skus) and p.kept_in_stock
              and (p.tracking <> 'none' or exists (select from stock_balance b where b.product_id = p.product_id and (b.on_hand > 0 or b.in_transit > 0)))
            """, new { skus = said.Select(row => row.Facts.Sku!).ToArray() }, ct)).ToHashSet(StringComparer.Ordinal);
        refusals.AddRange(said.Where(row => held.Contains(row.Facts.Sku!)).Select(row => new RowRefusal(row.Row, "kept_in_stock", "catalog.refused.still_in_stock_by_file", row.Facts.Sku!)));
        return [.. rows.Where(row => row.Facts.KeptInStock is not false || !held.Contains(row.Facts.Sku!))];
    }

    Task OpenLinesAsync(List<ProductRow> rows, CancellationToken ct)
    {
        var names = rows.Select(row => row.Facts.Line!).Distinct(StringComparer.Ordinal).ToArray();
        return db.ExecuteAsync("""
            insert into product_line (code, name, name_zh)
            select distinct on (named.code) named.code, named.name, named.name
            from unnest(@codes, @names) as named (code, name)
            where not exists (select from product_line l where l.code = named.code)
            order by named.code
            """, new { codes = names.Select(LineCode).ToArray(), names }, ct);
    }

    /// <summary>Files name lines in words (<c>Road Frames</c>); the code is made of them (<c>ROAD_FRAMES</c>).</summary>
    static string LineCode(string name)
    {
        var code = new string([.. name.ToUpperInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' ? letter : '_')]).Trim('_', '-');
        return !code.Any(char.IsAsciiLetterOrDigit) ? PublicNumber.From("L", name) : code.Length > 32 ? code[..32] : code;
    }

    async Task WriteAsync(List<ProductRow> rows, CancellationToken ct)
    {
        var written = await db.ListAsync<Written>("""
            insert into product as p (sku, name, name_zh, product_line_id, category, category_zh, colour, colour_zh, size, weight, unit, status, gtin, pack_size, min_quantity, order_multiple, lead_days,
                                      tracking, tracked_since, kept_in_stock, created_at)
            select r.sku, r.name, r."nameZh", l.product_line_id, r.category, r."categoryZh", r.colour, r."colourZh", r.size, r.weight, r.unit, r.status, coalesce(r.gtin, old.gtin), coalesce(r."packSize", old.pack_size), coalesce(r."minQuantity", old.min_quantity, 1), coalesce(r."orderMultiple", old.order_multiple, 1), coalesce(r."leadDays", old.lead_days),
                   coalesce(r.tracking, old.tracking, 'none'), case coalesce(r.tracking, old.tracking, 'none') when 'none' then null when old.tracking then old.tracked_since else @now end, coalesce(r."keptInStock", old.kept_in_stock, true), @now
            from jsonb_to_recordset(@rows::jsonb) as r (sku text, name text, "nameZh" text, line text, category text, "categoryZh" text, colour text, "colourZh" text, size text, weight numeric, unit text, status text,
                                                        tracking text, "keptInStock" boolean, gtin text, "packSize" int, "minQuantity" int, "orderMultiple" int, "leadDays" int)
            join product_line l on l.code = r.line
            left join product old on old.sku = r.sku
            on conflict (sku) do update
            set name = excluded.name, name_zh = coalesce(excluded.name_zh, p.name_zh), product_line_id = excluded.product_line_id, category = excluded.category, colour = excluded.colour,
                category_zh = case when excluded.category = p.category then coalesce(excluded.category_zh, p.category_zh) else excluded.category_zh end,
                colour_zh = case when excluded.colour = p.colour then coalesce(excluded.colour_zh, p.colour_zh) else excluded.colour_zh end,
                size = excluded.size, weight = excluded.weight, unit = excluded.unit, status = excluded.status,
                gtin = excluded.gtin, pack_size = excluded.pack_size, min_quantity = excluded.min_quantity, order_multiple = excluded.order_multiple, lead_days = excluded.lead_days, tracking = excluded.tracking, tracked_since = excluded.tracked_since, kept_in_stock = excluded.kept_in_stock, version = p.version + 1
            where (p.name, p.name_zh, p.product_line_id, p.category, p.category_zh, p.colour, p.colour_zh, p.size, p.weight, p.unit, p.status, p.gtin, p.pack_size, p.min_quantity, p.order_multiple, p.lead_days, p.tracking, p.kept_in_stock)
               is distinct from
                  (excluded.name, coalesce(excluded.name_zh, p.name_zh), excluded.product_line_id, excluded.category, case when excluded.category = p.category then coalesce(excluded.category_zh, p.category_zh) else excluded.category_zh end,
                   excluded.colour, case when excluded.colour = p.colour then coalesce(excluded.colour_zh, p.colour_zh) else excluded.colour_zh end, excluded.size, excluded.weight, excluded.unit, excluded.status,
                   excluded.gtin, excluded.pack_size, excluded.min_quantity, excluded.order_multiple, excluded.lead_days, excluded.tracking, excluded.kept_in_stock)
            returning p.sku, p.version = 1 as is_new
            """, new
        {
            rows = JsonSerializer.Serialize(rows.Select(row => new
            {
                row.Facts.Sku, row.Facts.Name, row.Facts.NameZh, line = LineCode(row.Facts.Line!), row.Facts.Category, row.Facts.CategoryZh, row.Facts.Colour, row.Facts.ColourZh, row.Facts.Size, row.Facts.Weight, row.Facts.Unit, row.Facts.Status,
                row.Facts.Gtin, row.Facts.PackSize, row.Facts.MinQuantity, row.Facts.OrderMultiple, row.Facts.LeadDays, row.Facts.Tracking, row.Facts.KeptInStock,
            }), JsonSerializerOptions.Web),
            now = clock.GetUtcNow().UtcDateTime,
        }, ct);
        await audit.RecordAsync([.. written.Select(product => new AuditAct(product.IsNew ? "product.added" : "product.changed", "product", product.Sku, [], new { import = true }))], ct);
    }

    // Written after all rows, for a file may name a successor before it stands in it.
    async Task<IEnumerable<RowRefusal>> NameSuccessorsAsync(List<ProductRow> rows, CancellationToken ct)
    {
        var succeeded = rows.Where(row => row.Facts.Successor is not null).ToList();
        if (succeeded.Count == 0)
        {
            return [];
        }

        var unknown = (await db.ListAsync<string>("""
            with named as (
                select * from unnest(@skus, @successors) as named (sku, successor)),
            written as (
                update product p
                set successor_id = s.product_id
                from named join product s on s.sku = named.successor
                where p.sku = named.sku and p.successor_id is distinct from s.product_id)
            select named.successor from named where not exists (select from product s where s.sku = named.successor)
            """, new { skus = succeeded.Select(row => row.Facts.Sku!).ToArray(), successors = succeeded.Select(row => row.Facts.Successor!).ToArray() }, ct)).ToHashSet(StringComparer.Ordinal);
        return succeeded.Where(row => unknown.Contains(row.Facts.Successor!)).Select(row => new RowRefusal(row.Row, "successor", "catalog.refused.successor_unknown", row.Facts.Successor!));
    }

    Task WriteCostsAsync(List<ProductRow> rows, CancellationToken ct)
    {
        var costs = rows.Where(row => row.Facts.Cost is not null).ToList();
        return db.ExecuteAsync("""
            insert into product_cost (product_id, currency, unit_cost)
            select p.product_id, c.currency, c.cost
            from unnest(@skus, @currencies, @costs) as c (sku, currency, cost)
            join product p on p.sku = c.sku
            on conflict (product_id) do update set currency = excluded.currency, unit_cost = excluded.unit_cost
            """, new
        {
            skus = costs.Select(row => row.Facts.Sku!).ToArray(),
            currencies = costs.Select(row => row.Facts.CostCurrency!).ToArray(),
            costs = costs.Select(row => row.Facts.Cost!.Value).ToArray(),
        }, ct);
    }

    sealed record Written(string Sku, bool IsNew);
}
