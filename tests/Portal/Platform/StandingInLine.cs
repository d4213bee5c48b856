using Platform.Idempotency;
using Platform.Web;

namespace Portal.Tests.PlatformRules;

public sealed class StandingInLine : IDisposable
{
    readonly Turns turns = new(atOnce: 2, longest: 1);

    public void Dispose() => turns.Dispose();

    [Fact]
    public async Task So_many_are_at_work_and_the_next_waits_until_one_is_done()
    {
        var first = await TakeAsync("registrations");
        using var second = await TakeAsync("registrations");
        var third = TakeAsync("registrations");
        Assert.False(third.IsCompleted);

        first.Dispose();

        using var taken = await third;
        Assert.True(taken.IsAcquired);
    }

    [Fact]
    public async Task Who_finds_the_line_full_is_told_to_come_again()
    {
        using var first = await TakeAsync("registrations");
        using var second = await TakeAsync("registrations");
        var waiting = TakeAsync("registrations");

        using var refused = await TakeAsync("registrations");

        Assert.False(refused.IsAcquired);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Another_line_is_not_held_up()
    {
        using var first = await TakeAsync("registrations");
        using var second = await TakeAsync("registrations");

        using var other = await TakeAsync("orders");

        Assert.True(other.IsAcquired);
    }

    [Fact]
    public void One_stands_in_line_before_the_transaction_begins() => Assert.True(new TakesTurnsAttribute("registrations").Order < new IdempotentAttribute().Order);

    Task<System.Threading.RateLimiting.RateLimitLease> TakeAsync(string line) => turns.TakeAsync(line, CancellationToken.None).AsTask();
}
