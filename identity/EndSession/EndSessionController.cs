using Identity.Clients;
using Identity.Sessions;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.EndSession;

/// <summary>
/// Sign-out that an application asks for (RP-Initiated Logout 1.0). It happens at once only when an id_token of ours shows that this
/// very session is meant; otherwise the person is asked, so that no other site can sign anybody out.
/// </summary>
[Route("connect/endsession")]
[IgnoreAntiforgeryToken] // applications send people here from their own sites; the question that is asked has its own token
sealed class EndSessionController(LogoutRequests requests, Sessions.EndSession endSession) : Controller
{
    const int LongestAddress = 7500;

    /// <summary>Takes a request from the address.</summary>
    [HttpGet]
    public async Task<IActionResult> Show(CancellationToken ct)
    {
        switch (await requests.ReadAsync(ProtocolParameters.Of(Request.Query), HttpContext.SessionEvenIncomplete(), ct))
        {
            case LogoutRequest.Malformed malformed:
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return View("SignOutRefused", malformed.Error);
            case LogoutRequest.Genuine genuine:
                await endSession.RunAsync(HttpContext, ct);
                return this.SeeOther(genuine.ReturnTo ?? "/signed-out");
            default:
                return HttpContext.SessionEvenIncomplete() is null ? this.SeeOther("/signed-out") : this.SeeOther("/sign-out");
        }
    }

    /// <summary>Takes a request from a form of another site; the session's cookie does not come with it, so the browser comes again.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(CancellationToken ct)
    {
        if (await ProtocolParameters.ReadFormAsync(Request, ct) is not { } form)
        {
            return Refused("A request by POST has its parameters in a form.");
        }

        // What is sent twice, or is longer than an address may be, would be lost on the way.
        var address = QueryHelpers.AddQueryString("/connect/endsession", form.All.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal));
        return form.AnyFaulty || address.Length > LongestAddress ? Refused("A parameter is sent twice or is too long.") : this.SeeOther(address);
    }

    ViewResult Refused(string description)
    {
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("SignOutRefused", OAuthError.InvalidRequest(description));
    }
}

/// <summary>The question whether to sign out, and its answer.</summary>
sealed class SignOutController(Sessions.EndSession endSession, IdentitySettings settings) : Controller
{
    /// <summary>Asks.</summary>
    [HttpGet("/sign-out")]
    public IActionResult Show() => HttpContext.SessionEvenIncomplete() is { } session ? View("SignOut", session) : this.SeeOther("/signed-out");

    /// <summary>Signs out.</summary>
    [HttpPost("/sign-out")]
    public async Task<IActionResult> Create(CancellationToken ct)
    {
        await endSession.RunAsync(HttpContext, ct);
        return this.SeeOther("/signed-out");
    }

    /// <summary>Says that it is done.</summary>
    [HttpGet("/signed-out")]
    public IActionResult Done() => View("SignedOut", settings.PortalUrl);
}
