using Identity.Administration;
using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.SignIn;

/// <summary>Our own start page, for those who come here by hand: who is signed in, and the way to the portal.</summary>
[Route("")]
sealed class HomeController(IdentitySettings settings, AdministratorStore administrators) : Controller
{
    /// <summary>Shows it.</summary>
    [HttpGet]
    public async Task<IActionResult> Show(CancellationToken ct)
    {
        if (HttpContext.SessionEvenIncomplete() is { OwesSecondFactor: true })
        {
            return this.SeeOther("/sign-in/step-up");
        }

        var session = HttpContext.Session();
        return View("Home", new Home(session?.Name, settings.PortalUrl, session is not null && await administrators.FindAsync(session.AccountId, ct) is not null));
    }
}

/// <summary>What the start page shows.</summary>
/// <param name="Name">Who is signed in, or null.</param>
/// <param name="PortalUrl">Where to go on.</param>
/// <param name="Administers">Whether the way to the administration is shown.</param>
sealed record Home(string? Name, string PortalUrl, bool Administers);
