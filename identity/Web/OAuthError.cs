namespace Identity.Web;

/// <summary>What the specifications call an error: a code for programs, a sentence for the developer who reads it.</summary>
/// <param name="Code">As RFC 6749 or OpenID Connect names it.</param>
/// <param name="Description">ASCII without quotes and backslashes; never repeats what was sent.</param>
public sealed record OAuthError(string Code, string Description)
{
    /// <summary>
    /// Whether the client may be told by sending the browser to its redirect address. False until that address has been found
    /// registered: everything before is said on our own page (RFC 9700, 4.11.2).
    /// </summary>
    public bool MayRedirect { get; init; }

    /// <summary>The body in which programs are told (RFC 6749, 5.2).</summary>
    public Dictionary<string, string> ToBody() => new(StringComparer.Ordinal) { ["error"] = Code, ["error_description"] = Description };

    /// <summary>A request that is missing something, repeats something, or is otherwise malformed.</summary>
    public static OAuthError InvalidRequest(string description) => new("invalid_request", description);

    /// <summary>Client authentication failed.</summary>
    public static OAuthError InvalidClient { get; } = new("invalid_client", "Client authentication failed.");

    /// <summary>A pushed request that leads nowhere: one sentence for all reasons, on our own page.</summary>
    public static OAuthError InvalidRequestUri { get; } = new("invalid_request_uri", "The request_uri is unknown, has expired, was used before or belongs to another client.");

    /// <summary>APIs that agree on no signature: one access token cannot be for all of them.</summary>
    public static OAuthError NoSignatureForAll { get; } = new("invalid_scope", "The APIs behind these scopes check different signatures. Ask for a token for each.");

    /// <summary>A code that is not good (any more): one sentence for all reasons.</summary>
    public static OAuthError InvalidGrant { get; } = new("invalid_grant", "The authorization code is not valid, was used before, has expired or belongs to another request.");

    /// <summary>A refresh token that is not good (any more): one sentence for all reasons.</summary>
    public static OAuthError InvalidRefreshToken { get; } = new("invalid_grant", "The refresh token is not valid, was used before, has expired or belongs to another client.");
}
