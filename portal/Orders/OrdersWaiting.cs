using Platform.Texts;
using Portal.Start;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Orders;

/// <summary>What of the orders waits on the start page: to be confirmed and shipped by a seller, to be received and finished by a buyer.</summary>
sealed class OrdersWaiting(OrderStore orders, OrderApprovals approvals, OrderChanges changes, ICurrentPerson me, Texts t, TimeProvider clock) : IWaitingSource
{
    static readonly TimeSpan TooLong = TimeSpan.FromDays(2);

    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        var (buys, sells) = (me.Has(BuyerRoles.All), me.Has(SellerRoles.All));
        if (!buys && !sells)
        {
            return [];
        }

        var waiting = await orders.WaitingAsync(ct);
        var (asSeller, asBuyer) = await changes.ToAnswerAsync(ct);
        return
        [
            .. sells ? [.. Selling(waiting), new("orders.waiting.changes_of_sales", (int)asSeller, "/orders/sales?status=to_answer", "edit")] : Array.Empty<Waiting>(),
            .. buys ? [.. Buying(waiting), new("orders.waiting.changes", (int)asBuyer, "/orders?status=to_answer", "edit")] : Array.Empty<Waiting>(),
            .. buys && !me.IsBrand ? [new Waiting("orders.waiting.approve", (int)await approvals.WaitingAsync(ct), "/worklists/buying?kind=approve", "checklist")] : Array.Empty<Waiting>(),
        ];
    }

    IEnumerable<Waiting> Selling(WaitingOrders waiting)
    {
        yield return new("orders.waiting.confirm", (int)waiting.ToConfirm, "/orders/sales?status=submitted", "checklist")
        {
            IsUrgent = waiting.Oldest is { } oldest && clock.GetUtcNow().UtcDateTime - oldest > TooLong,
            Detail = waiting.Oldest is { } since ? t["orders.waiting.since", Formats.Time(since, Formats.Zone(me.TimeZone))].Value : null,
        };
        yield return new("orders.waiting.ship", (int)waiting.ToShip, "/orders/sales?status=to_ship", "truck-delivery");
    }

    static IEnumerable<Waiting> Buying(WaitingOrders waiting)
    {
        yield return new("orders.waiting.receive", (int)waiting.ToReceive, "/orders?status=to_receive", "package-import");
        yield return new("orders.waiting.drafts", (int)waiting.Drafts, "/orders?status=draft", "pencil");
    }
}
