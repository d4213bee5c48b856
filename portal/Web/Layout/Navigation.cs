using Microsoft.AspNetCore.Routing;

namespace Portal.Web.Layout;

/// <summary>
/// The way through the portal: every page that stands in the menu, the roles that see it, in the order in which it is shown. What a
/// role may do is decided by the pages themselves; this only spares people doors that are closed to them.
/// </summary>
public sealed class Navigation(EndpointDataSource endpoints)
{
    static readonly string[] Brand = ["brand_admin", "channel_manager", "deal_desk", "finance"];
    static readonly string[] Partner = ["partner_admin", "sales", "purchasing", "viewer"];
    static readonly string[] Everybody = [.. Brand, .. Partner];

    static readonly Section[] All =
    [
        new(null,
        [
            new("/", "home", "web.nav.start", Everybody),
        ]),
        new("web.nav.selling",
        [
            new("/deals", "file-certificate", "web.nav.deals", ["brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "viewer"]),
            new("/disputes", "gavel", "web.nav.disputes", ["brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "viewer"]),
            new("/leads", "target-arrow", "web.nav.leads", ["brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "viewer"]),
            new("/pipeline", "layout-kanban", "web.nav.pipeline", ["brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "viewer"]),
            new("/configure", "puzzle", "web.nav.configure", ["brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "purchasing"]),
            new("/quotes", "file-invoice", "web.nav.quotes", ["brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "viewer"]),
            new("/subscriptions", "repeat", "web.nav.subscriptions", ["brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "purchasing", "viewer"]),
            new("/customers", "building", "web.nav.customers", ["brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "viewer"]),
        ]),
        new("web.nav.supply",
        [
            new("/worklists", "checklist", "web.nav.worklists", ["brand_admin", "channel_manager", "finance", "partner_admin", "sales", "purchasing"]),
            new("/buy", "basket", "web.nav.buy", Partner),
            new("/orders", "shopping-cart", "web.nav.orders", ["brand_admin", "channel_manager", "finance", .. Partner]),
            new("/deliveries", "calendar-event", "web.nav.deliveries", ["brand_admin", "channel_manager", "finance", .. Partner]),
            new("/stock", "packages", "web.nav.stock", ["brand_admin", "channel_manager", "partner_admin", "sales", "purchasing", "viewer"]),
            new("/receivables", "file-invoice", "web.nav.receivables", ["brand_admin", "channel_manager", "finance", "partner_admin", "sales", "purchasing"]),
            new("/catalog", "category", "web.nav.catalog", Everybody),
            new("/prices", "tags", "web.nav.prices", ["brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "purchasing"]),
        ]),
        new("web.nav.insight",
        [
            new("/alerts", "bell-ringing", "web.nav.alerts", Everybody),
            new("/kpis", "chart-bar", "web.nav.kpis", ["brand_admin", "channel_manager", "finance", "partner_admin", "sales", "viewer"]),
            new("/analysis", "report-analytics", "web.nav.analysis", ["brand_admin", "channel_manager", "finance", "deal_desk", "partner_admin", "sales"]),
        ]),
        new("web.nav.administration",
        [
            new("/partners", "sitemap", "web.nav.partners", [.. Brand, "partner_admin", "sales"]),
            new("/people", "users", "web.nav.people", ["brand_admin", "partner_admin"]),
            new("/quote-templates", "palette", "web.nav.quote_templates", ["brand_admin", "partner_admin"]),
            new("/imports", "file-import", "web.nav.imports", ["brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales"]),
            new("/webhooks", "webhook", "web.nav.webhooks", ["brand_admin", "partner_admin"]),
            new("/audit", "history", "web.nav.audit", ["brand_admin", "finance", "partner_admin"]),
        ]),
    ];

    readonly Lazy<HashSet<string>> addresses = new(() => endpoints.Endpoints.OfType<RouteEndpoint>()
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/')).ToHashSet(StringComparer.OrdinalIgnoreCase));

    /// <summary>The sections that a person sees; a page that no feature serves yet is left out.</summary>
    public IReadOnlyList<Section> For(ICurrentPerson person) =>
        [.. All.Select(section => section with { Pages = [.. section.Pages.Where(page => person.Has(page.Roles) && Leads(page.Path))] })
            .Where(section => section.Pages.Count > 0)];

    /// <summary>True when some page answers at the address.</summary>
    public bool Leads(string path) => addresses.Value.Contains(path);

    /// <summary>Pages that belong together.</summary>
    /// <param name="TextKey">The heading's text key; none for the first section.</param>
    /// <param name="Pages">The pages.</param>
    public sealed record Section(string? TextKey, IReadOnlyList<Page> Pages);

    /// <summary>One page in the menu.</summary>
    /// <param name="Path">Its address.</param>
    /// <param name="Icon">Its icon.</param>
    /// <param name="TextKey">Its name's text key.</param>
    /// <param name="Roles">Who sees it.</param>
    public sealed record Page(string Path, string Icon, string TextKey, IReadOnlyList<string> Roles)
    {
        /// <summary>True when the address is this page or one below it.</summary>
        public bool Holds(PathString address) => Path.Length == 1 ? address.Value is "/" or "" : address.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase);
    }
}
