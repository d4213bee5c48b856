using Platform.Database;
using Portal.Quotes;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// Orders from the upstream what the own company has sold by a quote: its products and quantities at today's buying prices, once. The quote's prices are those of its end customer and stay with it.
/// </summary>
public sealed class OrderFromQuote(Db db, PlaceOrder placeOrder, QuoteStore quotes, WorkOnQuote workOnQuote, TimeProvider clock)
{
    /// <summary>The lines of an own quote that was accepted, and the order it was ordered with, if any; null where there is no such quote.</summary>
    public Task<QuotedGoods?> FindAsync(string quote, CancellationToken ct) => db.TogetherAsync<QuotedGoods?>(async () =>
    {
        if (await OwnAsync(quote, ct) is not { } head)
        {
            return null;
        }

        var lines = await quotes.LinesAsync(head.QuoteRevisionId, ct);
        // named where a special price of the quote's deal holds for something in it
        var deal = head.DealNumber is null ? null : await db.FindAsync<string>("""
            select special.special_deal
            from partner p cross join lateral special_price_facts(@DealNumber, p.partner_id, p.upstream_id, p.currency, brand_day(@now)) special
            where p.partner_id = @PartnerId and special.special_products && @products
            """, new { head.DealNumber, head.PartnerId, products = lines.Where(line => line.IsIncluded).Select(line => line.ProductId).ToArray(), now = clock.GetUtcNow().UtcDateTime }, ct);
        return new(head.Status is "accepted" or "ordered", await OrderOfAsync(quote, ct), [.. lines.Where(line => line.IsIncluded).Select(line => new SkuLine(line.Sku, line.Quantity) { Configuration = line.Configuration, Start = line.TermStart, Months = line.TermMonths, Subscription = null })]) { Deal = deal };
    }, ct);

    /// <summary>Writes the order and remembers for which quote it is; whoever is second is told of the first.</summary>
    /// <param name="quote">The quote.</param>
    /// <param name="request">What is ordered; lines may have been changed.</param>
    /// <param name="submit">True to hand it to the seller at once, false to keep it as a draft.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderOutcome> CreateAsync(string quote, OrderRequest request, bool submit, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (!await quotes.HoldAsync(quote, ct) || await OwnAsync(quote, ct) is not { } head)
        {
            return new OrderOutcome.NotFound();
        }

        if (await OrderOfAsync(quote, ct) is { } other)
        {
            return OrderOutcome.Because("quote", "orders.problem.quote_ordered", quote, other);
        }

        if (head.Status is not ("accepted" or "ordered"))
        {
            return OrderOutcome.Because("quote", "orders.problem.quote_not_accepted", quote);
        }

        var outcome = await placeOrder.CreateAsync(request, submit, ct);
        if (outcome is OrderOutcome.Done(var number, _))
        {
            await db.ExecuteAsync("""
                insert into order_of_quote as x (quote_id, purchase_order_id, partner_id, ordered_at)
                select @QuoteId, o.purchase_order_id, o.buyer_id, @now from purchase_order o where o.number = @number
                on conflict (quote_id) do update set purchase_order_id = excluded.purchase_order_id, ordered_at = excluded.ordered_at
                """, new { head.QuoteId, number, now = clock.GetUtcNow().UtcDateTime }, ct);
            await workOnQuote.OrderedAsync(head, number, ct);
        }

        return outcome;
    }, ct);

    async Task<QuoteHead?> OwnAsync(string quote, CancellationToken ct) =>
        await quotes.HeadAsync(quote, ct) is { IsBrand: false } head && head.PartnerId == await db.OneAsync<long?>("select app_partner_id()", null, ct) ? head : null;

    // An order that came to nothing leaves the quote to be ordered anew.
    Task<string?> OrderOfAsync(string quote, CancellationToken ct) => db.FindAsync<string>("""
        select o.number
        from quote q
        join order_of_quote x on x.quote_id = q.quote_id
        join purchase_order o on o.purchase_order_id = x.purchase_order_id
        where q.number = @quote and o.status not in ('cancelled', 'rejected')
        """, new { quote }, ct);
}

/// <summary>What a quote asks for.</summary>
/// <param name="IsAccepted">The customer has taken it.</param>
/// <param name="Order">The order it was ordered with; null where it was not, or that came to nothing.</param>
/// <param name="Lines">Its products and quantities.</param>
public sealed record QuotedGoods(bool IsAccepted, string? Order, IReadOnlyList<SkuLine> Lines)
{
    /// <summary>Its deal, where that has special prices for them today.</summary>
    public string? Deal { get; init; }
}
