namespace Identity.Administration;

/// <summary>One page of the administration that the menu leads to.</summary>
/// <param name="Key">Its texts are <c>administration.menu.KEY</c> and <c>administration.about.KEY</c>.</param>
/// <param name="Path">Where it is.</param>
/// <param name="For">Who sees it; the page's own <see cref="AudienceAttribute"/> decides who may open it.</param>
sealed record MenuItem(string Key, string Path, Administrators For);

/// <summary>What the menu of the administration leads to, in its order. A page of another folder is added here.</summary>
static class AdministrationMenu
{
    static readonly MenuItem[] Items =
    [
        new("people", "/admin/people", Administrators.Tenant),
        new("clients", "/admin/clients", Administrators.Tenant),
        new("apis", "/admin/apis", Administrators.Installation),
        new("sessions", "/admin/sessions", Administrators.Tenant),
        new("directory", "/admin/directory", Administrators.Tenant),
        new("company", "/admin/company", Administrators.Tenant),
        new("tenants", "/admin/tenants", Administrators.Installation),
        new("providers", "/admin/providers", Administrators.Tenant),
        new("domains", "/admin/domains", Administrators.Tenant),
        new("keys", "/admin/keys", Administrators.Installation),
        new("audit", "/admin/audit", Administrators.Tenant),
        new("report", "/admin/report", Administrators.Installation),
    ];

    /// <summary>The items for that administrator.</summary>
    public static IEnumerable<MenuItem> For(Administrator administrator) => Items.Where(item => item.For is Administrators.Tenant || administrator.IsOfInstallation);
}
