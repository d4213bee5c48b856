using System.Text.Json;
using NpgsqlTypes;
using Platform.Database;
using Platform.Outbox;
using Platform.Rows;

namespace Portal.Imports;

/// <summary>
/// The statements by which imports are run: whoever holds the lease writes, and nobody else. A lease that ran out belongs to a runner that
/// died; the import then begins again from its beginning, for nothing of the first attempt was stored.
/// </summary>
public sealed class ImportLedger(Db db, Outbox outbox)
{
    internal const int MostAttempts = 4;

    /// <summary>Takes the next import that waits, or whose runner died. Null when there is none.</summary>
    internal Task<Import?> ClaimAsync(string runner, DateTime now, TimeSpan lease, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var given = await db.ListAsync<string>("""
            update import
            set status = 'failed', rows_taken = (select count(*) from import_entry e where e.import_id = import.import_id),
                problem = case when exists (select from import_entry e where e.import_id = import.import_id) then @partly::jsonb when file_is_stored then @gaveUp::jsonb else @interrupted::jsonb end, ended_at = @now, runner = null, lease_until = null
            where status = 'running' and lease_until < @now and (attempts >= @MostAttempts or not file_is_stored)
            returning number
            """, new { now, MostAttempts, gaveUp = new ImportProblem("imports.problem.gave_up").ToJson(), interrupted = new ImportProblem("imports.problem.interrupted").ToJson(), partly = new ImportProblem("imports.problem.partly").ToJson() }, ct);
        foreach (var number in given)
        {
            await outbox.PutAsync(TellOfImports.ImportEnded, new EndedImport(number), ct);
        }

        return await db.FindAsync<Import>($"""
            with next as (
                select import_id
                from import
                where status in ('queued', 'running') and (status = 'queued' or lease_until < @now) and file_is_stored
                order by import_id
                limit 1
                for update skip locked),
            claimed as (
                update import
                set status = 'running', runner = @runner, lease_until = @until, attempts = attempts + 1, started_at = @now, phase = 'reading', progress = 0, rows_read = 0, rows_refused = 0
                from next
                where import.import_id = next.import_id
                returning import.*)
            select {ImportStore.Columns} {ImportStore.From.Replace("from import i", "from claimed i", StringComparison.Ordinal)}
            """, new { runner, now, until = now + lease }, ct);
    }, ct);

    /// <summary>Takes an import that the command line has just entered.</summary>
    internal Task BeginAsync(Import import, string runner, DateTime now, TimeSpan lease, CancellationToken ct) => db.ExecuteAsync("""
        update import
        set status = 'running', runner = @runner, lease_until = @until, attempts = 1, started_at = @now, phase = 'reading'
        where import_id = @ImportId and status = 'ready'
        """, new { import.ImportId, runner, now, until = now + lease }, ct);

    /// <summary>Writes how far it has come and holds the lease. Null when somebody else has it; else whether it shall stop.</summary>
    internal Task<bool?> BeatAsync(Import import, string runner, ImportProgress progress, DateTime until, CancellationToken ct) => db.FindAsync<bool?>("""
        update import
        set lease_until = @until, phase = @Phase, progress = @share, rows_read = @RowsRead, rows_refused = @RowsRefused
        where import_id = @ImportId and status = 'running' and runner = @runner
        returning cancel_requested_at is not null
        """, new { import.ImportId, runner, until, progress.Phase, share = (decimal)progress.Share, progress.RowsRead, progress.RowsRefused }, ct);

    /// <summary>Whether the person who started it may (still) import this kind, and as whom the work is done.</summary>
    internal Task<Starter?> StarterAsync(Import import, CancellationToken ct) => db.FindAsync<Starter>("""
        select u.issuer, u.subject, b.partner_type = 'brand' as is_brand, coalesce((select string_agg(r.role, ',') from person_role r where r.person_id = u.person_id), '') as roles
        from person u join partner b on b.partner_id = u.partner_id
        where u.person_id = @PersonId and u.disabled_at is null and b.status = 'active'
        """, new { import.PersonId }, ct);

    /// <summary>Forgets what an earlier attempt refused, unless it took the other rows.</summary>
    internal Task ForgetRefusalsAsync(Import import, CancellationToken ct) => db.ExecuteAsync("""
        delete from import_refusal where import_id = @ImportId and not exists (select from import_entry e where e.import_id = @ImportId)
        """, new { import.ImportId }, ct);

    /// <summary>Writes refusals, as long as the runner holds the import.</summary>
    internal Task RefuseAsync(Import import, string runner, IReadOnlyCollection<RowRefusal> refusals, CancellationToken ct) => db.ExecuteAsync("""
        insert into import_refusal (import_id, row_number, column_name, value, text_key, arguments)
        select @ImportId, r.row_number, r.column_name, r.value, r.text_key, r.arguments::jsonb
        from unnest(@rows, @columns, @values, @keys, @arguments) as r (row_number, column_name, value, text_key, arguments)
        where exists (select from import i where i.import_id = @ImportId and i.runner = @runner)
        """, new
    {
        import.ImportId, runner,
        rows = refusals.Select(refusal => refusal.Row).ToArray(),
        columns = refusals.Select(refusal => refusal.Column).ToArray(),
        values = refusals.Select(refusal => ImportRefusal.Keep(refusal.Value)).ToArray(),
        keys = refusals.Select(refusal => refusal.TextKey).ToArray(),
        arguments = refusals.Select(refusal => ImportProblem.KeepArguments(refusal.Arguments).ToJsonString()).ToArray(),
    }, ct);

    /// <summary>Ends it; false when somebody else runs it by now, and then nothing of the own attempt may be stored.</summary>
    internal async Task<bool> EndAsync(Import import, string runner, ImportEnd end, DateTime now, CancellationToken ct) => await db.ExecuteAsync("""
        update import
        set status = @Status, runner = null, lease_until = null, ended_at = @now, phase = null, progress = case when @Status = 'done' then 1 else progress end,
            rows_read = greatest(@RowsRead, stays.entries + stays.refusals), rows_refused = greatest(@RowsRefused, stays.refusals), figures = @figures::jsonb, problem = @problem::jsonb,
            rows_taken = case when @Status = 'done' then @taken else stays.entries end
        from (
            select count(*) as entries, case when count(*) > 0 then (select count(distinct r.row_number) from import_refusal r where r.import_id = @ImportId) else 0 end as refusals
            from import_entry e where e.import_id = @ImportId
        ) stays
        where import_id = @ImportId and status = 'running' and runner = @runner
        """, new
    {
        import.ImportId, runner, now, end.Status, end.RowsRead, end.RowsRefused, taken = end.RowsRead - end.RowsRefused,
        figures = JsonSerializer.Serialize(end.Figures), problem = end.Problem?.ToJson(),
    }, ct) == 1;

    /// <summary>Puts it back, for another instance or a later moment.</summary>
    internal Task PutBackAsync(Import import, string runner, CancellationToken ct) => db.ExecuteAsync("""
        update import set status = 'queued', runner = null, lease_until = null, phase = null, progress = 0, rows_read = 0, rows_refused = 0
        where import_id = @ImportId and status = 'running' and runner = @runner
        """, new { import.ImportId, runner }, ct);

    /// <summary>Deletes the files of imports that ended before <paramref name="ended"/>, with their refusals, and those nobody started since <paramref name="uploaded"/>.</summary>
    internal Task<int> ForgetFilesAsync(DateTime ended, DateTime uploaded, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await db.ExecuteAsync("update import set status = 'cancelled', ended_at = @uploaded where status = 'ready' and created_at < @uploaded", new { uploaded }, ct);
        var ids = await db.ListAsync<long>("""
            update import set file_is_stored = false
            where file_is_stored and status in ('done', 'refused', 'failed', 'cancelled') and ended_at < @ended
            returning import_id
            """, new { ended }, ct);
        await db.ExecuteAsync("delete from import_part where import_id = any (@ids)", new { ids = ids.ToArray() }, ct);
        await db.ExecuteAsync("""
            delete from import_refusal r using import i
            where i.import_id = r.import_id and not i.file_is_stored and i.ended_at < @ended
            """, new { ended }, ct);
        return ids.Count;
    }, ct);

    /// <summary>Notes that its end has been told; false when it was before.</summary>
    internal async Task<bool> TellOnceAsync(string number, DateTime now, CancellationToken ct) =>
        await db.ExecuteAsync("update import set told_at = @now where number = @number and told_at is null", new { number, now }, ct) == 1;
}

/// <summary>Who started an import.</summary>
sealed record Starter(string Issuer, string Subject, bool IsBrand, string Roles);

/// <summary>How an import ends.</summary>
sealed record ImportEnd(string Status, long RowsRead, long RowsRefused, IReadOnlyDictionary<string, long> Figures, ImportProblem? Problem);

/// <summary>How far an import has come; written by the work, read by the heartbeat.</summary>
sealed class ImportProgress
{
    long rowsRead;
    long rowsRefused;
    double share;

    public string Phase { get; set; } = "reading";

    public long RowsRead { get => Interlocked.Read(ref rowsRead); set => Interlocked.Exchange(ref rowsRead, value); }

    public long RowsRefused { get => Interlocked.Read(ref rowsRefused); set => Interlocked.Exchange(ref rowsRefused, value); }

    /// <summary>A new phase that begins at nothing.</summary>
    public void Begin(string phase)
    {
        Phase = phase;
        Volatile.Write(ref share, 0);
    }

    public double Share { get => Volatile.Read(ref share); set => Volatile.Write(ref share, Math.Max(value, Volatile.Read(ref share))); }
}
