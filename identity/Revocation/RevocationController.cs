using Identity.Clients;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Revocation;

/// <summary>The revocation endpoint (RFC 7009): a client gives back a token it needs no longer.</summary>
[Route("connect/revocation")]
[EnableCors(CallsFromPages.Policy)]
[ForPrograms]
sealed class RevocationController(ClientCall call, RevokeToken revokeToken) : Controller
{
    const int LongestToken = 8000;

    /// <summary>A token in an address would be written down on its way.</summary>
    [HttpGet]
    public IActionResult Show() => ClientCall.OnlyPost(this);

    /// <summary>Takes it back.</summary>
    [HttpPost]
    public Task<IActionResult> Create(CancellationToken ct) => call.RunAsync(this, (client, form) => AnswerAsync(client, form, ct), ct);

    async Task<IActionResult> AnswerAsync(Client client, ProtocolParameters form, CancellationToken ct)
    {
        if (form["token"] is not { } token)
        {
            return this.OAuthError(OAuthError.InvalidRequest("The token is missing."));
        }

        if (token.Length <= LongestToken && await revokeToken.RunAsync(client, token, ct) is { } error)
        {
            await call.CountFailureAsync(HttpContext, ct);
            return this.OAuthError(error);
        }

        Response.Headers.CacheControl = "no-store";
        return Ok();
    }
}
