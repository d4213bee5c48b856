using System.Globalization;
using Identity.Federation;
using Identity.Providers;
using Identity.SecondFactors;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.SignIn;

/// <summary>The page where people sign in.</summary>
[Route("sign-in")]
sealed class SignInController(SignInWithPassword signIn, WaitingRequests waitingRequests, HomeRealm homes) : Controller
{
    /// <summary>Shows it.</summary>
    /// <param name="request">The application's request that waits; without one the person ends on a page of our own.</param>
    /// <param name="then">That page.</param>
    /// <param name="home"><c>here</c>: whoever came back from a provider signs in here instead.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet]
    public async Task<IActionResult> Show(string? request, string? then, string? home, CancellationToken ct)
    {
        var waiting = await waitingRequests.FindAsync(HttpContext, request, ct);
        // Where the application names a provider, or the address leads to one, nobody has to type anything here.
        if (waiting is not null && home is not "here"
            && (await homes.AskedForAsync(waiting.AcrValues, waiting.Client, ct) ?? await homes.OfAsync(waiting.LoginHint, waiting.Client, ct)) is { } provider)
        {
            return this.SeeOther(GoToProvider.AddressOf(provider, waiting.Text));
        }

        return View("SignIn", new SignInForm { Email = waiting?.LoginHint, Request = waiting?.Text, Then = OwnPath.OrNull(then) });
    }

    /// <summary>Looks for the provider of the address that was typed; where there is none, the form comes back with it.</summary>
    [HttpPost("home")]
    public async Task<IActionResult> FindHome(SignInForm form, CancellationToken ct)
    {
        var waiting = await waitingRequests.FindAsync(HttpContext, form.Request, ct);
        form.Request = waiting?.Text;
        form.Then = OwnPath.OrNull(form.Then);
        return await homes.OfAsync(form.Email, waiting?.Client, ct) is { } provider ? GoTo(provider, form) : Refuse(form, "federation.none");
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
                // Whoever has no password here, because their company signs them in, learns where; it depends on the domain alone.
                return await homes.OfAsync(form.Email, waiting?.Client, ct) is { } provider ? GoTo(provider, form) : Refuse(form, "signin.refused");
        }
    }

    /// <summary>Where the second step is, with what waits.</summary>
    public static string SecondStep(string? request, string? then) => new CodeForm { Request = request, Then = then }.Address("/sign-in/code");

    // A form may lead to no other site than those its page named, so the browser goes on from a page.
    ViewResult GoTo(Provider provider, SignInForm form) => View("/Federation/GoToProvider.cshtml", new GoToProvider(provider.Name, GoToProvider.AddressOf(provider, form.Request, form.Email?.Trim())));

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
