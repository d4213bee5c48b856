using Portal.Web;

namespace Portal.Partners;

/// <summary>Partners and their people.</summary>
static class PartnersFeature
{
    /// <summary>Registers the feature.</summary>
    public static IServiceCollection AddPartners(this IServiceCollection services) => services
        .AddScoped<IPeopleDirectory, PeopleDirectory>();
}
