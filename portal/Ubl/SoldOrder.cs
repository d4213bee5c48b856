using System.Globalization;
using Platform.Database;
using Portal.Orders;

namespace Portal.Ubl;

/// <summary>
/// An order that the own company sold, as a document names it: found by its numbers, and held against who the document says sells and buys and what it says of the lines. What came of an act on it is said of
/// the document's lines.
/// </summary>
sealed record SoldOrder(string Number, string Status, bool DropShips, string? PoNumber, SoldOrder.Company Buyer, SoldOrder.Company Seller, IReadOnlyList<SoldOrder.Line> Lines)
{
    /// <summary>The order: by the portal's number, or by the buyer's number where no other buyer's order has it - the buyer may be named. Null where there is none, or more than one.</summary>
    public static async Task<SoldOrder?> FindAsync(Db db, string? orderId, string? salesOrderId, UblParty buyer, CancellationToken ct)
    {
        var found = await db.ListAsync<Head>("""
            select o.purchase_order_id, o.number, o.status, o.drop_ships, o.po_number, b.number as buyer_number, b.code as buyer_code, b.name as buyer_name, s.number as seller_number, s.code as seller_code, s.name as seller_name
            from purchase_order o
            left join partner b on b.partner_id = o.buyer_id
            join partner s on s.partner_id = o.seller_id
            where o.seller_id = app_partner_id()
              and case when @salesOrderId::text is not null then o.number = @salesOrderId
                       else o.number = @orderId or (o.po_number = @orderId and o.status <> 'draft' and (@Number::text is null or b.number = @Number) and (@Code::text is null or b.code = @Code)) end
            limit 2
            """, new { salesOrderId, orderId, buyer.Number, buyer.Code }, ct);
        if (found is not [var head])
        {
            return null;
        }

        var lines = await db.ListAsync<Line>("""
            select l.line_number, p.sku, p.gtin, p.unit, l.quantity - l.shipped - l.cancelled as open
            from purchase_order_line l join product p on p.product_id = l.product_id
            where l.purchase_order_id = @PurchaseOrderId
            order by l.line_number
            """, new { head.PurchaseOrderId }, ct);
        return new(head.Number, head.Status, head.DropShips, head.PoNumber, new(head.BuyerNumber, head.BuyerCode, head.BuyerName), new(head.SellerNumber, head.SellerCode, head.SellerName), lines);
    }

    /// <summary>What the document says of the whole and the order does not: another number of the buyer, another seller or buyer. What it leaves out is passed over.</summary>
    public IEnumerable<UblProblemSaid> Differences(string? orderId, UblParty seller, string sellerField, UblParty buyer, string buyerField)
    {
        if (orderId is not null && orderId != Number && orderId != PoNumber)
        {
            yield return UblProblemSaid.Of(null, "orderReference", "ubl.problem.order_numbers", Number, PoNumber ?? Number, orderId);
        }

        if (!Seller.Is(seller))
        {
            yield return UblProblemSaid.Of(null, sellerField, "ubl.problem.order_seller", Seller.Name, Seller.Number, sellerField);
        }

        if (!Buyer.Is(buyer))
        {
            yield return UblProblemSaid.Of(null, buyerField, "ubl.problem.order_buyer", Buyer.Name, Buyer.Number, buyerField);
        }
    }

    /// <summary>What a line of the document says of its product and unit, and the order's line does not.</summary>
    /// <param name="id">The document's line, as it is named to whoever sent it.</param>
    /// <param name="number">The order's line.</param>
    /// <param name="item">The product.</param>
    /// <param name="unit">The unit of its quantity.</param>
    public IEnumerable<UblProblemSaid> Differences(string id, int number, UblItem item, string? unit)
    {
        // A line that the order has not is told by the act.
        if (Lines.FirstOrDefault(line => line.LineNumber == number) is not { } ordered)
        {
            yield break;
        }

        if (item.Sku is { } sku ? sku != ordered.Sku : item.Gtin is { } gtin && gtin != ordered.Gtin)
        {
            yield return UblProblemSaid.Of(id, "item", "ubl.problem.line_item", number, ordered.Sku, item.Sku ?? item.Gtin);
        }

        if (!UblUnits.Fits(unit, ordered.Unit))
        {
            yield return UblProblemSaid.Of(id, "quantity", "ubl.problem.unit", ordered.Sku, UblUnits.Of(ordered.Unit), unit);
        }
    }

    /// <summary>What came of it.</summary>
    public static UblOutcome Of(OrderOutcome outcome, string done) => outcome switch
    {
        OrderOutcome.Done made => new UblOutcome.Taken(done, made.Document ?? made.Number, []),
        OrderOutcome.Wrong(var problems) => new UblOutcome.Refused([.. problems.Select(problem => UblProblemSaid.Of(problem.Line is { } line ? line.ToString(CultureInfo.InvariantCulture) : null, problem.Field, problem.TextKey, problem.Arguments))]),
        OrderOutcome.NotNow(var status) => new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.not_now", status)]),
        OrderOutcome.NotFound => new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.order", "")]),
        _ => new UblOutcome.Forbidden(),
    };

    /// <summary>A side of the order.</summary>
    internal sealed record Company(string? Number, string? Code, string? Name)
    {
        public bool Is(UblParty said) => (said.Number is null || said.Number == Number) && (said.Code is null || said.Code == Code);
    }

    /// <summary>A line of the order.</summary>
    internal sealed record Line(int LineNumber, string Sku, string? Gtin, string? Unit, int Open);

    sealed record Head(
        long PurchaseOrderId, string Number, string Status, bool DropShips, string? PoNumber, string? BuyerNumber, string? BuyerCode, string? BuyerName, string SellerNumber, string? SellerCode, string SellerName);
}
