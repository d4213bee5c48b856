using System.Diagnostics;

namespace Benchmarks.Stage;

/// <summary>So many clients, each doing one thing after the other for a while.</summary>
static class Load
{
    /// <summary>Lets them work for so long, and tells how often they did it and how long each time took.</summary>
    /// <param name="clients">How many.</param>
    /// <param name="duration">How long.</param>
    /// <param name="act">What one client does once; the number tells clients apart.</param>
    /// <param name="ct">Stops them.</param>
    public static async Task<Taken> RunAsync(int clients, TimeSpan duration, Func<int, CancellationToken, Task> act, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var end = began + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var each = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => WorkAsync(client, end, act, ct), ct)));
        return new(Stopwatch.GetElapsedTime(began), [.. each.SelectMany(times => times)]);
    }

    /// <summary>
    /// Works until what is called often has been compiled at its best, which takes a number of calls rather than a time; gives up waiting on a
    /// machine that is too busy for it.
    /// </summary>
    /// <param name="clients">How many.</param>
    /// <param name="length">How often, and how long at most.</param>
    /// <param name="act">What one client does once.</param>
    /// <param name="ct">Stops them.</param>
    /// <param name="after">What is done after each second; null for nothing.</param>
    public static async Task WarmUpAsync(int clients, RunLength length, Func<int, CancellationToken, Task> act, CancellationToken ct, Func<Task>? after = null)
    {
        var (done, began) = (0, Stopwatch.GetTimestamp());
        while (done < length.WarmUpActs && Stopwatch.GetElapsedTime(began) < length.LongestWarmUp)
        {
            done += (await RunAsync(clients, TimeSpan.FromSeconds(1), act, ct)).Milliseconds.Count;
            if (after is not null)
            {
                await after();
            }
        }
    }

    static async Task<List<double>> WorkAsync(int client, long end, Func<int, CancellationToken, Task> act, CancellationToken ct)
    {
        var times = new List<double>(4096);
        while (Stopwatch.GetTimestamp() is var began && began < end)
        {
            await act(client, ct);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return times;
    }
}

/// <summary>What a load came to.</summary>
/// <param name="Elapsed">How long it took in all.</param>
/// <param name="Milliseconds">How long each act took.</param>
sealed record Taken(TimeSpan Elapsed, IReadOnlyList<double> Milliseconds)
{
    public static Taken Nothing { get; } = new(TimeSpan.Zero, []);

    public double PerSecond => Milliseconds.Count / Elapsed.TotalSeconds;

    /// <summary>The time within which this share of the acts was done.</summary>
    public double Percentile(double share) => Milliseconds.Count == 0 ? 0 : Milliseconds.Order().ElementAt(Math.Min(Milliseconds.Count - 1, (int)(Milliseconds.Count * share)));

    public static Taken operator +(Taken one, Taken other) => new(one.Elapsed + other.Elapsed, [.. one.Milliseconds, .. other.Milliseconds]);
}
