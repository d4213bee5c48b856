using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Platform.OpenIdConnect;

namespace Portal.Web.Sessions;

/// <summary>
/// The identity provider tells that a session has ended there (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8): those of the portal that rest on it end too. What
/// shows that it is the provider is the token's signature; there is no cookie in play, and no antiforgery token.
/// </summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
public sealed class BackChannelLogoutController(LogoutTokens tokens, BrowserSessionStore sessions) : Controller
{
    const int LargestBody = 16 * 1024;

    /// <summary>Takes a logout token, once.</summary>
    [HttpPost("signout-backchannel")]
    [RequestSizeLimit(LargestBody)]
    public async Task<IActionResult> Create([FromForm(Name = "logout_token")] string? logoutToken, CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-store";
        if (logoutToken is null || await tokens.ReadAsync(logoutToken, ct) is not { } ended)
        {
            return Refuse("The logout token is not one of our identity provider's for us, or it is too old.");
        }

        return await sessions.EndAsync(ended, ct) is null
            ? Refuse("The logout token was used before.")
            : Ok();
    }

    /// <summary>Nothing is here to be seen: without this, whoever looks would be sent to sign in.</summary>
    [HttpGet("signout-backchannel")]
    public IActionResult Show()
    {
        (Response.Headers.Allow, Response.Headers.CacheControl) = ("POST", "no-store");
        return StatusCode(StatusCodes.Status405MethodNotAllowed);
    }

    static JsonResult Refuse(string why) =>
        new(new Dictionary<string, string>(StringComparer.Ordinal) { ["error"] = "invalid_request", ["error_description"] = why }) { StatusCode = StatusCodes.Status400BadRequest };
}
