using Platform.Audit;
using Platform.Database;
using Portal.Demo;
using Portal.Pricing;

namespace Portal.Deals;

/// <summary>Special prices in the demo: granted ones, some that wait for the deal desk, and some that wait for the word of a distributor.</summary>
sealed class SpecialPricesDemo(Db db, DealStore deals, SpecialPriceStore specials, Prices prices, AuditTrail audit) : IDemoPart
{
    public int Order => 49;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        await WriteAsync("HUAXIN", "客户比较了另一品牌的报价，低于我方现价约两成。", isGranted: true, today, ct);
        await WriteAsync("JIANGNAN", "客户预算已定，按现价无法成交。", isGranted: true, today, ct);
        await WriteAsync("BEICHEN", "投标项目，最高限价已公布。", isGranted: false, today, ct);
        await ActAsAsync(null, ct);
    }

    async Task WriteAsync(string partner, string reason, bool isGranted, DateOnly today, CancellationToken ct)
    {
        if (await db.FindAsync<Asking>("""
            select d.number as deal, p.partner_id, p.upstream_id as seller_id, p.currency,
                   (select min(w.person_id) from person w join person_role r using (person_id) where w.partner_id = p.partner_id and w.kind = 'person' and r.role = 'sales') as person_id,
                   (select min(w.person_id) from person w join person_role r using (person_id) where w.kind = 'person' and r.role = 'deal_desk') as desk_id
            from deal d join partner p on p.partner_id = d.partner_id
            where p.code = @partner and d.status = 'approved' and d.protected_until > (@today + 7)::timestamp order by d.deal_id limit 1
            """, new { partner, today }, ct) is not { } asking || await deals.FindAsync(asking.Deal, ct) is not { } deal)
        {
            return;
        }

        var choices = (await specials.ChoicesAsync(deal, ct)).Select(product => product.Sku).ToList();
        var products = (await specials.ProductsAsync(choices, ct)).ToDictionary(product => product.Sku, StringComparer.Ordinal);
        var lines = (await prices.ForAsync(asking.PartnerId, asking.SellerId, asking.Currency, today, [.. choices.Select(sku => new AskedLine(sku, 20))], ct))
            .Where(price => price.Refusal is null && price.UnitPrice is > 100 and < 15_000).Take(2).Select((price, at) => new SpecialPriceLine
            {
                ProductId = products[price.Sku].ProductId, Sku = price.Sku, Quantity = 20 + (20 * at), UsualPrice = price.UnitPrice, WantedRate = 0.18m, WantedPrice = Amounts.Less(price.UnitPrice, 0.18m, asking.Currency),
                WantedCustomerPrice = at == 0 ? Amounts.Less(price.UnitPrice, 0.05m, asking.Currency) : null,
            }).ToList();
        if (lines.Count == 0)
        {
            return;
        }

        var (number, asked) = (PublicNumber.From("SP", "demo special prices " + partner), today.AddDays(-2).ToDateTime(new(2, 10), DateTimeKind.Utc));
        await ActAsAsync(asking.PersonId, ct);
        await specials.InsertAsync(number, deal, new(asking.PartnerId, asking.SellerId, asking.Currency), reason, today.AddDays(45), lines, asked, ct);
        await deals.MoveAsync(deal, DealLifecycle.Act("request_special_price"), reason, asked, ct);
        await audit.RecordAsync("deal.request_special_price", "deal", deal.Number, deal.PartnerId, new { number, lines = lines.Select(line => new { line.Sku, line.Quantity, line.WantedPrice }) }, ct);
        if (isGranted)
        {
            await GrantAsync(number, asking, lines, today, asked.AddHours(5), ct);
        }
    }

    async Task GrantAsync(string number, Asking asking, List<SpecialPriceLine> lines, DateOnly today, DateTime at, CancellationToken ct)
    {
        const string answer = "同意，数量以此为限。";
        await ActAsAsync(asking.DeskId, ct);
        var request = (await specials.FindAsync(number, today, ct))!;
        await specials.DecideAsync(request, true, today.AddDays(45), answer, at, ct);
        List<GrantedPrice> granted = [.. lines.SelectMany(line => Granted(request, line, asking.Currency))];
        await specials.GrantAsync(request, granted, today.AddDays(45), today, at, ct);
        var deal = (await deals.FindAsync(asking.Deal, ct))!;
        await deals.MoveAsync(deal, DealLifecycle.Act("grant_special_price"), answer, at, ct);
        await audit.RecordAsync("deal.grant_special_price", "deal", deal.Number, deal.PartnerId, new { number, prices = granted.Count }, ct);
    }

    // A little less than was asked for; where a distributor sells, the brand bears most of it.
    static IEnumerable<GrantedPrice> Granted(SpecialPrices request, SpecialPriceLine line, string currency)
    {
        yield return new(line.ProductId, "purchase", line.Quantity, Amounts.Less(line.UsualPrice!.Value, 0.15m, currency));
        if (line.WantedCustomerPrice is { } customers)
        {
            yield return new(line.ProductId, "offer", line.Quantity, customers);
        }

        if (!request.SellerIsBrand && request.BrandOfSellerId is not null)
        {
            yield return new(line.ProductId, "support", line.Quantity, Amounts.Less(line.UsualPrice.Value, 0.25m, currency));
        }
    }

    // The product writes, and the timeline names the person.
    Task ActAsAsync(long? personId, CancellationToken ct) => db.ExecuteAsync("select set_config('app.person_id', coalesce(@personId::text, ''), true)", new { personId }, ct);

    sealed record Asking
    {
        public string Deal { get; init; } = "";
        public long PartnerId { get; init; }
        public long SellerId { get; init; }
        public string Currency { get; init; } = "";
        public long? PersonId { get; init; }
        public long? DeskId { get; init; }
    }
}
