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

    internal static IReadOnlyList<ImportKind> KindsFor(bool isBrand, IReadOnlyCollection<string> roles) => (isBrand, roles) switch
    {
        (true, _) when roles.Any(role => role is "brand_admin" or "channel_manager") => [.. ImportKind.All.Where(kind => !kind.IsOfPartnersOnly && (kind.Code is not "payments" || roles.Any(role => role is "brand_admin" or "finance")))],
        (true, _) when roles.Contains("deal_desk", StringComparer.Ordinal) => roles.Contains("finance", StringComparer.Ordinal) ? [ImportKind.Of("leads"), ImportKind.Of("payments")] : [ImportKind.Of("leads")],
        (true, _) when roles.Contains("finance", StringComparer.Ordinal) => [ImportKind.Of("payments")],
        (false, _) when roles.Contains("partner_admin", StringComparer.Ordinal) => [ImportKind.Of("customers"), ImportKind.Of("deals"), ImportKind.Of("payments")],
        (false, _) when roles.Contains("sales", StringComparer.Ordinal) => [ImportKind.Of("deals")],
        _ => [],
    };
}
