using Microsoft.AspNetCore.Mvc;

namespace Identity.Administration;

/// <summary>Where the administration begins.</summary>
[Route("admin"), Audience(Administrators.Tenant)]
sealed class OverviewController : Controller
{
    /// <summary>Says what can be done here.</summary>
    [HttpGet]
    public IActionResult Index() => View("Overview");
}
