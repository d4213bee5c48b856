namespace Portal.Verify;

/// <summary>
/// A check of a feature's invariants on the whole data, for <c>portal verify NAME</c>. Runs as the product itself, in set-based statements.
/// </summary>
public interface ICheck
{
    /// <summary>The name on the command line: stock, orders, money, kpis, audit. Checks of one name run together.</summary>
    string Name { get; }

    /// <summary>Looks for contradictions.</summary>
    Task<CheckResult> RunAsync(CancellationToken ct);
}

/// <summary>What a check found.</summary>
/// <param name="Looked">How much was looked at, in words: "57,851 order lines".</param>
/// <param name="Findings">One sentence per contradiction, with the record's number; empty when all is well. At most a hundred.</param>
public sealed record CheckResult(string Looked, IReadOnlyList<string> Findings);
