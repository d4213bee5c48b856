using Platform.Database;
using Platform.Jobs;

namespace Portal.Imports;

/// <summary>
/// Runs what waits, one import at a time on each instance of the portal. Where <c>Jobs:Enabled</c> is false, other instances do.
/// </summary>
public sealed class RunImports(IServiceScopeFactory scopes, ImportSignal signal, IConfiguration settings, TimeProvider clock, ILogger<RunImports> log) : QueueWorker(signal, settings, clock, log)
{
    /// <summary>Runs the next import, to its end; answers its number, or null when none waits.</summary>
    public override async Task<string?> RunNextAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("job:run-imports");
        if (await scope.ServiceProvider.GetRequiredService<ImportLedger>().ClaimAsync(Runner, Clock.GetUtcNow().UtcDateTime, RunImport.Lease, ct) is not { } import)
        {
            return null;
        }

        var imports = scope.ServiceProvider.GetRequiredService<ImportStore>();
        await scope.ServiceProvider.GetRequiredService<RunImport>().RunAsync(import, Runner, stop => imports.OpenFileAsync(import, stop), ct);
        return import.Number;
    }
}
