using Identity.Passkeys;
using Identity.Sessions;
using Identity.SignIn;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.SecondFactors;

/// <summary>
/// Asks somebody who is signed in with a password for the second factor, because an application wants more for what comes next, or their company does. Who has none
/// is led to set one up. The session goes on under a new key; the moment of the password stays what it was.
/// </summary>
[Route("sign-in/step-up")]
[NeedsSession(Completes = true)]
sealed class StepUpController(AccountStore accounts, SecondFactorStore factors, CheckCode check, RaiseSession raise, WaitingRequests waiting) : Controller
{
    /// <summary>Asks.</summary>
    [HttpGet]
    public async Task<IActionResult> Show(CodeForm form, CancellationToken ct)
    {
        await ReadAsync(form, ct);
        var session = HttpContext.Session()!;
        if (Assurance.IsSecondFactor(session.Amr))
        {
            return this.SeeOther(OwnPath.After(form.Request, form.Then));
        }

        var has = await factors.FactorsAsync(session.AccountId, ct);
        return has.Any ? Page(form, has) : this.SeeOther(form.Address("/account/authenticator"));
    }

    /// <summary>Takes the code.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(CodeForm form, CancellationToken ct)
    {
        await ReadAsync(form, ct);
        var session = HttpContext.Session()!;
        if (await accounts.FindEnabledAsync(session.Subject, ct) is not { } account)
        {
            return this.SeeOther(form.Address("/sign-in"));
        }

        switch (await check.RunAsync(HttpContext, account, form.Code, ct))
        {
            case CodeCheck.Accepted:
                await raise.RunAsync(HttpContext, session, ["otp", "mfa"], ct);
                return this.SeeOther(OwnPath.After(form.Request, form.Then));
            case CodeCheck.TooMany too:
                return Page(this.Hold(form, too.Wait), await factors.FactorsAsync(session.AccountId, ct));
            default:
                form.RefusalKey = "secondfactors.refused";
                return Page(form, await factors.FactorsAsync(session.AccountId, ct));
        }
    }

    async Task ReadAsync(CodeForm form, CancellationToken ct)
    {
        form.Request = (await waiting.FindAsync(HttpContext, form.Request, ct))?.Text;
        form.Then = OwnPath.OrNull(form.Then);
    }

    ViewResult Page(CodeForm form, Factors has)
    {
        (form.Code, form.Action, form.Purpose, form.Factors) = (null, "/sign-in/step-up", PasskeyPurpose.StepUp, has);
        ModelState.Clear();
        return View("Code", form);
    }
}
