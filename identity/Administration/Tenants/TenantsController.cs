using System.Text.RegularExpressions;
using Identity.Sessions;
using Microsoft.AspNetCore.Mvc;
using Platform.Texts;

namespace Identity.Administration.Tenants;

/// <summary>The companies whose people sign in here.</summary>
[Route("admin/tenants"), Audience(Administrators.Installation)]
sealed partial class TenantsController(TenantListStore tenants, ChangeTenant change, ChangeSecondFactorRule changeRule, Texts t) : Controller
{
    /// <summary>The list.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(string? words, int? page, CancellationToken ct) => View("TenantList", new TenantListPage(words, await tenants.ListAsync(words, page, ct)));

    /// <summary>One of them.</summary>
    [HttpGet("{key}")]
    public async Task<IActionResult> Show(string key, CancellationToken ct) => await tenants.FindAsync(key, ct) is { } tenant ? View("TenantPage", tenant) : NotFound();

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

/// <summary>The list and the words it is narrowed to.</summary>
sealed record TenantListPage(string? Words, ListPage<TenantRow> Tenants);
