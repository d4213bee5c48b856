using System.Runtime.CompilerServices;
using System.Text.Json;
using Platform.Database;
using Platform.Rows;
using Portal.Catalog;
using Portal.Customers;
using Portal.Orders;
using Portal.Partners;
using Portal.Pricing;

namespace Portal.Imports;

/// <summary>Partners stand in memory, because the tree must be known before its first branch is added.</summary>
sealed class PartnersWriter(AddPartners partners) : IImportWriter
{
    public string Kind => "partners";

    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
    {
        var rows = await run.AllAsync(Read, ct);
        run.Enter("writing");
        await run.RefuseAsync(await partners.AddPartnersAsync(rows, ct), ct);
        return new Dictionary<string, long>(StringComparer.Ordinal) { ["partners"] = rows.Count };
    }

    static PartnerRow Read(ImportRow row) => new(row.Number, new()
    {
        Code = row.Text("code"), Name = row.Text("name"), NameLatin = row.Text("name_latin"), PartnerType = row.Text("partner_type"), PartnerLevel = row.Text("partner_level")?.ToLowerInvariant(),
        Territory = row.Text("territory"), CountryCode = row.Text("country_code"), State = row.Text("state"), City = row.Text("city"), PostalCode = row.Text("postal_code"), Address = row.Text("address"),
        Phone = row.Text("phone"), Currency = row.Text("currency"), Language = row.Text("language"), TimeZone = row.Text("time_zone"), AnnualSales = row.Amount("annual_sales"),
        Employees = row.Whole("employees"), YearOpened = row.Whole("year_opened"),
    }, row.Text("upstream_code"));
}

/// <summary>Products, with cost and list price.</summary>
sealed class ProductsWriter(AddProducts products, RowsOnce once) : IImportWriter
{
    public string Kind => "products";

    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
    {
        var prices = 0L;
        await once.BeginAsync(ct);
        await foreach (var batch in run.BatchesAsync(1000, Read, ct))
        {
            var fresh = await once.OfAsync(batch, row => row.Row, row => row.Facts.Sku!, row => new(row.Row, "sku", "imports.refused.twice"), run, ct);
            prices += fresh.Count(row => row.ListPrice is not null);
            await run.RefuseAsync(await products.AddProductsAsync(fresh, ct), ct);
        }

        return new Dictionary<string, long>(StringComparer.Ordinal) { ["prices"] = prices };
    }

    static ProductRow Read(ImportRow row)
    {
        var (cost, price) = (row.Amount("cost"), row.Amount("list_price"));
        return new(row.Number, new()
        {
            Sku = row.Text("sku"), Name = row.Text("name"), NameZh = row.Text("name_zh"), Line = row.Text("line"), Category = row.Text("category"), CategoryZh = row.Text("category_zh"), Colour = row.Text("colour"), ColourZh = row.Text("colour_zh"), Size = row.Text("size"),
            Weight = row.Amount("weight"), Unit = row.Text("unit"), Status = row.Text("status")?.ToLowerInvariant(),
            Gtin = row.Text("gtin"), PackSize = row.Whole("pack_size"), MinQuantity = row.Whole("min_quantity"), OrderMultiple = row.Whole("order_multiple"), LeadDays = row.Whole("lead_days"), Tracking = row.Text("tracking"), KeptInStock = row.Text("kept_in_stock") is null ? null : row.Yes("kept_in_stock"), Successor = row.Text("successor"), Cost = cost, CostCurrency = cost is null ? null : row.Text("cost_currency"),
        }) { ListPrice = price, PriceCurrency = price is null ? null : row.Text("price_currency") };
    }
}

/// <summary>Prices into the books of the company.</summary>
sealed class PricesWriter(Db db, AddPrices prices, TimeProvider clock) : IImportWriter
{
    public string Kind => "prices";

    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
    {
        await db.ExecuteAsync("""
            create temporary table import_price (key text not null, starts date not null, ends date, row_number bigint not null) on commit drop;
            create index on import_price (key)
            """, null, ct);
        await foreach (var batch in run.BatchesAsync(2000, Read, ct))
        {
            await run.RefuseAsync(await prices.AddPricesAsync(await WithoutContradictionsAsync(batch, run, ct), ct), ct);
        }

        return new Dictionary<string, long>(StringComparer.Ordinal);
    }

    static PriceRow Read(ImportRow row) => new(row.Number, row.Text("sku"), row.Amount("price"), row.Text("currency"))
    {
        Book = row.Text("book"), PartnerLevel = row.Text("partner_level"), Tier = row.Whole("tier"), From = row.Day("from"), Until = row.Day("until"),
    };

    // Within a batch AddPrices finds two prices of one product for the same days; here those that stand far apart in the file are found, by the same rule.
    async Task<List<PriceRow>> WithoutContradictionsAsync(List<PriceRow> rows, ImportRun run, CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var earlier = (await db.ListAsync<(long Row, long Earlier)>("""
            with asked as (
                select key, starts, ends, row_number from unnest(@keys, @starts, @ends, @numbers) as r (key, starts, ends, row_number)),
            contradicted as (
                select a.row_number, min(s.row_number) as earlier
                from asked a
                join pg_temp.import_price s on s.key = a.key and (s.starts = a.starts or (s.starts < a.starts and s.ends >= a.starts) or (a.starts < s.starts and a.ends >= s.starts))
                group by a.row_number),
            kept as (
                insert into pg_temp.import_price (key, starts, ends, row_number)
                select key, starts, ends, row_number from asked where row_number not in (select row_number from contradicted))
            select row_number, earlier from contradicted order by row_number
            """, new
        {
            keys = rows.Select(row => $"{row.Book?.ToUpperInvariant()}|{row.Currency?.ToUpperInvariant()}|{row.Sku}").ToArray(),
            starts = rows.Select(row => row.From ?? today).ToArray(),
            ends = rows.Select(row => row.Until).ToArray(),
            numbers = rows.Select(row => row.Row).ToArray(),
        }, ct)).ToDictionary(contradicted => contradicted.Row, contradicted => contradicted.Earlier);
        foreach (var (row, other) in earlier)
        {
            await run.RefuseAsync([new(row, "from", "pricing.refused.days_twice", other)], ct);
        }

        return earlier.Count == 0 ? rows : [.. rows.Where(row => !earlier.ContainsKey(row.Row))];
    }
}

/// <summary>Volume breaks and promotions, as price rules.</summary>
sealed class PromotionsWriter(AddPromotions promotions, RowsOnce once) : IImportWriter
{
    public string Kind => "promotions";

    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
    {
        await once.BeginAsync(ct);
        await foreach (var batch in run.BatchesAsync(200, Read, ct))
        {
            var fresh = await once.OfAsync(batch, row => row.Row, row => row.Facts.Code!.ToUpperInvariant(), row => new(row.Row, "code", "imports.refused.twice"), run, ct);
            await run.RefuseAsync(await promotions.AddPromotionsAsync(fresh, ct), ct);
        }

        return new Dictionary<string, long>(StringComparer.Ordinal);
    }

    static PromotionRow Read(ImportRow row) => new(row.Number, new()
    {
        Code = row.Text("code"), Name = row.Text("name"), NameZh = row.Text("name_zh"), Kind = row.Text("kind"), Reason = row.Text("reason"), Rate = row.Share("rate"),
        MinQuantity = row.Amount("min_quantity") ?? 0, MaxQuantity = row.Amount("max_quantity"), Audience = row.Text("audience"), Line = row.Text("line"), Skus = row.List("skus"),
        WholeChannel = row.Yes("whole_channel"), From = row.Day("from"), Until = row.Day("until"),
    });
}

/// <summary>End customers: a partner's own, or those of any partner where the brand imports.</summary>
sealed class CustomersWriter(Db db, AddCustomers customers) : IImportWriter
{
    public string Kind => "customers";

    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
    {
        var (added, known) = (0L, 0L);
        await foreach (var batch in run.BatchesAsync(500, Read, ct))
        {
            var owned = await OwnedAsync(batch, run, ct);
            var entries = await customers.AddCustomersAsync([.. owned.Select(row => row.Customer)], ct);
            for (var index = 0; index < owned.Count; index++)
            {
                switch (entries[index])
                {
                    case CustomerEntry.Added:
                        added++;
                        break;
                    case CustomerEntry.AlreadyThere:
                        known++;
                        break;
                    case CustomerEntry.Refused(var problems):
                        await run.RefuseAsync(owned[index].Row,
                            [.. problems.Select(problem => new RowRefusal(owned[index].Row, JsonNamingPolicy.SnakeCaseLower.ConvertName(problem.Field), problem.TextKey, problem.Arguments))], ct);
                        break;
                }
            }
        }

        return new Dictionary<string, long>(StringComparer.Ordinal) { ["added"] = added, ["known"] = known };
    }

    static CustomerRow Read(ImportRow row) => new(row.Number, row.Text("partner_code"), new()
    {
        Name = row.Text("name"), OtherNames = row.List("other_names"), CountryCode = row.Text("country_code"), State = row.Text("state"), City = row.Text("city"), PostalCode = row.Text("postal_code"),
        Address = row.Text("address"), CreditCode = row.Text("credit_code"), VatNumber = row.Text("vat_number"), Duns = row.Text("duns"), Domain = row.Text("domain"), Phone = row.Text("phone"),
        DirectAccount = row.Yes("direct_account"),
    });

    // The brand may name the partner whose customer it is; it works as the product itself here, so its own company is named too.
    async Task<List<CustomerRow>> OwnedAsync(List<CustomerRow> rows, ImportRun run, CancellationToken ct)
    {
        if (!run.IsBrands)
        {
            return rows;
        }

        var partners = (await db.ListAsync<(string Code, long PartnerId)>("""
            select named.code, p.partner_id from unnest(@codes) as named (code) join partner p on p.code = named.code or (p.code is null and p.number = named.code)
            """, new { codes = rows.Select(row => row.PartnerCode).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() }, ct))
            .ToDictionary(partner => partner.Code, partner => partner.PartnerId, StringComparer.Ordinal);
        var owned = new List<CustomerRow>(rows.Count);
        foreach (var row in rows)
        {
            if (row.PartnerCode is null || partners.ContainsKey(row.PartnerCode))
            {
                owned.Add(row with { Customer = row.Customer with { PartnerId = row.PartnerCode is null ? run.PartnerId : partners[row.PartnerCode] } });
            }
            else
            {
                await run.RefuseAsync(row.Row, [new(row.Row, "partner_code", "imports.refused.unknown_partner", row.PartnerCode)], ct);
            }
        }

        return owned;
    }

    sealed record CustomerRow(long Row, string? PartnerCode, NewCustomer Customer);
}

/// <summary>Orders of the past. Their lines go into a temporary table by COPY and are checked and written there, whatever their number.</summary>
sealed class OrdersWriter(OrderHistory history) : IImportWriter
{
    public string Kind => "orders";

    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
    {
        await history.BeginAsync(ct);
        await history.AddAsync(LinesAsync(run, ct), ct);
        run.Enter("checking");
        var ofRow = new List<RowRefusal>();
        await foreach (var problem in history.ProblemsAsync(ct))
        {
            if (ofRow.Count > 0 && ofRow[0].Row != problem.Row)
            {
                await run.RefuseAsync(ofRow[0].Row, ofRow, ct);
                ofRow.Clear();
            }

            ofRow.Add(new(problem.Row, problem.Column, problem.TextKey, problem.Value ?? "") { Value = problem.Value });
        }

        if (ofRow.Count > 0)
        {
            await run.RefuseAsync(ofRow[0].Row, ofRow, ct);
        }

        if (run.RowsRefused > 0 && run.LeavesOutWrong)
        {
            foreach (var left in await history.LeaveOutWrongAsync(ct))
            {
                await run.RefuseAsync(left.Row, [new(left.Row, null, "imports.refused.with_its_order", left.OrderNumber)], ct);
            }
        }

        if (run.RowsRefused > 0 && !run.LeavesOutWrong)
        {
            return new Dictionary<string, long>(StringComparer.Ordinal); // nothing is taken; what it would have come to does not matter
        }

        run.Enter("writing");
        var written = await history.WriteAsync(run.Number, ct);
        return new Dictionary<string, long>(StringComparer.Ordinal) { ["orders"] = written.Orders, ["lines"] = written.Lines, ["moves"] = written.Moves };
    }

    static async IAsyncEnumerable<HistoricLine> LinesAsync(ImportRun run, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in run.RowsAsync(ct))
        {
            var line = new HistoricLine(row.Number, row.Text("order_number") ?? "", row.Day("order_date") ?? default, row.Text("buyer_code") ?? "", row.Whole("line") ?? 0, row.Text("sku") ?? "",
                row.Amount("quantity") ?? 0, row.Amount("unit_price") ?? 0, row.Amount("line_amount"), row.Text("currency")?.ToUpperInvariant());
            if (!row.IsSound)
            {
                await run.RefuseAsync(row.Number, row.Refusals, ct);
            }

            yield return row.IsSound ? line : line with { IsUnreadable = true };
        }
    }
}
