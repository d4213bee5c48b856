using Platform.Database;
using Portal.Demo;
using Portal.Kpis;
using Portal.Pricing;

namespace Portal.Quotes;

/// <summary>The demo's quotes: for the first customers of each partner that has some, one sent and one still a draft.</summary>
public sealed class QuotesDemo(Db db, QuoteStore quotes, FrozenQuotes frozen, Prices prices, KpiFacts kpis) : IDemoPart
{
    /// <inheritdoc/>
    public int Order => 70;

    /// <inheritdoc/>
    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var customers = await db.ListAsync<DemoCustomer>("""
            select * from (
                select p.partner_id, p.currency, c.end_customer_id, c.number as customer_number, row_number() over (partition by p.partner_id order by c.end_customer_id)::int as place
                from end_customer c join partner p on p.partner_id = c.partner_id where p.partner_type <> 'brand') numbered
            where place <= 2 order by partner_id, place
            """, null, ct);
        var skus = await db.ListAsync<string>("select sku from product where status = 'active' order by sku", null, ct);
        foreach (var customer in customers)
        {
            await WriteAsync(customer, [.. skus.Where((_, index) => index % 7 == customer.EndCustomerId % 7).Take(6)], today, ct);
        }
    }

    async Task WriteAsync(DemoCustomer customer, IReadOnlyList<string> skus, DateOnly today, CancellationToken ct)
    {
        var priced = (await prices.ForAsync(null, customer.PartnerId, customer.Currency, today, [.. skus.Select((sku, index) => new AskedLine(sku, 2 + (index * 3)))], ct))
            .Where(line => line.Refusal is null).ToList();
        if (priced.Count == 0)
        {
            return;
        }

        var lines = priced.Select((line, index) => PriceQuote.Line(new(line.Sku, line.Quantity, Discount: index == 0 ? 3 : null), line, customer.Currency)).ToList();
        var taxRate = customer.Currency == "CNY" ? 0.13m : 0.19m;
        var net = lines.Sum(line => line.Amount);
        var tax = Amounts.Round(net * taxRate, customer.Currency);
        var number = PublicNumber.From("Q", "demo quote " + customer.CustomerNumber);
        await quotes.InsertAsync(number, customer.PartnerId,
            new(customer.EndCustomerId, null, customer.Currency, today.AddDays(21), taxRate, null, net, tax, net + tax, lines.Max(line => line.Discount), lines), ct);
        if (customer.Place == 1)
        {
            var head = (await quotes.HeadAsync(number, ct))!;
            await frozen.FreezeAsync(head, today, ct);
            await kpis.AddAsync([new(head.PartnerId, Metric.QuotesSent, null, today, 1)], ct);
            await quotes.AdvanceAsync(head, QuoteLifecycle.Send, "sent", head.Revision, null, today, ct);
        }
    }

    sealed record DemoCustomer
    {
        public long PartnerId { get; init; }
        public string Currency { get; init; } = "";
        public long EndCustomerId { get; init; }
        public string CustomerNumber { get; init; } = "";
        public int Place { get; init; }
    }
}
