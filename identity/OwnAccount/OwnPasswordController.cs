using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Identity.OwnAccount;

/// <summary>The page for another password.</summary>
[Route("account/password")]
[NeedsSession(FreshProof = true)]
sealed class OwnPasswordController(ChangePassword change) : Controller
{
    /// <summary>Asks for it.</summary>
    [HttpGet]
    public IActionResult Edit() => View("Password", new OwnPasswordForm { Email = HttpContext.Session()!.Email });

    /// <summary>Takes it.</summary>
    [HttpPost]
    public async Task<IActionResult> Update(OwnPasswordForm form, CancellationToken ct)
    {
        var own = HttpContext.Session()!;
        var refusal = form.Password != form.Repeated ? "ownaccount.not_the_same"
            : await change.RunAsync(own, form.Password ?? "", ct) is OwnChange.Refused refused ? refused.TextKey
            : null;
        return refusal is null ? this.SeeOther("/account?done=password") : View("Password", new OwnPasswordForm { Email = own.Email, RefusalKey = refusal });
    }
}

/// <summary>The new password.</summary>
sealed class OwnPasswordForm
{
    /// <summary>Never shown again.</summary>
    public string? Password { get; set; }

    /// <summary>The same once more, against slips.</summary>
    public string? Repeated { get; set; }

    /// <summary>Whose, for the browser's list of passwords.</summary>
    [BindNever]
    public string? Email { get; set; }

    /// <summary>The text that says why it was not taken.</summary>
    [BindNever]
    public string? RefusalKey { get; set; }
}
