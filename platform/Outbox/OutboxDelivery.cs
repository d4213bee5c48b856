using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Database;
using Platform.Telemetry;

namespace Platform.Outbox;

/// <summary>
/// Takes due messages out of the outbox and hands them to their receivers. A message is lent for a while, not locked: an instance that dies
/// leaves no lock behind, and its messages come up again when the loan ends. Any number of instances may do this at the same time.
/// </summary>
public sealed class OutboxDelivery(IServiceScopeFactory scopes, TimeProvider clock, ILogger<OutboxDelivery> log)
{
    /// <summary>After this many failures a message is abandoned; with <see cref="Delay"/> that is about a day and a half.</summary>
    public const int MostAttempts = 16;

    const int Batch = 50;

    // So many strangers' servers are waited for at the same time.
    const int SlowAtOnce = 16;

    static readonly TimeSpan Loan = TimeSpan.FromMinutes(5);

    string[]? slowKinds;

    /// <summary>How long to wait after so many failures: 2, 4, 8 seconds and so on, at most 6 hours.</summary>
    public static TimeSpan Delay(int attempts) => TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempts), 6 * 60 * 60));

    /// <summary>Delivers what is due now, a batch at most.</summary>
    /// <returns>How many messages were tried; 0 when nothing is due.</returns>
    public async Task<int> DeliverDueAsync(CancellationToken ct) => await DeliverQuickAsync(ct) + await DeliverSlowAsync(ct);

    /// <summary>Whether there is anything that waits for the servers of others.</summary>
    internal async Task<bool> HasSlowAsync() => (await SlowKindsAsync()).Length > 0;

    /// <summary>Delivers, one after the other, what waits for nobody outside.</summary>
    internal async Task<int> DeliverQuickAsync(CancellationToken ct)
    {
        var messages = await InOutboxAsync(db => TakeAsync(db, slow: false, Batch, ct));
        foreach (var message in messages)
        {
            await DeliverAsync(message, ct);
        }

        return messages.Count;
    }

    /// <summary>Delivers, beside each other, what waits for the servers of others.</summary>
    internal async Task<int> DeliverSlowAsync(CancellationToken ct)
    {
        if (!await HasSlowAsync())
        {
            return 0;
        }

        var messages = await InOutboxAsync(db => TakeAsync(db, slow: true, SlowAtOnce, ct));
        await Task.WhenAll(messages.Select(message => DeliverAsync(message, ct)));
        return messages.Count;
    }

    /// <summary>Forgets what was delivered more than a week ago.</summary>
    public Task<int> ForgetDeliveredAsync(CancellationToken ct) => InOutboxAsync(db => db.ExecuteAsync("""
        delete from outbox_message
        where delivered_at < @before
        """, new { before = clock.GetUtcNow().UtcDateTime.AddDays(-7) }, ct));

    async Task<string[]> SlowKindsAsync()
    {
        if (slowKinds is null)
        {
            await using var scope = scopes.CreateAsyncScope();
            slowKinds = [.. scope.ServiceProvider.GetServices<IOutboxReceiver>().Where(receiver => receiver.IsSlow).Select(receiver => receiver.Kind)];
        }

        return slowKinds;
    }

    async Task<List<Message>> TakeAsync(Db db, bool slow, int batch, CancellationToken ct) => await db.ListAsync<Message>("""
        with due as (
            select outbox_message_id
            from outbox_message
            where delivered_at is null and abandoned_at is null and not_before <= @now and (kind = any(@slowKinds)) = @slow
            order by not_before, outbox_message_id
            limit @batch
            for update skip locked
        )
        update outbox_message m
        set attempts = m.attempts + 1, not_before = @lentUntil
        from due
        where m.outbox_message_id = due.outbox_message_id
        returning m.outbox_message_id, m.kind, m.payload::text as payload, m.attempts
        """, new { now = clock.GetUtcNow().UtcDateTime, lentUntil = (clock.GetUtcNow() + Loan).UtcDateTime, batch, slow, slowKinds = await SlowKindsAsync() }, ct);

    async Task DeliverAsync(Message message, CancellationToken ct)
    {
        using var activity = ProductTelemetry.Activities.StartActivity("outbox deliver " + message.Kind, ActivityKind.Consumer);
        try
        {
            await HandOverAsync(message, ct);
            await InOutboxAsync(db => db.ExecuteAsync("""
                update outbox_message
                set delivered_at = @now, last_error = null
                where outbox_message_id = @id
                """, new { id = message.OutboxMessageId, now = clock.GetUtcNow().UtcDateTime }, ct));
            ProductTelemetry.OutboxDelivered.Add(1, new KeyValuePair<string, object?>("kind", message.Kind));
        }
        catch (Exception failure) when (!ct.IsCancellationRequested && !failure.IsUnavailable())
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            await PutBackAsync(message, failure, ct);
        }
    }

    async Task HandOverAsync(Message message, CancellationToken ct)
    {
        await using var scope = OpenScope();
        var receivers = scope.ServiceProvider.GetServices<IOutboxReceiver>().Where(receiver => string.Equals(receiver.Kind, message.Kind, StringComparison.Ordinal)).ToList();
        if (receivers.Count == 0)
        {
            throw new InvalidOperationException($"Nobody receives messages of kind '{message.Kind}'.");
        }

        using var payload = JsonDocument.Parse(message.Payload);
        foreach (var receiver in receivers)
        {
            await receiver.ReceiveAsync(payload.RootElement, ct);
        }
    }

    async Task PutBackAsync(Message message, Exception failure, CancellationToken ct)
    {
        var (mostAttempts, pause) = await PatienceWithAsync(message);
        var isLast = failure is NotWorthRepeatingException || message.Attempts >= mostAttempts;
        await InOutboxAsync(db => db.ExecuteAsync("""
            update outbox_message
            set last_error = @error, not_before = @again, abandoned_at = case when @isLast then @now end
            where outbox_message_id = @id
            """, new
        {
            id = message.OutboxMessageId,
            error = failure.Message.Length > 1000 ? failure.Message[..1000] : failure.Message,
            again = (clock.GetUtcNow() + pause).UtcDateTime,
            now = clock.GetUtcNow().UtcDateTime,
            isLast,
        }, ct));
        if (isLast)
        {
            // A stranger's server that says no is no fault of ours.
            log.Log(failure is NotWorthRepeatingException ? LogLevel.Warning : LogLevel.Error, failure, "Message {Id} of kind {Kind} is abandoned after {Attempts} attempts", message.OutboxMessageId, message.Kind, message.Attempts);
            ProductTelemetry.OutboxAbandoned.Add(1, new KeyValuePair<string, object?>("kind", message.Kind));
        }
        else
        {
            log.LogWarning("Message {Id} of kind {Kind} was not delivered (attempt {Attempts}): {Reason}", message.OutboxMessageId, message.Kind, message.Attempts, failure.Message);
        }
    }

    async Task<(int MostAttempts, TimeSpan Pause)> PatienceWithAsync(Message message)
    {
        await using var scope = scopes.CreateAsyncScope();
        return scope.ServiceProvider.GetServices<IOutboxReceiver>().FirstOrDefault(receiver => string.Equals(receiver.Kind, message.Kind, StringComparison.Ordinal)) is { } receiver
            ? (receiver.MostAttempts, receiver.PauseAfter(message.Attempts))
            : (MostAttempts, Delay(message.Attempts));
    }

    async Task<T> InOutboxAsync<T>(Func<Db, Task<T>> work)
    {
        await using var scope = OpenScope();
        return await work(scope.ServiceProvider.GetRequiredService<Db>());
    }

    AsyncServiceScope OpenScope()
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("outbox");
        return scope;
    }

    sealed record Message(long OutboxMessageId, string Kind, string Payload, int Attempts);
}
