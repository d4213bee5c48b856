using Platform.Database;

namespace Portal.Deals;

/// <summary>What a reviewer may hold for and against the partners that want one customer: what they did with their claims, and with this company; for the brand.</summary>
public sealed class PartnerRecords(Db db)
{
    /// <summary>So many partners are set side by side.</summary>
    public const int Most = 8;

    /// <summary>The claimant first, then whose live claim collides, who else has a deal on the company or one it may be, and who knows such a company; in one statement.</summary>
    public Task<List<PartnerRecord>> OfAsync(long dealId, DateTime now, CancellationToken ct) => db.ListAsync<PartnerRecord>("""
        with mine as (
            select d.deal_id, d.partner_id, d.territory_id, c.customer_cluster_id, array(select l.product_line_id from deal_product_line l where l.deal_id = d.deal_id) as line_ids
            from deal d join end_customer c using (end_customer_id) where d.deal_id = @dealId
        ), maybe as (
            select c.customer_cluster_id, c.partner_id
            from deal_screening_candidate k join end_customer c using (end_customer_id)
            where k.deal_screening_id = (select max(s.deal_screening_id) from deal_screening s where s.deal_id = @dealId)
        ), concerned as (
            select partner_id, min(rank) as rank
            from (
                select partner_id, 0 as rank from mine
                union all
                select d.partner_id, case when exists (select from deal_claim k where k.deal_id = d.deal_id and upper(k.protection) > @now and k.territory_id = m.territory_id and k.product_line_id = any (m.line_ids)) then 1 else 2 end
                from mine m
                cross join lateral (select m.customer_cluster_id as cluster union select y.customer_cluster_id from maybe y) known
                join end_customer c on c.customer_cluster_id = known.cluster
                join deal d using (end_customer_id)
                where d.status <> 'draft' and d.deal_id <> m.deal_id
                union all
                select partner_id, 3 from maybe
            ) anybody
            group by partner_id
            order by rank, partner_id
            limit @Most
        ), family as materialized (
            select kin.cluster, kin.cluster = m.customer_cluster_id as is_here from mine m cross join lateral companies_of_group(m.customer_cluster_id) as kin (cluster)
        ), year as materialized (
            select brand_midnight((brand_day(@now) - interval '12 months')::date) as since
        )
        select p.number, p.name, p.name_latin, p.partner_level, w.rank = 0 as is_claimant, w.rank = 1 as holds_it,
               done.*, room.open, room.capacity, here.*, quoted.*, disputes.*, asked.*, alerts.*
        from concerned w
        join partner p using (partner_id)
        cross join year
        cross join lateral (
            -- What was submitted or ended in these months was changed in them, too: the index by partner and change is all that is read.
            select count(*) filter (where d.submitted_at >= year.since)::integer as registered,
                   count(*) filter (where d.protected_from >= year.since)::integer as approved,
                   count(*) filter (where d.status = 'rejected' and d.closed_at >= year.since)::integer as rejected,
                   count(*) filter (where d.status = 'duplicate' and d.closed_at >= year.since)::integer as duplicates,
                   count(*) filter (where d.status = 'withdrawn' and d.closed_at >= year.since)::integer as withdrawn,
                   count(*) filter (where d.status = 'won' and d.closed_at >= year.since)::integer as won,
                   count(*) filter (where d.status = 'lost' and d.closed_at >= year.since)::integer as lost,
                   count(*) filter (where d.status = 'expired' and d.closed_at >= year.since)::integer as expired,
                   (percentile_cont(0.5) within group (order by extract(epoch from d.closed_at - d.submitted_at) / 86400) filter (where d.status = 'won' and d.closed_at >= year.since))::numeric(9, 1) as days_to_win
            from deal d
            where d.partner_id = w.partner_id and d.updated_at >= year.since and d.status <> 'draft'
        ) done
        cross join lateral claim_capacity(w.partner_id, @now) room
        cross join lateral (
            select count(*) filter (where f.is_here)::integer as deals_here, count(*) filter (where f.is_here and d.status = 'won')::integer as won_here,
                   count(*) filter (where not f.is_here)::integer as deals_in_group, count(*) filter (where not f.is_here and d.status = 'won')::integer as won_in_group
            from family f join end_customer c on c.customer_cluster_id = f.cluster and c.partner_id = w.partner_id join deal d using (end_customer_id)
            where d.status <> 'draft' and d.deal_id <> @dealId
        ) here
        cross join lateral (
            select count(*)::integer as quotes, count(*) filter (where q.is_ordered)::integer as orders,
                   sum(q.net_total * rate_to_brand(q.currency, q.first_sent_on)) filter (where q.is_ordered) as ordered_amount
            from family f join end_customer c on c.customer_cluster_id = f.cluster and c.partner_id = w.partner_id join quoted_business q using (end_customer_id)
        ) quoted
        cross join lateral (
            select count(*) filter (where s.outcome = 'won')::integer as disputes_won, count(*) filter (where s.outcome = 'lost')::integer as disputes_lost,
                   count(*) filter (where s.outcome = 'open')::integer as disputes_open
            from dispute_of_partner s where s.partner_id = w.partner_id
        ) disputes
        cross join lateral (
            select count(*)::integer as screenings from deal_screening s where s.partner_id = w.partner_id and s.screened_at >= year.since
        ) asked
        cross join lateral (
            select count(*)::integer as alerts, count(*) filter (where a.is_open)::integer as alerts_open from probing_alert_of_partner a where a.partner_id = w.partner_id and a.day >= brand_day(year.since)
        ) alerts
        order by w.rank, w.partner_id
        """, new { dealId, now, Most }, ct);
}

/// <summary>What a partner did with its claims in the last twelve months, and what it ever did with one company and its group.</summary>
public sealed record PartnerRecord
{
    /// <summary>The partner.</summary>
    public string Number { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? NameLatin { get; init; }

    /// <summary>Its commercial rank.</summary>
    public string PartnerLevel { get; init; } = "";

    /// <summary>It is the claimant.</summary>
    public bool IsClaimant { get; init; }

    /// <summary>It has a live claim on the same territory and a line of the same.</summary>
    public bool HoldsIt { get; init; }

    /// <summary>Registered in twelve months.</summary>
    public int Registered { get; init; }

    /// <summary>Approved in twelve months; the counts after it are what ended then.</summary>
    public int Approved { get; init; }

    /// <summary>Rejected.</summary>
    public int Rejected { get; init; }

    /// <summary>Found to be duplicates.</summary>
    public int Duplicates { get; init; }

    /// <summary>Withdrawn.</summary>
    public int Withdrawn { get; init; }

    /// <summary>Won.</summary>
    public int Won { get; init; }

    /// <summary>Lost.</summary>
    public int Lost { get; init; }

    /// <summary>Expired or released.</summary>
    public int Expired { get; init; }

    /// <summary>The median of days from the submission to the win.</summary>
    public decimal? DaysToWin { get; init; }

    /// <summary>Open claims now.</summary>
    public int Open { get; init; }

    /// <summary>Of so many; null for any number.</summary>
    public int? Capacity { get; init; }

    /// <summary>Other deals on this company, at any time.</summary>
    public int DealsHere { get; init; }

    /// <summary>Won of them.</summary>
    public int WonHere { get; init; }

    /// <summary>Deals on other companies of its group.</summary>
    public int DealsInGroup { get; init; }

    /// <summary>Won of them.</summary>
    public int WonInGroup { get; init; }

    /// <summary>Quotes that went to the company or its group.</summary>
    public int Quotes { get; init; }

    /// <summary>Orders that came of them.</summary>
    public int Orders { get; init; }

    /// <summary>Their net worth in the brand's currency.</summary>
    public decimal? OrderedAmount { get; init; }

    /// <summary>Disputes decided for it.</summary>
    public int DisputesWon { get; init; }

    /// <summary>Disputes decided against it.</summary>
    public int DisputesLost { get; init; }

    /// <summary>Disputes that run.</summary>
    public int DisputesOpen { get; init; }

    /// <summary>Screenings in twelve months.</summary>
    public int Screenings { get; init; }

    /// <summary>Days in twelve months on which they looked like fishing.</summary>
    public int Alerts { get; init; }

    /// <summary>Those nobody has looked into.</summary>
    public int AlertsOpen { get; init; }

    /// <summary>Won of those that ended as won, lost or expired; null where none did.</summary>
    public decimal? WinRate => Won + Lost + Expired is > 0 and var ended ? (decimal)Won / ended : null;
}
