using Portal.Matching.Evaluation;
using Portal.Web;

namespace Portal.Matching;

/// <summary>The matcher needs no service; its command does.</summary>
static class MatchingFeature
{
    /// <summary>Registers the verb.</summary>
    public static IServiceCollection AddMatching(this IServiceCollection services) => services.AddScoped<IVerb, MatchVerb>();
}
