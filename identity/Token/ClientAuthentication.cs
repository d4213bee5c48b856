using System.Security.Cryptography;
using System.Text;
using Identity.Clients;
using Identity.Web;

namespace Identity.Token;

/// <summary>Which client is speaking, and that it is (RFC 6749, 2.3.1).</summary>
sealed class ClientAuthentication(ClientStore clients)
{
    const string Basic = "client_secret_basic";
    const string Post = "client_secret_post";

    /// <summary>Who the client says it is, or the error; the secret is not looked at yet.</summary>
    public static (Claim? Claim, OAuthError? Error) Read(HttpRequest request, ProtocolParameters form)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return form["client_id"] is { } id && form["client_secret"] is { } secret
                ? (new(id, secret, Post), null)
                : (null, OAuthError.InvalidClient with { Description = "The client has not authenticated." });
        }

        if (form["client_secret"] is not null)
        {
            return (null, OAuthError.InvalidRequest("The client authenticates in two ways at once."));
        }

        if (FromHeader(header) is not { } claim)
        {
            return (null, OAuthError.InvalidClient with { Description = "The Authorization header is not Basic authentication." });
        }

        return form["client_id"] is { } other && other != claim.ClientId
            ? (null, OAuthError.InvalidRequest("The client_id is not the one that authenticates."))
            : (claim, null);
    }

    /// <summary>The client, if its secret is right; the time taken does not tell whether the name or the secret was wrong.</summary>
    public async Task<Client?> FindAsync(Claim claim, CancellationToken ct)
    {
        var client = await clients.FindEnabledAsync(claim.ClientId, ct);
        var hash = Secret.Hash(claim.Secret);
        var isRight = false;
        foreach (var known in client?.ClientSecrets ?? [new byte[hash.Length]])
        {
            isRight |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return isRight && client is not null && (client.TokenEndpointAuthMethod ?? claim.Method) == claim.Method ? client : null;
    }

    static Claim? FromHeader(string header)
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
    public sealed record Claim(string ClientId, string Secret, string Method);
}
