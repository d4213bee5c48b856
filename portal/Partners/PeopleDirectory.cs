using Platform.Database;
using Portal.Web;

namespace Portal.Partners;

/// <summary>Tells the web shell who is at work: the person of the scope's caller with company and roles, in one statement.</summary>
sealed class PeopleDirectory(Db db) : IPeopleDirectory
{
    public async Task<KnownPerson?> FindCurrentAsync(CancellationToken ct)
    {
        // A stranger, somebody disabled, a suspended company: no row, as enter() lets nobody of them in.
        var row = await db.FindWithoutEnteringAsync<Row>("select * from person_calling(@entering_issuer, @entering_subject)", ct);
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
