using System.Globalization;
using Platform.Audit;
using Portal.Verify;

namespace Portal.Audit;

/// <summary><c>portal verify audit</c>: every act, every chain and every seal, recomputed, and held against what was signed elsewhere about them.</summary>
sealed class AuditIsWhole(AuditCheck audit, IEnumerable<IAuditWitness> witnesses) : ICheck
{
    public string Name => "audit";

    public async Task<CheckResult> RunAsync(CancellationToken ct)
    {
        var (acts, seals, findings) = await audit.RunAsync(ct);
        var all = findings.ToList();
        var seen = 0L;
        foreach (var witness in witnesses)
        {
            var (looked, contradictions) = await witness.TestifyAsync(ct);
            seen += looked;
            all.AddRange(contradictions);
        }

        return new(string.Create(CultureInfo.InvariantCulture, $"{acts:N0} acts, {seals:N0} seals, {seen:N0} signed receipts"), [.. all.Take(100)]);
    }
}

/// <summary>
/// A feature that gave out, signed, what the audit said at the time. Such statements lie outside the chains: whoever computes a chain anew, or cuts off its
/// end, seals and all, contradicts them.
/// </summary>
public interface IAuditWitness
{
    /// <summary>How many statements there are, and a sentence for each that the audit contradicts.</summary>
    Task<(long Looked, IReadOnlyList<string> Contradictions)> TestifyAsync(CancellationToken ct);
}
