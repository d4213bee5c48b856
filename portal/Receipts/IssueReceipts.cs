using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Platform.Web;
using Portal.Deals;

namespace Portal.Receipts;

/// <summary>
/// Writes the receipt of a claim in the transaction of the act that protects it. What an act left undone (or an import, or whatever comes later) stands in
/// <c>receipt_due</c>, where a trigger on the claims notes it, and gets its receipt within a minute.
/// </summary>
public sealed class IssueReceipts(Db db, ReceiptStore receipts, ReceiptKeys keys, AuditTrail audit, IConfiguration settings, TimeProvider clock) : IProtectionWitness, IScheduledJob
{
    const int AtOnce = 200;
    const int Rounds = 25;

    /// <inheritdoc/>
    public Task WitnessAsync(long dealId, CancellationToken ct) => IssueAsync([dealId], ct);

    /// <summary>Writes those that are due, a few thousand at most; the next run goes on.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (var round = 0; round < Rounds && await SomeAsync(ct) == AtOnce; round++)
        {
        }
    }

    Task<int> SomeAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var due = await receipts.DueAsync(AtOnce, ct);
        // What was brought in with its history has no chain yet that a receipt could speak of.
        await audit.RecordAsync([.. (await receipts.WithoutAuditAsync(due, ct)).Select(deal => new AuditAct("deal.taken_over", "deal", deal.Number, [deal.PartnerId], null))], ct);
        await IssueAsync(due, ct);
        await receipts.ForgetDueAsync(due, ct);
        return due.Count;
    }, ct);

    async Task IssueAsync(IReadOnlyCollection<long> dealIds, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var signed = new List<SignedReceipt>();
        foreach (var facts in (await receipts.FactsAsync(dealIds, now, ct)).Where(facts => !facts.SaysNothingNew))
        {
            var content = Content(facts, now);
            var (jws, kid) = await keys.SignAsync(content, ct);
            signed.Add(new(facts, content, jws, kid));
        }

        if (signed.Count > 0)
        {
            await receipts.InsertAsync(signed, now, ct);
        }
    }

    ReceiptContent Content(ReceiptFacts facts, DateTime now) => new()
    {
        Issuer = keys.Issuer,
        Number = PublicNumber.New("CR"),
        Deal = facts.DealNumber,
        IssuedAt = new DateTimeOffset(now, TimeSpan.Zero).ToUnixTimeSeconds(),
        Sequence = (facts.BeforeSequence ?? 0) + 1,
        Why = facts.Why,
        Supersedes = facts.BeforeNumber is null ? null : new(facts.BeforeNumber, facts.BeforeSha256!),
        Brand = BrandName.Of(settings),
        Partner = new(facts.PartnerNumber, facts.PartnerName, facts.PartnerNameLatin),
        Customer = new()
        {
            Number = facts.CustomerNumber, Name = facts.CustomerName, Country = facts.CountryCode, CreditCode = facts.CreditCode, VatNumber = facts.VatNumber, Duns = facts.Duns, Domain = facts.Domain,
        },
        ProductLines = [.. facts.LineCodes.Select((code, place) => new ReceiptTerm(code, facts.LineNames[place], facts.LineNamesZh[place]))],
        Territory = new(facts.Territory, facts.TerritoryName, facts.TerritoryNameZh),
        ApprovedAt = facts.ApprovedAt,
        ProtectedFrom = facts.ProtectedFrom,
        ProtectedUntil = facts.ProtectedUntil,
        LastProtectedDay = facts.LastDay,
        Policy = new(facts.PolicyNumber, facts.ProtectionDays, facts.ExtensionDays),
        Audit = new(facts.AuditEntryId, facts.AuditHash, facts.Acts, facts.AuditSealId, facts.SealDigest),
    };
}
