using System.Net;

namespace Identity.Clients;

/// <summary>Which addresses answers may be sent to, and how they are compared (RFC 9700, 2.1 and 2.6).</summary>
static class RedirectUri
{
    const int Longest = 400;

    /// <summary>Why an address cannot be registered, as the end of a sentence, or null when it can.</summary>
    public static string? Refusal(string uri, bool allowPlainHttpToThisMachine) => Reason(uri, allowPlainHttpToThisMachine) switch
    {
        null => null,
        "length" => "is empty or too long",
        "characters" => "has a wildcard, a fragment or a character that does not belong in an address",
        "not_absolute" => "is not an absolute address of a host",
        _ => "is not https",
    };

    /// <summary>The same in one word: <c>length</c>, <c>characters</c>, <c>not_absolute</c> or <c>not_https</c>.</summary>
    public static string? Reason(string uri, bool allowPlainHttpToThisMachine) => uri switch
    {
        { Length: 0 or > Longest } => "length",
        _ when uri.Any(letter => letter is <= ' ' or > '~' or '*' or '\\' or '#') => "characters",
        _ when !Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.UserInfo.Length > 0 || parsed.Host.Length == 0 => "not_absolute",
        _ when new Uri(uri).Scheme is "https" => null,
        _ when allowPlainHttpToThisMachine && new Uri(uri) is { Scheme: "http" } local && IsThisMachine(local) => null,
        _ => "not_https",
    };

    /// <summary>Whether an address is registered, character by character.</summary>
    public static bool IsRegistered(string uri, IEnumerable<string> registered) => registered.Contains(uri, StringComparer.Ordinal);

    /// <summary>The origin of a registered address, which a page may let a form lead to.</summary>
    public static string Origin(string uri) => new Uri(uri).GetLeftPart(UriPartial.Authority);

    /// <summary>A registered address as a content security policy names it: without its query, and without the signs that would end it there.</summary>
    public static string FormTarget(string uri) =>
        uri.Split('?')[0].Replace(";", "%3B", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    static bool IsThisMachine(Uri uri) => uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var address) && IPAddress.IsLoopback(address));
}
