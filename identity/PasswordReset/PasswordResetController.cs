using System.Globalization;
using System.Net.Mail;
using Identity.Throttling;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Platform.Web;

namespace Identity.PasswordReset;

/// <summary>The pages for people who have forgotten their password.</summary>
[Route("password-reset")]
sealed class PasswordResetController(RequestPasswordReset request, ChooseNewPassword choose, PasswordResetStore resets, Throttle throttle) : Controller
{
    const string LinkCookie = "__Host-identity-reset";

    static CookieOptions LinkCookieOptions => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, MaxAge = Profile.PasswordReset };

    /// <summary>Asks for the address.</summary>
    [HttpGet]
    public IActionResult Show() => View("AskForLink", new ResetWish());

    /// <summary>Takes the address; the answer is the same whether it has an account or not.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(ResetWish wish, CancellationToken ct)
    {
        if (wish.Email?.Trim() is not { Length: > 0 and <= 254 } email || email.Any(char.IsControl) || !MailAddress.TryCreate(email, out _))
        {
            wish.RefusalKey = "passwordreset.not_an_address";
            return View("AskForLink", wish);
        }

        if (await throttle.TakeAsync(Limit.ResetRequests, Throttle.Address(HttpContext), ct) is { } wait)
        {
            return TooMany(wait, "AskForLink", wish);
        }

        await request.RunAsync(email, ct);
        return this.SeeOther("/password-reset/sent");
    }

    /// <summary>Says what happens next.</summary>
    [HttpGet("sent")]
    public IActionResult Sent() => View("LinkSent");

    /// <summary>
    /// Where a mailed link leads. The token moves from the address into a cookie at once: out of the history, and of what other sites are told.
    /// Nothing is used up yet, for mail scanners follow links too.
    /// </summary>
    [HttpGet("open")]
    public IActionResult Open(string? token)
    {
        if (token is { Length: 43 })
        {
            Response.Cookies.Append(LinkCookie, token, LinkCookieOptions);
        }

        return this.SeeOther("/password-reset/new");
    }

    /// <summary>Asks for the new password.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(CancellationToken ct)
    {
        if (await throttle.WaitAsync(Limit.ResetUses, Throttle.Address(HttpContext), ct) is { } wait)
        {
            return TooMany(wait, "NewPassword", new NewPasswordForm());
        }

        return Token is { } token && await resets.FindAsync(token, ct) is { } link ? View("NewPassword", new NewPasswordForm { Invites = link.Invites }) : Dead();
    }

    /// <summary>Takes the new password.</summary>
    [HttpPost("new")]
    public async Task<IActionResult> Update(NewPasswordForm form, CancellationToken ct)
    {
        if (await throttle.TakeAsync(Limit.ResetUses, Throttle.Address(HttpContext), ct) is { } wait)
        {
            return TooMany(wait, "NewPassword", form);
        }

        if (Token is not { } token)
        {
            return Dead();
        }

        form.Invites = (await resets.FindAsync(token, ct))?.Invites is true;
        if (form.Password != form.Repeated)
        {
            return Refuse(form, "passwordreset.not_the_same");
        }

        switch (await choose.RunAsync(token, form.Password ?? "", ct))
        {
            case PasswordChange.Changed:
                Response.Cookies.Delete(LinkCookie, LinkCookieOptions);
                return this.SeeOther("/password-reset/done");
            case PasswordChange.Refused refused:
                return Refuse(form, refused.TextKey);
            default:
                return Dead();
        }
    }

    /// <summary>Says that the new password counts.</summary>
    [HttpGet("done")]
    public IActionResult Done([FromServices] IdentitySettings settings) => View("PasswordChanged", settings.PortalUrl);

    string? Token => Request.Cookies[LinkCookie] is { Length: 43 } token ? token : null;

    ViewResult Refuse(NewPasswordForm form, string textKey)
    {
        form.RefusalKey = textKey;
        return View("NewPassword", form);
    }

    ViewResult Dead()
    {
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("LinkIsDead");
    }

    ViewResult TooMany(TimeSpan wait, string view, PasswordResetForm form)
    {
        Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        Response.StatusCode = StatusCodes.Status429TooManyRequests;
        form.RefusalKey = "passwordreset.too_many";
        return View(view, form);
    }
}

/// <summary>What the forms have in common.</summary>
abstract class PasswordResetForm
{
    /// <summary>The text that says why it did not work.</summary>
    [Microsoft.AspNetCore.Mvc.ModelBinding.BindNever]
    public string? RefusalKey { get; set; }
}

/// <summary>The wish for a link.</summary>
sealed class ResetWish : PasswordResetForm
{
    /// <summary>Where it shall go.</summary>
    public string? Email { get; set; }
}

/// <summary>The new password.</summary>
sealed class NewPasswordForm : PasswordResetForm
{
    /// <summary>Never shown again.</summary>
    public string? Password { get; set; }

    /// <summary>Whether it is the first, of somebody who was invited.</summary>
    [Microsoft.AspNetCore.Mvc.ModelBinding.BindNever]
    public bool Invites { get; set; }

    /// <summary>The same once more, against slips.</summary>
    public string? Repeated { get; set; }
}
