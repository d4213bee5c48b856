using Portal.Web;

namespace Portal.Demo;

/// <summary>The demo: written by <c>seed</c> from the parts of the features.</summary>
static class DemoFeature
{
    /// <summary>Registers the verb.</summary>
    public static IServiceCollection AddDemo(this IServiceCollection services) => services
        .AddScoped<IVerb, SeedVerb>()
        .AddScoped<IProductionCheck, NoDemoInProduction>();
}
