using System.Text.Json;
using Platform.Database;
using Platform.Mail;
using Platform.Outbox;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>
/// Sends a mail with a quote: makes the secret of its link at the last moment, so that it is stored nowhere, and puts the files in. A mail whose link or quote is over by now is not sent.
/// </summary>
public sealed class QuoteMailReceiver(Db db, QuoteLinkStore links, QuoteFiles files, MailSender sender, IConfiguration settings, TimeProvider clock) : IOutboxReceiver
{
    /// <summary>The outbox's kind.</summary>
    public const string MessageKind = "quote-mail";

    /// <inheritdoc/>
    public string Kind => MessageKind;

    /// <inheritdoc/>
    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var wish = payload.Deserialize<Wish>(Outbox.Json)!;
        if (await FindAsync(wish.QuoteMailId, ct) is not { } mail)
        {
            return;
        }

        // A reply carries words; the offer the customer has already.
        List<MailAttachment> attachments = mail.Kind == "reply" ? [] : [await FileAsync(mail, "pdf", "application/pdf", ct)];
        if (mail.WithExcel)
        {
            attachments.Add(await FileAsync(mail, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ct));
        }

        // Kept before the mail goes: an address that was mailed opens the offer. Where the mail fails, nobody knows this secret, and the next attempt has another.
        var text = mail.QuoteLinkId is { } link ? mail.Text.Replace("{link}", await AddressAsync(link, mail, ct), StringComparison.Ordinal) : mail.Text;
        await sender.SendAsync(new Mail(mail.ToEmail, mail.Subject, text) { ReplyTo = mail.ReplyTo, Attachments = attachments }, ct);
        await db.ExecuteAsync("update quote_mail set sent_at = @now where quote_mail_id = @QuoteMailId", new { wish.QuoteMailId, now = clock.GetUtcNow().UtcDateTime }, ct);
    }

    async Task<string> AddressAsync(long link, DueMail mail, CancellationToken ct)
    {
        var (secret, hash) = OfferSecret.New();
        await links.AddSecretAsync(link, mail.PartnerId, hash, mail.Kind == "reminder" ? "reminder" : "mail", ct);
        return OfferSecret.Address(PortalUrl.Of(settings), secret);
    }

    async Task<MailAttachment> FileAsync(DueMail mail, string kind, string type, CancellationToken ct) => await files.FindAsync(mail.Number, mail.Revision, kind, mail.Language, ct) switch
    {
        QuoteFileOutcome.Ready(var file) => new($"{mail.Number}-{mail.Revision}.{kind}", type, file.Content),
        // Tried again later, as every message that fails.
        QuoteFileOutcome.Busy => throw new InvalidOperationException($"The {kind} of {mail.Number} cannot be made just now."),
        _ => throw new InvalidOperationException($"{mail.Number} has no {kind}."),
    };

    Task<DueMail?> FindAsync(long quoteMailId, CancellationToken ct) => db.FindAsync<DueMail>("""
        select m.quote_link_id, m.partner_id, m.kind, m.to_email, m.reply_to, m.language, m.subject, m.text, m.with_excel, q.number, m.revision
        from quote_mail m
        join quote q on q.quote_id = m.quote_id
        left join quote_link l on l.quote_link_id = m.quote_link_id
        where m.quote_mail_id = @quoteMailId and m.sent_at is null and q.status = 'sent' and q.current_revision = m.revision and l.revoked_at is null
        """, new { quoteMailId }, ct);

    /// <summary>Which mail is to be sent.</summary>
    public sealed record Wish(long QuoteMailId);

    sealed record DueMail(long? QuoteLinkId, long PartnerId, string Kind, string ToEmail, string? ReplyTo, string Language, string Subject, string Text, bool WithExcel, string Number, int Revision);
}

/// <summary>Sends the signed copy to the address by whose link a quote was accepted.</summary>
public sealed class SignedCopyMail(Db db, SignedCopies copies, MailSender sender, Platform.Texts.Texts texts) : IOutboxReceiver
{
    /// <summary>The outbox's kind.</summary>
    public const string MessageKind = "quote-signed";

    /// <inheritdoc/>
    public string Kind => MessageKind;

    /// <inheritdoc/>
    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var wish = payload.Deserialize<Wish>(Outbox.Json)!;
        if (await db.FindAsync<Accepted>("""
            select q.number, a.revision, l.email, a.signer, a.language, p.name as seller, c.email as reply_to
            from quote_answer a
            join quote_link l on l.quote_link_id = a.quote_link_id
            join quote q on q.quote_id = a.quote_id
            join partner p on p.partner_id = a.partner_id
            left join person c on c.person_id = l.created_by
            where a.quote_answer_id = @QuoteAnswerId and a.answer = 'accepted' and l.email is not null
            """, new { wish.QuoteAnswerId }, ct) is not { } accepted)
        {
            return;
        }

        if (await copies.FindAsync(accepted.Number, accepted.Revision, accepted.Language, ct) is not QuoteFileOutcome.Ready(var file))
        {
            throw new InvalidOperationException($"The signed copy of {accepted.Number} cannot be made just now.");
        }

        await sender.SendAsync(new Mail(accepted.Email, texts.In(accepted.Language, "quotes.mail.signed_subject", accepted.Number), texts.In(accepted.Language, "quotes.mail.signed_text", accepted.Signer, accepted.Number, accepted.Seller, file.Sha256))
        {
            ReplyTo = accepted.ReplyTo,
            Attachments = [new($"{accepted.Number}-{accepted.Revision}-signed.pdf", "application/pdf", file.Content)],
        }, ct);
    }

    /// <summary>Which answer.</summary>
    public sealed record Wish(long QuoteAnswerId);

    sealed record Accepted(string Number, int Revision, string Email, string Signer, string Language, string Seller, string? ReplyTo);
}
