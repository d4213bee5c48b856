using Microsoft.AspNetCore.Mvc;

namespace Identity.Administration.Report;

/// <summary>Where the installation deviates from the profile.</summary>
[Route("admin/report"), Audience(Administrators.Installation)]
sealed class ReportController(ConfigurationReport report) : Controller
{
    /// <summary>Looks and tells.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct) => View("Report", await report.RunAsync(ct));
}
