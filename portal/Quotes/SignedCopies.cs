using System.Security.Cryptography;
using Platform.Database;

namespace Portal.Quotes;

/// <summary>The signed copy of an accepted revision: the offer with the page of evidence behind it. Made once in each language and kept with its own SHA-256; the PDF of the offer stays as it was.</summary>
public sealed class SignedCopies(Db db, QuoteStore quotes, QuoteFiles files, TimeProvider clock)
{
    /// <summary>The signed copy for whoever may see the quote, or why there is none.</summary>
    public async Task<QuoteFileOutcome> FindAsync(string number, int revision, string language, CancellationToken ct)
    {
        if (await quotes.FindFrozenAsync(number, revision, ct) is not { } frozen || await EvidenceAsync(frozen.QuoteRevisionId, ct) is not { Answer: "accepted" } evidence)
        {
            return new QuoteFileOutcome.NotFound();
        }

        if (await KeptAsync(evidence.QuoteAnswerId, language, ct) is { } kept)
        {
            return new QuoteFileOutcome.Ready(kept);
        }

        var (pdf, refusal) = await files.TypesetAsync(FrozenQuotes.Read(frozen.Frozen), language, frozen.FrozenAt, new() { Evidence = evidence }, ct);
        if (pdf is null)
        {
            return new QuoteFileOutcome.Busy(refusal!);
        }

        await db.ExecuteAsync("""
            insert into quote_signed_file (quote_answer_id, partner_id, language, content, sha256, made_at)
            values (@QuoteAnswerId, @PartnerId, @language, @pdf, @sha256, @now) on conflict do nothing
            """, new { evidence.QuoteAnswerId, evidence.PartnerId, language, pdf, sha256 = SHA256.HashData(pdf), now = clock.GetUtcNow().UtcDateTime }, ct);
        return new QuoteFileOutcome.Ready((await KeptAsync(evidence.QuoteAnswerId, language, ct))!);
    }

    /// <summary>The evidence of a revision's answer by link, or null.</summary>
    public Task<QuoteEvidence?> EvidenceAsync(long quoteRevisionId, CancellationToken ct) => db.FindAsync<QuoteEvidence>("""
        select a.quote_answer_id, a.partner_id, l.number as link, l.email, a.answer, a.signer, a.title, a.typed, a.drawn, a.reason, a.language, a.answered_at, a.time_zone, a.local_time, host(a.ip_address) as ip_address, a.user_agent,
               encode(a.frozen_sha256, 'hex') as frozen_sha256, encode(a.pdf_sha256, 'hex') as pdf_sha256
        from quote_answer a join quote_link l using (quote_link_id)
        where a.quote_revision_id = @quoteRevisionId
        """, new { quoteRevisionId }, ct);

    Task<QuoteFile?> KeptAsync(long quoteAnswerId, string language, CancellationToken ct) => db.FindAsync<QuoteFile>("""
        select content, encode(sha256, 'hex') as sha256 from quote_signed_file where quote_answer_id = @quoteAnswerId and language = @language
        """, new { quoteAnswerId, language }, ct);
}
