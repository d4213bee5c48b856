using Identity.Sessions;

namespace Identity.SecondFactors;

/// <summary>Makes second factors known to the service.</summary>
static class SecondFactorsSetup
{
    public static IServiceCollection AddSecondFactors(this IServiceCollection services)
    {
        services.AddScoped<SecondFactorStore>();
        services.AddScoped<HalfSignIns>();
        services.AddSingleton<AuthenticatorSecrets>();
        services.AddSingleton<AuthenticatorSetups>();
        services.AddScoped<CheckCode>();
        services.AddScoped<ChangeSecondFactors>();
        services.AddScoped<ResetSecondFactors>();
        services.AddScoped<EndWeakSignIns>();
        services.AddScoped<RaiseSession>();
        return services;
    }
}
