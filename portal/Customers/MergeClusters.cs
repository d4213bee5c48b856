using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Customers;

/// <summary>
/// The deal desk finds that two companies are one: the customers of the one move into the cluster of the other. Where live claims meet by it
/// the merge is not refused: a dispute opens in the same transaction (<see cref="IClusterStake"/>).
/// </summary>
public sealed class MergeClusters(Db db, ClusterStore clusters, CustomerStore customers, IEnumerable<IClusterStake> stakes, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The live claims that would meet.</summary>
    public async Task<IReadOnlyList<MeetingClaims>> PreviewAsync(Customer kept, Customer other, CancellationToken ct)
    {
        var meetings = new List<MeetingClaims>();
        foreach (var stake in stakes)
        {
            meetings.AddRange(await stake.MeetingsAsync(other.CustomerClusterId, kept.CustomerClusterId, ct));
        }

        return meetings;
    }

    /// <summary>Merges the company of <paramref name="other"/> into that of <paramref name="number"/>.</summary>
    /// <param name="number">A customer of the company that stays.</param>
    /// <param name="other">A customer of the company that is found to be the same.</param>
    /// <param name="typedReason">Why.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ClusterOutcome> RunAsync(string number, string? other, string? typedReason, CancellationToken ct)
    {
        var (reason, problem) = ClusterOutcome.Reason(typedReason);
        if (reason is null || string.IsNullOrWhiteSpace(other))
        {
            return string.IsNullOrWhiteSpace(other) ? new ClusterOutcome.Invalid([new("with", "customers.invalid.merge_with")]) : problem!;
        }

        try
        {
            return await db.InTransactionAsync<ClusterOutcome>(async () =>
            {
                var held = await clusters.HeldAsync([number, other.Trim()], ct);
                if (held.Find(place => Is(place, number)) is not { } kept)
                {
                    return new ClusterOutcome.Missing();
                }

                if (held.Find(place => Is(place, other.Trim())) is not { } joining)
                {
                    return new ClusterOutcome.Invalid([new("with", "customers.invalid.merge_with")]);
                }

                return kept.CustomerClusterId == joining.CustomerClusterId
                    ? new ClusterOutcome.Refused("customers.refused.already_one")
                    : new ClusterOutcome.Done(await JoinAsync(joining.CustomerClusterId, kept.CustomerClusterId, reason, ct));
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(CustomerGroups.NoCircle))
        {
            return new ClusterOutcome.Refused("customers.refused.merge_circle");
        }
        catch (PostgresException refused) when (stakes.Explained(refused) is not null)
        {
            return stakes.Explained(refused)!;
        }
    }

    /// <summary>
    /// Moves all customers of one cluster into another, in the caller's transaction, which holds both. What the database refuses goes up to
    /// the caller.
    /// </summary>
    /// <returns>The number of the act.</returns>
    public async Task<string> JoinAsync(long fromClusterId, long intoClusterId, string reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var number = PublicNumber.New("CA");
        var members = await customers.MembersAsync(fromClusterId, ct);
        var id = await clusters.InsertActAsync(number, "merge", fromClusterId, intoClusterId, reason, now, ct);
        var act = new ClusterAct
        {
            CustomerClusterActId = id, Number = number, Kind = "merge", FromClusterId = fromClusterId, ToClusterId = intoClusterId, Reason = reason, HappenedAt = now,
            MovedIds = [.. members.Select(member => member.EndCustomerId)],
        };
        foreach (var stake in stakes)
        {
            await stake.MergingAsync(act, ct);
        }

        await clusters.MoveAsync(act.MovedIds, fromClusterId, intoClusterId, id, reason, undoes: false, now, ct);
        await audit.RecordAsync("customers.merged", "cluster_act", number, null, new { customers = members.Select(member => member.Number), reason }, ct);
        return number;
    }

    static bool Is(CustomerPlace place, string number) => string.Equals(place.Number, number, StringComparison.Ordinal);
}

/// <summary>What the stakes in clusters say together.</summary>
static class ClusterStakes
{
    /// <summary>The sentence for what the database refused, where one of them knows it.</summary>
    public static ClusterOutcome.Refused? Explained(this IEnumerable<IClusterStake> stakes, PostgresException refused) =>
        stakes.Select(stake => stake.Explain(refused)).FirstOrDefault(sentence => sentence is not null);
}
