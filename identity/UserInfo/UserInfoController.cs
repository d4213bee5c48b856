using Identity.Clients;
using Identity.Grants;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;

namespace Identity.UserInfo;

/// <summary>The userinfo endpoint (OpenID Connect Core, 5.3): claims of the person behind an access token, as far as its scopes go.</summary>
[Route("connect/userinfo")]
[IgnoreAntiforgeryToken] // programs call it, without cookies
sealed class UserInfoController(IssuedTokens tokens, GrantStore grants) : Controller
{
    /// <summary>Tells them.</summary>
    [HttpGet]
    [HttpPost]
    public async Task<IActionResult> Show(CancellationToken ct)
    {
        if (await TokenAsync(ct) is not { } text)
        {
            // RFC 6750, 3.1: who has not tried is not told of an error.
            return Challenge(StatusCodes.Status401Unauthorized, error: null);
        }

        if (await tokens.ReadAccessTokenAsync(text, ct) is not { } token)
        {
            return Invalid();
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

        if (grant.Scopes.Contains(IdentityScopes.Email, StringComparer.Ordinal))
        {
            claims["email"] = grant.Email;
            claims["email_verified"] = grant.EmailConfirmed;
        }

        return Json(claims);
    }

    // In the header, or in the form of a POST; never in the address, which ends up in logs.
    async Task<string?> TokenAsync(CancellationToken ct)
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return header[7..].Trim();
        }

        return HttpMethods.IsPost(Request.Method) ? (await ProtocolParameters.ReadFormAsync(Request, ct))?["access_token"] : null;
    }

    JsonResult Invalid() => Challenge(StatusCodes.Status401Unauthorized, new("invalid_token", "The access token is not valid (any more)."));

    JsonResult Challenge(int status, OAuthError? error)
    {
        Response.Headers.WWWAuthenticate = error is null ? "Bearer realm=\"identity\"" : $"Bearer realm=\"identity\", error=\"{error.Code}\", error_description=\"{error.Description}\"";
        return error is null ? new JsonResult(new { }) { StatusCode = status } : this.OAuthError(error, status);
    }
}
