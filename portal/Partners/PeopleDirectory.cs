using Platform.Database;
using Portal.Web;

namespace Portal.Partners;

/// <summary>Tells the web shell who is at work: the person of the scope's caller with company and roles, in one statement.</summary>
sealed class PeopleDirectory(Db db) : IPeopleDirectory
{
    public async Task<KnownPerson?> FindCurrentAsync(CancellationToken ct)
    {
        // Where enter() found nobody (a stranger, somebody disabled, a suspended company) app_person_id() is null and no row comes.
        var row = await db.FindAsync<Row>("""
            select p.person_id, p.number as person_number, p.name, b.partner_id, b.number as partner_number, b.name as partner_name, b.name_latin as partner_name_latin, b.partner_type,
                   b.currency, p.language, coalesce(p.time_zone, b.time_zone) as time_zone, p.theme, p.keys_off,
                   array(select r.role from person_role r where r.person_id = p.person_id) as roles
            from person p
            join partner b on b.partner_id = p.partner_id
            where p.person_id = app_person_id()
            """, null, ct);
        return row is null ? null : new(row.PersonId, row.PersonNumber, row.Name, row.PartnerId, row.PartnerNumber, row.PartnerName, row.PartnerNameLatin, row.PartnerType,
            row.Currency, row.Roles.ToHashSet(StringComparer.Ordinal), row.Language, row.TimeZone, row.Theme, !row.KeysOff);
    }

    sealed record Row
    {
        public long PersonId { get; init; }
        public string PersonNumber { get; init; } = "";
        public string Name { get; init; } = "";
        public long PartnerId { get; init; }
        public string PartnerNumber { get; init; } = "";
        public string PartnerName { get; init; } = "";
        public string? PartnerNameLatin { get; init; }
        public string PartnerType { get; init; } = "";
        public string Currency { get; init; } = "";
        public string? Language { get; init; }
        public string TimeZone { get; init; } = "";
        public string? Theme { get; init; }
        public bool KeysOff { get; init; }
        public string[] Roles { get; init; } = [];
    }
}
