using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Platform.Web;
using Platform.Web.Api;
using Portal.Customers;
using Portal.Web;

namespace Portal.Deals;

/// <summary>What the registration form asks while it is being filled in.</summary>
[Route("deals/checks"), AllowRoles("sales", "partner_admin")]
public sealed class ClaimChecksController(CheckClaim checkClaim, CustomerStore customers) : Controller
{
    /// <summary>A piece of the form: where the claim stands as it is typed now. Empty until enough is typed; nothing changes when the same is asked again.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Create([FromForm] DealForm form, CancellationToken ct)
    {
        var asked = Fingerprint(form);
        if (string.Equals(asked, form.Checked, StringComparison.Ordinal))
        {
            return NoContent();
        }

        var known = form.CustomerNumber is null ? null : await customers.FindAsync(form.CustomerNumber, ct);
        return await checkClaim.RunAsync(form.Typed(known), ct) switch
        {
            ClaimCheck.Answered(var verdict, var left) => PartialView("_ClaimCheck", new ClaimCheckShown(asked, verdict, left)),
            ClaimCheck.NoneLeft => PartialView("_ClaimCheck", new ClaimCheckShown(asked, null, 0)),
            ClaimCheck.Forbidden => StatusCode(StatusCodes.Status403Forbidden),
            _ => PartialView("_ClaimCheck", null),
        };
    }

    // What the answer depends on. A field that is left and entered again must not cost another screening.
    static string Fingerprint(DealForm form) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001f',
        [form.CustomerNumber, form.CustomerName?.Trim(), form.OtherName?.Trim(), form.CountryCode, form.City, form.CreditCode, form.VatNumber, form.Domain, form.Phone, form.Territory, .. form.ProductLines.Order(StringComparer.Ordinal)]))))[..16];
}

/// <summary>The check for programs.</summary>
[ApiController]
[Route("api/v1/deals/checks")]
public sealed class ClaimChecksApi(CheckClaim checkClaim) : ControllerBase
{
    /// <summary>
    /// Where a claim would stand: class of conflict, band, own fields that matched, first free day. Takes the body of a registration; customer, product lines and territory are enough.
    /// Counts towards the partner's screenings of the day; the header <c>Screenings-Left</c> says how many remain.
    /// </summary>
    [HttpPost(""), AllowRoles("sales", "partner_admin")]
    [ProducesResponseType<Verdict>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Create(DealBody body, CancellationToken ct)
    {
        switch (await checkClaim.RunAsync(body.Typed(), ct))
        {
            case ClaimCheck.Answered(var verdict, var left):
                Response.Headers["Screenings-Left"] = left.ToString(CultureInfo.InvariantCulture);
                return Ok(verdict);
            case ClaimCheck.Incomplete(var problems):
                return ApiProblem.Invalid(problems);
            case ClaimCheck.NoneLeft(var wait):
                return DealAnswers.Problem(new DealOutcome.NoScreeningLeft(wait));
            default:
                return ApiProblem.Forbidden;
        }
    }
}

/// <summary>What <c>_ClaimCheck.cshtml</c> shows.</summary>
/// <param name="Asked">What was asked, as a fingerprint.</param>
/// <param name="Verdict">Where it stands; null where no screening is left today.</param>
/// <param name="Left">How many screenings are left today.</param>
public sealed record ClaimCheckShown(string Asked, Verdict? Verdict, int Left);
