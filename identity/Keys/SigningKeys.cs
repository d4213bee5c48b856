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

    readonly Remembered<KeyRing> known = new(clock);

    string INoticeReceiver.Topic => SigningKeyStore.Topic;

    /// <summary>The keys; the first ones are made here, by one of the instances that start together.</summary>
    /// <exception cref="CannotStartException">A stored key cannot be read with the data-protection keys at hand.</exception>
    public Task<KeyRing> GetAsync(CancellationToken ct) => known.GetAsync(ReadAsync, ct);

    /// <summary>Something changed: the next use reads anew.</summary>
    public void Forget() => known.Forget();

    void INoticeReceiver.Receive(string? about) => Forget();

    public void Dispose() => known.Dispose();

    async Task<(KeyRing Ring, DateTimeOffset Until)> ReadAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("identity:keys");
        var keys = await scope.ServiceProvider.GetRequiredService<SigningKeyStore>().ListAsync(ct);
        if (KeyPairs.Algorithms.Any(algorithm => KeyLife.SigningAt(clock.GetUtcNow().UtcDateTime, algorithm, keys) is null))
        {
            keys = await scope.ServiceProvider.GetRequiredService<RotateKeys>().EnsureAsync(ct);
        }

        var now = clock.GetUtcNow();
        // A key whose day comes within the minute signs from that moment.
        var until = now + Kept;
        var next = KeyPairs.Algorithms.Min(algorithm => KeyLife.NextAfter(now.UtcDateTime, algorithm, keys)?.SignsFrom);
        return (KeyRing.Of(keys, pairs, now.UtcDateTime), next is { } day && day < until.UtcDateTime ? new DateTimeOffset(day, TimeSpan.Zero) : until);
    }
}
