using Platform.Database;
using Portal.Customers;

namespace Portal.Deals;

/// <summary>The statements about claims over which two sides are at odds. Whoever calls them holds the clusters; the deal desk alone may.</summary>
public sealed class ContestedClaims(Db db)
{
    /// <summary>The live claims that would meet if two clusters became one, by pairs of deals; the older one holds.</summary>
    public Task<List<MeetingDeals>> MeetingsAsync(long fromClusterId, long intoClusterId, DateTime now, CancellationToken ct) => db.ListAsync<MeetingDeals>("""
        with met as (
            select case when (lower(a.protection), a.deal_claim_id) <= (lower(b.protection), b.deal_claim_id) then a.deal_id else b.deal_id end as holder_id,
                   case when (lower(a.protection), a.deal_claim_id) <= (lower(b.protection), b.deal_claim_id) then b.deal_id else a.deal_id end as claimant_id,
                   a.product_line_id, a.territory_id, a.deal_claim_id as one_id, b.deal_claim_id as other_id
            from deal_claim a join deal_claim b using (product_line_id, territory_id)
            where a.customer_cluster_id = @fromClusterId and b.customer_cluster_id = @intoClusterId and upper(a.protection) > @now and upper(b.protection) > @now
        )
        select m.holder_id as holder_deal_id, h.number as holder_deal, hp.name as holder_partner, m.claimant_id as claimant_deal_id, c.number as claimant_deal, cp.name as claimant_partner,
               m.territory_id, t.code as territory, array_agg(l.product_line_id order by l.product_line_id) as line_ids, array_agg(l.code order by l.code) as product_lines,
               array_agg(m.one_id) || array_agg(m.other_id) as claim_ids
        from met m
        join deal h on h.deal_id = m.holder_id join partner hp on hp.partner_id = h.partner_id
        join deal c on c.deal_id = m.claimant_id join partner cp on cp.partner_id = c.partner_id
        join territory t on t.territory_id = m.territory_id join product_line l using (product_line_id)
        group by m.holder_id, h.number, hp.name, m.claimant_id, c.number, cp.name, m.territory_id, t.code
        order by h.number, c.number
        """, new { fromClusterId, intoClusterId, now }, ct);

    /// <summary>Puts claims under a dispute: its two sides do not refuse each other from now on, and everybody else as before.</summary>
    public Task ContestAsync(IReadOnlyCollection<long> claimIds, long disputeId, CancellationToken ct) =>
        db.ExecuteAsync("update deal_claim set contested_by = @disputeId where deal_claim_id = any(@ids)", new { ids = claimIds.ToArray(), disputeId }, ct);

    /// <summary>What is left under a dispute counts again by itself.</summary>
    public Task SettleAsync(long disputeId, CancellationToken ct) =>
        db.ExecuteAsync("update deal_claim set contested_by = null where contested_by = @disputeId", new { disputeId }, ct);

    /// <summary>Protections of these clusters that have ended meet nobody any more, however their ranges lay.</summary>
    public Task LeaveBehindAsync(IReadOnlyCollection<long> clusterIds, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update deal_claim set over_at = @now where customer_cluster_id = any(@ids) and upper(protection) <= @now and over_at is null
        """, new { ids = clusterIds.ToArray(), now }, ct);

    /// <summary>The same for the claims under a dispute.</summary>
    public Task LeaveBehindAsync(long disputeId, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update deal_claim set over_at = @now where contested_by = @disputeId and upper(protection) <= @now and over_at is null
        """, new { disputeId, now }, ct);

    /// <summary>Ends a deal's live claims on these lines in that territory.</summary>
    /// <returns>How many live claims the deal has left; null where it had none there.</returns>
    public Task<int?> EndAsync(long dealId, IReadOnlyCollection<long> lineIds, long territoryId, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        with ended as (
            update deal_claim
            set protection = tstzrange(lower(protection), greatest(@now, lower(protection) + interval '1 microsecond')),
                over_at = greatest(@now, lower(protection) + interval '1 microsecond'), contested_by = null
            where deal_id = @dealId and product_line_id = any(@lines) and territory_id = @territoryId and upper(protection) > @now
            returning deal_claim_id
        )
        select (select count(*)::integer from deal_claim k where k.deal_id = @dealId and upper(k.protection) > @now and k.deal_claim_id not in (select deal_claim_id from ended))
        where exists (select from ended)
        """, new { dealId, lines = lineIds.ToArray(), territoryId, now }, ct);

    /// <summary>Marks lines of a deal that goes on without them: they are another's since then, by that dispute.</summary>
    public Task LoseAsync(long dealId, IReadOnlyCollection<long> lineIds, long territoryId, long disputeId, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update deal_product_line l
        set lost_at = @now, lost_by = @disputeId
        from deal d
        where d.deal_id = l.deal_id and d.territory_id = @territoryId and l.deal_id = @dealId and l.product_line_id = any(@lines) and l.lost_at is null
        """, new { dealId, lines = lineIds.ToArray(), territoryId, disputeId, now }, ct);

    /// <summary>The deals of others whose live claims stand on these lines of a customer's company.</summary>
    public Task<List<string>> HoldersAsync(long clusterId, IReadOnlyCollection<long> lineIds, long territoryId, long exceptPartnerId, DateTime now, CancellationToken ct) => db.ListAsync<string>("""
        select distinct d.number
        from deal_claim k join deal d using (deal_id)
        where k.customer_cluster_id = @clusterId and k.product_line_id = any(@lines) and k.territory_id = @territoryId and upper(k.protection) > @now and k.partner_id <> @exceptPartnerId
        order by d.number
        """, new { clusterId, lines = lineIds.ToArray(), territoryId, exceptPartnerId, now }, ct);

    /// <summary>Enters the deal that goes on where a disputed one was wrongly stopped: a copy of it, approved and protected.</summary>
    /// <returns>Its key.</returns>
    public Task<long> CopyAsync(CopiedDeal copy, DateTime now, CancellationToken ct) => db.OneAsync<long>("""
        with entered as (
            insert into deal (number, partner_id, end_customer_id, territory_id, status, amount, currency, expected_close, contact_name, contact_email, contact_phone, need,
                              protected_from, protected_until, submitted_at, decided_at, created_by, created_at, updated_at)
            select @Number, d.partner_id, @EndCustomerId, @TerritoryId, 'approved', d.amount, d.currency, greatest(d.expected_close, brand_day(@now)), d.contact_name, d.contact_email, d.contact_phone, d.need,
                   @now, @ProtectedUntil, coalesce(d.submitted_at, @now), @now, d.created_by, @now, @now
            from deal d where d.deal_id = @DealId
            returning deal_id, partner_id
        ), lined as (
            insert into deal_product_line (deal_id, product_line_id, partner_id)
            select e.deal_id, l, e.partner_id from entered e cross join unnest(@LineIds) as l
        ), acted as (
            insert into deal_act (deal_id, partner_id, act, from_status, to_status, reason, by_brand, person_id, happened_at)
            select e.deal_id, e.partner_id, a.act, a.from_status, a.to_status, a.reason, true, app_person_id(), @now
            from entered e
            cross join (values ('submit', 'draft', 'submitted', null, @WasDraft), ('approve', 'submitted', 'approved', @Reason, true)) as a (act, from_status, to_status, reason, happened)
            where a.happened
        )
        select deal_id from entered
        """, new { copy.DealId, copy.Number, copy.EndCustomerId, copy.TerritoryId, LineIds = copy.LineIds.ToArray(), copy.ProtectedUntil, copy.Reason, copy.WasDraft, now }, ct);
}

/// <summary>Two deals whose live claims would meet, or meet.</summary>
public sealed class MeetingDeals
{
    /// <summary>The deal with the older claim.</summary>
    public long HolderDealId { get; init; }

    /// <summary>Its number.</summary>
    public string HolderDeal { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string HolderPartner { get; init; } = "";

    /// <summary>The deal with the younger claim.</summary>
    public long ClaimantDealId { get; init; }

    /// <summary>Its number.</summary>
    public string ClaimantDeal { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string ClaimantPartner { get; init; } = "";

    /// <summary>The territory.</summary>
    public long TerritoryId { get; init; }

    /// <summary>Its code.</summary>
    public string Territory { get; init; } = "";

    /// <summary>The product lines on which they meet.</summary>
    public long[] LineIds { get; init; } = [];

    /// <summary>Their codes.</summary>
    public string[] ProductLines { get; init; } = [];

    /// <summary>The claims of both.</summary>
    public long[] ClaimIds { get; init; } = [];

    /// <summary>As the preview of a merge shows it.</summary>
    public MeetingClaims Shown => new() { HolderDeal = HolderDeal, HolderPartner = HolderPartner, ClaimantDeal = ClaimantDeal, ClaimantPartner = ClaimantPartner, ProductLines = ProductLines, Territory = Territory };
}

/// <summary>A deal that goes on under a new number.</summary>
/// <param name="DealId">The deal that was stopped.</param>
/// <param name="Number">The new number.</param>
/// <param name="EndCustomerId">The customer, as it was disputed.</param>
/// <param name="TerritoryId">The territory.</param>
/// <param name="LineIds">The product lines.</param>
/// <param name="ProtectedUntil">The moment its protection ends.</param>
/// <param name="Reason">Why.</param>
/// <param name="WasDraft">It had never been submitted.</param>
public sealed record CopiedDeal(long DealId, string Number, long EndCustomerId, long TerritoryId, IReadOnlyList<long> LineIds, DateTime ProtectedUntil, string Reason, bool WasDraft);
