using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Jobs;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules.Jobs;

public sealed class RunningJobs(RunningJobs.Clockwork portal) : IClassFixture<RunningJobs.Clockwork>
{
    [Fact]
    public async Task A_job_runs_at_its_times_as_the_product_itself()
    {
        await portal.InTimeAsync(portal.Book.Ran.Task);

        var actor = await portal.Book.Ran.Task;

        actor.ShouldBe("job:tick");
    }

    [Fact]
    public async Task A_failing_job_is_logged_and_runs_again()
    {
        await portal.InTimeAsync(portal.Book.FailedTwice.Task);

        portal.Log.Lines.ShouldContain(line => line.StartsWith("Error Platform.Jobs.RunByName: Job stumble failed; it runs again at its next time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_schedule_is_in_the_database_and_has_no_jobs_of_the_past()
    {
        await portal.InTimeAsync(portal.Book.Ran.Task);

        var stored = await portal.Database.ListAsync<string>("select job_name from qrtz_job_details order by job_name");

        stored.ShouldContain("tick");
        stored.ShouldContain("seal-audit");
        stored.ShouldContain("forget-idempotent-answers");
    }

    [Fact]
    public void A_mistyped_time_stops_the_start() =>
        Should.Throw<Exception>(() => new ServiceCollection().AddScheduledJob<Tick>("every night"));

    /// <summary>A portal whose scheduler runs, with two jobs of its own.</summary>
    public sealed class Clockwork : PortalApp
    {
        public Book Book { get; } = new();

        public async Task InTimeAsync(Task happening)
        {
            if (await Task.WhenAny(happening, Task.Delay(TimeSpan.FromSeconds(60))) != happening)
            {
                var triggers = await Database.ListAsync<string>("select concat_ws(' ', trigger_name, trigger_state, next_fire_time) from qrtz_triggers");
                Assert.Fail($"Nothing ran within a minute.\n{string.Join('\n', triggers)}\n{string.Join('\n', Log.Lines.TakeLast(40))}");
            }
        }

        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Jobs:Enabled"] = "true" };

        protected override void Change(IServiceCollection services)
        {
            // Quartz lives by the clock on the wall. The provider's must show the same, or the portal notices the difference and ends.
            Clock.Now = TimeProvider.System.GetUtcNow();
            services
                .AddSingleton(TimeProvider.System)
                .AddSingleton(Book)
                .AddScheduledJob<Tick>("* * * * * ?")
                .AddScheduledJob<Stumble>("* * * * * ?");
        }
    }

    public sealed class Book
    {
        int failures;

        public TaskCompletionSource<string> Ran { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource FailedTwice { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void NoteFailure()
        {
            if (Interlocked.Increment(ref failures) == 2)
            {
                FailedTwice.TrySetResult();
            }
        }
    }

    sealed class Tick(Db db, Book book) : IScheduledJob
    {
        public async Task RunAsync(CancellationToken ct) => book.Ran.TrySetResult(await db.OneAsync<string>("select app_actor()", null, ct));
    }

    sealed class Stumble(Book book) : IScheduledJob
    {
        public Task RunAsync(CancellationToken ct)
        {
            book.NoteFailure();
            throw new InvalidOperationException("It stumbled.");
        }
    }
}
