using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Platform.OpenIdConnect;
using Xunit;

namespace Support;

/// <summary>The portal whose identity provider is identity as it is.</summary>
public sealed class PortalOfIdentity(IdentityApp identity) : PortalApp
{
    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Portal:ClientSecret"] = IdentityApp.PortalSecret };

    /// <summary>What it asked of identity, by path, in that order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Whether identity is out of its reach.</summary>
    public bool IsCutOff { get; set; }

    /// <inheritdoc/>
    protected override void Change(IServiceCollection services) =>
        services.AddHttpClient(ProviderMetadata.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => new Cable(this, identity.Wire()));

    sealed class Cable(PortalOfIdentity portal, HttpMessageHandler wire) : DelegatingHandler(wire)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            portal.Asked.Enqueue(request.RequestUri!.AbsolutePath);
            return portal.IsCutOff ? throw new HttpRequestException("The cable is cut.") : base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>Identity and the portal together, each on a database of its own.</summary>
public sealed class BothServices : IAsyncLifetime
{
    /// <summary>Identity.</summary>
    public IdentityApp Identity { get; } = new();

    /// <summary>The portal.</summary>
    public PortalOfIdentity Portal { get; private set; } = null!;

    /// <summary>An account of the tenant with that key; its roles are those to which the claims of its own provider led.</summary>
    public async Task<TestAccount> AnAccountAsync(string? tenant, params string[] roles)
    {
        var account = await Identity.AnAccountAsync();
        if (tenant is not null)
        {
            await Identity.Database.ExecuteAsync("""
                insert into tenant (key, name, is_operator, grantable_roles, created_at, updated_at)
                values (@tenant, 'Company ' || @tenant, @tenant = 'northlight', array(select role from portal_role where is_of_operator = (@tenant = 'northlight')), @now, @now)
                on conflict do nothing;
                update account set tenant_id = (select tenant_id from tenant where key = @tenant) where subject = @Subject
                """, new { tenant, account.Subject, now = Identity.Clock.Now.UtcDateTime });
            await SayAsync(account, roles);
        }

        return account;
    }

    /// <summary>A token of a program of its own, of the tenant with that key; null for a program of the installation.</summary>
    public async Task<string> ATokenAsync(string clientId, string? tenant)
    {
        if (tenant is not null)
        {
            await AnAccountAsync(tenant);
        }

        var tenantId = tenant is null ? (long?)null : (await Identity.Database.ListAsync<long>("select tenant_id from tenant where key = @tenant", new { tenant })).Single();
        await Identity.AClientAsync(clientId, client =>
        {
            client.TenantId = tenantId;
            client.AllowedGrantTypes = ["client_credentials"];
            client.AllowedScopes = ["portal.api"];
        });
        return (await new RelyingParty(Identity, clientId).TokenAsync([new("grant_type", "client_credentials")])).AccessToken;
    }

    /// <summary>From now on identity says so of that person.</summary>
    public Task SayAsync(TestAccount account, params string[] roles) =>
        Identity.Database.ExecuteAsync("update account set roles = @roles where subject = @Subject", new { roles, account.Subject });

    /// <summary>Somebody signs in: at the portal, through identity, and back.</summary>
    /// <param name="account">Who.</param>
    /// <param name="language">What the browser asks for.</param>
    /// <returns>The browser, and the page on which it ends.</returns>
    public async Task<(Visitor Visitor, Page Page)> SignInAsync(TestAccount account, string? language = null)
    {
        var visitor = Portal.Anonymous();
        visitor.Language = language;
        var back = await AnswerAsync(visitor, account);
        return (visitor, await visitor.GetAsync(back));
    }

    /// <summary>The same up to identity's answer, which that browser has still to open.</summary>
    public async Task<string> AnswerAsync(Visitor visitor, TestAccount account)
    {
        var sent = await visitor.GetOnlyAsync("/sign-in?returnUrl=/profile");
        var answer = await (await Identity.SignedInAsync(account)).GetOnlyAsync(new Uri(sent.Header("Location")!).PathAndQuery);
        return new Uri(answer.Header("Location")!).PathAndQuery;
    }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await Identity.InitializeAsync();
        Portal = new(Identity);
        await Portal.InitializeAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Identity.DisposeAsync();
    }
}
