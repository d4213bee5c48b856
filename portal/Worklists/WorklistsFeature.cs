namespace Portal.Worklists;

/// <summary>What waits for whom, over orders, deliveries, returns and the books.</summary>
static class WorklistsFeature
{
    /// <summary>Registers what reads it.</summary>
    public static IServiceCollection AddWorklists(this IServiceCollection services) => services.AddScoped<WorklistStore>();
}
