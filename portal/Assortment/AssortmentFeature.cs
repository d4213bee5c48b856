using Portal.Demo;

namespace Portal.Assortment;

/// <summary>What is sold to whom, and how.</summary>
static class AssortmentFeature
{
    /// <summary>Registers stores, acts and demo.</summary>
    public static IServiceCollection AddAssortment(this IServiceCollection services) => services
        .AddScoped<Terms>()
        .AddScoped<Ranges>()
        .AddScoped<RangePreview>()
        .AddScoped<AddRange>()
        .AddScoped<EndRange>()
        .AddScoped<IDemoPart, AssortmentDemo>();
}
