using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Outbox;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules.OutboxRules;

/// <summary>The dispatcher that runs in the background, on a real clock.</summary>
public sealed class WakingTheDispatcher(WakingTheDispatcher.Awake portal) : IClassFixture<WakingTheDispatcher.Awake>
{
    [Fact]
    public async Task A_stored_message_wakes_it_at_once()
    {
        // By itself it would look around in an hour only. The first one may still be found at its start, the second finds it asleep.
        await portal.PutAsync("first");
        await portal.ArrivalOf("first");

        await portal.PutAsync("second");
        await portal.ArrivalOf("second");
    }

    [Fact]
    public async Task It_goes_on_by_itself_when_the_database_was_away()
    {
        await portal.PutAsync("before");
        await portal.ArrivalOf("before");

        await portal.Database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        await portal.PutAsync("after");

        await portal.ArrivalOf("after");
    }

    public sealed class Awake : PortalApp
    {
        readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource> arrivals = new();

        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Outbox:Enabled"] = "true", ["Outbox:LookAroundSeconds"] = "3600" };

        public Task ArrivalOf(string name) => Arrival(name).Task.WaitAsync(TimeSpan.FromSeconds(60));

        public async Task PutAsync(string name)
        {
            // A pool whose connections were ended notices on first use.
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await InScopeAsync(Caller.System("test"), services => services.GetRequiredService<Db>().InTransactionAsync(
                        () => services.GetRequiredService<Outbox>().PutAsync("bell", new { name }, CancellationToken.None), CancellationToken.None));
                    return;
                }
                catch (Exception failure) when (attempt < 30 && failure.IsUnavailable())
                {
                    await Task.Delay(50);
                }
            }
        }

        protected override void Change(IServiceCollection services) => services.AddSingleton(this).AddScoped<IOutboxReceiver, Bell>();

        TaskCompletionSource Arrival(string name) => arrivals.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

        sealed class Bell(Awake portal) : IOutboxReceiver
        {
            public string Kind => "bell";

            public Task ReceiveAsync(JsonElement payload, CancellationToken ct)
            {
                portal.Arrival(payload.GetProperty("name").GetString()!).TrySetResult();
                return Task.CompletedTask;
            }
        }
    }
}
