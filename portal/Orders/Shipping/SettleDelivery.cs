using Platform.Database;
using Portal.Kpis;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// What becomes of an order when both sides agree about goods that did not arrive as they were sent: lost pieces are sent again, a surplus is kept and paid for. Part of an
/// act that holds the order and knows that both sides agreed; it acts for either, as the product does.
/// </summary>
public sealed class SettleDelivery(Db db, OrderWriting orders, StockLedger stock, OrderBooks books, KpiFacts kpis, OrderNews news, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Lost pieces join what is open, as a line that costs nothing; what the seller has of them is reserved at once, the rest waits for goods.</summary>
    /// <param name="order">The order, held.</param>
    /// <param name="lineId">The line of which pieces were lost.</param>
    /// <param name="quantity">How many.</param>
    /// <param name="agreed">The document in which both agreed.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<OrderOutcome> SendAgainAsync(OrderInHand order, long lineId, int quantity, string agreed, CancellationToken ct)
    {
        if (order.DropShips)
        {
            return OrderOutcome.Because("", "orders.problem.drop_ship_not_again");
        }

        if (OrderLifecycle.Find(OrderLifecycle.SendAgain, Side.Seller, order.Status) is null)
        {
            return new OrderOutcome.NotNow(order.Status);
        }

        var line = (await orders.LinesAsync(order.PurchaseOrderId, ct)).Single(line => line.PurchaseOrderLineId == lineId);
        var given = line.FromStock ? await stock.ReserveUpToAsync(order.FromPlaceId!.Value, new([line.ProductId], [quantity]), ct) : new Dictionary<long, long> { [line.ProductId] = quantity };
        await db.ExecuteAsync("""
            with line as (
                insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, reserved, from_stock, unit_price, amount, price_steps, replaces_line_id)
                select l.purchase_order_id, l.buyer_id, l.seller_id, o.line_count + 1, l.product_id, @quantity, @reserved, l.from_stock, 0, 0,
                       jsonb_build_array(jsonb_build_object('kind', 'replacement', 'rule', @agreed, 'version', 1, 'label', 'Sent again', 'labelZh', '补发', 'rate', null, 'price', 0)),
                       coalesce(l.replaces_line_id, l.purchase_order_line_id)
                from purchase_order_line l join purchase_order o on o.purchase_order_id = l.purchase_order_id
                where l.purchase_order_line_id = @lineId),
            step as (
                insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, document_number, happened_at)
                values (@PurchaseOrderId, @BuyerId, @SellerId, 'send_again', 'partially_shipped', app_partner_id(), app_person_id(), @agreed, @Now))
            update purchase_order
            set status = 'partially_shipped', line_count = line_count + 1, version = version + 1
            where purchase_order_id = @PurchaseOrderId
            """, new { order.PurchaseOrderId, order.BuyerId, order.SellerId, lineId, quantity, reserved = (int)given.GetValueOrDefault(line.ProductId), agreed, Now }, ct);
        await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.SendAgain, OrderStatus.PartiallyShipped, new { agreed, line.LineNumber, quantity }, ct);
        return new OrderOutcome.Done(order.Number);
    }

    /// <summary>A surplus is kept at the line's price: a line of its own that is sent, received and invoiced in one.</summary>
    /// <param name="order">The order, held.</param>
    /// <param name="lineId">The line of which more came than was sent.</param>
    /// <param name="quantity">How many more.</param>
    /// <param name="agreed">The document in which both agreed.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<OrderOutcome> TakeOverAsync(OrderInHand order, long lineId, int quantity, string agreed, CancellationToken ct)
    {
        if (order.DropShips)
        {
            return OrderOutcome.Because("", "orders.problem.drop_ship_not_again");
        }

        if (OrderLifecycle.Find(OrderLifecycle.TakeOver, Side.Seller, order.Status) is null)
        {
            return new OrderOutcome.NotNow(order.Status);
        }

        if (await books.StopAsync(order, OrderLifecycle.Ship, ct) is { } stopped)
        {
            return stopped;
        }

        var product = (await orders.LinesAsync(order.PurchaseOrderId, ct)).Single(line => line.PurchaseOrderLineId == lineId);
        if (product.IsTracked)
        {
            return OrderOutcome.Because("quantity", "orders.problem.take_over_tracked", product.Sku);
        }

        if (!product.FromStock)
        {
            return OrderOutcome.Because("quantity", "orders.problem.take_over_performed", product.Sku);
        }

        if (await books.StopMoreAsync(order, product.ProductId, await PriceAsync(order, lineId, quantity, ct), ct) is { } beyond)
        {
            return beyond;
        }

        var goods = new StockLines([product.ProductId], [quantity]);
        if (await stock.ReserveAsync(order.FromPlaceId!.Value, goods, ct) is [var shortage, ..])
        {
            return OrderOutcome.Because("quantity", "orders.problem.no_stock_to_take_over", product.Sku, quantity, shortage.Available);
        }

        var shipment = PublicNumber.New("SH");
        await kpis.TakeBackOrdersAsync([order.PurchaseOrderId], ct);
        await AddAsync(order, lineId, quantity, agreed, ct);
        var line = (await orders.LinesAsync(order.PurchaseOrderId, ct)).OrderBy(line => line.LineNumber).Last();
        await stock.ShipAsync(order.FromPlaceId!.Value, order.ToPlaceId, goods, order.Number, shipment, ct);
        await orders.InsertShipmentAsync(order, new(shipment, null, null, [(line, quantity)]), order.Status, ct);
        await books.ShippedAsync(order, shipment, ct);
        var sent = (await orders.ShippedLinesAsync(shipment, ct))[0];
        var receipt = new NewReceipt(PublicNumber.New("GR"), sent.ShipmentId, null, [new(sent, quantity, 0, 0, 0, 0, null)]);
        await stock.ReceiveAsync(order.ToPlaceId, goods, [0], order.Number, receipt.Number, ct);
        await orders.InsertReceiptAsync(order, receipt, order.Status, ct);
        await kpis.AddOrdersAsync([order.PurchaseOrderId], ct);
        await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.TakeOver, order.Status, new { agreed, shipment, line.LineNumber, quantity }, ct);
        return new OrderOutcome.Done(order.Number, shipment);
    }

    Task<decimal> PriceAsync(OrderInHand order, long lineId, int quantity, CancellationToken ct) => db.OneAsync<decimal>("""
        select round(@quantity * b.unit_price, c.minor_units)
        from purchase_order_line l
        join purchase_order_line b on b.purchase_order_line_id = coalesce(l.replaces_line_id, l.purchase_order_line_id)
        cross join currency c
        where l.purchase_order_line_id = @lineId and c.code = @Currency
        """, new { order.Currency, lineId, quantity }, ct);

    // Of a line that was sent again the price is the one of the line that it replaces.
    Task AddAsync(OrderInHand order, long lineId, int quantity, string agreed, CancellationToken ct) => db.ExecuteAsync("""
        with bought as (
            select b.product_id, b.unit_price, b.price_steps, round(@quantity * b.unit_price, c.minor_units) as amount
            from purchase_order_line l
            join purchase_order_line b on b.purchase_order_line_id = coalesce(l.replaces_line_id, l.purchase_order_line_id)
            cross join currency c
            where l.purchase_order_line_id = @lineId and c.code = @Currency),
        line as (
            insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, reserved, unit_price, amount, price_steps)
            select o.purchase_order_id, o.buyer_id, o.seller_id, o.line_count + 1, bought.product_id, @quantity, @quantity, bought.unit_price, bought.amount, bought.price_steps
            from bought join purchase_order o on o.purchase_order_id = @PurchaseOrderId),
        step as (
            insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, document_number, happened_at)
            values (@PurchaseOrderId, @BuyerId, @SellerId, 'take_over', @Status, app_partner_id(), app_person_id(), @agreed, @Now))
        update purchase_order
        set line_count = line_count + 1, total_amount = total_amount + (select amount from bought), version = version + 1
        where purchase_order_id = @PurchaseOrderId
        """, new { order.PurchaseOrderId, order.BuyerId, order.SellerId, order.Currency, order.Status, lineId, quantity, agreed, Now }, ct);
}
