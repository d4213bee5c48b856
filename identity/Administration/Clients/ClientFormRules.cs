using System.Globalization;
using System.Text.RegularExpressions;
using Identity.Clients;
using Identity.Web;

namespace Identity.Administration.Clients;

/// <summary>What is wrong with a field of a form.</summary>
/// <param name="Field">Its name.</param>
/// <param name="TextKey">The sentence that names the remedy.</param>
/// <param name="Arguments">Its values.</param>
sealed record Wrong(string Field, string TextKey, params object[] Arguments);

/// <summary>
/// Makes a client of what somebody typed, or says what is wrong with it, field by field. The constraints of the table say the same to whoever
/// comes another way.
/// </summary>
sealed partial class ClientFormRules(ClientStore clients, IdentitySettings settings)
{
    const int MostUris = 30;

    static readonly string?[] AuthMethods = [null, "client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

    /// <summary>Reads the form.</summary>
    /// <param name="form">As it was sent.</param>
    /// <param name="tenantId">The tenant it names; null for the installation's own.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<(Client Client, IReadOnlyList<Wrong> Wrong)> ReadAsync(ClientForm form, long? tenantId, CancellationToken ct)
    {
        var wrong = new List<Wrong>();
        var isPublic = form.TokenEndpointAuthMethod is "none";
        var client = new Client
        {
            ClientId = form.ClientId?.Trim() ?? "",
            ClientName = form.ClientName?.Trim() ?? "",
            Description = string.IsNullOrWhiteSpace(form.Description) ? null : form.Description.Trim(),
            TenantId = tenantId,
            AllowedGrantTypes = [.. GrantTypes.All.Where(form.AllowedGrantTypes.Contains)],
            TokenEndpointAuthMethod = form.TokenEndpointAuthMethod,
            RequireClientSecret = !isPublic,
            Jwks = string.IsNullOrWhiteSpace(form.Jwks) ? null : form.Jwks.Trim(),
            RedirectUris = ClientForm.Split(form.RedirectUris),
            PostLogoutRedirectUris = ClientForm.Split(form.PostLogoutRedirectUris),
            AllowedCorsOrigins = ClientForm.Split(form.AllowedCorsOrigins),
            AllowedScopes = [.. (await ScopesAsync(ct)).Where(form.AllowedScopes.Contains)],
            IdentityProviderRestrictions = ClientForm.Split(form.IdentityProviderRestrictions),
            BackChannelLogoutUri = string.IsNullOrWhiteSpace(form.BackChannelLogoutUri) ? null : form.BackChannelLogoutUri.Trim(),
            BackChannelLogoutSessionRequired = form.BackChannelLogoutSessionRequired,
            RequirePkce = form.RequirePkce,
            RequirePushedAuthorization = form.RequirePushedAuthorization,
            RequireDPoP = form.RequireDPoP,
            RequireConsent = form.RequireConsent,
            AllowRememberConsent = form.AllowRememberConsent,
            AllowOfflineAccess = form.AllowOfflineAccess,
            IdentityTokenSigningAlgorithm = form.IdentityTokenSigningAlgorithm is "ES256" ? "ES256" : "RS256",
            AuthorizationCodeLifetime = Seconds(form.AuthorizationCodeLifetime, nameof(form.AuthorizationCodeLifetime), 1, (int)Profile.Code.TotalSeconds, wrong),
            AccessTokenLifetime = Seconds(form.AccessTokenLifetime, nameof(form.AccessTokenLifetime), 1, 3600, wrong),
            IdentityTokenLifetime = Seconds(form.IdentityTokenLifetime, nameof(form.IdentityTokenLifetime), 1, (int)Profile.IdToken.TotalSeconds, wrong),
            SlidingRefreshTokenLifetime = Seconds(form.SlidingRefreshTokenLifetime, nameof(form.SlidingRefreshTokenLifetime), 1, (int)Profile.RefreshTokenAbsolute.TotalSeconds, wrong),
            AbsoluteRefreshTokenLifetime = Seconds(form.AbsoluteRefreshTokenLifetime, nameof(form.AbsoluteRefreshTokenLifetime), 1, (int)Profile.RefreshTokenAbsolute.TotalSeconds, wrong),
            PushedAuthorizationLifetime = Seconds(form.PushedAuthorizationLifetime, nameof(form.PushedAuthorizationLifetime), 5, (int)Profile.PushedAuthorization.TotalSeconds, wrong),
            ConsentLifetime = string.IsNullOrWhiteSpace(form.ConsentLifetime) ? null : Seconds(form.ConsentLifetime, nameof(form.ConsentLifetime), 1, int.MaxValue, wrong),
        };
        wrong.AddRange(Names(client));
        wrong.AddRange(Grants(client));
        wrong.AddRange(Addresses(client));
        if (!AuthMethods.Contains(form.TokenEndpointAuthMethod))
        {
            wrong.Add(new(nameof(form.TokenEndpointAuthMethod), "clients.wrong.auth_method"));
        }

        return (client, wrong);
    }

    /// <summary>Every scope there is, in the order of the form.</summary>
    public async Task<IReadOnlyList<string>> ScopesAsync(CancellationToken ct) =>
        [.. IdentityScopes.All.Where(scope => scope is not IdentityScopes.OfflineAccess), .. await clients.ApiScopesAsync(ct)];

    /// <summary>What is wrong with a name and a description.</summary>
    public static IEnumerable<Wrong> Labels(string name, string? description)
    {
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
        {
            yield return new(nameof(ClientForm.ClientName), "clients.wrong.name");
        }

        if (description?.Length > 1000)
        {
            yield return new(nameof(ClientForm.Description), "clients.wrong.description");
        }
    }

    /// <summary>What is wrong with public keys.</summary>
    public static Wrong? Keys(string? jwks) => jwks is null
        ? new(nameof(ClientForm.Jwks), "clients.wrong.keys_missing")
        : ClientKeys.Reason(jwks) is { } reason ? new(nameof(ClientForm.Jwks), $"clients.wrong.keys.{reason}") : null;

    /// <summary>Whether what was typed is a secret, which no page repeats.</summary>
    public static bool HoldsPrivateKey(IEnumerable<Wrong> wrong) => wrong.Any(one => one.TextKey is "clients.wrong.keys.private");

    static IEnumerable<Wrong> Names(Client client)
    {
        if (!ClientId().IsMatch(client.ClientId) || client.ClientId is "new")
        {
            yield return new(nameof(ClientForm.ClientId), "clients.wrong.client_id");
        }

        foreach (var wrong in Labels(client.ClientName, client.Description))
        {
            yield return wrong;
        }
    }

    static IEnumerable<Wrong> Grants(Client client)
    {
        if (client.AllowedGrantTypes.Length == 0)
        {
            yield return new(nameof(ClientForm.AllowedGrantTypes), "clients.wrong.no_grant");
        }

        if (!client.RequireClientSecret && client.Allows(GrantTypes.ClientCredentials))
        {
            yield return new(nameof(ClientForm.AllowedGrantTypes), "clients.wrong.public_program");
        }

        if (!client.RequireClientSecret && !client.RequirePkce)
        {
            yield return new(nameof(ClientForm.RequirePkce), "clients.wrong.public_pkce");
        }

        if (!client.RequireClientSecret && !client.RequireDPoP)
        {
            yield return new(nameof(ClientForm.RequireDPoP), "clients.wrong.public_dpop");
        }

        if (client.AllowOfflineAccess && !client.Allows(GrantTypes.RefreshToken))
        {
            yield return new(nameof(ClientForm.AllowOfflineAccess), "clients.wrong.offline_access");
        }

        if (client.Jwks is not null || client.TokenEndpointAuthMethod is "private_key_jwt")
        {
            if (Keys(client.Jwks) is { } wrong)
            {
                yield return wrong;
            }
        }

        if (client.SlidingRefreshTokenLifetime > client.AbsoluteRefreshTokenLifetime)
        {
            yield return new(nameof(ClientForm.SlidingRefreshTokenLifetime), "clients.wrong.sliding");
        }
    }

    IEnumerable<Wrong> Addresses(Client client)
    {
        if (client.Allows(GrantTypes.AuthorizationCode) && client.RedirectUris.Length == 0)
        {
            yield return new(nameof(ClientForm.RedirectUris), "clients.wrong.no_redirect_uri");
        }

        if (client is { RequireClientSecret: true, AllowedCorsOrigins.Length: > 0 })
        {
            yield return new(nameof(ClientForm.AllowedCorsOrigins), "clients.wrong.cors_with_secret");
        }

        var allowPlainHttp = !settings.IsProduction;
        foreach (var (field, uris, reasonOf) in new (string, string[], Func<string, string?>)[]
        {
            (nameof(ClientForm.RedirectUris), client.RedirectUris, uri => RedirectUri.Reason(uri, allowPlainHttp)),
            (nameof(ClientForm.PostLogoutRedirectUris), client.PostLogoutRedirectUris, uri => RedirectUri.Reason(uri, allowPlainHttp)),
            (nameof(ClientForm.BackChannelLogoutUri), client.BackChannelLogoutUri is { } uri ? [uri] : [], uri => RedirectUri.Reason(uri, allowPlainHttp)),
            (nameof(ClientForm.AllowedCorsOrigins), client.AllowedCorsOrigins, origin => CorsOrigin.Reason(origin, allowPlainHttp)),
        })
        {
            if (uris.Length > MostUris)
            {
                yield return new(field, "clients.wrong.too_many_uris", MostUris);
            }
            else if (uris.Select(uri => (Uri: uri, Reason: reasonOf(uri))).FirstOrDefault(uri => uri.Reason is not null) is { Reason: { } reason } refused)
            {
                yield return new(field, $"clients.wrong.uri.{reason}", refused.Uri.Length > 100 ? refused.Uri[..100] + "…" : refused.Uri);
            }
        }
    }

    static int Seconds(string? text, string field, int least, int most, List<Wrong> wrong)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds >= least && seconds <= most)
        {
            return seconds;
        }

        wrong.Add(most == int.MaxValue ? new(field, "clients.wrong.seconds_at_least", least) : new(field, "clients.wrong.seconds", least, most));
        return least;
    }

    [GeneratedRegex("^[A-Za-z0-9._~-]{1,100}$", RegexOptions.None, matchTimeoutMilliseconds: 200)]
    private static partial Regex ClientId();
}
