using Portal.Demo;
using Portal.Verify;

namespace Portal.Configuring;

/// <summary>Bundles and configurations: what goes together, said at once, and put into quotes and orders.</summary>
static class ConfiguringFeature
{
    /// <summary>Registers stores and acts.</summary>
    public static IServiceCollection AddConfiguring(this IServiceCollection services) => services
        .AddScoped<BundleStore>()
        .AddScoped<ConfigurationStore>()
        .AddScoped<KeepBundle>()
        .AddScoped<PutIntoQuote>()
        .AddScoped<Configure>()
        .AddScoped<PlanStore>()
        .AddScoped<KeepPlans>()
        .AddScoped<Plans>()
        .AddScoped<ICheck, ConfigurationsAreWhole>()
        .AddScoped<IDemoPart, ConfiguringDemo>();
}
