using Portal.Web;

namespace Portal.Imports;

/// <summary>
/// Who may import what: the brand's admins and channel managers every kind but registrations, which partners enter for themselves and the brand decides on, and payments, which whoever keeps the
/// books enters (finance, the brand's admins); its deal desk leads; a partner's admin its customers, registrations and payments, its sales people registrations. The database says the same (<c>app_may_import</c>) to every row that is written.
/// </summary>
public static class ImportRights
{
    /// <summary>The kinds this person may import, in order; none for most.</summary>
    public static IReadOnlyList<ImportKind> KindsFor(ICurrentPerson person) => KindsFor(person.IsBrand, person.Roles);

    /// <summary>True when this person may import files of that kind.</summary>
    public static bool MayImport(ICurrentPerson person, string kind) => KindsFor(person).Any(allowed => allowed.Code == kind);

    internal static IReadOnlyList<ImportKind> KindsFor(bool isBrand, IReadOnlyCollection<string> roles) => [.. ImportKind.All.Where(kind => roles.Any(role => MayImport(kind, isBrand, role)))];

    static bool MayImport(ImportKind kind, bool isBrand, string role) => (kind.Code, isBrand, role) switch
    {
        ("payments", true, _) => role is "brand_admin" or "finance",
        ("leads", true, "deal_desk") => true,
        (_, true, _) => !kind.IsOfPartnersOnly && role is ("brand_admin" or "channel_manager"),
        ("customers" or "payments", false, _) => role is "partner_admin",
        ("deals", false, _) => role is "partner_admin" or "sales",
        _ => false,
    };
}
