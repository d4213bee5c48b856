using Identity.Sessions;

namespace Identity.OwnAccount;

/// <summary>Makes the page about the own account known to the service.</summary>
static class OwnAccountSetup
{
    public static IServiceCollection AddOwnAccount(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddScoped<OwnAccountStore>();
        services.AddScoped<EndOwnSessions>();
        services.AddScoped<CredentialChange>();
        services.AddScoped<ChangePassword>();
        services.AddScoped<ChangeProfile>();
        return services;
    }
}
