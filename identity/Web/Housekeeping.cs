using Identity.Grants;
using Identity.PasswordReset;
using Identity.Sessions;
using Identity.Throttling;
using Platform.Database;

namespace Identity.Web;

/// <summary>Removes what has ended by itself: sessions, grants with their codes, links, counts. Several instances may do it; it only deletes.</summary>
sealed class Housekeeping(IServiceScopeFactory scopes, TimeProvider clock, ILogger<Housekeeping> log) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "What has ended could not be removed; the next round tries again");
            }
        }
    }

    /// <summary>One round.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("identity:housekeeping");
        await scope.ServiceProvider.GetRequiredService<SessionStore>().CleanUpAsync(ct);
        await scope.ServiceProvider.GetRequiredService<GrantStore>().CleanUpAsync(ct);
        await scope.ServiceProvider.GetRequiredService<PasswordResetStore>().CleanUpAsync(ct);
        await scope.ServiceProvider.GetRequiredService<Throttle>().CleanUpAsync(ct);
    }

    static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
