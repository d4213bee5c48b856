using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Platform.OpenIdConnect.DPoP;

/// <summary>A proof that whoever sent a request has a key (RFC 9449, 4): a token made for this request alone.</summary>
/// <param name="Thumbprint">The key, as tokens that are bound to it name it (<c>jkt</c>).</param>
/// <param name="IdHash">Names the proof, to be used up with <see cref="UsedProofs"/>.</param>
/// <param name="ExpiresAt">When it would be too old.</param>
/// <param name="Nonce">The server's nonce it answers, if any.</param>
public sealed record DPoPProof(string Thumbprint, byte[] IdHash, DateTime ExpiresAt, string? Nonce)
{
    /// <summary>The name of the header a proof comes in, and of the scheme of bound tokens.</summary>
    public const string Name = "DPoP";

    /// <summary>How old a proof may be.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(60);

    /// <summary>How far ahead of our clock it may have been made.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    /// <summary>How it may be signed.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = ["ES256", "PS256", "RS256"];

    /// <summary>Reads the proof of a request and checks all of it but whether it was used before.</summary>
    /// <param name="header">The values of the header <see cref="Name"/>.</param>
    /// <param name="request">What it must be a proof for.</param>
    /// <returns>The proof, or what is wrong with it as a sentence.</returns>
    public static (DPoPProof? Proof, string? Refusal) Read(StringValues header, ProvenRequest request)
    {
        if (ProofText.Parse(header) is not { } text)
        {
            return (null, "The DPoP proof is not one signed token.");
        }

        return ProofChecks.Refusal(text, request) is { } refusal ? (null, refusal) : (Of(text), null);
    }

    // The same id under another key is another proof.
    static DPoPProof Of(ProofText text)
    {
        var thumbprint = text.Key!.Thumbprint;
        return new(thumbprint, SHA256.HashData(Encoding.UTF8.GetBytes(thumbprint + "." + text.Claim("jti"))), text.IssuedAt!.Value + Age, text.Claim("nonce"));
    }
}

/// <summary>The request that a proof must be made for.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Address">Its address as clients know it; query and fragment do not count.</param>
/// <param name="Now">The time.</param>
/// <param name="AccessToken">The token that is shown with the proof; null where none is.</param>
public sealed record ProvenRequest(string Method, string Address, DateTime Now, string? AccessToken = null);

/// <summary>A proof taken apart; nothing in it is believed yet.</summary>
sealed class ProofText
{
    const int Longest = 6000;

    readonly JsonElement header;
    readonly JsonElement payload;

    ProofText(JsonElement header, JsonElement payload, byte[] content, byte[] signature)
    {
        (this.header, this.payload, Content, Signature) = (header, payload, content, signature);
        Key = header.TryGetProperty("jwk", out var jwk) ? ProofKey.Read(jwk) : null;
    }

    /// <summary>What was signed.</summary>
    public byte[] Content { get; }

    public byte[] Signature { get; }

    /// <summary>The key it says it was signed with; null when there is none that we take.</summary>
    public ProofKey? Key { get; }

    /// <summary>When it says it was made; null when it says so in no way that means something.</summary>
    public DateTime? IssuedAt => payload.TryGetProperty("iat", out var iat) && iat.ValueKind is JsonValueKind.Number && iat.TryGetDouble(out var seconds) && seconds is >= 0 and < 1e11
        ? DateTime.UnixEpoch.AddSeconds(seconds) : null;

    /// <summary>A text of its header; null when there is none.</summary>
    public string? Header(string name) => Text(header, name);

    /// <summary>Whether its header has that member, of whatever kind.</summary>
    public bool HasHeader(string name) => header.TryGetProperty(name, out _);

    /// <summary>A text of its claims; null when there is none.</summary>
    public string? Claim(string name) => Text(payload, name);

    /// <summary>Takes the one value of a header apart; null when there is not one, or it is no signed token.</summary>
    public static ProofText? Parse(StringValues values)
    {
        if (values is not [{ Length: > 0 and <= Longest } text] || text.Split('.') is not [var head, var body, var tail])
        {
            return null;
        }

        return Object(head) is { } header && Object(body) is { } payload && Base64Url.Decode(tail) is { } signature
            ? new(header, payload, Encoding.ASCII.GetBytes(head + "." + body), signature)
            : null;
    }

    static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    static JsonElement? Object(string part)
    {
        if (Base64Url.Decode(part) is not { } bytes)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 10, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
