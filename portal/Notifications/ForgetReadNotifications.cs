using Platform.Database;

namespace Portal.Notifications;

/// <summary>Once a day forgets what everybody has read long ago. Any number of instances may do it at once.</summary>
sealed class ForgetReadNotifications(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ForgetReadNotifications> log) : BackgroundService
{
    static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var daily = new PeriodicTimer(TimeSpan.FromDays(1), clock);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("job:forget-read-notifications");
                await scope.ServiceProvider.GetRequiredService<NotificationStore>().ForgetReadAsync(clock.GetUtcNow().UtcDateTime - Kept, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Read notifications are forgotten tomorrow: {Reason}", failure.Message);
            }
        }
        while (await daily.WaitForNextTickAsync(stoppingToken));
    }
}
