using Identity.SignIn;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Sessions;

/// <summary>
/// A page for somebody who is signed in; others sign in first and come back to it. What changes a credential also wants a proof that is
/// fresh (ASVS 7.5.1): whoever finds an open browser does not have one.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
sealed class NeedsSessionAttribute : Attribute, IAuthorizationFilter
{
    /// <summary>Whether the person must have shown a credential in the last five minutes.</summary>
    public bool FreshProof { get; init; }

    /// <summary>Whether the page is one on which somebody shows the second factor that their company wants.</summary>
    public bool Completes { get; init; }

    /// <summary>Whether it is one on which somebody who has none sets one up. Who has one shows it first: the password alone does not put another in its place.</summary>
    public bool Enrols { get; init; }

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        if (http.SessionEvenIncomplete() is not { } session)
        {
            context.Result = SendTo("/sign-in", http);
            return;
        }

        if (session.OwesSecondFactor && !Completes && !(Enrols && !session.HasSecondFactor))
        {
            context.Result = SendTo("/sign-in/step-up", http);
            return;
        }

        http.CompleteSession();
        if (FreshProof && !session.IsFresh(http.RequestServices.GetRequiredService<TimeProvider>()))
        {
            context.Result = SendTo("/account/confirm", http);
        }
    }

    static SendOn SendTo(string page, HttpContext http) => new(QueryHelpers.AddQueryString(page, "then", OwnPath.Of(http.Request)));

    sealed class SendOn(string address) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context)
        {
            context.HttpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.HttpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}

/// <summary>How fresh a proof is.</summary>
static class Freshness
{
    /// <summary>Whether the person of that session has shown a credential just now.</summary>
    public static bool IsFresh(this SignInSession session, TimeProvider clock) => session.AuthenticatedAt + Profile.FreshProof > clock.GetUtcNow().UtcDateTime;
}
