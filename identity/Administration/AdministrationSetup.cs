using Identity.Administration.Apis;
using Identity.Administration.Audit;
using Identity.Administration.Clients;
using Identity.Administration.People;
using Identity.Administration.Report;
using Identity.Administration.Sessions;
using Identity.Administration.Tenants;

namespace Identity.Administration;

/// <summary>Makes the administration known to the service.</summary>
static class AdministrationSetup
{
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddScoped<AdministratorStore>()
        .AddScoped<PeopleStore>()
        .AddScoped<ChangePerson>()
        .AddScoped<AddAdministratorVerb>()
        .AddScoped<TenantListStore>()
        .AddScoped<ChangeTenant>()
        .AddScoped<ChangeSecondFactorRule>()
        .AddScoped<ApiListStore>()
        .AddScoped<ChangeApi>()
        .AddScoped<ChangeGrantableRoles>()
        .AddScoped<ClientListStore>()
        .AddScoped<ClientFormRules>()
        .AddScoped<ChangeClient>()
        .AddScoped<SessionListStore>()
        .AddScoped<AuditListStore>()
        .AddScoped<ReportStore>()
        .AddScoped<ConfigurationReport>();
}
