using Platform.Audit;
using Platform.Database;
using Portal.Notifications;

namespace Portal.Webhooks;

/// <summary>
/// Takes due deliveries, some of each endpoint, and makes them beside each other: a slow receiver holds up nobody but itself. A delivery is lent for a while, not locked;
/// an instance that dies leaves nothing behind, and what it had lent comes up again.
/// </summary>
public sealed class DeliverWebhooks(IServiceScopeFactory scopes, SendWebhook send, WebhookSettings settings, TimeProvider clock, ILogger<DeliverWebhooks> log)
{
    // Longer than an attempt can take.
    static readonly TimeSpan Loan = TimeSpan.FromMinutes(1);

    /// <summary>How many deliveries to one endpoint are under way at once; one only while it fails.</summary>
    public const int EachAtOnce = 4;

    /// <summary>After so many failures in a row an endpoint is tried with one delivery at a time.</summary>
    public const int FailsAfter = 3;

    /// <summary>Lends what is due to whoever asks, by turns among the companies.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<DueWebhook>> TakeAsync(int most, CancellationToken ct) => WithAsync(async services => await services.GetRequiredService<Db>().ListAsync<DueWebhook>("""
        with endpoint as materialized (
            select e.webhook_endpoint_id, e.partner_id, e.failures, e.rests_until,
                   (select count(*) from webhook_delivery lent where lent.webhook_endpoint_id = e.webhook_endpoint_id and lent.status = 'pending' and lent.lent_until >= @now) as lent
            from webhook_endpoint e
            where e.status = 'active' and exists (select from partner p where p.partner_id = e.partner_id and p.status = 'active')),
        company as (
            select partner_id, sum(lent) as lent from endpoint group by partner_id),
        ready as (
            select d.webhook_delivery_id, d.not_before, c.lent + row_number() over (partition by e.partner_id order by d.not_before, d.webhook_delivery_id) as place
            from endpoint e
            join company c on c.partner_id = e.partner_id
            cross join lateral (
                select one.webhook_delivery_id, one.not_before
                from webhook_delivery one
                where one.webhook_endpoint_id = e.webhook_endpoint_id and one.status = 'pending' and one.not_before <= @now and (one.lent_until is null or one.lent_until < @now)
                  and not exists (
                      select from webhook_delivery earlier
                      where earlier.webhook_endpoint_id = one.webhook_endpoint_id and earlier.subject_number = one.subject_number and earlier.status = 'pending'
                        and earlier.webhook_delivery_id < one.webhook_delivery_id and earlier.attempts < @inOrder)
                order by one.not_before, one.webhook_delivery_id
                limit greatest(0, case when e.failures >= @failsAfter then 1 else @each end - e.lent)) d
            where e.rests_until is null or e.rests_until <= @now),
        -- Those who have the fewest under way come first, and nobody has more than a share. Twice as many as are wanted: another instance may hold the first of them.
        chosen as (
            select webhook_delivery_id, place, not_before from ready where place <= @share order by place, not_before, webhook_delivery_id limit 2 * @most),
        due as (
            select one.webhook_delivery_id
            from chosen c join webhook_delivery one on one.webhook_delivery_id = c.webhook_delivery_id
            where one.status = 'pending' and (one.lent_until is null or one.lent_until < @now)
            order by c.place, c.not_before, c.webhook_delivery_id
            limit @most
            for no key update of one skip locked)
        update webhook_delivery d
        set lent_until = @lentUntil, attempts = d.attempts + 1
        from due, webhook_event v, webhook_endpoint e, partner p
        where d.webhook_delivery_id = due.webhook_delivery_id and v.webhook_event_id = d.webhook_event_id and e.webhook_endpoint_id = d.webhook_endpoint_id and p.partner_id = e.partner_id
        returning d.webhook_delivery_id, d.webhook_endpoint_id, d.partner_id, d.attempts, v.number as event_number, v.body, e.url, e.secret, e.previous_secret, e.previous_until, p.partner_type = 'brand' as is_brand
        """, new { now = Now, lentUntil = Now + Loan, most, each = EachAtOnce, share = settings.EachCompanyAtOnce, failsAfter = FailsAfter, inOrder = WebhookPatience.AttemptsInOrder }, ct));

    /// <summary>Makes one delivery and writes down what came of it.</summary>
    public async Task DeliverAsync(DueWebhook due, CancellationToken ct)
    {
        var answer = await send.RunAsync(due, ct);
        // What was sent is written down even when the service is asked to stop.
        var switchedOff = await WithAsync(services => services.GetRequiredService<Db>().InTransactionDespiteDeadlocksAsync(3, () => KeepAsync(services, due, answer, CancellationToken.None), CancellationToken.None));
        if (switchedOff is not null)
        {
            log.LogWarning("Webhook endpoint {Number} is switched off: {Reason}", switchedOff.Number, switchedOff.OffBecause);
        }
    }

    /// <summary>Delivers all that is due now.</summary>
    /// <returns>How many attempts were made.</returns>
    public async Task<int> DeliverDueAsync(CancellationToken ct)
    {
        var made = 0;
        for (List<DueWebhook> due; (due = await TakeAsync(EachAtOnce * 16, ct)).Count > 0; made += due.Count)
        {
            await Task.WhenAll(due.Select(one => DeliverAsync(one, ct)));
        }

        return made;
    }

    async Task<SwitchedOff?> KeepAsync(IServiceProvider services, DueWebhook due, WebhookAnswer answer, CancellationToken ct)
    {
        var db = services.GetRequiredService<Db>();
        var pause = WebhookPatience.After(due.Attempts, answer.RetryAfter);
        await db.ExecuteAsync("""
            with attempt as (
                insert into webhook_attempt (webhook_delivery_id, partner_id, attempted_at, milliseconds, status, error, request, response)
                select d.webhook_delivery_id, d.partner_id, @at, @Milliseconds, @Status, @Error, @Request, @Response
                from webhook_delivery d where d.webhook_delivery_id = @WebhookDeliveryId)
            update webhook_delivery
            set status = @ends, ended_at = case when @ends <> 'pending' then @at end, not_before = @again, lent_until = null, last_status = @Status, last_error = @Error, last_milliseconds = @Milliseconds
            where webhook_delivery_id = @WebhookDeliveryId and status = 'pending'
            """, new
        {
            due.WebhookDeliveryId,
            at = Now,
            answer.Milliseconds,
            answer.Status,
            answer.Error,
            answer.Request,
            answer.Response,
            ends = answer.IsDelivered ? "delivered" : pause is null || answer.IsGone ? "given_up" : "pending",
            again = Now + (pause ?? TimeSpan.Zero),
        }, ct);
        var off = await db.FindAsync<SwitchedOff>("""
            update webhook_endpoint
            set failures = case when @isDelivered then 0 else failures + 1 end,
                failing_since = case when @isDelivered then null else coalesce(failing_since, @now) end,
                last_success_at = case when @isDelivered then @now else last_success_at end,
                rests_until = case when @isDelivered then null else greatest(@asked::timestamptz, case when failures + 1 >= @failsAfter then @now + make_interval(secs => least(power(2, least(failures + 1, 10)), 300)) end) end,
                status = case when not @isDelivered and status = 'active' and (@isGone or failing_since <= @failsTooLong) then 'off' else status end,
                off_because = case when not @isDelivered and status = 'active' and (@isGone or failing_since <= @failsTooLong) then case when @isGone then 'gone' else 'failing' end else off_because end,
                collects_until = case when not @isDelivered and status = 'active' and (@isGone or failing_since <= @failsTooLong) then @collectsUntil else collects_until end
            where webhook_endpoint_id = @WebhookEndpointId
            returning number, partner_id, url, created_by, off_because, status = 'off' and off_because is not null and collects_until = @collectsUntil as is_new
            """, new
        {
            due.WebhookEndpointId,
            isDelivered = answer.IsDelivered,
            isGone = answer.IsGone,
            now = Now,
            asked = answer.RetryAfter is { } wait ? Now + (wait < WebhookPatience.LongestAsked ? wait : WebhookPatience.LongestAsked) : (DateTime?)null,
            failsAfter = FailsAfter,
            failsTooLong = Now - WebhookPatience.UntilOff,
            collectsUntil = Now + WebhookPatience.CollectsAfterOff,
        }, ct);
        if (off is not { IsNew: true })
        {
            return null;
        }

        await TellAsync(services, off, ct);
        return off;
    }

    // The administrators, and whoever wrote the endpoint down.
    static async Task TellAsync(IServiceProvider services, SwitchedOff off, CancellationToken ct)
    {
        var listeners = await services.GetRequiredService<Db>().ListAsync<Listener>("""
            select p.person_id, p.email, coalesce(p.language, b.language) as language, false as is_actor
            from person p join partner b on b.partner_id = p.partner_id
            where p.partner_id = @PartnerId and p.kind = 'person' and p.disabled_at is null
              and (p.person_id = @CreatedBy or exists (select from person_role r where r.person_id = p.person_id and r.role in ('partner_admin', 'brand_admin')))
            order by p.person_id
            """, new { off.PartnerId, off.CreatedBy }, ct);
        var (sentence, link) = ("webhooks.told." + off.OffBecause, "/webhooks/" + off.Number);
        await services.GetRequiredService<AuditTrail>().RecordAsync("webhook.switched_off", "webhook", off.Number, off.PartnerId, new { because = off.OffBecause }, ct);
        await services.GetRequiredService<Notifier>().TellAsync(Recipients.Person([.. listeners.Select(listener => listener.PersonId)]), sentence, [off.Url], link, ct);
        await services.GetRequiredService<Letters>().WriteAsync(listeners, sentence, [off.Url], null, link, ct);
    }

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    async Task<T> WithAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("webhooks");
        return await work(scope.ServiceProvider);
    }

    sealed record SwitchedOff(string Number, long PartnerId, string Url, long? CreatedBy, string? OffBecause, bool IsNew);
}

/// <summary>A delivery that is lent to be made.</summary>
public sealed record DueWebhook
{
    /// <summary>The delivery's key.</summary>
    public long WebhookDeliveryId { get; init; }

    /// <summary>The endpoint's key.</summary>
    public long WebhookEndpointId { get; init; }

    /// <summary>Whose it is.</summary>
    public long PartnerId { get; init; }

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempts { get; init; }

    /// <summary>The event's public number, by which receivers know it again.</summary>
    public string EventNumber { get; init; } = "";

    /// <summary>True for an endpoint of the brand, which may lead into networks of our own.</summary>
    public bool IsBrand { get; init; }

    /// <summary>What is sent.</summary>
    public string Body { get; init; } = "";

    /// <summary>Where to.</summary>
    public string Url { get; init; } = "";

    /// <summary>The secret, encrypted.</summary>
    public string Secret { get; init; } = "";

    /// <summary>The secret before it, encrypted.</summary>
    public string? PreviousSecret { get; init; }

    /// <summary>Until when that one is good.</summary>
    public DateTime? PreviousUntil { get; init; }

    /// <summary>The secrets that are good at a moment, the newest first.</summary>
    public IEnumerable<string> SecretsAt(DateTime now) => PreviousSecret is { } previous && PreviousUntil > now ? [Secret, previous] : [Secret];
}
