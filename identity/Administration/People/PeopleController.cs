using System.Net.Mail;
using Identity.Consents;
using Identity.Invitations;
using Identity.Providers;
using Identity.SecondFactors;
using Identity.Tenants;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Platform.Texts;

namespace Identity.Administration.People;

/// <summary>The people of a tenant, or of all: the list, one person, an invitation.</summary>
[Route("admin/people"), Audience(Administrators.Tenant)]
sealed class PeopleController(PeopleStore people, SecondFactorStore factors, ConsentStore consents, TenantStore tenants, ProviderStore providers, InviteAccount invite, Texts t) : Controller
{
    Administrator Me => HttpContext.Administrator();

    /// <summary>The list.</summary>
    [HttpGet]
    public async Task<IActionResult> Index([FromQuery] PeopleQuery query, CancellationToken ct) =>
        View("PeopleList", new PeopleListPage(query, await people.ListAsync(query, Me.Only, ct), await TenantsAsync(ct)));

    /// <summary>One person.</summary>
    [HttpGet("{subject}")]
    public async Task<IActionResult> Show(string subject, CancellationToken ct) => await people.FindAsync(subject, Me.Only, ct) is { } person
        ? View("PersonPage", new PersonPage(person, await people.SessionsAsync(person.AccountId, ct), await people.GrantsAsync(person.AccountId, ct), await factors.FactorsAsync(person.AccountId, ct), await consents.ListAsync(person.AccountId, ct),
            person.TenantId is { } tenantId ? await providers.GrantableRolesAsync(tenantId, ct) : []))
        : NotFound();

    /// <summary>Asks whom to invite.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(CancellationToken ct) => View("Invite", new InvitePage(new(), await TenantsAsync(ct)));

    /// <summary>Invites.</summary>
    [HttpPost("new")]
    public async Task<IActionResult> Create(InviteForm form, CancellationToken ct)
    {
        var email = form.Email?.Trim() ?? "";
        var name = form.Name?.Trim() ?? "";
        if (email.Length is 0 or > 254 || email.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter)) || !MailAddress.TryCreate(email, out var address) || address.Address != email)
        {
            ModelState.AddModelError(nameof(form.Email), t["people.wrong_email"]);
        }

        if (!PersonName.IsGood(name))
        {
            ModelState.AddModelError(nameof(form.Name), t["people.wrong_name"]);
        }

        if (!ModelState.IsValid)
        {
            return await AgainAsync(form, ct);
        }

        // The tenant of who may not choose is never taken from the form.
        var tenantId = Me.IsOfInstallation ? (await tenants.FindAsync(form.Tenant ?? "", ct))?.TenantId : Me.TenantId;
        switch (tenantId is null ? new AccountInvited.NoTenant() : await invite.RunAsync(tenantId.Value, email, name, PersonName.Language(form.Language), administers: null, ct))
        {
            case AccountInvited.Sent { Account: var account }:
                return this.Tell(new Outcome.Done("people.invited"), $"/admin/people/{account.Subject}");
            case AccountInvited.Taken:
                ModelState.AddModelError(nameof(form.Email), t["people.taken"]);
                break;
            case AccountInvited.NoTenant:
                ModelState.AddModelError(nameof(form.Tenant), t["people.wrong_tenant"]);
                break;
            default:
                ModelState.AddModelError(nameof(form.Email), t["people.wrong_email"]);
                break;
        }

        return await AgainAsync(form, ct);
    }

    async Task<IActionResult> AgainAsync(InviteForm form, CancellationToken ct) => View("Invite", new InvitePage(form, await TenantsAsync(ct)));

    // Only who sees all tenants chooses among them.
    async Task<IReadOnlyList<Tenant>> TenantsAsync(CancellationToken ct) => Me.IsOfInstallation ? await tenants.ListAsync(ct) : [];
}

/// <summary>What names and languages of people may be.</summary>
static class PersonName
{
    public const int Longest = 100;

    public static bool IsGood(string name) => name.Length is > 0 and <= Longest && !name.Any(char.IsControl);

    public static string Language(string? asked) => TextBook.Languages.FirstOrDefault(known => known == asked) ?? TextBook.Languages[0];

    public static IReadOnlyList<(string Value, string Words)> Languages { get; } = [("en", "English"), ("zh-CN", "中文")];
}

/// <summary>Whom to invite.</summary>
sealed class InviteForm
{
    public string? Email { get; set; }

    public string? Name { get; set; }

    public string? Language { get; set; }

    public string? Tenant { get; set; }
}

/// <summary>The list and what it can be narrowed to.</summary>
sealed record PeopleListPage(PeopleQuery Query, ListPage<Person> People, IReadOnlyList<Tenant> Tenants);

/// <summary>One person.</summary>
sealed record PersonPage(Person Person, IReadOnlyList<PersonSession> Sessions, IReadOnlyList<PersonGrant> Grants, Factors Factors, IReadOnlyList<ApplicationWithAccess> Consents, IReadOnlyList<string> GrantableRoles);

/// <summary>An invitation.</summary>
sealed record InvitePage(InviteForm Form, IReadOnlyList<Tenant> Tenants);
