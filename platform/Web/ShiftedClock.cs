using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Platform.Web;

/// <summary>
/// The machine's clock, which in the environment <c>Benchmark</c>, and there alone, jumps by <c>Clock:Shift</c> (d.hh:mm:ss) some seconds after the start: for trials of what happens
/// then. At the start itself it is right, or the service would say so and not come up.
/// </summary>
sealed class ShiftedClock(TimeSpan shift) : TimeProvider
{
    static readonly TimeSpan JumpsAfter = TimeSpan.FromSeconds(4);

    readonly long begun = Stopwatch.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => Stopwatch.GetElapsedTime(begun) < JumpsAfter ? base.GetUtcNow() : base.GetUtcNow() + shift;

    public static TimeProvider Of(IServiceProvider services) =>
        services.GetService<IHostEnvironment>()?.EnvironmentName is "Benchmark" && services.GetRequiredService<IConfiguration>().GetValue<TimeSpan?>("Clock:Shift") is { } shift
            ? new ShiftedClock(shift)
            : System;
}
