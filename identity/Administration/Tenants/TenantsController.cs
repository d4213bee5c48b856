using System.Text.RegularExpressions;
using Identity.Scim;
using Identity.Sessions;
using Microsoft.AspNetCore.Mvc;
using Platform.Texts;

namespace Identity.Administration.Tenants;

/// <summary>The companies whose people sign in here.</summary>
[Route("admin/tenants"), Audience(Administrators.Installation)]
sealed partial class TenantsController(TenantListStore tenants, ScimTokenStore directoryTokens, ChangeTenant change, ChangeSecondFactorRule changeRule, ChangeGrantableRoles changeRoles, ChangeScimTokens changeTokens, Texts t) : Controller
{
    /// <summary>The list.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(string? words, int? page, CancellationToken ct) => View("TenantList", new TenantListPage(words, await tenants.ListAsync(words, page, ct)));

    /// <summary>One of them.</summary>
    [HttpGet("{key}")]
    public async Task<IActionResult> Show(string key, CancellationToken ct) => await tenants.FindAsync(key, ct) is { } tenant
        ? View("TenantPage", new TenantPage(tenant, await tenants.RolesAsync(tenant.TenantId, ct), await directoryTokens.ListAsync(tenant.TenantId, ct)))
        : NotFound();

    /// <summary>Asks for a new one.</summary>
    [HttpGet("new")]
    public IActionResult New() => View("NewTenant", new TenantForm());

    /// <summary>Adds it.</summary>
    [HttpPost("new")]
    public async Task<IActionResult> Create(TenantForm form, CancellationToken ct)
    {
        var key = form.Key?.Trim() ?? "";
        if (!Key().IsMatch(key) || key is "new")
        {
            ModelState.AddModelError(nameof(form.Key), t["tenants.wrong_key"]);
        }

        if (!IsName(form.Name))
        {
            ModelState.AddModelError(nameof(form.Name), t["tenants.wrong_name"]);
        }

        if (ModelState.IsValid)
        {
            switch (await change.AddAsync(key, form.Name!.Trim(), ct))
            {
                case Outcome.Refused refused:
                    ModelState.AddModelError(nameof(form.Key), t[refused.TextKey]);
                    break;
                case var outcome:
                    return this.Tell(outcome, $"/admin/tenants/{key}");
            }
        }

        return View("NewTenant", form);
    }

    /// <summary>Renames it.</summary>
    [HttpPost("{key}/name")]
    public async Task<IActionResult> Rename(string key, string? name, CancellationToken ct) =>
        Tell(key, IsName(name) ? await change.RenameAsync(key, name!.Trim(), ct) : new Outcome.Refused("tenants.wrong_name"));

    /// <summary>Disables it.</summary>
    [HttpPost("{key}/suspension"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> Suspend(string key, CancellationToken ct) => Tell(key, await change.SetEnabledAsync(key, false, ct));

    /// <summary>Serves it again.</summary>
    [HttpPost("{key}/suspension/end"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> EndSuspension(string key, CancellationToken ct) => Tell(key, await change.SetEnabledAsync(key, true, ct));

    /// <summary>Says whose sign-in takes two factors.</summary>
    [HttpPost("{key}/second-factor"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> SetSecondFactor(string key, string? secondFactor, CancellationToken ct) =>
        Tell(key, await changeRule.RunAsync(key, secondFactor, HttpContext.Administrator(), HttpContext.Session()!.Sid, ct));

    /// <summary>Says to which roles its providers may lead.</summary>
    [HttpPost("{key}/roles"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> SetRoles(string key, string[] role, CancellationToken ct) => Tell(key, await changeRoles.RunAsync(key, role, ct));

    /// <summary>Takes a token of its directory back.</summary>
    [HttpPost("{key}/directory/tokens/{scimToken}/revocation"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> RevokeToken(string key, string scimToken, CancellationToken ct) =>
        Tell(key, await tenants.FindAsync(key, ct) is { } tenant && await changeTokens.RevokeAsync(tenant.TenantId, scimToken, ct) ? new Outcome.Done("scim.token_revoked") : new Outcome.Unknown());

    IActionResult Tell(string key, Outcome outcome) => this.Tell(outcome, "/admin/tenants/" + Uri.EscapeDataString(key));

    static bool IsName(string? name) => name?.Trim() is { Length: > 0 and <= 200 } trimmed && !trimmed.Any(char.IsControl);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$", RegexOptions.None, matchTimeoutMilliseconds: 200)]
    private static partial Regex Key();
}

/// <summary>A tenant to be added.</summary>
sealed class TenantForm
{
    public string? Key { get; set; }

    public string? Name { get; set; }
}

/// <summary>One company, with what only the operator decides about it.</summary>
/// <param name="Tenant">It.</param>
/// <param name="Roles">Those its providers may lead to, and the others.</param>
/// <param name="DirectoryTokens">Those of its directory that work.</param>
sealed record TenantPage(TenantRow Tenant, IReadOnlyList<TenantRole> Roles, IReadOnlyList<ScimToken> DirectoryTokens);

/// <summary>The list and the words it is narrowed to.</summary>
sealed record TenantListPage(string? Words, ListPage<TenantRow> Tenants);
