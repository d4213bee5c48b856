using System.Security.Cryptography;

namespace Portal.Quotes;

/// <summary>The files that a link opens: the PDF of the frozen revision and, once it was accepted by this link, the signed copy. The same bytes that the portal serves.</summary>
public sealed class OfferFiles(OfferStore offers, QuoteFiles files)
{
    /// <summary>The PDF of the offer; made here where nobody opened it before.</summary>
    public async Task<QuoteFileOutcome> PdfAsync(byte[] secret, Offer offer, string language, CancellationToken ct)
    {
        if (offer.Frozen is null)
        {
            return new QuoteFileOutcome.NotFound();
        }

        if (await offers.FindFileAsync(secret, language, ct) is { } kept)
        {
            return new QuoteFileOutcome.Ready(kept);
        }

        var content = FrozenQuotes.Read(offer.Frozen);
        var print = QuotePrint.Of(content);
        var (pdf, refusal) = await files.TypesetAsync(content, language, offer.FrozenAt, new() { Print = print }, ct);
        if (pdf is null)
        {
            return new QuoteFileOutcome.Busy(refusal!);
        }

        await offers.KeepFileAsync(secret, language, pdf, SHA256.HashData(pdf), print?.Hash, ct);
        return await offers.FindFileAsync(secret, language, ct) is { } made ? new QuoteFileOutcome.Ready(made) : new QuoteFileOutcome.NotFound();
    }

    /// <summary>The signed copy, for the link that accepted.</summary>
    public async Task<QuoteFileOutcome> SignedAsync(byte[] secret, Offer offer, string language, CancellationToken ct)
    {
        if (offer is not { State: "answered_here", Answer: "accepted", Frozen: { } frozen } || await offers.FindEvidenceAsync(secret, ct) is not { } evidence)
        {
            return new QuoteFileOutcome.NotFound();
        }

        if (await offers.FindSignedAsync(secret, language, ct) is { } kept)
        {
            return new QuoteFileOutcome.Ready(kept);
        }

        var (pdf, refusal) = await files.TypesetAsync(FrozenQuotes.Read(frozen), language, offer.FrozenAt, new() { Evidence = evidence }, ct);
        if (pdf is null)
        {
            return new QuoteFileOutcome.Busy(refusal!);
        }

        await offers.KeepSignedAsync(secret, language, pdf, SHA256.HashData(pdf), ct);
        return await offers.FindSignedAsync(secret, language, ct) is { } made ? new QuoteFileOutcome.Ready(made) : new QuoteFileOutcome.NotFound();
    }
}
