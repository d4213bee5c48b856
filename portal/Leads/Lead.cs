using Platform.Web;
using Portal.Deals;

namespace Portal.Leads;

/// <summary>A lead as its page and the API show it to the brand and to the partner that holds it.</summary>
public sealed class Lead
{
    /// <summary>The key; never leaves the server.</summary>
    public long LeadId { get; init; }

    /// <summary>The number.</summary>
    public string Number { get; init; } = "";

    /// <summary>One of <see cref="LeadLifecycle.States"/>.</summary>
    public string Status { get; init; } = "";

    /// <summary>The company that showed interest.</summary>
    public string Company { get; init; } = "";

    /// <summary>Its country.</summary>
    public string CountryCode { get; init; } = "";

    /// <summary>Its state or province.</summary>
    public string? State { get; init; }

    /// <summary>Its city.</summary>
    public string? City { get; init; }

    /// <summary>Its address.</summary>
    public string? Address { get; init; }

    /// <summary>统一社会信用代码.</summary>
    public string? CreditCode { get; init; }

    /// <summary>The VAT number.</summary>
    public string? VatNumber { get; init; }

    /// <summary>The domain.</summary>
    public string? Domain { get; init; }

    /// <summary>The telephone.</summary>
    public string? Phone { get; init; }

    /// <summary>The contact.</summary>
    public string? ContactName { get; init; }

    /// <summary>The contact's mail address.</summary>
    public string? ContactEmail { get; init; }

    /// <summary>The contact's telephone.</summary>
    public string? ContactPhone { get; init; }

    /// <summary>What it needs.</summary>
    public string? Need { get; init; }

    /// <summary>The same in words that do not say who it is, for the pool.</summary>
    public string? Teaser { get; init; }

    /// <summary>The territory's code.</summary>
    public string Territory { get; init; } = "";

    /// <summary>The territory's name in English.</summary>
    public string TerritoryName { get; init; } = "";

    /// <summary>The territory's name in Chinese.</summary>
    public string TerritoryNameZh { get; init; } = "";

    /// <summary>The codes of the product lines.</summary>
    public string[] LineCodes { get; init; } = [];

    /// <summary>Their names in English.</summary>
    public string[] LineNames { get; init; } = [];

    /// <summary>Their names in Chinese.</summary>
    public string[] LineNamesZh { get; init; } = [];

    /// <summary>What it may be worth.</summary>
    public decimal? Amount { get; init; }

    /// <summary>In this currency.</summary>
    public string? Currency { get; init; }

    /// <summary>Where it comes from: a fair, the website.</summary>
    public string? Source { get; init; }

    /// <summary>In the pool: the level that is needed to take it.</summary>
    public string? PoolLevel { get; init; }

    /// <summary>Who holds it; never leaves the server.</summary>
    public long? PartnerId { get; init; }

    /// <summary>The number of the partner that holds it.</summary>
    public string? PartnerNumber { get; init; }

    /// <summary>Its name.</summary>
    public string? PartnerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>When it was offered.</summary>
    public DateTime? OfferedAt { get; init; }

    /// <summary>The moment by which the partner answers.</summary>
    public DateTime? AnswerBy { get; init; }

    /// <summary>The deal it became.</summary>
    public string? DealNumber { get; init; }

    /// <summary>When it was entered.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTime UpdatedAt { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Version { get; init; }

    /// <summary>The territory in the reader's language.</summary>
    public string TerritoryShown => Languages.Current is "zh-CN" ? TerritoryNameZh : TerritoryName;

    /// <summary>The product lines in the reader's language.</summary>
    public string LinesShown => Languages.Current is "zh-CN" ? string.Join('、', LineNamesZh) : string.Join(", ", LineNames);

    /// <summary>The company as it would be registered.</summary>
    internal Customers.NewCustomer Customer => new() { Name = Company, CountryCode = CountryCode, State = State, City = City, Address = Address, CreditCode = CreditCode, VatNumber = VatNumber, Domain = Domain, Phone = Phone };

    /// <summary>Who is at work: the brand?</summary>
    internal bool CallerIsBrand { get; init; }

    /// <summary>Who is at work: its roles, from the tables.</summary>
    internal string[] CallerRoles { get; init; } = [];

    /// <summary>May whoever is at work do that now?</summary>
    internal bool Allows(string act) => LeadLifecycle.Allows(act, Status, CallerIsBrand, CallerRoles.ToHashSet(StringComparer.Ordinal));
}

/// <summary>A lead in the pool: what a partner may know before it takes it.</summary>
public sealed class PoolLead
{
    /// <summary>The number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The territory's code.</summary>
    public string Territory { get; init; } = "";

    /// <summary>Its name in English.</summary>
    public string TerritoryName { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string TerritoryNameZh { get; init; } = "";

    /// <summary>The country.</summary>
    public string CountryCode { get; init; } = "";

    /// <summary>The city.</summary>
    public string? City { get; init; }

    /// <summary>The codes of the product lines.</summary>
    public string[] LineCodes { get; init; } = [];

    /// <summary>Their names in English.</summary>
    public string[] LineNames { get; init; } = [];

    /// <summary>Their names in Chinese.</summary>
    public string[] LineNamesZh { get; init; } = [];

    /// <summary>It may be worth this much or more.</summary>
    public decimal? AmountFrom { get; init; }

    /// <summary>And less than this.</summary>
    public decimal? AmountUntil { get; init; }

    /// <summary>In this currency.</summary>
    public string? Currency { get; init; }

    /// <summary>What the brand says of it.</summary>
    public string? Teaser { get; init; }

    /// <summary>Since when it can be taken.</summary>
    public DateTime Since { get; init; }

    /// <summary>The territory in the reader's language.</summary>
    public string TerritoryShown => Languages.Current is "zh-CN" ? TerritoryNameZh : TerritoryName;

    /// <summary>The product lines in the reader's language.</summary>
    public string LinesShown => Languages.Current is "zh-CN" ? string.Join('、', LineNamesZh) : string.Join(", ", LineNames);
}

/// <summary>A lead as somebody of the brand typed it.</summary>
public sealed record LeadTyped
{
    /// <summary>The company.</summary>
    public string? Company { get; init; }

    /// <summary>Its country.</summary>
    public string? CountryCode { get; init; }

    /// <summary>Its state or province.</summary>
    public string? State { get; init; }

    /// <summary>Its city.</summary>
    public string? City { get; init; }

    /// <summary>Its address.</summary>
    public string? Address { get; init; }

    /// <summary>统一社会信用代码.</summary>
    public string? CreditCode { get; init; }

    /// <summary>The VAT number.</summary>
    public string? VatNumber { get; init; }

    /// <summary>The website.</summary>
    public string? Domain { get; init; }

    /// <summary>The telephone.</summary>
    public string? Phone { get; init; }

    /// <summary>The contact.</summary>
    public string? ContactName { get; init; }

    /// <summary>The contact's mail address.</summary>
    public string? ContactEmail { get; init; }

    /// <summary>The contact's telephone.</summary>
    public string? ContactPhone { get; init; }

    /// <summary>What it needs.</summary>
    public string? Need { get; init; }

    /// <summary>The same without saying who it is.</summary>
    public string? Teaser { get; init; }

    /// <summary>The territory's code.</summary>
    public string? Territory { get; init; }

    /// <summary>The codes of the product lines.</summary>
    public IReadOnlyList<string> ProductLines { get; init; } = [];

    /// <summary>What it may be worth.</summary>
    public decimal? Amount { get; init; }

    /// <summary>In this currency.</summary>
    public string? Currency { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Source { get; init; }

    /// <summary>The company as a customer is checked.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Customers.NewCustomer Customer => new() { Name = Company, CountryCode = CountryCode, State = State, City = City, Address = Address, CreditCode = CreditCode, VatNumber = VatNumber, Domain = Domain, Phone = Phone };

    /// <summary>The company as it is stored, and what is wrong with the lead: nothing may be stored that no partner could register.</summary>
    /// <param name="linesKnown">How many of the product lines there are.</param>
    /// <param name="territoryId">The territory, null where there is none of that code.</param>
    public (Customers.CustomerDetails Company, IReadOnlyList<FieldProblem> Problems) Check(int linesKnown, long? territoryId)
    {
        var (company, wrong) = Customer.Check();
        List<FieldProblem> problems = [.. wrong.Select(problem => problem.Field is "name" ? problem with { Field = "company" } : problem)];
        DealTyped.CheckContact(ContactName, ContactEmail, ContactPhone, Need, problems);
        if (Amount is not null)
        {
            DealTyped.CheckMoney(Amount, Text(Currency)?.ToUpperInvariant(), problems);
        }

        DealTyped.CheckClaim(ProductLines, linesKnown, territoryId, problems);
        Bounded("teaser", Teaser, 500);
        Bounded("source", Source, 100);

        // Somebody pastes the company's name into what everybody of the pool reads.
        if (Text(Teaser) is { } teaser && Text(Company) is { } name && teaser.Contains(name, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add(new("teaser", "leads.invalid.teaser_names"));
        }

        return (company, problems);

        void Bounded(string field, string? value, int most)
        {
            if (Text(value)?.Length > most)
            {
                problems.Add(new(field, "customers.invalid.too_long", most));
            }
        }
    }

    /// <summary>What is left of a text without the space around it; null where nothing is.</summary>
    public static string? Text(string? text) => Portal.Web.Typed.Text(text);
}

/// <summary>Something that was done with a lead.</summary>
public sealed record LeadEvent(string Act, string FromStatus, string ToStatus, string? Reason, bool ByBrand, string? PartnerName, string? Person, DateTime HappenedAt);

/// <summary>How long partners have to answer.</summary>
/// <param name="AnswerDays">So many days.</param>
/// <param name="WarnDays">They are warned so many days before.</param>
/// <param name="Version">How often it was changed.</param>
public sealed record LeadSetting(int AnswerDays, int WarnDays, int Version);
