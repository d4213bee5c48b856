using System.Text.Json.Serialization;
using Platform.Web;
using Portal.Matching;

namespace Portal.Customers;

/// <summary>An end customer as somebody typed it: on the form, through the API or in a file.</summary>
public sealed record NewCustomer
{
    /// <summary>The partner it belongs to; null for the company of whoever is at work (for the product itself: the brand).</summary>
    public long? PartnerId { get; init; }

    /// <summary>The name, in the script it is registered in.</summary>
    public string? Name { get; init; }

    /// <summary>Other spellings and scripts: the English name, the trade name, a former name.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>Further names, each with its kind (<see cref="NameKind"/>).</summary>
    public IReadOnlyList<CustomerName> Names { get; init; } = [];

    /// <summary>The country, two letters.</summary>
    public string? CountryCode { get; init; }

    /// <summary>The state or province.</summary>
    public string? State { get; init; }

    /// <summary>The city.</summary>
    public string? City { get; init; }

    /// <summary>The postal code.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Street and house.</summary>
    public string? Address { get; init; }

    /// <summary>统一社会信用代码.</summary>
    public string? CreditCode { get; init; }

    /// <summary>The VAT identification number.</summary>
    public string? VatNumber { get; init; }

    /// <summary>The D-U-N-S number.</summary>
    public string? Duns { get; init; }

    /// <summary>The website, or its domain.</summary>
    public string? Domain { get; init; }

    /// <summary>A telephone number.</summary>
    public string? Phone { get; init; }

    /// <summary>The brand serves it itself; of the brand's own customers only.</summary>
    public bool DirectAccount { get; init; }

    /// <summary>The same in the form that is stored, and what is wrong with it.</summary>
    public (CustomerDetails Details, IReadOnlyList<FieldProblem> Problems) Check()
    {
        var problems = new List<FieldProblem>();
        var others = Others();
        var country = Text(CountryCode)?.ToUpperInvariant();
        var details = new CustomerDetails(
            Name: Named("name", Name, problems) ?? "",
            OtherNames: [.. others.Take(10).Select(other => other.Name!)],
            OtherNameKinds: [.. others.Take(10).Select(other => other.Kind ?? "other")],
            CountryCode: country ?? "",
            State: Short("state", State, problems),
            City: Short("city", City, problems),
            PostalCode: Short("postalCode", PostalCode, problems),
            Address: Short("address", Address, problems, 400),
            CreditCode: Known("creditCode", CreditCode, Identifiers.CreditCode(CreditCode), problems),
            VatNumber: Known("vatNumber", VatNumber, Identifiers.VatNumber(VatNumber), problems),
            Duns: Known("duns", Duns, Identifiers.Duns(Duns), problems),
            Domain: Known("domain", Domain, Identifiers.Domain(Domain), problems),
            Phone: Known("phone", Phone, Identifiers.Phone(Phone, country ?? ""), problems),
            DirectAccount: DirectAccount);
        if (country is not { Length: 2 } || !country.All(char.IsAsciiLetterUpper))
        {
            problems.Add(new("countryCode", "customers.invalid.country_code"));
        }

        if (Names.Any(name => Text(name.Name) is not null && !NameKind.All.Contains(name.Kind ?? "other", StringComparer.Ordinal)))
        {
            problems.Add(new("names", "customers.invalid.name_kind", string.Join(", ", NameKind.All)));
        }

        if (others.Count > 10 || others.Exists(other => other.Name!.Length > 200))
        {
            problems.Add(new("otherNames", "customers.invalid.other_names"));
        }

        return (details, problems);
    }

    // The same name said twice is kept once, with the kind that was given to it.
    List<CustomerName> Others() =>
        [.. Names.Concat(OtherNames.Select(name => new CustomerName(name, null))).Select(name => new CustomerName(Text(name.Name), NameKind.All.Contains(name.Kind, StringComparer.Ordinal) ? name.Kind : null))
            .Where(name => name.Name is not null).DistinctBy(name => name.Name, StringComparer.Ordinal)];

    // A name is at least one letter or digit: "—" and "🙂" match nothing and would be nobody.
    static string? Named(string field, string? typed, List<FieldProblem> problems)
    {
        var name = Text(typed);
        if (name is null || CompanyName.Parse(name).Core.Length == 0)
        {
            problems.Add(new(field, "customers.invalid.name"));
            return null;
        }

        return Short(field, name, problems);
    }

    static string? Short(string field, string? typed, List<FieldProblem> problems, int longest = 200)
    {
        var text = Text(typed);
        if (text?.Length > longest)
        {
            problems.Add(new(field, "customers.invalid.too_long", longest));
            return null;
        }

        return text;
    }

    static string? Known(string field, string? typed, string? found, List<FieldProblem> problems)
    {
        if (Text(typed) is not null && found is null)
        {
            problems.Add(new(field, "customers.invalid." + Snake(field)));
        }

        return Text(typed) is null ? null : found;
    }

    static string Snake(string field) => string.Concat(field.Select(letter => char.IsUpper(letter) ? "_" + char.ToLowerInvariant(letter) : letter.ToString()));

    // Control characters and NUL have no place in a name and PostgreSQL refuses the latter.
    static string? Text(string? typed)
    {
        var text = typed is null ? "" : string.Concat(typed.Where(character => !char.IsControl(character) || character == ' ')).Trim();
        return text.Length == 0 ? null : text;
    }
}

/// <summary>An end customer in the form that is stored: identifiers normalised, empty texts null.</summary>
public sealed record CustomerDetails(
    string Name, IReadOnlyList<string> OtherNames, IReadOnlyList<string> OtherNameKinds, string CountryCode, string? State, string? City, string? PostalCode, string? Address,
    string? CreditCode, string? VatNumber, string? Duns, string? Domain, string? Phone, bool DirectAccount)
{
    CompanyProfile? profile;

    /// <summary>The names it had before.</summary>
    public IReadOnlyList<string> FormerNames { get; init; } = [];

    /// <summary>What the matcher looks at.</summary>
    [JsonIgnore]
    public CompanyProfile Profile => profile ??= new([Name, .. OtherNames, .. FormerNames], CountryCode, City, Address, CreditCode, VatNumber, Duns, Domain, Phone);

    /// <summary>The same customer with the names it had: those of before, and the present one where it is given up. A name it takes up again stays among them.</summary>
    public CustomerDetails Remembering(IEnumerable<string> formerNames, string presentName) =>
        new(Name, OtherNames, OtherNameKinds, CountryCode, State, City, PostalCode, Address, CreditCode, VatNumber, Duns, Domain, Phone, DirectAccount)
        {
            FormerNames = [.. formerNames.Concat(string.Equals(presentName, Name, StringComparison.Ordinal) ? [] : [presentName]).Distinct(StringComparer.Ordinal)],
        };

    /// <summary>Is this one of its names, but for legal form and place?</summary>
    public bool IsCalled(string core) => Profile.ParsedNames.Any(name => string.Equals(name.Core, core, StringComparison.Ordinal));

    /// <summary>What it is found by.</summary>
    [JsonIgnore]
    public IReadOnlyList<MatchKey> Keys => Profile.Keys;
}
