namespace Identity.Clients;

/// <summary>An origin as browsers name the page that calls (RFC 6454, 6.2): scheme, host in small ASCII letters, and the port where it is not the scheme's own.</summary>
static class CorsOrigin
{
    /// <summary>Why an origin cannot be registered, in one word: those of <see cref="RedirectUri.Reason"/>, and <c>not_origin</c>.</summary>
    public static string? Reason(string origin, bool allowPlainHttpToThisMachine) =>
        RedirectUri.Reason(origin, allowPlainHttpToThisMachine) ?? (IsOrigin(origin) ? null : "not_origin");

    /// <summary>True for text that a browser could send as an origin.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && string.Equals(text, uri.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
}
