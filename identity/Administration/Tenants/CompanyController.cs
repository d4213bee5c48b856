using Identity.Sessions;
using Identity.Tenants;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Administration.Tenants;

/// <summary>An administrator's own company, and what they may decide about it themselves.</summary>
[Route("admin/company"), Audience(Administrators.Tenant)]
sealed class CompanyController(TenantStore tenants, ChangeSecondFactorRule changeRule) : Controller
{
    /// <summary>Shows it.</summary>
    [HttpGet]
    public async Task<IActionResult> Show(CancellationToken ct) => View("Company", await OwnAsync(ct));

    /// <summary>Says whose sign-in takes two factors.</summary>
    [HttpPost("second-factor"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> SetSecondFactor(string? secondFactor, CancellationToken ct) =>
        this.Tell(await changeRule.RunAsync((await OwnAsync(ct)).Key, secondFactor, HttpContext.Administrator(), HttpContext.Session()!.Sid, ct), "/admin/company");

    async Task<Tenant> OwnAsync(CancellationToken ct) => (await tenants.FindAsync(HttpContext.Administrator().TenantId, ct))!;
}
