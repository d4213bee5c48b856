using Platform.Audit;
using Platform.Database;
using Portal.Demo;
using Portal.Kpis;
using Portal.Pricing;

namespace Portal.Quotes;

/// <summary>
/// The demo's quotes: for the first customers of each partner that has some, one sent, one still a draft, and one that the customer accepted by its link. The sent one has a link that was opened. Their secrets are
/// made of their numbers (<see cref="OfferSecret.From"/>), public like the demo's passwords.
/// </summary>
public sealed class QuotesDemo(Db db, QuoteStore quotes, QuoteLinkStore links, OfferStore offers, FrozenQuotes frozen, Prices prices, KpiFacts kpis, AuditTrail audit, TimeProvider clock) : IDemoPart
{
    /// <inheritdoc/>
    public int Order => 70;

    /// <inheritdoc/>
    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var customers = await db.ListAsync<DemoCustomer>("""
            select * from (
                select p.partner_id, p.upstream_id, p.currency, c.end_customer_id, c.number as customer_number, row_number() over (partition by p.partner_id order by c.end_customer_id)::int as place
                from end_customer c join partner p on p.partner_id = c.partner_id where p.partner_type <> 'brand') numbered
            where place <= 3 order by partner_id, place
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
        customer.Costs = (await prices.ForAsync(customer.PartnerId, customer.UpstreamId, customer.Currency, today, [.. priced.Select(line => new AskedLine(line.Sku, line.Quantity))], ct))
            .Where(line => line.Refusal is null).ToDictionary(line => line.Sku, line => line.UnitPrice, StringComparer.Ordinal);
        if (priced.Count == 0)
        {
            return;
        }

        var number = PublicNumber.From("Q", "demo quote " + customer.CustomerNumber);
        await quotes.InsertAsync(number, customer.PartnerId, Offered(customer, priced, discount: 3, today), ct);
        if (customer.Place == 2)
        {
            return;
        }

        await kpis.AddAsync([new(customer.PartnerId, Metric.QuotesSent, null, today, 1)], ct);
        await SendAsync(number, today, ct);
        if (customer.Place == 1)
        {
            // The customer wanted a little more off and one product less.
            var head = (await quotes.HeadAsync(number, ct))!;
            await quotes.InsertRevisionAsync(head.QuoteId, head.PartnerId, 2, Offered(customer, [.. priced.Take(Math.Max(1, priced.Count - 1))], discount: 5, today), ct);
            await quotes.AdvanceAsync(head, QuoteLifecycle.Revise, "draft", 2, null, null, ct);
            await SendAsync(number, today, ct);
        }

        await LinkAsync((await quotes.HeadAsync(number, ct))!, isAccepted: customer.Place == 3, ct);
    }

    static PricedQuote Offered(DemoCustomer customer, IReadOnlyList<LinePrice> priced, decimal discount, DateOnly today)
    {
        // Two groups, and of more than three things the last can be had instead of the one before it.
        var (first, second) = customer.Currency == "CNY" ? ("开放办公区", "会议室") : ("Open office", "Meeting rooms");
        var lines = priced.Select((line, index) => PriceQuote.Line(new(line.Sku, line.Quantity, Discount: index == 0 ? discount : null)
        {
            Section = index < 2 ? first : second, Choice = index > 2 && index == priced.Count - 1 ? QuoteChoice.Alternative : null,
        }, line, customer.Currency) with { AlternativeTo = index > 2 && index == priced.Count - 1 ? index : null, UnitCost = customer.Costs.TryGetValue(line.Sku, out var cost) ? cost : null }).ToList();
        var taxRate = customer.Currency == "CNY" ? 0.13m : 0.19m;
        var net = lines.Where(line => line.IsIncluded).Sum(line => line.Amount);
        var tax = Amounts.Round(net * taxRate, customer.Currency);
        return new(customer.EndCustomerId, null, customer.Currency, today.AddDays(21), taxRate, null, net, tax, net + tax, lines.Max(line => line.Discount), lines);
    }

    async Task SendAsync(string number, DateOnly today, CancellationToken ct)
    {
        var head = (await quotes.HeadAsync(number, ct))!;
        await frozen.FreezeAsync(head, await quotes.LinesAsync(head.QuoteRevisionId, ct), today, ct);
        await quotes.AdvanceAsync(head, QuoteLifecycle.Send, "sent", head.Revision, null, today, ct);
    }

    // The sent one was opened, the other was opened and accepted: by the same functions that a customer's browser comes to.
    async Task LinkAsync(QuoteHead head, bool isAccepted, CancellationToken ct)
    {
        var isChinese = head.Currency == "CNY";
        var (name, email) = isChinese ? ("王敏", "wangmin@customer.example") : ("Anna Berg", "anna.berg@customer.example");
        var link = (await links.PutAsync(head, [(PublicNumber.From("QL", "demo link " + head.Number), name, email)], isChinese ? "zh-CN" : "en", head.ValidUntil.AddDays(KeepQuoteLinks.DaysAfter), 3, ct))[0];
        var secret = OfferSecret.From("demo link " + head.Number).Hash;
        await links.AddSecretAsync(link.QuoteLinkId, link.PartnerId, secret, "shown", ct);
        await audit.RecordAsync("quote.link_made", "quote", head.Number, head.PartnerId, new { link = link.Number, link.Revision, link.Recipient, link.Email }, ct);
        await offers.TouchAsync(secret, isDownload: false, ct);
        await audit.RecordAsync("quote.link_opened", "quote", head.Number, head.PartnerId, new { link = link.Number, head.Revision }, ct);
        if (isAccepted)
        {
            var offer = (await offers.FindAsync(secret, ct))!;
            var local = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Web.Display.Formats.Zone(offer.TimeZone));
            var title = isChinese ? "采购经理" : "Head of purchasing";
            await offers.AnswerAsync(secret, new(Convert.FromHexString(offer.Sha256), "accepted", name, title, name, null, null, offer.Language, offer.TimeZone,
                local.ToString("yyyy-MM-dd HH:mm:ss zzz", System.Globalization.CultureInfo.InvariantCulture), "192.0.2.17", "Mozilla/5.0 (demo)", null), ct);
            await audit.RecordAsync("quote.accept", "quote", head.Number, head.PartnerId, new { head.Revision, status = "accepted", link = link.Number, signer = name, title, sha256 = offer.Sha256 }, ct);
        }

        // The functions name the link as who acts; what the seed does next is its own again.
        await db.ExecuteAsync("select enter_as_system('seed')", null, ct);
    }

    sealed record DemoCustomer
    {
        public long PartnerId { get; init; }
        public long UpstreamId { get; init; }
        public IReadOnlyDictionary<string, decimal> Costs { get; set; } = new Dictionary<string, decimal>(StringComparer.Ordinal);
        public string Currency { get; init; } = "";
        public long EndCustomerId { get; init; }
        public string CustomerNumber { get; init; } = "";
        public int Place { get; init; }
    }
}
