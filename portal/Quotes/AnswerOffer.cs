using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Portal.Notifications;

namespace Portal.Quotes;

/// <summary>
/// What somebody at the customer does by a link, without an account: each act is one transaction with its entry in the audit and with what the seller is told. The database decides whether it can still be
/// done, while it holds the quote; accepting has the consequences that an acceptance has in the portal: the quote is accepted, and its goods can be ordered once.
/// </summary>
public sealed class AnswerOffer(Db db, OfferStore offers, AuditTrail audit, Notifier notifier, Letters letters, Outbox outbox)
{
    /// <summary>Notes that the page was looked at; the first time is told and audited.</summary>
    public Task OpenAsync(byte[] secret, bool isDownload, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await offers.TouchAsync(secret, isDownload, ct) is not { IsFirst: true } touch)
        {
            return;
        }

        await audit.RecordAsync(isDownload ? "quote.link_downloaded" : "quote.link_opened", "quote", touch.Quote, touch.PartnerId, new { link = touch.Link, touch.Revision }, ct);
        if (!isDownload)
        {
            await notifier.TellAsync(Told(touch.PartnerId, touch.Listeners), "quotes.told.opened", [touch.Quote], $"/quotes/{touch.Quote}", ct);
        }
    }, ct);

    /// <summary>Accepts or declines the revision that was shown.</summary>
    public Task<OfferEnd> AnswerAsync(byte[] secret, GivenAnswer given, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var end = await offers.AnswerAsync(secret, given, ct);
        if (end.Outcome != "done")
        {
            return end;
        }

        var accepted = given.Answer == "accepted";
        await audit.RecordAsync(accepted ? "quote.accept" : "quote.decline", "quote", end.Quote, end.PartnerId,
            new { end.Revision, status = given.Answer, link = end.Link, signer = given.Signer, given.Title, given.Reason, sha256 = Convert.ToHexStringLower(given.Shown) }, ct);
        await TellAsync(end, accepted ? "quotes.told.accepted" : "quotes.told.declined", [end.Quote, end.Customer ?? "", given.Signer], given.Reason, ct);
        if (accepted && end.Email is not null)
        {
            await outbox.PutAsync(SignedCopyMail.MessageKind, new SignedCopyMail.Wish(end.QuoteAnswerId!.Value), ct);
        }

        return end;
    }, ct);

    /// <summary>Asks for changes; the quote stays as it is.</summary>
    public Task<OfferEnd> AskAsync(byte[] secret, string asker, string words, string? ipAddress, string? userAgent, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var end = await offers.AskAsync(secret, asker, words, ipAddress, userAgent, ct);
        if (end.Outcome == "done")
        {
            await audit.RecordAsync("quote.changes_asked", "quote", end.Quote, end.PartnerId, new { end.Revision, link = end.Link, asker, words }, ct);
            await TellAsync(end, "quotes.told.changes", [end.Quote, asker], words, ct);
        }

        return end;
    }, ct);

    async Task TellAsync(OfferEnd end, string textKey, IReadOnlyList<object> values, string? words, CancellationToken ct)
    {
        var link = $"/quotes/{end.Quote}";
        await notifier.TellAsync(Told(end.PartnerId, end.Listeners), textKey, values, link, ct);
        await letters.WriteAsync(end.Listeners, textKey, values, words, link, ct);
    }

    // Whoever made the link or the quote; where both have left, those who sell there.
    static Recipients Told(long partnerId, IReadOnlyList<Listener> listeners) =>
        listeners.Count > 0 ? Recipients.Person([.. listeners.Select(listener => listener.PersonId)]) : Recipients.Of(partnerId, "sales", "partner_admin");
}
