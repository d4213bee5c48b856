using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Database.Embedded;

/// <summary>Starts the embedded server again when it was killed; one that was stopped on purpose stays stopped.</summary>
sealed class EmbeddedPostgresWatch(EmbeddedPostgres server, TimeProvider clock, ILogger<EmbeddedPostgresWatch> log) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (server.WasKilled)
                {
                    log.LogWarning("The database server was killed; it is started again");
                    await server.RestartAsync(stoppingToken);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogError(failure, "The database server could not be started again; tried anew in {Interval}", Interval);
            }
        }
    }
}
