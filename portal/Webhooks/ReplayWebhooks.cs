using System.Text.Json;
using Platform.Audit;
using Platform.Database;
using Platform.Outbox;

namespace Portal.Webhooks;

/// <summary>Sends again what was sent, or what was missed; and sends a test. A receiver knows an event again by its webhook-id, which stays the same.</summary>
public sealed class ReplayWebhooks(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>So many events are sent again at once.</summary>
    public const int MostAtOnce = 10_000;

    /// <summary>Sends one event again, to the endpoint of that delivery.</summary>
    public Task<WebhookOutcome> OneAsync(string delivery, CancellationToken ct) => db.InTransactionAsync<WebhookOutcome>(async () =>
    {
        var asked = await db.FindAsync<Asked>("""
            with asked as (
                insert into webhook_delivery (webhook_event_id, webhook_endpoint_id, partner_id, subject_number, is_replay, created_at, not_before)
                select d.webhook_event_id, d.webhook_endpoint_id, d.partner_id, d.subject_number, true, @now, '-infinity'
                from webhook_delivery d
                where d.number = @delivery and d.partner_id = app_partner_id()
                returning number, webhook_endpoint_id, partner_id)
            select a.number, e.number as endpoint, a.partner_id
            from asked a
            join webhook_endpoint e on e.webhook_endpoint_id = a.webhook_endpoint_id
            cross join (select pg_notify('webhooks_' || current_schema(), '')) as woken
            """, new { delivery, now = Now }, ct);
        if (asked is null)
        {
            return new WebhookOutcome.NotFound();
        }

        await audit.RecordAsync("webhook.replayed", "webhook", asked.Endpoint, asked.PartnerId, new { delivery }, ct);
        return new WebhookOutcome.Done(asked.Number) { Deliveries = 1 };
    }, ct);

    /// <summary>Sends all events of a time again that the endpoint wants, also those that were never sent because it was paused or switched off; in their order.</summary>
    /// <param name="number">The endpoint.</param>
    /// <param name="since">From when on.</param>
    /// <param name="until">Until when; null for now.</param>
    /// <param name="onlyMissed">True for those alone that never arrived.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<WebhookOutcome> SinceAsync(string number, DateTime? since, DateTime? until, bool onlyMissed, CancellationToken ct)
    {
        if (since is not { } from || from > Now || until < from)
        {
            return new WebhookOutcome.Wrong([new("since", "webhooks.problem.since")]);
        }

        return await db.InTransactionAsync<WebhookOutcome>(async () =>
        {
            if (await db.FindAsync<Asked>("select number, number as endpoint, partner_id from webhook_endpoint where number = @number and partner_id = app_partner_id()", new { number }, ct) is not { } endpoint)
            {
                return new WebhookOutcome.NotFound();
            }

            var count = await db.ExecuteAsync("""
                insert into webhook_delivery (webhook_event_id, webhook_endpoint_id, partner_id, subject_number, is_replay, created_at, not_before)
                select v.webhook_event_id, e.webhook_endpoint_id, e.partner_id, v.subject_number, true, @now, '-infinity'
                from webhook_endpoint e
                join webhook_event v on v.partner_id = e.partner_id and v.event_type = any (e.event_types) and (v.is_party or e.scope = 'channel') and v.occurred_at >= @from and v.occurred_at <= coalesce(@until, @now)
                where e.number = @number and e.partner_id = app_partner_id()
                  -- what waits is sent anyway
                  and not exists (select from webhook_delivery d where d.webhook_event_id = v.webhook_event_id and d.webhook_endpoint_id = e.webhook_endpoint_id and (d.status = 'pending' or (@onlyMissed and d.status = 'delivered')))
                order by v.webhook_event_id
                limit @MostAtOnce
                """, new { number, from, until, onlyMissed, now = Now, MostAtOnce }, ct);
            await WakeAsync(ct);
            await audit.RecordAsync("webhook.replayed", "webhook", number, endpoint.PartnerId, new { since = from, until, onlyMissed, events = count }, ct);
            return new WebhookOutcome.Done(number) { Deliveries = count };
        }, ct);
    }

    /// <summary>Sends a test event to one endpoint, also to one that is paused: it is delivered once the endpoint is at work.</summary>
    public Task<WebhookOutcome> TestAsync(string number, CancellationToken ct) => db.InTransactionAsync<WebhookOutcome>(async () =>
    {
        var id = "msg_" + Guid.NewGuid().ToString("N");
        var body = JsonSerializer.Serialize(new { id, type = WebhookEvents.Test, version = 1, timestamp = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture), data = new { endpoint = number } }, Outbox.Json);
        var asked = await db.FindAsync<Asked>("""
            with tested as (
                insert into webhook_event (number, partner_id, event_type, is_party, subject_number, occurred_at, body)
                select @id, e.partner_id, @Test, true, e.number, @now, @body
                from webhook_endpoint e
                where e.number = @number and e.partner_id = app_partner_id()
                returning webhook_event_id, partner_id)
            select t.webhook_event_id::text as number, @number as endpoint, t.partner_id from tested t
            """, new { id, number, body, WebhookEvents.Test, now = Now }, ct);
        if (asked is null)
        {
            return new WebhookOutcome.NotFound();
        }

        var delivery = await db.OneAsync<string>("""
            insert into webhook_delivery (webhook_event_id, webhook_endpoint_id, partner_id, subject_number, created_at, not_before)
            select v.webhook_event_id, e.webhook_endpoint_id, e.partner_id, v.subject_number, @now, '-infinity'
            from webhook_event v
            join webhook_endpoint e on e.partner_id = v.partner_id and e.number = @number
            where v.number = @id
            returning number
            """, new { id, number, now = Now }, ct);
        await WakeAsync(ct);
        await audit.RecordAsync("webhook.tested", "webhook", number, asked.PartnerId, new { delivery }, ct);
        return new WebhookOutcome.Done(delivery) { Deliveries = 1 };
    }, ct);

    Task WakeAsync(CancellationToken ct) => db.ExecuteAsync("select pg_notify('webhooks_' || current_schema(), '')", null, ct);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    sealed record Asked(string Number, string Endpoint, long PartnerId);
}
