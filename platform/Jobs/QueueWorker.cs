using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Jobs;

/// <summary>
/// Works off what waits in a table, one piece at a time on each instance. Where <c>Jobs:Enabled</c> is false, other instances do. When nothing waits it sleeps until its signal is set, or two seconds: another
/// instance may have put something there.
/// </summary>
public abstract class QueueWorker(QueueSignal signal, IConfiguration settings, TimeProvider clock, ILogger log) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>What time it is.</summary>
    protected TimeProvider Clock { get; } = clock;

    /// <summary>Where it tells what happened.</summary>
    protected ILogger Log { get; } = log;

    /// <summary>Who holds what this instance works on.</summary>
    protected string Runner { get; } = $"{Environment.MachineName} {Environment.ProcessId} {Guid.NewGuid():N}";

    /// <summary>Works off the next piece, to its end; answers its number, or null when none waits.</summary>
    public abstract Task<string?> RunNextAsync(CancellationToken ct);

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
                Log.LogWarning("{Worker} pauses: {Reason}", GetType().Name, failure.Message);
                await Task.Delay(Pause, Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}

/// <summary>Wakes the worker of this instance; those of others look every other second. Each queue has one of its own type.</summary>
public abstract class QueueSignal : IDisposable
{
    readonly SemaphoreSlim waiting = new(0, 1);

    /// <summary>Wakes it.</summary>
    public void Set()
    {
        if (waiting.CurrentCount == 0)
        {
            try
            {
                waiting.Release();
            }
            catch (SemaphoreFullException)
            {
                // somebody else woke it at this moment
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what it waits by.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            waiting.Dispose();
        }
    }

    internal Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct) => waiting.WaitAsync(atMost, ct);
}
