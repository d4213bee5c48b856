using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Subscriptions;

/// <summary>Every statement about subscriptions, and the rows they return. What was bought is written by the database itself, with the acceptance of a quote or the confirmation of an order.</summary>
public sealed class SubscriptionStore(Db db, TimeProvider clock)
{
    /// <summary>What the list may be asked.</summary>
    public static ListShape Shape { get; } = new("subscriptions", "ends", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "s.number", ["holder"] = "coalesce(c.name, b.name)", ["product"] = "p.sku", ["starts"] = "s.starts_on", ["ends"] = "s.ends_on",
    }, "s.subscription_id", ["state", "source"]);

    /// <summary>The states, in the order of a life.</summary>
    public static IReadOnlyList<string> States { get; } = ["coming", "running", "offered", "cancelled", "ended", "called_off"];

    /// <summary>Where a subscription stands, in SQL.</summary>
    internal const string State = """
        case when s.called_off_at is not null then 'called_off' when s.ends_on < brand_day(@now) then 'ended' when s.cancelled_at is not null then 'cancelled'
             when exists (select from subscription_renewal n where n.subscription_id = s.subscription_id and n.ends_on = s.ends_on and n.problem is null) then 'offered'
             when s.starts_on > brand_day(@now) then 'coming' else 'running' end
        """;

    const string Listed = $"""
        from subscription s
        join product p using (product_id)
        join partner v on v.partner_id = s.seller_id
        left join partner b on b.partner_id = s.buyer_id
        left join end_customer c on c.end_customer_id = s.end_customer_id
        where (@words::text is null or s.number ilike @beginning or c.name ilike @within or b.name ilike @within or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within)
          and (@state::text is null or {State} = @state)
          and (@source::text is null or exists (select from subscription_part x where x.subscription_id = s.subscription_id and x.source = @source))
        """;

    const string Row = $"""
        select s.subscription_id, s.number, coalesce(c.name, b.name) as holder, b.name_latin as holder_latin, c.number as customer_number, v.name as seller, v.name_latin as seller_latin, p.sku, p.name, p.name_zh,
               (select coalesce(sum(x.quantity), 0)::int from subscription_part x where x.subscription_id = s.subscription_id and least(greatest(brand_day(@now), s.starts_on), s.ends_on) between x.starts_on and x.ends_on) as quantity,
               s.starts_on, s.ends_on, (select sum(x.amount) from subscription_part x where x.subscription_id = s.subscription_id and x.ends_on = s.ends_on) as term_amount, s.currency, s.renews, {State} as state
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The day it is for the brand.</summary>
    public Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@Now)", new { Now }, ct);

    /// <summary>One page of the list.</summary>
    public Task<ListPage<SubscriptionRow>> ListAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
        await db.PageAsync<SubscriptionRow>($"{Row} {Listed} order by {query.OrderBy} offset @Offset limit @Limit", "select count(*) " + Listed, Asked(query), ct), ct);

    /// <summary>The whole list, for a file.</summary>
    public IAsyncEnumerable<SubscriptionRow> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<SubscriptionRow>($"{Row} {Listed} order by {query.OrderBy}", Asked(query), ct);

    /// <summary>A page for programs, the newest first.</summary>
    public Task<List<SubscriptionRow>> BeforeAsync(long? before, int limit, string? state, CancellationToken ct) => db.ListAsync<SubscriptionRow>($"""
        {Row} {Listed} and (@before::bigint is null or s.subscription_id < @before) order by s.subscription_id desc limit @limit
        """, new { words = (string?)null, beginning = (string?)null, within = (string?)null, source = (string?)null, state, before, limit, now = Now }, ct);

    /// <summary>Those of a customer and, for the brand, of the same company with other partners; those that end first come first, what is over last.</summary>
    public Task<List<SubscriptionRow>> OfCustomerAsync(long cluster, CancellationToken ct) => db.ListAsync<SubscriptionRow>($"""
        {Row} {Listed} and c.customer_cluster_id = @cluster order by s.ends_on < brand_day(@now), s.ends_on, s.subscription_id limit 50
        """, new { words = (string?)null, beginning = (string?)null, within = (string?)null, source = (string?)null, state = (string?)null, cluster, now = Now }, ct);

    /// <summary>Those that a quote or order began, added to or renewed.</summary>
    public Task<List<SubscriptionRow>> OfSourceAsync(string source, CancellationToken ct) => db.ListAsync<SubscriptionRow>($"{Row} {Listed} order by s.subscription_id",
        new { words = (string?)null, beginning = (string?)null, within = (string?)null, source, state = (string?)null, now = Now }, ct);

    object Asked(ListQuery query) => new
    {
        words = query.Words, beginning = LikePattern.Beginning(query.Words), within = LikePattern.Within(query.Words), state = query["state"], source = query["source"], query.Offset, query.Limit, now = Now,
    };

    /// <summary>One of them, or null where there is none for the person at work.</summary>
    public Task<Subscription?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Subscription>($"""
        select s.subscription_id, s.seller_id, s.buyer_id, s.end_customer_id, s.owner_id, s.number, coalesce(c.name, b.name) as holder, b.name_latin as holder_latin, c.number as customer_number, v.name as seller, v.name_latin as seller_latin,
               p.sku, p.name, p.name_zh, s.currency, s.starts_on, s.term_starts_on, s.ends_on, s.term_months, s.renews, s.notice_days, s.next_quantity, s.cancelled_at, s.version, {State} as state,
               coalesce(t.co_terminates, false) as co_terminates, q.number as renewal_quote, o.number as renewal_order, r.problem as renewal_problem,
               (select coalesce(sum(x.quantity), 0)::int from subscription_part x where x.subscription_id = s.subscription_id and least(greatest(brand_day(@Now), s.starts_on), s.ends_on) between x.starts_on and x.ends_on) as quantity,
               (select coalesce(sum(x.quantity), 0)::int from subscription_part x where x.subscription_id = s.subscription_id and x.ends_on = s.ends_on) as quantity_at_end,
               coalesce(s.seller_id = app_partner_id(), false) as is_seller, coalesce(s.buyer_id = app_partner_id(), false) as is_buyer, brand_day(@Now) as today
        from subscription s
        join product p using (product_id)
        join partner v on v.partner_id = s.seller_id
        left join partner b on b.partner_id = s.buyer_id
        left join end_customer c on c.end_customer_id = s.end_customer_id
        left join product_term t on t.product_id = s.product_id
        left join subscription_renewal r on r.subscription_id = s.subscription_id and r.ends_on = s.ends_on
        left join quote q on q.quote_id = r.quote_id
        left join purchase_order o on o.purchase_order_id = r.purchase_order_id
        where s.number = @number
        """, new { number, Now }, ct);

    /// <summary>What was bought of it, in order.</summary>
    public Task<List<SubscriptionPart>> PartsAsync(long subscriptionId, CancellationToken ct) => db.ListAsync<SubscriptionPart>("""
        select kind, quantity, starts_on, ends_on, unit_price, amount, source, purchase_order_line_id is not null as is_order from subscription_part where subscription_id = @subscriptionId order by starts_on, subscription_part_id
        """, new { subscriptionId }, ct);

    /// <summary>What became of it, the latest first.</summary>
    public Task<List<SubscriptionEvent>> EventsAsync(long subscriptionId, CancellationToken ct) => db.ListAsync<SubscriptionEvent>("""
        select e.kind, e.effective_on, e.quantity, e.source, e.reason, w.name as person, e.happened_at
        from subscription_event e left join person w on w.person_id = e.person_id
        where e.subscription_id = @subscriptionId order by e.subscription_event_id desc
        """, new { subscriptionId }, ct);

    /// <summary>Takes one to change it: nobody else changes it, or renews it, until the transaction ends.</summary>
    public async Task<bool> HoldAsync(string number, CancellationToken ct) => await db.FindAsync<long?>("select subscription_id from subscription where number = @number for update", new { number }, ct) is not null;

    /// <summary>Says what becomes of it at the end of its term.</summary>
    public Task ChangeAsync(Subscription subscription, int? nextQuantity, bool isCancelled, CancellationToken ct) => db.ExecuteAsync("""
        update subscription
        set next_quantity = @nextQuantity, cancelled_at = case when @isCancelled then coalesce(cancelled_at, @Now) end, updated_at = @Now, version = version + 1
        where subscription_id = @SubscriptionId
        """, new { subscription.SubscriptionId, nextQuantity, isCancelled, Now }, ct);

    /// <summary>Remembers what was done.</summary>
    public Task NoteAsync(Subscription subscription, string kind, DateOnly effectiveOn, int? quantity, string? source, string? reason, CancellationToken ct) => db.ExecuteAsync("""
        insert into subscription_event (subscription_id, seller_id, buyer_id, kind, effective_on, quantity, source, reason, person_id, happened_at)
        values (@SubscriptionId, @SellerId, @BuyerId, @kind, @effectiveOn, @quantity, @source, @reason, app_person_id(), @Now)
        """, new { subscription.SubscriptionId, subscription.SellerId, subscription.BuyerId, kind, effectiveOn, quantity, source, reason, Now }, ct);
}
