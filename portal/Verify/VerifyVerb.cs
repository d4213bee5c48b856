using System.Globalization;
using Platform.Database;
using Portal.Web;

namespace Portal.Verify;

/// <summary><c>portal -- verify NAME</c>: looks for contradictions in the stored data; 0 only when there are none.</summary>
public sealed class VerifyVerb(CallerAccessor caller, IEnumerable<ICheck> checks, TimeProvider clock) : IVerb
{
    /// <inheritdoc/>
    public string Name => "verify";

    /// <inheritdoc/>
    public string Usage => $"verify [{string.Join('|', checks.Select(check => check.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}|all]  looks for contradictions in the stored data";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        var asked = arguments switch
        {
            [] or ["all"] => [.. checks.OrderBy(check => check.Name, StringComparer.Ordinal)],
            [var name] when checks.Where(check => check.Name == name).ToList() is { Count: > 0 } named => named,
            _ => throw new UsageException($"There is no check '{string.Join(' ', arguments)}'."),
        };
        caller.Current = Caller.System("verify");
        var found = 0;
        foreach (var check in asked)
        {
            found += await RunAsync(check, output, ct);
        }

        await output.WriteLineAsync(found == 0 ? "Nothing contradicts." : string.Create(CultureInfo.InvariantCulture, $"{found} contradictions."));
        return found == 0 ? 0 : 1;
    }

    async Task<int> RunAsync(ICheck check, TextWriter output, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var result = await check.RunAsync(ct);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{check.Name,-8} {(result.Findings.Count == 0 ? "ok" : "WRONG")}  looked at {result.Looked} in {clock.GetElapsedTime(began).TotalSeconds:0.0} s"));
        foreach (var finding in result.Findings)
        {
            await output.WriteLineAsync("         " + finding);
        }

        return result.Findings.Count;
    }
}
