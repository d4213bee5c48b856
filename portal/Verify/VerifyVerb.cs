using System.Globalization;
using Platform.Database;
using Portal.Web;

namespace Portal.Verify;

/// <summary><c>portal -- verify NAME [--on DAY]</c>: looks for contradictions in the stored data, or in what it was at the end of a day; 0 only when there are none.</summary>
public sealed class VerifyVerb(CallerAccessor caller, IEnumerable<ICheck> checks, IEnumerable<IDayCheck> ofADay, TimeProvider clock) : IVerb
{
    /// <inheritdoc/>
    public string Name => "verify";

    /// <inheritdoc/>
    public string Usage => $"verify [{string.Join('|', checks.Select(check => check.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}|all] [--on YYYY-MM-DD]  looks for contradictions in the stored data; for stock, orders and money also as they were at the end of a day";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        var asked = arguments.Count < 2 || arguments[arguments.Count - 2] is not "--on"
            ? Named(checks, check => check.Name, arguments).ConvertAll(check => new Asked(check.Name, () => check.RunAsync(ct)))
            : Named(ofADay, check => check.Name, [.. arguments.Take(arguments.Count - 2)]).ConvertAll(check => new Asked(check.Name, () => check.RunAsync(Day(arguments[arguments.Count - 1]), ct)));
        caller.Current = Caller.System("verify");
        var found = 0;
        foreach (var check in asked)
        {
            found += await RunAsync(check, output);
        }

        await output.WriteLineAsync(found == 0 ? "Nothing contradicts." : string.Create(CultureInfo.InvariantCulture, $"{found} contradictions."));
        return found == 0 ? 0 : 1;
    }

    static DateOnly Day(string typed) => DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : throw new UsageException($"'{typed}' is no day; write it as 2026-03-01.");

    static List<T> Named<T>(IEnumerable<T> checks, Func<T, string> name, IReadOnlyList<string> arguments) => arguments switch
    {
        [] or ["all"] => [.. checks.OrderBy(name, StringComparer.Ordinal)],
        [var one] when checks.Where(check => name(check) == one).ToList() is { Count: > 0 } named => named,
        _ => throw new UsageException($"There is no check '{string.Join(' ', arguments)}'."),
    };

    async Task<int> RunAsync(Asked check, TextWriter output)
    {
        var began = clock.GetTimestamp();
        var result = await check.Run();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{check.Name,-8} {(result.Findings.Count == 0 ? "ok" : "WRONG")}  looked at {result.Looked} in {clock.GetElapsedTime(began).TotalSeconds:0.0} s"));
        foreach (var finding in result.Findings)
        {
            await output.WriteLineAsync("         " + finding);
        }

        return result.Findings.Count;
    }

    sealed record Asked(string Name, Func<Task<CheckResult>> Run);
}
