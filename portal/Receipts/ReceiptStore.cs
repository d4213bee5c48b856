using Platform.Database;

namespace Portal.Receipts;

/// <summary>Every statement about receipts.</summary>
public sealed class ReceiptStore(Db db)
{
    const string Columns = """
        r.claim_receipt_id, r.number, d.number as deal_number, r.partner_id, r.sequence, r.why, lower(r.protection) as protected_from, upper(r.protection) as protected_until,
        brand_day(upper(r.protection) - interval '1 microsecond') as last_day, r.kid, r.jws, encode(r.sha256, 'hex') as sha256, r.issued_at,
        not exists (select from claim_receipt n where n.deal_id = r.deal_id and n.sequence > r.sequence) as is_newest
        """;

    /// <summary>The receipts of a deal, the newest first.</summary>
    public Task<List<Receipt>> OfDealAsync(string dealNumber, CancellationToken ct) => db.ListAsync<Receipt>($"""
        select {Columns} from claim_receipt r join deal d using (deal_id) where d.number = @dealNumber order by r.sequence desc
        """, new { dealNumber }, ct);

    /// <summary>One receipt.</summary>
    public Task<Receipt?> FindAsync(string number, CancellationToken ct) =>
        db.FindAsync<Receipt>($"select {Columns} from claim_receipt r join deal d using (deal_id) where r.number = @number", new { number }, ct);

    /// <summary>A receipt by the hash of its text and whether it still holds; asked by anybody who has it.</summary>
    public Task<ReceiptStanding?> StandingAsync(byte[] sha256, DateTime now, CancellationToken ct) =>
        db.FindAsync<ReceiptStanding>("select jws, is_newest, is_in_force from receipt_standing(@sha256, @now)", new { sha256, now }, ct);

    /// <summary>The lines of a receipt that a dispute gave to somebody else since it was signed.</summary>
    public Task<List<LineLostSince>> LostLinesAsync(byte[] sha256, CancellationToken ct) =>
        db.ListAsync<LineLostSince>("select code, lost_at, dispute from receipt_lost_lines(@sha256)", new { sha256 }, ct);

    /// <summary>What receipts of these deals would say now, each with the one before it. A deal without a claim is left out.</summary>
    public Task<List<ReceiptFacts>> FactsAsync(IReadOnlyCollection<long> dealIds, DateTime now, CancellationToken ct) => db.ListAsync<ReceiptFacts>("""
        select d.deal_id, d.number as deal_number, k.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin,
               c.number as customer_number, c.name as customer_name, c.country_code, c.credit_code, c.vat_number, c.duns, c.domain,
               t.code as territory, t.name as territory_name, t.name_zh as territory_name_zh, k.line_codes, k.line_names, k.line_names_zh,
               k.protected_from, k.protected_until, brand_day(k.protected_until - interval '1 microsecond') as last_day, coalesce(d.decided_at, k.protected_from) as approved_at,
               y.number as policy_number, y.protection_days, y.extension_days, w.audit_entry_id, encode(w.hash, 'hex') as audit_hash, w.acts, w.audit_seal_id, encode(w.digest, 'hex') as seal_digest,
               before.sequence as before_sequence, before.number as before_number, encode(before.sha256, 'hex') as before_sha256, before.partner_id as before_partner_id,
               upper(before.protection) as before_until, b.revoked_at is not null as before_is_revoked,
               before.partner_id = k.partner_id and before.protection = tstzrange(k.protected_from, k.protected_until) and before.line_codes in (k.line_codes, '{}') as is_unchanged
        from deal d
        cross join lateral (
            select min(x.partner_id) as partner_id, min(x.end_customer_id) as end_customer_id, min(x.territory_id) as territory_id, min(lower(x.protection)) as protected_from, max(upper(x.protection)) as protected_until,
                   array_agg(l.code order by l.code) as line_codes, array_agg(l.name order by l.code) as line_names, array_agg(l.name_zh order by l.code) as line_names_zh,
                   array_agg(l.product_line_id) as line_ids
            from deal_claim x join product_line l using (product_line_id)
            where x.deal_id = d.deal_id and upper(x.protection) > @now
        ) k
        join partner p on p.partner_id = k.partner_id
        join end_customer c on c.end_customer_id = k.end_customer_id
        join territory t on t.territory_id = k.territory_id
        cross join lateral audit_witness('deal', d.number) w
        left join lateral (
            select r.* from claim_receipt r where r.deal_id = d.deal_id order by r.sequence desc limit 1
        ) before on true
        left join lateral (select r.revoked_at from receipt_keys() r where r.kid = before.kid) b on true
        join protection_policy y on y.protection_policy_id = coalesce(d.protection_policy_id,
            protection_policy_for(p.partner_level, k.line_ids, d.amount * rate_to_brand(d.currency, brand_day(@now)), brand_day(@now)))
        where d.deal_id = any(@dealIds) and k.protected_until > @now
        """, new { dealIds = dealIds.ToArray(), now }, ct);

    /// <summary>Keeps receipts; the deals want none any more.</summary>
    public Task InsertAsync(IReadOnlyCollection<SignedReceipt> receipts, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        with kept as (
            insert into claim_receipt (number, deal_id, partner_id, sequence, why, protection, line_codes, kid, jws, sha256, audit_entry_id, audit_hash, issued_at)
            select r.number, r.deal_id, r.partner_id, r.sequence, r.why, tstzrange(r.protected_from, r.protected_until), string_to_array(r.lines, ','), r.kid, r.jws, sha256(convert_to(r.jws, 'UTF8')), r.entry, decode(r.hash, 'hex'), @now
            from unnest(@numbers, @deals, @partners, @sequences, @why, @from, @until, @lines, @kids, @jws, @entries, @hashes)
                as r (number, deal_id, partner_id, sequence, why, protected_from, protected_until, lines, kid, jws, entry, hash)
        )
        delete from receipt_due where deal_id = any(@deals)
        """, new
    {
        now,
        numbers = receipts.Select(receipt => receipt.Content.Number).ToArray(),
        deals = receipts.Select(receipt => receipt.Facts.DealId).ToArray(),
        partners = receipts.Select(receipt => receipt.Facts.PartnerId).ToArray(),
        sequences = receipts.Select(receipt => receipt.Content.Sequence).ToArray(),
        why = receipts.Select(receipt => receipt.Content.Why).ToArray(),
        from = receipts.Select(receipt => receipt.Facts.ProtectedFrom).ToArray(),
        until = receipts.Select(receipt => receipt.Facts.ProtectedUntil).ToArray(),
        lines = receipts.Select(receipt => string.Join(',', receipt.Facts.LineCodes)).ToArray(),
        kids = receipts.Select(receipt => receipt.Kid).ToArray(),
        jws = receipts.Select(receipt => receipt.Jws).ToArray(),
        entries = receipts.Select(receipt => receipt.Facts.AuditEntryId).ToArray(),
        hashes = receipts.Select(receipt => receipt.Facts.AuditHash).ToArray(),
    }, ct);

    /// <summary>Deals that want a receipt, at most so many; others at work on them are not waited for.</summary>
    public Task<List<long>> DueAsync(int atMost, CancellationToken ct) =>
        db.ListAsync<long>("select deal_id from receipt_due order by deal_id limit @atMost for update skip locked", new { atMost }, ct);

    /// <summary>Those of these deals that have no act in the audit.</summary>
    public Task<List<(string Number, long PartnerId)>> WithoutAuditAsync(IReadOnlyCollection<long> dealIds, CancellationToken ct) => db.ListAsync<(string, long)>("""
        select d.number, d.partner_id from deal d
        where d.deal_id = any(@deals) and not exists (select from audit_entry e where e.subject_kind = 'deal' and e.subject_number = d.number)
        """, new { deals = dealIds.ToArray() }, ct);

    /// <summary>These deals want no receipt: their protection is over.</summary>
    public Task ForgetDueAsync(IReadOnlyCollection<long> dealIds, CancellationToken ct) =>
        db.ExecuteAsync("delete from receipt_due where deal_id = any(@deals)", new { deals = dealIds.ToArray() }, ct);

    /// <summary>The file that was made before.</summary>
    public Task<ReceiptFile?> FindFileAsync(long receiptId, string language, CancellationToken ct) => db.FindAsync<ReceiptFile>("""
        select content, encode(sha256, 'hex') as sha256 from receipt_file where claim_receipt_id = @receiptId and language = @language
        """, new { receiptId, language }, ct);

    /// <summary>Keeps a file; where somebody was faster, theirs stays.</summary>
    public Task KeepFileAsync(Receipt receipt, string language, byte[] content, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into receipt_file (claim_receipt_id, partner_id, language, content, sha256, made_at)
        values (@ClaimReceiptId, @PartnerId, @language, @content, sha256(@content), @now) on conflict do nothing
        """, new { receipt.ClaimReceiptId, receipt.PartnerId, language, content, now }, ct);
}

/// <summary>A receipt.</summary>
public sealed record Receipt
{
    /// <summary>The key; never leaves the server.</summary>
    public long ClaimReceiptId { get; init; }

    /// <summary>The number.</summary>
    public required string Number { get; init; }

    /// <summary>The deal.</summary>
    public required string DealNumber { get; init; }

    /// <summary>Whose claim it is; never leaves the server.</summary>
    public long PartnerId { get; init; }

    /// <summary>The how many-th of its deal.</summary>
    public int Sequence { get; init; }

    /// <summary><c>approval</c>, <c>extension</c>, <c>transfer</c> or <c>change</c>.</summary>
    public required string Why { get; init; }

    /// <summary>When the protection begins.</summary>
    public DateTime ProtectedFrom { get; init; }

    /// <summary>When it ends.</summary>
    public DateTime ProtectedUntil { get; init; }

    /// <summary>The last protected day, for the brand.</summary>
    public DateOnly LastDay { get; init; }

    /// <summary>The key that signed.</summary>
    public required string Kid { get; init; }

    /// <summary>The signed text.</summary>
    public required string Jws { get; init; }

    /// <summary>Its SHA-256.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When it was signed.</summary>
    public DateTime IssuedAt { get; init; }

    /// <summary>No newer one of the deal supersedes it.</summary>
    public bool IsNewest { get; init; }
}

/// <summary>A receipt's file.</summary>
/// <param name="Content">The PDF.</param>
/// <param name="Sha256">Its SHA-256.</param>
public sealed record ReceiptFile(byte[] Content, string Sha256);

/// <summary>A receipt that somebody has, as the portal knows it.</summary>
/// <param name="Jws">Its text.</param>
/// <param name="IsNewest">No newer one supersedes it.</param>
/// <param name="IsInForce">The claim is protected as it says, now.</param>
public sealed record ReceiptStanding(string Jws, bool IsNewest, bool IsInForce);

/// <summary>A line of a receipt that is another's by now.</summary>
/// <param name="Code">The line.</param>
/// <param name="LostAt">Since when.</param>
/// <param name="Dispute">The dispute that took it away.</param>
public sealed record LineLostSince(string Code, DateTime LostAt, string Dispute);

/// <summary>A receipt that is about to be kept.</summary>
public sealed record SignedReceipt(ReceiptFacts Facts, ReceiptContent Content, string Jws, string Kid);

/// <summary>What a receipt is made of.</summary>
public sealed class ReceiptFacts
{
#pragma warning disable CS1591 // each is the member of ReceiptContent or Receipt of the same name
    public long DealId { get; init; }
    public string DealNumber { get; init; } = "";
    public long PartnerId { get; init; }
    public string PartnerNumber { get; init; } = "";
    public string PartnerName { get; init; } = "";
    public string? PartnerNameLatin { get; init; }
    public string CustomerNumber { get; init; } = "";
    public string CustomerName { get; init; } = "";
    public string CountryCode { get; init; } = "";
    public string? CreditCode { get; init; }
    public string? VatNumber { get; init; }
    public string? Duns { get; init; }
    public string? Domain { get; init; }
    public string Territory { get; init; } = "";
    public string TerritoryName { get; init; } = "";
    public string TerritoryNameZh { get; init; } = "";
    public string[] LineCodes { get; init; } = [];
    public string[] LineNames { get; init; } = [];
    public string[] LineNamesZh { get; init; } = [];
    public DateTime ProtectedFrom { get; init; }
    public DateTime ProtectedUntil { get; init; }
    public DateOnly LastDay { get; init; }
    public DateTime ApprovedAt { get; init; }
    public string PolicyNumber { get; init; } = "";
    public int ProtectionDays { get; init; }
    public int ExtensionDays { get; init; }
    public long AuditEntryId { get; init; }
    public string AuditHash { get; init; } = "";
    public long Acts { get; init; }
    public long? AuditSealId { get; init; }
    public string? SealDigest { get; init; }
    public int? BeforeSequence { get; init; }
    public string? BeforeNumber { get; init; }
    public string? BeforeSha256 { get; init; }
    public long? BeforePartnerId { get; init; }
    public DateTime? BeforeUntil { get; init; }
    public bool BeforeIsRevoked { get; init; }
    public bool? IsUnchanged { get; init; }
#pragma warning restore CS1591

    /// <summary>Why another receipt is written.</summary>
    public string Why => BeforeSequence is null ? "approval" : BeforePartnerId != PartnerId ? "transfer" : BeforeUntil < ProtectedUntil ? "extension" : "change";

    /// <summary>The receipt before says all of it already, with a key that still counts.</summary>
    public bool SaysNothingNew => IsUnchanged is true && !BeforeIsRevoked;
}
