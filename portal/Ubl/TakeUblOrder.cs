using Platform.Database;
using Portal.Orders;
using Portal.Stock;

namespace Portal.Ubl;

/// <summary>
/// Makes an order of a UBL Order. Every line that cannot be ordered is told with its remedy; the good ones are kept as a draft unless that is not wanted. A draft that came of the same document before is
/// written anew.
/// </summary>
public sealed class TakeUblOrder(Db db, OrderPricing pricing, PlaceOrder placeOrder)
{
    /// <summary>Takes it in.</summary>
    /// <param name="order">The document.</param>
    /// <param name="before">What came under the same number before.</param>
    /// <param name="wishes">What is to become of it.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<UblOutcome> RunAsync(UblOrder order, UblMessage? before, UblWishes wishes, CancellationToken ct)
    {
        if (before is { RecordNumber: { } used } && await db.FindAsync<string>("select status from purchase_order where number = @used", new { used }, ct) is not OrderStatus.Draft)
        {
            return new UblOutcome.Used(used);
        }

        var problems = await OfTheWholeAsync(order, ct);
        var skus = await SkusAsync(order, ct);
        var lines = order.Lines.Select((line, index) => new Asked(line, skus[index], new SkuLine(skus[index]?.Sku ?? "", line.Quantity.Value) { Day = line.Day })).ToList();
        var request = new OrderRequest(order.Id, order.Note, order.Currency, null, [.. lines.Select(line => line.Line)]) { RequestedOn = order.RequestedOn, ShipTo = await AddressAsync(order.Delivery, problems, ct) };
        var found = await pricing.CheckAsync(request, ct);
        problems.AddRange(found.Problems.Where(problem => problem.Line is null).Select(problem => UblProblemSaid.Of(null, problem.Field, problem.TextKey, problem.Arguments)));
        var wrong = lines.Select((line, index) => Wrong(line, found.Lines[index]).ToList()).ToList();
        var good = lines.Where((_, index) => wrong[index].Count == 0).ToList();
        var ofLines = wrong.SelectMany(said => said).ToList();
        if (problems.Count > 0 || good.Count == 0 || (wishes.Strict && ofLines.Count > 0))
        {
            return new UblOutcome.Refused([.. problems, .. ofLines, .. order.Lines.Count == 0 ? [UblProblemSaid.Of(null, "lines", "ubl.problem.no_lines")] : Array.Empty<UblProblemSaid>()]);
        }

        // What is not all of what was asked for is not handed in without a look.
        var submit = wishes.Submit && ofLines.Count == 0;
        var asked = request with { Lines = [.. good.Select(line => line.Line)], ExpectedTotal = submit ? order.Total : null };
        var outcome = before is { RecordNumber: { } draft } ? await placeOrder.UpdateAsync(draft, null, asked, submit, ct) : await placeOrder.CreateAsync(asked, submit, ct);
        return outcome switch
        {
            OrderOutcome.Done done => new UblOutcome.Taken(!submit ? "draft" : done.WaitsForApproval ? "waits" : "submitted", done.Number, ofLines),
            OrderOutcome.Wrong(var refused) => new UblOutcome.Refused([.. refused.Select(problem => UblProblemSaid.Of(problem.Line is { } line ? good[line - 1].Document.Id : null, problem.Field, problem.TextKey, problem.Arguments))]),
            _ => new UblOutcome.Forbidden(),
        };
    }

    // Somebody else's order, or one for another seller, is no order of this company.
    async Task<List<UblProblemSaid>> OfTheWholeAsync(UblOrder order, CancellationToken ct)
    {
        var parties = await db.FindAsync<Parties>("""
            select b.number as buyer_number, b.code as buyer_code, b.name as buyer_name, s.number as seller_number, s.code as seller_code, s.name as seller_name
            from partner b left join partner s on s.partner_id = b.upstream_id
            where b.partner_id = app_partner_id()
            """, null, ct);
        var problems = new List<UblProblemSaid>();
        if (parties is not null && !Fits(order.Buyer, parties.BuyerNumber, parties.BuyerCode))
        {
            problems.Add(UblProblemSaid.Of(null, "buyerCustomerParty", "ubl.problem.buyer", parties.BuyerName, parties.BuyerNumber));
        }

        if (parties is { SellerNumber: not null } && !Fits(order.Seller, parties.SellerNumber, parties.SellerCode))
        {
            problems.Add(UblProblemSaid.Of(null, "sellerSupplierParty", "ubl.problem.seller", parties.SellerName, parties.SellerNumber));
        }

        if (order.Lines.GroupBy(line => line.Id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            problems.Add(UblProblemSaid.Of(twice.Key, "id", "ubl.problem.line_twice", twice.Key));
        }

        return problems;
    }

    // A product by the seller's number, else by its GTIN.
    async Task<List<Product?>> SkusAsync(UblOrder order, CancellationToken ct)
    {
        var known = await db.ListAsync<Product>("select sku, gtin, unit from product where sku = any (@skus) or gtin = any (@gtins)", new
        {
            skus = order.Lines.Select(line => line.Item.Sku).OfType<string>().ToArray(),
            gtins = order.Lines.Select(line => line.Item.Gtin).OfType<string>().ToArray(),
        }, ct);
        return [.. order.Lines.Select(line => line.Item.Sku is { } sku ? known.Find(product => product.Sku == sku) ?? new(sku, null, null) : line.Item.Gtin is { } gtin ? known.Find(product => product.Gtin == gtin) : null)];
    }

    async Task<string?> AddressAsync(UblAddress? wanted, List<UblProblemSaid> problems, CancellationToken ct)
    {
        if (wanted is null || wanted.Id is not null)
        {
            return wanted?.Id;
        }

        var found = await db.FindAsync<string>("""
            select number from ship_to_address
            where partner_id = app_partner_id() and country_code = coalesce(@Country, country_code) and city = @City and address = @Street and postal_code is not distinct from coalesce(@PostalCode, postal_code)
            order by is_default desc, number limit 1
            """, wanted, ct);
        if (found is null)
        {
            problems.Add(UblProblemSaid.Of(null, "deliveryAddress", "ubl.problem.address", string.Join(", ", new[] { wanted.Street, wanted.City, wanted.Country }.OfType<string>())));
        }

        return found;
    }

    static IEnumerable<UblProblemSaid> Wrong(Asked line, CheckedLine found)
    {
        if (line.Product is null)
        {
            yield return UblProblemSaid.Of(line.Document.Id, "item", line.Document.Item.Gtin is not null ? "ubl.problem.unknown_gtin" : "ubl.problem.no_item", line.Document.Item.Gtin);
            yield break;
        }

        foreach (var problem in found.Problems)
        {
            yield return UblProblemSaid.Of(line.Document.Id, problem.Field, problem.TextKey, problem.Arguments);
        }

        if (found.Priced is { } priced)
        {
            if (!UblUnits.Fits(line.Document.Quantity.Unit, line.Product.Unit))
            {
                yield return UblProblemSaid.Of(line.Document.Id, "quantity", "ubl.problem.unit", priced.Sku, UblUnits.Of(line.Product.Unit), line.Document.Quantity.Unit);
            }

            if (line.Document.UnitPrice is { } price && price != priced.UnitPrice)
            {
                yield return UblProblemSaid.Of(line.Document.Id, "price", "ubl.problem.price", priced.Sku, priced.UnitPrice, price);
            }
        }

    }

    static bool Fits(UblParty said, string? number, string? code) => (said.Number is null || said.Number == number) && (said.Code is null || said.Code == code);

    sealed record Asked(UblOrderLine Document, Product? Product, SkuLine Line);

    sealed record Product(string Sku, string? Gtin, string? Unit);

    sealed record Parties(string BuyerNumber, string? BuyerCode, string BuyerName, string? SellerNumber, string? SellerCode, string? SellerName);
}
