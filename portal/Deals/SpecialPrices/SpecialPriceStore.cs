using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Deals;

/// <summary>The statements about special prices of deals.</summary>
public sealed class SpecialPriceStore(Db db, TimeProvider clock)
{
    /// <summary>The constraint that lets one request of a deal wait at a time.</summary>
    public const string OneOpen = "one_open_special_price_request";

    /// <summary>What the list may be asked.</summary>
    public static ListShape Shape { get; } = new("special_prices", "-asked", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "x.number", ["deal"] = "x.deal", ["partner"] = "x.partner_name", ["asked"] = "x.asked_at", ["until"] = "coalesce(x.valid_until, x.wanted_until)",
    }, "x.number", ["state"]);

    // Two views of one thing: the request, which its partner and the brand read, and what a seller has been told of it.
    const string All = """
        (select r.special_price_request_id, r.number, d.number as deal, r.deal_id, r.revision, r.partner_id, p.name as partner_name, p.name_latin as partner_name_latin, r.seller_id, s.name as seller_name, s.name_latin as seller_name_latin,
                s.partner_type = 'brand' as seller_is_brand, (select b.partner_id from partner b where b.partner_id = s.upstream_id and b.partner_type = 'brand') as brand_of_seller_id,
                r.currency, r.reason, r.wanted_until, r.asked_at, r.valid_until, r.answer, r.decided_at, r.withdrawn_at, word.said, false as may_say,
                case when r.withdrawn_at is not null then 'withdrawn' when not r.granted then 'refused' when r.valid_until < @today or d.status not in ('approved', 'converted', 'won') or (r.granted is null and d.status = 'won') then 'over' when r.granted is null then 'asked' when word.waits then 'agreeing' when word.declined then 'declined' else 'granted' end as state
         from special_price_request r
         join deal d on d.deal_id = r.deal_id
         join partner p on p.partner_id = r.partner_id
         join partner s on s.partner_id = r.seller_id
         cross join lateral (
             select max(h.said) as said, coalesce(bool_or(h.agrees is null), false) as waits, coalesce(bool_or(not h.agrees), false) as declined
             from special_price h where h.special_price_request_id = r.special_price_request_id and h.trade = 'purchase') word
         union all
         select h.special_price_request_id, min(h.number), min(h.deal_number), min(h.deal_id), min(h.revision), h.partner_id, min(p.name), min(p.name_latin), h.seller_id, min(s.name), min(s.name_latin),
                false, null, min(h.currency), null, null, min(h.granted_at), min(h.valid_until), null, min(h.granted_at), null, max(h.said), bool_or(h.agrees is null) and min(h.valid_until) >= @today,
                case when min(h.valid_until) < @today then 'over' when bool_or(h.agrees is null) then 'agreeing' when bool_or(not h.agrees) then 'declined' else 'granted' end
         from special_price h
         join partner p on p.partner_id = h.partner_id
         join partner s on s.partner_id = h.seller_id
         where h.trade = 'purchase' and h.seller_id = app_partner_id() and not app_is_brand()
         group by h.special_price_request_id, h.partner_id, h.seller_id) x
        """;

    const string Listed = $"from {All} where (@words::text is null or x.number ilike @beginning or x.deal ilike @beginning or x.partner_name ilike @within) and (@state::text is null or x.state = @state)";

    /// <summary>The day it is for the brand.</summary>
    public Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@now)", new { now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>One page of the list.</summary>
    public Task<ListPage<SpecialPrices>> ListAsync(ListQuery query, DateOnly today, CancellationToken ct) => db.PageAsync<SpecialPrices>(
        $"select x.* {Listed} order by {query.OrderBy} offset @Offset limit @Limit", "select count(*) " + Listed,
        new { words = query.Words, beginning = LikePattern.Beginning(query.Words), within = LikePattern.Within(query.Words), state = query["state"], today, query.Offset, query.Limit }, ct);

    /// <summary>One request, or null.</summary>
    public Task<SpecialPrices?> FindAsync(string number, DateOnly today, CancellationToken ct) => db.FindAsync<SpecialPrices>($"select x.* from {All} where x.number = @number", new { number, today }, ct);

    /// <summary>The requests of a deal, the newest first.</summary>
    public Task<List<SpecialPrices>> OfDealAsync(long dealId, DateOnly today, CancellationToken ct) => db.ListAsync<SpecialPrices>($"select x.* from {All} where x.deal_id = @dealId order by x.revision desc", new { dealId, today }, ct);

    /// <summary>How many are in a state.</summary>
    public Task<int> CountAsync(string state, DateOnly today, CancellationToken ct) => db.OneAsync<int>($"select count(*)::integer from {All} where x.state = @state", new { state, today }, ct);

    /// <summary>How many wait for the word of the company at work, as a seller.</summary>
    public Task<int> CountToSayAsync(CancellationToken ct) => db.OneAsync<int>("""
        select count(distinct number)::integer from special_price where seller_id = app_partner_id() and trade = 'purchase' and agrees is null and valid is null
        """, null, ct);

    /// <summary>The products of a request; for a seller what it has been told of.</summary>
    public Task<List<SpecialPriceLine>> LinesAsync(SpecialPrices request, CancellationToken ct) => db.ListAsync<SpecialPriceLine>("""
        with granted as (
            select h.product_id, max(h.quantity) as quantity, max(h.taken) filter (where h.trade = 'purchase') as taken, max(h.unit_price) filter (where h.trade = 'purchase') as price, max(h.unit_price) filter (where h.trade = 'support') as support_price
            from special_price h where h.special_price_request_id = @SpecialPriceRequestId and h.trade <> 'offer' group by h.product_id)
        select l.line_number, l.product_id, p.sku, p.name, p.name_zh, l.quantity, l.usual_price, l.wanted_price, l.wanted_rate, l.wanted_customer_price, l.granted_quantity, l.granted_price, l.granted_customer_price,
               g.support_price, coalesce(g.taken, 0) as taken
        from special_price_line l join product p on p.product_id = l.product_id left join granted g on g.product_id = l.product_id
        where l.special_price_request_id = @SpecialPriceRequestId
        union all
        select row_number() over (order by p.sku)::integer, g.product_id, p.sku, p.name, p.name_zh, g.quantity, null, null, null, null, g.quantity, g.price, null, g.support_price, coalesce(g.taken, 0)
        from granted g join product p on p.product_id = g.product_id
        where not exists (select from special_price_line l where l.special_price_request_id = @SpecialPriceRequestId)
        order by line_number
        """, new { request.SpecialPriceRequestId }, ct);

    /// <summary>What holds for a deal on a day, as the reader may know it.</summary>
    public Task<List<HeldSpecialPrice>> HeldAsync(string deal, DateOnly today, CancellationToken ct) => db.ListAsync<HeldSpecialPrice>("""
        select p.sku, p.name, p.name_zh, s.trade, s.number, s.revision, s.currency, s.unit_price, s.quantity, s.taken, lower(s.valid) as holds_from, s.valid_until
        from special_price s join product p on p.product_id = s.product_id
        where s.deal_number = @deal and s.valid @> @today
        order by p.sku, s.trade desc
        """, new { deal, today }, ct);

    /// <summary>From whom the company at work buys, in what currency.</summary>
    public Task<BuyingPartner?> BuyingAsync(CancellationToken ct) => db.FindAsync<BuyingPartner>("""
        select b.partner_id, s.partner_id as seller_id, b.currency from partner b join partner s on s.partner_id = b.upstream_id where b.partner_id = app_partner_id()
        """, null, ct);

    /// <summary>The products of these SKUs, with their lines.</summary>
    public Task<List<ProductOfLine>> ProductsAsync(IEnumerable<string> skus, CancellationToken ct) =>
        db.ListAsync<ProductOfLine>("select product_id, sku, product_line_id from product where sku = any(@skus) and status <> 'discontinued'", new { skus = skus.ToArray() }, ct);

    /// <summary>The products of a deal's lines to choose from.</summary>
    public Task<List<ProductToAsk>> ChoicesAsync(Deal deal, CancellationToken ct) =>
        db.ListAsync<ProductToAsk>("select sku, name, name_zh from product where product_line_id = any(@LineIds) and status <> 'discontinued' order by sku limit 500", new { deal.LineIds }, ct);

    /// <summary>Writes a request.</summary>
    public Task InsertAsync(string number, Deal deal, BuyingPartner who, string reason, DateOnly until, IReadOnlyList<SpecialPriceLine> lines, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        with asked as (
            insert into special_price_request (number, deal_id, partner_id, seller_id, revision, currency, reason, wanted_until, asked_by, asked_at)
            values (@number, @DealId, @PartnerId, @SellerId, (select count(*) + 1 from special_price_request where deal_id = @DealId), @Currency, @reason, @until, app_person_id(), @now)
            returning special_price_request_id)
        insert into special_price_line (special_price_request_id, line_number, partner_id, product_id, quantity, usual_price, wanted_price, wanted_rate, wanted_customer_price)
        select asked.special_price_request_id, l.number, @PartnerId, l.product_id, l.quantity, l.usual, l.price, l.rate, l.customer_price
        from asked cross join unnest(@products, @quantities, @usual, @prices, @rates, @customerPrices) with ordinality as l (product_id, quantity, usual, price, rate, customer_price, number)
        """, new
    {
        number, deal.DealId, who.PartnerId, who.SellerId, who.Currency, reason, until, now,
        products = lines.Select(line => line.ProductId).ToArray(), quantities = lines.Select(line => line.Quantity).ToArray(), usual = lines.Select(line => line.UsualPrice).ToArray(),
        prices = lines.Select(line => line.WantedPrice).ToArray(), rates = lines.Select(line => line.WantedRate).ToArray(), customerPrices = lines.Select(line => line.WantedCustomerPrice).ToArray(),
    }, ct);

    /// <summary>Decides a request; false where somebody was faster.</summary>
    public async Task<bool> DecideAsync(SpecialPrices request, bool granted, DateOnly? until, string? answer, DateTime now, CancellationToken ct) => await db.FindAsync<long?>("""
        update special_price_request set granted = @granted, valid_until = @until, answer = @answer, decided_by = app_person_id(), decided_at = @now
        where special_price_request_id = @SpecialPriceRequestId and granted is null and withdrawn_at is null
        returning special_price_request_id
        """, new { request.SpecialPriceRequestId, granted, until, answer, now }, ct) is not null;

    /// <summary>Takes a request back; false where it was decided meanwhile.</summary>
    public async Task<bool> WithdrawAsync(SpecialPrices request, DateTime now, CancellationToken ct) => await db.ExecuteAsync("""
        update special_price_request set withdrawn_by = app_person_id(), withdrawn_at = @now where special_price_request_id = @SpecialPriceRequestId and granted is null and withdrawn_at is null
        """, new { request.SpecialPriceRequestId, now }, ct) == 1;

    /// <summary>Grants prices: what held for the same trade before ends today, what its seller had no word about yet is over.</summary>
    public Task GrantAsync(SpecialPrices request, IReadOnlyList<GrantedPrice> prices, DateOnly until, DateOnly today, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update special_price_line l set granted_quantity = g.quantity, granted_price = g.price, granted_customer_price = g.customer_price
        from (select product_id, max(quantity) as quantity, max(price) filter (where trade = 'purchase') as price, max(price) filter (where trade = 'offer') as customer_price
              from unnest(@products, @trades, @quantities, @prices) as g (product_id, trade, quantity, price) group by product_id) g
        where l.special_price_request_id = @SpecialPriceRequestId and l.product_id = g.product_id;
        update special_price s
        set valid = case when lower(s.valid) < @today then daterange(lower(s.valid), @today) else 'empty' end, agrees = coalesce(s.agrees, false)
        from unnest(@products, @trades) as g (product_id, trade), special_price_request r
        where r.special_price_request_id = @SpecialPriceRequestId and s.deal_id = r.deal_id and s.product_id = g.product_id and s.trade = g.trade
          and (s.valid is null or upper(s.valid) > @today)
          -- what the partner buys at ends when its seller agrees to the next one
          and (g.trade <> 'purchase' or @SellerIsBrand or s.valid is null);
        insert into special_price (special_price_request_id, number, revision, deal_id, deal_number, partner_id, product_id, trade, buyer_id, seller_id, currency, unit_price, quantity, valid_until, valid, agrees, granted_at)
        select r.special_price_request_id, r.number, r.revision, r.deal_id, @Deal, r.partner_id, g.product_id, g.trade,
               case g.trade when 'purchase' then r.partner_id when 'support' then r.seller_id end, case g.trade when 'purchase' then r.seller_id when 'offer' then r.partner_id else @BrandOfSellerId end,
               r.currency, g.price, g.quantity, @until, case when g.trade <> 'purchase' or @SellerIsBrand then daterange(@today, @until, '[]') end, case when g.trade <> 'purchase' or @SellerIsBrand then true end, @now
        from special_price_request r cross join unnest(@products, @trades, @quantities, @prices) as g (product_id, trade, quantity, price)
        where r.special_price_request_id = @SpecialPriceRequestId
        """, new
    {
        request.SpecialPriceRequestId, request.Deal, request.SellerIsBrand, request.BrandOfSellerId, until, today, now,
        products = prices.Select(price => price.ProductId).ToArray(), trades = prices.Select(price => price.Trade).ToArray(), quantities = prices.Select(price => price.Quantity).ToArray(), prices = prices.Select(price => price.Price).ToArray(),
    }, ct);

    /// <summary>The seller at work says whether it sells at them; false where it has said so already, or they are none of its.</summary>
    public async Task<bool> SayAsync(string number, bool agrees, string? said, DateOnly today, DateTime now, CancellationToken ct) => await db.OneAsync<int>("""
        with waiting as materialized (
            select special_price_id, deal_id, product_id, buyer_id from special_price
            where number = @number and seller_id = app_partner_id() and trade = 'purchase' and agrees is null and valid_until >= @today
            for update),
        ended as (
            update special_price s set valid = case when lower(s.valid) < @today then daterange(lower(s.valid), @today) else 'empty' end
            from waiting w
            where @agrees and s.deal_id = w.deal_id and s.product_id = w.product_id and s.buyer_id = w.buyer_id and s.trade = 'purchase' and s.special_price_id <> w.special_price_id and upper(s.valid) > @today)
        select count(*)::integer from waiting
        """, new { number, agrees, today }, ct) > 0 && await db.ExecuteAsync("""
        update special_price set agrees = @agrees, valid = case when @agrees then daterange(@today, valid_until, '[]') end, said = @said, said_by = app_person_id(), said_at = @now
        where number = @number and seller_id = app_partner_id() and trade = 'purchase' and agrees is null and valid_until >= @today
        """, new { number, agrees, said, today, now }, ct) > 0;
}

/// <summary>A special price that holds.</summary>
public sealed record HeldSpecialPrice
{
    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary><c>purchase</c>, <c>offer</c> or <c>support</c>.</summary>
    public string Trade { get; init; } = "";

    /// <summary>The request it was granted with.</summary>
    public string Number { get; init; } = "";

    /// <summary>Which one of the deal that is.</summary>
    public int Revision { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; init; } = "";

    /// <summary>What a piece costs.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>How many.</summary>
    public int Quantity { get; init; }

    /// <summary>How many orders have taken.</summary>
    public int Taken { get; init; }

    /// <summary>The first day.</summary>
    public DateOnly HoldsFrom { get; init; }

    /// <summary>The last day.</summary>
    public DateOnly ValidUntil { get; init; }
}

/// <summary>Who buys from whom.</summary>
public sealed record BuyingPartner(long PartnerId, long SellerId, string Currency);

/// <summary>A product and its line.</summary>
public sealed record ProductOfLine(long ProductId, string Sku, long? ProductLineId);

/// <summary>A product that can be asked for.</summary>
public sealed record ProductToAsk(string Sku, string Name, string? NameZh);

/// <summary>A price that is granted for one trade.</summary>
public sealed record GrantedPrice(long ProductId, string Trade, int Quantity, decimal Price);
