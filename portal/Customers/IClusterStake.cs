using Npgsql;

namespace Portal.Customers;

/// <summary>
/// What another feature has at stake when companies become one or part: claims that meet, disputes about them. Found by the container, so
/// that customers need not know it; called in the transaction of the act, with the clusters held.
/// </summary>
public interface IClusterStake
{
    /// <summary>The live claims that would meet if these two became one.</summary>
    Task<IReadOnlyList<MeetingClaims>> MeetingsAsync(long fromClusterId, long intoClusterId, CancellationToken ct);

    /// <summary>The customers of a cluster are about to move into another: whatever would meet there is seen to before.</summary>
    Task MergingAsync(ClusterAct act, CancellationToken ct);

    /// <summary>Customers are about to leave a cluster for another.</summary>
    Task PartingAsync(ClusterAct act, CancellationToken ct);

    /// <summary>They have left it: what met only because they stood there is at an end.</summary>
    Task PartedAsync(ClusterAct act, CancellationToken ct);

    /// <summary>Why an act cannot be undone any more, as the key of a sentence with its values; null where nothing stands against it.</summary>
    Task<ClusterOutcome.Refused?> HindersUndoAsync(ClusterAct act, CancellationToken ct);

    /// <summary>The sentence for what the database refused, where this feature's rules are the reason; null where they are not.</summary>
    ClusterOutcome.Refused? Explain(PostgresException refused);

    /// <summary>What the page of a company shows about it.</summary>
    Task<ShownPart> ShowAsync(long clusterId, CancellationToken ct);
}

/// <summary>Two live claims on one product line and territory that would meet.</summary>
public sealed class MeetingClaims
{
    /// <summary>The deal with the older claim.</summary>
    public string HolderDeal { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string HolderPartner { get; init; } = "";

    /// <summary>The deal with the younger claim, which would be contested.</summary>
    public string ClaimantDeal { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string ClaimantPartner { get; init; } = "";

    /// <summary>The codes of the product lines on which they meet.</summary>
    public string[] ProductLines { get; init; } = [];

    /// <summary>The code of the territory.</summary>
    public string Territory { get; init; } = "";
}
