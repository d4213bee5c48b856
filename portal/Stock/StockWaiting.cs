using Portal.Start;
using Portal.Web;

namespace Portal.Stock;

/// <summary>What of the stock waits on the start page: counts to be looked over, goods on their way between one's own places, and lots that expire.</summary>
sealed class StockWaiting(CountStore counts, LotStore lots, ICurrentPerson me) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        if (!me.Has(StockRoles.Keepers))
        {
            return [];
        }

        var (review, onTheirWay) = await counts.WaitingAsync(ct);
        return
        [
            .. me.Has(StockRoles.Admins) ? [new Waiting("stock.waiting.review", (int)review, "/stock/counts?status=review", "checklist")] : Array.Empty<Waiting>(),
            new("stock.waiting.transfers", (int)onTheirWay, "/stock/transfers?status=in_transit", "package-import"),
            new("stock.waiting.expiring", (int)await lots.ExpiringAsync(ct), "/stock/lots?days=30", "calendar-event"),
        ];
    }
}
