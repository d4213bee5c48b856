using Platform.Jobs;
using Platform.Outbox;
using Portal.Demo;
using Portal.Search;
using Portal.Start;
using Portal.Stock;
using Portal.Verify;

namespace Portal.Orders;

/// <summary>Orders between two tiers: from the draft to the goods receipt.</summary>
static class OrdersFeature
{
    /// <summary>Registers acts, stores and checks.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services) => services
        .AddScoped<OrderStore>()
        .AddScoped<OrderWriting>()
        .AddScoped<OrderPricing>()
        .AddScoped<OrderNews>()
        .AddScoped<OrderBooks>()
        .AddScoped<PlaceOrder>()
        .AddScoped<AnswerOrder>()
        .AddScoped<ShipOrder>()
        .AddScoped<Parcels>()
        .AddScoped<PickList>()
        .AddScoped<DeliveryNotes>()
        .AddScoped<Papers.OrderConfirmations>()
        .AddScoped<SettleDelivery>()
        .AddScoped<ReceiveShipment>()
        .AddScoped<CancelOrder>()
        .AddScoped<CloseOrder>()
        .AddScoped<OrderHistory>()
        .AddScoped<PurchaseLimits>()
        .AddScoped<OrderApprovals>()
        .AddScoped<ApproveOrder>()
        .AddScoped<OrderChanges>()
        .AddScoped<AskForChange>()
        .AddScoped<AnswerChange>()
        .AddScoped<ChangeNews>()
        .AddScoped<IOutboxReceiver, CarryChanges>()
        .AddScoped<IOutboxReceiver, TellOfApprovals>()
        .AddScoped<OrderLists>()
        .AddScoped<AddToDraft>()
        .AddScoped<ShipToAddresses>()
        .AddScoped<OrderFromQuote>()
        .AddScoped<LinesFile>()
        .AddScoped<WaitingLines>()
        .AddScoped<OrderChain>()
        .AddScoped<AllocateGoods>()
        .AddScoped<IReservations, TakeBackReservations>()
        .AddScoped<Reservations>()
        .AddScheduledJob<ReleaseReservations>("0 40 5 * * ?")
        .AddScoped<IOrderPart, ReservationPart>()
        .AddScoped<SellingPolicies>()
        .AddScoped<OrderUpwards>()
        .AddScoped<LotsOfReceipts>()
        .AddScoped<LotsToShip>()
        .AddScoped<DropShipments>()
        .AddScoped<AskForDropShipment>()
        .AddScoped<IOutboxReceiver, CarryDropShipments>()
        .AddScoped<IOutboxReceiver, CarryDropReceipts>()
        .AddScoped<IOutboxReceiver, AllocateFreedGoods>()
        .AddScoped<IOutboxReceiver, OrderUpwardsByItself>()
        .AddScoped<OrderPages>()
        .AddScoped<ProductFinder>()
        .AddScoped<IOutboxReceiver, TellOfOrders>()
        .AddScoped<ISearchSource, OrderSearch>()
        .AddScoped<IWaitingSource, OrdersWaiting>()
        .AddScoped<IDemoPart, OrdersDemo>()
        .AddScoped<IDemoPart, PastPromisesDemo>()
        .AddScoped<IDemoPart, LotsDemo>()
        .AddScoped<ILargeDemoPart, ManyOrders>()
        .AddScoped<ICheck, OrdersCheck>()
        .AddScoped<ICheck, MoneyCheck>()
        .AddScoped<IDayCheck, OrdersOnDay>();
}
