using Identity.Authorize;
using Identity.Clients;
using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Platform.Web;

namespace Identity.Consents;

/// <summary>The page that asks whether an application may have what it wants.</summary>
[Route("consent")]
sealed class ConsentController(AnswerAuthorization answer, AuthorizationResponses responses, PendingAuthorizations pending, ConsentStore consents) : Controller
{
    /// <summary>Asks.</summary>
    /// <param name="request">The application's request that waits.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet]
    public Task<IActionResult> Show(string? request, CancellationToken ct) => AnswerAsync(request, Decision.None, ct);

    /// <summary>Takes the answer.</summary>
    [HttpPost]
    public Task<IActionResult> Create(string? request, ConsentForm form, CancellationToken ct) => AnswerAsync(request, form.Answer switch
    {
        "yes" => form.Remember ? Decision.YesAndRemember : Decision.Yes,
        "no" => Decision.No,
        _ => Decision.None,
    }, ct);

    async Task<IActionResult> AnswerAsync(string? text, Decision decision, CancellationToken ct)
    {
        if (pending.Read(text) is not { } waited)
        {
            return AuthorizationResponses.Refused(this, OAuthError.InvalidRequest("The request has waited too long."));
        }

        var outcome = await answer.RunAsync(waited.ToRequest(), HttpContext.SessionEvenIncomplete(), decision, ct);
        return outcome is Authorization.ConsentFirst first ? View("Consent", await QuestionAsync(first.Request, text!, ct)) : responses.Of(this, outcome);
    }

    async Task<ConsentQuestion> QuestionAsync(AuthorizationRequest request, string text, CancellationToken ct)
    {
        // The form leads back here and on to the application; browsers want both named.
        HttpContext.AllowFormTarget(RedirectUri.Origin(request.RedirectUri));
        return new(text, request.Client, HttpContext.Session()!, new Uri(request.RedirectUri).Host, request.Scopes)
        {
            Owner = await consents.OwnerAsync(request.Client.TenantId, ct),
            ApiScopes = await consents.InWordsAsync(request.Scopes, ct),
            MayRemember = request.Client.RequireConsent && ConsentRules.MayRemember(request),
        };
    }
}

/// <summary>What the page sends.</summary>
sealed class ConsentForm
{
    /// <summary><c>yes</c> or <c>no</c>.</summary>
    public string? Answer { get; set; }

    /// <summary>Whether a yes is to be kept.</summary>
    public bool Remember { get; set; }
}

/// <summary>What the page shows.</summary>
/// <param name="Text">The request that waits.</param>
/// <param name="Client">Who asks.</param>
/// <param name="Session">Who is asked.</param>
/// <param name="Host">Where the answer goes.</param>
/// <param name="Scopes">What is asked for.</param>
sealed record ConsentQuestion(string Text, Client Client, SignInSession Session, string Host, IReadOnlyList<string> Scopes)
{
    /// <summary>The company whose program it is.</summary>
    public string? Owner { get; init; }

    /// <summary>The scopes that lead to an API.</summary>
    public required IReadOnlyList<ApiScopeInWords> ApiScopes { get; init; }

    /// <summary>Whether a yes may be kept.</summary>
    public bool MayRemember { get; init; }
}
