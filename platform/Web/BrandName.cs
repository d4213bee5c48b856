using Microsoft.Extensions.Configuration;

namespace Platform.Web;

/// <summary>The brand's name, as it stands on every page and in every mail.</summary>
public static class BrandName
{
    /// <summary>The setting <c>Brand:Name</c>; the product's own name where it is silent.</summary>
    public static string Of(IConfiguration configuration) => configuration["Brand:Name"] is { Length: > 0 } name ? name : "PartnerPortal";
}
