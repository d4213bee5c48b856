using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Web;

namespace Identity.Authorize;

/// <summary>The authorization endpoint (RFC 6749, 3.1; OpenID Connect Core, 3.1.2).</summary>
[Route("connect/authorize")]
[IgnoreAntiforgeryToken] // applications send people here from their own sites
sealed class AuthorizeController(AnswerAuthorization answer, PendingAuthorizations pending, IdentitySettings settings) : Controller
{
    /// <summary>Takes a request from the address.</summary>
    [HttpGet]
    public Task<IActionResult> Show(CancellationToken ct) => AnswerAsync(ProtocolParameters.Of(Request.Query), since: null, ct);

    /// <summary>
    /// Takes a request from a form of another site. The session's cookie does not come with it (SameSite=Lax), so the browser is sent
    /// to the same request as an address, where it does.
    /// </summary>
    [HttpPost]
    public async Task<IActionResult> Create(CancellationToken ct)
    {
        if (Request.QueryString.HasValue || await ProtocolParameters.ReadFormAsync(Request, ct) is not { } parameters)
        {
            return Refused(OAuthError.InvalidRequest("A request by POST has its parameters in a form and none in the address."));
        }

        // What is sent twice is lost in the address; it is refused here as it would be there.
        return parameters.AnyFaulty || pending.Write(parameters) is not { } text
            ? await AnswerAsync(parameters, since: null, ct)
            : this.SeeOther(QueryHelpers.AddQueryString("/connect/authorize/callback", "request", text));
    }

    /// <summary>Goes on with a request that has waited for a sign-in.</summary>
    [HttpGet("callback")]
    public Task<IActionResult> Resume(string? request, CancellationToken ct) =>
        pending.Read(request) is { } waited
            ? AnswerAsync(ProtocolParameters.Of(waited.Parameters), waited.Since, ct)
            : Task.FromResult(Refused(OAuthError.InvalidRequest("The request has waited too long.")));

    async Task<IActionResult> AnswerAsync(ProtocolParameters parameters, DateTime? since, CancellationToken ct) =>
        await answer.RunAsync(parameters, since, HttpContext.Session(), ct) switch
        {
            Authorization.Refused { Error.MayRedirect: false } refused => Refused(refused.Error),
            Authorization.Refused refused => Return(refused.Request, [("error", refused.Error.Code), ("error_description", refused.Error.Description)]),
            Authorization.Granted granted => Return(granted.Request, [("code", granted.Code)]),
            Authorization.SignInFirst first => SignIn(first.Request, "/sign-in"),
            // How fresh the sign-in is counts from when the request came, not from the step that is missing.
            Authorization.StepUpFirst first => SignIn(first.Request, "/sign-in/step-up", since),
            _ => throw new InvalidOperationException("A request is refused, granted, or waits for a sign-in."),
        };

    IActionResult SignIn(AuthorizationRequest request, string page, DateTime? since = null)
    {
        if (pending.Write(request.Parameters, since) is not { } text)
        {
            return Return(request, [("error", "invalid_request"), ("error_description", "The request is too long.")]);
        }

        var address = QueryHelpers.AddQueryString(page, "request", text);
        return this.SeeOther(request.Parameters["ui_locales"] is { } locales ? QueryHelpers.AddQueryString(address, "ui_locales", locales) : address);
    }

    IActionResult Return(AuthorizationRequest request, IReadOnlyList<(string Name, string Value)> answered)
    {
        var parameters = answered
            .Append(("state", request.Parameters["state"]!))
            .Append(("iss", settings.Issuer)) // RFC 9207
            .Where(parameter => parameter.Item2 is not null)
            .ToDictionary(parameter => parameter.Item1, parameter => (string?)parameter.Item2, StringComparer.Ordinal);
        if (request.Parameters["response_mode"] is "form_post")
        {
            HttpContext.AllowFormTarget(request.RedirectUri);
            return View("FormPost", new FormPost(request.RedirectUri, parameters));
        }

        return this.SeeOther(QueryHelpers.AddQueryString(request.RedirectUri, parameters));
    }

    IActionResult Refused(OAuthError error)
    {
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("AuthorizationRefused", error);
    }
}

/// <summary>An answer that a form carries to the client.</summary>
/// <param name="RedirectUri">Where to.</param>
/// <param name="Parameters">Its fields.</param>
sealed record FormPost(string RedirectUri, IReadOnlyDictionary<string, string?> Parameters);
