using System.Globalization;
using Platform.Texts;
using Platform.Web;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Partners;

/// <summary>What people, programs and files say about a company. Nothing in it is trusted until <see cref="Flaws"/> has looked at it.</summary>
public sealed record PartnerFacts
{
    /// <summary>The company's name in its own script.</summary>
    public string? Name { get; init; }

    /// <summary>The name in Latin letters, for readers of English.</summary>
    public string? NameLatin { get; init; }

    /// <summary>What the brand's own systems call it; unique where given, and what files refer to.</summary>
    public string? Code { get; init; }

    /// <summary>One of <see cref="PartnerWords.Types"/>.</summary>
    public string? PartnerType { get; init; }

    /// <summary>One of <see cref="PartnerWords.Levels"/>; registered where nothing is said.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The code of its territory.</summary>
    public string? Territory { get; init; }

    /// <summary>ISO 3166, two letters.</summary>
    public string? CountryCode { get; init; }

    /// <summary>State or province.</summary>
    public string? State { get; init; }

    /// <summary>City.</summary>
    public string? City { get; init; }

    /// <summary>Postal code.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Street and number.</summary>
    public string? Address { get; init; }

    /// <summary>Telephone.</summary>
    public string? Phone { get; init; }

    /// <summary>ISO 4217: what it buys in.</summary>
    public string? Currency { get; init; }

    /// <summary>Its language: en or zh-CN.</summary>
    public string? Language { get; init; }

    /// <summary>Its time zone, IANA.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Sales in a year, in its currency.</summary>
    public decimal? AnnualSales { get; init; }

    /// <summary>People employed.</summary>
    public int? Employees { get; init; }

    /// <summary>The year it was founded.</summary>
    public int? YearOpened { get; init; }

    /// <summary>The facts with white space trimmed, empty texts gone and codes in capitals, as they are stored.</summary>
    public PartnerFacts Tidied() => this with
    {
        Name = Typed.Trimmed(Name), NameLatin = Typed.Trimmed(NameLatin), Code = Typed.Trimmed(Code), PartnerType = Typed.Trimmed(PartnerType), PartnerLevel = Typed.Trimmed(PartnerLevel) ?? "registered",
        Territory = Typed.Trimmed(Territory), CountryCode = Typed.Trimmed(CountryCode)?.ToUpperInvariant(), State = Typed.Trimmed(State), City = Typed.Trimmed(City), PostalCode = Typed.Trimmed(PostalCode),
        Address = Typed.Trimmed(Address), Phone = Typed.Trimmed(Phone), Currency = Typed.Trimmed(Currency)?.ToUpperInvariant(), Language = Typed.Trimmed(Language) ?? "en", TimeZone = Typed.Trimmed(TimeZone) ?? "Etc/UTC",
    };

    /// <summary>What is wrong with them, by field; call <see cref="Tidied"/> first.</summary>
    public IEnumerable<FieldProblem> Flaws()
    {
        if (Name is null)
        {
            yield return new(nameof(Name), "partners.refused.name_missing");
        }

        if (PartnerType is null || !PartnerWords.Types.Contains(PartnerType, StringComparer.Ordinal))
        {
            yield return new(nameof(PartnerType), "partners.refused.type_unknown", PartnerType ?? "");
        }

        if (!PartnerWords.Levels.Contains(PartnerLevel, StringComparer.Ordinal))
        {
            yield return new(nameof(PartnerLevel), "partners.refused.level_unknown", PartnerLevel ?? "");
        }

        if (CountryCode is not [>= 'A' and <= 'Z', >= 'A' and <= 'Z'])
        {
            yield return new(nameof(CountryCode), "partners.refused.country_not_two_letters");
        }

        if (!Currencies.IsKnown(Currency))
        {
            yield return new(nameof(Currency), "partners.refused.currency_unknown", Currency ?? "");
        }

        if (!TextBook.Languages.Contains(Language, StringComparer.Ordinal))
        {
            yield return new(nameof(Language), "partners.refused.language_unknown", Language ?? "");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone ?? "", out var zone) || !zone.HasIanaId)
        {
            yield return new(nameof(TimeZone), "partners.refused.time_zone_unknown", TimeZone ?? "");
        }

        if (AnnualSales is < 0 or >= 1e16m)
        {
            yield return new(nameof(AnnualSales), "partners.refused.not_negative");
        }

        if (Employees is < 0)
        {
            yield return new(nameof(Employees), "partners.refused.not_negative");
        }

        if (YearOpened is < 1000 or > 9999)
        {
            yield return new(nameof(YearOpened), "partners.refused.year_of_four_digits");
        }

        foreach (var (field, text) in Texts().Where(text => text.Value is { Length: > LongestText }))
        {
            yield return new(field, "partners.refused.too_long", LongestText.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var (field, text) in Texts().Where(text => text.Value?.Any(char.IsControl) == true))
        {
            yield return new(field, "partners.refused.control_characters");
        }
    }

    const int LongestText = 200;

    IEnumerable<KeyValuePair<string, string?>> Texts() =>
    [
        new(nameof(Name), Name), new(nameof(NameLatin), NameLatin), new(nameof(Code), Code), new(nameof(Territory), Territory), new(nameof(State), State),
        new(nameof(City), City), new(nameof(PostalCode), PostalCode), new(nameof(Address), Address), new(nameof(Phone), Phone),
    ];
}
