using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Customers;

/// <summary>
/// Takes a merge or a split back: exactly the customers it moved return to where they stood. Refused where something since stands in the
/// way: one of them has moved on, a dispute that the merge opened is decided, or live claims would meet.
/// </summary>
public sealed class UndoClusterAct(Db db, ClusterStore clusters, CustomerStore customers, IEnumerable<IClusterStake> stakes, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Undoes it.</summary>
    /// <param name="number">The act.</param>
    /// <param name="typedReason">Why.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ClusterOutcome> RunAsync(string number, string? typedReason, CancellationToken ct)
    {
        var (reason, problem) = ClusterOutcome.Reason(typedReason);
        if (reason is null)
        {
            return problem!;
        }

        try
        {
            return await db.InTransactionAsync(async () =>
            {
                if (await clusters.FindActAsync(number, ct) is not { } seen)
                {
                    return new ClusterOutcome.Missing();
                }

                await customers.HoldClustersAsync([seen.FromClusterId, seen.ToClusterId], ct);
                var act = (await clusters.FindActAsync(number, ct))!;
                return await HindranceAsync(act, ct) ?? await UndoAsync(act, reason, ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(CustomerGroups.NoCircle) || stakes.Explained(refused) is not null)
        {
            return new ClusterOutcome.Refused("customers.refused.undo_meets");
        }
    }

    async Task<ClusterOutcome?> HindranceAsync(ClusterAct act, CancellationToken ct)
    {
        if (act.UndoneAt is not null)
        {
            return new ClusterOutcome.Refused("customers.refused.undone");
        }

        if (act.StandingIn.Any(cluster => cluster != act.ToClusterId))
        {
            return new ClusterOutcome.Refused("customers.refused.moved_since");
        }

        foreach (var stake in stakes)
        {
            if (await stake.HindersUndoAsync(act, ct) is { } hindrance)
            {
                return hindrance;
            }
        }

        return null;
    }

    async Task<ClusterOutcome> UndoAsync(ClusterAct act, string reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (!await clusters.UndoActAsync(act.CustomerClusterActId, reason, now, ct))
        {
            return new ClusterOutcome.Refused("customers.refused.undone");
        }

        foreach (var stake in stakes)
        {
            await stake.PartingAsync(act, ct);
        }

        await clusters.MoveAsync(act.MovedIds, act.ToClusterId, act.FromClusterId, act.CustomerClusterActId, reason, undoes: true, now, ct);
        foreach (var stake in stakes)
        {
            await stake.PartedAsync(act, ct);
        }

        await audit.RecordAsync("customers.undone", "cluster_act", act.Number, null, new { act.Kind, reason }, ct);
        return new ClusterOutcome.Done(act.Number);
    }
}
