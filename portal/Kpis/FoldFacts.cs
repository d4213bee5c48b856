using Platform.Database;

namespace Portal.Kpis;

/// <summary>
/// Moves the shares of <see cref="KpiFacts"/> into the roll-ups, twice a second where there are any. Every instance of the portal
/// runs it; the database lets one fold at a time.
/// </summary>
public sealed class FoldFacts(IServiceScopeFactory scopes, TimeProvider clock, ILogger<FoldFacts> log) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    bool isWaiting;

    /// <summary>Folds once; answers how many shares there were.</summary>
    public async Task<long> FoldAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("job:fold-kpi-facts");
        return await scope.ServiceProvider.GetRequiredService<Db>()
            .OneAsync<long>("select case when exists (select from kpi_delta) then kpi_fold() else 0 end", null, ct);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FoldAsync(stoppingToken);
                isWaiting = false;
            }
            catch (Exception failure) when (failure.IsUnavailable() && !stoppingToken.IsCancellationRequested)
            {
                // The other watchers say that the database is away; one line of this one is enough.
                if (!isWaiting)
                {
                    log.LogWarning("The KPI facts wait, the database does not answer: {Reason}", failure.Message);
                }

                isWaiting = true;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "The KPI facts could not be folded; the next try is in {Pause}.", Pause);
            }
        }
    }
}
