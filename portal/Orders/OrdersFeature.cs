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
        .AddScoped<PlaceOrder>()
        .AddScoped<AnswerOrder>()
        .AddScoped<ShipOrder>()
        .AddScoped<ReceiveShipment>()
        .AddScoped<CancelOrder>()
        .AddScoped<CloseOrder>()
        .AddScoped<OrderHistory>()
        .AddScoped<ICheck, OrdersCheck>()
        .AddScoped<ICheck, MoneyCheck>();
}
