using Platform.Database;
using Support;

namespace Portal.Tests.Partners.Arrivals;

/// <summary>Companies and rows, for tests of whoever the identity provider sends.</summary>
static class ArrivingPeople
{
    /// <summary>A distributor of that code, and nobody in it.</summary>
    public static async Task<TestPartner> ACompany(this PortalApp portal, string? code, string type = "distributor")
    {
        var partner = type == "brand" ? await portal.Given.TheBrand() : await portal.Given.APartner("Company " + (code ?? "X"), type);
        await portal.Database.ExecuteAsync("update partner set code = @code where partner_id = @PartnerId", new { code, partner.PartnerId });
        return partner;
    }

    /// <summary>Suspends a company.</summary>
    public static Task<int> Suspend(this PortalApp portal, TestPartner partner) =>
        portal.Database.ExecuteAsync("update partner set status = 'suspended' where partner_id = @PartnerId", new { partner.PartnerId });

    /// <summary>What the portal has of a subject: kind, company, roles, and where these come from; empty for a stranger.</summary>
    public static Task<List<string>> RowsOf(this PortalApp portal, string subject) => portal.Database.ListAsync<string>("""
        select concat_ws(' ', p.kind, coalesce(b.code, b.number), array_to_string(array(select r.role from person_role r where r.person_id = p.person_id order by r.role), ','), p.roles_from)
        from person p join partner b using (partner_id)
        where p.subject = @subject
        """, new { subject });

    /// <summary>What the audit has of a subject, oldest first.</summary>
    public static Task<List<string>> AuditOf(this PortalApp portal, string subject) => portal.Database.ListAsync<string>("""
        select e.action from audit_entry e join person p on p.number = e.subject_number where e.subject_kind = 'person' and p.subject = @subject order by e.audit_entry_id
        """, new { subject });
}
