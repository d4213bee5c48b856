using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Platform.Outbox;

namespace Portal.Quotes;

/// <summary>Reminds those who have not answered before their offer ends: once for each link, as many days before as its sender said. What was answered, revoked, superseded or has run out is left alone.</summary>
public sealed class RemindOfQuotes(Db db, QuoteMailText words, AuditTrail audit, Outbox outbox, TimeProvider clock) : IScheduledJob
{
    const int AtOnce = 100;

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken ct) => db.InPortionsAsync(AtOnce, () => RemindSomeAsync(ct), ct);

    async Task<int> RemindSomeAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var due = await db.ListAsync<Due>("""
            with due as (
                select l.quote_link_id
                from quote_link l
                join quote q on q.quote_id = l.quote_id and q.status = 'sent' and q.current_revision = l.revision
                join quote_revision r on r.quote_revision_id = l.quote_revision_id
                where l.remind_days is not null and l.reminded_at is null and l.revoked_at is null and l.email is not null and l.expires_on >= brand_day(@now)
                  and brand_day(@now) between r.valid_until - l.remind_days and r.valid_until
                  -- sent today, it needs no reminder today
                  and brand_day(l.created_at) < brand_day(@now)
                order by l.quote_link_id limit @AtOnce
                for update of l skip locked)
            update quote_link l
            set reminded_at = @now
            from due, quote q, quote_revision r, partner p, end_customer c, currency m
            where l.quote_link_id = due.quote_link_id and q.quote_id = l.quote_id and r.quote_revision_id = l.quote_revision_id and p.partner_id = l.partner_id and c.end_customer_id = q.end_customer_id and m.code = q.currency
            returning l.quote_link_id, l.number as link, l.quote_id, q.number, l.partner_id, l.revision, l.recipient, l.email, l.language, q.currency, m.minor_units, r.grand_total, r.valid_until, p.name as seller, c.name as customer,
                      (select s.name from person s where s.person_id = l.created_by) as sender, (select s.email from person s where s.person_id = l.created_by) as reply_to
            """, new { now, AtOnce }, ct);
        foreach (var id in await PutAsync(due, now, ct))
        {
            await outbox.PutAsync(QuoteMailReceiver.MessageKind, new QuoteMailReceiver.Wish(id), ct);
        }

        await audit.RecordAsync([.. due.Select(one => new AuditAct("quote.reminded", "quote", one.Number, [one.PartnerId], new { link = one.Link, one.Revision, to = one.Email }))], ct);
        return due.Count;
    }

    Task<List<long>> PutAsync(List<Due> due, DateTime now, CancellationToken ct) => db.ListAsync<long>("""
        insert into quote_mail (quote_link_id, quote_id, partner_id, revision, kind, to_email, to_name, reply_to, language, subject, text, with_excel, created_at)
        select m.link, m.quote, m.partner, m.revision, 'reminder', m.email, m.name, m.reply_to, m.language, m.subject, m.text, false, @now
        from unnest(@links, @quotes, @partners, @revisions, @emails, @names, @replies, @languages, @subjects, @texts) as m (link, quote, partner, revision, email, name, reply_to, language, subject, text)
        returning quote_mail_id
        """, new
    {
        now,
        links = due.Select(one => one.QuoteLinkId).ToArray(), quotes = due.Select(one => one.QuoteId).ToArray(), partners = due.Select(one => one.PartnerId).ToArray(), revisions = due.Select(one => one.Revision).ToArray(),
        emails = due.Select(one => one.Email).ToArray(), names = due.Select(one => one.Recipient).ToArray(), replies = due.Select(one => one.ReplyTo).ToArray(), languages = due.Select(one => one.Language).ToArray(),
        subjects = due.Select(one => QuoteMailText.Fill(words.Subject(one.Language, "reminder"), one.Words, one.Language)).ToArray(),
        texts = due.Select(one => QuoteMailText.Fill(words.Text(one.Language, "reminder"), one.Words, one.Language)).ToArray(),
    }, ct);

    sealed record Due
    {
        public long QuoteLinkId { get; init; }
        public string Link { get; init; } = "";
        public long QuoteId { get; init; }
        public string Number { get; init; } = "";
        public long PartnerId { get; init; }
        public int Revision { get; init; }
        public string Recipient { get; init; } = "";
        public string Email { get; init; } = "";
        public string Language { get; init; } = "";
        public string Currency { get; init; } = "";
        public int MinorUnits { get; init; }
        public decimal GrandTotal { get; init; }
        public DateOnly ValidUntil { get; init; }
        public string Seller { get; init; } = "";
        public string Customer { get; init; } = "";
        public string? Sender { get; init; }
        public string? ReplyTo { get; init; }

        public QuoteMailWords Words => new(Recipient, Customer, Number, Revision, Currency, MinorUnits, GrandTotal, ValidUntil, Seller, Sender ?? Seller);
    }
}
