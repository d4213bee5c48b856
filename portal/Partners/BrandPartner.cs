using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Partners;

/// <summary>
/// The brand itself, the root of the tree. It is made when it is first needed (the first person of a new installation, an import into an
/// empty database) from the settings <c>Brand:Name</c>, <c>Brand:NameLatin</c>, <c>Brand:Country</c>, <c>Brand:Currency</c>,
/// <c>Brand:Language</c> and <c>Brand:TimeZone</c>. Its code is the one by which identity knows the operator's people.
/// </summary>
public sealed class BrandPartner(Db db, AuditTrail audit, IConfiguration settings, TimeProvider clock)
{
    /// <summary>The brand's number; makes the brand when there is none.</summary>
    /// <exception cref="InvalidOperationException">The settings make no company; the message names them.</exception>
    public Task<string> EnsureAsync(CancellationToken ct) => EnsureAsync(null, null, ct);

    /// <summary>The same, with what is known about country and currency where the settings do not say.</summary>
    public Task<string> EnsureAsync(string? country, string? currency, CancellationToken ct) => db.InTransactionAsync(async () =>
        await db.FindAsync<string>("select number from partner where partner_type = 'brand'", null, ct) ?? await MakeAsync(country, currency, ct), ct);

    async Task<string> MakeAsync(string? country, string? currency, CancellationToken ct)
    {
        var facts = new PartnerFacts
        {
            Name = BrandName.Of(settings), Code = BrandName.KeyOf(BrandName.Of(settings)).ToUpperInvariant(), NameLatin = settings["Brand:NameLatin"], PartnerType = "brand", PartnerLevel = "platinum",
            CountryCode = settings["Brand:Country"] ?? country ?? "CN", Currency = settings["Brand:Currency"] ?? currency ?? "CNY", Language = settings["Brand:Language"], TimeZone = settings["Brand:TimeZone"],
        }.Tidied();
        if (facts.Flaws().Where(flaw => flaw.Field is not nameof(PartnerFacts.PartnerType)).Select(flaw => flaw.Field).ToList() is { Count: > 0 } wrong)
        {
            throw new InvalidOperationException($"The settings of the brand cannot be used: {string.Join(", ", wrong.Select(field => "Brand:" + field))}.");
        }

        var number = PublicNumber.New("P");
        var partnerId = await db.OneAsync<long>("""
            insert into partner (number, code, name, name_latin, partner_type, partner_level, country_code, currency, language, time_zone, created_at)
            values (@number, @Code, @Name, @NameLatin, 'brand', @PartnerLevel, @CountryCode, @Currency, @Language, @TimeZone, @now)
            returning partner_id
            """, new { number, facts.Code, facts.Name, facts.NameLatin, facts.PartnerLevel, facts.CountryCode, facts.Currency, facts.Language, facts.TimeZone, now = clock.GetUtcNow().UtcDateTime }, ct);
        await audit.RecordAsync("partner.added", "partner", number, partnerId, new { facts }, ct);
        return number;
    }
}
