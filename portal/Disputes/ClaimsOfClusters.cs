using Npgsql;
using Platform.Audit;
using Platform.Database;
using Portal.Customers;
using Portal.Deals;

namespace Portal.Disputes;

/// <summary>
/// What live claims have at stake when companies become one or part. Where two meet by a merge the younger is contested and a dispute opens;
/// where they part again the dispute is void.
/// </summary>
sealed class ClaimsOfClusters(Db db, ContestedClaims claims, DisputeStore disputes, DecideDispute decideDispute, AuditTrail audit, DisputeNews news, TimeProvider clock) : IClusterStake
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    public async Task<IReadOnlyList<MeetingClaims>> MeetingsAsync(long fromClusterId, long intoClusterId, CancellationToken ct) =>
        [.. (await claims.MeetingsAsync(fromClusterId, intoClusterId, Now, ct)).Select(met => met.Shown)];

    public async Task MergingAsync(ClusterAct act, CancellationToken ct)
    {
        await claims.LeaveBehindAsync([act.FromClusterId, act.ToClusterId], Now, ct);
        foreach (var met in await claims.MeetingsAsync(act.FromClusterId, act.ToClusterId, Now, ct))
        {
            var number = PublicNumber.New("DP");
            var id = await disputes.OpenAsync(number, met, act, Now, ct);
            await claims.ContestAsync(met.ClaimIds, id, ct);
            var dispute = (await disputes.FindAsync(number, Now, ct))!;
            await audit.RecordAsync([.. dispute.Sides.Select(side => side.PartnerId).Distinct().Select(partner => new AuditAct("dispute.opened", "dispute", number, [partner], null))], ct);
            await news.TellSidesAsync("opened", id, number, null, ct);
            await news.TellAsync("opened", id, number, "deal_desk", act.Reason, ct);
        }
    }

    public Task PartingAsync(ClusterAct act, CancellationToken ct) => claims.LeaveBehindAsync([act.FromClusterId, act.ToClusterId], Now, ct);

    public async Task PartedAsync(ClusterAct act, CancellationToken ct)
    {
        foreach (var number in await disputes.PartedAsync([act.FromClusterId, act.ToClusterId], ct))
        {
            await decideDispute.VoidAsync(number, "disputes.void.parted", ct);
        }
    }

    public async Task<ClusterOutcome.Refused?> HindersUndoAsync(ClusterAct act, CancellationToken ct) =>
        await disputes.DecidedOfAsync(act.CustomerClusterActId, ct) is { } decided ? new("disputes.refused.decided", decided) : null;

    public ClusterOutcome.Refused? Explain(PostgresException refused) => refused.Violates(DealStore.OneLiveClaim) ? new("disputes.refused.third_claim") : null;

    public async Task<ShownPart> ShowAsync(long clusterId, CancellationToken ct) => new("/Disputes/_ClaimsOfCluster.cshtml", await db.ListAsync<ClaimOfCluster>("""
        select d.number as deal_number, p.name as partner_name, p.name_latin as partner_name_latin, c.name as customer_name, d.status as deal_status,
               l.name as line_name, l.name_zh as line_name_zh, t.name as territory_name, t.name_zh as territory_name_zh, lower(k.protection) as since, upper(k.protection) as until, s.number as dispute
        from deal_claim k
        join deal d using (deal_id) join partner p on p.partner_id = k.partner_id join end_customer c on c.end_customer_id = k.end_customer_id
        join product_line l using (product_line_id) join territory t on t.territory_id = k.territory_id
        left join dispute s on s.dispute_id = k.contested_by
        where k.customer_cluster_id = @clusterId and upper(k.protection) > @now
        order by l.code, t.code, lower(k.protection)
        """, new { clusterId, now = Now }, ct));
}

/// <summary>A live claim on a company.</summary>
public sealed class ClaimOfCluster
{
    /// <summary>The deal.</summary>
    public string DealNumber { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>The customer as that partner calls it.</summary>
    public string CustomerName { get; init; } = "";

    /// <summary>The deal's state.</summary>
    public string DealStatus { get; init; } = "";

    /// <summary>The product line in English.</summary>
    public string LineName { get; init; } = "";

    /// <summary>The product line in Chinese.</summary>
    public string LineNameZh { get; init; } = "";

    /// <summary>The territory in English.</summary>
    public string TerritoryName { get; init; } = "";

    /// <summary>The territory in Chinese.</summary>
    public string TerritoryNameZh { get; init; } = "";

    /// <summary>When it began.</summary>
    public DateTime Since { get; init; }

    /// <summary>When it ends.</summary>
    public DateTime Until { get; init; }

    /// <summary>The dispute over it.</summary>
    public string? Dispute { get; init; }
}
