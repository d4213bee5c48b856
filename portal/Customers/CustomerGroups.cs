using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Customers;

/// <summary>
/// Parents and subsidiaries. The deal desk says which company belongs to which, with a reason; a claim on one of them is answered as Related
/// where another one is claimed.
/// </summary>
public sealed class CustomerGroups(Db db, CustomerStore customers, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The constraint that keeps a company from being its own parent by any way round.</summary>
    public const string NoCircle = "a_group_has_no_circle";

    const string OneParent = "a_company_has_one_parent";

    /// <summary>All links of the group that a company belongs to.</summary>
    public Task<List<GroupLink>> OfAsync(long clusterId, CancellationToken ct) => db.ListAsync<GroupLink>("""
        with recursive link as (
            select l.customer_parent_id, c.customer_cluster_id as child, p.customer_cluster_id as parent
            from customer_parent l join end_customer c on c.end_customer_id = l.child_id join end_customer p on p.end_customer_id = l.parent_id
            where l.ended_at is null
        ), kin as (
            select @clusterId::bigint as cluster
            union
            select case when link.child = kin.cluster then link.parent else link.child end from kin join link on kin.cluster in (link.child, link.parent)
        )
        select l.number, c.number as child_number, c.name as child_name, c.customer_cluster_id = @clusterId as child_is_here, p.number as parent_number, p.name as parent_name,
               p.customer_cluster_id = @clusterId as parent_is_here, l.reason, w.name as person, l.linked_at
        from link join customer_parent l using (customer_parent_id)
        join end_customer c on c.end_customer_id = l.child_id join end_customer p on p.end_customer_id = l.parent_id left join person w on w.person_id = l.linked_by
        where link.child in (select cluster from kin)
        order by p.name, c.name
        limit 200
        """, new { clusterId }, ct);

    /// <summary>Says that a customer's company belongs to that of another.</summary>
    /// <param name="number">The subsidiary.</param>
    /// <param name="parent">The parent, by number.</param>
    /// <param name="typedReason">Why.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ClusterOutcome> LinkAsync(string number, string? parent, string? typedReason, CancellationToken ct)
    {
        var (reason, problem) = ClusterOutcome.Reason(typedReason);
        if (reason is null)
        {
            return problem!;
        }

        try
        {
            return await db.InTransactionAsync<ClusterOutcome>(async () =>
            {
                if (await customers.FindAsync(number, ct) is not { } child)
                {
                    return new ClusterOutcome.Missing();
                }

                if (string.IsNullOrWhiteSpace(parent) || await customers.FindAsync(parent.Trim(), ct) is not { } above || above.CustomerClusterId == child.CustomerClusterId)
                {
                    return new ClusterOutcome.Invalid([new("parent", "customers.invalid.parent")]);
                }

                var link = PublicNumber.New("CL");
                await db.ExecuteAsync("""
                    insert into customer_parent (number, child_id, parent_id, reason, linked_by, linked_at) values (@link, @childId, @parentId, @reason, app_person_id(), @now)
                    """, new { link, childId = child.EndCustomerId, parentId = above.EndCustomerId, reason, now = clock.GetUtcNow().UtcDateTime }, ct);
                await audit.RecordAsync("customers.linked", "customer_group", link, null, new { child = number, parent = above.Number, reason }, ct);
                return new ClusterOutcome.Done(link);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(OneParent) || refused.Violates(NoCircle))
        {
            return new ClusterOutcome.Refused(refused.Violates(OneParent) ? "customers.refused.has_parent" : "customers.refused.circle");
        }
    }

    /// <summary>Takes a link back.</summary>
    public async Task<ClusterOutcome> EndAsync(string link, string? typedReason, CancellationToken ct)
    {
        var (reason, problem) = ClusterOutcome.Reason(typedReason);
        return reason is null ? problem! : await db.InTransactionAsync<ClusterOutcome>(async () =>
        {
            if (await db.ExecuteAsync("""
                update customer_parent set ended_at = @now, ended_by = app_person_id(), end_reason = @reason where number = @link and ended_at is null
                """, new { link, reason, now = clock.GetUtcNow().UtcDateTime }, ct) == 0)
            {
                return new ClusterOutcome.Missing();
            }

            await audit.RecordAsync("customers.unlinked", "customer_group", link, null, new { reason }, ct);
            return new ClusterOutcome.Done(link);
        }, ct);
    }
}

/// <summary>A company belongs to another.</summary>
public sealed class GroupLink
{
    /// <summary>The number of the link.</summary>
    public string Number { get; init; } = "";

    /// <summary>The customer that belongs to the other.</summary>
    public string ChildNumber { get; init; } = "";

    /// <summary>Its name.</summary>
    public string ChildName { get; init; } = "";

    /// <summary>It is of the company that is looked at.</summary>
    public bool ChildIsHere { get; init; }

    /// <summary>The customer it belongs to.</summary>
    public string ParentNumber { get; init; } = "";

    /// <summary>Its name.</summary>
    public string ParentName { get; init; } = "";

    /// <summary>It is of the company that is looked at.</summary>
    public bool ParentIsHere { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who said so.</summary>
    public string? Person { get; init; }

    /// <summary>When.</summary>
    public DateTime LinkedAt { get; init; }
}
