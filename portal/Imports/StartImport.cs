using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Platform.Outbox;
using Platform.Texts;

namespace Portal.Imports;

/// <summary>What came of an act on an import.</summary>
public abstract record ImportOutcome
{
    ImportOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Status">Where the import stands now.</param>
    public sealed record Done(string Status) : ImportOutcome;

    /// <summary>There is no such import.</summary>
    public sealed record NotThere : ImportOutcome;

    /// <summary>It is past that: running, ended, or its file deleted.</summary>
    public sealed record TooLate : ImportOutcome;

    /// <summary>The columns cannot be read so.</summary>
    public sealed record Refused(IReadOnlyList<ImportProblem> Problems) : ImportOutcome;
}

/// <summary>Starts an import: for the first time, or again after it was refused, failed or cancelled. It runs in the background.</summary>
public sealed class StartImport(Db db, ImportStore imports, ImportSignal signal, Texts texts, AuditTrail audit)
{
    /// <summary>Starts it.</summary>
    /// <param name="number">Which.</param>
    /// <param name="mapping">Which column fills which field.</param>
    /// <param name="leaveOutWrong">Take the right rows and leave out the wrong ones; otherwise one wrong row keeps all out.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ImportOutcome> RunAsync(string number, ImportMapping mapping, bool leaveOutWrong, CancellationToken ct)
    {
        var outcome = await db.InTransactionAsync<ImportOutcome>(async () =>
        {
            if (await imports.FindAsync(number, ct) is not { } import)
            {
                return new ImportOutcome.NotThere();
            }

            if (mapping.Problems(ImportKind.Of(import.Kind), import.Columns, import.IsBrands, texts) is { Count: > 0 } problems)
            {
                return new ImportOutcome.Refused(problems);
            }

            if (await imports.QueueAsync(number, mapping, leaveOutWrong, ct) is not { } queued)
            {
                return new ImportOutcome.TooLate();
            }

            await audit.RecordAsync("import.started", "import", number, import.PartnerId, new { leaveOutWrong, mapping = mapping.Sources }, ct);
            return new ImportOutcome.Done(queued.Status);
        }, ct);
        signal.Set();
        return outcome;
    }
}

/// <summary>Stops an import: at once where it only waits, in a second or two where it runs. Nothing of it is stored, unless its rows were entered and it was submitting them: those stay.</summary>
public sealed class CancelImport(Db db, ImportStore imports, ImportEntries entries, Outbox outbox, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Asks it to stop.</summary>
    public Task<ImportOutcome> RunAsync(string number, CancellationToken ct) => db.InTransactionAsync<ImportOutcome>(async () =>
    {
        if (await imports.FindAsync(number, ct) is not { } import)
        {
            return new ImportOutcome.NotThere();
        }

        if (await imports.CancelAsync(number, clock.GetUtcNow().UtcDateTime, ct) is not { } status)
        {
            return new ImportOutcome.TooLate();
        }

        await audit.RecordAsync("import.cancel_requested", "import", number, import.PartnerId, null, ct);
        if (status is ImportStatus.Cancelled && await entries.CountAsync(import, ct) > 0)
        {
            await outbox.PutAsync(TellOfImports.ImportEnded, new EndedImport(number), ct);
        }

        return new ImportOutcome.Done(status);
    }, ct);
}

/// <summary>Wakes the runner of imports of this instance.</summary>
public sealed class ImportSignal : QueueSignal;
