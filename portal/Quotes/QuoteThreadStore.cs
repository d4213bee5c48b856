using Platform.Database;

namespace Portal.Quotes;

/// <summary>Every statement about what is said of a quote.</summary>
public sealed class QuoteThreadStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>All that was said of a quote, in order: by the customer, to the customer, and between the seller and the deal desk.</summary>
    public Task<List<QuoteRemark>> OfQuoteAsync(long quoteId, CancellationToken ct) => db.ListAsync<QuoteRemark>("""
        select * from (
            select 'customer' as audience, true as from_customer, r.asker as name, null as company, r.words, r.revision, r.asked_at as said_at from quote_request r where r.quote_id = @quoteId
            union all
            select c.audience, false, c.name, c.company, c.words, c.revision, c.said_at from quote_comment c where c.quote_id = @quoteId) said
        order by said_at
        """, new { quoteId }, ct);

    /// <summary>What the customer may read of it, by the hash of a secret.</summary>
    public Task<List<OfferRemark>> OfOfferAsync(byte[] secret, CancellationToken ct) =>
        db.ListAsync<OfferRemark>("select from_customer, name, words, revision, said_at from quote_link_thread(@secret, @Now)", new { secret, Now }, ct);

    /// <summary>Keeps what the person at work says, under the name and company they have today.</summary>
    public Task AddAsync(QuoteHead head, string audience, string name, string company, string words, CancellationToken ct) => db.ExecuteAsync("""
        insert into quote_comment (quote_id, partner_id, revision, audience, person_id, name, company, words, said_at)
        values (@QuoteId, @PartnerId, @Revision, @audience, app_person_id(), @name, @company, @words, @Now)
        """, new { head.QuoteId, head.PartnerId, head.Revision, audience, name, company, words, Now }, ct);

    /// <summary>Mails the words to everybody at the customer who has a link to the current revision that is open, each in the language of the link.</summary>
    /// <param name="head">The quote.</param>
    /// <param name="subjects">The subject in English and in Chinese.</param>
    /// <param name="words">What was said; the place of the link is in it.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The mails that are to be sent.</returns>
    public Task<List<long>> MailAsync(QuoteHead head, (string En, string Zh) subjects, string words, CancellationToken ct) => db.ListAsync<long>("""
        insert into quote_mail (quote_link_id, quote_id, partner_id, revision, kind, to_email, to_name, reply_to, language, subject, text, with_excel, created_by, created_at)
        select l.quote_link_id, l.quote_id, l.partner_id, l.revision, 'reply', l.email, l.recipient, (select p.email from person p where p.person_id = app_person_id()), l.language,
               case l.language when 'zh-CN' then @zh else @en end, @words, false, app_person_id(), @Now
        from quote_link l
        where l.quote_revision_id = @QuoteRevisionId and l.email is not null and l.revoked_at is null and l.expires_on >= brand_day(@Now)
        returning quote_mail_id
        """, new { head.QuoteRevisionId, en = subjects.En, zh = subjects.Zh, words, Now }, ct);

    /// <summary>Who began the quote; null where nobody of the portal did.</summary>
    public Task<long?> AuthorAsync(long quoteId, CancellationToken ct) => db.FindAsync<long?>("select created_by from quote where quote_id = @quoteId", new { quoteId }, ct);
}

/// <summary>Something that was said of a quote.</summary>
/// <param name="Audience"><c>customer</c> or <c>approval</c>.</param>
/// <param name="FromCustomer">The customer said it, by a link.</param>
/// <param name="Name">Who.</param>
/// <param name="Company">Of which company of the channel; null for the customer.</param>
/// <param name="Words">What.</param>
/// <param name="Revision">About which revision.</param>
/// <param name="SaidAt">When, UTC.</param>
public sealed record QuoteRemark(string Audience, bool FromCustomer, string Name, string? Company, string Words, int Revision, DateTime SaidAt);

/// <summary>The same, as the customer reads it.</summary>
public sealed record OfferRemark(bool FromCustomer, string Name, string Words, int Revision, DateTime SaidAt);
