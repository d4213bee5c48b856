using Identity.Web;

namespace Identity.Sessions;

/// <summary>How sure we are of somebody, by what they have shown (OpenID Connect Core, 2, acr; RFC 8176).</summary>
static class Assurance
{
    /// <summary>What is advertised, the weaker first.</summary>
    public static IReadOnlyList<string> Known { get; } = [Profile.AcrPassword, Profile.AcrSecondFactor];

    /// <summary>Whether two factors, or a passkey, were shown.</summary>
    public static bool IsSecondFactor(IEnumerable<string> amr) => amr.Contains("mfa", StringComparer.Ordinal);

    /// <summary>The name of what was shown.</summary>
    public static string AcrOf(IEnumerable<string> amr) => IsSecondFactor(amr) ? Profile.AcrSecondFactor : Profile.AcrPassword;
}
