using System.Globalization;
using Platform.Database;
using Portal.Assortment;
using Portal.Demo;
using Portal.Pricing;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>The demo's orders: fifteen months that are over, and some that stand in every state today.</summary>
sealed class OrdersDemo(
    Db db, OrderHistory history, Prices prices, PlaceOrder placeOrder, AnswerOrder answerOrder, ShipOrder shipOrder, ReceiveShipment receiveShipment, CancelOrder cancelOrder, OrderUpwards orderUpwards, AskForDropShipment askForDropShipment, AskForChange askForChange, OrderStore orders, Terms terms, TimeProvider clock) : IDemoPart
{
    const int Months = 15;

    public int Order => 60;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var buyers = await BuyersAsync(today, ct);
        await HistoryAsync(buyers, today, ct);
        foreach (var buyer in buyers.Where(buyer => buyer.Email is not null && buyer.SellersEmail is not null))
        {
            await TodayAsync(buyer, ct);
        }

        await db.ExecuteAsync("""
            select set_config('app.person_id', '', true), set_config('app.partner_id', '', true), set_config('app.is_brand', '', true), set_config('app.roles', '', true), enter_as_system('seed')
            """, null, ct);
    }

    async Task<List<Buyer>> BuyersAsync(DateOnly today, CancellationToken ct)
    {
        var buyers = await db.ListAsync<Buyer>("""
            select b.partner_id, b.code, b.upstream_id as seller_id, b.currency, b.partner_type,
                   (select min(p.email) from person p join person_role r on r.person_id = p.person_id and r.role = 'purchasing' where p.partner_id = b.partner_id and p.kind = 'person') as email,
                   (select min(p.email) from person p join person_role r on r.person_id = p.person_id and r.role in ('sales', 'brand_admin') where p.partner_id = b.upstream_id and p.kind = 'person') as sellers_email,
                   (select min(p.email) from person p join person_role r on r.person_id = p.person_id and r.role = 'purchasing' where p.partner_id = b.upstream_id and p.kind = 'person') as sellers_buyers_email
            from partner b
            where b.partner_type in ('distributor', 'reseller', 'store')
            order by b.partner_id
            """, null, ct);
        var skus = await db.ListAsync<string>("select sku from product where status = 'active' order by sku", null, ct);
        foreach (var buyer in buyers)
        {
            var priced = await prices.ForAsync(buyer.PartnerId, buyer.SellerId, buyer.Currency, today, [.. skus.Select(sku => new AskedLine(sku, 1))], ct);
            buyer.Today = today;
            buyer.Terms = await terms.ForAsync(buyer.PartnerId, skus, ct);
            buyer.Products.AddRange(priced.Where(price => price.Refusal is null && price.UnitPrice > 0 && buyer.Terms[price.Sku].IsSellable));
        }

        return [.. buyers.Where(buyer => buyer.Products.Count >= 8)];
    }

    async Task HistoryAsync(List<Buyer> buyers, DateOnly today, CancellationToken ct)
    {
        await history.BeginAsync(ct);
        await history.AddAsync(Past(buyers, today).ToAsyncEnumerable(), ct);
        var problems = await history.CheckAsync(1, ct);
        if (problems.Count > 0)
        {
            throw new InvalidOperationException($"The demo's history is wrong: {problems[0]}");
        }

        await history.WriteAsync("demo", ct);
    }

    static IEnumerable<HistoricLine> Past(List<Buyer> buyers, DateOnly today)
    {
        var random = new Random(20260101);
        var number = 0;
        var row = 0L;
        for (var month = Months; month >= 1; month--)
        {
            var first = new DateOnly(today.Year, today.Month, 1).AddMonths(-month);
            // A little more each month, with a summer and a new-year hole, so that the charts have something to say.
            var season = (1.0 + ((Months - month) * 0.03)) * (first.Month is 2 or 8 ? 0.7 : 1.0);
            foreach (var buyer in buyers)
            {
                var (times, most) = buyer.PartnerType switch { "distributor" => (3, 24), "reseller" => (2, 8), _ => (1, 3) };
                for (var i = 0; i < times; i++)
                {
                    number++;
                    var day = first.AddDays(random.Next(0, 27));
                    var products = buyer.Products.OrderBy(_ => random.Next()).Take(random.Next(2, 8)).ToList();
                    for (var line = 0; line < products.Count; line++)
                    {
                        var quantity = Math.Max(1, (int)(random.Next(1, most + 1) * season));
                        yield return new HistoricLine(++row, string.Create(CultureInfo.InvariantCulture, $"NL-{number:D5}"), day, buyer.Code, line + 1, products[line].Sku, quantity, products[line].UnitPrice, null, null);
                    }
                }
            }
        }
    }

    async Task TodayAsync(Buyer buyer, CancellationToken ct)
    {
        var random = new Random(buyer.Code.Length * 7919);
        await OrderAsync(buyer, random, "draft", ct);
        await OrderAsync(buyer, random, "submitted", ct);
        await OrderAsync(buyer, random, "rejected", ct);
        if (buyer.PartnerType is not "store")
        {
            await OrderAsync(buyer, random, "submitted", ct);
            await OrderAsync(buyer, random, "cancelled", ct);
        }

        await StockUpAsync(buyer, ct);
        await OrderAsync(buyer, random, "confirmed", ct);
        await OrderAsync(buyer, random, "partially_shipped", ct);
        await OrderAsync(buyer, random, "shipped", ct);
        await OrderAsync(buyer, random, "received", ct);
        await WaitingAsync(buyer, ct);
    }

    async Task OrderAsync(Buyer buyer, Random random, string until, CancellationToken ct)
    {
        await EnterAsync(buyer.Email!, ct);
        var lines = buyer.Products.Take(24).OrderBy(_ => random.Next()).Take(random.Next(3, 7)).Select(product => new SkuLine(product.Sku, buyer.Terms[product.Sku].Covering(random.Next(2, 6)))).ToList();
        var poNumber = string.Create(CultureInfo.InvariantCulture, $"{buyer.Code[..2]}-{2600 + buyer.NextPoNumber++}");
        var number = Expect(await placeOrder.CreateAsync(new(poNumber, null, null, null, lines) { RequestedOn = buyer.WantedOn }, until is not "draft", ct)).Number;
        if (until is "draft" or "submitted")
        {
            return;
        }

        if (until is "cancelled")
        {
            Expect(await cancelOrder.RunAsync(number, null, "项目推迟 / Project postponed", ct));
            return;
        }

        await EnterAsync(buyer.SellersEmail!, ct);
        if (until is "rejected")
        {
            Expect(await answerOrder.RejectAsync(number, null, "交期无法满足 / Cannot meet the date", ct));
            return;
        }

        Expect(await answerOrder.ConfirmAsync(number, null, ct));
        if (until is "confirmed")
        {
            await EnterAsync(buyer.Email!, ct);
            Expect(await askForChange.RunAsync(number, null, new("门店开业推迟 / The shop opens later", [new(1, 1, null, null)]), ct));
            return;
        }

        var share = until is "partially_shipped" ? 1 : 0;
        var goods = lines.Select((line, index) => new DispatchedLine(index + 1, Math.Max(1, line.Quantity!.Value - (index * share)))).ToList();
        var tracking = 1000000 + random.Next(899999);
        var shipment = Expect(await shipOrder.RunAsync(number, null, new("顺丰速运", string.Create(CultureInfo.InvariantCulture, $"SF{tracking}"), goods) { Parcels = until is "shipped" ? Packed(goods, tracking) : [] }, ct)).Document!;
        if (until is not "received")
        {
            return;
        }

        await EnterAsync(buyer.Email!, ct);
        var sent = (await orders.FindShipmentAsync(shipment, ct))!.Lines;
        Expect(await receiveShipment.RunAsync(shipment, null, new(null,
            [.. sent.Select((line, index) => new ArrivedLine(line.LineNumber, line.Quantity - (index == 0 ? 1 : 0), 0, index == 0 ? 1 : 0, 0, 0, index == 0 ? "外箱破损 / Box crushed" : null))]), ct));
    }

    static List<DispatchedParcel> Packed(List<DispatchedLine> goods, int tracking) =>
        [.. new[] { goods.Take(1), goods.Skip(1) }.Select((held, index) => new DispatchedParcel("顺丰速运", string.Create(CultureInfo.InvariantCulture, $"SF{tracking + index}"), 12.5m + (index * 6.2m), [.. held]))];

    // More than the seller has, of what costs least to be out of: a part waits, and a seller that is no brand has ordered it from its own upstream.
    async Task WaitingAsync(Buyer buyer, CancellationToken ct)
    {
        await EnterAsync(buyer.Email!, ct);
        var (wanted, there) = await db.OneAsync<(string Sku, long There)>("""
            select p.sku, coalesce(b.on_hand - b.reserved, 0) as there
            from unnest(@skus, @prices) as sold (sku, price)
            join product p on p.sku = sold.sku and p.kept_in_stock
            left join stock_balance b on b.product_id = p.product_id and b.stock_place_id = stock_place_of(@SellerId)
            order by coalesce(b.on_hand - b.reserved, 0) * sold.price, p.sku
            limit 1
            """, new { buyer.SellerId, skus = buyer.Products.Select(product => product.Sku).ToArray(), prices = buyer.Products.Select(product => product.UnitPrice).ToArray() }, ct);
        var asked = buyer.Terms[wanted].Covering((int)there + 5);
        var number = Expect(await placeOrder.CreateAsync(new(null, null, null, null, [new(wanted, asked)]), submit: true, ct)).Number;
        await EnterAsync(buyer.SellersEmail!, ct);
        Expect(await answerOrder.ConfirmAsync(number, null, [new(1, asked - 1, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(18), "生产排期 / Production is booked")], ct));
        // A dealer has it sent to its store's door where its upstream sells just that many.
        if (buyer is { PartnerType: "store", SellersBuyersEmail: { } purchasing })
        {
            await EnterAsync(purchasing, ct);
            if (await askForDropShipment.RunAsync(number, null, ct) is OrderOutcome.Done)
            {
                return;
            }

            await EnterAsync(buyer.SellersEmail!, ct);
        }

        if (buyer.PartnerType is not "distributor")
        {
            Expect(await orderUpwards.RunAsync(number, submit: true, buyer.SellerId, ct));
        }
    }

    // A reseller's shelf is whatever the story left on it; today's orders need some of everything.
    async Task StockUpAsync(Buyer buyer, CancellationToken ct) => await db.ExecuteAsync("""
        select stock_record('supply', stock_place_of(@SellerId), array_agg(product_id), array_agg(60::bigint), @now, @now, null)
        from product where sku = any (@skus)
        having count(*) > 0
        """, new { buyer.SellerId, skus = buyer.Products.Take(24).Select(product => product.Sku).ToArray(), now = clock.GetUtcNow().UtcDateTime }, ct);

    // The person at work, who keeps the product's rights beside: the next one is looked for among all.
    Task EnterAsync(string email, CancellationToken ct) =>
        db.ExecuteAsync("select enter(issuer, subject), set_config('app.is_system', 'yes', true) from person where email = @email", new { email }, ct);

    static OrderOutcome.Done Expect(OrderOutcome outcome) =>
        outcome as OrderOutcome.Done ?? throw new InvalidOperationException($"The demo's orders do not go through: {outcome}{string.Concat((outcome as OrderOutcome.Wrong)?.Problems.Select(problem => " " + problem) ?? [])}");

    sealed record Buyer
    {
        public long PartnerId { get; init; }

        public string Code { get; init; } = "";

        public long SellerId { get; init; }

        public string Currency { get; init; } = "";

        public string PartnerType { get; init; } = "";

        public string? Email { get; init; }

        public string? SellersEmail { get; init; }

        public string? SellersBuyersEmail { get; init; }

        public int NextPoNumber { get; set; }

        public DateOnly Today { get; set; }

        // Spread over the next three weeks, so that the calendar of deliveries has something on many days.
        public DateOnly WantedOn => Today.AddDays(3 + (NextPoNumber * 4 % 18));

        public IReadOnlyDictionary<string, TermsOfSale> Terms { get; set; } = new Dictionary<string, TermsOfSale>(StringComparer.Ordinal);

        public List<LinePrice> Products { get; } = [];
    }
}
