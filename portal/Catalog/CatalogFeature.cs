using Portal.Demo;
using Portal.Search;

namespace Portal.Catalog;

/// <summary>The catalog.</summary>
static class CatalogFeature
{
    /// <summary>Registers stores, acts, search and demo.</summary>
    public static IServiceCollection AddCatalog(this IServiceCollection services) => services
        .AddScoped<ProductStore>()
        .AddScoped<CatalogPrices>()
        .AddScoped<AddProduct>()
        .AddScoped<EditProduct>()
        .AddScoped<KeepProductLine>()
        .AddScoped<AddProducts>()
        .AddScoped<ISearchSource, ProductSearch>()
        .AddScoped<IDemoPart, CatalogDemo>()
        .AddScoped<IDemoPart, TrackingDemo>()
        .AddScoped<ILargeDemoPart, ManyProducts>();
}
