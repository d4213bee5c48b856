using System.Text.Json;
using Dapper;
using Npgsql;
using Platform.Outbox;

namespace Portal.Web.Live;

/// <summary>
/// Tells people's open pages that something of theirs changed: call it in the transaction of the change. It goes through the outbox to
/// every instance of the portal, each of which tells the pages that hang on it; these ask for their part anew
/// (<c>hx-trigger="live:imports from:body"</c>).
/// </summary>
public sealed class LiveUpdates(Outbox outbox)
{
    /// <summary>The outbox's kind.</summary>
    public const string Kind = "live";

    /// <summary>Tells the pages of these people.</summary>
    /// <param name="people">The people's keys.</param>
    /// <param name="kind">What changed, in one word: <c>notifications</c>, <c>imports</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task TellAsync(IReadOnlyCollection<long> people, string kind, CancellationToken ct) =>
        people.Count == 0 ? Task.CompletedTask : outbox.PutAsync(Kind, new LiveUpdate(kind, [.. people]), ct);
}

/// <summary>Something changed for some people.</summary>
/// <param name="Kind">What.</param>
/// <param name="People">The people's keys.</param>
sealed record LiveUpdate(string Kind, IReadOnlyList<long> People);

/// <summary>Hands updates from the outbox to all instances. A repeated one only makes a page ask once more.</summary>
sealed class LiveFanOut(NpgsqlDataSource source) : IOutboxReceiver
{
    /// <summary>The channel that all instances listen on.</summary>
    public const string Channel = "live_portal";

    // A notification of PostgreSQL holds 8000 bytes.
    const int PeopleAtOnce = 300;

    public string Kind => LiveUpdates.Kind;

    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var update = payload.Deserialize<LiveUpdate>(Outbox.Json)!;
        await using var connection = await source.OpenConnectionAsync(ct);
        foreach (var people in update.People.Chunk(PeopleAtOnce))
        {
            var text = JsonSerializer.Serialize(update with { People = people }, Outbox.Json);
            await connection.ExecuteAsync(new CommandDefinition("select pg_notify(@Channel, @text)", new { Channel, text }, cancellationToken: ct));
        }
    }
}
