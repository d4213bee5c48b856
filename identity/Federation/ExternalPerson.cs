using System.Security.Claims;
using System.Text.Json;
using Identity.Domains;

namespace Identity.Federation;

/// <summary>
/// Somebody as a provider described them, in answers that passed every check. Who they are is issuer and subject; all else is hearsay that
/// is shown and gives no rights, but for what the tenant allowed the role claim to lead to.
/// </summary>
/// <param name="Issuer">Of the id_token.</param>
/// <param name="Subject">Of the id_token.</param>
/// <param name="AuthenticatedAt">When the person showed a credential there, if it says so.</param>
sealed record ExternalPerson(string Issuer, string Subject, DateTime? AuthenticatedAt)
{
    // RFC 8176, 2, has the amr; these are the acr that OpenID has given a name to (PAPE 1.0, 4; EAP ACR Values 1.0).
    static readonly string[] TwoFactors = ["http://schemas.openid.net/pape/policies/2007/06/multi-factor", "phr", "phrh"];

    const int LongestName = 120;
    const int LongestValue = 200;
    const int MostRoleValues = 200;

    /// <summary>The name; empty when there is none.</summary>
    public string Name { get; init; } = "";

    /// <summary>The address; null when there is none, or none that is one.</summary>
    public string? Email { get; init; }

    /// <summary>What it says of the address: false only when it says so itself.</summary>
    public bool ClaimsEmail { get; init; }

    /// <summary><c>en</c> or <c>zh-CN</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The values of the role claim.</summary>
    public IReadOnlyList<string> RoleValues { get; init; } = [];

    /// <summary>Who they are in the directory of the provider's tenant, as the signed token says; null when it says nothing of it, or nobody is joined.</summary>
    public string? DirectoryId { get; init; }

    /// <summary>Whether the signed token says that two factors were shown there.</summary>
    public bool ShowedTwoFactors { get; init; }

    /// <summary>By what the person recognises themselves.</summary>
    public string ShownName => Email is null ? Name : Name.Length == 0 ? Email : $"{Name} ({Email})";

    /// <summary>Reads one from the claims of an id_token and what userinfo adds to them.</summary>
    public static ExternalPerson Read(string issuer, string subject, DateTime? authenticatedAt, IReadOnlyCollection<Claim> claims, JsonElement? userInfo, string? roleClaim, string? directoryClaim)
    {
        var email = First("email");
        return new(issuer, subject, authenticatedAt)
        {
            Name = Line(First("name") ?? string.Join(' ', new[] { First("given_name"), First("family_name") }.Where(part => part is not null)) switch { "" => First("preferred_username") ?? "", var joined => joined }),
            Email = MailDomain.Of(email) is null ? null : email,
            ClaimsEmail = !string.Equals(First("email_verified"), "false", StringComparison.OrdinalIgnoreCase),
            Language = First("locale") is { } locale && locale.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "zh-CN" : "en",
            ShowedTwoFactors = claims.Any(claim => (claim.Type is "amr" && claim.Value is "mfa") || (claim.Type is "acr" && TwoFactors.Contains(claim.Value, StringComparer.Ordinal))),
            DirectoryId = directoryClaim is null ? null : directoryClaim is "sub" ? subject : claims.Where(claim => claim.Type == directoryClaim).Select(claim => claim.Value).ToList() is [{ Length: > 0 and <= LongestValue } one] ? one : null,
            RoleValues = roleClaim is null ? [] : [.. All(roleClaim).Where(value => value.Length is > 0 and <= LongestValue && !value.Contains('\0', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Take(MostRoleValues)],
        };

        string? First(string name) => All(name).FirstOrDefault(value => value.Length > 0);

        // The signed token goes before what was merely sent.
        IEnumerable<string> All(string name) => claims.Where(claim => claim.Type == name).Select(claim => claim.Value) is var signed && signed.Any() ? signed : Told(userInfo, name);
    }

    static IEnumerable<string> Told(JsonElement? userInfo, string name) =>
        userInfo is not { ValueKind: JsonValueKind.Object } told || !told.TryGetProperty(name, out var value) ? []
        : value.ValueKind is JsonValueKind.Array ? value.EnumerateArray().Select(Text).OfType<string>().ToList()
        : Text(value) is { } one ? [one]
        : [];

    static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    static string Line(string text) => new string([.. text.Where(letter => !char.IsControl(letter)).Take(LongestName)]).Trim();
}
