using Platform.Notices;
using Support;

namespace Portal.Tests.PlatformRules;

public sealed class RememberingUntilANotice : IDisposable
{
    static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    readonly TestClock clock = new();
    readonly Remembered<string> known;
    readonly Queue<TaskCompletionSource<string>> reads = new();

    public RememberingUntilANotice() => known = new(clock);

    public void Dispose() => known.Dispose();

    [Fact]
    public async Task What_was_read_is_kept_until_its_time_is_over_or_a_notice_comes()
    {
        Answer("first");
        Assert.Equal("first", await GetAsync());
        clock.Advance(Kept - TimeSpan.FromSeconds(1));
        Assert.Equal("first", await GetAsync());

        Answer("second");
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("second", await GetAsync());

        Answer("third");
        known.Forget();
        Assert.Equal("third", await GetAsync());
        Assert.Equal("third", await GetAsync());
    }

    [Fact]
    public async Task A_notice_that_comes_while_somebody_reads_is_not_lost()
    {
        var slow = Pending();
        var reading = GetAsync();
        known.Forget();
        slow.SetResult("before the change");
        Assert.Equal("before the change", await reading);

        Answer("after the change");

        Assert.Equal("after the change", await GetAsync());
        Assert.Equal("after the change", await GetAsync());
    }

    [Fact]
    public async Task While_one_reads_anew_the_others_go_on_with_what_they_have()
    {
        Answer("old");
        await GetAsync();
        known.Forget();
        var slow = Pending();
        var reading = GetAsync();

        Assert.Equal("old", await GetAsync());
        slow.SetResult("new");

        Assert.Equal("new", await reading);
        Assert.Equal("new", await GetAsync());
    }

    [Fact]
    public async Task Whoever_has_nothing_to_go_on_with_waits_for_the_one_that_reads()
    {
        var slow = Pending();
        var (reading, waiting) = (GetAsync(), GetAsync());
        Assert.False(waiting.IsCompleted);

        slow.SetResult("only");

        Assert.Equal(["only", "only"], await Task.WhenAll(reading, waiting));
    }

    [Fact]
    public async Task A_reading_that_failed_is_tried_again_with_the_next_use()
    {
        Pending().SetException(new InvalidOperationException("The database is away."));
        await Assert.ThrowsAsync<InvalidOperationException>(GetAsync);

        Answer("back");

        Assert.Equal("back", await GetAsync());
    }

    Task<string> GetAsync() => known.GetAsync(async _ => (await reads.Dequeue().Task, clock.GetUtcNow() + Kept), CancellationToken.None);

    void Answer(string value) => Pending().SetResult(value);

    TaskCompletionSource<string> Pending()
    {
        var read = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        reads.Enqueue(read);
        return read;
    }
}
