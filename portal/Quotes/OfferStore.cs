using System.Text.Json;
using Platform.Database;
using Portal.Notifications;

namespace Portal.Quotes;

/// <summary>What somebody without an account may ask of the database: always about the one link whose secret's hash is given.</summary>
public sealed class OfferStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The link that a secret opens, or null.</summary>
    public Task<Offer?> FindAsync(byte[] secret, CancellationToken ct) => db.FindAsync<Offer>("select * from quote_link_read(@secret, @Now)", new { secret, Now }, ct);

    /// <summary>Notes that the page was opened, or a file downloaded; null where the link is no good.</summary>
    public Task<OfferTouch?> TouchAsync(byte[] secret, bool isDownload, CancellationToken ct) =>
        db.FindAsync<OfferTouch>("select * from quote_link_touch(@secret, @isDownload, @Now)", new { secret, isDownload, Now }, ct);

    /// <summary>Accepts or declines what was shown; the statement decides whether that is still possible.</summary>
    public Task<OfferEnd> AnswerAsync(byte[] secret, GivenAnswer given, CancellationToken ct) => db.OneAsync<OfferEnd>("""
        select * from quote_link_answer(@secret, @Shown, @Answer, @Signer, @Title, @Typed, @Drawn, @Reason, @Language, @TimeZone, @LocalTime, @IpAddress::inet, @UserAgent, @PdfSha256, @Now)
        """, new { secret, given.Shown, given.Answer, given.Signer, given.Title, given.Typed, given.Drawn, given.Reason, given.Language, given.TimeZone, given.LocalTime, given.IpAddress, given.UserAgent, given.PdfSha256, Now }, ct);

    /// <summary>Keeps the words in which the customer asks for changes.</summary>
    public Task<OfferEnd> AskAsync(byte[] secret, string asker, string words, string? ipAddress, string? userAgent, CancellationToken ct) => db.OneAsync<OfferEnd>("""
        select * from quote_link_ask(@secret, @asker, @words, @ipAddress::inet, @userAgent, @Now)
        """, new { secret, asker, words, ipAddress, userAgent, Now }, ct);

    /// <summary>The PDF of the revision, if it was made.</summary>
    public Task<QuoteFile?> FindFileAsync(byte[] secret, string language, CancellationToken ct) =>
        db.FindAsync<QuoteFile>("select content, sha256 from quote_link_file(@secret, @language, @Now)", new { secret, language, Now }, ct);

    /// <summary>Keeps the PDF with the hash of what is printed on it; where somebody was faster, theirs stays.</summary>
    public Task KeepFileAsync(byte[] secret, string language, byte[] content, byte[] sha256, byte[]? printed, CancellationToken ct) =>
        db.ExecuteAsync("select quote_link_keep_file(@secret, @language, @content, @sha256, @printed, @Now)", new { secret, language, content, sha256, printed, Now }, ct);

    /// <summary>The evidence of the answer that this link gave.</summary>
    public Task<QuoteEvidence?> FindEvidenceAsync(byte[] secret, CancellationToken ct) => db.FindAsync<QuoteEvidence>("select * from quote_link_evidence(@secret, @Now)", new { secret, Now }, ct);

    /// <summary>The signed copy, if it was made.</summary>
    public Task<QuoteFile?> FindSignedAsync(byte[] secret, string language, CancellationToken ct) =>
        db.FindAsync<QuoteFile>("select content, sha256 from quote_link_signed_file(@secret, @language, @Now)", new { secret, language, Now }, ct);

    /// <summary>Keeps the signed copy; where somebody was faster, theirs stays.</summary>
    public Task KeepSignedAsync(byte[] secret, string language, byte[] content, byte[] sha256, CancellationToken ct) =>
        db.ExecuteAsync("select quote_link_keep_signed_file(@secret, @language, @content, @sha256, @Now)", new { secret, language, content, sha256, Now }, ct);
}

/// <summary>A link as its holder sees it.</summary>
public sealed record Offer
{
    /// <summary>The link's number.</summary>
    public string Link { get; init; } = "";

    /// <summary>The quote's number, where it may be shown.</summary>
    public string? Quote { get; init; }

    /// <summary>The revision it leads to.</summary>
    public int Revision { get; init; }

    /// <summary><c>open</c>, <c>expired</c>, <c>ended</c>, <c>revoked</c>, <c>superseded</c>, <c>withdrawn</c>, <c>answered_here</c> or <c>answered</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>The language it was made for.</summary>
    public string Language { get; init; } = "";

    /// <summary>The last day on which the offer holds.</summary>
    public DateOnly ValidUntil { get; init; }

    /// <summary>The frozen revision, where it may be shown.</summary>
    public string? Frozen { get; init; }

    /// <summary>Its SHA-256.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>When it was frozen, UTC.</summary>
    public DateTime FrozenAt { get; init; }

    /// <summary>Who offers.</summary>
    public string Seller { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? SellerLatin { get; init; }

    /// <summary>The seller's key.</summary>
    public long PartnerId { get; init; }

    /// <summary>The seller's time zone, for whoever's browser does not tell one.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Whom one may ask.</summary>
    public string? Contact { get; init; }

    /// <summary>And where.</summary>
    public string? ContactEmail { get; init; }

    /// <summary>What this link answered.</summary>
    public string? Answer { get; init; }

    /// <summary>Who answered by this link.</summary>
    public string? Signer { get; init; }

    /// <summary>When it was answered by a link, UTC.</summary>
    public DateTime? AnsweredAt { get; init; }

    /// <summary>The same where the signer was.</summary>
    public string? LocalTime { get; init; }

    /// <summary>The zone of that time.</summary>
    public string? AnswerZone { get; init; }

    /// <summary>A newer revision went out.</summary>
    public bool NewerSent { get; init; }
}

/// <summary>A link that was opened or downloaded from.</summary>
public sealed record OfferTouch(string Link, string Quote, long PartnerId, int Revision, bool IsFirst, string Told)
{
    /// <summary>Who at the seller is told.</summary>
    internal IReadOnlyList<Listener> Listeners => OfferEnd.Read(Told);
}

/// <summary>What somebody answers, with the evidence.</summary>
/// <param name="Shown">The SHA-256 of the revision that the page was made of.</param>
/// <param name="Answer"><c>accepted</c> or <c>declined</c>.</param>
/// <param name="Signer">The name.</param>
/// <param name="Title">What they are at the customer.</param>
/// <param name="Typed">The signature, typed.</param>
/// <param name="Drawn">The signature, drawn: a PNG.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Language">In which language the page was read.</param>
/// <param name="TimeZone">The zone of the local time.</param>
/// <param name="LocalTime">The moment by the signer's clock.</param>
/// <param name="IpAddress">From where.</param>
/// <param name="UserAgent">With what.</param>
/// <param name="PdfSha256">The PDF beside the page.</param>
public sealed record GivenAnswer(
    byte[] Shown, string Answer, string Signer, string? Title, string? Typed, byte[]? Drawn, string? Reason, string Language, string TimeZone, string LocalTime, string? IpAddress, string? UserAgent, byte[]? PdfSha256);

/// <summary>How an answer ended: <c>done</c>, <c>unknown</c>, <c>changed</c> (another revision was shown), or where the link stands.</summary>
public sealed record OfferEnd
{
    /// <summary>The outcome.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>The answer of this link, now or earlier.</summary>
    public long? QuoteAnswerId { get; init; }

    /// <summary>The quote.</summary>
    public string Quote { get; init; } = "";

    /// <summary>The seller's key.</summary>
    public long PartnerId { get; init; }

    /// <summary>The revision.</summary>
    public int Revision { get; init; }

    /// <summary>Who buys.</summary>
    public string? Customer { get; init; }

    /// <summary>The link.</summary>
    public string Link { get; init; } = "";

    /// <summary>The address the link was mailed to.</summary>
    public string? Email { get; init; }

    /// <summary>Who at the seller is told, as JSON.</summary>
    public string? Told { get; init; }

    internal IReadOnlyList<Listener> Listeners => Read(Told);

    internal static IReadOnlyList<Listener> Read(string? told) =>
        [.. JsonSerializer.Deserialize<List<Person>>(told ?? "[]", JsonSerializerOptions.Web)!.Select(person => new Listener(person.PersonId, person.Email, person.Language, IsActor: false))];

    sealed record Person(long PersonId, string? Email, string Language);
}

/// <summary>What is kept of an answer, to prove it by.</summary>
public sealed record QuoteEvidence
{
    /// <summary>The key.</summary>
    public long QuoteAnswerId { get; init; }

    /// <summary>The seller's key.</summary>
    public long PartnerId { get; init; }

    /// <summary>The link's number.</summary>
    public string Link { get; init; } = "";

    /// <summary>The address the link was mailed to.</summary>
    public string? Email { get; init; }

    /// <summary><c>accepted</c> or <c>declined</c>.</summary>
    public string Answer { get; init; } = "";

    /// <summary>The name.</summary>
    public string Signer { get; init; } = "";

    /// <summary>What they are at the customer.</summary>
    public string? Title { get; init; }

    /// <summary>The signature, typed.</summary>
    public string? Typed { get; init; }

    /// <summary>The signature, drawn.</summary>
    public byte[]? Drawn { get; init; }

    /// <summary>Why it was declined.</summary>
    public string? Reason { get; init; }

    /// <summary>In which language the page was read.</summary>
    public string Language { get; init; } = "";

    /// <summary>UTC.</summary>
    public DateTime AnsweredAt { get; init; }

    /// <summary>The zone of the local time.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>The moment by the signer's clock.</summary>
    public string LocalTime { get; init; } = "";

    /// <summary>From where.</summary>
    public string? IpAddress { get; init; }

    /// <summary>With what.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The frozen revision that was shown.</summary>
    public string FrozenSha256 { get; init; } = "";

    /// <summary>The PDF beside it.</summary>
    public string? PdfSha256 { get; init; }
}
