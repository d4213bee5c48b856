using System.Globalization;
using Identity.SecondFactors;
using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.SignIn;

/// <summary>
/// Asks somebody who is signed in to prove it once more. It is the same sign-in as the first, with all its steps, limits and records; only the
/// person is given, so nobody else's proof passes.
/// </summary>
[Route("account/confirm")]
[NeedsSession(Completes = true)]
sealed class ConfirmController(SignInWithPassword signIn, SecondFactorStore factors) : Controller
{
    /// <summary>Asks.</summary>
    /// <param name="then">The page that wants the proof.</param>
    [HttpGet]
    public async Task<IActionResult> Show(string? then, CancellationToken ct) => AtProvider(then) is { } there ? this.SeeOther(there) : View("Confirm", await FillAsync(new() { Then = then }, ct));

    /// <summary>Takes the password.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(ConfirmForm form, CancellationToken ct)
    {
        if (AtProvider(form.Then) is { } there)
        {
            return this.SeeOther(there);
        }

        await FillAsync(form, ct);
        if (form.Password is not { Length: > 0 and <= Profile.LongestPassword } password)
        {
            return Refuse(form, "signin.confirm_refused");
        }

        switch (await signIn.RunAsync(HttpContext, form.Email, password, ct))
        {
            case SignInAttempt.Succeeded:
                return this.SeeOther(form.Then ?? "/account");
            case SignInAttempt.HalfDone:
                return this.SeeOther(SignInController.SecondStep(request: null, form.Then ?? "/account"));
            case SignInAttempt.TooMany too:
                Response.Headers.RetryAfter = ((int)Math.Ceiling(too.Wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                Response.StatusCode = StatusCodes.Status429TooManyRequests;
                return Refuse(form, "signin.too_many");
            default:
                return Refuse(form, "signin.confirm_refused");
        }
    }

    async Task<ConfirmForm> FillAsync(ConfirmForm form, CancellationToken ct)
    {
        var own = HttpContext.Session()!;
        (form.Email, form.Then, form.HasPasskey) = (own.Email, OwnPath.OrNull(form.Then), (await factors.FactorsAsync(own.AccountId, ct)).Passkeys > 0);
        return form;
    }

    // Whoever came through a provider proves it there again: there may be no password here, and the address may be anybody's.
    string? AtProvider(string? then) => HttpContext.Session() is { Idp: { } idp } ? QueryHelpers.AddQueryString($"/federation/{idp}/start", "then", OwnPath.OrNull(then) ?? "/account") : null;

    ViewResult Refuse(ConfirmForm form, string textKey)
    {
        form.Password = null;
        form.RefusalKey = textKey;
        ModelState.Clear();
        return View("Confirm", form);
    }
}

/// <summary>The proof that is asked for once more.</summary>
sealed class ConfirmForm
{
    /// <summary>Whose; from the session.</summary>
    [BindNever]
    public string Email { get; set; } = "";

    /// <summary>Whether a passkey would do.</summary>
    [BindNever]
    public bool HasPasskey { get; set; }

    /// <summary>Never shown again.</summary>
    public string? Password { get; set; }

    /// <summary>The page that wants the proof.</summary>
    public string? Then { get; set; }

    /// <summary>The text that says why it did not work.</summary>
    [BindNever]
    public string? RefusalKey { get; set; }
}
