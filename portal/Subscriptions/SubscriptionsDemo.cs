using Platform.Audit;
using Platform.Database;
using Portal.Demo;
using Portal.Kpis;
using Portal.Pricing;
using Portal.Quotes;

namespace Portal.Subscriptions;

/// <summary>
/// The demo's subscriptions: workspace plans are sold by the term; the first customers of two distributors have desks that run, to which some were added in the middle of a month, and an office whose term ends soon, so that its next one is offered.
/// </summary>
public sealed class SubscriptionsDemo(Db db, KeepProductTerms productTerms, QuoteStore quotes, FrozenQuotes frozen, Prices prices, OfferRenewals renewals, KpiFacts kpis, AuditTrail audit) : IDemoPart
{
    /// <inheritdoc/>
    public int Order => 74;

    /// <inheritdoc/>
    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        foreach (var facts in Sold)
        {
            await productTerms.WriteAsync(facts, ct);
        }

        var customers = await db.ListAsync<Customer>("""
            select distinct on (p.partner_id) p.partner_id, p.currency, c.end_customer_id, c.number
            from end_customer c join partner p on p.partner_id = c.partner_id
            where p.partner_type = 'distributor' order by p.partner_id, c.end_customer_id
            """, null, ct);
        foreach (var customer in customers.Take(2))
        {
            var begun = new DateOnly(today.Year, today.Month, 1).AddMonths(-4);
            await SellAsync(customer, "desks", [("WP-DED", 6, Term.Of(begun, 12), 12, null), ("WP-OFF-4", 1, Term.Of(today.AddDays(20).AddMonths(-6), 6), 6, null)], today, ct);
            var desks = await db.ListAsync<Had>("""
                select s.number, s.term_starts_on, s.ends_on from subscription s join product p using (product_id) where s.end_customer_id = @EndCustomerId and p.sku = 'WP-DED'
                """, new { customer.EndCustomerId }, ct);
            if (desks is [var had])
            {
                await SellAsync(customer, "more desks", [("WP-DED", 2, new(begun.AddMonths(2).AddDays(14), had.EndsOn, had.TermStartsOn), null, had.Number)], today, ct);
            }
        }

        await renewals.RunAsync(ct);
    }

    // Written, sent and accepted, as a salesperson does it.
    async Task SellAsync(Customer customer, string what, IReadOnlyList<(string Sku, int Quantity, Term Term, int? Months, string? Subscription)> sold, DateOnly today, CancellationToken ct)
    {
        var priced = await prices.ForAsync(null, customer.PartnerId, customer.Currency, today, [.. sold.Select(one => new AskedLine(one.Sku, one.Quantity) { Term = one.Term })], ct);
        if (priced.Any(line => line.Refusal is not null))
        {
            return;
        }

        var lines = sold.Zip(priced, (one, price) => PriceQuote.Line(new(one.Sku, one.Quantity, null) { Months = one.Months, Subscription = one.Subscription }, price, customer.Currency)).ToList();
        var net = lines.Sum(line => line.Amount);
        var taxRate = customer.Currency == "CNY" ? 0.06m : 0.19m;
        var tax = Amounts.Round(net * taxRate, customer.Currency);
        var number = PublicNumber.From("Q", $"demo {what} " + customer.Number);
        await quotes.InsertAsync(number, customer.PartnerId, new(customer.EndCustomerId, null, customer.Currency, today.AddDays(30), taxRate, null, net, tax, net + tax, 0, lines), ct);
        var head = (await quotes.HeadAsync(number, ct))!;
        await frozen.FreezeAsync(head, await quotes.LinesAsync(head.QuoteRevisionId, ct), today, ct);
        await kpis.AddAsync([new(customer.PartnerId, Metric.QuotesSent, null, today, 1)], ct);
        await quotes.AdvanceAsync(head, QuoteLifecycle.Send, "sent", head.Revision, null, today, ct);
        await quotes.AdvanceAsync(head, QuoteLifecycle.Accept, "accepted", head.Revision, null, null, ct);
        await audit.RecordAsync("quote.accept", "quote", number, customer.PartnerId, new { head.Revision, status = "accepted" }, ct);
    }

    static ProductTermFacts[] Sold { get; } =
    [
        new("WP-HOT", [1, 3, 6, 12], true, "auto", 30), new("WP-DED", [12, 1, 3, 6, 24], true, "offer", 45), new("WP-OFF-4", [12, 3, 6, 24], true, "offer", 60), new("WP-OFF-8", [12, 3, 6, 24], true, "offer", 60),
        new("WP-OFF-20", [12, 6, 24, 36], true, "offer", 90), new("WP-MEET-20", [12, 1, 3, 6], true, "auto", 30), new("WP-ADDR", [12, 1], true, "auto", 30),
        new("WP-APP-S", [12, 24, 36], false, "offer", 60, CoTerminates: false), new("WP-APP-L", [12, 24, 36], false, "offer", 60, CoTerminates: false),
    ];

    sealed record Customer(long PartnerId, string Currency, long EndCustomerId, string Number);

    sealed record Had(string Number, DateOnly TermStartsOn, DateOnly EndsOn);
}
