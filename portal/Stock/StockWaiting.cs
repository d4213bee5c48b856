using Portal.Start;
using Portal.Web;

namespace Portal.Stock;

/// <summary>What of the stock waits on the start page: counts to be looked over, and goods on their way between one's own places.</summary>
sealed class StockWaiting(CountStore counts, ICurrentPerson me) : IWaitingSource
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
        ];
    }
}
