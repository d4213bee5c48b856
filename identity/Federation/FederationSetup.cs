using Identity.Domains;
using Identity.Providers;

namespace Identity.Federation;

/// <summary>Makes providers, domains and sign-in through them known to the service. There is no scheme to register: what is in the database counts.</summary>
static class FederationSetup
{
    public static IServiceCollection AddFederation(this IServiceCollection services) => services
        .AddSingleton<ProviderSecrets>()
        .AddSingleton<ProviderMetadata>()
        .AddSingleton<ProviderConfigurations>()
        .AddSingleton<ProviderCalls>()
        .AddScoped<ProviderStore>()
        .AddScoped<ProviderEntryChecks>()
        .AddScoped<EndWhatCameThrough>()
        .AddScoped<AddProvider>()
        .AddScoped<ChangeProvider>()
        .AddScoped<DisableProvider>()
        .AddScoped<ProviderFaults>()
        .AddScoped<TestConnection>()
        .AddSingleton<IDnsTexts, Dns>()
        .AddScoped<DomainStore>()
        .AddScoped<AddDomain>()
        .AddScoped<ProveDomain>()
        .AddScoped<ChangeDomain>()
        .AddScoped<FederationAttempts>()
        .AddScoped<FederationRefusals>()
        .AddScoped<ExternalIdentityStore>()
        .AddScoped<ProviderAnswers>()
        .AddScoped<StartFederation>()
        .AddScoped<SignInThroughProvider>()
        .AddScoped<LinkProvider>()
        .AddScoped<HomeRealm>();
}
