using Platform.Database;
using Portal.Start;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>Targets under negotiation that wait for the reader's side.</summary>
sealed class ProposalsWaiting(Db db, ICurrentPerson me) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct) =>
        me.Has("brand_admin", "channel_manager") ? [new("kpis.waiting.proposals", await CountAsync("open", ct), "/kpis/proposals", "target")]
        : !me.IsBrand && me.Has("partner_admin", "sales") ? [new("kpis.waiting.counters", await CountAsync("countered", ct), "/kpis/proposals", "target")]
        : [];

    Task<int> CountAsync(string status, CancellationToken ct) => db.OneAsync<int>("select count(*)::integer from kpi_target_proposal where status = @status and (app_is_brand() or partner_id = app_partner_id())", new { status }, ct);
}
