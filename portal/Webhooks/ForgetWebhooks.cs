using Platform.Database;
using Platform.Jobs;

namespace Portal.Webhooks;

/// <summary>Every night forgets events that are older than they are kept, with their deliveries; what still waits stays.</summary>
sealed class ForgetWebhooks(Db db, WebhookSettings settings, TimeProvider clock) : IScheduledJob
{
    const int Portion = 5000;

    public Task RunAsync(CancellationToken ct) => db.InPortionsAsync(Portion, () => db.ExecuteAsync("""
        delete from webhook_event
        where webhook_event_id in (
            select v.webhook_event_id
            from webhook_event v
            where v.occurred_at < @before
              and not exists (select from webhook_delivery d join webhook_endpoint e on e.webhook_endpoint_id = d.webhook_endpoint_id where d.webhook_event_id = v.webhook_event_id and d.status = 'pending' and e.status = 'active')
            order by v.occurred_at
            limit @Portion)
        """, new { before = clock.GetUtcNow().UtcDateTime.AddDays(-settings.KeepDays), Portion }, ct), ct);
}
