using Platform.Database;

namespace Portal.Kpis;

/// <summary>Every hour lets confirmed levels take effect whose day has come. Any number of instances may do it at once: each decision is locked and takes effect once.</summary>
sealed class ApplyLevels(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ApplyLevels> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hourly = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("job:apply-levels");
                await scope.ServiceProvider.GetRequiredService<DecideOnLevels>().ApplyDueAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Confirmed levels take effect an hour later: {Reason}", failure.Message);
            }
        }
        while (await hourly.WaitForNextTickAsync(stoppingToken));
    }
}
