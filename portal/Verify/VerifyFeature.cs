using Portal.Web;

namespace Portal.Verify;

/// <summary>The checks of the stored data, run by <c>verify</c>.</summary>
static class VerifyFeature
{
    /// <summary>Registers the verb; each feature registers its checks.</summary>
    public static IServiceCollection AddVerify(this IServiceCollection services) => services.AddScoped<IVerb, VerifyVerb>();
}
