using System.Security.Claims;
using Platform.OpenIdConnect;

namespace Portal.Web.Arrivals;

/// <summary>
/// What the identity provider says of whoever arrives, in a sign-in or in an access token. None of it is a right: it tells in which company's name a row of the
/// portal's own tables may be made, and that row decides.
/// </summary>
/// <param name="Issuer">The provider.</param>
/// <param name="Subject">Who arrives, as the provider calls them; for a program its client id.</param>
/// <param name="Tenant">The company as the provider calls it: a partner's code or number in small letters. Null where it says none.</param>
/// <param name="Roles">The roles the provider would give.</param>
/// <param name="Name">The name, to be shown.</param>
/// <param name="Email">The mail address, to be shown; it never says who somebody is.</param>
/// <param name="Language">The language, as BCP 47 has it.</param>
public sealed record ProviderClaims(string Issuer, string Subject, string? Tenant, IReadOnlyList<string> Roles, string? Name, string? Email, string? Language)
{
    /// <summary>The claim that names the company.</summary>
    public const string TenantClaim = "tenant";

    /// <summary>The claim that names the roles; it comes once for each.</summary>
    public const string RolesClaim = "roles";

    /// <summary>What the claims of a sign-in or of an access token say; null where they name nobody.</summary>
    public static ProviderClaims? Of(ClaimsPrincipal principal) =>
        principal.FindFirstValue("iss") is { } issuer && principal.FindFirstValue("sub") is { } subject
            ? new(
                issuer,
                subject,
                principal.FindAll(TenantClaim).Select(claim => claim.Value).ToList() is [{ Length: > 0 } tenant] ? tenant : null,
                [.. principal.FindAll(RolesClaim).Select(claim => claim.Value).Distinct(StringComparer.Ordinal)],
                principal.FindFirstValue("name"),
                principal.FindFirstValue("email"),
                principal.FindFirstValue("locale"))
            : null;

    /// <summary>The same for a token that a client got for itself, and for our API (RFC 9068, 2.2: its subject is the client); null for any other.</summary>
    public static ProviderClaims? OfProgram(ClaimsPrincipal principal) =>
        Of(principal) is { } said
        && string.Equals(principal.FindFirstValue("client_id"), said.Subject, StringComparison.Ordinal)
        && principal.FindAll("scope").SelectMany(claim => claim.Value.Split(' ')).Contains(PortalClient.ApiScope, StringComparer.Ordinal)
            ? said
            : null;
}
