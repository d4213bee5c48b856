using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Portal.Web;

namespace Portal.Partners;

/// <summary>A partner's place in the tree.</summary>
[Route("partners/{number}/place")]
[AllowRoles("brand_admin", "channel_manager")]
public sealed class PartnerPlaceController(PartnerStore partners, MovePartner movePartner, Texts t) : Controller
{
    /// <summary>The form.</summary>
    [HttpGet("edit")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) => await FormAsync(number, null, ct);

    /// <summary>Gives it another place.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Update(string number, string? upstream, CancellationToken ct)
    {
        switch (await movePartner.RunAsync(number, null, upstream, ct))
        {
            case PartnerOutcome.Done:
                this.Flash(FlashKind.Done, t["partners.moved"]);
                return RedirectToAction(nameof(PartnersController.Show), "Partners", new { number });
            case PartnerOutcome.Refused(var problems):
                foreach (var problem in problems)
                {
                    ModelState.AddModelError(problem.Field, t[problem.TextKey]);
                }

                return await FormAsync(number, upstream, ct);
            default:
                return NotFound();
        }
    }

    async Task<IActionResult> FormAsync(string number, string? typed, CancellationToken ct) =>
        await partners.FindAsync(number, ct) is { IsBrand: false } partner
            ? View("PartnerPlace", new PartnerPlacePage(partner, typed, await partners.UpstreamsAsync(partner.PartnerId, ct), await partners.PossibleUpstreamsAsync(partner.PartnerId, ct)))
            : NotFound();
}

/// <summary>The form as <c>PartnerPlace.cshtml</c> shows it.</summary>
/// <param name="Partner">Who moves.</param>
/// <param name="Upstream">The number or code that was typed.</param>
/// <param name="Upstreams">Where it stands.</param>
/// <param name="Possible">Where it could stand.</param>
public sealed record PartnerPlacePage(Partner Partner, string? Upstream, IReadOnlyList<PartnerName> Upstreams, IReadOnlyList<PartnerName> Possible);
