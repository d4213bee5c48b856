using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Database;

namespace Platform.Outbox;

/// <summary>Puts messages into the outbox, in the transaction of the change that causes them.</summary>
public sealed class Outbox(Db db, TimeProvider clock)
{
    /// <summary>How payloads are written and read.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    /// <summary>Puts one message in; it is delivered after the commit, at least once.</summary>
    /// <param name="kind">Which <see cref="IOutboxReceiver"/> takes it.</param>
    /// <param name="payload">Anything that serialises to JSON; no secrets.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="InvalidOperationException">No transaction is open.</exception>
    public Task PutAsync(string kind, object payload, CancellationToken ct)
    {
        if (!db.IsInTransaction)
        {
            throw new InvalidOperationException("A message is put into the outbox in the transaction of the change it speaks of.");
        }

        db.Later("""
            with put as (insert into outbox_message (kind, payload, created_at, not_before) values ($1, $2::jsonb, $3, $3))
            select pg_notify('outbox_' || current_schema(), '')
            """,
            new NpgsqlParameter<string> { TypedValue = kind },
            new NpgsqlParameter<string> { TypedValue = JsonSerializer.Serialize(payload, Json), NpgsqlDbType = NpgsqlDbType.Text },
            new NpgsqlParameter<DateTime> { TypedValue = clock.GetUtcNow().UtcDateTime });
        return Task.CompletedTask;
    }
}

/// <summary>Takes messages of one kind out of the outbox. May see a message twice and must not mind.</summary>
public interface IOutboxReceiver
{
    /// <summary>The kind it takes.</summary>
    string Kind { get; }

    /// <summary>Delivers one message; an exception means it is tried again later, with growing delay.</summary>
    /// <exception cref="NotWorthRepeatingException">It never will be delivered: it is abandoned at once.</exception>
    Task ReceiveAsync(JsonElement payload, CancellationToken ct);

    /// <summary>After this many failures a message is abandoned.</summary>
    int MostAttempts => OutboxDelivery.MostAttempts;

    /// <summary>How long to wait after so many failures.</summary>
    TimeSpan PauseAfter(int attempts) => OutboxDelivery.Delay(attempts);

    /// <summary>Whether it waits for servers of others: its messages are delivered beside each other and hold up nothing else.</summary>
    bool IsSlow => false;
}

/// <summary>A message cannot be delivered, and trying again would not help.</summary>
/// <param name="message">Why; no secrets.</param>
public sealed class NotWorthRepeatingException(string message) : Exception(message);
