using Platform.Jobs;
using Portal.Customers;
using Portal.Deals;
using Portal.Demo;
using Portal.Start;

namespace Portal.Disputes;

/// <summary>Disputes over who holds a customer.</summary>
static class DisputesFeature
{
    /// <summary>Registers acts, stores and jobs.</summary>
    public static IServiceCollection AddDisputes(this IServiceCollection services) => services
        .AddScoped<DisputeStore>()
        .AddScoped<DisputeNews>()
        .AddScoped<ActOnDispute>()
        .AddScoped<FileDispute>()
        .AddScoped<AnswerDispute>()
        .AddScoped<DecideDispute>()
        .AddScoped<DisputeLists>()
        .AddScoped<WorkingDays>()
        .AddScoped<IClusterStake, ClaimsOfClusters>()
        .AddScoped<IDealPart, DisputesOfDeal>()
        .AddScoped<IWaitingSource, DisputesWaiting>()
        .AddScoped<IDemoPart, DisputesDemo>()
        .AddScheduledJob<WatchDisputes>("0 1/5 * * * ?");
}
