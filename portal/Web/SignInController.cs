using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Platform.OpenIdConnect;
using Portal.Web.Arrivals;

namespace Portal.Web;

/// <summary>In and out. Credentials are the identity provider's business; the portal only ever sees its answer.</summary>
[AllowAnonymous]
public sealed class SignInController : Controller
{
    /// <summary>Sends the browser to the identity provider, and afterwards to <paramref name="returnUrl"/>, which is ours or the start page.</summary>
    /// <param name="returnUrl">Where to go afterwards.</param>
    /// <param name="anew">Whoever is signed in at the provider is asked who they are nevertheless.</param>
    [HttpGet("sign-in")]
    public ChallengeResult New(string? returnUrl, bool anew = false)
    {
        var properties = new AuthenticationProperties { RedirectUri = Url.IsLocalUrl(returnUrl) ? returnUrl : "/" };
        if (anew)
        {
            properties.SetParameter("prompt", "login");
        }

        return Challenge(properties, OpenIdConnectSetup.Scheme);
    }

    /// <summary>Says why a sign-in did not work, or why somebody who is signed in at the provider cannot work here, and offers another try.</summary>
    [HttpGet("sign-in/failed")]
    public ViewResult Failed(string? reason)
    {
        if (reason is not null && NoCompany.Words.Contains(reason, StringComparer.Ordinal))
        {
            Response.StatusCode = StatusCodes.Status403Forbidden;
            return View("NotLetIn", reason);
        }

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
