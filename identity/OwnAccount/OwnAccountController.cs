using Identity.SecondFactors;
using Identity.Sessions;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Web;

namespace Identity.OwnAccount;

/// <summary>The page about one's own account.</summary>
[Route("account")]
[NeedsSession]
sealed class OwnAccountController(AccountStore accounts, SessionStore sessions, OwnAccountStore store, SecondFactorStore factors, ChangeProfile changeProfile) : Controller
{
    // The sentences a change may leave on the page; the address names one of them, nothing else is shown.
    static readonly string[] Notices = ["profile", "password", "session", "sessions", "authenticator", "authenticator_removed", "codes", "passkey", "passkey_removed"];

    /// <summary>Shows it.</summary>
    [HttpGet]
    public Task<IActionResult> Show(string? done, CancellationToken ct) => ShowAsync(form: null, Notices.Contains(done, StringComparer.Ordinal) ? "ownaccount.done." + done : null, ct);

    /// <summary>Takes another name or language.</summary>
    [HttpPost("profile")]
    public async Task<IActionResult> Update(ProfileForm form, CancellationToken ct)
    {
        switch (await changeProfile.RunAsync(HttpContext.Session()!, form.Name, form.Language, ct))
        {
            case OwnChange.Refused refused:
                form.RefusalKey = refused.TextKey;
                ModelState.Clear();
                return await ShowAsync(form, noticeKey: null, ct);
            default:
                Languages.Remember(HttpContext, form.Language!);
                return this.SeeOther("/account?done=profile");
        }
    }

    /// <summary>The address of the form, for those who load it again.</summary>
    [HttpGet("profile")]
    public IActionResult Profile() => this.SeeOther("/account");

    async Task<IActionResult> ShowAsync(ProfileForm? form, string? noticeKey, CancellationToken ct)
    {
        var own = HttpContext.Session()!;
        if (await accounts.FindEnabledAsync(own.Subject, ct) is not { } account)
        {
            return this.SeeOther("/sign-in");
        }

        return View("Account", new OwnAccountPage(
            account.Email,
            form ?? new() { Name = account.Name, Language = account.Language },
            account.PasswordHash is not null,
            await factors.FactorsAsync(own.AccountId, ct),
            own.Sid,
            await sessions.ListAsync(own.AccountId, ct),
            await store.HistoryAsync(own.Subject, ct),
            noticeKey));
    }
}

/// <summary>What the page shows.</summary>
/// <param name="Email">The address one signs in with.</param>
/// <param name="Profile">Name and language.</param>
/// <param name="HasPassword">Whether one was ever chosen.</param>
/// <param name="Factors">What is shown after the password.</param>
/// <param name="Sid">The session of this browser.</param>
/// <param name="Sessions">All of them.</param>
/// <param name="History">The last attempts to sign in.</param>
/// <param name="NoticeKey">What was just done.</param>
sealed record OwnAccountPage(string Email, ProfileForm Profile, bool HasPassword, Factors Factors, string Sid, IReadOnlyList<OpenSession> Sessions, IReadOnlyList<PastSignIn> History, string? NoticeKey);

/// <summary>Name and language.</summary>
sealed class ProfileForm
{
    /// <summary>What the person is called.</summary>
    public string? Name { get; set; }

    /// <summary>What the person reads.</summary>
    public string? Language { get; set; }

    /// <summary>The text that says why it was not taken.</summary>
    [BindNever]
    public string? RefusalKey { get; set; }
}
