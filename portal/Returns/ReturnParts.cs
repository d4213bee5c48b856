using Portal.Orders;
using Portal.Start;
using Portal.Web;

namespace Portal.Returns;

/// <summary>What differed, on the order's page, with the cases about it.</summary>
sealed class DiscrepanciesOfOrder(CaseStore cases) : IOrderPart
{
    public int Order => 10;

    public async Task<OrderPart?> ShowAsync(OrderPage page, CancellationToken ct) => page.Discrepancies.Count == 0 ? null
        : new("/Returns/_DiscrepanciesOfOrder.cshtml", await cases.DifferencesAsync(page.Order.PurchaseOrderId, ct));
}

/// <summary>The carriers' papers, on the order's page.</summary>
sealed class ProofsOfOrder(DeliveryFiles files, ICurrentPerson me) : IOrderPart
{
    public int Order => 30;

    public async Task<OrderPart?> ShowAsync(OrderPage page, CancellationToken ct)
    {
        if (page.Shipments.Count == 0)
        {
            return null;
        }

        var may = page.Order.Side is { } side && me.Has([.. OrderLifecycle.RolesOf(side)]);
        var kept = (await files.OfOrderAsync(page.Order.PurchaseOrderId, ct)).ToLookup(file => file.ShipmentNumber, StringComparer.Ordinal);
        return new("/Returns/_ProofOfDelivery.cshtml", new ProofOfDelivery(
            [.. page.Shipments.Select(shipment => new ProofOfShipment(shipment.Head.Number, new([.. kept[shipment.Head.Number]], $"/shipments/{shipment.Head.Number}/files", may, files.Limits)))]));
    }
}

/// <summary>The carriers' papers of an order's shipments.</summary>
/// <param name="Shipments">Shipment by shipment.</param>
public sealed record ProofOfDelivery(IReadOnlyList<ProofOfShipment> Shipments);

/// <summary>The carrier's papers of a shipment.</summary>
/// <param name="Number">The shipment.</param>
/// <param name="Files">The files.</param>
public sealed record ProofOfShipment(string Number, DeliveryFilesShown Files);

/// <summary>What went back of an order's goods, on its page.</summary>
sealed class ReturnsOfOrder(ReturnStore returns, ICurrentPerson me) : IOrderPart
{
    public int Order => 20;

    public async Task<OrderPart?> ShowAsync(OrderPage page, CancellationToken ct)
    {
        if (!page.Lines.Any(line => line.Received > 0) || page.Shipments.Count == 0)
        {
            return null;
        }

        var shown = new ReturnsShown(page.Order.Number, await returns.OfOrderAsync(page.Order.PurchaseOrderId, ct), page.Order.IsBuyer && me.Has(BuyerRoles.All));
        return shown.MayAsk || shown.Returns.Count > 0 ? new("/Returns/_ReturnsOfOrder.cshtml", shown) : null;
    }
}

/// <summary>The returns of an order's goods.</summary>
/// <param name="OrderNumber">The order.</param>
/// <param name="Returns">The returns.</param>
/// <param name="MayAsk">True where the person may ask for one.</param>
public sealed record ReturnsShown(string OrderNumber, IReadOnlyList<ReturnHead> Returns, bool MayAsk);

/// <summary>What waits on the start page: cases for the seller's answer, and those that the seller disputed for the buyer's; returns for whoever acts next.</summary>
sealed class ReturnsWaiting(CaseStore cases, ReturnStore returns, ICurrentPerson me) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        var (buys, sells) = (me.Has(BuyerRoles.All), me.Has(SellerRoles.All));
        if (!buys && !sells)
        {
            return [];
        }

        var (waiting, goods) = (await cases.WaitingAsync(ct), await returns.WaitingAsync(ct));
        return
        [
            .. sells ? [new Waiting("returns.waiting.to_answer", (int)waiting.AsSeller, "/discrepancies?status=open", "alert-triangle") { IsUrgent = waiting.LateAsSeller > 0 }] : Array.Empty<Waiting>(),
            .. buys ? [new Waiting("returns.waiting.disputed", (int)waiting.AsBuyer, "/discrepancies?status=disputed", "alert-triangle") { IsUrgent = waiting.LateAsBuyer > 0 }] : Array.Empty<Waiting>(),
            .. sells ? Selling(goods) : [],
            .. buys ? [new Waiting("returns.waiting.returns_to_send", (int)goods.ToSend, "/returns?status=approved", "truck-delivery")] : Array.Empty<Waiting>(),
        ];
    }

    static IEnumerable<Waiting> Selling(WaitingReturns goods)
    {
        yield return new("returns.waiting.returns_to_answer", (int)goods.ToAnswer, "/returns?status=requested", "package-import") { IsUrgent = goods.IsLate };
        yield return new("returns.waiting.returns_to_inspect", (int)goods.ToInspect, "/returns?status=sent", "package-import");
    }
}
