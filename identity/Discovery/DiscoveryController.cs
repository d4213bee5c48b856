using Identity.Clients;
using Identity.Keys;
using Identity.Sessions;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Platform.OpenIdConnect.DPoP;
using Platform.Texts;

namespace Identity.Discovery;

/// <summary>What the provider can do and which keys it signs with (OpenID Connect Discovery 1.0; RFC 8414).</summary>
sealed class DiscoveryController(ClientStore clients, SigningKeys keys, IdentitySettings settings) : Controller
{
    /// <summary>The metadata, under the names that OpenID Connect and OAuth look for.</summary>
    [HttpGet("/.well-known/openid-configuration")]
    [HttpGet("/.well-known/oauth-authorization-server")]
    public async Task<IActionResult> Show(CancellationToken ct)
    {
        string[] ways = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
        return Public(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["issuer"] = settings.Issuer,
            ["authorization_endpoint"] = settings.Issuer + "/connect/authorize",
            ["pushed_authorization_request_endpoint"] = settings.Issuer + "/connect/par",
            ["token_endpoint"] = settings.Issuer + "/connect/token",
            ["userinfo_endpoint"] = settings.Issuer + "/connect/userinfo",
            ["revocation_endpoint"] = settings.Issuer + "/connect/revocation",
            ["introspection_endpoint"] = settings.Issuer + "/connect/introspect",
            ["end_session_endpoint"] = settings.Issuer + "/connect/endsession",
            ["jwks_uri"] = settings.Issuer + "/.well-known/openid-configuration/jwks",
            ["scopes_supported"] = IdentityScopes.All.Concat(await clients.ApiScopesAsync(ct)),
            ["claims_supported"] = new[] { "sub", "name", "locale", "updated_at", "email", "email_verified", "roles", "tenant" },
            ["response_types_supported"] = new[] { "code" },
            ["response_modes_supported"] = new[] { "query", "form_post" },
            ["grant_types_supported"] = GrantTypes.All,
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = KeyPairs.Algorithms,
            ["token_endpoint_auth_methods_supported"] = ways,
            ["token_endpoint_auth_signing_alg_values_supported"] = ClientAssertions.Algorithms,
            ["revocation_endpoint_auth_methods_supported"] = ways,
            ["revocation_endpoint_auth_signing_alg_values_supported"] = ClientAssertions.Algorithms,
            ["introspection_endpoint_auth_methods_supported"] = new[] { "client_secret_basic", "client_secret_post" },
            ["dpop_signing_alg_values_supported"] = DPoPProof.Algorithms,
            ["code_challenge_methods_supported"] = new[] { "S256" },
            ["acr_values_supported"] = Assurance.Known,
            ["prompt_values_supported"] = new[] { "none", "login", "consent", "select_account" },
            ["backchannel_logout_supported"] = true,
            ["backchannel_logout_session_supported"] = true,
            ["ui_locales_supported"] = TextBook.Languages,
            ["authorization_response_iss_parameter_supported"] = true,
            ["require_pushed_authorization_requests"] = false, // some clients must, none are refused for it
            ["request_parameter_supported"] = false,
            ["request_uri_parameter_supported"] = false,
            ["claims_parameter_supported"] = false,
        });
    }

    /// <summary>The public keys (RFC 7517).</summary>
    [HttpGet("/.well-known/openid-configuration/jwks")]
    public async Task<IActionResult> ShowKeys(CancellationToken ct) =>
        Public(new { keys = (await keys.GetAsync(ct)).Published });

    JsonResult Public(object content)
    {
        Response.GetTypedHeaders().CacheControl = new CacheControlHeaderValue { Public = true, MaxAge = Profile.MetadataKept };
        Response.Headers.AccessControlAllowOrigin = "*";
        // Read by scripts of other origins, which the header for everything else forbids.
        Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return Json(content);
    }
}
