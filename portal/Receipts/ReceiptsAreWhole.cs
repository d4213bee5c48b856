using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Receipts;

/// <summary>
/// <c>portal verify receipts</c>: every receipt bears the portal's signature and says what its row says, those of a deal follow each other without a gap, and every
/// protected claim has one that says so.
/// </summary>
sealed class ReceiptsAreWhole(Db db, ReceiptAudits audits, ReceiptKeys keys, TimeProvider clock) : ICheck
{
    public string Name => "receipts";

    public async Task<CheckResult> RunAsync(CancellationToken ct)
    {
        var known = await keys.PublishedAsync(ct);
        var (looked, findings) = (0L, new List<string>());
        await foreach (var some in audits.KeptAsync(ct))
        {
            looked += some.Count;
            findings.AddRange(some.Where(receipt => !receipt.IsRevoked).SelectMany(receipt => Contradictions(receipt, known)));
        }

        findings.AddRange(await WithoutReceiptAsync(ct));
        return new(string.Create(CultureInfo.InvariantCulture, $"{looked:N0} receipts"), [.. findings.Take(100)]);
    }

    static IEnumerable<string> Contradictions(KeptReceipt row, ReceiptKeySet known)
    {
        if (ReceiptSignature.Read(row.Jws, known) is not ReceiptReading.Genuine { Content: var content, Kid: var kid })
        {
            yield return $"Receipt {row.Number} does not bear a signature of this portal.";
            yield break;
        }

        if ((content.Number, content.Deal, content.Partner.Number, content.Sequence, content.ProtectedFrom, content.ProtectedUntil, kid)
            != (row.Number, row.DealNumber, row.PartnerNumber, row.Sequence, row.ProtectedFrom, row.ProtectedUntil, row.Kid))
        {
            yield return $"Receipt {row.Number} says otherwise than its row.";
        }

        if (!row.Follows)
        {
            yield return $"Receipt {row.Number} is number {row.Sequence} of deal {row.DealNumber}, and the one before it is missing.";
        }
        else if (content.Supersedes is { } before && (before.Number, before.Sha256) != (row.BeforeNumber, row.BeforeSha256))
        {
            yield return $"Receipt {row.Number} supersedes {before.Number}, which was changed.";
        }
    }

    Task<List<string>> WithoutReceiptAsync(CancellationToken ct) => db.ListAsync<string>("""
        select distinct 'Deal ' || d.number || ' is protected and has no receipt that says so.'
        from deal_claim c
        join deal d using (deal_id)
        where c.protection @> @now and d.status in ('approved', 'converted')
          and not exists (select from receipt_due w where w.deal_id = c.deal_id)
          and not exists (
              select from claim_receipt r
              where r.deal_id = c.deal_id and r.partner_id = c.partner_id and r.protection = c.protection
                and not exists (select from claim_receipt n where n.deal_id = r.deal_id and n.sequence > r.sequence))
        limit 100
        """, new { now = clock.GetUtcNow().UtcDateTime }, ct);
}
