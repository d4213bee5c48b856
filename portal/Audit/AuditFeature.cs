using Portal.Verify;

namespace Portal.Audit;

/// <summary>What was done, by whom, provably unchanged.</summary>
static class AuditFeature
{
    /// <summary>Registers the feature.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddScoped<AuditStore>()
        .AddScoped<ICheck, AuditIsWhole>();
}
