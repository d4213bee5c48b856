using Platform.Database;

namespace Portal.Imports;

/// <summary>
/// Runs what waits, one import at a time on each instance of the portal. Where <c>Jobs:Enabled</c> is false, other instances do.
/// </summary>
public sealed class RunImports(IServiceScopeFactory scopes, ImportSignal signal, IConfiguration settings, TimeProvider clock, ILogger<RunImports> log) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    readonly string runner = $"{Environment.MachineName} {Environment.ProcessId} {Guid.NewGuid():N}";

    /// <summary>Runs the next import, to its end; answers its number, or null when none waits.</summary>
    public async Task<string?> RunNextAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("job:run-imports");
        if (await scope.ServiceProvider.GetRequiredService<ImportLedger>().ClaimAsync(runner, clock.GetUtcNow().UtcDateTime, RunImport.Lease, ct) is not { } import)
        {
            return null;
        }

        var imports = scope.ServiceProvider.GetRequiredService<ImportStore>();
        await scope.ServiceProvider.GetRequiredService<RunImport>().RunAsync(import, runner, stop => imports.OpenFileAsync(import, stop), ct);
        return import.Number;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.GetValue("Jobs:Enabled", defaultValue: true))
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunNextAsync(stoppingToken) is null)
                {
                    await signal.WaitAsync(Pause, stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Imports pause: {Reason}", failure.Message);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
