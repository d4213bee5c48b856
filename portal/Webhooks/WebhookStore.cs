using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Webhooks;

/// <summary>Reads endpoints and their deliveries, for the company's administrators.</summary>
public sealed class WebhookStore(Db db, TimeProvider clock)
{
    const string Endpoints = """
        select e.webhook_endpoint_id, e.number, e.url, e.description, e.event_types, e.scope, e.status, e.off_because, case when e.previous_until > @now then e.previous_until end as previous_until,
               e.failures, e.failing_since, e.last_success_at, e.created_at, e.version, lately.waiting, lately.delivered, lately.given_up, lately.median_milliseconds
        from webhook_endpoint e
        cross join lateral (
            select count(*) filter (where d.status = 'pending') as waiting, count(*) filter (where d.status = 'delivered') as delivered, count(*) filter (where d.status = 'given_up') as given_up,
                   (percentile_disc(0.5) within group (order by d.last_milliseconds) filter (where d.status = 'delivered'))::int as median_milliseconds
            from webhook_delivery d
            where d.webhook_endpoint_id = e.webhook_endpoint_id and (d.status = 'pending' or d.created_at > @now - interval '7 days')) lately
        where e.partner_id = app_partner_id()
        """;

    const string Deliveries = """
        select d.webhook_delivery_id, d.number, e.number as endpoint, e.url, v.number as event, v.event_type, split_part(v.subject_number, ':', 1) as subject, v.occurred_at, d.is_replay, d.status, d.attempts,
               case when d.status = 'pending' and d.attempts > 0 then d.not_before end as next_at, d.last_status, d.last_error, d.last_milliseconds
        from webhook_delivery d
        join webhook_event v on v.webhook_event_id = d.webhook_event_id
        join webhook_endpoint e on e.webhook_endpoint_id = d.webhook_endpoint_id
        where d.partner_id = app_partner_id()
        """;

    const string Narrowed = """
        and e.number = @endpoint and (@status::text is null or d.status = @status) and (@type::text is null or v.event_type = @type)
        and (@words::text is null or v.subject_number like @beginning or v.number = @words)
        """;

    /// <summary>How the log of deliveries may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("webhook-deliveries", "-happened", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["happened"] = "d.webhook_delivery_id",
        ["type"] = "v.event_type",
        ["status"] = "d.status",
        ["took"] = "d.last_milliseconds",
    }, "d.webhook_delivery_id", ["status", "type"]);

    /// <summary>The endpoints of the company at work.</summary>
    public Task<List<WebhookEndpoint>> AllAsync(CancellationToken ct) => db.ListAsync<WebhookEndpoint>($"{Endpoints} order by e.webhook_endpoint_id", new { now = Now }, ct);

    /// <summary>The endpoints after one, by number, for programs.</summary>
    public Task<List<WebhookEndpoint>> AfterAsync(string? after, int take, CancellationToken ct) =>
        db.ListAsync<WebhookEndpoint>($"{Endpoints} and (@after::text is null or e.number > @after) order by e.number limit @take", new { now = Now, after, take }, ct);

    /// <summary>One of them, or null.</summary>
    public Task<WebhookEndpoint?> FindAsync(string number, CancellationToken ct) => db.FindAsync<WebhookEndpoint>($"{Endpoints} and e.number = @number", new { now = Now, number }, ct);

    /// <summary>One page of an endpoint's deliveries.</summary>
    public async Task<ListPage<WebhookDelivery>> DeliveriesAsync(string endpoint, ListQuery query, CancellationToken ct) => new(
        await db.ListAsync<WebhookDelivery>($"{Deliveries} {Narrowed} order by {query.OrderBy} offset @Offset limit @Limit", Arguments(endpoint, query), ct),
        await db.OneAsync<long>($"select count(*) from ({Deliveries} {Narrowed}) as found", Arguments(endpoint, query), ct));

    /// <summary>All of an endpoint's deliveries, row by row, for a file.</summary>
    public IAsyncEnumerable<WebhookDelivery> StreamAsync(string endpoint, ListQuery query, CancellationToken ct) => db.StreamAsync<WebhookDelivery>($"{Deliveries} {Narrowed} order by {query.OrderBy}", Arguments(endpoint, query), ct);

    /// <summary>An endpoint's deliveries before one, the newest first, for programs.</summary>
    public Task<List<WebhookDelivery>> DeliveriesBeforeAsync(string endpoint, string? status, string? type, long? before, int take, CancellationToken ct) => db.ListAsync<WebhookDelivery>($"""
        {Deliveries} {Narrowed} and (@before::bigint is null or d.webhook_delivery_id < @before)
        order by d.webhook_delivery_id desc limit @take
        """, new { endpoint, status, type, words = (string?)null, beginning = (string?)null, before, take }, ct);

    /// <summary>One delivery with all its attempts, or null.</summary>
    public Task<WebhookDeliveryPage?> DeliveryAsync(string number, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (await db.FindAsync<WebhookDelivery>($"{Deliveries} and d.number = @number", new { number }, ct) is not { } delivery)
        {
            return null;
        }

        var body = await db.OneAsync<string>("select v.body from webhook_event v where v.number = @Event", new { delivery.Event }, ct);
        return new WebhookDeliveryPage(delivery, body, await db.ListAsync<WebhookAttempt>("""
            select attempted_at, milliseconds, status, error, request, response
            from webhook_attempt
            where webhook_delivery_id = @WebhookDeliveryId
            order by webhook_attempt_id desc
            """, new { delivery.WebhookDeliveryId }, ct));
    }, ct);

    static object Arguments(string endpoint, ListQuery query) =>
        new { endpoint, status = query["status"], type = query["type"], words = query.Words, beginning = LikePattern.Beginning(query.Words?.ToUpperInvariant()), query.Offset, query.Limit };

    DateTime Now => clock.GetUtcNow().UtcDateTime;
}
