using Npgsql;
using Platform.Database;
using Portal.Assortment;
using Portal.Pricing;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>The statements by which acts change orders, each for all lines at once. The acts decide; constraints have the last word.</summary>
public sealed class OrderWriting(Db db, TimeProvider clock)
{
    /// <summary>The name of the constraint that keeps a buyer from using a purchase order number twice.</summary>
    public const string PoNumberIsUsedOnce = "a_po_number_is_used_once";

    /// <summary>The name under which the database refuses what goes to a seller against its sellable range, least quantities or multiples.</summary>
    public const string TermsOfSaleAreKept = "an_order_keeps_the_terms_of_sale";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Who orders from whom, in what currency, on which day; null for somebody without a company.</summary>
    /// <param name="buyerId">For whom the product itself orders; a person orders for the own company, whatever stands here.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<Parties?> PartiesAsync(long? buyerId, CancellationToken ct) => db.FindAsync<Parties>(PartiesOf, new { now = Now, buyerId, roles = BuyerRoles.All.ToArray() }, ct);

    /// <summary>The same, and today's prices of what is ordered, line by line: one round trip. The terms of sale are not asked for.</summary>
    /// <param name="buyerId">For whom the product itself orders; a person orders for the own company, whatever stands here.</param>
    /// <param name="lines">SKU and quantity of each line.</param>
    /// <param name="coupons">What the buyer typed.</param>
    /// <param name="deal">The deal whose special prices count.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<(Parties? Parties, BasketPrice Prices, IReadOnlyDictionary<string, TermsOfSale> Terms)> PartiesAndPricesAsync(long? buyerId, IReadOnlyCollection<AskedLine> lines, IReadOnlyCollection<string> coupons, string? deal, CancellationToken ct) => db.ReadManyAsync($"{PartiesOf};\n{Prices.OfUpstream(Buyer, deal is not null)}",
        new { now = Now, buyerId, roles = BuyerRoles.All.ToArray(), skus = Prices.Skus(lines), coupons = Prices.Coupons(coupons), deal },
        async answers => (await answers.ReadSingleOrDefaultAsync<Parties?>(), await Prices.ReadAsync(answers, lines), NoTerms), ct);

    /// <summary>The parties, today's prices, and how the seller sells the products to the buyer: one round trip.</summary>
    /// <param name="buyerId">For whom the product itself orders; a person orders for the own company, whatever stands here.</param>
    /// <param name="lines">SKU, as typed, and quantity of each line; an unknown SKU has no terms.</param>
    /// <param name="coupons">What the buyer typed.</param>
    /// <param name="deal">The deal whose special prices count.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<(Parties? Parties, BasketPrice Prices, IReadOnlyDictionary<string, TermsOfSale> Terms)> PartiesPricesAndTermsAsync(long? buyerId, IReadOnlyCollection<AskedLine> lines, IReadOnlyCollection<string> coupons, string? deal, CancellationToken ct) => db.ReadManyAsync($"""
        {PartiesOf};
        {Prices.OfUpstream(Buyer, deal is not null)};
        select t.*
        from partner b
        cross join lateral terms_of_sale(b.partner_id, b.upstream_id, brand_day(@now), @skus) t
        where b.partner_id = {Buyer}
        """, new
    {
        now = Now, buyerId, roles = BuyerRoles.All.ToArray(), skus = Prices.Skus(lines), coupons = Prices.Coupons(coupons), deal,
    }, async answers => (await answers.ReadSingleOrDefaultAsync<Parties?>(), await Prices.ReadAsync(answers, lines),
        (IReadOnlyDictionary<string, TermsOfSale>)(await answers.ReadAsync<TermsOfSale>()).ToDictionary(terms => terms.Sku, StringComparer.Ordinal)), ct);

    static readonly IReadOnlyDictionary<string, TermsOfSale> NoTerms = new Dictionary<string, TermsOfSale>(StringComparer.Ordinal);

    const string Buyer = "case when app_is_system() and @buyerId is not null then @buyerId else app_partner_id() end";

    const string PartiesOf = $"""
        select b.partner_id as buyer_id, b.upstream_id as seller_id, s.name as seller_name, s.status as seller_status, b.currency, brand_day(@now) as today,
               exists (select from unnest(@roles) as role where app_has_role(role)) or (@buyerId is not null and app_is_system()) as may_buy,
               coalesce(credit_watches(b.upstream_id, b.partner_id), false) as watches_credit, mine.per_order, mine.per_month
        from partner b
        left join partner s on s.partner_id = b.upstream_id
        left join purchase_limit mine on mine.person_id = app_person_id()
        where b.partner_id = {Buyer}
        """;

    /// <summary>Takes an order to work on: whoever else wants to change it waits until this transaction ends.</summary>
    public Task<OrderInHand?> TakeAsync(string number, CancellationToken ct) => db.FindAsync<OrderInHand>("""
        select o.purchase_order_id, o.number, o.buyer_id, o.seller_id, o.ordered_on, o.currency, o.total_amount, o.status, o.version, o.from_place_id, o.to_place_id, o.drop_ships,
               coalesce(o.buyer_id = app_partner_id(), false) as is_buyer, coalesce(o.seller_id = app_partner_id(), false) as is_seller, app_is_system() as is_system,
               exists (select from unnest(@buyers) as role where app_has_role(role)) as may_buy,
               exists (select from unnest(@sellers) as role where app_has_role(role)) as may_sell
        from purchase_order o
        where o.number = @number
        for no key update
        """, new { number, buyers = BuyerRoles.All.ToArray(), sellers = SellerRoles.All.ToArray() }, ct);

    /// <summary>The lines of an order that was taken; nobody changes them meanwhile.</summary>
    public Task<List<LineInHand>> LinesAsync(long purchaseOrderId, CancellationToken ct) => db.ListAsync<LineInHand>("""
        select l.purchase_order_line_id, l.line_number, l.product_id, p.sku, p.product_line_id, l.quantity, l.shipped, l.received, l.lost, l.cancelled, l.reserved, l.direct, l.requested_on, l.amount, l.replaces_line_id is not null as is_sent_again, p.tracking, l.configuration, l.term_start, l.term_months, l.subscription, p.kept_in_stock, l.from_stock
        from purchase_order_line l
        join product p on p.product_id = l.product_id
        where l.purchase_order_id = @purchaseOrderId
        order by l.line_number
        """, new { purchaseOrderId }, ct);

    /// <summary>The day it is for the brand.</summary>
    public Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@now)", new { now = Now }, ct);

    /// <summary>What a draft that was taken says besides its lines.</summary>
    public Task<DraftHead> DraftHeadAsync(long purchaseOrderId, CancellationToken ct) =>
        db.OneAsync<DraftHead>("select po_number, note, case when not drop_ships then ship_to ->> 'number' end as ship_to, coupons, deal_number as deal from purchase_order where purchase_order_id = @purchaseOrderId", new { purchaseOrderId }, ct);

    /// <summary>Takes what promotions with a limit give to an order that was just written.</summary>
    /// <exception cref="PostgresException">A limit was passed meanwhile (<see cref="IsUsedUp"/>).</exception>
    public Task TakePromotionsAsync(NewOrder order, IReadOnlyCollection<PromotionUse> uses, CancellationToken ct) => db.ExecuteAsync(
        "select order_takes_promotions(@Number, @rules, @amounts)", new { order.Number, rules = uses.Select(use => use.PriceRuleId).ToArray(), amounts = uses.Select(use => use.Amount).ToArray() }, ct);

    /// <summary>Takes what an order that was just written buys at special prices of a deal.</summary>
    /// <exception cref="PostgresException">Others took the pieces meanwhile (<see cref="IsUsedUp"/>).</exception>
    public Task TakeSpecialPricesAsync(NewOrder order, IReadOnlyCollection<SpecialUse> uses, CancellationToken ct) => db.ExecuteAsync(
        "select order_takes_special_prices(@Number, @prices, @pieces)", new { order.Number, prices = uses.Select(use => use.SpecialPriceId).ToArray(), pieces = uses.Select(use => use.Quantity).ToArray() }, ct);

    /// <summary>True where the database refused to pass the limit of a promotion, or the quantity of a special price.</summary>
    public static bool IsUsedUp(PostgresException refused) => refused.Violates("a_special_price_is_not_taken_beyond_its_quantity") ||
        refused.Violates("a_budget_is_not_overspent") || refused.Violates("a_promotion_is_used_no_oftener_than_it_may") || refused.Violates("a_buyer_uses_a_promotion_no_oftener_than_it_may");

    // The address as the book has it now; from here on the order keeps it.
    const string ShipTo = """
        (select jsonb_build_object('number', a.number, 'name', a.name, 'contact', a.contact, 'phone', a.phone, 'countryCode', a.country_code, 'state', a.state, 'city', a.city, 'postalCode', a.postal_code, 'address', a.address)
         from ship_to_address a where a.partner_id = @BuyerId and case when @ShipTo::text is null then a.is_default else a.number = @ShipTo end)
        """;

    // Into the stock of the place that the address belongs to; else of the company's default place.
    const string ToPlace = """
        coalesce(
            (select a.stock_place_id
             from ship_to_address a join stock_place p on p.stock_place_id = a.stock_place_id and p.closed_at is null
             where a.partner_id = @BuyerId and case when @ShipTo::text is null then a.is_default else a.number = @ShipTo end),
            stock_place_of(@BuyerId))
        """;

    // A configuration that is none of the buyer's is a remark like any other behind a quantity.
    const string OwnConfiguration = "case when l.configuration is not null then (select c.number from configuration c where c.number = l.configuration and c.partner_id = @BuyerId) end";

    /// <summary>Writes a new order, a draft or one that goes to the seller at once, with lines and first step.</summary>
    /// <returns>False when the buyer has used the purchase order number before; then nothing is written.</returns>
    public Task<bool> InsertAsync(NewOrder order, CancellationToken ct) => db.OneAsync<bool>($"""
        with placed as (
            insert into purchase_order (number, buyer_id, seller_id, po_number, ordered_on, currency, line_count, total_amount, status, to_place_id, note, ship_to, created_at, submitted_at, ordered_by, coupons, deal_number)
            values (@Number, @BuyerId, @SellerId, @PoNumber, @OrderedOn, @Currency, @LineCount, @Total, @Status,
                    {ToPlace}, @Note, {ShipTo}, @now, case when @Status = 'submitted' then @now end, case when @Status <> 'draft' then app_person_id() end, @Coupons, @Deal)
            on conflict on constraint a_po_number_is_used_once do nothing
            returning purchase_order_id),
        line as (
            insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, requested_on, unit_price, amount, price_steps, configuration, term_start, term_end, term_months, subscription)
            select placed.purchase_order_id, @BuyerId, @SellerId, l.line_number, l.product_id, l.quantity, l.requested_on, l.unit_price, l.amount, l.price_steps::jsonb, {OwnConfiguration}, l.term_start, l.term_end, l.term_months, l.subscription
            from placed cross join unnest(@LineNumbers, @Products, @Quantities, @RequestedOn, @UnitPrices, @Amounts, @PriceSteps, @Configurations, @TermStarts, @TermEnds, @TermMonths, @Subscriptions) as l (line_number, product_id, quantity, requested_on, unit_price, amount, price_steps, configuration, term_start, term_end, term_months, subscription)),
        step as (
            insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, happened_at)
            select placed.purchase_order_id, @BuyerId, @SellerId, case when @Status = 'draft' then 'edit' else 'submit' end, @Status,
                   app_partner_id(), app_person_id(), @now
            from placed)
        select exists (select from placed)
        """, order.Arguments(Now), ct);

    /// <summary>Replaces a draft's head and lines; the draft may go to the seller with it.</summary>
    /// <returns>False when the buyer has used the purchase order number before; then nothing is changed.</returns>
    public async Task<bool> ReplaceAsync(OrderInHand draft, NewOrder order, CancellationToken ct)
    {
        try
        {
            await db.InTransactionAsync(() => WriteAsync(draft, order, ct), ct);
            return true;
        }
        catch (PostgresException refused) when (refused.Violates(PoNumberIsUsedOnce))
        {
            return false;
        }
    }

    async Task WriteAsync(OrderInHand draft, NewOrder order, CancellationToken ct)
    {
        await db.ExecuteAsync("delete from purchase_order_line where purchase_order_id = @PurchaseOrderId", new { draft.PurchaseOrderId }, ct);
        var arguments = order.Arguments(Now);
        arguments.Add("PurchaseOrderId", draft.PurchaseOrderId);
        await db.ExecuteAsync($"""
            with line as (
                insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, requested_on, unit_price, amount, price_steps, configuration, term_start, term_end, term_months, subscription)
                select @PurchaseOrderId, @BuyerId, @SellerId, l.line_number, l.product_id, l.quantity, l.requested_on, l.unit_price, l.amount, l.price_steps::jsonb, {OwnConfiguration}, l.term_start, l.term_end, l.term_months, l.subscription
                from unnest(@LineNumbers, @Products, @Quantities, @RequestedOn, @UnitPrices, @Amounts, @PriceSteps, @Configurations, @TermStarts, @TermEnds, @TermMonths, @Subscriptions) as l (line_number, product_id, quantity, requested_on, unit_price, amount, price_steps, configuration, term_start, term_end, term_months, subscription)),
            step as (
                insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, happened_at)
                select @PurchaseOrderId, @BuyerId, @SellerId, 'submit', @Status, app_partner_id(), app_person_id(), @now
                where @Status <> 'draft')
            update purchase_order
            set po_number = @PoNumber, note = @Note, ship_to = case when drop_ships then ship_to else {ShipTo} end, to_place_id = case when drop_ships then to_place_id else {ToPlace} end, ordered_on = @OrderedOn, line_count = @LineCount, total_amount = @Total, version = version + 1,
                status = @Status, submitted_at = case when @Status = 'submitted' then @now end, ordered_by = case when @Status <> 'draft' then app_person_id() end, coupons = @Coupons, deal_number = @Deal
            where purchase_order_id = @PurchaseOrderId
            """, arguments, ct);
    }

    /// <summary>Moves an order that was taken to a state, and remembers who did it.</summary>
    public Task AdvanceAsync(OrderInHand order, string act, string status, string? reason, CancellationToken ct) => db.ExecuteAsync("""
        with step as (
            insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, reason, happened_at)
            values (@PurchaseOrderId, @BuyerId, @SellerId, @act, case when @wasDraft then 'draft' else @status end, app_partner_id(), app_person_id(), @reason, @now))
        update purchase_order
        set status = @status, version = version + 1
        where purchase_order_id = @PurchaseOrderId
        """, new { order.PurchaseOrderId, order.BuyerId, order.SellerId, act, status, wasDraft = order.Status is OrderStatus.Draft, reason, now = Now }, ct);

    /// <summary>Takes the gifts out of an order that is a draft again: it is priced anew before it is handed in.</summary>
    public Task DropGiftsAsync(OrderInHand order, CancellationToken ct) => db.ExecuteAsync("""
        with gift as (
            delete from purchase_order_line
            where purchase_order_id = @PurchaseOrderId and unit_price = 0 and price_steps -> -1 ->> 'effect' = 'gift'
            returning line_number)
        update purchase_order
        set line_count = line_count - (select count(*) from gift)
        where purchase_order_id = @PurchaseOrderId and exists (select from gift)
        """, new { order.PurchaseOrderId }, ct);

    /// <summary>Hands an approved order that was taken to its seller; it counts for today, in the month of whoever wrote it.</summary>
    public Task SubmitApprovedAsync(OrderInHand order, CancellationToken ct) => db.ExecuteAsync("""
        with step as (
            insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, happened_at)
            values (@PurchaseOrderId, @BuyerId, @SellerId, 'approve', 'submitted', app_partner_id(), app_person_id(), @now))
        update purchase_order
        set status = 'submitted', submitted_at = @now, ordered_on = brand_day(@now), version = version + 1
        where purchase_order_id = @PurchaseOrderId
        """, new { order.PurchaseOrderId, order.BuyerId, order.SellerId, now = Now }, ct);

    /// <summary>The seller has answered every line of an order from a place.</summary>
    public Task ConfirmAsync(OrderInHand order, long fromPlaceId, IReadOnlyList<LineAnswer> answers, CancellationToken ct) => db.ExecuteAsync("""
        with step as (
            insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, happened_at)
            values (@PurchaseOrderId, @BuyerId, @SellerId, 'confirm', 'confirmed', app_partner_id(), app_person_id(), @now)
            returning purchase_order_step_id),
        said as (
            select * from unnest(@lines, @promised, @reserved, @refused, @promisedOn, @reasons, @fromStock) as said (line_id, promised, reserved, refused, promised_on, reason, from_stock)),
        answer as (
            insert into order_line_answer (purchase_order_step_id, purchase_order_line_id, promised, reserved, refused, promised_on, reason)
            select step.purchase_order_step_id, said.line_id, said.promised, said.reserved, said.refused, said.promised_on, said.reason
            from step cross join said),
        line as (
            update purchase_order_line l
            set reserved = said.reserved, cancelled = l.cancelled + said.refused, promised_on = said.promised_on, from_stock = said.from_stock
            from said
            where l.purchase_order_line_id = said.line_id)
        update purchase_order
        set status = 'confirmed', confirmed_at = @now, from_place_id = @fromPlaceId, version = version + 1
        where purchase_order_id = @PurchaseOrderId
        """, new
    {
        order.PurchaseOrderId, order.BuyerId, order.SellerId, fromPlaceId, now = Now,
        lines = answers.Select(answer => answer.Line.PurchaseOrderLineId).ToArray(),
        promised = answers.Select(answer => answer.Promised).ToArray(),
        reserved = answers.Select(answer => answer.Reserved).ToArray(),
        refused = answers.Select(answer => answer.Refused).ToArray(),
        promisedOn = answers.Select(answer => answer.PromisedOn).ToArray(),
        reasons = answers.Select(answer => answer.Reason).ToArray(),
        fromStock = answers.Select(answer => answer.Line.KeptInStock).ToArray(),
    }, ct);

    /// <summary>Calls off what is open of every line, but for what the seller's upstream sends directly; the caller gives back what was reserved.</summary>
    public Task CancelOpenAsync(OrderInHand order, CancellationToken ct) => db.ExecuteAsync("""
        update purchase_order_line
        set cancelled = quantity - shipped - direct, reserved = 0
        where purchase_order_id = @PurchaseOrderId and shipped + cancelled + direct < quantity and replaces_line_id is null
        """, new { order.PurchaseOrderId }, ct);

    /// <summary>Writes a shipment with its lines, counts them on the order and moves it on.</summary>
    public Task InsertShipmentAsync(OrderInHand order, NewShipment shipment, string status, CancellationToken ct) => db.ExecuteAsync("""
        with sent as (
            insert into shipment (number, purchase_order_id, buyer_id, seller_id, shipped_at, carrier, tracking_number, from_place_id, to_place_id, is_direct)
            values (@Number, @PurchaseOrderId, @BuyerId, @SellerId, @now, @Carrier, @TrackingNumber, @FromPlaceId, @ToPlaceId, @IsDirect)
            returning shipment_id),
        carried as (
            insert into shipment_line (shipment_id, purchase_order_line_id, quantity)
            select sent.shipment_id, line.id, line.quantity
            from sent cross join unnest(@lines, @quantities) with ordinality as line (id, quantity, place)
            -- as the ledger has its moves: a line finds its lots by its place
            order by line.place),
        counted as (
            update purchase_order_line l
            set shipped = l.shipped + line.quantity, reserved = l.reserved - case when @IsDirect then 0 else line.quantity end, direct = l.direct - case when @IsDirect then line.quantity else 0 end
            from unnest(@lines, @quantities) as line (id, quantity)
            where l.purchase_order_line_id = line.id),
        step as (
            insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, document_number, happened_at)
            values (@PurchaseOrderId, @BuyerId, @SellerId, 'ship', @status, app_partner_id(), app_person_id(), @Number, @now))
        update purchase_order
        set status = @status, version = version + 1
        where purchase_order_id = @PurchaseOrderId
        """, new
    {
        order.PurchaseOrderId, order.BuyerId, order.SellerId, order.FromPlaceId, order.ToPlaceId,
        shipment.Number, shipment.Carrier, shipment.TrackingNumber, shipment.IsDirect, status, now = Now,
        lines = shipment.Lines.Select(line => line.Line.PurchaseOrderLineId).ToArray(),
        quantities = shipment.Lines.Select(line => line.Quantity).ToArray(),
    }, ct);

    /// <summary>Writes on a shipment which lots and serial numbers its lines carry, as they left; for shipments of tracked products.</summary>
    public Task TakeLotsAsync(string shipmentNumber, CancellationToken ct) => db.ExecuteAsync("select shipment_takes_its_lots(@shipmentNumber)", new { shipmentNumber }, ct);

    /// <summary>The lots of the lines of a shipment that are still on their way, of all lines.</summary>
    public Task<List<ShippedLot>> ShippedLotsAsync(string shipmentNumber, CancellationToken ct) => db.ListAsync<ShippedLot>("""
        select x.shipment_line_id, l.code, x.quantity, x.received, x.lost
        from shipment s
        join shipment_line sl on sl.shipment_id = s.shipment_id
        join shipment_line_lot x on x.shipment_line_id = sl.shipment_line_id
        join stock_lot l on l.stock_lot_id = x.stock_lot_id
        where s.number = @shipmentNumber
        order by x.shipment_line_id, l.best_before nulls last, l.stock_lot_id
        """, new { shipmentNumber }, ct);

    /// <summary>Writes what became of the lots of a shipment by a goods receipt; the shipment counts them.</summary>
    public Task NameReceivedAsync(string receiptNumber, IReadOnlyCollection<(long ShipmentLineId, SaidOfLot Lot)> lots, CancellationToken ct) => db.ExecuteAsync("""
        insert into goods_receipt_lot (goods_receipt_id, shipment_line_id, stock_lot_id, outcome, quantity)
        select g.goods_receipt_id, said.line_id, x.stock_lot_id, said.outcome, said.quantity
        from goods_receipt g
        cross join unnest(@lines, @codes, @outcomes, @quantities) as said (line_id, code, outcome, quantity)
        join shipment_line_lot x on x.shipment_line_id = said.line_id
        join stock_lot l on l.stock_lot_id = x.stock_lot_id and l.code = said.code
        where g.number = @receiptNumber
        """, new
    {
        receiptNumber, lines = lots.Select(lot => lot.ShipmentLineId).ToArray(), codes = lots.Select(lot => lot.Lot.Code).ToArray(), outcomes = lots.Select(lot => lot.Lot.Outcome).ToArray(),
        quantities = lots.Select(lot => (int)lot.Lot.Quantity).ToArray(),
    }, ct);

    /// <summary>The order a shipment was sent for.</summary>
    public Task<string?> OrderOfShipmentAsync(string shipmentNumber, CancellationToken ct) => db.FindAsync<string>("""
        select o.number
        from shipment s
        join purchase_order o on o.purchase_order_id = s.purchase_order_id
        where s.number = @shipmentNumber
        """, new { shipmentNumber }, ct);

    /// <summary>The lines of a shipment of an order that was taken.</summary>
    public Task<List<ShippedLineInHand>> ShippedLinesAsync(string shipmentNumber, CancellationToken ct) => db.ListAsync<ShippedLineInHand>("""
        select sl.shipment_line_id, sl.shipment_id, sl.purchase_order_line_id, l.line_number, l.product_id, p.sku, sl.quantity, sl.received, sl.lost, s.is_direct, p.tracking, l.from_stock
        from shipment s
        join shipment_line sl on sl.shipment_id = s.shipment_id
        join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
        join product p on p.product_id = l.product_id
        where s.number = @shipmentNumber
        order by l.line_number
        """, new { shipmentNumber }, ct);

    /// <summary>Writes a goods receipt with lines and discrepancies, counts them on shipment and order and moves the order on.</summary>
    public Task InsertReceiptAsync(OrderInHand order, NewReceipt receipt, string status, CancellationToken ct) => db.ExecuteAsync("""
        with receipt as (
            insert into goods_receipt (number, shipment_id, purchase_order_id, buyer_id, seller_id, received_at, note)
            values (@Number, @ShipmentId, @PurchaseOrderId, @BuyerId, @SellerId, @now, @Note)
            returning goods_receipt_id),
        line as (
            select * from unnest(@shipmentLines, @orderLines, @received, @lost) as line (shipment_line_id, order_line_id, received, lost)),
        received as (
            insert into goods_receipt_line (goods_receipt_id, shipment_line_id, received)
            select receipt.goods_receipt_id, line.shipment_line_id, line.received
            from receipt cross join line),
        differing as (
            insert into receipt_discrepancy (goods_receipt_id, shipment_line_id, kind, quantity, note)
            select receipt.goods_receipt_id, d.shipment_line_id, d.kind, d.quantity, d.note
            from receipt cross join unnest(@differingLines, @kinds, @differing, @notes) as d (shipment_line_id, kind, quantity, note)),
        arrived as (
            update shipment_line sl
            set received = sl.received + line.received, lost = sl.lost + line.lost
            from line
            where sl.shipment_line_id = line.shipment_line_id),
        counted as (
            update purchase_order_line l
            set received = l.received + line.received, lost = l.lost + line.lost
            from line
            where l.purchase_order_line_id = line.order_line_id),
        step as (
            insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, document_number, happened_at)
            values (@PurchaseOrderId, @BuyerId, @SellerId, 'receive', @status, app_partner_id(), app_person_id(), @Number, @now))
        update purchase_order
        set status = @status, version = version + 1
        where purchase_order_id = @PurchaseOrderId
        """, new
    {
        order.PurchaseOrderId, order.BuyerId, order.SellerId, receipt.Number, receipt.ShipmentId, receipt.Note, status, now = Now,
        shipmentLines = receipt.Lines.Select(line => line.Line.ShipmentLineId).ToArray(),
        orderLines = receipt.Lines.Select(line => line.Line.PurchaseOrderLineId).ToArray(),
        received = receipt.Lines.Select(line => line.Received).ToArray(),
        lost = receipt.Lines.Select(line => line.Lost).ToArray(),
        differingLines = receipt.Discrepancies.Select(found => found.ShipmentLineId).ToArray(),
        kinds = receipt.Discrepancies.Select(found => found.Kind).ToArray(),
        differing = receipt.Discrepancies.Select(found => found.Quantity).ToArray(),
        notes = receipt.Discrepancies.Select(found => found.Note).ToArray(),
    }, ct);

    /// <summary>The order of the company at work that has a purchase order number already.</summary>
    public Task<string?> NumberOfAsync(string poNumber, CancellationToken ct) =>
        db.FindAsync<string>("select number from purchase_order where buyer_id = app_partner_id() and po_number = @poNumber", new { poNumber }, ct);

    /// <summary>True where the buyer has such an address in its book.</summary>
    public Task<bool> HasAddressAsync(long buyerId, string number, CancellationToken ct) =>
        db.OneAsync<bool>("select exists (select from ship_to_address where partner_id = @buyerId and number = @number)", new { buyerId, number }, ct);
}
