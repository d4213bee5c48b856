using System.Globalization;
using Identity.SecondFactors;
using Identity.Sessions;
using Identity.SignIn;
using Identity.Throttling;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Passkeys;

/// <summary>Takes a passkey wherever one may be shown: alone, after the password, once more, or as more than the password.</summary>
[Route("passkeys/{purpose:regex(^(sign-in|second|confirm|step-up)$)}")]
sealed class PasskeyController(CheckPasskey check, HalfSignIns halves, BeginSession beginSession, RaiseSession raise, AccountStore accounts, WaitingRequests waiting, Throttle throttle) : Controller
{
    /// <summary>What the browser is to ask the passkey.</summary>
    [HttpPost("options")]
    public async Task<IActionResult> Ask(string purpose, CancellationToken ct)
    {
        if (await throttle.TakeAsync(Limit.PasskeyChallenges, Throttle.Address(HttpContext), ct) is { } wait)
        {
            Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return StatusCode(StatusCodes.Status429TooManyRequests);
        }

        var person = await WhoAsync(purpose, ct);
        return person is null && purpose is not PasskeyPurpose.SignIn ? Unauthorized() : Content(await check.AskAsync(HttpContext, purpose, person, ct), "application/json");
    }

    /// <summary>Takes the answer.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(string purpose, PasskeyForm form, CancellationToken ct)
    {
        form.Request = (await waiting.FindAsync(HttpContext, form.Request, ct))?.Text;
        form.Then = OwnPath.OrNull(form.Then);
        var person = await WhoAsync(purpose, ct);
        if ((person is null && purpose is not PasskeyPurpose.SignIn)
            || await check.RunAsync(HttpContext, purpose, person, form.Credential, ct) is not { } shown
            || !await FinishAsync(purpose, shown, ct))
        {
            return this.SeeOther(form.Again(purpose));
        }

        return this.SeeOther(OwnPath.After(form.Request, form.Then ?? (purpose is PasskeyPurpose.Confirm ? "/account" : null)));
    }

    async Task<Account?> WhoAsync(string purpose, CancellationToken ct)
    {
        var subject = purpose switch
        {
            PasskeyPurpose.SignIn => null,
            PasskeyPurpose.Second => (await halves.FindAsync(HttpContext, ct))?.Subject,
            _ => HttpContext.SessionEvenIncomplete()?.Subject,
        };
        return subject is null ? null : await accounts.FindEnabledAsync(subject, ct);
    }

    async Task<bool> FinishAsync(string purpose, PasskeyShown shown, CancellationToken ct)
    {
        switch (purpose)
        {
            case PasskeyPurpose.StepUp:
                await raise.RunAsync(HttpContext, HttpContext.SessionEvenIncomplete()!, shown.Amr, ct);
                return true;
            case PasskeyPurpose.Second:
                var half = await halves.FindAsync(HttpContext, ct);
                if (half is null || !await halves.FinishAsync(HttpContext, ct))
                {
                    return false;
                }

                await beginSession.RunAsync(HttpContext, shown.Account, [.. half.Amr, .. shown.Amr], ct);
                return true;
            default:
                await beginSession.RunAsync(HttpContext, shown.Account, shown.Amr, ct);
                return true;
        }
    }
}

/// <summary>A passkey's answer.</summary>
sealed class PasskeyForm
{
    /// <summary>As the browser gives it (WebAuthn, 5.1), in JSON.</summary>
    public string? Credential { get; set; }

    /// <summary>The application's request that waits.</summary>
    public string? Request { get; set; }

    /// <summary>The page of ours that is to come afterwards.</summary>
    public string? Then { get; set; }

    /// <summary>The page that the passkey was asked for on, with the news that it did not work.</summary>
    public string Again(string purpose) => QueryHelpers.AddQueryString(
        purpose switch { PasskeyPurpose.Second => "/sign-in/code", PasskeyPurpose.Confirm => "/account/confirm", PasskeyPurpose.StepUp => "/sign-in/step-up", _ => "/sign-in" },
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["request"] = Request, ["then"] = Then, ["passkey"] = "refused" }.Where(pair => pair.Value is not null));
}
