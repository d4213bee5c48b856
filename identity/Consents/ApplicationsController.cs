using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Consents;

/// <summary>The applications a person has let in, and the way to put them out again.</summary>
[Route("applications")]
[NeedsSession]
sealed class ApplicationsController(ConsentStore consents, WithdrawConsent withdraw) : Controller
{
    /// <summary>Lists them.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var applications = await consents.ListAsync(HttpContext.Session()!.AccountId, ct);
        var apiScopes = await consents.InWordsAsync([.. applications.SelectMany(application => application.Scopes).Distinct(StringComparer.Ordinal)], ct);
        return View("Applications", new ApplicationList(applications, apiScopes));
    }

    /// <summary>Puts one out.</summary>
    [HttpPost("withdrawal")]
    public async Task<IActionResult> Delete(string? clientId, CancellationToken ct)
    {
        if (clientId is { Length: > 0 and <= 100 } && !clientId.Contains('\0', StringComparison.Ordinal))
        {
            await withdraw.RunAsync(HttpContext.Session()!, clientId, ct);
        }

        return this.SeeOther("/applications");
    }
}

/// <summary>What the page shows.</summary>
/// <param name="Applications">The applications.</param>
/// <param name="ApiScopes">Their scopes that lead to an API.</param>
sealed record ApplicationList(IReadOnlyList<ApplicationWithAccess> Applications, IReadOnlyList<ApiScopeInWords> ApiScopes);

/// <summary>Scopes, for the list of one application.</summary>
/// <param name="Scopes">The scopes.</param>
/// <param name="ApiScopes">What is known about those that lead to an API.</param>
/// <param name="OfflineDays">For how long access may outlive the session, where that is known.</param>
sealed record ScopesInWords(IReadOnlyList<string> Scopes, IReadOnlyList<ApiScopeInWords> ApiScopes, int? OfflineDays = null);
