using Platform;
using Platform.Database;
using Platform.Notices;

namespace Identity.Keys;

/// <summary>
/// The keys as this instance knows them. A change on any instance is heard of at once and read with the next use; kept for a minute at most, should the
/// notice be lost.
/// </summary>
sealed class SigningKeys(IServiceScopeFactory scopes, KeyPairs pairs, TimeProvider clock) : INoticeReceiver, IDisposable
{
    static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    readonly SemaphoreSlim reading = new(1);
    (KeyRing Ring, DateTimeOffset Until)? known;
    int changes;

    string INoticeReceiver.Topic => SigningKeyStore.Topic;

    /// <summary>The keys; the first ones are made here, by one of the instances that start together.</summary>
    /// <exception cref="CannotStartException">A stored key cannot be read with the data-protection keys at hand.</exception>
    public async Task<KeyRing> GetAsync(CancellationToken ct)
    {
        if (known is { } fresh && fresh.Until > clock.GetUtcNow())
        {
            return fresh.Ring;
        }

        // One asks anew; whoever has something to go on with meanwhile does not wait for it, nor for a second connection.
        if (!await reading.WaitAsync(known is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, ct))
        {
            return known!.Value.Ring;
        }

        try
        {
            if (known is not { } ring || ring.Until <= clock.GetUtcNow())
            {
                await ReadAsync(ct);
            }

            return known!.Value.Ring;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>Something changed: the next use reads anew.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref changes);
        if (known is { } ring)
        {
            known = (ring.Ring, DateTimeOffset.MinValue);
        }
    }

    void INoticeReceiver.Receive(string? about) => Forget();

    public void Dispose() => reading.Dispose();

    async Task ReadAsync(CancellationToken ct)
    {
        var before = Volatile.Read(ref changes);
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("identity:keys");
        var keys = await scope.ServiceProvider.GetRequiredService<SigningKeyStore>().ListAsync(ct);
        if (KeyPairs.Algorithms.Any(algorithm => KeyLife.SigningAt(clock.GetUtcNow().UtcDateTime, algorithm, keys) is null))
        {
            keys = await scope.ServiceProvider.GetRequiredService<RotateKeys>().EnsureAsync(ct);
        }

        var now = clock.GetUtcNow();
        var ring = KeyRing.Of(keys, pairs, now.UtcDateTime);
        // What changed while we read may not be in what we read. A key whose day comes within the minute signs from that moment.
        var until = before == Volatile.Read(ref changes) ? now + Kept : DateTimeOffset.MinValue;
        var next = KeyPairs.Algorithms.Min(algorithm => KeyLife.NextAfter(now.UtcDateTime, algorithm, keys)?.SignsFrom);
        known = (ring, next is { } day && day < until.UtcDateTime ? new DateTimeOffset(day, TimeSpan.Zero) : until);
    }
}
