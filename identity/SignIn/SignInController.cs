using System.Globalization;
using Identity.SecondFactors;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.SignIn;

/// <summary>The page where people sign in.</summary>
[Route("sign-in")]
sealed class SignInController(SignInWithPassword signIn, WaitingRequests waitingRequests) : Controller
{
    /// <summary>Shows it.</summary>
    /// <param name="request">The application's request that waits; without one the person ends on a page of our own.</param>
    /// <param name="then">That page.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet]
    public async Task<IActionResult> Show(string? request, string? then, CancellationToken ct)
    {
        var waiting = await waitingRequests.FindAsync(HttpContext, request, ct);
        return View("SignIn", new SignInForm { Email = waiting?.LoginHint, Request = waiting?.Text, Then = OwnPath.OrNull(then) });
    }

    /// <summary>Tries what was typed.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(SignInForm form, CancellationToken ct)
    {
        var waiting = await waitingRequests.FindAsync(HttpContext, form.Request, ct);
        form.Request = waiting?.Text;
        form.Then = OwnPath.OrNull(form.Then);
        if (string.IsNullOrWhiteSpace(form.Email) || string.IsNullOrEmpty(form.Password) || form.Email.Length > 254 || form.Email.Contains('\0', StringComparison.Ordinal) || form.Password.Length > Profile.LongestPassword)
        {
            return Refuse(form, "signin.refused");
        }

        switch (await signIn.RunAsync(HttpContext, form.Email.Trim(), form.Password, ct))
        {
            case SignInAttempt.Succeeded:
                return this.SeeOther(OwnPath.After(form.Request, form.Then));
            case SignInAttempt.HalfDone:
                return this.SeeOther(SecondStep(form.Request, form.Then));
            case SignInAttempt.TooMany too:
                Response.Headers.RetryAfter = ((int)Math.Ceiling(too.Wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                Response.StatusCode = StatusCodes.Status429TooManyRequests;
                return Refuse(form, "signin.too_many");
            default:
                return Refuse(form, "signin.refused");
        }
    }

    /// <summary>Where the second step is, with what waits.</summary>
    public static string SecondStep(string? request, string? then) => new CodeForm { Request = request, Then = then }.Address("/sign-in/code");

    ViewResult Refuse(SignInForm form, string textKey)
    {
        form.Password = null;
        form.RefusalKey = textKey;
        // The field is drawn from the form, not from what was posted.
        ModelState.Clear();
        return View("SignIn", form);
    }
}

/// <summary>What the sign-in page asks for.</summary>
sealed class SignInForm
{
    /// <summary>The address.</summary>
    public string? Email { get; set; }

    /// <summary>Never shown again.</summary>
    public string? Password { get; set; }

    /// <summary>The application's request that waits.</summary>
    public string? Request { get; set; }

    /// <summary>The page of our own that is to come afterwards.</summary>
    public string? Then { get; set; }

    /// <summary>The text that says why it did not work.</summary>
    [Microsoft.AspNetCore.Mvc.ModelBinding.BindNever]
    public string? RefusalKey { get; set; }
}
