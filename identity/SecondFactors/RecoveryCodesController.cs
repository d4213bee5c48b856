using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.SecondFactors;

/// <summary>Makes new recovery codes.</summary>
[Route("account/recovery-codes")]
[NeedsSession(FreshProof = true)]
sealed class RecoveryCodesController(ChangeSecondFactors change, SecondFactorStore factors) : Controller
{
    /// <summary>Asks whether to.</summary>
    [HttpGet]
    public async Task<IActionResult> Show(CancellationToken ct) =>
        await factors.FactorsAsync(HttpContext.Session()!.AccountId, ct) is { Any: true } has ? View("RenewRecoveryCodes", has) : this.SeeOther("/account");

    /// <summary>Does so and shows them, this once.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(CancellationToken ct) =>
        await change.RenewCodesAsync(HttpContext.Session()!, ct) is { Count: > 0 } codes ? View("RecoveryCodes", new NewRecoveryCodes(codes, "/account?done=codes")) : this.SeeOther("/account");
}
