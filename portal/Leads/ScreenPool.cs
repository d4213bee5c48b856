using Platform.Database;
using Platform.Jobs;

namespace Portal.Leads;

/// <summary>Screens the leads of the pool anew, those first that were looked at longest ago: what has been claimed since is shown to nobody any more. Run by the product itself.</summary>
public sealed class ScreenPool(Db db, LeadStore leads, ScreenLeads screenLeads, TimeProvider clock) : IScheduledJob
{
    const int AtOnce = 200;

    /// <summary>Does it for all that were not looked at for a quarter of an hour.</summary>
    public Task<int> RunAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().UtcDateTime.AddMinutes(-15);
        return db.InPortionsAsync(AtOnce, async () =>
        {
            var some = await leads.ToScreenAsync(before, AtOnce, ct);
            await screenLeads.RunAsync([.. some.Select(lead => (lead.LeadId, lead.Customer))], ct);
            return some.Count;
        }, ct);
    }

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);
}
