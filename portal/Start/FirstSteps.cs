using Portal.Web;
using Portal.Web.Layout;

namespace Portal.Start;

/// <summary>What a person of some role most often comes to do; offered where nothing waits.</summary>
static class FirstSteps
{
    static readonly (string Role, FirstStep Step)[] All =
    [
        ("sales", new("start.step.register_deal", "/deals/new", "file-certificate")),
        ("sales", new("start.step.new_quote", "/quotes/new", "file-invoice")),
        ("purchasing", new("start.step.new_order", "/orders/new", "shopping-cart")),
        ("purchasing", new("start.step.stock", "/stock", "packages")),
        ("partner_admin", new("start.step.people", "/people", "users")),
        ("deal_desk", new("start.step.deals", "/deals", "file-certificate")),
        ("channel_manager", new("start.step.partners", "/partners", "sitemap")),
        ("channel_manager", new("start.step.kpis", "/kpis", "chart-bar")),
        ("finance", new("start.step.orders", "/orders", "shopping-cart")),
        ("brand_admin", new("start.step.import", "/imports", "file-import")),
        ("brand_admin", new("start.step.partners", "/partners", "sitemap")),
        ("viewer", new("start.step.catalog", "/catalog", "category")),
    ];

    public static IReadOnlyList<FirstStep> For(ICurrentPerson person, Navigation navigation) =>
        [.. All.Where(entry => person.Has(entry.Role)).Select(entry => entry.Step).Where(step => navigation.Leads(step.Link)).Distinct()];
}

/// <summary>One thing to do.</summary>
/// <param name="TextKey">What.</param>
/// <param name="Link">Where.</param>
/// <param name="Icon">An icon.</param>
public sealed record FirstStep(string TextKey, string Link, string Icon);
