using Identity.Sessions;
using Identity.SignIn;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Identity.SecondFactors;

/// <summary>Sets an authenticator app up, and removes it.</summary>
[Route("account/authenticator")]
[NeedsSession(FreshProof = true, Enrols = true)]
sealed class AuthenticatorController(AuthenticatorSetups setups, ChangeSecondFactors change, SecondFactorStore factors, WaitingRequests waiting, IdentitySettings settings) : Controller
{
    /// <summary>Shows the picture with a new secret.</summary>
    [HttpGet]
    public Task<IActionResult> New(AuthenticatorForm form, CancellationToken ct) => PageAsync(form, Totp.NewSecret(), ct);

    /// <summary>Takes the app when it shows the right code.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(AuthenticatorForm form, CancellationToken ct)
    {
        var own = HttpContext.Session()!;
        if (setups.Read(own.Subject, form.Setup) is not { } secret)
        {
            form.RefusalKey = "secondfactors.setup_too_old";
            return await PageAsync(form, Totp.NewSecret(), ct);
        }

        var digits = string.Concat((form.Code ?? "").Where(letter => !char.IsWhiteSpace(letter)));
        if (await change.AddAppAsync(HttpContext, own, secret, digits, ct) is not { } codes)
        {
            form.RefusalKey = "secondfactors.setup_refused";
            return await PageAsync(form, secret, ct);
        }

        var after = OwnPath.After((await waiting.FindAsync(HttpContext, form.Request, ct))?.Text, OwnPath.OrNull(form.Then) ?? "/account?done=authenticator");
        return codes.Count == 0 ? this.SeeOther(after) : View("RecoveryCodes", new NewRecoveryCodes(codes, after));
    }

    /// <summary>Removes it.</summary>
    [HttpPost("remove")]
    public async Task<IActionResult> Delete(CancellationToken ct)
    {
        await change.RemoveAppAsync(HttpContext.Session()!, ct);
        return this.SeeOther("/account?done=authenticator_removed");
    }

    /// <summary>Asks whether to remove it.</summary>
    [HttpGet("remove")]
    public async Task<IActionResult> Remove(CancellationToken ct) =>
        await factors.FactorsAsync(HttpContext.Session()!.AccountId, ct) is { HasApp: true } has ? View("RemoveAuthenticator", has) : this.SeeOther("/account");

    async Task<IActionResult> PageAsync(AuthenticatorForm form, byte[] secret, CancellationToken ct)
    {
        var own = HttpContext.Session()!;
        form.Request = (await waiting.FindAsync(HttpContext, form.Request, ct))?.Text;
        (form.Then, form.Code) = (OwnPath.OrNull(form.Then), null);
        (form.IsOwed, form.MayUsePasskey) = (own.OwesSecondFactor, own.Idp is null);
        form.Setup = setups.Write(own.Subject, secret);
        form.Picture = QrCode.Picture(Totp.Address(settings.BrandName, own.Email, secret));
        form.Key = string.Join(' ', Totp.Base32(secret).Chunk(4).Select(group => new string(group)));
        form.Replaces = (await factors.FactorsAsync(own.AccountId, ct)).HasApp;
        ModelState.Clear();
        return View("Authenticator", form);
    }
}

/// <summary>What the page shows and asks for.</summary>
sealed class AuthenticatorForm
{
    /// <summary>The first code; never shown again.</summary>
    public string? Code { get; set; }

    /// <summary>The secret, encrypted.</summary>
    public string? Setup { get; set; }

    /// <summary>The application's request that waits for a second factor.</summary>
    public string? Request { get; set; }

    /// <summary>The page of ours that is to come afterwards.</summary>
    public string? Then { get; set; }

    /// <summary>Whether nothing else is given out before the person has a second factor.</summary>
    [BindNever]
    public bool IsOwed { get; set; }

    /// <summary>Whether a passkey would do as well; not for whoever comes through a provider.</summary>
    [BindNever]
    public bool MayUsePasskey { get; set; }

    /// <summary>The picture that the app reads.</summary>
    [BindNever]
    public string Picture { get; set; } = "";

    /// <summary>The same, to be typed.</summary>
    [BindNever]
    public string Key { get; set; } = "";

    /// <summary>Whether there is an app already.</summary>
    [BindNever]
    public bool Replaces { get; set; }

    /// <summary>The text that says why it did not work.</summary>
    [BindNever]
    public string? RefusalKey { get; set; }

    /// <summary>The page for passkeys, with what waits.</summary>
    public string PasskeysAddress => new CodeForm { Request = Request, Then = Then }.Address("/account/passkeys");
}

/// <summary>Recovery codes, shown this once.</summary>
/// <param name="Codes">They.</param>
/// <param name="After">Where to go on.</param>
sealed record NewRecoveryCodes(IReadOnlyList<string> Codes, string After);
