namespace Support;

/// <summary>A clock that stands still until a test moves it. It begins on Monday, 2 March 2026, 09:00 UTC.</summary>
/// <param name="timersStandStill">True for one whose timers go off when a test moves it past their time, so that nothing times out because the machine is busy; else they run by the machine's time.</param>
public sealed class TestClock(bool timersStandStill = false) : TimeProvider
{
    readonly Lock standing = new();
    readonly List<StandingTimer> timers = [];
    long ticks = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero).Ticks;

    /// <summary>The time it shows.</summary>
    public DateTimeOffset Now
    {
        get => new(Interlocked.Read(ref ticks), TimeSpan.Zero);
        set
        {
            Interlocked.Exchange(ref ticks, value.UtcTicks);
            GoOff();
        }
    }

    /// <summary>The day it shows, in UTC.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan time)
    {
        Interlocked.Add(ref ticks, time.Ticks);
        GoOff();
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!timersStandStill)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var timer = new StandingTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (standing)
        {
            timers.Add(timer);
        }

        return timer;
    }

    void GoOff()
    {
        StandingTimer[] due;
        lock (standing)
        {
            due = [.. timers.Where(timer => timer.Due <= Interlocked.Read(ref ticks))];
        }

        foreach (var timer in due)
        {
            timer.GoOff();
        }
    }

    sealed class StandingTimer(TestClock clock, TimerCallback callback, object? state) : ITimer
    {
        TimeSpan period = Timeout.InfiniteTimeSpan;

        public long Due { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            this.period = period;
            Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : Interlocked.Read(ref clock.ticks) + dueTime.Ticks;
            return true;
        }

        public void GoOff()
        {
            Due = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? long.MaxValue : Due + period.Ticks;
            callback(state);
        }

        public void Dispose()
        {
            lock (clock.standing)
            {
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
