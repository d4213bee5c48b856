using Platform.Database;

namespace Portal.Quotes;

/// <summary>Links, what came by them, and mails with a quote, for those who may see the quote.</summary>
public sealed class QuoteLinkStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The links of a quote, the newest first.</summary>
    public Task<List<QuoteLinkRow>> LinksAsync(long quoteId, CancellationToken ct) => db.ListAsync<QuoteLinkRow>("""
        select l.quote_link_id, l.number, l.revision, l.recipient, l.email, l.language, l.expires_on, l.remind_days, p.name as made_by, l.created_at, l.first_opened_at, l.last_opened_at, l.opened, l.first_downloaded_at, l.downloaded,
               l.reminded_at, l.revoked_at, a.answer, a.signer, a.title, a.answered_at, a.local_time, a.time_zone, a.typed is not null as is_typed, a.drawn is not null as is_drawn, host(a.ip_address) as ip_address, a.user_agent,
               encode(a.frozen_sha256, 'hex') as frozen_sha256,
               l.is_printed, case when l.revoked_at is not null then 'revoked' when a.answer is not null then a.answer when l.expires_on < brand_day(@Now) then 'ended' when l.opened > 0 then 'opened' else 'waiting' end as state
        from quote_link l
        left join quote_answer a on a.quote_link_id = l.quote_link_id
        left join person p on p.person_id = l.created_by
        where l.quote_id = @quoteId
        order by l.revision desc, l.quote_link_id desc
        """, new { quoteId, Now }, ct);

    /// <summary>What the customer asked for by links, the newest first.</summary>
    public Task<List<QuoteRequestRow>> RequestsAsync(long quoteId, CancellationToken ct) => db.ListAsync<QuoteRequestRow>("""
        select r.revision, r.asker, r.words, r.asked_at, l.number as link
        from quote_request r join quote_link l using (quote_link_id)
        where r.quote_id = @quoteId
        order by r.quote_request_id desc
        """, new { quoteId }, ct);

    /// <summary>The mails of a quote, the newest first.</summary>
    public Task<List<QuoteMailRow>> MailsAsync(long quoteId, CancellationToken ct) => db.ListAsync<QuoteMailRow>("""
        select m.kind, m.revision, m.to_email, m.to_name, m.subject, m.language, m.with_excel, p.name as sent_by, m.created_at, m.sent_at
        from quote_mail m left join person p on p.person_id = m.created_by
        where m.quote_id = @quoteId
        order by m.quote_mail_id desc limit 200
        """, new { quoteId }, ct);

    /// <summary>A link of a quote, or null.</summary>
    public Task<KeptLink?> FindAsync(long quoteId, string number, CancellationToken ct) => db.FindAsync<KeptLink>("""
        select quote_link_id, number, partner_id, revision, recipient, email, revoked_at is not null as is_revoked, is_printed from quote_link where quote_id = @quoteId and number = @number
        """, new { quoteId, number }, ct);

    /// <summary>People at the customer whose address is known: from deals, and from quotes that were sent before.</summary>
    public Task<List<QuoteContact>> ContactsAsync(long endCustomerId, CancellationToken ct) => db.ListAsync<QuoteContact>("""
        select name, email from (
            select distinct on (lower(email)) name, email, at
            from (
                select d.contact_name as name, d.contact_email as email, d.updated_at as at
                from deal d where d.end_customer_id = @endCustomerId and d.partner_id = app_partner_id() and d.contact_email is not null
                union all
                select l.recipient, l.email, l.created_at
                from quote_link l join quote q on q.quote_id = l.quote_id
                where q.end_customer_id = @endCustomerId and q.partner_id = app_partner_id() and l.email is not null) known
            order by lower(email), at desc) contact
        order by at desc limit 12
        """, new { endCustomerId }, ct);

    /// <summary>How many days before the end the seller last wanted to remind; 3 where it never said.</summary>
    public async Task<int?> LastRemindDaysAsync(CancellationToken ct) => (await db.ListAsync<int?>("""
        select remind_days from quote_link where partner_id = app_partner_id() and not is_printed order by quote_link_id desc limit 1
        """, null, ct)) is [var last] ? last : 3;

    /// <summary>
    /// A link for each recipient who has none to that revision yet; the others' are as good as new. Whoever has one keeps it, with its trace.
    /// </summary>
    /// <returns>The links, in the order of the recipients.</returns>
    public async Task<List<KeptLink>> PutAsync(QuoteHead head, IReadOnlyList<(string Number, string Recipient, string? Email)> to, string language, DateOnly expiresOn, int? remindDays, CancellationToken ct) => [.. (await db.ListAsync<KeptLink>("""
        insert into quote_link as l (number, quote_id, quote_revision_id, partner_id, revision, recipient, email, language, expires_on, remind_days, created_by, created_at)
        select t.number, @QuoteId, @QuoteRevisionId, @PartnerId, @Revision, t.recipient, t.email, @language, @expiresOn, @remindDays, app_person_id(), @Now
        from unnest(@numbers, @recipients, @emails) as t (number, recipient, email)
        on conflict (quote_revision_id, lower(coalesce(email, recipient))) where not is_printed do update
        set recipient = excluded.recipient, language = excluded.language, expires_on = excluded.expires_on, remind_days = excluded.remind_days, revoked_at = null, reminded_at = null
        returning quote_link_id, number, partner_id, revision, recipient, email, false as is_revoked, is_printed
        """, new
    {
        head.QuoteId, head.QuoteRevisionId, head.PartnerId, head.Revision, language, expiresOn, remindDays, Now,
        numbers = to.Select(one => one.Number).ToArray(), recipients = to.Select(one => one.Recipient).ToArray(), emails = to.Select(one => one.Email).ToArray(),
    }, ct)).OrderBy(link => to.ToList().FindIndex(one => string.Equals(one.Email ?? one.Recipient, link.Email ?? link.Recipient, StringComparison.OrdinalIgnoreCase)))];

    /// <summary>The link of the code on the PDF, of a revision that was just frozen.</summary>
    public Task PrintAsync(QuoteHead head, string number, string customer, CancellationToken ct) => db.ExecuteAsync("""
        insert into quote_link (number, quote_id, quote_revision_id, partner_id, revision, recipient, language, expires_on, is_printed, created_by, created_at)
        select @number, @QuoteId, @QuoteRevisionId, @PartnerId, @Revision, left(@customer, 200), p.language, @expiresOn, true, app_person_id(), @Now from partner p where p.partner_id = @PartnerId
        """, new { number, head.QuoteId, head.QuoteRevisionId, head.PartnerId, head.Revision, customer, expiresOn = head.ValidUntil.AddDays(KeepQuoteLinks.DaysAfter), Now }, ct);

    /// <summary>Ends a link: all its secrets open nothing any more.</summary>
    public Task RevokeAsync(KeptLink link, CancellationToken ct) => db.ExecuteAsync("""
        update quote_link set revoked_at = coalesce(revoked_at, @Now) where quote_link_id = @QuoteLinkId;
        update quote_link_secret set ended_at = @Now where quote_link_id = @QuoteLinkId and ended_at is null
        """, new { link.QuoteLinkId, Now }, ct);

    /// <summary>Makes a link good again until a day; its old secrets end, a new one has to be given out.</summary>
    public Task RenewAsync(KeptLink link, DateOnly expiresOn, CancellationToken ct) => db.ExecuteAsync("""
        update quote_link set revoked_at = null, reminded_at = null, expires_on = @expiresOn where quote_link_id = @QuoteLinkId;
        update quote_link_secret set ended_at = @Now where quote_link_id = @QuoteLinkId and ended_at is null
        """, new { link.QuoteLinkId, expiresOn, Now }, ct);

    /// <summary>Keeps the hash of a secret.</summary>
    public Task AddSecretAsync(long quoteLinkId, long partnerId, byte[] hash, string madeFor, CancellationToken ct) => db.ExecuteAsync("""
        insert into quote_link_secret (secret_sha256, quote_link_id, partner_id, made_for, made_at) values (@hash, @quoteLinkId, @partnerId, @madeFor, @Now)
        """, new { quoteLinkId, partnerId, hash, madeFor, Now }, ct);
}

/// <summary>A link as the acts need it.</summary>
public sealed record KeptLink(long QuoteLinkId, string Number, long PartnerId, int Revision, string Recipient, string? Email, bool IsRevoked, bool IsPrinted);

/// <summary>Somebody at the customer.</summary>
public sealed record QuoteContact(string? Name, string Email);

/// <summary>What a customer asked for.</summary>
public sealed record QuoteRequestRow(int Revision, string Asker, string Words, DateTime AskedAt, string Link);

/// <summary>A mail with a quote.</summary>
public sealed record QuoteMailRow(string Kind, int Revision, string ToEmail, string? ToName, string Subject, string Language, bool WithExcel, string? SentBy, DateTime CreatedAt, DateTime? SentAt);

/// <summary>A link with what became of it.</summary>
public sealed record QuoteLinkRow
{
    /// <summary>The key.</summary>
    public long QuoteLinkId { get; init; }

    /// <summary>Its number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The revision it leads to.</summary>
    public int Revision { get; init; }

    /// <summary>It is that of the code on the PDF.</summary>
    public bool IsPrinted { get; init; }

    /// <summary>For whom.</summary>
    public string Recipient { get; init; } = "";

    /// <summary>Where mail goes.</summary>
    public string? Email { get; init; }

    /// <summary>In which language it opens.</summary>
    public string Language { get; init; } = "";

    /// <summary>Its last day.</summary>
    public DateOnly ExpiresOn { get; init; }

    /// <summary>How many days before the end of the offer its holder is reminded.</summary>
    public int? RemindDays { get; init; }

    /// <summary>Who made it.</summary>
    public string? MadeBy { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was first opened.</summary>
    public DateTime? FirstOpenedAt { get; init; }

    /// <summary>When it was last opened.</summary>
    public DateTime? LastOpenedAt { get; init; }

    /// <summary>How often.</summary>
    public int Opened { get; init; }

    /// <summary>When a file was first downloaded.</summary>
    public DateTime? FirstDownloadedAt { get; init; }

    /// <summary>How often.</summary>
    public int Downloaded { get; init; }

    /// <summary>When its holder was reminded.</summary>
    public DateTime? RemindedAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTime? RevokedAt { get; init; }

    /// <summary>What was answered by it.</summary>
    public string? Answer { get; init; }

    /// <summary>Who answered.</summary>
    public string? Signer { get; init; }

    /// <summary>What they are.</summary>
    public string? Title { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTime? AnsweredAt { get; init; }

    /// <summary>The same by the signer's clock.</summary>
    public string? LocalTime { get; init; }

    /// <summary>The zone of that time.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The signature was typed.</summary>
    public bool IsTyped { get; init; }

    /// <summary>It was drawn.</summary>
    public bool IsDrawn { get; init; }

    /// <summary>From where it was answered.</summary>
    public string? IpAddress { get; init; }

    /// <summary>With what.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The revision that was answered.</summary>
    public string? FrozenSha256 { get; init; }

    /// <summary><c>waiting</c>, <c>opened</c>, <c>accepted</c>, <c>declined</c>, <c>ended</c> or <c>revoked</c>.</summary>
    public string State { get; init; } = "";
}
