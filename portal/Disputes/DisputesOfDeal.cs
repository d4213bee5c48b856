using Portal.Customers;
using Portal.Deals;
using Portal.Web;

namespace Portal.Disputes;

/// <summary>On a deal's page: its disputes, and the way to file one.</summary>
sealed class DisputesOfDeal(DisputeStore disputes, DealPages pages, ICurrentPerson me, TimeProvider clock) : IDealPart
{
    public bool IsAside => false;

    public int Order => 10;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct)
    {
        var some = await disputes.OfDealAsync(deal.DealId, clock.GetUtcNow().UtcDateTime, ct);
        var mayFile = !me.IsBrand && me.Has("sales", "partner_admin") && some.TrueForAll(dispute => dispute.Status is "withdrawn" or "void")
            && FileDispute.IsOpenTo(deal, await pages.VerdictAsync(deal.DealId, ct));
        return some.Count == 0 && !mayFile ? null : new("/Disputes/_DisputesOfDeal.cshtml", new DisputesOnDeal(deal.Number, some, mayFile));
    }
}

/// <summary>What <c>_DisputesOfDeal.cshtml</c> shows.</summary>
/// <param name="DealNumber">The deal.</param>
/// <param name="Disputes">Its disputes.</param>
/// <param name="MayFile">The person may file one.</param>
public sealed record DisputesOnDeal(string DealNumber, IReadOnlyList<Dispute> Disputes, bool MayFile);
