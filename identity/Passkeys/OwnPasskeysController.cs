using Identity.OwnAccount;
using Identity.SecondFactors;
using Identity.Sessions;
using Identity.SignIn;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Passkeys;

/// <summary>The page about one's own passkeys.</summary>
[Route("account/passkeys")]
[NeedsSession(FreshProof = true, Enrols = true)]
sealed class OwnPasskeysController(ChangePasskeys change, AccountStore accounts, WaitingRequests waiting) : Controller
{
    /// <summary>Shows them.</summary>
    [HttpGet]
    public Task<IActionResult> Show(NewPasskey form, CancellationToken ct) => PageAsync(form, refusalKey: null, ct);

    /// <summary>What the browser is to ask the device that makes a new one.</summary>
    [HttpPost("options")]
    public async Task<IActionResult> Ask(CancellationToken ct) => Content(await change.AskAsync(HttpContext, HttpContext.Session()!, ct), "application/json");

    /// <summary>Takes a new one.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(NewPasskey form, CancellationToken ct)
    {
        if (form.Name?.Trim() is not { Length: > 0 and <= ChangePasskeys.LongestName } name || name.Any(char.IsControl))
        {
            return await PageAsync(form, "passkeys.name_refused", ct);
        }

        var after = OwnPath.After((await waiting.FindAsync(HttpContext, form.Request, ct))?.Text, OwnPath.OrNull(form.Then) ?? "/account?done=passkey");
        return await change.AddAsync(HttpContext, HttpContext.Session()!, form.Credential, name, ct) switch
        {
            PasskeyAdded.Added { RecoveryCodes.Count: > 0 } added => View("/SecondFactors/RecoveryCodes.cshtml", new NewRecoveryCodes(added.RecoveryCodes, after)),
            PasskeyAdded.Added => this.SeeOther(after),
            _ => await PageAsync(form, "passkeys.not_added", ct),
        };
    }

    /// <summary>Removes one.</summary>
    [HttpPost("{id}/remove")]
    public async Task<IActionResult> Delete(string id, CancellationToken ct) =>
        await change.RemoveAsync(HttpContext.Session()!, Id(id), ct) is OwnChange.Refused refused ? await PageAsync(new(), refused.TextKey, ct) : this.SeeOther("/account?done=passkey_removed");

    async Task<IActionResult> PageAsync(NewPasskey form, string? refusalKey, CancellationToken ct)
    {
        var own = HttpContext.Session()!;
        ModelState.Clear();
        return View("OwnPasskeys", new OwnPasskeysPage(await accounts.PasskeysAsync(own.AccountId, ct), refusalKey)
        {
            Request = (await waiting.FindAsync(HttpContext, form.Request, ct))?.Text,
            Then = OwnPath.OrNull(form.Then),
            IsOwed = own.OwesSecondFactor,
        });
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
sealed record OwnPasskeysPage(IReadOnlyList<Passkey> Passkeys, string? RefusalKey)
{
    /// <summary>The application's request that waits for a second factor.</summary>
    public string? Request { get; init; }

    /// <summary>The page of ours that is to come afterwards.</summary>
    public string? Then { get; init; }

    /// <summary>Whether nothing else is given out before the person has a second factor.</summary>
    public bool IsOwed { get; init; }

    /// <summary>The page for authenticator apps, with what waits.</summary>
    public string AuthenticatorAddress => new CodeForm { Request = Request, Then = Then }.Address("/account/authenticator");
}

/// <summary>A passkey that a device made.</summary>
sealed class NewPasskey
{
    /// <summary>What its owner calls it.</summary>
    public string? Name { get; set; }

    /// <summary>As the browser gives it (WebAuthn, 5.1), in JSON.</summary>
    public string? Credential { get; set; }

    /// <summary>The application's request that waits for a second factor.</summary>
    public string? Request { get; set; }

    /// <summary>The page of ours that is to come afterwards.</summary>
    public string? Then { get; set; }
}
