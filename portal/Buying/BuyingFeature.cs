using Portal.Demo;

namespace Portal.Buying;

/// <summary>The catalog for those who buy.</summary>
static class BuyingFeature
{
    /// <summary>Registers stores and demo.</summary>
    public static IServiceCollection AddBuying(this IServiceCollection services) => services
        .AddScoped<Shelf>()
        .AddScoped<ShelfPages>()
        .AddScoped<Favourites>()
        .AddScoped<IDemoPart, BuyingDemo>();
}
