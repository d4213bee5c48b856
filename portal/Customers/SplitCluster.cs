using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Customers;

/// <summary>The deal desk finds that one company is two: the chosen customers leave into a cluster of their own, their claims with them.</summary>
public sealed class SplitCluster(Db db, ClusterStore clusters, CustomerStore customers, IEnumerable<IClusterStake> stakes, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Splits them off.</summary>
    /// <param name="number">A customer of the company.</param>
    /// <param name="leaving">The customers that leave it, by number; not all of them.</param>
    /// <param name="typedReason">Why.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ClusterOutcome> RunAsync(string number, IReadOnlyCollection<string> leaving, string? typedReason, CancellationToken ct)
    {
        var (reason, problem) = ClusterOutcome.Reason(typedReason);
        if (reason is null || leaving.Count == 0)
        {
            return leaving.Count == 0 ? new ClusterOutcome.Invalid([new("members", "customers.invalid.leaving")]) : problem!;
        }

        try
        {
            return await db.InTransactionAsync<ClusterOutcome>(async () =>
            {
                var held = await clusters.HeldAsync([number], ct);
                if (held.SingleOrDefault() is not { } place)
                {
                    return new ClusterOutcome.Missing();
                }

                var members = await customers.MembersAsync(place.CustomerClusterId, ct);
                var going = members.Where(member => leaving.Contains(member.Number, StringComparer.Ordinal)).ToList();
                return going.Count != leaving.Distinct(StringComparer.Ordinal).Count() || going.Count == members.Count
                    ? new ClusterOutcome.Invalid([new("members", "customers.invalid.leaving")])
                    : new ClusterOutcome.Done(await PartAsync(place.CustomerClusterId, going, reason, ct));
            }, ct);
        }
        catch (PostgresException refused) when (stakes.Explained(refused) is not null)
        {
            return stakes.Explained(refused)!;
        }
    }

    async Task<string> PartAsync(long clusterId, List<CustomerPlace> going, string reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var number = PublicNumber.New("CA");
        var own = (await customers.OpenClustersAsync(1, now, ct)).Dequeue();
        var id = await clusters.InsertActAsync(number, "split", clusterId, own, reason, now, ct);
        var act = new ClusterAct
        {
            CustomerClusterActId = id, Number = number, Kind = "split", FromClusterId = clusterId, ToClusterId = own, Reason = reason, HappenedAt = now,
            MovedIds = [.. going.Select(member => member.EndCustomerId)],
        };
        foreach (var stake in stakes)
        {
            await stake.PartingAsync(act, ct);
        }

        await clusters.MoveAsync(act.MovedIds, clusterId, own, id, reason, undoes: false, now, ct);
        foreach (var stake in stakes)
        {
            await stake.PartedAsync(act, ct);
        }

        await audit.RecordAsync("customers.split", "cluster_act", number, null, new { customers = going.Select(member => member.Number), reason }, ct);
        return number;
    }
}
