using System.Text.Json;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.GuardedHttp;

namespace Identity.Providers;

/// <summary>A provider cannot be used.</summary>
/// <param name="fault">A code that <c>providers.fault.…</c> explains.</param>
/// <param name="detail">What an administrator can do something with: an address, a status, a name.</param>
/// <param name="cause">What was thrown, if anything.</param>
sealed class ProviderUnusableException(string fault, string detail, Exception? cause = null) : Exception($"{fault}: {detail}", cause)
{
    /// <summary>The code.</summary>
    public string Fault { get; } = fault;

    /// <summary>What it is about.</summary>
    public string Detail { get; } = detail;

    /// <summary>Whether waiting helps. All others are the provider's or our own settings.</summary>
    public bool IsPassing => Fault is "unreachable" or "too_slow" or "bad_status";

    /// <summary>As a refused fetch has it.</summary>
    public static ProviderUnusableException From(FetchRefusedException refused, string address) => new(
        refused.Reason switch
        {
            FetchFailure.NotHttps => "not_https",
            FetchFailure.UnknownName => "unknown_name",
            FetchFailure.NotPublic => "not_public",
            FetchFailure.Untrusted => "untrusted",
            FetchFailure.Redirects => "redirects",
            FetchFailure.TooSlow => "too_slow",
            FetchFailure.TooLarge => "too_large",
            _ => "unreachable",
        },
        address, refused);
}

/// <summary>Fetches a provider's metadata and keys, and looks whether they are of any use (OpenID Connect Discovery 1.0, 3 and 4).</summary>
sealed class ProviderMetadata(GuardedFetch fetch, GuardedFetchOptions outbound)
{
    const int LargestKeySet = 100;
    const int SmallestRsaKey = 2048;

    /// <summary>How an id_token of a provider may be signed.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>Does so.</summary>
    /// <exception cref="ProviderUnusableException">They are not.</exception>
    public async Task<OpenIdConnectConfiguration> FetchAsync(string issuer, CancellationToken ct)
    {
        var address = issuer.TrimEnd('/') + "/.well-known/openid-configuration";
        var metadata = Read(address, await GetAsync(address, ct), text => OpenIdConnectConfiguration.Create(text));
        Check(metadata, issuer);
        metadata.JsonWebKeySet = Read(metadata.JwksUri, await GetAsync(metadata.JwksUri, ct), text => new JsonWebKeySet(text));
        foreach (var key in UsableKeys(metadata))
        {
            metadata.SigningKeys.Add(key);
        }

        return metadata.SigningKeys.Count > 0 ? metadata : throw new ProviderUnusableException("no_keys", metadata.JwksUri);
    }

    void Check(OpenIdConnectConfiguration metadata, string issuer)
    {
        // Discovery 1.0, 4.3: metadata that names another issuer is another provider's.
        if (!string.Equals(metadata.Issuer, issuer, StringComparison.Ordinal))
        {
            throw new ProviderUnusableException("other_issuer", metadata.Issuer is { Length: > 0 and <= 300 } named ? named : "-");
        }

        CheckEndpoint("authorization_endpoint", metadata.AuthorizationEndpoint);
        CheckEndpoint("token_endpoint", metadata.TokenEndpoint);
        CheckEndpoint("jwks_uri", metadata.JwksUri);
        if (!string.IsNullOrEmpty(metadata.UserInfoEndpoint))
        {
            CheckEndpoint("userinfo_endpoint", metadata.UserInfoEndpoint);
        }

        if (metadata.IdTokenSigningAlgValuesSupported.Count > 0 && !metadata.IdTokenSigningAlgValuesSupported.Intersect(Algorithms, StringComparer.Ordinal).Any())
        {
            throw new ProviderUnusableException("no_algorithm", string.Join(' ', metadata.IdTokenSigningAlgValuesSupported.Take(10)));
        }

        if (metadata.ResponseTypesSupported.Count > 0 && !metadata.ResponseTypesSupported.Contains("code", StringComparer.Ordinal))
        {
            throw new ProviderUnusableException("no_code_flow", string.Join(", ", metadata.ResponseTypesSupported.Take(10)));
        }
    }

    void CheckEndpoint(string name, string? endpoint)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Fragment.Length > 0 || address.UserInfo.Length > 0
            || !(address.Scheme is "https" || (address.Scheme is "http" && address.IsLoopback && outbound.AllowThisMachine)))
        {
            throw new ProviderUnusableException("bad_endpoint", name);
        }
    }

    async Task<string> GetAsync(string address, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new("application/json"));
        try
        {
            var answer = await fetch.SendAsync(request, ct);
            return answer.IsSuccess ? answer.Text
                : throw new ProviderUnusableException(answer.Status >= 500 ? "bad_status" : "not_found", $"{address} ({answer.Status})");
        }
        catch (FetchRefusedException refused)
        {
            throw ProviderUnusableException.From(refused, address);
        }
    }

    static T Read<T>(string address, string text, Func<string, T> read)
    {
        try
        {
            return read(text);
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new ProviderUnusableException("not_json", address, unreadable);
        }
    }

    // A symmetric key in a public set is no key, and a short one is no lock.
    static IEnumerable<SecurityKey> UsableKeys(OpenIdConnectConfiguration metadata) => metadata.JsonWebKeySet.Keys
        .Take(LargestKeySet)
        .Where(key => key.Kty is "RSA" or "EC" && key.Use is null or "" or "sig" && (key.Kty is "EC" || key.KeySize >= SmallestRsaKey));
}
