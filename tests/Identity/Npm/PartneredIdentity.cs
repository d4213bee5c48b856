using Identity.Tests.Federation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Platform.GuardedHttp;
using Support;

namespace Identity.Tests.Npm;

/// <summary>Identity on a port of this machine, with oidc-provider on another, which it calls by the product's own guarded calls.</summary>
public sealed class PartneredIdentity : FederatedIdentity
{
    static readonly Dictionary<string, string?> Outbound = new() { ["Outbound:AllowThisMachine"] = "true" };

    Task<OidcProvider>? provider;

    protected override bool Listens => true;

    protected override IReadOnlyDictionary<string, string?> Settings => Outbound;

    /// <summary>The partner's provider, started when it is first asked for.</summary>
    internal Task<OidcProvider> ProviderAsync() => provider ??= OidcProvider.StartAsync();

    /// <summary>Sets identity's clock to the provider's, who has no other than the world's.</summary>
    internal void SynchroniseClock() => Clock.Now = DateTimeOffset.UtcNow;

    public override async Task InitializeAsync()
    {
        SynchroniseClock();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        if (provider is { IsCompletedSuccessfully: true })
        {
            await (await provider).DisposeAsync();
        }

        await base.DisposeAsync();
    }

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.AddGuardedFetch(new ConfigurationBuilder().AddInMemoryCollection(Outbound).Build(), new HostingEnvironment { EnvironmentName = "Testing" });
    }
}
