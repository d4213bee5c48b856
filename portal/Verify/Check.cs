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

/// <summary>
/// The same for the end of a day of the past, from documents and ledgers alone: what the figures were then, and whether they obeyed the rules. For
/// <c>portal verify NAME --on DAY</c>.
/// </summary>
public interface IDayCheck
{
    /// <summary>The name on the command line, that of the <see cref="ICheck"/> of the same data.</summary>
    string Name { get; }

    /// <summary>Looks at the figures as they were at the end of a day, in the brand's zone.</summary>
    Task<CheckResult> RunAsync(DateOnly day, CancellationToken ct);
}

/// <summary>What a check found.</summary>
/// <param name="Looked">How much was looked at, in words: "57,851 order lines".</param>
/// <param name="Findings">One sentence per contradiction, with the record's number; empty when all is well. At most a hundred.</param>
public sealed record CheckResult(string Looked, IReadOnlyList<string> Findings);
