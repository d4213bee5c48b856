using Identity.Providers;
using Identity.SignIn;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Platform.OpenIdConnect;

namespace Identity.Federation;

/// <summary>The way to a provider of a tenant and back. A scheme of white space arrives here as none.</summary>
[Route("federation")]
sealed class FederationController(StartFederation start, SignInThroughProvider signIn) : Controller
{
    /// <summary>Sends the browser there.</summary>
    /// <param name="scheme">Where to.</param>
    /// <param name="request">The application's request that waits.</param>
    /// <param name="then">A page of our own that wants a fresh proof.</param>
    /// <param name="hint">The address the person typed.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("{scheme}/start")]
    public async Task<IActionResult> Start(string? scheme, string? request, string? then, string? hint, CancellationToken ct) =>
        await start.RunAsync(HttpContext, scheme ?? "", request, then, hint, ct) switch
        {
            FederationStart.Go go => this.SeeOther(go.Address),
            FederationStart.Failed failed => Fail(failed.Reason, request),
            _ => throw new InvalidOperationException("A browser is sent to a provider or it stays."),
        };

    /// <summary>Takes the provider's answer; it is a navigation by GET, and the only form of answer we ask for.</summary>
    [HttpGet("{scheme}/signin")]
    public async Task<IActionResult> Return(string? scheme, CancellationToken ct) =>
        await signIn.RunAsync(HttpContext, scheme ?? "", ProtocolParameters.Of(Request.Query), ct) switch
        {
            FederationAnswer.SignedIn signedIn => this.SeeOther(OwnPath.After(signedIn.Request, signedIn.Then)),
            FederationAnswer.AskToLink ask => this.SeeOther(QueryHelpers.AddQueryString("/account/links/question", "token", ask.Token)),
            FederationAnswer.Failed failed => Fail(failed.Reason, failed.Request),
            _ => throw new InvalidOperationException("An answer signs in, links, or fails."),
        };

    ViewResult Fail(string reason, string? request)
    {
        Response.StatusCode = reason is SignInFailure.Unavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest;
        return View("FederationFailed", new FederationFailed(reason, request));
    }
}

/// <summary>The page that leads to a provider.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Address">Where it begins.</param>
sealed record GoToProvider(string Name, string Address)
{
    /// <summary>Where the way to that provider begins, with the application's request that waits.</summary>
    public static string AddressOf(Provider provider, string? request, string? hint = null)
    {
        var parameters = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (request is not null)
        {
            parameters["request"] = request;
        }

        if (hint is not null)
        {
            parameters["hint"] = hint;
        }

        return QueryHelpers.AddQueryString($"/federation/{provider.Scheme}/start", parameters);
    }
}

/// <summary>The page that says that it did not work.</summary>
/// <param name="Reason">One of <see cref="FederationRefusals.Reasons"/>.</param>
/// <param name="Request">The application's request that waits.</param>
sealed record FederationFailed(string Reason, string? Request);
