using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Portal.Web;

namespace Portal.Partners;

/// <summary>The people of the own company and what they may do; the brand's administrators reach the people of every company.</summary>
[Route("people")]
[AllowRoles("brand_admin", "partner_admin")]
public sealed class PeopleController(PersonStore people, ChangeRoles changeRoles, DisablePerson disablePerson, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>The people of the own company.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) =>
        View("PersonList", new PersonListPage(me.PartnerName, PartnerWords.RolesIn(me.PartnerType), await people.OfPartnerAsync(me.PartnerId, ct)));

    /// <summary>One person's roles.</summary>
    [HttpGet("{number}/edit")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) =>
        await people.FindAsync(number, ct) is { } person ? View("PersonForm", PersonPage(person, person.Roles)) : NotFound();

    /// <summary>Changes the roles.</summary>
    [HttpPost("{number}")]
    public async Task<IActionResult> Update(string number, int version, string[]? roles, CancellationToken ct)
    {
        switch (await changeRoles.RunAsync(number, version, roles ?? [], ct))
        {
            case PersonOutcome.Done:
                this.Flash(FlashKind.Done, t["partners.people.changed"]);
                return await BackAsync(number, ct);
            case PersonOutcome.Stale:
                ModelState.AddModelError("", t["partners.stale"]);
                break;
            case PersonOutcome.Refused(var key):
                ModelState.AddModelError("", t[key]);
                break;
            default:
                return NotFound();
        }

        return await people.FindAsync(number, ct) is { } person ? View("PersonForm", PersonPage(person, roles ?? [])) : NotFound();
    }

    /// <summary>Shuts somebody out, at once.</summary>
    [HttpPost("{number}/disabling")]
    public Task<IActionResult> Disable(string number, CancellationToken ct) => SwitchAsync(number, disabled: true, ct);

    /// <summary>Lets somebody in again.</summary>
    [HttpPost("{number}/disabling/delete")]
    public Task<IActionResult> Enable(string number, CancellationToken ct) => SwitchAsync(number, disabled: false, ct);

    async Task<IActionResult> SwitchAsync(string number, bool disabled, CancellationToken ct)
    {
        switch (await disablePerson.RunAsync(number, disabled, ct))
        {
            case PersonOutcome.Done:
                this.Flash(FlashKind.Done, t[disabled ? "partners.people.disabled" : "partners.people.enabled"]);
                break;
            case PersonOutcome.Refused(var key):
                this.Flash(FlashKind.Problem, t[key]);
                break;
            default:
                return NotFound();
        }

        return await BackAsync(number, ct);
    }

    // Back to where one came from: the own people, or the page of the company whose person it is.
    async Task<IActionResult> BackAsync(string number, CancellationToken ct) =>
        await people.FindAsync(number, ct) is { } person && person.PartnerId != me.PartnerId
            ? RedirectToAction(nameof(PartnersController.Show), "Partners", new { number = person.PartnerNumber })
            : RedirectToAction(nameof(Index));

    PersonPage PersonPage(Person person, IReadOnlyCollection<string> roles) =>
        new(person, PartnerWords.RolesIn(person.PartnerType), roles, string.Equals(person.Number, me.PersonNumber, StringComparison.Ordinal));
}

/// <summary>The people as <c>PersonList.cshtml</c> shows them.</summary>
public sealed record PersonListPage(string Company, IReadOnlyList<string> Roles, IReadOnlyList<Person> People);

/// <summary>A person as <c>PersonForm.cshtml</c> shows it.</summary>
/// <param name="Person">The person.</param>
/// <param name="Possible">The roles that exist in the company.</param>
/// <param name="Chosen">The roles that are ticked.</param>
/// <param name="IsMe">One's own, which one does not change.</param>
public sealed record PersonPage(Person Person, IReadOnlyList<string> Possible, IReadOnlyCollection<string> Chosen, bool IsMe);
