using Platform.Web;

namespace Portal.Web;

/// <summary>
/// Who is at work in this request, from the portal's own tables (never from the token). Views have it as <c>@Me</c>.
/// Where nobody known is signed in, <see cref="IsKnown"/> is false and the rest is empty.
/// </summary>
public interface ICurrentPerson
{
    /// <summary>False for strangers: not signed in, or signed in but not (or no longer) one of a partner's people.</summary>
    bool IsKnown { get; }

    /// <summary>The key; for SQL only, it never leaves the server.</summary>
    long PersonId { get; }

    /// <summary>The public number, as the audit names the person.</summary>
    string PersonNumber { get; }

    /// <summary>The name to show.</summary>
    string Name { get; }

    /// <summary>The key of the person's company; for the brand's people the brand's.</summary>
    long PartnerId { get; }

    /// <summary>The company's public number.</summary>
    string PartnerNumber { get; }

    /// <summary>The company's name.</summary>
    string PartnerName { get; }

    /// <summary>The company's name in Latin letters, where it has one.</summary>
    string? PartnerNameLatin { get; }

    /// <summary>The company's type: brand, distributor, reseller, store, agent, coworking_operator.</summary>
    string PartnerType { get; }

    /// <summary>True for the brand's own people.</summary>
    bool IsBrand { get; }

    /// <summary>The roles as the tables have them: <c>deal_desk</c>, <c>sales</c>, ...</summary>
    IReadOnlySet<string> Roles { get; }

    /// <summary>The company's currency.</summary>
    string Currency { get; }

    /// <summary>The preferred language, or null where the person never said.</summary>
    string? Language { get; }

    /// <summary>The zone in which the person reads times (IANA); the person's own, else the company's.</summary>
    string TimeZone { get; }

    /// <summary><c>light</c>, <c>dark</c> or null for what the browser prefers.</summary>
    string? Theme { get; }

    /// <summary>Single keys press the page's buttons, where a page has such keys; true unless the person switched them off.</summary>
    bool HasKeys { get; }

    /// <summary>True when the person has at least one of the roles.</summary>
    bool Has(params IReadOnlyList<string> roles) => roles.Any(Roles.Contains);
}

/// <summary>One person with company and roles, as read at the beginning of a request.</summary>
/// <param name="PersonId">The key.</param>
/// <param name="PersonNumber">The public number.</param>
/// <param name="Name">The name.</param>
/// <param name="PartnerId">The company's key.</param>
/// <param name="PartnerNumber">The company's public number.</param>
/// <param name="PartnerName">The company's name.</param>
/// <param name="PartnerNameLatin">The same in Latin letters.</param>
/// <param name="PartnerType">The company's type.</param>
/// <param name="Currency">The company's currency.</param>
/// <param name="Roles">The roles.</param>
/// <param name="Language">The preferred language, if any.</param>
/// <param name="TimeZone">The IANA zone.</param>
/// <param name="Theme">The preferred theme, if any.</param>
/// <param name="HasKeys">Single keys act.</param>
public sealed record KnownPerson(
    long PersonId, string PersonNumber, string Name, long PartnerId, string PartnerNumber, string PartnerName, string? PartnerNameLatin, string PartnerType,
    string Currency, IReadOnlySet<string> Roles, string? Language, string TimeZone, string? Theme, bool HasKeys);

/// <summary>Reads the person on whose behalf the current scope works; the feature that owns people implements it.</summary>
public interface IPeopleDirectory
{
    /// <summary>The person of the scope's caller, or null when it is a stranger or disabled.</summary>
    Task<KnownPerson?> FindCurrentAsync(CancellationToken ct);
}

/// <summary>Holds the person of one request; set once, right after authentication.</summary>
sealed class CurrentPerson : ICurrentPerson
{
    static readonly IReadOnlySet<string> NoRoles = new HashSet<string>(StringComparer.Ordinal);

    public KnownPerson? Known { get; set; }

    /// <summary>What a program is answered that is nobody's; null for all others.</summary>
    public ApiProblem? Refusal { get; set; }

    public bool IsKnown => Known is not null;

    public long PersonId => Known?.PersonId ?? 0;

    public string PersonNumber => Known?.PersonNumber ?? "";

    public string Name => Known?.Name ?? "";

    public long PartnerId => Known?.PartnerId ?? 0;

    public string PartnerNumber => Known?.PartnerNumber ?? "";

    public string PartnerName => Known?.PartnerName ?? "";

    public string? PartnerNameLatin => Known?.PartnerNameLatin;

    public string PartnerType => Known?.PartnerType ?? "";

    public bool IsBrand => string.Equals(Known?.PartnerType, "brand", StringComparison.Ordinal);

    public IReadOnlySet<string> Roles => Known?.Roles ?? NoRoles;

    public string Currency => Known?.Currency ?? "";

    public string? Language => Known?.Language;

    public string TimeZone => Known?.TimeZone ?? "Etc/UTC";

    public string? Theme => Known?.Theme;

    public bool HasKeys => Known?.HasKeys ?? true;
}
