using Platform.Database;
using Portal.Start;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>Promotions and demotions that wait for somebody's decision.</summary>
sealed class LevelsWaiting(Db db, ICurrentPerson me) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct) => !me.Has("brand_admin", "channel_manager") ? []
        : [new("kpis.waiting.levels", await db.OneAsync<int>("select count(*)::integer from level_proposal where status = 'open'", null, ct), "/kpis/levels", "stairs-up")];
}
