using Portal.Demo;

namespace Portal.Replenishing;

/// <summary>When to order what: safety stock, reorder points, proposals.</summary>
static class ReplenishingFeature
{
    /// <summary>Registers acts, store and demo.</summary>
    public static IServiceCollection AddReplenishing(this IServiceCollection services) => services
        .AddScoped<LevelStore>()
        .AddScoped<KeepLevels>()
        .AddScoped<OrderProposals>()
        .AddScoped<IDemoPart, ReplenishingDemo>();
}
