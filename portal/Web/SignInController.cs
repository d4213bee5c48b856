using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Platform.OpenIdConnect;

namespace Portal.Web;

/// <summary>In and out. Credentials are the identity provider's business; the portal only ever sees its answer.</summary>
[AllowAnonymous]
public sealed class SignInController : Controller
{
    /// <summary>Sends the browser to the identity provider, and afterwards to <paramref name="returnUrl"/>, which is ours or the start page.</summary>
    [HttpGet("sign-in")]
    public ChallengeResult New(string? returnUrl) =>
        Challenge(new AuthenticationProperties { RedirectUri = Url.IsLocalUrl(returnUrl) ? returnUrl : "/" }, OpenIdConnectSetup.Scheme);

    /// <summary>Says why a sign-in did not work, and offers another try.</summary>
    [HttpGet("sign-in/failed")]
    public ViewResult Failed(string? reason)
    {
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("SignInFailed", SignInFailure.All.Contains(reason, StringComparer.Ordinal) ? reason : SignInFailure.Interrupted);
    }

    /// <summary>Ends the session here and at the identity provider, and empties what the browser kept of it.</summary>
    [HttpPost("sign-out")]
    public SignOutResult Delete()
    {
        Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return SignOut(new AuthenticationProperties { RedirectUri = Url.Action(nameof(SignedOut)) }, OpenIdConnectSetup.Scheme, PortalAuthentication.Page);
    }

    /// <summary>The page after signing out.</summary>
    [HttpGet("signed-out")]
    public ViewResult SignedOut() => View("SignedOut");
}
