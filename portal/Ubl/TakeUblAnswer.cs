using System.Globalization;
using Platform.Database;
using Portal.Orders;

namespace Portal.Ubl;

/// <summary>
/// Answers an order as the seller's program says in a UBL OrderResponse: all of it, line by line, or not at all. Something else instead of what was ordered is no answer: it is the buyer's to agree to, so
/// that the whole response becomes the change that the seller asks for, and the order is confirmed afterwards.
/// </summary>
public sealed class TakeUblAnswer(Db db, AnswerOrder answerOrder, AskForChange askForChange)
{
    /// <summary>Takes it in.</summary>
    public async Task<UblOutcome> RunAsync(UblOrderResponse response, CancellationToken ct)
    {
        if (await SoldOrder.FindAsync(db, response.OrderId, response.SalesOrderId, response.Buyer, ct) is not { } order)
        {
            return new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.order", response.SalesOrderId ?? response.OrderId)]);
        }

        if (response.Code is not ("AP" or "CA" or "RE"))
        {
            return new UblOutcome.Refused([UblProblemSaid.Of(null, response.IsSimple ? "acceptedIndicator" : "orderResponseCode", "ubl.problem.response_code")]);
        }

        var problems = order.Differences(response.OrderId, response.Seller, "sellerSupplierParty", response.Buyer, "buyerCustomerParty").Concat(response.Lines.SelectMany(line => Problems(response, line, order))).ToList();
        if (problems.Count > 0)
        {
            return new UblOutcome.Refused(problems);
        }

        // What was answered already is not answered by this, whatever it says.
        if (order.Status is not OrderStatus.Submitted)
        {
            return new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.not_now", order.Status)]);
        }

        return response.Code is "RE" ? SoldOrder.Of(await answerOrder.RejectAsync(order.Number, null, response.Note, ct), "rejected")
            : response.Lines.Any(line => line.Substitutes.Count > 0) ? await SubstituteAsync(response, order, ct)
            : SoldOrder.Of(await answerOrder.ConfirmAsync(order.Number, null, [.. response.Lines.Select(Said)], ct), "confirmed");
    }

    static IEnumerable<UblProblemSaid> Problems(UblOrderResponse response, UblOrderLine line, SoldOrder order)
    {
        if (!int.TryParse(line.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return [UblProblemSaid.Of(line.Id, "id", "ubl.problem.line_id", line.Id)];
        }

        return response.Code is "RE" ? [] : order.Differences(line.Id, number, line.Item, line.Quantity.Unit);
    }

    // A line that is not delivered says 7, and may repeat the quantity or leave it out.
    static SaidOfLine Said(UblOrderLine line) => new(int.Parse(line.Id, CultureInfo.InvariantCulture), Delivered(line), line.Day, line.Note);

    static decimal? Delivered(UblOrderLine line) => line.Status is "7" ? 0 : line.Quantity.Value;

    async Task<UblOutcome> SubstituteAsync(UblOrderResponse response, SoldOrder order, CancellationToken ct)
    {
        var known = await KnownAsync(response, ct);
        var open = order.Lines.ToDictionary(line => line.LineNumber, line => line.Open);
        var problems = new List<UblProblemSaid>();
        var lines = new List<SaidOfChange>();
        foreach (var line in response.Lines)
        {
            var number = int.Parse(line.Id, CultureInfo.InvariantCulture);
            var called = open.GetValueOrDefault(number) - Delivered(line);
            if (line.Substitutes is [])
            {
                lines.Add(new(number, called, line.Day, null) { HasNoSuchQuantity = called is null });
                continue;
            }

            problems.AddRange(Problems(line, called, known));
            lines.Add(new(number, called, line.Day, Known(line.Substitutes[0].Item, known)?.Sku));
        }

        if (problems.Count > 0)
        {
            return new UblOutcome.Refused(problems);
        }

        // Why something else comes is told where the line or the document says so.
        var reason = response.Note ?? response.Lines.Select(line => line.Note).FirstOrDefault(note => note is not null);
        return await askForChange.RunAsync(order.Number, null, new(reason, lines), ct) is var outcome and not OrderOutcome.Done
            ? SoldOrder.Of(outcome, "asked")
            : new UblOutcome.Taken("asked", order.Number, []);
    }

    static IEnumerable<UblProblemSaid> Problems(UblOrderLine line, decimal? called, List<Product> known)
    {
        if (line.Substitutes is not [var instead])
        {
            yield return UblProblemSaid.Of(line.Id, "substitute", "ubl.problem.one_substitute");
            yield break;
        }

        if (Known(instead.Item, known) is not { } product)
        {
            yield return UblProblemSaid.Of(line.Id, "substitute", instead.Item.Sku is null && instead.Item.Gtin is null ? "ubl.problem.no_item" : "orders.change.problem.no_such_substitute", instead.Item.Sku ?? instead.Item.Gtin);
            yield break;
        }

        if (!UblUnits.Fits(instead.Quantity.Unit, product.Unit))
        {
            yield return UblProblemSaid.Of(line.Id, "substitute", "ubl.problem.unit", product.Sku, UblUnits.Of(product.Unit), instead.Quantity.Unit);
        }

        if (called is not > 0 || instead.Quantity.Value != called)
        {
            yield return UblProblemSaid.Of(line.Id, "substitute", "ubl.problem.substitute_quantity", product.Sku, called ?? 0, instead.Quantity.Value);
        }
    }

    Task<List<Product>> KnownAsync(UblOrderResponse response, CancellationToken ct)
    {
        var items = response.Lines.SelectMany(line => line.Substitutes).Select(instead => instead.Item).ToList();
        return db.ListAsync<Product>("select sku, gtin, unit from product where sku = any (@skus) or gtin = any (@gtins)", new { skus = items.Select(item => item.Sku).OfType<string>().ToArray(), gtins = items.Select(item => item.Gtin).OfType<string>().ToArray() }, ct);
    }

    static Product? Known(UblItem item, List<Product> known) => known.Find(product => item.Sku is { } sku ? product.Sku == sku : item.Gtin is { } gtin && product.Gtin == gtin);

    sealed record Product(string Sku, string? Gtin, string? Unit);
}
