using Portal.Web.Layout;

namespace Portal.Search;

/// <summary>The search box on every page.</summary>
static class SearchFeature
{
    public static IServiceCollection AddSearch(this IServiceCollection services) =>
        services.AddSingleton(new TopBarPart(TopBarPlace.Search, typeof(SearchBox)));
}
