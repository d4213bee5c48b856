using System.Text.Json;
using System.Text.Json.Serialization;

namespace Portal.Receipts;

/// <summary>What a receipt says, as it is signed. The names are those of RFC 7519 where it has one.</summary>
public sealed record ReceiptContent
{
    /// <summary>How it is written and read: names with underscores, nothing that it does not know.</summary>
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        MaxDepth = 8,
    };

    /// <summary>The portal that signed: its address.</summary>
    [JsonPropertyName("iss")]
    public required string Issuer { get; init; }

    /// <summary>The receipt's number.</summary>
    [JsonPropertyName("jti")]
    public required string Number { get; init; }

    /// <summary>The deal's number.</summary>
    [JsonPropertyName("sub")]
    public required string Deal { get; init; }

    /// <summary>When it was signed, in seconds since 1970.</summary>
    [JsonPropertyName("iat")]
    public required long IssuedAt { get; init; }

    /// <summary>The how many-th receipt of the deal it is, from 1.</summary>
    public required int Sequence { get; init; }

    /// <summary><c>approval</c>, <c>extension</c>, <c>transfer</c> or <c>change</c>.</summary>
    public required string Why { get; init; }

    /// <summary>The receipt before it, which counts no more.</summary>
    public SupersededReceipt? Supersedes { get; init; }

    /// <summary>The brand that protects the claim.</summary>
    public required string Brand { get; init; }

    /// <summary>The partner whose claim it is.</summary>
    public required ReceiptPartner Partner { get; init; }

    /// <summary>The customer that is claimed.</summary>
    public required ReceiptCustomer Customer { get; init; }

    /// <summary>The product lines that are claimed.</summary>
    public required IReadOnlyList<ReceiptTerm> ProductLines { get; init; }

    /// <summary>The territory that is claimed.</summary>
    public required ReceiptTerm Territory { get; init; }

    /// <summary>When the brand approved the claim.</summary>
    public required DateTime ApprovedAt { get; init; }

    /// <summary>When the protection begins.</summary>
    public required DateTime ProtectedFrom { get; init; }

    /// <summary>The moment the protection ends.</summary>
    public required DateTime ProtectedUntil { get; init; }

    /// <summary>The last protected day, for the brand.</summary>
    public required DateOnly LastProtectedDay { get; init; }

    /// <summary>The rules it was protected by.</summary>
    public required ReceiptPolicy Policy { get; init; }

    /// <summary>Where the deal's audit chain stood.</summary>
    public required ReceiptAudit Audit { get; init; }

    /// <summary>Every rule its members must keep among each other.</summary>
    [JsonIgnore]
    public bool IsConsistent => Sequence >= 1 && (Sequence == 1) == (Supersedes is null) && ProtectedUntil > ProtectedFrom && ProductLines.Count > 0;
}

/// <summary>A receipt that counts no more.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Sha256">The SHA-256 of its text, in hexadecimal digits.</param>
public sealed record SupersededReceipt(string Number, string Sha256);

/// <summary>The partner of a receipt.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameLatin">The same in Latin letters.</param>
public sealed record ReceiptPartner(string Number, string Name, string? NameLatin = null);

/// <summary>The customer of a receipt.</summary>
public sealed record ReceiptCustomer
{
    /// <summary>Its number.</summary>
    public required string Number { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its country.</summary>
    public required string Country { get; init; }

    /// <summary>统一社会信用代码.</summary>
    public string? CreditCode { get; init; }

    /// <summary>The VAT number.</summary>
    public string? VatNumber { get; init; }

    /// <summary>The D-U-N-S number.</summary>
    public string? Duns { get; init; }

    /// <summary>The domain.</summary>
    public string? Domain { get; init; }
}

/// <summary>A product line or a territory.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its name in English.</param>
/// <param name="NameZh">Its name in Chinese.</param>
public sealed record ReceiptTerm(string Code, string Name, string NameZh);

/// <summary>The rules a claim was protected by.</summary>
/// <param name="Number">The number of the policy's version.</param>
/// <param name="ProtectionDays">Days of protection where the desk says nothing else.</param>
/// <param name="ExtensionDays">Days of an extension.</param>
public sealed record ReceiptPolicy(string Number, int ProtectionDays, int ExtensionDays);

/// <summary>Where the audit stood: the head of the deal's chain and the last seal over all chains.</summary>
/// <param name="Entry">The number of the last act.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Acts">How many acts the chain had.</param>
/// <param name="Seal">The number of the last seal.</param>
/// <param name="SealDigest">Its digest.</param>
public sealed record ReceiptAudit(long Entry, string Hash, long Acts, long? Seal = null, string? SealDigest = null);
