namespace Identity.Scim;

/// <summary>Makes SCIM known to the service.</summary>
static class ScimSetup
{
    public static IServiceCollection AddScim(this IServiceCollection services) => services
        .AddScoped<ScimTokenStore>()
        .AddScoped<ChangeScimTokens>()
        .AddScoped<ScimPersonStore>()
        .AddScoped<ChangePeople>()
        .AddScoped<ScimGroupStore>()
        .AddScoped<ChangeGroups>();
}
