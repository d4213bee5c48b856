using Platform.Database;
using Portal.Customers;
using Portal.Deals;

namespace Portal.Disputes;

/// <summary>The statements by which disputes are opened, answered and ended.</summary>
public sealed class DisputeStore(Db db)
{
    /// <summary>The constraint that lets a deal be disputed once, unless the dispute was withdrawn or has become void.</summary>
    public const string DisputedOnce = "a_deal_is_disputed_once";

    const string Select = """
        select d.dispute_id, d.number, d.kind, d.status, d.asked_side, d.opened_at, d.due_at, brand_day(d.due_at - interval '1 microsecond') as due_day,
               case when d.ended_at is null then dispute_days_left(d.due_at, @now) else 0 end as days_left, d.escalated_at, d.decision, d.ended_at, d.updated_at, d.version,
               app_is_brand() as caller_is_brand, string_to_array(coalesce(current_setting('app.roles', true), ''), ',') as caller_roles
        from dispute d
        """;

    /// <summary>A dispute with the sides the caller may see.</summary>
    public async Task<Dispute?> FindAsync(string number, DateTime now, CancellationToken ct) =>
        await db.FindAsync<Dispute>($"{Select} where d.number = @number", new { number, now }, ct) is { } dispute ? (await WithSidesAsync([dispute], ct))[0] : null;

    /// <summary>Disputes in the order in which they changed, for programs.</summary>
    public async Task<List<Dispute>> AfterAsync(string? status, (DateTime UpdatedAt, string Number)? after, int limit, DateTime now, CancellationToken ct) =>
        await WithSidesAsync(await db.ListAsync<Dispute>($"""
            {Select}
            where (@status::text is null or d.status = @status) and (@updatedAt::timestamptz is null or (d.updated_at, d.number) > (@updatedAt, @number))
            order by d.updated_at, d.number
            limit @limit
            """, new { status, updatedAt = after?.UpdatedAt, number = after?.Number, limit, now }, ct), ct);

    /// <summary>The disputes about a deal that the caller may see, the newest first.</summary>
    public async Task<List<Dispute>> OfDealAsync(long dealId, DateTime now, CancellationToken ct) =>
        await WithSidesAsync(await db.ListAsync<Dispute>($"""
            {Select}
            where d.dispute_id in (select s.dispute_id from dispute_side s where s.deal_id = @dealId or s.awarded_deal_id = @dealId)
            order by d.opened_at desc
            """, new { dealId, now }, ct), ct);

    /// <summary>Opens a dispute about the caller's own deal; who else is concerned the database finds out.</summary>
    public Task<long> FileAsync(string deal, string number, DateTime now, CancellationToken ct) =>
        db.OneAsync<long>("select file_dispute(@deal, @number, @now, @days)", new { deal, number, now, days = DisputeLifecycle.WorkingDays }, ct);

    /// <summary>Opens a dispute about two live claims that meet by a merge.</summary>
    public Task<long> OpenAsync(string number, MeetingDeals met, ClusterAct act, DateTime now, CancellationToken ct) => db.OneAsync<long>("""
        with opened as (
            insert into dispute (number, kind, customer_cluster_act_id, opened_by, opened_at, due_at, updated_at)
            values (@number, 'meeting', @CustomerClusterActId, app_person_id(), @now, dispute_due(@now, @days), @now)
            returning dispute_id
        ), sided as (
            insert into dispute_side (dispute_id, deal_id, side, partner_id, end_customer_id, territory_id, product_line_ids)
            select o.dispute_id, d.deal_id, case when d.deal_id = @ClaimantDealId then 'claimant' else 'holder' end, d.partner_id, d.end_customer_id, @TerritoryId, @LineIds
            from opened o cross join deal d
            where d.deal_id in (@ClaimantDealId, @HolderDealId)
        )
        select dispute_id from opened
        """, new { number, act.CustomerClusterActId, met.ClaimantDealId, met.HolderDealId, met.TerritoryId, met.LineIds, now, days = DisputeLifecycle.WorkingDays }, ct);

    /// <summary>Keeps everybody else from changing a dispute until the transaction ends; taken after the clusters.</summary>
    public Task LockAsync(string number, CancellationToken ct) =>
        db.ExecuteAsync("select from dispute where number = @number for no key update", new { number }, ct);

    /// <summary>Carries out an act; null when the dispute is not at that version any more.</summary>
    public Task<int?> MoveAsync(Dispute dispute, DisputeAct act, string? askedSide, string? decision, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        with moved as (
            update dispute
            set status = @to, asked_side = @askedSide, decision = @decision, ended_at = case when @ends then @now end,
                decided_by = case when @ends then app_person_id() end, updated_at = @now, version = version + 1
            where dispute_id = @DisputeId and version = @Version
            returning dispute_id, version
        ), closed as (
            update dispute_side s set closed = true from moved m where s.dispute_id = m.dispute_id and s.filed and @to in ('withdrawn', 'void')
        )
        select version from moved
        """, new { dispute.DisputeId, dispute.Version, to = act.To ?? dispute.Status, askedSide, decision, ends = act.To is not null && !DisputeLifecycle.IsRunning(act.To), now }, ct);

    /// <summary>Notes under which deal the claimant goes on.</summary>
    public Task AwardedAsync(long disputeId, long dealId, CancellationToken ct) =>
        db.ExecuteAsync("update dispute_side set awarded_deal_id = @dealId where dispute_id = @disputeId and side = 'claimant'", new { disputeId, dealId }, ct);

    /// <summary>Keeps what somebody says.</summary>
    /// <param name="disputeId">The dispute.</param>
    /// <param name="side">The side that says it or is spoken to; <c>brand</c> for the brand's own note.</param>
    /// <param name="partnerId">The partner of that side.</param>
    /// <param name="body">The words.</param>
    /// <param name="byBrand">The brand says it.</param>
    /// <param name="now">The moment.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task InsertStatementAsync(long disputeId, string side, long? partnerId, string body, bool byBrand, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into dispute_statement (dispute_id, side, partner_id, body, by_brand, person_id, written_at)
        values (@disputeId, @side, @partnerId, @body, @byBrand, app_person_id(), @now)
        """, new { disputeId, side, partnerId, body, byBrand, now }, ct);

    /// <summary>What was said, as far as the caller may read it, the oldest first.</summary>
    public Task<List<DisputeStatement>> StatementsAsync(long disputeId, CancellationToken ct) => db.ListAsync<DisputeStatement>("""
        select s.side, s.body, s.by_brand, p.name as person, s.written_at
        from dispute_statement s left join person p using (person_id)
        where s.dispute_id = @disputeId
        order by s.dispute_statement_id
        """, new { disputeId }, ct);

    /// <summary>Running disputes over claims that met in one cluster and do not any more.</summary>
    public Task<List<string>> PartedAsync(IReadOnlyCollection<long> clusterIds, CancellationToken ct) => db.ListAsync<string>("""
        select d.number
        from dispute d join dispute_side s using (dispute_id) join end_customer c using (end_customer_id)
        where d.kind = 'meeting' and d.ended_at is null
        group by d.number
        having count(distinct c.customer_cluster_id) > 1 and bool_or(c.customer_cluster_id = any(@ids))
        order by d.number
        """, new { ids = clusterIds.ToArray() }, ct);

    /// <summary>A dispute that a merge opened and the brand has decided.</summary>
    public Task<string?> DecidedOfAsync(long clusterActId, CancellationToken ct) => db.FindAsync<string>("""
        select number from dispute where customer_cluster_act_id = @clusterActId and status in ('upheld', 'overturned') order by number limit 1
        """, new { clusterActId }, ct);

    /// <summary>
    /// Running disputes that have no object any more: a side's claim is over, or the claimant's deal has gone on by itself. Tells apart whether
    /// the customer is free for the claimant.
    /// </summary>
    public Task<List<(string Number, bool Free)>> WithoutObjectAsync(DateTime now, CancellationToken ct) => db.ListAsync<(string, bool)>("""
        with side as (
            select d.number, d.kind, s.side, l.status,
                   exists (select from deal_claim k where k.deal_id = s.deal_id and k.territory_id = s.territory_id and k.product_line_id = any(s.product_line_ids) and upper(k.protection) > @now) as live
            from dispute d join dispute_side s using (dispute_id) join deal l using (deal_id)
            where d.ended_at is null
        )
        select number, kind = 'claim' and bool_and(live or side = 'claimant') is false
        from side
        group by number, kind
        having case when kind = 'meeting' then not bool_and(live)
                    else bool_or(side = 'claimant' and status not in ('draft', 'rejected', 'duplicate'))
                         or (bool_or(side = 'holder') and not bool_or(side = 'holder' and live)) end
        order by number
        limit 200
        """, new { now }, ct);

    /// <summary>Running disputes whose time is over and of which the brand's administrators have not been told; marks them.</summary>
    public Task<List<string>> EscalateAsync(DateTime now, CancellationToken ct) => db.ListAsync<string>("""
        update dispute set escalated_at = @now
        where dispute_id in (select dispute_id from dispute where ended_at is null and escalated_at is null and due_at <= @now order by due_at, dispute_id limit 200 for update skip locked)
        returning number
        """, new { now }, ct);

    /// <summary>Of disputes that run, the clocks are set anew after the working days changed; one that is overdue stays so.</summary>
    public Task SetClocksAsync(DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update dispute set due_at = dispute_due(opened_at, @days), updated_at = @now, version = version + 1
        where ended_at is null and due_at > @now and due_at <> dispute_due(opened_at, @days)
        """, new { now, days = DisputeLifecycle.WorkingDays }, ct);

    async Task<List<Dispute>> WithSidesAsync(List<Dispute> disputes, CancellationToken ct)
    {
        var sides = (await db.ListAsync<DisputeSide>("""
            select s.dispute_id, s.side, s.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, d.number as deal_number, d.status as deal_status,
                   s.end_customer_id, c.number as customer_number, c.name as customer_name, c.customer_cluster_id, s.territory_id, t.code as territory, s.product_line_ids as line_ids,
                   array(select l.code from product_line l where l.product_line_id = any(s.product_line_ids) order by l.code) as product_lines, s.filed, a.number as awarded_deal
            from dispute_side s
            join deal d using (deal_id) join end_customer c on c.end_customer_id = s.end_customer_id join partner p on p.partner_id = s.partner_id join territory t on t.territory_id = s.territory_id
            left join deal a on a.deal_id = s.awarded_deal_id
            where s.dispute_id = any(@ids)
            order by s.dispute_id, s.side, d.number
            """, new { ids = disputes.Select(dispute => dispute.DisputeId).ToArray() }, ct)).ToLookup(side => side.DisputeId);
        disputes.ForEach(dispute => dispute.Sides = [.. sides[dispute.DisputeId]]);
        return disputes;
    }
}
