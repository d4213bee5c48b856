using System.Globalization;
using Platform.Audit;
using Portal.Verify;

namespace Portal.Audit;

/// <summary><c>portal verify audit</c>: every act, every chain and every seal, recomputed.</summary>
sealed class AuditIsWhole(AuditCheck audit) : ICheck
{
    public string Name => "audit";

    public async Task<CheckResult> RunAsync(CancellationToken ct)
    {
        var (acts, seals, findings) = await audit.RunAsync(ct);
        return new(string.Create(CultureInfo.InvariantCulture, $"{acts:N0} acts, {seals:N0} seals"), findings);
    }
}
