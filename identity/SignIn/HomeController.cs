using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.SignIn;

/// <summary>Our own start page, for those who come here by hand: who is signed in, and the way to the portal.</summary>
[Route("")]
sealed class HomeController(IdentitySettings settings) : Controller
{
    /// <summary>Shows it.</summary>
    [HttpGet]
    public IActionResult Show() => View("Home", new Home(HttpContext.Session()?.Name, settings.PortalUrl));
}

/// <summary>What the start page shows.</summary>
/// <param name="Name">Who is signed in, or null.</param>
/// <param name="PortalUrl">Where to go on.</param>
sealed record Home(string? Name, string PortalUrl);
