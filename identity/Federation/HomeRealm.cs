using Identity.Clients;
using Identity.Domains;
using Identity.Providers;

namespace Identity.Federation;

/// <summary>Where somebody signs in, by the address they gave. Only a domain that its tenant has proven leads anywhere.</summary>
sealed class HomeRealm(DomainStore domains, ProviderStore providers)
{
    const string AcrPrefix = "idp:";

    /// <summary>The provider for that address; null: here. The client is the one that waits, if any, and has a say.</summary>
    public async Task<Provider?> OfAsync(string? address, Client? client, CancellationToken ct) =>
        MailDomain.Of(address?.Trim()) is { } domain && await domains.LeadsToAsync(domain, ct) is { } scheme && (client?.AllowsProvider(scheme) ?? true)
            ? await providers.FindStandingAsync(scheme, ct)
            : null;

    /// <summary>The provider that an application names in <c>acr_values</c>, if it may send people there.</summary>
    public async Task<Provider?> AskedForAsync(string? acrValues, Client client, CancellationToken ct) =>
        SchemeIn(acrValues) is { } scheme && client.AllowsProvider(scheme) ? await providers.FindStandingAsync(scheme, ct) : null;

    /// <summary>The scheme in <c>acr_values</c>, whoever may use it.</summary>
    public static string? SchemeIn(string? acrValues) =>
        acrValues?.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(value => value.StartsWith(AcrPrefix, StringComparison.Ordinal))?[AcrPrefix.Length..] is { Length: > 0 and <= 80 } scheme ? scheme : null;
}
