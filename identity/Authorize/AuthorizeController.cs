using Identity.Consents;
using Identity.PushedAuthorization;
using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Authorize;

/// <summary>The authorization endpoint (RFC 6749, 3.1; OpenID Connect Core, 3.1.2; RFC 9126, 4).</summary>
[Route("connect/authorize")]
[IgnoreAntiforgeryToken] // applications send people here from their own sites
sealed class AuthorizeController(AnswerAuthorization answer, AuthorizationResponses responses, PendingAuthorizations pending, PushedAuthorizationStore pushed) : Controller
{
    /// <summary>Takes a request from the address.</summary>
    [HttpGet]
    public Task<IActionResult> Show(CancellationToken ct)
    {
        var parameters = ProtocolParameters.Of(Request.Query);
        return PushAuthorization.Names(parameters["request_uri"]) ? AnswerPushedAsync(parameters, ct) : AnswerAsync(new(parameters), ct);
    }

    /// <summary>
    /// Takes a request from a form of another site. The session's cookie does not come with it (SameSite=Lax), so the browser is sent
    /// to the same request as an address, where it does.
    /// </summary>
    [HttpPost]
    public async Task<IActionResult> Create(CancellationToken ct)
    {
        if (Request.QueryString.HasValue || await ProtocolParameters.ReadFormAsync(Request, ct) is not { } parameters)
        {
            return AuthorizationResponses.Refused(this, OAuthError.InvalidRequest("A request by POST has its parameters in a form and none in the address."));
        }

        if (PushAuthorization.Names(parameters["request_uri"]))
        {
            return this.SeeOther(QueryHelpers.AddQueryString("/connect/authorize", new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["client_id"] = parameters["client_id"],
                ["request_uri"] = parameters["request_uri"],
            }));
        }

        // What is sent twice is lost in the address; it is refused here as it would be there.
        var request = new AuthorizationRequest(parameters);
        return parameters.AnyFaulty || pending.Write(request) is not { } text
            ? await AnswerAsync(request, ct)
            : this.SeeOther(QueryHelpers.AddQueryString("/connect/authorize/callback", "request", text));
    }

    /// <summary>Goes on with a request that has waited for a sign-in.</summary>
    [HttpGet("callback")]
    public Task<IActionResult> Resume(string? request, CancellationToken ct) =>
        pending.Read(request) is { } waited
            ? AnswerAsync(waited.ToRequest(), ct)
            : Task.FromResult<IActionResult>(AuthorizationResponses.Refused(this, OAuthError.InvalidRequest("The request has waited too long.")));

    // What was pushed counts, and nothing else that stands in the address.
    async Task<IActionResult> AnswerPushedAsync(ProtocolParameters address, CancellationToken ct)
    {
        var requestUri = address["request_uri"]!;
        return address["client_id"] is { } clientId && await pushed.FindAsync(requestUri, clientId, ct) is { } parameters
            ? await AnswerAsync(new(parameters) { RequestUri = requestUri, IsPushed = true }, ct)
            : AuthorizationResponses.Refused(this, OAuthError.InvalidRequestUri);
    }

    async Task<IActionResult> AnswerAsync(AuthorizationRequest request, CancellationToken ct) => responses.Of(this, await answer.RunAsync(request, HttpContext.SessionEvenIncomplete(), Decision.None, ct));
}
