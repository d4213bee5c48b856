using Platform.Database;
using Portal.Demo;

namespace Portal.Stock;

/// <summary>The demo's warehouses and shops, with goods on their way between them and counts at every stage.</summary>
sealed class StockLifeDemo(Db db, StockPlaces places, TransferGoods transfers, CountStock counts) : IDemoPart
{
    public int Order => 64;

    public Task SeedAsync(DateOnly today, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await EnterAsync("admin@northlight.example", ct);
        Expect(await places.AddAsync(new("EU-HUB", "Rotterdam 鹿特丹", "warehouse"), ct));
        await MoveAsync("EU-HUB", atOnce: true, 12, 20, "欧洲备货 / Stock for Europe", ct);

        await EnterAsync("admin@huaxin.example", ct);
        Expect(await places.AddAsync(new("SHENZHEN", "深圳仓 Shenzhen", "warehouse"), ct));
        Expect(await places.AddAsync(new("SHOWROOM", "上海展厅 Shanghai showroom", "store", IsOffered: false), ct));
        await MoveAsync("SHENZHEN", atOnce: true, 8, 10, null, ct);
        await MoveAsync("SHOWROOM", atOnce: true, 3, 1, "展品 / To be shown", ct);
        await MoveAsync("SHENZHEN", atOnce: false, 2, 4, "补货 / Filled up", ct);

        // One posted, one to be looked over, one being counted.
        Expect((await counts.PostAsync(await CountAsync("SHOWROOM", ct), null, ct)).Outcome);
        await CountAsync("SHENZHEN", ct);
        Expect(await counts.BeginAsync(new("MAIN", null, IsBlind: true, "月末盘点 / End of month"), ct));
        await db.ExecuteAsync("""
            select set_config('app.person_id', '', true), set_config('app.partner_id', '', true), set_config('app.is_brand', '', true), set_config('app.roles', '', true), enter_as_system('seed')
            """, null, ct);
    }, ct);

    // Goods that lie in the default place and nobody is promised.
    async Task MoveAsync(string to, bool atOnce, int products, int pieces, string? note, CancellationToken ct)
    {
        var skus = await db.ListAsync<string>("""
            select p.sku from stock_balance b join product p on p.product_id = b.product_id
            where b.stock_place_id = stock_place_of(app_partner_id()) and b.on_hand - b.reserved > @pieces
            order by b.on_hand - b.reserved desc, p.sku limit @products
            """, new { products, pieces }, ct);
        if (skus.Count > 0)
        {
            Expect(await transfers.SendAsync(new(null, to, atOnce, note, [.. skus.Select(sku => new SkuLine(sku, pieces))]), ct));
        }
    }

    async Task<string> CountAsync(string place, CancellationToken ct)
    {
        var number = Expect(await counts.BeginAsync(new(place, null), ct));
        var there = await db.ListAsync<(string Sku, long OnHand)>("""
            select p.sku, b.on_hand from stock_balance b join stock_place s on s.stock_place_id = b.stock_place_id join product p on p.product_id = b.product_id
            where s.partner_id = app_partner_id() and s.code = @place and b.on_hand > 0 order by p.sku
            """, new { place }, ct);
        Expect((await counts.EnterAsync(number, [.. there.Select((line, index) => new CountedLine(line.Sku, line.OnHand - (index == 0 ? 1 : 0), index == 0 ? "damaged" : null, index == 0 ? "运输破损 / Broken in transport" : null))], null, afresh: true, ct)).Outcome);
        return Expect(await counts.HandInAsync(number, null, ct));
    }

    // The person at work, who keeps the product's rights beside: the next one is looked for among all.
    Task EnterAsync(string email, CancellationToken ct) =>
        db.ExecuteAsync("select enter(issuer, subject), set_config('app.is_system', 'yes', true) from person where email = @email", new { email }, ct);

    static string Expect(StockOutcome outcome) => outcome is StockOutcome.Done(var number) ? number
        : throw new InvalidOperationException($"The demo's stock does not go through: {outcome}{string.Concat((outcome as StockOutcome.Wrong)?.Problems.Select(problem => " " + problem) ?? [])}");
}
