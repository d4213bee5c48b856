using System.Collections.Concurrent;

namespace Benchmarks.Faults;

/// <summary>What the portal has said to the programs, as they wrote it down; the truth that the database is held against.</summary>
sealed class AnswersGiven
{
    int acts;
    int askedAgain;

    /// <summary>Orders that were acknowledged: the buyer's own number, and the portal's.</summary>
    public ConcurrentDictionary<string, string> Orders { get; } = new(StringComparer.Ordinal);

    /// <summary>Orders that were refused, by the buyer's own number.</summary>
    public ConcurrentDictionary<string, bool> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Confirmations, shipments, receipts that were acknowledged.</summary>
    public int Acts => acts;

    /// <summary>How often an answer was lost, or given up on, and asked for again.</summary>
    public int AskedAgain => askedAgain;

    public void Acted() => Interlocked.Increment(ref acts);

    public void AskAgain() => Interlocked.Increment(ref askedAgain);
}
