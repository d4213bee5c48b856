using Platform.Database;
using Portal.Demo;

namespace Portal.Pricing;

/// <summary>The demo's net prices by level and tier, a distributor's own book, volume breaks, promotions and exchange rates.</summary>
sealed class PricingDemo(Db db, PriceBookStore books, PriceRuleStore rules, TimeProvider clock) : IDemoPart
{
    public int Order => 30;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var from = new DateOnly(today.Year - 3, 1, 1);
        foreach (var currency in new[] { "CNY", "EUR", "USD" })
        {
            foreach (var (level, name, nameZh, share) in Levels)
            {
                await BookAsync(new() { Code = $"{level.ToUpperInvariant()}-{currency}", Name = $"{name} price {currency}", NameZh = $"{nameZh}伙伴价 {currency}", Currency = currency, PartnerLevel = level, From = from }, share, ct);
            }

            foreach (var (tier, share) in Tiers)
            {
                await BookAsync(new() { Code = $"TIER{tier}-{currency}", Name = $"Recommended price, tier {tier}, {currency}", NameZh = $"第 {tier} 层级建议价 {currency}", Currency = currency, Tier = tier, From = from }, share, ct);
            }
        }

        await DistributorsBookAsync(from, ct);
        foreach (var rule in Rules(today, from))
        {
            if (await rules.InsertAsync(rule.Tidied(), ct) is { } priceRuleId)
            {
                await rules.NameProductsAsync(priceRuleId, rule.Skus, rule.Quantities, ct);
            }
        }

        await RatesAsync(from, today, ct);
    }

    async Task BookAsync(PriceBookFacts facts, decimal shareOfList, CancellationToken ct)
    {
        var book = await books.InsertAsync(facts.Tidied(), ct) ?? throw new InvalidOperationException($"The demo's price book {facts.Code} was not opened.");
        await CopyListAsync(book, facts.Currency!, facts.From!.Value, shareOfList, ct);
    }

    // Workspace plans have no channel discount beyond ten per cent: they are services the operators resell.
    Task CopyListAsync(long book, string currency, DateOnly from, decimal share, CancellationToken ct) => db.ExecuteAsync("""
        insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
        select @book, e.product_id, round(e.unit_price * case when l.code = 'PLAN' then greatest(@share, 0.9) else @share end, 2), daterange(@from, null), @now
        from price_book_entry e
        join price_book k on k.price_book_id = e.price_book_id and k.kind = 'list' and k.currency = @currency
        join product p on p.product_id = e.product_id
        join product_line l on l.product_line_id = p.product_line_id
        """, new { book, currency, share, from, now = clock.GetUtcNow().UtcDateTime }, ct);

    // Huaxin sells to its resellers at prices of its own.
    async Task DistributorsBookAsync(DateOnly from, CancellationToken ct)
    {
        var book = await db.FindAsync<long?>("""
            insert into price_book (seller_id, code, name, name_zh, kind, currency, audience, valid, created_at)
            select partner_id, 'HX-CHANNEL', 'Huaxin channel price', '华信渠道价', 'net', 'CNY', 'partners', daterange(@from, null), @now
            from partner
            where code = 'HUAXIN'
            returning price_book_id
            """, new { from, now = clock.GetUtcNow().UtcDateTime }, ct);
        if (book is { } huaxin)
        {
            await CopyListAsync(huaxin, "CNY", from, 0.87m, ct);
        }
    }

    async Task RatesAsync(DateOnly from, DateOnly today, CancellationToken ct)
    {
        var quarter = 0;
        for (var day = from; day <= today; day = day.AddMonths(3), quarter++)
        {
            // A rate a quarter that wanders a little, the same in every demonstration.
            var wave = (decimal)Math.Round(Math.Sin(quarter) * 0.02, 4);
            await db.ExecuteAsync("""
                insert into exchange_rate (currency, valid_from, rate, entered_at)
                values ('EUR', @day, @euro, @now), ('USD', @day, @dollar, @now), ('HKD', @day, @hong, @now)
                """, new { day, euro = 7.80m * (1 + wave), dollar = 7.15m * (1 - wave), hong = 0.915m * (1 - wave), now = clock.GetUtcNow().UtcDateTime }, ct);
        }
    }

    static readonly (string Level, string Name, string NameZh, decimal Share)[] Levels =
        [("registered", "Registered", "注册", 0.88m), ("silver", "Silver", "银牌", 0.82m), ("gold", "Gold", "金牌", 0.76m), ("platinum", "Platinum", "白金", 0.70m)];

    static readonly (int Tier, decimal Share)[] Tiers = [(2, 0.90m), (3, 0.95m)];

    static PriceRuleFacts[] Rules(DateOnly today, DateOnly from) =>
    [
        new() { Code = "VOL-10", Kind = "volume", Name = "Volume 10 to 49", NameZh = "批量 10 至 49", Rate = 0.02m, MinQuantity = 10, MaxQuantity = 49, From = from },
        new() { Code = "VOL-50", Kind = "volume", Name = "Volume 50 to 199", NameZh = "批量 50 至 199", Rate = 0.05m, MinQuantity = 50, MaxQuantity = 199, From = from },
        new() { Code = "VOL-200", Kind = "volume", Name = "Volume from 200", NameZh = "批量 200 以上", Rate = 0.08m, MinQuantity = 200, From = from },
        new() { Code = "SEAT-SEASON", Name = "Seating season", NameZh = "座椅焕新季", Reason = "Seasonal", Rate = 0.05m, Line = "SEAT", From = today.AddDays(-30), Until = today.AddDays(45) },
        new() { Code = "LAMP-CLEAR", Name = "Clearance of the first desk lamps", NameZh = "初代台灯清仓", Reason = "Clearance", Rate = 0.35m, Skus = ["LA-DESK-OLD"], Audience = "everyone", WholeChannel = true, From = today.AddDays(-60), Until = today.AddDays(30) },
        new() { Code = "ROOMS-20", Name = "Twenty rooms equipped", NameZh = "会议室批量装备", Rate = 0.06m, MinQuantity = 20, Line = "MEET", From = today.AddDays(-120), Until = today.AddDays(120) },
        new() { Code = "PLAN-LAUNCH", Name = "Workspace plans for new customers", NameZh = "工位套餐新客优惠", Reason = "New product", Rate = 0.10m, Line = "PLAN", Audience = "end_customers", WholeChannel = true, From = today.AddDays(14), Until = today.AddDays(104) },
        new() { Code = "SENSE-5-1", Effect = "buy_get", Name = "Sensors: buy five, get one", NameZh = "传感器买五赠一", Buy = 5, Get = 1, Skus = ["AC-SENSE-D", "AC-SENSE-R"], From = today.AddDays(-20), Until = today.AddDays(70) },
        new() { Code = "DOOR-KIT", Effect = "bundle", Name = "Door kit: controller and two readers", NameZh = "门禁套装：控制器配两个读头", AmountOff = 300, Currency = "CNY", Skus = ["AC-DOOR", "AC-READER"], Quantities = [1, 2], From = today.AddDays(-20), Until = today.AddDays(160) },
        new() { Code = "MEET-100K", Effect = "threshold", Counts = "basket", Combines = "adds", Name = "3,000 off from each 100,000 of meeting rooms", NameZh = "会议室设备每满 10 万减 3000", AmountOff = 3000, MinAmount = 100_000, Currency = "CNY", Repeats = true, MostTimes = 5, Line = "MEET", From = today.AddDays(-10), Until = today.AddDays(50) },
        new() { Code = "POD-LAMP", Effect = "gift", Counts = "basket", Name = "A desk lamp with each phone booth", NameZh = "购静音舱赠台灯", Gift = "LA-DESK", Get = 1, MinQuantity = 1, Repeats = true, Skus = ["MR-POD-2"], From = today.AddDays(-10), Until = today.AddDays(80) },
        new() { Code = "GOLD-CLUB", Combines = "adds", Name = "Gold club coupon", NameZh = "金牌俱乐部优惠券", Rate = 0.03m, Coupon = "GOLD-CLUB", PartnerLevel = "gold", Budget = 50_000, Currency = "CNY", MostPerBuyer = 3, From = today.AddDays(-10), Until = today.AddDays(80) },
        new() { Code = "SPRING-LAST", Name = "Spring of last year", NameZh = "去年春季促销", Reason = "Seasonal", Rate = 0.08m, Line = "DESK", From = today.AddDays(-400), Until = today.AddDays(-340) },
    ];
}
