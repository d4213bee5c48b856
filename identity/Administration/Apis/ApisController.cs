using Identity.Administration.Clients;
using Microsoft.AspNetCore.Mvc;
using Platform.Texts;

namespace Identity.Administration.Apis;

/// <summary>The APIs that take our access tokens.</summary>
[Route("admin/apis"), Audience(Administrators.Installation)]
sealed class ApisController(ApiListStore apis, ChangeApi change, Texts t) : Controller
{
    /// <summary>The list.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct) => View("ApiList", await apis.ListAsync(ct));

    /// <summary>One of them.</summary>
    [HttpGet("{name}")]
    public async Task<IActionResult> Show(string name, CancellationToken ct) =>
        await apis.FindAsync(name, ct) is { } api ? View("ApiPage", new ApiPage(api, await apis.SecretsAsync(api.ApiResourceId, ct))) : NotFound();

    /// <summary>Asks for a new one.</summary>
    [HttpGet("new")]
    public IActionResult New() => View("NewApi", new ApiForm());

    /// <summary>Registers it.</summary>
    [HttpPost("new"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> Create(ApiForm form, CancellationToken ct)
    {
        foreach (var (field, textKey) in form.Wrong())
        {
            ModelState.AddModelError(field, t[textKey]);
        }

        if (!ModelState.IsValid)
        {
            return View("NewApi", form);
        }

        switch (await change.AddAsync(form.Name!.Trim(), form.DisplayName!.Trim(), form.ScopeList()!, ct))
        {
            case Outcome.Refused refused:
                ModelState.AddModelError(refused.TextKey is "apis.name_taken" ? nameof(form.Name) : nameof(form.Scopes), t[refused.TextKey]);
                return View("NewApi", form);
            case var outcome:
                return Tell(form.Name.Trim(), outcome);
        }
    }

    /// <summary>Disables it.</summary>
    [HttpPost("{name}/suspension"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> Suspend(string name, CancellationToken ct) => Tell(name, await change.SetEnabledAsync(name, false, ct));

    /// <summary>Lets it be asked for again.</summary>
    [HttpPost("{name}/suspension/end"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> EndSuspension(string name, CancellationToken ct) => Tell(name, await change.SetEnabledAsync(name, true, ct));

    /// <summary>Sets what it can check.</summary>
    [HttpPost("{name}/signatures"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> Sign(string name, string? algorithms, CancellationToken ct) => Tell(name, Signatures.Choices.Contains(algorithms, StringComparer.Ordinal)
        ? await change.SetSignaturesAsync(name, algorithms!.Split(' '), ct)
        : new Outcome.Refused("apis.wrong.signatures"));

    /// <summary>Makes a secret; the page that answers is the only one that ever shows it.</summary>
    [HttpPost("{name}/secrets"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> AddSecret(string name, string? description, int? days, CancellationToken ct)
    {
        if (AskedSecret.Of(description, days) is not { } asked || asked.Description is ChangeApi.OfSettings)
        {
            return Tell(name, new Outcome.Refused("apis.wrong.secret"));
        }

        var (outcome, secret) = await change.AddSecretAsync(name, asked.Description, asked.Days, ct);
        return secret is null ? Tell(name, outcome) : View("NewApiSecret", new NewApiSecret(name, secret));
    }

    /// <summary>Takes one away.</summary>
    [HttpPost("{name}/secrets/{secretId:long}/removal"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> RemoveSecret(string name, long secretId, CancellationToken ct) => Tell(name, await change.RemoveSecretAsync(name, secretId, ct));

    IActionResult Tell(string name, Outcome outcome) => this.Tell(outcome, "/admin/apis/" + Uri.EscapeDataString(name));
}

/// <summary>Which signatures an API can check, the preferred one first.</summary>
static class Signatures
{
    public static IReadOnlyList<string> Choices { get; } = ["ES256 RS256", "ES256", "RS256"];
}

/// <summary>One API.</summary>
sealed record ApiPage(ApiRow Api, IReadOnlyList<ApiSecretRow> Secrets);

/// <summary>A secret, shown this once.</summary>
sealed record NewApiSecret(string Name, string Secret);
