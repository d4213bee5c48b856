using Identity.Providers;
using Identity.Sessions;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Federation;

/// <summary>The company accounts that are linked with one's own. Whoever comes here has shown a credential in the last minutes.</summary>
[Route("account/links"), NeedsSession(FreshProof = true)]
sealed class LinksController(ExternalIdentityStore externals, ProviderStore providers, AccountStore accounts, StartFederation start, FederationAttempts attempts, LinkProvider link) : Controller
{
    /// <summary>Lists them, and the providers of one's company.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var session = HttpContext.Session()!;
        var tenantId = await TenantOfAsync(session, ct);
        return View("Links", new Links(await externals.OfAccountAsync(session.AccountId, ct), tenantId is { } id ? await providers.StandingOfAsync(id, ct) : []));
    }

    /// <summary>The address of a form, for those who load it again.</summary>
    [HttpGet("{scheme}")]
    public IActionResult Back() => this.SeeOther("/account/links");

    /// <summary>Goes to a provider to link what comes back.</summary>
    [HttpPost("{scheme}")]
    public async Task<IActionResult> Create(string scheme, CancellationToken ct)
    {
        var session = HttpContext.Session()!;
        if (await TenantOfAsync(session, ct) is not { } tenantId || await providers.FindStandingAsync(scheme, ct) is not { } provider || provider.TenantId != tenantId)
        {
            return NotFound();
        }

        switch (await start.LinkAsync(HttpContext, scheme, session, tenantId, ct))
        {
            case FederationStart.Go go:
                return View("GoToProvider", new GoToProvider(provider.Name, go.Address));
            case FederationStart.Failed failed:
                Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return View("FederationFailed", new FederationFailed(failed.Reason, null));
            default:
                throw new InvalidOperationException("A browser is sent to a provider or it stays.");
        }
    }

    /// <summary>Asks whether that is the person.</summary>
    [HttpGet("question"), NeedsSession]
    public async Task<IActionResult> Ask(string? token, CancellationToken ct)
    {
        var session = HttpContext.Session()!;
        if (token is not { Length: 43 } || BrowserCookie.Read(Request) is not { } browser
            || await attempts.FindQuestionAsync(token, browser, session.AccountId, session.Sid, ct) is not { } question
            || await providers.FindStandingAsync(question.Scheme, ct) is not { } provider)
        {
            return Done("federation.link_gone");
        }

        return View("LinkQuestion", new AskedLink(token, provider.Name, question.ShownName.Length > 0 ? question.ShownName : question.Subject));
    }

    /// <summary>Links it.</summary>
    [HttpPost("question"), NeedsSession]
    public async Task<IActionResult> Answer(string? token, CancellationToken ct) =>
        Done(token is { Length: 43 } && BrowserCookie.Read(Request) is { } browser ? (await link.RunAsync(HttpContext.Session()!, token, browser, ct)).TextKey : "federation.link_gone");

    /// <summary>Takes a link away.</summary>
    [HttpPost("{id:long}/removal")]
    public async Task<IActionResult> Remove(long id, CancellationToken ct) => Done(await link.RemoveAsync(HttpContext.Session()!, id, ct));

    StatusCodeResult Done(string textKey)
    {
        TempData["notice"] = textKey;
        return this.SeeOther("/account/links");
    }

    async Task<long?> TenantOfAsync(SignInSession session, CancellationToken ct) => (await accounts.FindEnabledAsync(session.Subject, ct))?.TenantId;
}

/// <summary>What is linked, and what could be.</summary>
sealed record Links(IReadOnlyList<LinkedIdentity> Linked, IReadOnlyList<Provider> Providers);

/// <summary>The question before linking.</summary>
sealed record AskedLink(string Token, string Provider, string Person);
