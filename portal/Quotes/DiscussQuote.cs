using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Platform.Texts;
using Portal.Notifications;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>What seller and deal desk say about a quote: to the customer, who reads it by its link and in a mail, or to each other.</summary>
public sealed class DiscussQuote(Db db, QuoteStore quotes, QuoteThreadStore thread, Notifier notifier, Texts texts, AuditTrail audit, Outbox outbox, ICurrentPerson me)
{
    /// <summary>The customer reads it.</summary>
    public const string ToCustomer = "customer";

    /// <summary>Seller and deal desk read it.</summary>
    public const string ToApproval = "approval";

    /// <summary>The most characters that are said at once.</summary>
    public const int MostLetters = 2000;

    /// <summary>Says something; the quote stays as it is.</summary>
    /// <param name="number">The quote.</param>
    /// <param name="audience"><see cref="ToCustomer"/> or <see cref="ToApproval"/>.</param>
    /// <param name="words">What is said.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<QuoteOutcome> SayAsync(string number, string? audience, string? words, CancellationToken ct) => db.InTransactionAsync<QuoteOutcome>(async () =>
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return new QuoteOutcome.NotFound();
        }

        List<QuoteProblem> problems = [];
        if (audience is not (ToCustomer or ToApproval))
        {
            problems.Add(new("audience", "quotes.problem.audience"));
        }

        var said = Typed.Text(words);
        if (said is not { Length: <= MostLetters })
        {
            problems.Add(new("words", "quotes.problem.words", MostLetters));
        }

        if (problems.Count > 0)
        {
            return new QuoteOutcome.Wrong(problems);
        }

        if (!May(audience!, head))
        {
            return new QuoteOutcome.Forbidden();
        }

        // Nobody can read it yet, or any more.
        if (audience is ToCustomer && head.FirstSentOn is null)
        {
            return new QuoteOutcome.NotNow(head.Status);
        }

        await thread.AddAsync(head, audience!, me.Name, me.PartnerName, said!, ct);
        await audit.RecordAsync("quote.comment", "quote", number, head.PartnerId, new { head.Revision, audience, words = said }, ct);
        if (audience is ToCustomer)
        {
            foreach (var mail in head.Status is "sent" ? await thread.MailAsync(head, (texts.In("en", "quotes.mail.reply_subject", number), texts.In("zh-CN", "quotes.mail.reply_subject", number)), said + "\n\n{link}", ct) : [])
            {
                await outbox.PutAsync(QuoteMailReceiver.MessageKind, new QuoteMailReceiver.Wish(mail), ct);
            }
        }
        else
        {
            await notifier.TellAsync(await OthersAsync(head, ct), "quotes.told.comment", [number, me.Name], $"/quotes/{number}", ct);
        }

        return new QuoteOutcome.Done(number);
    }, ct);

    /// <summary>True when the person at work may say something to them.</summary>
    public bool May(string audience, QuoteHead head) =>
        (me.PartnerId == head.PartnerId && me.Has(QuoteLifecycle.RolesOf(QuoteSide.Seller))) || (audience is ToApproval && me.IsBrand && me.Has(QuoteLifecycle.RolesOf(QuoteSide.DealDesk)));

    // Whoever is on the other side: the deal desk, or the one who began the quote and, where that was nobody, those who sell there.
    async Task<Recipients> OthersAsync(QuoteHead head, CancellationToken ct) => me.PartnerId == head.PartnerId ? Recipients.Brand("deal_desk")
        : await thread.AuthorAsync(head.QuoteId, ct) is { } author ? Recipients.Person(author) : Recipients.Of(head.PartnerId, "sales", "partner_admin");
}
