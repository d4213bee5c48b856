using Platform.Jobs;
using Platform.Outbox;
using Portal.Demo;
using Portal.Orders;
using Portal.Start;
using Portal.Verify;

namespace Portal.Returns;

/// <summary>What follows a delivery: discrepancies settled, goods returned, the carrier's papers.</summary>
static class ReturnsFeature
{
    /// <summary>Registers acts, stores, parts, the job and the check.</summary>
    public static IServiceCollection AddReturns(this IServiceCollection services)
    {
        services
            .AddScoped<CaseStore>()
            .AddScoped<SettleDiscrepancy>()
            .AddScoped<CreditPieces>()
            .AddScoped<AgreedByBoth>()
            .AddScoped<ReturnStore>()
            .AddScoped<LotsOfReturns>()
            .AddScoped<ReturnPolicies>()
            .AddScoped<RequestReturn>()
            .AddScoped<HandleReturn>()
            .AddScoped<IOrderPart, ReturnsOfOrder>()
            .AddScoped<DeliveryFiles>()
            .AddScoped<ReturnNews>()
            .AddScoped<IOutboxReceiver, TellOfReturns>()
            .AddScoped<IOrderPart, DiscrepanciesOfOrder>()
            .AddScoped<IOrderPart, ProofsOfOrder>()
            .AddScoped<IWaitingSource, ReturnsWaiting>()
            .AddScoped<IDemoPart, ReturnsDemo>()
            .AddScoped<ICheck, ReturnsCheck>()
            .AddScheduledJob<RemindOfCases>("0 50 5 * * ?");
        return services;
    }
}
