using Portal.Customers;
using Portal.Search;
using Portal.Start;

namespace Portal.Deals;

/// <summary>Deal registration: claims, their screening, review and protection.</summary>
static class DealsFeature
{
    /// <summary>Registers acts, stores and jobs.</summary>
    public static IServiceCollection AddDeals(this IServiceCollection services) => services
        .AddScoped<DealStore>()
        .AddScoped<DealLists>()
        .AddScoped<DealPages>()
        .AddScoped<DealNews>()
        .AddScoped<ActOnDeal>()
        .AddScoped<ScreenClaim>()
        .AddScoped<RegisterDeal>()
        .AddScoped<ReviewDeal>()
        .AddScoped<PursueDeal>()
        .AddScoped<ExtendProtection>()
        .AddScoped<CommentOnDeal>()
        .AddScoped<ExpireProtections>()
        .AddScoped<ICustomerPart, DealsOfCustomer>()
        .AddScoped<IWaitingSource, DealsWaiting>()
        .AddScoped<ISearchSource, DealSearch>();
}
