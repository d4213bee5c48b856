using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Portal.Web;

namespace Portal.Partners;

/// <summary>Shutting a partner out and letting it in again.</summary>
[Route("partners/{number}/suspension")]
[AllowRoles("brand_admin", "channel_manager")]
public sealed class PartnerSuspensionController(SuspendPartner suspend, ReactivatePartner reactivate, Texts t) : Controller
{
    /// <summary>Shuts it out.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Create(string number, string? reason, CancellationToken ct) =>
        Tell(number, await suspend.RunAsync(number, reason, ct), "partners.suspended");

    /// <summary>Lets it in again.</summary>
    [HttpPost("delete")]
    public async Task<IActionResult> Delete(string number, CancellationToken ct) =>
        Tell(number, await reactivate.RunAsync(number, ct), "partners.reactivated");

    IActionResult Tell(string number, PartnerOutcome outcome, string done)
    {
        switch (outcome)
        {
            case PartnerOutcome.Done:
                this.Flash(FlashKind.Done, t[done]);
                break;
            case PartnerOutcome.Refused([var problem, ..]):
                this.Flash(FlashKind.Problem, t[problem.TextKey, [.. problem.Arguments]]);
                break;
            default:
                return NotFound();
        }

        return RedirectToAction(nameof(PartnersController.Show), "Partners", new { number });
    }
}

/// <summary>Who of the brand looks after a partner.</summary>
[Route("partners/{number}/channel-managers")]
[AllowRoles("brand_admin")]
public sealed class PartnerChannelManagersController(NameChannelManagers name, Texts t) : Controller
{
    /// <summary>Names them, in place of those named before.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Update(string number, string[]? people, CancellationToken ct)
    {
        switch (await name.RunAsync(number, people ?? [], ct))
        {
            case PartnerOutcome.Done:
                this.Flash(FlashKind.Done, t["partners.channel_managers_named"]);
                break;
            case PartnerOutcome.Refused([var problem, ..]):
                this.Flash(FlashKind.Problem, t[problem.TextKey]);
                break;
            default:
                return NotFound();
        }

        return RedirectToAction(nameof(PartnersController.Show), "Partners", new { number });
    }
}
