using Identity.OwnAccount;
using Identity.SecondFactors;
using Identity.Sessions;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Passkeys;

/// <summary>The page about one's own passkeys.</summary>
[Route("account/passkeys")]
[NeedsSession(FreshProof = true)]
sealed class OwnPasskeysController(ChangePasskeys change, AccountStore accounts) : Controller
{
    /// <summary>Shows them.</summary>
    [HttpGet]
    public Task<IActionResult> Show(CancellationToken ct) => PageAsync(refusalKey: null, ct);

    /// <summary>What the browser is to ask the device that makes a new one.</summary>
    [HttpPost("options")]
    public async Task<IActionResult> Ask(CancellationToken ct) => Content(await change.AskAsync(HttpContext, HttpContext.Session()!, ct), "application/json");

    /// <summary>Takes a new one.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(NewPasskey form, CancellationToken ct)
    {
        if (form.Name?.Trim() is not { Length: > 0 and <= ChangePasskeys.LongestName } name || name.Any(char.IsControl))
        {
            return await PageAsync("passkeys.name_refused", ct);
        }

        return await change.AddAsync(HttpContext, HttpContext.Session()!, form.Credential, name, ct) switch
        {
            PasskeyAdded.Added { RecoveryCodes.Count: > 0 } added => View("/SecondFactors/RecoveryCodes.cshtml", new NewRecoveryCodes(added.RecoveryCodes, "/account?done=passkey")),
            PasskeyAdded.Added => this.SeeOther("/account?done=passkey"),
            _ => await PageAsync("passkeys.not_added", ct),
        };
    }

    /// <summary>Removes one.</summary>
    [HttpPost("{id}/remove")]
    public async Task<IActionResult> Delete(string id, CancellationToken ct) =>
        await change.RemoveAsync(HttpContext.Session()!, Id(id), ct) is OwnChange.Refused refused ? await PageAsync(refused.TextKey, ct) : this.SeeOther("/account?done=passkey_removed");

    async Task<IActionResult> PageAsync(string? refusalKey, CancellationToken ct)
    {
        ModelState.Clear();
        return View("OwnPasskeys", new OwnPasskeysPage(await accounts.PasskeysAsync(HttpContext.Session()!.AccountId, ct), refusalKey));
    }

    static byte[] Id(string text)
    {
        try
        {
            return WebEncoders.Base64UrlDecode(text);
        }
        catch (FormatException)
        {
            return [];
        }
    }
}

/// <summary>What the page shows.</summary>
/// <param name="Passkeys">They.</param>
/// <param name="RefusalKey">The text that says why something did not work.</param>
sealed record OwnPasskeysPage(IReadOnlyList<Passkey> Passkeys, string? RefusalKey);

/// <summary>A passkey that a device made.</summary>
sealed class NewPasskey
{
    /// <summary>What its owner calls it.</summary>
    public string? Name { get; set; }

    /// <summary>As the browser gives it (WebAuthn, 5.1), in JSON.</summary>
    public string? Credential { get; set; }
}
