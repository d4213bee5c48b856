using Portal.Demo;

namespace Portal.Pricing;

/// <summary>Prices: books, rules, rates, and what a thing costs whom.</summary>
static class PricingFeature
{
    /// <summary>Registers stores and acts.</summary>
    public static IServiceCollection AddPricing(this IServiceCollection services) => services
        .AddScoped<Prices>()
        .AddScoped<SoldByTerm>()
        .AddScoped<PriceBookStore>()
        .AddScoped<PriceRuleStore>()
        .AddScoped<ExchangeRates>()
        .AddScoped<AddPriceBook>()
        .AddScoped<EditPriceBook>()
        .AddScoped<SetPrice>()
        .AddScoped<AddPrices>()
        .AddScoped<AddPriceRule>()
        .AddScoped<EndPriceRule>()
        .AddScoped<AddPromotions>()
        .AddScoped<IDemoPart, PricingDemo>();
}
