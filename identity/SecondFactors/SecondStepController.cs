using System.Globalization;
using Identity.Passkeys;
using Identity.Sessions;
using Identity.SignIn;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.SecondFactors;

/// <summary>The second step of a sign-in: the page that asks for a code after the password.</summary>
[Route("sign-in/code")]
sealed class SecondStepController(HalfSignIns halves, AccountStore accounts, SecondFactorStore factors, CheckCode check, BeginSession beginSession, WaitingRequests waiting) : Controller
{
    /// <summary>Asks.</summary>
    [HttpGet]
    public async Task<IActionResult> Show(CodeForm form, CancellationToken ct)
    {
        await ReadAsync(form, ct);
        return await halves.FindAsync(HttpContext, ct) is { } half ? await PageAsync(form, half.AccountId, ct) : Again(form);
    }

    /// <summary>Takes the code.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(CodeForm form, CancellationToken ct)
    {
        await ReadAsync(form, ct);
        if (await halves.FindAsync(HttpContext, ct) is not { } half || await accounts.FindEnabledAsync(half.Subject, ct) is not { } account)
        {
            return Again(form);
        }

        switch (await check.RunAsync(HttpContext, account, form.Code, ct))
        {
            case CodeCheck.Accepted:
                return await FinishAsync(account, [.. half.Amr, "otp", "mfa"], ct) ? this.SeeOther(OwnPath.After(form.Request, form.Then)) : Again(form);
            case CodeCheck.TooMany too:
                return await PageAsync(this.Hold(form, too.Wait), half.AccountId, ct);
            default:
                form.RefusalKey = "secondfactors.refused";
                return await PageAsync(form, half.AccountId, ct);
        }
    }

    // First used up, then begun: of two at the same moment one becomes a session.
    async Task<bool> FinishAsync(Account account, string[] amr, CancellationToken ct)
    {
        if (!await halves.FinishAsync(HttpContext, ct))
        {
            return false;
        }

        await beginSession.RunAsync(HttpContext, account, amr, ct);
        return true;
    }

    async Task ReadAsync(CodeForm form, CancellationToken ct)
    {
        form.Request = (await waiting.FindAsync(HttpContext, form.Request, ct))?.Text;
        form.Then = OwnPath.OrNull(form.Then);
    }

    async Task<IActionResult> PageAsync(CodeForm form, long accountId, CancellationToken ct)
    {
        form.Code = null;
        (form.Action, form.Purpose) = ("/sign-in/code", PasskeyPurpose.Second);
        form.Factors = await factors.FactorsAsync(accountId, ct);
        ModelState.Clear();
        return View("Code", form);
    }

    // The five minutes are over, or it was never begun: from the start, with what waits.
    IActionResult Again(CodeForm form) => this.SeeOther(form.Address("/sign-in"));
}

/// <summary>The page about one code.</summary>
sealed class CodeForm
{
    /// <summary>What was typed; never shown again.</summary>
    public string? Code { get; set; }

    /// <summary>The application's request that waits.</summary>
    public string? Request { get; set; }

    /// <summary>The page of ours that is to come afterwards.</summary>
    public string? Then { get; set; }

    /// <summary>Whether a recovery code is asked for.</summary>
    public bool Recovery { get; set; }

    /// <summary>Where the form goes.</summary>
    [BindNever]
    public string Action { get; set; } = "";

    /// <summary>What a passkey is asked for here.</summary>
    [BindNever]
    public string Purpose { get; set; } = "";

    /// <summary>What the person can show.</summary>
    [BindNever]
    public Factors Factors { get; set; } = new();

    /// <summary>The text that says why it did not work.</summary>
    [BindNever]
    public string? RefusalKey { get; set; }

    /// <summary>A page of this conversation, with what it carries along.</summary>
    public string Address(string page, bool recovery = false) => QueryHelpers.AddQueryString(page, new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["request"] = Request,
        ["then"] = Then,
        ["recovery"] = recovery ? "true" : null,
    }.Where(pair => pair.Value is not null));
}

/// <summary>What the pages about codes share.</summary>
static class CodeAnswers
{
    /// <summary>Tells the browser to wait.</summary>
    public static CodeForm Hold(this ControllerBase controller, CodeForm form, TimeSpan wait)
    {
        controller.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        controller.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        form.RefusalKey = "secondfactors.too_many";
        return form;
    }
}
