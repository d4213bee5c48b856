using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Database;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Partners.Arrivals;
using Portal.Web;

namespace Portal.Partners;

/// <summary>Programs of the own company, an ERP for example, whose tokens do not say which company is theirs: their administrator links them by hand.</summary>
[Route("people/programs")]
[AllowRoles("brand_admin", "partner_admin")]
public sealed class ProgramsController(LinkProgram linkProgram, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>The form.</summary>
    [HttpGet("new")]
    public ViewResult New() => Form(new());

    /// <summary>Links one.</summary>
    [HttpPost("")]
    [Idempotent]
    public async Task<IActionResult> Create([FromForm(Name = "Form")] ProgramForm form, CancellationToken ct)
    {
        if (!ModelState.IsValid)
        {
            return Form(form);
        }

        switch (await linkProgram.RunAsync(form, ct))
        {
            case PersonOutcome.Done:
                this.Flash(FlashKind.Done, t["partners.programs.linked", form.ClientId!]);
                return RedirectToAction(nameof(PeopleController.Index), "People");
            case PersonOutcome.Refused(var key):
                ModelState.AddModelError(key.StartsWith("partners.programs.", StringComparison.Ordinal) ? "Form.LinkCode" : "", t[key]);
                return Form(form);
            default:
                return NotFound();
        }
    }

    ViewResult Form(ProgramForm form) => View("ProgramForm", new ProgramPage(form, PartnerWords.RolesIn(me.PartnerType)));
}

/// <summary>What the form sends.</summary>
public sealed record ProgramForm
{
    /// <summary>What the identity provider calls the program.</summary>
    [Required, StringLength(200)]
    public string? ClientId { get; init; }

    /// <summary>What the API told the program.</summary>
    [Required, StringLength(4000)]
    public string? LinkCode { get; init; }

    /// <summary>What people shall read; empty for the client id.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>What it may do.</summary>
    public string[] Roles { get; init; } = [];
}

/// <summary>The form as <c>ProgramForm.cshtml</c> shows it.</summary>
public sealed record ProgramPage(ProgramForm Form, IReadOnlyList<string> Possible);

/// <summary>Links a program to the own company. That it is the company's shows the code, which nobody but the program was told.</summary>
public sealed class LinkProgram(LinkPerson link, LinkCodes codes, ICurrentPerson me)
{
    /// <summary>Links it and gives it its roles.</summary>
    public async Task<PersonOutcome> RunAsync(ProgramForm form, CancellationToken ct)
    {
        if (codes.Read(form.LinkCode ?? "") is not { } program || !string.Equals(program.ClientId, form.ClientId?.Trim(), StringComparison.Ordinal))
        {
            return new PersonOutcome.Refused("partners.programs.refused.code");
        }

        return await link.RunAsync(new(PublicNumber.New("U"), me.PartnerNumber, "api_client", program.Issuer, program.ClientId, form.Name?.Trim() ?? program.ClientId, null, null), form.Roles, ct);
    }
}
