using System.Net.Mail;
using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>
/// Mails a sent quote: each recipient gets a mail of their own with a link of their own; who gets a copy gets the same words and files, and no link. The mails go through the outbox.
/// </summary>
public sealed class MailQuote(Db db, KeepQuoteLinks keep, QuoteLinkStore links, QuoteMailText words, AuditTrail audit, Outbox outbox, ICurrentPerson me, TimeProvider clock)
{
    /// <summary>The most recipients, and the most copies, of one sending.</summary>
    public const int MostRecipients = 10;

    /// <summary>The earliest a reminder comes, in days before the offer ends.</summary>
    public const int MostRemindDays = 60;

    /// <summary>Puts the mails into the outbox.</summary>
    /// <param name="number">A sent quote.</param>
    /// <param name="request">To whom, and in which words.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<QuoteOutcome> RunAsync(string number, QuoteMailRequest request, CancellationToken ct) => keep.WithAsync(number, mustBeOpen: true, async head =>
    {
        var problems = Problems(request).ToList();
        if (await keep.ExpiryProblemAsync(request.ExpiresOn, ct) is { } late)
        {
            problems.Add(late);
        }

        if (problems.Count > 0)
        {
            return new QuoteOutcome.Wrong(problems);
        }

        var put = await links.PutAsync(head, [.. request.To.Select(to => (PublicNumber.New("QL"), NameOf(to), (string?)to.Email))], request.Language, request.ExpiresOn ?? head.ValidUntil.AddDays(KeepQuoteLinks.DaysAfter), request.RemindDays, ct);
        var subject = request.Subject ?? words.Subject(request.Language, "offer");
        var text = request.Text ?? words.Text(request.Language, "offer");
        var copies = request.Cc.Where(cc => !request.To.Any(to => Same(to.Email, cc))).Distinct(StringComparer.OrdinalIgnoreCase);
        var mails = request.To.Select((to, index) => Mail(head, request, "offer", put[index].QuoteLinkId, to, subject, QuoteMailText.WithLink(text)))
            .Concat(copies.Select(cc => Mail(head, request, "copy", null, new(null, cc), subject, words.Copy(text, request.To.Select(to => to.Email), request.Language)))).ToList();
        foreach (var id in await PutAsync(head, mails, ct))
        {
            await outbox.PutAsync(QuoteMailReceiver.MessageKind, new QuoteMailReceiver.Wish(id), ct);
        }

        await audit.RecordAsync("quote.mailed", "quote", head.Number, head.PartnerId, new
        {
            head.Revision, to = request.To.Select(to => to.Email), cc = copies, links = put.Select(link => link.Number), request.Language, excel = request.WithExcel, request.RemindDays,
        }, ct);
        return new QuoteOutcome.Done(head.Number);
    }, ct);

    NewMail Mail(QuoteHead head, QuoteMailRequest request, string kind, long? link, QuoteMailAddress to, string subject, string text)
    {
        var filling = new QuoteMailWords(to.Name ?? head.CustomerName, head.CustomerName, head.Number, head.Revision, head.Currency, head.MinorUnits, head.GrandTotal, head.ValidUntil, head.PartnerName, me.Name);
        return new(link, kind, to.Email, to.Name, request.Language, Cut(QuoteMailText.Fill(subject, filling, request.Language), 300), Cut(QuoteMailText.Fill(text, filling, request.Language), 10_000), request.WithExcel);
    }

    Task<List<long>> PutAsync(QuoteHead head, IReadOnlyList<NewMail> mails, CancellationToken ct) => db.ListAsync<long>("""
        insert into quote_mail (quote_link_id, quote_id, partner_id, revision, kind, to_email, to_name, reply_to, language, subject, text, with_excel, created_by, created_at)
        select m.link, @QuoteId, @PartnerId, @Revision, m.kind, m.email, m.name, (select p.email from person p where p.person_id = app_person_id()), m.language, m.subject, m.text, m.excel, app_person_id(), @now
        from unnest(@links, @kinds, @emails, @names, @languages, @subjects, @texts, @excel) as m (link, kind, email, name, language, subject, text, excel)
        returning quote_mail_id
        """, new
    {
        head.QuoteId, head.PartnerId, head.Revision, now = clock.GetUtcNow().UtcDateTime,
        links = mails.Select(mail => mail.Link).ToArray(), kinds = mails.Select(mail => mail.Kind).ToArray(), emails = mails.Select(mail => mail.Email).ToArray(), names = mails.Select(mail => mail.Name).ToArray(),
        languages = mails.Select(mail => mail.Language).ToArray(), subjects = mails.Select(mail => mail.Subject).ToArray(), texts = mails.Select(mail => mail.Text).ToArray(), excel = mails.Select(mail => mail.WithExcel).ToArray(),
    }, ct);

    static IEnumerable<QuoteProblem> Problems(QuoteMailRequest request)
    {
        if (request.To.Count is 0 or > MostRecipients)
        {
            yield return new("to", "quotes.problem.to", MostRecipients);
        }

        if (request.To.Select(to => to.Email).FirstOrDefault(email => !IsAddress(email)) is { } wrongTo)
        {
            yield return new("to", "quotes.problem.email", wrongTo);
        }
        else if (request.To.GroupBy(to => to.Email, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
        {
            yield return new("to", "quotes.problem.email_twice", twice);
        }

        if (request.To.Any(to => to.Name is { Length: > 200 }))
        {
            yield return new("to", "quotes.problem.recipient");
        }

        if (request.Cc.Count > MostRecipients)
        {
            yield return new("cc", "quotes.problem.cc", MostRecipients);
        }

        if (request.Cc.FirstOrDefault(email => !IsAddress(email)) is { } wrongCopy)
        {
            yield return new("cc", "quotes.problem.email", wrongCopy);
        }

        if (request.Language is not ("en" or "zh-CN"))
        {
            yield return new("language", "quotes.problem.language");
        }

        if (request.Subject is { Length: > 200 })
        {
            yield return new("subject", "quotes.problem.subject");
        }

        if (request.Text is { Length: > 8000 })
        {
            yield return new("text", "quotes.problem.text");
        }

        foreach (var (field, text) in new[] { ("subject", request.Subject), ("text", request.Text) })
        {
            if (text is not null && QuoteMailText.Unknown(text) is { } unknown)
            {
                yield return new(field, "quotes.problem.placeholder", unknown, string.Join(", ", QuoteMailText.Placeholders.Select(known => $"{{{known}}}")));
            }
        }

        if (request.Subject?.Contains("{link}", StringComparison.Ordinal) == true)
        {
            yield return new("subject", "quotes.problem.link_in_subject");
        }

        if (request.RemindDays is < 1 or > MostRemindDays)
        {
            yield return new("remindDays", "quotes.problem.remind_days", MostRemindDays);
        }
    }

    static string NameOf(QuoteMailAddress to) => to.Name ?? to.Email;

    static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    // One address and nothing else: no name, no second one, no line break.
    static bool IsAddress(string email) =>
        email.Length <= 254 && !email.Any(char.IsControl) && MailAddress.TryCreate(email, out var read) && read.Address == email && read.Host.Contains('.', StringComparison.Ordinal);

    static string Cut(string text, int most) => text.Length <= most ? text : text[..most];

    sealed record NewMail(long? Link, string Kind, string Email, string? Name, string Language, string Subject, string Text, bool WithExcel);
}

/// <summary>To whom a quote is mailed, and how.</summary>
/// <param name="To">Who may answer.</param>
/// <param name="Cc">Who gets a copy for information.</param>
/// <param name="Language"><c>en</c> or <c>zh-CN</c>: of the page, the PDF and, where nobody writes them, the words.</param>
/// <param name="Subject">The subject; null for the usual one.</param>
/// <param name="Text">The text; null for the usual one.</param>
/// <param name="WithExcel">The Excel file goes along with the PDF.</param>
/// <param name="RemindDays">So many days before the offer ends whoever has not answered is reminded; null for not at all.</param>
/// <param name="ExpiresOn">The links' last day; null for 30 days after the offer's.</param>
public sealed record QuoteMailRequest(
    IReadOnlyList<QuoteMailAddress> To, IReadOnlyList<string> Cc, string Language, string? Subject, string? Text, bool WithExcel, int? RemindDays, DateOnly? ExpiresOn);

/// <summary>Somebody and their address.</summary>
public sealed record QuoteMailAddress(string? Name, string Email);
