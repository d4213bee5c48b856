using System.Text.Json;
using Identity.Clients;
using Identity.Grants;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Platform.OpenIdConnect.DPoP;

namespace Identity.UserInfo;

/// <summary>The userinfo endpoint (OpenID Connect Core, 5.3): claims of the person behind an access token, as far as its scopes go.</summary>
[Route("connect/userinfo")]
[EnableCors(CallsFromPages.Policy)]
[ForPrograms]
sealed class UserInfoController(IssuedTokens tokens, KeyProofs proofs, GrantStore grants) : Controller
{
    const string Bearer = "Bearer";

    /// <summary>Tells them.</summary>
    [HttpGet]
    [HttpPost]
    public async Task<IActionResult> Show(CancellationToken ct)
    {
        if (await ShownAsync(ct) is not { } shown)
        {
            // RFC 6750, 3.1: who has not tried is not told of an error.
            return Challenge(StatusCodes.Status401Unauthorized, error: null);
        }

        if (await tokens.ReadAccessTokenAsync(shown.Token, ct) is not { } token)
        {
            return Invalid();
        }

        if (await RefusalAsync(shown, token, ct) is { } refusal)
        {
            return Challenge(StatusCodes.Status401Unauthorized, refusal);
        }

        if (!token.GetPayloadValue<string>("scope").Split(' ').Contains(IdentityScopes.OpenId, StringComparer.Ordinal))
        {
            return Challenge(StatusCodes.Status403Forbidden, new("insufficient_scope", "The token has not the scope openid."));
        }

        return await grants.FindStandingAsync(token.Id, token.GetPayloadValue<string>("client_id"), ct) is { } grant ? Tell(grant) : Invalid();
    }

    JsonResult Tell(StandingGrant grant)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = grant.Subject };
        if (grant.Scopes.Contains(IdentityScopes.Profile, StringComparer.Ordinal))
        {
            claims["name"] = grant.Name;
            claims["locale"] = grant.Language;
            claims["updated_at"] = EpochTime.GetIntDate(grant.UpdatedAt);
        }

        if (grant.Scopes.Contains(IdentityScopes.Roles, StringComparer.Ordinal))
        {
            claims["roles"] = grant.Roles;
            if (grant.Tenant is not null)
            {
                claims["tenant"] = grant.Tenant;
            }
        }

        if (grant.Scopes.Contains(IdentityScopes.Email, StringComparer.Ordinal) && grant.Email.Length > 0)
        {
            claims["email"] = grant.Email;
            claims["email_verified"] = grant.EmailConfirmed;
        }

        return Json(claims);
    }

    // RFC 9449, 7: a token that is bound to a key counts under the scheme for it and with a proof of that key, any other under Bearer only.
    async Task<OAuthError?> RefusalAsync(Shown shown, JsonWebToken token, CancellationToken ct)
    {
        var isBound = token.TryGetPayloadValue<JsonElement>("cnf", out var confirmation);
        if (isBound != shown.IsUnderDPoP)
        {
            return new("invalid_token", isBound ? "The access token is bound to a key that was not proven." : "The access token is not bound to a key.");
        }

        if (!isBound)
        {
            return null;
        }

        var proof = await proofs.CheckAsync(HttpContext, shown.Token, ct);
        return proof.Error ?? (proof.Jkt == confirmation.GetProperty("jkt").GetString() ? null : new("invalid_dpop_proof", "The DPoP proof is of another key than the access token."));
    }

    // In the header, or in the form of a POST; never in the address, which ends up in logs.
    async Task<Shown?> ShownAsync(CancellationToken ct)
    {
        var header = Request.Headers.Authorization.ToString();
        foreach (var scheme in (string[])[Bearer, DPoPProof.Name])
        {
            if (header.StartsWith(scheme + " ", StringComparison.OrdinalIgnoreCase))
            {
                return new(header[scheme.Length..].Trim(), scheme is not Bearer);
            }
        }

        return HttpMethods.IsPost(Request.Method) && (await ProtocolParameters.ReadFormAsync(Request, ct))?["access_token"] is { } token ? new(token, IsUnderDPoP: false) : null;
    }

    JsonResult Invalid() => Challenge(StatusCodes.Status401Unauthorized, new("invalid_token", "The access token is not valid (any more)."));

    JsonResult Challenge(int status, OAuthError? error)
    {
        var scheme = Request.Headers.ContainsKey(DPoPProof.Name) ? $"{DPoPProof.Name} algs=\"{string.Join(' ', DPoPProof.Algorithms)}\"" : "Bearer realm=\"identity\"";
        Response.Headers.WWWAuthenticate = error is null ? scheme : $"{scheme}, error=\"{error.Code}\", error_description=\"{error.Description}\"";
        return error is null ? new JsonResult(new { }) { StatusCode = status } : this.OAuthError(error, status);
    }

    sealed record Shown(string Token, bool IsUnderDPoP);
}
