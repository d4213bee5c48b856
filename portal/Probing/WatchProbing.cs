using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Portal.Notifications;

namespace Portal.Probing;

/// <summary>
/// Tells the deal desk and the administrators of the brand when a partner's screenings look like fishing for the customer list, once a
/// partner and day. It looks at what was asked afterwards: no answer takes longer or reads otherwise for it. Run by the product itself.
/// </summary>
public sealed class WatchProbing(Db db, ProbingStore probing, Notifier notifier, Letters letters, AuditTrail audit, TimeProvider clock) : IScheduledJob
{
    /// <summary>Looks, and tells of what is new.</summary>
    /// <returns>How many alerts were raised.</returns>
    public Task<int> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var raised = await probing.AlertAsync(clock.GetUtcNow().UtcDateTime, ct);
        if (raised.Count > 0)
        {
            await audit.RecordAsync([.. raised.Select(alert => new AuditAct("probing.alerted", "probing_alert", alert.Number, [], new { alert.Asks }))], ct);
            var audience = await probing.AudienceAsync(ct);
            foreach (var alert in raised)
            {
                await TellAsync(alert, audience, ct);
            }
        }

        return raised.Count;
    }, ct);

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    async Task TellAsync(RaisedAlert alert, List<Listener> audience, CancellationToken ct)
    {
        await notifier.TellAsync(Recipients.Brand("deal_desk", "brand_admin"), "probing.told.alert", [alert.PartnerName, alert.Asks], $"/probing/{alert.Number}", ct);
        await letters.WriteAsync(audience, "probing.told.alert", [alert.PartnerName, alert.Asks], null, $"/probing/{alert.Number}", ct);
    }
}
