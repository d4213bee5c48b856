using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Platform.Rows;
using Platform.Texts;
using Portal.Documents.Tables;
using Portal.Web.Live;

namespace Portal.Imports;

/// <summary>
/// Runs one import that this instance holds the lease of: the whole file in one transaction, which ends the import in its last statement.
/// Whatever happens before that (a wrong row, a cancelled import, a killed process) leaves nothing behind, so that beginning again from the
/// beginning is always right. Refusals, progress and lease are written beside it, on connections of their own. Registrations are the exception
/// (<see cref="IFollowingWriter"/>): their rows are stored like that, and then submitted one by one; such an import goes on where it stopped.
/// </summary>
sealed class RunImport(IServiceScopeFactory scopes, TableReader reader, Texts texts, TimeProvider clock, ILogger<RunImport> log)
{
    /// <summary>How long an instance may be silent before another takes its import over.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    TimeProvider Clock => clock;

    ILogger Log => log;

    /// <summary>Runs it to its end; answers where it stands afterwards.</summary>
    /// <param name="import">The import, claimed.</param>
    /// <param name="runner">Who holds the lease.</param>
    /// <param name="open">Opens its file; null where the file is gone.</param>
    /// <param name="ct">The instance stops: the import is put back.</param>
    public async Task<ImportEnd?> RunAsync(Import import, string runner, Func<CancellationToken, Task<SpooledFile?>> open, CancellationToken ct)
    {
        var progress = new ImportProgress();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var books = Scope($"import:{import.Number}");
        var ledger = books.ServiceProvider.GetRequiredService<ImportLedger>();
        await using var heart = new Heart(this, import, runner, progress, stop);
        try
        {
            await heart.StartAsync(stop.Token);
            await using var file = await open(stop.Token);
            await ledger.ForgetRefusalsAsync(import, stop.Token);
            return file is null
                ? await EndAsync(import, runner, Nothing(ImportStatus.Failed, progress, new("imports.problem.file_gone")), heart, ct)
                : await ReadAsync(import, runner, file, progress, ledger, heart, stop.Token, ct);
        }
        catch (NothingTakenException nothing)
        {
            return await EndAsync(import, runner, nothing.End, heart, ct);
        }
        catch (Exception) when (heart.IsLost)
        {
            log.LogWarning("Import {Number} was taken over by another instance; what this one did is undone", import.Number);
            return null;
        }
        catch (Exception) when (heart.IsCancelled && !ct.IsCancellationRequested)
        {
            return await EndAsync(import, runner, Nothing(ImportStatus.Cancelled, progress, null), heart, ct);
        }
        catch (Exception failure) when (ct.IsCancellationRequested || heart.HasFailed || failure.IsUnavailable()
            || failure is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure })
        {
            log.LogWarning("Import {Number} is put back and begins again: {Reason}", import.Number, failure.Message);
            await heart.DisposeAsync();
            await ledger.PutBackAsync(import, runner, CancellationToken.None);
            return null;
        }
        catch (Exception failure)
        {
            log.LogError(failure, "Import {Number} failed", import.Number);
            return await EndAsync(import, runner, Nothing(ImportStatus.Failed, progress, new(await HasEntriesAsync(import, books.ServiceProvider, ct) ? "imports.problem.partly" : "imports.problem.unexpected")), heart, ct);
        }
    }

    static async Task<bool> HasEntriesAsync(Import import, IServiceProvider services, CancellationToken ct) =>
        (await services.GetRequiredService<ImportEntries>().EarlierAsync(import.ImportId, ct)).Taken > 0;

    async Task<ImportEnd?> ReadAsync(Import import, string runner, SpooledFile file, ImportProgress progress, ImportLedger ledger, Heart heart, CancellationToken ct, CancellationToken instanceStops)
    {
        var opening = await reader.OpenAsync(file.Content, import.FileName, ct);
        if (opening is not TableOpening.Opened(var table))
        {
            throw new NothingTakenException(Nothing(ImportStatus.Refused, progress, ImportProblem.From(((TableOpening.Refused)opening).Refusal)));
        }

        await using (table)
        {
            if (import.Mapping.Problems(ImportKind.Of(import.Kind), table.Columns, import.IsBrands, texts) is { Count: > 0 } problems)
            {
                throw new NothingTakenException(Nothing(ImportStatus.Refused, progress, problems[0]));
            }

            if (await CallerAsync(import, ledger, ct) is not { } caller)
            {
                throw new NothingTakenException(Nothing(ImportStatus.Failed, progress, new("imports.problem.may_no_longer")));
            }

            var run = new ImportRun(import, file, table, progress, (refusals, stop) => ledger.RefuseAsync(import, runner, refusals, stop));
            await using var work = Scope(caller);
            var writer = work.ServiceProvider.GetServices<IImportWriter>().Single(writer => writer.Kind == import.Kind);
            return writer is IFollowingWriter following
                ? await WriteAndFollowAsync(import, runner, run, following, progress, heart, work.ServiceProvider, ct, instanceStops)
                : await WriteAsync(import, runner, run, writer, progress, heart, work.ServiceProvider, ct);
        }
    }

    // A partner's file is taken as the person who gave it, so that row-level security sees to it that it touches nothing of others. The
    // brand's is taken as the product itself: orders and customers of every partner are nobody else's to write.
    static async Task<Caller?> CallerAsync(Import import, ImportLedger ledger, CancellationToken ct)
    {
        if (import.PersonId is null)
        {
            return Caller.System($"import:{import.Number}");
        }

        return await ledger.StarterAsync(import, ct) is { } starter && ImportRights.KindsFor(starter.IsBrand, starter.Roles.Split(',')).Any(kind => kind.Code == import.Kind)
            ? starter.IsBrand && !ImportKind.Of(import.Kind).IsEnteredByAPerson ? Caller.System($"import:{import.Number}") : Caller.Subject(starter.Issuer, starter.Subject)
            : null;
    }

    static async Task<ImportEnd?> WriteAsync(Import import, string runner, ImportRun run, IImportWriter writer, ImportProgress progress, Heart heart, IServiceProvider services, CancellationToken ct)
    {
        var db = services.GetRequiredService<Db>();
        return await db.InTransactionAsync(async () =>
        {
            var figures = await TakeAsync(import, run, writer, progress, ct);
            await heart.DisposeAsync();
            return await DoneAsync(import, runner, figures, progress, heart, services, ct);
        }, ct);
    }

    // Stopped while it submits, it is not undone: what partners and the brand have been told stands. The rows that wait stay drafts.
    static async Task<ImportEnd?> WriteAndFollowAsync(
        Import import, string runner, ImportRun run, IFollowingWriter writer, ImportProgress progress, Heart heart, IServiceProvider services, CancellationToken ct, CancellationToken instanceStops)
    {
        var db = services.GetRequiredService<Db>();
        var (taken, refused) = await services.GetRequiredService<ImportEntries>().EarlierAsync(import.ImportId, ct);
        if (taken > 0)
        {
            run.GoOnAfter(taken, refused);
        }
        else
        {
            await db.InTransactionAsync(() => TakeAsync(import, run, writer, progress, ct), ct);
        }

        var isStopped = false;
        try
        {
            await writer.FollowAsync(run, ct);
        }
        catch (Exception) when (heart is { IsCancelled: true, IsLost: false, HasFailed: false } && !instanceStops.IsCancellationRequested)
        {
            isStopped = true;
        }

        await heart.DisposeAsync();
        return await db.InTransactionAsync(async () =>
        {
            if (isStopped)
            {
                await writer.StopAsync(run, instanceStops);
            }

            return await DoneAsync(import, runner, new(await writer.FiguresAsync(run, instanceStops), StringComparer.Ordinal), progress, heart, services, instanceStops);
        }, instanceStops);
    }

    static async Task<Dictionary<string, long>> TakeAsync(Import import, ImportRun run, IImportWriter writer, ImportProgress progress, CancellationToken ct)
    {
        var figures = new Dictionary<string, long>(await writer.WriteAsync(run, ct), StringComparer.Ordinal);
        if (run.Repaired > 0)
        {
            figures["repaired"] = run.Repaired;
        }

        await run.FlushAsync(ct);
        if (progress.RowsRead == 0)
        {
            throw new NothingTakenException(Nothing(ImportStatus.Refused, progress, ImportProblem.From(new TableRefusal(TableRefusalKind.NoRows))));
        }

        return progress.RowsRefused > 0 && (!import.LeavesOutWrong || progress.RowsRefused == progress.RowsRead)
            ? throw new NothingTakenException(Nothing(ImportStatus.Refused, progress, new("imports.problem.rows_refused", progress.RowsRefused, progress.RowsRead)))
            : figures;
    }

    static async Task<ImportEnd> DoneAsync(Import import, string runner, Dictionary<string, long> figures, ImportProgress progress, Heart heart, IServiceProvider services, CancellationToken ct)
    {
        var end = new ImportEnd(ImportStatus.Done, progress.RowsRead, progress.RowsRefused, figures, null);
        if (!await StoreEndAsync(services, import, runner, end, ct))
        {
            heart.Lose();
            throw new InvalidOperationException("The import was taken over by another instance.");
        }

        return end;
    }

    async Task<ImportEnd?> EndAsync(Import import, string runner, ImportEnd end, Heart heart, CancellationToken ct)
    {
        await heart.DisposeAsync();
        await using var scope = Scope($"import:{import.Number}");
        var ended = await scope.ServiceProvider.GetRequiredService<Db>().InTransactionAsync(() => StoreEndAsync(scope.ServiceProvider, import, runner, end, ct), ct);
        return ended ? end : null;
    }

    /// <summary>Writes its end, with its audit, and what is to be told of it; false when somebody else runs it by now.</summary>
    internal static async Task<bool> StoreEndAsync(IServiceProvider services, Import import, string runner, ImportEnd end, CancellationToken ct)
    {
        if (!await services.GetRequiredService<ImportLedger>().EndAsync(import, runner, end, services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime, ct))
        {
            return false;
        }

        await services.GetRequiredService<AuditTrail>().RecordAsync("import." + end.Status, "import", import.Number, import.PartnerId,
            new { import.Kind, import.FileName, by = import.PersonName, end.RowsRead, end.RowsRefused, end.Figures, problem = end.Problem?.TextKey }, ct);
        await services.GetRequiredService<Outbox>().PutAsync(TellOfImports.ImportEnded, new EndedImport(import.Number), ct);
        return true;
    }

    static ImportEnd Nothing(string status, ImportProgress progress, ImportProblem? problem) =>
        new(status, progress.RowsRead, progress.RowsRefused, new Dictionary<string, long>(StringComparer.Ordinal), problem);

    AsyncServiceScope Scope(string reason) => Scope(Caller.System(reason));

    AsyncServiceScope Scope(Caller caller)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = caller;
        return scope;
    }

    /// <summary>Ends the transaction without storing anything of it.</summary>
    sealed class NothingTakenException(ImportEnd end) : Exception
    {
        public ImportEnd End => end;
    }

    /// <summary>Beats once a second: holds the lease, shows the progress, hears whether the import shall stop.</summary>
    sealed class Heart(RunImport running, Import import, string runner, ImportProgress progress, CancellationTokenSource stop) : IAsyncDisposable
    {
        readonly CancellationTokenSource end = new();
        Task beating = Task.CompletedTask;
        string shown = "";
        bool isOver;

        public bool IsLost { get; private set; }

        public bool IsCancelled { get; private set; }

        public bool HasFailed { get; private set; }

        public async Task StartAsync(CancellationToken ct)
        {
            await BeatAsync(ct);
            ct.ThrowIfCancellationRequested();
            beating = Task.Run(KeepBeatingAsync, CancellationToken.None);
        }

        public void Lose() => IsLost = true;

        public async ValueTask DisposeAsync()
        {
            if (isOver)
            {
                return;
            }

            isOver = true;
            await end.CancelAsync();
            await beating;
            end.Dispose();
        }

        async Task KeepBeatingAsync()
        {
            using var timer = new PeriodicTimer(Beat, running.Clock);
            try
            {
                while (await timer.WaitForNextTickAsync(end.Token))
                {
                    await BeatAsync(end.Token);
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // the import has ended
            }
            catch (Exception failure)
            {
                // Without a lease nothing may be written; the work ends, and begins again when the database answers.
                running.Log.LogWarning("The lease of import {Number} cannot be held: {Reason}", import.Number, failure.Message);
                HasFailed = true;
                await stop.CancelAsync();
            }
        }

        async Task BeatAsync(CancellationToken ct)
        {
            await using var scope = running.Scope($"import:{import.Number}");
            var db = scope.ServiceProvider.GetRequiredService<Db>();
            await db.InTransactionAsync(async () =>
            {
                var shallStop = await scope.ServiceProvider.GetRequiredService<ImportLedger>()
                    .BeatAsync(import, runner, progress, running.Clock.GetUtcNow().UtcDateTime + Lease, ct);
                (IsLost, IsCancelled) = (shallStop is null, shallStop == true);
                var now = $"{progress.Phase} {progress.RowsRead} {progress.RowsRefused}";
                if (import.PersonId is { } person && now != shown)
                {
                    shown = now;
                    await scope.ServiceProvider.GetRequiredService<LiveUpdates>().TellAsync([person], TellOfImports.Live, ct);
                }
            }, ct);
            if (IsLost || IsCancelled)
            {
                await stop.CancelAsync();
            }
        }
    }
}
