using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Outbox;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules.OutboxRules;

public sealed class DeliveringMessages(DeliveringMessages.Mailroom portal) : IClassFixture<DeliveringMessages.Mailroom>
{
    [Fact]
    public async Task A_message_is_delivered_once_its_change_is_stored()
    {
        await portal.PutAsync("letter", new { to = "Huaxin" });

        await portal.DeliverAsync();

        portal.Desk.Received("Huaxin").ShouldBe(1);
        (await portal.PendingAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_change_that_is_taken_back_sends_nothing()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<Db>().InTransactionAsync(async () =>
        {
            await services.GetRequiredService<Outbox>().PutAsync("letter", new { to = "Nobody" }, CancellationToken.None);
            throw new InvalidOperationException("The change is refused.");
        }, CancellationToken.None)));

        await portal.DeliverAsync();

        portal.Desk.Received("Nobody").ShouldBe(0);
    }

    [Fact]
    public async Task A_message_outside_a_transaction_is_a_bug()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => portal.InScopeAsync(Caller.System("test"), services =>
            services.GetRequiredService<Outbox>().PutAsync("letter", new { to = "Nobody" }, CancellationToken.None)));
    }

    [Fact]
    public async Task What_fails_is_tried_again_later_and_later()
    {
        portal.Desk.Fail("Eurodist", times: 2);
        await portal.PutAsync("letter", new { to = "Eurodist" });

        await portal.DeliverAsync();
        portal.Desk.Received("Eurodist").ShouldBe(0);
        await portal.DeliverAsync();
        portal.Desk.Tried("Eurodist").ShouldBe(1);

        portal.Clock.Advance(TimeSpan.FromSeconds(2));
        await portal.DeliverAsync();
        portal.Desk.Tried("Eurodist").ShouldBe(2);
        portal.Clock.Advance(TimeSpan.FromSeconds(4));
        await portal.DeliverAsync();

        portal.Desk.Received("Eurodist").ShouldBe(1);
    }

    [Fact]
    public async Task After_sixteen_failures_a_message_is_abandoned_and_said_so()
    {
        portal.Desk.Fail("Hopeless", times: int.MaxValue);
        await portal.PutAsync("letter", new { to = "Hopeless" });

        for (var attempt = 1; attempt <= OutboxDelivery.MostAttempts + 2; attempt++)
        {
            await portal.DeliverAsync();
            portal.Clock.Advance(TimeSpan.FromHours(7));
        }

        portal.Desk.Tried("Hopeless").ShouldBe(16);
        (await portal.Database.ListAsync<string>("select last_error from outbox_message where abandoned_at is not null and payload->>'to' = 'Hopeless'")).ShouldBe(["The post office is closed."]);
        portal.Log.Lines.ShouldContain(line => line.Contains("is abandoned after 16 attempts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_nobody_receives_is_kept_and_its_kind_named()
    {
        await portal.PutAsync("unheard-of", new { });

        await portal.DeliverAsync();

        (await portal.Database.ListAsync<string>("select last_error from outbox_message where kind = 'unheard-of'")).ShouldBe(["Nobody receives messages of kind 'unheard-of'."]);
        await portal.Database.ExecuteAsync("delete from outbox_message where kind = 'unheard-of'");
    }

    [Fact]
    public async Task Rivals_share_the_work_and_no_message_is_delivered_twice()
    {
        for (var i = 0; i < 120; i++)
        {
            await portal.PutAsync("letter", new { to = "rival " + i });
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => portal.DeliverAsync()));

        Enumerable.Range(0, 120).Select(i => portal.Desk.Received("rival " + i)).ShouldAllBe(times => times == 1);
    }

    [Fact]
    public async Task An_instance_that_died_at_work_leaves_its_messages_to_the_others()
    {
        await portal.PutAsync("letter", new { to = "Orphan" });
        await portal.Database.ExecuteAsync("update outbox_message set attempts = 1, not_before = @until where payload->>'to' = 'Orphan'", new { until = portal.Clock.Now.UtcDateTime.AddMinutes(5) });

        await portal.DeliverAsync();
        portal.Desk.Received("Orphan").ShouldBe(0);
        portal.Clock.Advance(TimeSpan.FromMinutes(5));
        await portal.DeliverAsync();

        portal.Desk.Received("Orphan").ShouldBe(1);
    }

    [Fact]
    public async Task A_partner_puts_messages_in_but_sees_none()
    {
        var person = await portal.Given.ADistributor("上海云启");
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, person.Subject));

        (await db.ListAsync<long>("select outbox_message_id from outbox_message", null, CancellationToken.None)).ShouldBeEmpty();
        (await db.ExecuteAsync("update outbox_message set delivered_at = now()", null, CancellationToken.None)).ShouldBe(0);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(5, 32)]
    [InlineData(15, 21600)]
    public void The_delay_doubles_up_to_six_hours(int attempts, int seconds) =>
        OutboxDelivery.Delay(attempts).ShouldBe(TimeSpan.FromSeconds(seconds));

    /// <summary>A portal with a receiver of its own.</summary>
    public sealed class Mailroom : PortalApp
    {
        public Desk Desk { get; } = new();

        public Task PutAsync(string kind, object payload) => InScopeAsync(Caller.System("test"), services => services.GetRequiredService<Db>().InTransactionAsync(
            () => services.GetRequiredService<Outbox>().PutAsync(kind, payload, CancellationToken.None), CancellationToken.None));

        public async Task DeliverAsync()
        {
            while (await Services.GetRequiredService<OutboxDelivery>().DeliverDueAsync(CancellationToken.None) > 0)
            {
            }
        }

        public async Task<int> PendingAsync() =>
            (await Database.ListAsync<int>("select count(*)::int from outbox_message where delivered_at is null and abandoned_at is null")).Single();

        protected override void Change(IServiceCollection services) => services.AddSingleton(Desk).AddScoped<IOutboxReceiver, Postman>();
    }

    public sealed class Desk
    {
        readonly ConcurrentDictionary<string, int> tried = new();
        readonly ConcurrentDictionary<string, int> received = new();
        readonly ConcurrentDictionary<string, int> failures = new();

        public int Tried(string to) => tried.GetValueOrDefault(to);

        public int Received(string to) => received.GetValueOrDefault(to);

        public void Fail(string to, int times) => failures[to] = times;

        public void Take(string to)
        {
            if (tried.AddOrUpdate(to, 1, (_, times) => times + 1) <= failures.GetValueOrDefault(to))
            {
                throw new InvalidOperationException("The post office is closed.");
            }

            received.AddOrUpdate(to, 1, (_, times) => times + 1);
        }
    }

    sealed class Postman(Desk desk) : IOutboxReceiver
    {
        public string Kind => "letter";

        public Task ReceiveAsync(JsonElement payload, CancellationToken ct)
        {
            desk.Take(payload.GetProperty("to").GetString()!);
            return Task.CompletedTask;
        }
    }
}
