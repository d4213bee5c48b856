using Platform.Database;
using Portal.Audit;

namespace Portal.Receipts;

/// <summary>Holds the audit against what receipts say of it: the act that stood at the end of the deal's chain, its hash, how many there were, and the last seal.</summary>
public sealed class ReceiptAudits(Db db, ReceiptKeys keys) : IAuditWitness
{
    const int AtOnce = 1000;
    const int MostFindings = 100;

    /// <inheritdoc/>
    public async Task<(long Looked, IReadOnlyList<string> Contradictions)> TestifyAsync(CancellationToken ct)
    {
        var known = await keys.PublishedAsync(ct);
        var (looked, findings) = (0L, new List<string>());
        await foreach (var some in KeptAsync(ct))
        {
            looked += some.Count;
            findings.AddRange(await ContradictionsAsync([.. some.Select(one => ReceiptSignature.Read(one.Jws, known)).OfType<ReceiptReading.Genuine>().Select(receipt => receipt.Content)], ct));
            if (findings.Count >= MostFindings)
            {
                break;
            }
        }

        return (looked, findings);
    }

    /// <summary>A sentence for each thing that these receipts say of the audit and that is not so.</summary>
    public Task<List<string>> ContradictionsAsync(IReadOnlyCollection<ReceiptContent> receipts, CancellationToken ct) => db.ListAsync<string>("""
        select 'Receipt ' || r.number || ' was signed when ' || case
                   when e.audit_entry_id is null then 'act ' || r.entry || ' on deal ' || r.deal || ' was there: it was taken out.'
                   when encode(e.hash, 'hex') <> r.hash or e.subject_number <> r.deal then 'act ' || r.entry || ' on deal ' || r.deal || ' had another hash: its chain was computed anew.'
                   when chain.acts <> r.acts then 'deal ' || r.deal || ' had ' || r.acts || ' acts; of these ' || chain.acts || ' are there.'
                   else 'seal ' || r.seal || ' was another: the seals were made anew or taken out.'
               end
        from unnest(@numbers, @deals, @entries, @hashes, @acts, @seals, @digests) as r (number, deal, entry, hash, acts, seal, digest)
        left join audit_entry e on e.audit_entry_id = r.entry
        cross join lateral (
            select count(*) as acts from audit_entry c where c.subject_kind = 'deal' and c.subject_number = r.deal and c.audit_entry_id <= r.entry
        ) chain
        left join audit_seal s on s.audit_seal_id = r.seal
        where e.audit_entry_id is null or encode(e.hash, 'hex') <> r.hash or e.subject_number <> r.deal or chain.acts <> r.acts
           or (r.seal is not null and encode(s.digest, 'hex') is distinct from r.digest)
        order by r.entry
        limit 100
        """, new
    {
        numbers = receipts.Select(receipt => receipt.Number).ToArray(),
        deals = receipts.Select(receipt => receipt.Deal).ToArray(),
        entries = receipts.Select(receipt => receipt.Audit.Entry).ToArray(),
        hashes = receipts.Select(receipt => receipt.Audit.Hash).ToArray(),
        acts = receipts.Select(receipt => receipt.Audit.Acts).ToArray(),
        seals = receipts.Select(receipt => receipt.Audit.Seal).ToArray(),
        digests = receipts.Select(receipt => receipt.Audit.SealDigest).ToArray(),
    }, ct);

    /// <summary>All receipts in the order in which they were written, a thousand at a time.</summary>
    internal async IAsyncEnumerable<List<KeptReceipt>> KeptAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (var last = 0L; ;)
        {
            var some = await db.ListAsync<KeptReceipt>("""
                select r.claim_receipt_id, r.number, d.number as deal_number, p.number as partner_number, r.sequence, lower(r.protection) as protected_from, upper(r.protection) as protected_until, r.kid, r.jws,
                       before.number as before_number, encode(before.sha256, 'hex') as before_sha256, k.revoked_at is not null as is_revoked, r.sequence = 1 or before.number is not null as follows
                from claim_receipt r
                join deal d using (deal_id)
                join partner p on p.partner_id = r.partner_id
                join receipt_key k using (kid)
                left join claim_receipt before on before.deal_id = r.deal_id and before.sequence = r.sequence - 1
                where r.claim_receipt_id > @last
                order by r.claim_receipt_id
                limit @AtOnce
                """, new { last, AtOnce }, ct);
            if (some.Count > 0)
            {
                yield return some;
            }

            if (some.Count < AtOnce)
            {
                yield break;
            }

            last = some[^1].ClaimReceiptId;
        }
    }
}

/// <summary>A receipt as the check reads it.</summary>
internal sealed record KeptReceipt(
    long ClaimReceiptId, string Number, string DealNumber, string PartnerNumber, int Sequence, DateTime ProtectedFrom, DateTime ProtectedUntil, string Kid, string Jws,
    string? BeforeNumber, string? BeforeSha256, bool IsRevoked, bool Follows);
