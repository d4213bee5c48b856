namespace Platform.Notices;

/// <summary>
/// One thing that is read once and kept in memory until its time is over or a notice says that it changed. One asks anew; whoever has something to
/// go on with meanwhile does not wait for it, nor for a second connection.
/// </summary>
/// <typeparam name="T">What is remembered.</typeparam>
/// <param name="clock">The clock.</param>
public sealed class Remembered<T>(TimeProvider clock) : IDisposable
{
    readonly SemaphoreSlim reading = new(1);
    Kept? known;
    int changes;

    /// <summary>What is known, read now where nothing is or it counts no more.</summary>
    /// <param name="read">Reads it, and says until when it may be kept at most.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<T> GetAsync(Func<CancellationToken, Task<(T Value, DateTimeOffset Until)>> read, CancellationToken ct)
    {
        if (known is { } fresh && Counts(fresh))
        {
            return fresh.Value;
        }

        if (!await reading.WaitAsync(known is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, ct))
        {
            return known!.Value;
        }

        try
        {
            return (known is { } kept && Counts(kept) ? kept : known = await ReadAsync(read, ct)).Value;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>Something changed: the next use reads anew.</summary>
    public void Forget() => Interlocked.Increment(ref changes);

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    bool Counts(Kept kept) => kept.Until > clock.GetUtcNow() && kept.Changes == Volatile.Read(ref changes);

    async Task<Kept> ReadAsync(Func<CancellationToken, Task<(T Value, DateTimeOffset Until)>> read, CancellationToken ct)
    {
        // Counted before: what changes while we read may not be in what we read.
        var before = Volatile.Read(ref changes);
        var (value, until) = await read(ct);
        return new(value, until, before);
    }

    sealed record Kept(T Value, DateTimeOffset Until, int Changes);
}
