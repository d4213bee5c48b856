using System.Security.Cryptography;
using System.Text;
using Identity.Clients;
using Identity.Web;

namespace Identity.Token;

/// <summary>Which client is speaking, and that it is (RFC 6749, 2.3; RFC 7523, 2.2).</summary>
sealed class ClientAuthentication(ClientStore clients, ApiStore apis, ClientAssertions assertions)
{
    const string Basic = "client_secret_basic";
    const string Post = "client_secret_post";
    const string PrivateKey = "private_key_jwt";
    const string None = "none";

    const int LongestAssertion = 8000;

    /// <summary>Who the client says it is, or the error; the proof is not looked at yet.</summary>
    public static (Claim? Claim, OAuthError? Error) Read(HttpRequest request, ProtocolParameters form)
    {
        var header = request.Headers.Authorization.ToString();
        var ways = (header.Length > 0 ? 1 : 0) + (form["client_secret"] is null ? 0 : 1) + (form["client_assertion"] is null ? 0 : 1);
        return ways switch
        {
            // OAuth 2.1, 2.4: exactly one, or nobody can say which one counted.
            > 1 => (null, OAuthError.InvalidRequest("The client authenticates in more than one way at once.")),
            1 when header.Length > 0 => FromHeader(header, form),
            1 when form["client_assertion"] is { } assertion => FromAssertion(assertion, form),
            1 => form["client_id"] is { } id ? (new(id, form["client_secret"]!, Post), null) : (null, NotAuthenticated),
            _ => form["client_id"] is { } name && form["client_assertion_type"] is null ? (new(name, "", None), null) : (null, NotAuthenticated),
        };
    }

    /// <summary>
    /// The client, if its proof is right; the time taken does not tell whether its name or its secret was wrong. An assertion is used up by it.
    /// </summary>
    public async Task<Client?> FindAsync(Claim claim, CancellationToken ct)
    {
        var client = await clients.FindEnabledAsync(claim.ClientId, ct);
        var isRight = claim.Method switch
        {
            PrivateKey => client is not null && await assertions.AreRightAsync(client, claim.Proof, ct),
            None => client is { RequireClientSecret: false },
            _ => HasSecret(client?.ClientSecrets, claim.Proof),
        };
        return isRight && IsRegisteredFor(client!, claim.Method) ? client : null;
    }

    static bool IsRegisteredFor(Client client, string method) => client.TokenEndpointAuthMethod is { } registered ? registered == method : method is Basic or Post;

    /// <summary>The API, if it has that secret.</summary>
    public async Task<Api?> FindApiAsync(Claim claim, CancellationToken ct)
    {
        var api = await apis.FindEnabledAsync(claim.ClientId, ct);
        return HasSecret(api?.Secrets, claim.Proof) && claim.Method is Basic or Post ? api : null;
    }

    static bool HasSecret(byte[][]? secrets, string secret)
    {
        var hash = Secret.Hash(secret);
        var isRight = false;
        foreach (var known in secrets ?? [new byte[hash.Length]])
        {
            isRight |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return isRight && secrets is not null;
    }

    static OAuthError NotAuthenticated { get; } = OAuthError.InvalidClient with { Description = "The client has not authenticated." };

    // RFC 7521, 4.2: the client_id may be left out, the assertion names the client.
    static (Claim? Claim, OAuthError? Error) FromAssertion(string assertion, ProtocolParameters form) =>
        form["client_assertion_type"] is ClientAssertions.Type && assertion.Length <= LongestAssertion && ClientAssertions.SubjectOf(assertion) is { } subject && (form["client_id"] ?? subject) == subject
            ? (new(subject, assertion, PrivateKey), null)
            : (null, OAuthError.InvalidClient);

    static (Claim? Claim, OAuthError? Error) FromHeader(string header, ProtocolParameters form)
    {
        if (FromBasic(header) is not { } claim)
        {
            return (null, OAuthError.InvalidClient with { Description = "The Authorization header is not Basic authentication." });
        }

        return form["client_id"] is { } other && other != claim.ClientId
            ? (null, OAuthError.InvalidRequest("The client_id is not the one that authenticates."))
            : (claim, null);
    }

    static Claim? FromBasic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), bytes, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && !FormDecode(text).Contains('\0', StringComparison.Ordinal)
            ? new(FormDecode(text[..colon]), FormDecode(text[(colon + 1)..]), Basic)
            : null;
    }

    // Both are form-encoded before they are put together, so a colon inside is %3A.
    static string FormDecode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    /// <summary>Who a client says it is.</summary>
    /// <param name="ClientId">Its name.</param>
    /// <param name="Proof">Its secret or assertion; empty for a public client.</param>
    /// <param name="Method">As RFC 7591 names it.</param>
    public sealed record Claim(string ClientId, string Proof, string Method);
}
