using Npgsql;
using Platform.Audit;
using Platform.Database;
using Portal.Deals;

namespace Portal.Disputes;

/// <summary>A claimant whose registration was stopped because the customer is taken says why that is wrong. The clock starts, both sides are told.</summary>
public sealed class FileDispute(Db db, DisputeStore disputes, DealStore deals, DealPages pages, AuditTrail audit, DisputeNews news, TimeProvider clock)
{
    /// <summary>
    /// May this deal be disputed? One that was blocked on submitting and waits as a draft, one that was found a duplicate, one that was
    /// rejected after a conflict had been found. With a colleague nobody disputes.
    /// </summary>
    public static bool IsOpenTo(Deal deal, Verdict? verdict) => deal.Status switch
    {
        "draft" => verdict is { Blocked: true, Conflict: "live_claim" or "direct_account" },
        "duplicate" => verdict is not { Conflict: "own_colleague" },
        "rejected" => verdict is { Conflict: "live_claim" or "direct_account" or "recently_expired" },
        _ => false,
    };

    /// <summary>Files it.</summary>
    /// <param name="dealNumber">The deal that was stopped.</param>
    /// <param name="grounds">Why that is wrong.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DisputeOutcome> RunAsync(string? dealNumber, string? grounds, CancellationToken ct)
    {
        if (dealNumber is null || await deals.FindAsync(dealNumber, ct) is not { } deal)
        {
            return new DisputeOutcome.Missing();
        }

        if (deal.CallerIsBrand || !deal.CallerRoles.Any(role => role is "sales" or "partner_admin"))
        {
            return new DisputeOutcome.Forbidden();
        }

        if (!IsOpenTo(deal, await pages.VerdictAsync(deal.DealId, ct)))
        {
            return new DisputeOutcome.Refused("disputes.refused.nothing_to_dispute");
        }

        if (DisputeOutcome.Words(grounds, 4000) is not { } said)
        {
            return new DisputeOutcome.Invalid([new("grounds", "disputes.invalid.words", 4000)]);
        }

        try
        {
            return await db.InTransactionAsync(() => FileAsync(deal, said, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(DisputeStore.DisputedOnce))
        {
            return new DisputeOutcome.Refused("disputes.refused.disputed_once");
        }
    }

    async Task<DisputeOutcome> FileAsync(Deal deal, string grounds, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var number = PublicNumber.New("DP");
        var id = await disputes.FileAsync(deal.Number, number, now, ct);
        await disputes.InsertStatementAsync(id, "claimant", deal.PartnerId, grounds, byBrand: false, now, ct);
        await audit.RecordAsync("dispute.filed", "dispute", number, deal.PartnerId, new { deal = deal.Number }, ct);
        await news.TellAsync("filed", id, number, "deal_desk", grounds, ct);
        await news.TellAsync("filed_against", id, number, "holder", null, ct);
        return new DisputeOutcome.Done(number);
    }
}
