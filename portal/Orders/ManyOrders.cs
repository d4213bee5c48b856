using System.Globalization;
using Platform.Database;
using Portal.Demo;
using Portal.Pricing;

namespace Portal.Orders;

/// <summary>The large data set's orders: two years of them, from every generated reseller and store to its upstream, and from their distributors to the brand.</summary>
sealed class ManyOrders(Db db, OrderHistory history, Prices prices) : ILargeDemoPart
{
    const int Months = 24;

    public int Order => 60;

    public async Task<string> SeedAsync(DateOnly today, decimal share, CancellationToken ct)
    {
        var buyers = await db.ListAsync<Buyer>("""
            select partner_id, code, upstream_id as seller_id, currency, partner_type from partner where code like 'L-%' or (partner_type = 'distributor' and partner_id in (select upstream_id from partner where code like 'L-%'))
            order by code
            """, null, ct);
        var skus = await db.ListAsync<string>("select sku from product where status = 'active' and not is_tracked order by sku", null, ct);
        var asked = skus.Select(sku => new AskedLine(sku, 1)).ToList();
        var priced = new Dictionary<string, List<LinePrice>>(StringComparer.Ordinal);
        foreach (var kind in buyers.GroupBy(buyer => $"{buyer.Currency} {buyer.PartnerType}", StringComparer.Ordinal))
        {
            // Partners of one kind pay about the same; what each paid to the cent is not the point here.
            var one = kind.First();
            priced[kind.Key] = [.. (await prices.ForAsync(one.PartnerId, one.SellerId, one.Currency, today, asked, ct)).Where(price => price.Refusal is null && price.UnitPrice > 0)];
        }

        await history.BeginAsync(ct);
        await history.AddAsync(Lines(buyers, priced, (int)(Months * share), today).ToAsyncEnumerable(), ct);
        var problems = await history.CheckAsync(1, ct);
        if (problems.Count > 0)
        {
            throw new InvalidOperationException($"The large data set's orders are wrong: {problems[0]}");
        }

        var written = await history.WriteAsync("large data set", ct);
        return string.Create(CultureInfo.InvariantCulture, $"{written.Orders} orders with {written.Lines} lines");
    }

    static IEnumerable<HistoricLine> Lines(List<Buyer> buyers, Dictionary<string, List<LinePrice>> priced, int months, DateOnly today)
    {
        var random = new Random(20260102);
        var row = 0L;
        var number = 0;
        for (var month = months; month >= 0; month--)
        {
            var first = new DateOnly(today.Year, today.Month, 1).AddMonths(-month);
            // Distributors buy for all who buy from them: often, and much at a time.
            foreach (var buyer in buyers.SelectMany(buyer => Enumerable.Repeat(buyer, buyer.PartnerType is "distributor" ? 6 : 1)))
            {
                var products = priced[$"{buyer.Currency} {buyer.PartnerType}"];
                var lines = products.Count == 0 ? 0 : buyer.PartnerType is "distributor" ? 40 : random.Next(3, 9);
                var day = first.AddDays(random.Next(0, 27));
                if (day > today)
                {
                    continue;
                }

                number++;
                for (var line = 0; line < lines; line++)
                {
                    var product = products[random.Next(products.Count)];
                    yield return new HistoricLine(++row, string.Create(CultureInfo.InvariantCulture, $"L-{number:D6}"), day, buyer.Code, line + 1, product.Sku, (buyer.PartnerType is "distributor" ? 10 : 1) * random.Next(1, 12), product.UnitPrice, null, null);
                }
            }
        }
    }

    sealed record Buyer(long PartnerId, string Code, long SellerId, string Currency, string PartnerType);
}
