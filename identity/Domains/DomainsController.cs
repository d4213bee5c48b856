using Identity.Administration;
using Identity.Providers;
using Identity.Tenants;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Domains;

/// <summary>The mail domains of a tenant, for those who look after it; of all tenants for the operator.</summary>
[Route("admin/domains"), Audience(Administrators.Tenant)]
sealed class DomainsController(DomainStore domains, ProviderStore providers, TenantStore tenants) : Controller
{
    /// <summary>Lists them.</summary>
    [HttpGet]
    public Task<IActionResult> Index(CancellationToken ct) => ListAsync(null, null, null, ct);

    /// <summary>Enters one.</summary>
    [HttpPost, Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> Create(string? tenant, string? domain, [FromServices] AddDomain add, CancellationToken ct) =>
        await add.RunAsync(HttpContext.Administrator(), tenant, domain, ct) switch
        {
            DomainChange.Done done => Notice($"/admin/domains/{done.TenantDomainId}", "domains.added"),
            DomainChange.Refused refused => await ListAsync(domain, tenant, refused.TextKey, ct),
            _ => NotFound(),
        };

    /// <summary>Shows one with the record that proves it.</summary>
    [HttpGet("{id:long}")]
    public Task<IActionResult> Show(long id, CancellationToken ct) => ShowAsync(id, null, ct);

    /// <summary>Looks into DNS.</summary>
    [HttpPost("{id:long}/proof")]
    public async Task<IActionResult> Prove(long id, [FromServices] ProveDomain prove, CancellationToken ct) =>
        await AnswerAsync(id, await prove.RunAsync(HttpContext.Administrator(), id, ct), "domains.proven_now", ct);

    /// <summary>Says where its people sign in.</summary>
    [HttpPost("{id:long}/provider"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> LeadTo(long id, string? scheme, [FromServices] ChangeDomain change, CancellationToken ct) =>
        await AnswerAsync(id, await change.LeadToAsync(HttpContext.Administrator(), id, scheme, ct), "domains.saved", ct);

    /// <summary>Gives it up.</summary>
    [HttpPost("{id:long}/removal"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> Remove(long id, [FromServices] ChangeDomain change, CancellationToken ct) =>
        await change.RemoveAsync(HttpContext.Administrator(), id, ct) is DomainChange.Done ? Notice("/admin/domains", "domains.removed") : NotFound();

    async Task<IActionResult> AnswerAsync(long id, DomainChange change, string textKey, CancellationToken ct) => change switch
    {
        DomainChange.Done => Notice($"/admin/domains/{id}", textKey),
        DomainChange.Refused refused => await ShowAsync(id, refused.TextKey, ct),
        _ => NotFound(),
    };

    async Task<IActionResult> ListAsync(string? typed, string? tenant, string? refusalKey, CancellationToken ct)
    {
        var me = HttpContext.Administrator();
        if (refusalKey is not null)
        {
            ModelState.Clear();
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }

        return View("DomainList", new DomainList(await domains.ListAsync(me.Only, ct), me.IsOfInstallation ? await tenants.ListAsync(ct) : [], typed, tenant, refusalKey));
    }

    async Task<IActionResult> ShowAsync(long id, string? refusalKey, CancellationToken ct)
    {
        // What another tenant owns is not there.
        if (await domains.FindAsync(id, ct) is not { } domain || !HttpContext.Administrator().LooksAfter(domain.TenantId))
        {
            return NotFound();
        }

        Response.StatusCode = refusalKey is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        return View("Domain", new DomainPage(domain, await providers.ListAsync(domain.TenantId, null, ct), refusalKey));
    }

    StatusCodeResult Notice(string address, string textKey)
    {
        TempData["notice"] = textKey;
        return this.SeeOther(address);
    }
}

/// <summary>The list, and the form for one more.</summary>
sealed record DomainList(IReadOnlyList<TenantDomain> Domains, IReadOnlyList<Tenant> Tenants, string? Typed, string? Tenant, string? RefusalKey);

/// <summary>One domain.</summary>
sealed record DomainPage(TenantDomain Domain, IReadOnlyList<Provider> Providers, string? RefusalKey);
