using Identity.Administration;
using Identity.Tenants;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Providers;

/// <summary>The identity providers of a tenant, for those who look after it; of all tenants for the operator.</summary>
[Route("admin/providers"), Audience(Administrators.Tenant)]
sealed class ProvidersController(ProviderStore providers, TenantStore tenants, IdentitySettings settings) : Controller
{
    /// <summary>Lists them.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(string? words, CancellationToken ct)
    {
        words = words is { Length: > 0 and <= 100 } && !words.Contains('\0', StringComparison.Ordinal) ? words.Trim() : null;
        return View("ProviderList", new ProviderList(words, await providers.ListAsync(HttpContext.Administrator().Only, words, ct)));
    }

    /// <summary>Shows one.</summary>
    [HttpGet("{scheme}")]
    public async Task<IActionResult> Show(string scheme, CancellationToken ct) =>
        await FindAsync(scheme, ct) is { } provider ? View("Provider", await PageAsync(provider, test: null, ct)) : NotFound();

    /// <summary>An empty form.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(CancellationToken ct)
    {
        var me = HttpContext.Administrator();
        var own = (await tenants.FindAsync(me.TenantId, ct))!;
        var entry = new ProviderEntry { Tenant = own.Key, Scheme = own.Key, TokenEndpointAuthMethod = ProviderWords.Basic, Scopes = "openid profile email" };
        return await FormAsync(entry, null, own.TenantId, ct);
    }

    /// <summary>Adds one.</summary>
    [HttpPost, Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> Create(ProviderEntry entry, [FromServices] AddProvider add, CancellationToken ct)
    {
        var me = HttpContext.Administrator();
        return await add.RunAsync(me, entry, ct) switch
        {
            ProviderSaved.Saved saved => Notice(saved.Scheme, "providers.added"),
            ProviderSaved.Refused refused => await RefuseAsync(entry, refused.Faults, null, (me.IsOfInstallation && entry.Tenant is { } key ? await tenants.FindAsync(key, ct) : null)?.TenantId ?? me.TenantId, ct),
            _ => NotFound(),
        };
    }

    /// <summary>The form with what it is now.</summary>
    [HttpGet("{scheme}/edit")]
    public async Task<IActionResult> Edit(string scheme, CancellationToken ct) =>
        await FindAsync(scheme, ct) is { } provider ? await FormAsync(await EntryAsync(provider, ct), provider, provider.TenantId, ct) : NotFound();

    /// <summary>Changes one.</summary>
    [HttpPost("{scheme}"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> Update(string scheme, ProviderEntry entry, [FromServices] ChangeProvider change, CancellationToken ct)
    {
        switch (await change.RunAsync(HttpContext.Administrator(), scheme, entry, ct))
        {
            case ProviderSaved.Saved:
                return Notice(scheme, "providers.saved");
            case ProviderSaved.Refused refused when await FindAsync(scheme, ct) is { } provider:
                return await RefuseAsync(entry, refused.Faults, provider, provider.TenantId, ct);
            default:
                return NotFound();
        }
    }

    /// <summary>Disables one, or lets it be used again.</summary>
    [HttpPost("{scheme}/state"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> SetState(string scheme, bool enabled, [FromServices] DisableProvider disable, CancellationToken ct) =>
        await disable.RunAsync(HttpContext.Administrator(), scheme, enabled, ct) ? Notice(scheme, enabled ? "providers.enabled_now" : "providers.disabled_now") : NotFound();

    /// <summary>Looks whether one answers as it should, and says what is wrong.</summary>
    [HttpPost("{scheme}/test")]
    public async Task<IActionResult> Test(string scheme, [FromServices] TestConnection test, CancellationToken ct) =>
        await FindAsync(scheme, ct) is { } provider ? View("Provider", await PageAsync(provider, await test.RunAsync(provider, ct), ct)) : NotFound();

    // What another tenant owns is not there.
    async Task<Provider?> FindAsync(string scheme, CancellationToken ct) =>
        await providers.FindAsync(scheme, ct) is { } provider && HttpContext.Administrator().LooksAfter(provider.TenantId) ? provider : null;

    async Task<ProviderPage> PageAsync(Provider provider, ConnectionTest? test, CancellationToken ct) =>
        new(provider, await providers.MappingsAsync(provider.IdentityProviderId, ct), settings.CallbackOf(provider.Scheme), settings.Issuer + "/.well-known/openid-configuration/jwks", test);

    StatusCodeResult Notice(string scheme, string textKey)
    {
        TempData["notice"] = textKey;
        return this.SeeOther("/admin/providers/" + scheme);
    }

    async Task<IActionResult> RefuseAsync(ProviderEntry entry, IReadOnlyList<EntryFault> faults, Provider? provider, long tenantId, CancellationToken ct)
    {
        entry.ClientSecret = null;
        ModelState.Clear();
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return await FormAsync(entry, provider, tenantId, ct, faults);
    }

    async Task<ViewResult> FormAsync(ProviderEntry entry, Provider? provider, long tenantId, CancellationToken ct, IReadOnlyList<EntryFault>? faults = null) => View("ProviderForm", new ProviderForm(
        entry, provider, await providers.GrantableRolesAsync(tenantId, ct), HttpContext.Administrator().IsOfInstallation && provider is null ? await tenants.ListAsync(ct) : [], faults ?? []));

    async Task<ProviderEntry> EntryAsync(Provider provider, CancellationToken ct) => new()
    {
        DisplayName = provider.DisplayName,
        DisplayNameZh = provider.DisplayNameZh,
        Issuer = provider.Issuer,
        ClientId = provider.ClientId,
        TokenEndpointAuthMethod = provider.TokenEndpointAuthMethod,
        Scopes = string.Join(' ', provider.Scopes),
        Provisions = provider.Provisions,
        DefaultRole = provider.DefaultRole,
        RoleClaim = provider.RoleClaim,
        DirectoryClaim = provider.DirectoryClaim,
        CountsAsTwoFactors = provider.CountsAsTwoFactors,
        RoleMappings = string.Join('\n', (await providers.MappingsAsync(provider.IdentityProviderId, ct)).Select(mapping => $"{mapping.ClaimValue} = {mapping.Role}")),
    };
}

/// <summary>The list.</summary>
sealed record ProviderList(string? Words, IReadOnlyList<Provider> Providers);

/// <summary>One provider, with what has to be written down on the other side.</summary>
/// <param name="Provider">It.</param>
/// <param name="Mappings">Where its role claim leads.</param>
/// <param name="Callback">The redirect address it has to know.</param>
/// <param name="Keys">Where it finds our keys.</param>
/// <param name="Test">What a test has just found.</param>
sealed record ProviderPage(Provider Provider, IReadOnlyList<RoleMapping> Mappings, string Callback, string Keys, ConnectionTest? Test);

/// <summary>The form.</summary>
/// <param name="Entry">What stands in it.</param>
/// <param name="Provider">Which is changed; null: a new one.</param>
/// <param name="Roles">Those that can be chosen.</param>
/// <param name="Tenants">Those that can be chosen; none for whoever has only one.</param>
/// <param name="Faults">What was refused.</param>
sealed record ProviderForm(ProviderEntry Entry, Provider? Provider, IReadOnlyList<string> Roles, IReadOnlyList<Tenant> Tenants, IReadOnlyList<EntryFault> Faults)
{
    /// <summary>What is wrong with a field; a text key or null.</summary>
    public string? FaultOf(string field) => Faults.FirstOrDefault(fault => fault.Field == field)?.TextKey;
}
