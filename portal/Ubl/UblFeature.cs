using Portal.Demo;
using Portal.Orders;

namespace Portal.Ubl;

/// <summary>Documents in UBL 2.1, out and in.</summary>
static class UblFeature
{
    /// <summary>Registers the store, the acts and the section on an order's page.</summary>
    public static IServiceCollection AddUbl(this IServiceCollection services) => services
        .AddScoped<UblStore>()
        .AddScoped<UblMessages>()
        .AddScoped<ReceiveUbl>()
        .AddScoped<TakeUblOrder>()
        .AddScoped<TakeUblAnswer>()
        .AddScoped<TakeUblDespatch>()
        .AddScoped<CompareUblInvoice>()
        .AddScoped<IOrderPart, UblOfOrder>()
        .AddScoped<IDemoPart, UblDemo>();
}
