using Identity.Clients;
using Identity.Revocation;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Identity.Introspection;

/// <summary>
/// The introspection endpoint (RFC 7662): an API asks whether an access token that was shown to it counts at this moment. It hears of its own tokens only; of all
/// others, of refresh tokens and of whatever else, it hears that they do not.
/// </summary>
[Route("connect/introspect")]
[ForPrograms]
sealed class IntrospectionController(ClientCall call, IssuedTokens tokens, RevokedTokenStore revoked) : Controller
{
    const int LongestToken = 8000;

    static readonly string[] Told = ["iss", "sub", "client_id", "scope", "exp", "iat", "jti", "auth_time", "tenant"];

    /// <summary>A token in an address would be written down on its way.</summary>
    [HttpGet]
    public IActionResult Show() => ClientCall.OnlyPost(this);

    /// <summary>Tells.</summary>
    [HttpPost]
    public Task<IActionResult> Create(CancellationToken ct) => call.RunForApiAsync(this, (api, form) => AnswerAsync(api, form, ct), ct);

    async Task<IActionResult> AnswerAsync(Api api, ProtocolParameters form, CancellationToken ct)
    {
        if (form["token"] is not { } text)
        {
            return this.OAuthError(OAuthError.InvalidRequest("The token is missing."));
        }

        Response.Headers.CacheControl = "no-store";
        return Json(text.Length <= LongestToken && await FindAsync(api, text, ct) is { } token ? Tell(token) : new Dictionary<string, object>(StringComparer.Ordinal) { ["active"] = false });
    }

    async Task<JsonWebToken?> FindAsync(Api api, string text, CancellationToken ct) =>
        await tokens.ReadAccessTokenAsync(text, ct) is { } token
        && token.Audiences.Contains(api.Name, StringComparer.Ordinal)
        && await revoked.StandsAsync(token.Id, token.GetPayloadValue<string>("client_id"), ct) ? token : null;

    static Dictionary<string, object> Tell(JsonWebToken token)
    {
        var isBound = token.TryGetPayloadValue<System.Text.Json.JsonElement>("cnf", out var confirmation);
        var told = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["active"] = true,
            ["token_type"] = isBound ? "DPoP" : "Bearer",
            ["aud"] = token.Audiences.ToArray() is [var one] ? one : token.Audiences.ToArray(),
        };
        foreach (var name in Told)
        {
            if (token.TryGetPayloadValue<object>(name, out var value))
            {
                told[name] = value;
            }
        }

        if (isBound)
        {
            told["cnf"] = confirmation;
        }

        return told;
    }
}
