using Platform.Database;
using Portal.Start;
using Portal.Web;

namespace Portal.Subscriptions;

/// <summary>Subscriptions whose next term is offered and not agreed on yet, on both sides: the seller's to follow up, the buyer's to answer.</summary>
sealed class SubscriptionsWaiting(Db db, ICurrentPerson me, TimeProvider clock) : IWaitingSource
{
    // So near to its end nobody may wait any longer.
    const int LastDays = 7;

    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        if (me.IsBrand || !me.Has("partner_admin", "sales", "purchasing"))
        {
            return [];
        }

        var (offered, pressing) = await db.OneAsync<(int, int)>($"""
            select count(*)::integer, (count(*) filter (where s.ends_on < brand_day(@now) + @LastDays))::integer
            from subscription s
            where s.called_off_at is null and s.ends_on >= brand_day(@now) and {SubscriptionStore.State} = 'offered'
            """, new { now = clock.GetUtcNow().UtcDateTime, LastDays }, ct);
        return [new("subscriptions.waiting.offered", offered, "/subscriptions?state=offered", "refresh") { IsUrgent = pressing > 0 }];
    }
}
