using System.Collections.Concurrent;
using Identity.Domains;
using Identity.Providers;
using Identity.Tests.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Platform.GuardedHttp;
using Support;

namespace Identity.Tests.Federation;

/// <summary>Identity with an internet of its own: providers of partners, and a DNS that says what a test wants.</summary>
public class FederatedIdentity : IdentityApp
{
    readonly Internet internet = new();

    /// <summary>What DNS says.</summary>
    internal TestDns Dns { get; } = new();

    /// <summary>Puts a host into that internet.</summary>
    internal void Put(string address, HttpMessageHandler host) => internet.Put(address, host);

    protected override void Configure(IServiceCollection services)
    {
        services.AddHttpClient(GuardedFetch.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => internet);
        services.AddSingleton<IDnsTexts>(Dns);
    }

    /// <summary>A company.</summary>
    internal Task<long> TenantAsync(string key, bool isOperator = false) => OneAsync<long>("""
        insert into tenant (key, name, is_operator, created_at, updated_at) values (@key, initcap(@key), @isOperator, @now, @now)
        on conflict (key) do update set name = excluded.name returning tenant_id
        """, new { key, isOperator, now = Clock.Now.UtcDateTime });

    /// <summary>A company with a provider that answers under <c>https://login.KEY.test</c>.</summary>
    internal async Task<Partner> PartnerAsync(string key, bool provisions = true, string? scheme = null, string? roleClaim = null, string? defaultRole = null, params IEnumerable<(string Value, string Role)> mappings)
    {
        scheme ??= key;
        var tenantId = await TenantAsync(key);
        var issuer = $"https://login.{scheme}.test";
        var provider = new HostileProvider(Clock, issuer, "us-at-" + scheme);
        internet.Put(issuer, provider);
        var secret = Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("identity provider", scheme).Protect("the secret of " + scheme);
        var id = await OneAsync<long>("""
            insert into identity_provider (tenant_id, scheme, display_name, issuer, client_id, protected_secret, provisions, role_claim, default_role, created_at, updated_at)
            values (@tenantId, @scheme, initcap(@scheme) || ' login', @issuer, 'us-at-' || @scheme, @secret, @provisions, @roleClaim, @defaultRole, @now, @now) returning identity_provider_id
            """, new { tenantId, scheme, issuer, secret, provisions, roleClaim, defaultRole, now = Clock.Now.UtcDateTime });
        foreach (var (value, role) in mappings)
        {
            await Database.ExecuteAsync("insert into identity_provider_role (identity_provider_id, claim_value, role) values (@id, @value, @role)", new { id, value, role });
        }

        return new(this, tenantId, key, scheme, issuer, provider);
    }

    /// <summary>A domain that a company has proven.</summary>
    internal Task ProvenDomainAsync(Partner partner, string domain) => Database.ExecuteAsync("""
        insert into tenant_domain (tenant_id, domain, token, proven_at, created_at) values (@TenantId, @domain, 'token', @now, @now)
        """, new { partner.TenantId, domain, now = Clock.Now.UtcDateTime });

    /// <summary>Somebody who looks after a company, signed in just now.</summary>
    internal async Task<Visitor> AdministratorAsync(string tenantKey, string administers = "tenant")
    {
        var account = await AnAccountAsync();
        await Database.ExecuteAsync("update account set tenant_id = (select tenant_id from tenant where key = @tenantKey), administers = @administers where subject = @Subject", new { tenantKey, administers, account.Subject });
        return await SignedInAsync(account);
    }

    internal async Task<T> OneAsync<T>(string sql, object? args = null) => (await Database.ListAsync<T>(sql, args)).Single();

    /// <summary>How many accounts there are.</summary>
    internal Task<int> AccountsAsync() => OneAsync<int>("select count(*)::int from account");

    /// <summary>The reasons for which sign-ins came to nothing, oldest first.</summary>
    internal Task<List<string>> RefusalsAsync(string scheme) => Database.ListAsync<string>(
        "select details ->> 'reason' from audit_entry where action = 'federation.refused' and subject_number = @scheme order by audit_entry_id", new { scheme });
}

/// <summary>A company, and the provider where its people sign in.</summary>
sealed record Partner(FederatedIdentity Identity, long TenantId, string Key, string Scheme, string Issuer, HostileProvider Provider)
{
    static int codes;

    /// <summary>Sends a browser to the provider.</summary>
    /// <returns>The request it brought there.</returns>
    public async Task<ProviderRequest> StartAsync(Visitor visitor, string? request = null)
    {
        var page = await visitor.GetOnlyAsync(request is null ? $"/federation/{Scheme}/start" : QueryHelpers.AddQueryString($"/federation/{Scheme}/start", "request", request));
        Assert.True(page.Headers.Headers.Location is not null, $"{page.Status} {page.Words}");
        return Arrive(page);
    }

    /// <summary>The request with which a browser was sent to the provider.</summary>
    public ProviderRequest Arrive(Page page)
    {
        var location = page.Headers.Headers.Location!;
        var request = new ProviderRequest(location, QueryHelpers.ParseQuery(location.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
        Provider.Nonce = request["nonce"];
        return request;
    }

    /// <summary>The provider's answer as an address; each change sets a parameter or leaves it out.</summary>
    public string Answer(ProviderRequest request, params IEnumerable<(string Name, string? Value)> changes)
    {
        var answer = new Dictionary<string, string?> { ["code"] = "code-" + Interlocked.Increment(ref codes), ["state"] = request["state"], ["iss"] = Issuer };
        foreach (var (name, value) in changes)
        {
            answer[name] = value;
        }

        return QueryHelpers.AddQueryString($"/federation/{Scheme}/signin", answer.Where(pair => pair.Value is not null).ToDictionary());
    }

    /// <summary>Signs in, from the start to the page where the browser ends.</summary>
    public async Task<Page> SignInAsync(Visitor visitor, params IEnumerable<(string Name, string? Value)> changes) => await visitor.GetOnlyAsync(Answer(await StartAsync(visitor), changes));
}

/// <summary>A request at a provider.</summary>
sealed record ProviderRequest(Uri Address, IReadOnlyDictionary<string, string> Parameters)
{
    public string this[string name] => Parameters.TryGetValue(name, out var value) ? value : "";
}

/// <summary>Hosts by their address; others are not there.</summary>
sealed class Internet : HttpMessageHandler
{
    readonly ConcurrentDictionary<string, HttpMessageInvoker> hosts = new(StringComparer.Ordinal);

    public void Put(string address, HttpMessageHandler host) => hosts[address] = new HttpMessageInvoker(host);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        hosts.TryGetValue(request.RequestUri!.GetLeftPart(UriPartial.Authority), out var host)
            ? host.SendAsync(request, cancellationToken)
            : throw new HttpRequestException("Nobody is there.");
}

/// <summary>DNS as a test wants it.</summary>
sealed class TestDns : IDnsTexts
{
    public ConcurrentDictionary<string, string[]> Records { get; } = new(StringComparer.Ordinal);

    public bool IsAway { get; set; }

    public Task<IReadOnlyList<string>> FindAsync(string name, CancellationToken ct) =>
        IsAway ? throw new DnsUnavailableException(null) : Task.FromResult<IReadOnlyList<string>>(Records.GetValueOrDefault(name, []));
}
