using System.Text.Json;
using Platform.Database;
using Platform.Outbox;
using Portal.Deals;
using Portal.Notifications;
using Portal.Web.Live;

namespace Portal.Imports;

/// <summary>Tells the person who started an import how it ended, and the brand what waits of its registrations; once, however often the message comes.</summary>
sealed class TellOfImports(Db db, ImportStore imports, ImportLedger ledger, ImportEntries entries, DealNews dealNews, Notifier notifier, LiveUpdates live, TimeProvider clock) : IOutboxReceiver
{
    /// <summary>The kind of outbox message that speaks of an end.</summary>
    public const string ImportEnded = "import.ended";

    /// <summary>What open pages hear.</summary>
    public const string Live = "imports";

    public string Kind => ImportEnded;

    public Task ReceiveAsync(JsonElement payload, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var number = payload.Deserialize<EndedImport>(Outbox.Json)!.Number;
        if (await imports.FindAsync(number, ct) is not { PersonId: { } person } import || !await ledger.TellOnceAsync(number, clock.GetUtcNow().UtcDateTime, ct))
        {
            return;
        }

        if (import.Kind is "deals")
        {
            await dealNews.TellOfFileAsync(await entries.TellAsync(import.ImportId, ct), import.FileName, person, $"/imports/{number}/rows", clock.GetUtcNow().UtcDateTime, ct);
        }

        await live.TellAsync([person], Live, ct);
        await notifier.TellAsync(Recipients.Person(person), TextOf(import), [import.FileName, import.RowsTaken, import.RowsRefused], $"/imports/{number}", ct);
    }, ct);

    static string TextOf(Import import) => import.Status switch
    {
        ImportStatus.Done when import.RowsRefused > 0 => "imports.told.done_partly",
        ImportStatus.Done => "imports.told.done",
        ImportStatus.Refused => "imports.told.refused",
        _ when import.RowsTaken > 0 => "imports.told.partly",
        ImportStatus.Cancelled => "imports.told.cancelled",
        _ => "imports.told.failed",
    };
}

/// <summary>An import that ended, as the outbox carries it.</summary>
/// <param name="Number">Its number.</param>
sealed record EndedImport(string Number);
