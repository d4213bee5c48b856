using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Platform.Web;

/// <summary>
/// The machine's clock, which in the environment <c>Benchmark</c>, and there alone, jumps by <c>Clock:Shift</c> (d.hh:mm:ss) some seconds after the service is up: for trials of what happens
/// then. Until then it is right, however long a busy machine takes, or the service would say so and not come up.
/// </summary>
sealed class ShiftedClock : TimeProvider
{
    static readonly TimeSpan JumpsAfter = TimeSpan.FromSeconds(3);

    readonly TimeSpan shift;

    long up;

    ShiftedClock(TimeSpan shift, CancellationToken started)
    {
        this.shift = shift;
        started.Register(() => Volatile.Write(ref up, Stopwatch.GetTimestamp()));
    }

    public override DateTimeOffset GetUtcNow() => Volatile.Read(ref up) is var since && (since == 0 || Stopwatch.GetElapsedTime(since) < JumpsAfter) ? base.GetUtcNow() : base.GetUtcNow() + shift;

    public static TimeProvider Of(IServiceProvider services) =>
        services.GetService<IHostEnvironment>()?.EnvironmentName is "Benchmark" && services.GetRequiredService<IConfiguration>().GetValue<TimeSpan?>("Clock:Shift") is { } shift
            ? new ShiftedClock(shift, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted)
            : System;
}
