namespace Identity.Administration;

/// <summary>Makes the administration known to the service.</summary>
static class AdministrationSetup
{
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddScoped<AdministratorStore>();
}
