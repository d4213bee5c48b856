namespace Platform.GuardedHttp;

/// <summary>How long somebody is waited for, by the clock of the service: its token is cancelled when the time is over, or when the caller waits no longer.</summary>
public sealed class Deadline : IDisposable
{
    readonly CancellationTokenSource patience;
    readonly CancellationTokenSource either;

    /// <summary>Begins to wait.</summary>
    /// <param name="time">How long at most.</param>
    /// <param name="clock">What it is measured by.</param>
    /// <param name="ct">Stops waiting before.</param>
    public Deadline(TimeSpan time, TimeProvider clock, CancellationToken ct)
    {
        patience = new(time, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
    }

    /// <summary>For whoever does what is waited for.</summary>
    public CancellationToken Token => either.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        either.Dispose();
        patience.Dispose();
    }
}
