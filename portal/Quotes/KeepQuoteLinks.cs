using Platform.Audit;
using Platform.Database;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>Makes links to a sent quote, shows their address, revokes and renews them. The quote is held meanwhile, as by whoever answers: a link is revoked before it is answered or after.</summary>
public sealed class KeepQuoteLinks(Db db, QuoteStore quotes, QuoteLinkStore links, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>The longest a link is good, in days.</summary>
    public const int MostDays = 400;

    /// <summary>So long after the offer's last day a link can still be opened, unless somebody says otherwise: its holder reads that the time is over, and asks for a new offer.</summary>
    public const int DaysAfter = 30;

    /// <summary>A link without mail, to be handed over in another way; for somebody who has one already it is that one.</summary>
    public Task<QuoteOutcome> MakeAsync(string number, string? recipient, string language, DateOnly? expiresOn, CancellationToken ct) => WithAsync(number, mustBeOpen: true, async head =>
    {
        if (recipient is not { Length: > 0 and <= 200 })
        {
            return new QuoteOutcome.Wrong([new("recipient", "quotes.problem.recipient")]);
        }

        if (await ExpiryProblemAsync(expiresOn, ct) is { } problem)
        {
            return new QuoteOutcome.Wrong([problem]);
        }

        var link = (await links.PutAsync(head, [(PublicNumber.New("QL"), recipient, null)], language, expiresOn ?? head.ValidUntil.AddDays(DaysAfter), null, ct))[0];
        await RecordAsync("quote.link_made", head, link, ct);
        return new QuoteOutcome.Done(link.Number);
    }, ct);

    /// <summary>A new secret of a link; it is shown now and never again.</summary>
    public async Task<(QuoteOutcome Outcome, string? Secret)> ShowAsync(string number, string linkNumber, CancellationToken ct)
    {
        string? shown = null;
        var outcome = await WithLinkAsync(number, linkNumber, mustBeOpen: true, async (head, link) =>
        {
            if (link.IsRevoked)
            {
                return new QuoteOutcome.Wrong([new("link", "quotes.problem.link_revoked")]);
            }

            var (secret, hash) = OfferSecret.New();
            await links.AddSecretAsync(link.QuoteLinkId, link.PartnerId, hash, "shown", ct);
            await RecordAsync("quote.link_shown", head, link, ct);
            shown = secret;
            return new QuoteOutcome.Done(link.Number);
        }, ct);
        return (outcome, shown);
    }

    /// <summary>Ends a link.</summary>
    public Task<QuoteOutcome> RevokeAsync(string number, string linkNumber, CancellationToken ct) => WithLinkAsync(number, linkNumber, mustBeOpen: false, async (head, link) =>
    {
        if (!link.IsRevoked)
        {
            await links.RevokeAsync(link, ct);
            await RecordAsync("quote.link_revoked", head, link, ct);
        }

        return new QuoteOutcome.Done(link.Number);
    }, ct);

    /// <summary>Makes a link good again; addresses that were given out before stay dead.</summary>
    public Task<QuoteOutcome> RenewAsync(string number, string linkNumber, DateOnly? expiresOn, CancellationToken ct) => WithLinkAsync(number, linkNumber, mustBeOpen: true, async (head, link) =>
    {
        if (link.IsPrinted)
        {
            // The code on the paper cannot be exchanged, and whoever it was revoked for still has it.
            return new QuoteOutcome.Wrong([new("link", "quotes.problem.link_is_printed")]);
        }

        if (link.Revision != head.Revision)
        {
            return new QuoteOutcome.Wrong([new("link", "quotes.problem.link_of_old_revision")]);
        }

        if (await ExpiryProblemAsync(expiresOn, ct) is { } problem)
        {
            return new QuoteOutcome.Wrong([problem]);
        }

        await links.RenewAsync(link, expiresOn ?? head.ValidUntil.AddDays(DaysAfter), ct);
        await RecordAsync("quote.link_renewed", head, link, ct);
        return new QuoteOutcome.Done(link.Number);
    }, ct);

    /// <summary>What is wrong with a link's last day; null where it is left to the quote.</summary>
    public async Task<QuoteProblem?> ExpiryProblemAsync(DateOnly? expiresOn, CancellationToken ct) =>
        expiresOn is { } day && (day < await quotes.TodayAsync(ct) || day > (await quotes.TodayAsync(ct)).AddDays(MostDays)) ? new("expiresOn", "quotes.problem.expires_on", MostDays) : null;

    /// <summary>Does something about a quote's links, as one of its seller's people, while nobody else changes the quote.</summary>
    public Task<QuoteOutcome> WithAsync(string number, bool mustBeOpen, Func<QuoteHead, Task<QuoteOutcome>> work, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (!await quotes.HoldAsync(number, ct) || await quotes.HeadAsync(number, ct) is not { } head)
        {
            return new QuoteOutcome.NotFound();
        }

        if (!me.Has(QuoteLifecycle.RolesOf(QuoteSide.Seller)) || me.PartnerId != head.PartnerId)
        {
            return new QuoteOutcome.Forbidden();
        }

        return mustBeOpen && QuoteLifecycle.Find(QuoteLifecycle.Mail, head.Status) is null ? new QuoteOutcome.NotNow(head.Status) : await work(head);
    }, ct);

    Task<QuoteOutcome> WithLinkAsync(string number, string linkNumber, bool mustBeOpen, Func<QuoteHead, KeptLink, Task<QuoteOutcome>> work, CancellationToken ct) =>
        WithAsync(number, mustBeOpen, async head => await links.FindAsync(head.QuoteId, linkNumber, ct) is { } link ? await work(head, link) : new QuoteOutcome.NotFound(), ct);

    Task RecordAsync(string action, QuoteHead head, KeptLink link, CancellationToken ct) =>
        audit.RecordAsync(action, "quote", head.Number, head.PartnerId, new { link = link.Number, link.Revision, link.Recipient, link.Email }, ct);
}
