using System.Data;
using System.Globalization;
using Dapper;
using Npgsql;

namespace Platform.Database;

/// <summary>
/// The one way to the database for a request or a job. Every statement runs in a transaction that begins by
/// entering the caller's tenant (<see cref="Caller"/>), so row-level security decides what it sees. What goes before a statement
/// (the tenant, a savepoint) and what nobody waits for (<see cref="Later"/>) travels with it: a statement alone is one round trip. Where
/// reads are shared (<see cref="ShareReads"/>), all of a scope's reads enter once.
/// Not thread-safe: no two statements of one <see cref="Db"/> run at the same time.
/// </summary>
/// <param name="source">The pool of the application's role, which owns nothing.</param>
/// <param name="caller">On whose behalf the statements run.</param>
public sealed class Db(NpgsqlDataSource source, CallerAccessor caller) : IAsyncDisposable
{
    readonly Prelude prelude = new();
    readonly List<NpgsqlBatchCommand> later = [];
    NpgsqlConnection? connection;
    NpgsqlTransaction? transaction;
    Caller? reader;
    bool sharesReads;
    int depth;

    /// <summary>True inside <see cref="InTransactionAsync{T}"/>.</summary>
    public bool IsInTransaction => transaction is not null && reader is null;

    /// <summary>
    /// From now on, what is read outside a transaction shares one that only reads, from the first statement until this <see cref="Db"/> is disposed of,
    /// something is written (which is a transaction of its own, as ever) or <see cref="EndReadsAsync"/> is called. For a page made of many short reads:
    /// the connection stays taken while it is written. A statement that writes but was called as a read is refused by the database.
    /// </summary>
    public void ShareReads() => sharesReads = true;

    /// <summary>Ends the shared reads so far and gives the connection back, before something that takes its time.</summary>
    public ValueTask EndReadsAsync() => reader is null ? ValueTask.CompletedTask : EndAsync();

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction: all of it is stored or, when it throws, nothing. Called inside
    /// another transaction of the same <see cref="Db"/> it takes part in that one, behind a savepoint: what it did is undone when it
    /// throws, and whoever catches a refusal of the database can go on.
    /// </summary>
    public Task<T> InTransactionAsync<T>(Func<Task<T>> work, CancellationToken ct) =>
        IsInTransaction ? BehindSavepointAsync(work, ct) : InOwnTransactionAsync(work, ct);

    /// <summary>
    /// The same, and once more where the database ended it to break a deadlock. Inside another transaction it is undone up to its savepoint, which gives back the locks it took, and begins anew from there:
    /// the other transaction goes on. Where that one holds what the rival waits for, the attempts end and the error is its to deal with.
    /// </summary>
    /// <param name="attempts">How often at most, the first time included.</param>
    /// <param name="work">What is done; each time from the beginning.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<T> InTransactionDespiteDeadlocksAsync<T>(int attempts, Func<Task<T>> work, CancellationToken ct)
    {
        try
        {
            return await InTransactionAsync(work, ct);
        }
        catch (PostgresException deadlock) when (deadlock.SqlState is PostgresErrorCodes.DeadlockDetected && attempts > 1)
        {
            return await InTransactionDespiteDeadlocksAsync(attempts - 1, work, ct);
        }
    }

    /// <summary>Does much in portions, each in a transaction of its own, until one takes fewer than it may: nobody waits for all of it, and what is done stays done.</summary>
    /// <param name="atMost">How many one portion takes at most; above 0.</param>
    /// <param name="some">Takes a portion, and answers how many there were.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>How many there were in all.</returns>
    public async Task<int> InPortionsAsync(int atMost, Func<Task<int>> some, CancellationToken ct)
    {
        var (done, taken) = (0, atMost);
        while (taken >= atMost)
        {
            taken = await InTransactionAsync(some, ct);
            done += taken;
        }

        return done;
    }

    /// <inheritdoc cref="InTransactionAsync{T}"/>
    public Task InTransactionAsync(Func<Task> work, CancellationToken ct) =>
        InTransactionAsync(async () => { await work(); return true; }, ct);

    /// <summary>
    /// Several reads in one transaction: the tenant is entered once. Inside another transaction they take part without a savepoint, for there
    /// is nothing to undo.
    /// </summary>
    public Task<T> TogetherAsync<T>(Func<Task<T>> reads, CancellationToken ct) =>
        IsInTransaction || sharesReads ? reads() : InOwnTransactionAsync(reads, ct);

    /// <summary>
    /// A write of the running transaction whose answer nobody waits for, such as the audit of what was done: it is sent with the next
    /// statement or with the commit, which fails when it fails.
    /// </summary>
    /// <param name="sql">One statement, its values written <c>$1</c>, <c>$2</c>.</param>
    /// <param name="values">The values, with their type where the database could not know it: a null always needs one.</param>
    /// <exception cref="InvalidOperationException">No transaction is open.</exception>
    public void Later(string sql, params ReadOnlySpan<NpgsqlParameter> values)
    {
        if (!IsInTransaction)
        {
            throw new InvalidOperationException("What is written later takes part in a transaction; open one first.");
        }

        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value);
        }

        later.Add(command);
    }

    /// <summary>The rows of a statement, all of them; page in SQL.</summary>
    public Task<List<T>> ListAsync<T>(string sql, object? args, CancellationToken ct) => ReadAsync(async () =>
        prelude.HasEntrance ? await EnterAndReadAsync<T>(sql, args, ct) : (await connection!.QueryAsync<T>(Command(sql, args, ct))).AsList(), ct);

    /// <summary>The only row, or null (default for values) where there is none.</summary>
    public Task<T?> FindAsync<T>(string sql, object? args, CancellationToken ct) => ReadAsync(async () =>
        prelude.HasEntrance ? (await EnterAndReadAsync<T?>(sql, args, ct)).SingleOrDefault() : await connection!.QuerySingleOrDefaultAsync<T?>(Command(sql, args, ct)), ct);

    /// <summary>
    /// The only row of a function that needs nobody's rights, or null: nobody enters for it. It may name the caller as <c>@entering_issuer</c> and <c>@entering_subject</c>. Where a
    /// transaction is open, or reads are shared, it is a read like others.
    /// </summary>
    public Task<T?> FindWithoutEnteringAsync<T>(string sql, CancellationToken ct)
    {
        // The product itself, and nobody, have no such names.
        var named = new DynamicParameters(new { entering_issuer = (string?)null, entering_subject = (string?)null });
        foreach (var (name, value) in caller.Current.Entrance?.Values ?? [])
        {
            named.Add(name, value);
        }

        return sharesReads || IsInTransaction ? FindAsync<T>(sql, named, ct) : RunAsync(async () =>
        {
            prelude.Clear();
            return await connection!.QuerySingleOrDefaultAsync<T?>(Command(sql, named, ct));
        }, ct);
    }

    /// <summary>The only row; its absence is a bug.</summary>
    public Task<T> OneAsync<T>(string sql, object? args, CancellationToken ct) => ReadAsync(async () =>
        prelude.HasEntrance ? (await EnterAndReadAsync<T>(sql, args, ct)).Single() : await connection!.QuerySingleAsync<T>(Command(sql, args, ct)), ct);

    /// <summary>Several statements that read, apart by semicolons, in one round trip.</summary>
    /// <param name="sql">The statements.</param>
    /// <param name="args">The values of all of them.</param>
    /// <param name="read">Takes the answers, in the order of the statements; all of them, and before it ends.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<T> ReadManyAsync<T>(string sql, object? args, Func<SqlMapper.GridReader, Task<T>> read, CancellationToken ct) => ReadAsync(async () =>
    {
        var isEntering = prelude.HasEntrance;
        await using var answers = await connection!.QueryMultipleAsync(Command(sql, args, ct));
        if (isEntering)
        {
            await answers.ReadFirstAsync<bool>();
        }

        return await read(answers);
    }, ct);

    /// <summary>Runs a statement and answers how many rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? args, CancellationToken ct) =>
        RunAsync(() => connection!.ExecuteAsync(Command(sql, args, ct)), ct);

    /// <summary>
    /// The rows of a statement one by one, for exports of any length; the transaction stays open until the last row is taken.
    /// No other statement of this <see cref="Db"/> may run meanwhile.
    /// </summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(string sql, object? args, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (IsInTransaction)
        {
            await SendAsync(ct);
            await foreach (var row in RowsAsync<T>(sql, args).WithCancellation(ct))
            {
                yield return row;
            }

            yield break;
        }

        await BeginAsync(ct);
        try
        {
            await SendAsync(ct);
            await foreach (var row in RowsAsync<T>(sql, args).WithCancellation(ct))
            {
                yield return row;
            }

            await CommitAsync(ct);
        }
        finally
        {
            await EndAsync();
        }
    }

    /// <summary>A binary COPY into a table, inside the running transaction; complete the importer before the next statement.</summary>
    /// <exception cref="InvalidOperationException">No transaction is open.</exception>
    public async Task<NpgsqlBinaryImporter> CopyAsync(string copyStatement, CancellationToken ct)
    {
        if (!IsInTransaction)
        {
            throw new InvalidOperationException("COPY takes part in a transaction; open one first.");
        }

        await SendAsync(ct);
        return await connection!.BeginBinaryImportAsync(copyStatement, ct);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync();

    Task<T> ReadAsync<T>(Func<Task<T>> statement, CancellationToken ct) =>
        sharesReads && !IsInTransaction ? ReadTogetherAsync(statement, ct) : RunAsync(statement, ct);

    async Task<T> ReadTogetherAsync<T>(Func<Task<T>> statement, CancellationToken ct)
    {
        if (reader != caller.Current)
        {
            await EndReadsAsync();
            await BeginAsync(ct);
            prelude.Add("set transaction read only");
            reader = caller.Current;
        }

        try
        {
            return await statement();
        }
        catch
        {
            // A failed statement takes the transaction with it; whoever goes on reading does so in a new one.
            await EndAsync();
            throw;
        }
    }

    // A statement that stands alone is a transaction by itself: what is sent together is carried out together or not at all.
    async Task<T> RunAsync<T>(Func<Task<T>> statement, CancellationToken ct)
    {
        if (IsInTransaction)
        {
            await SendLaterAsync(ct);
            return await statement();
        }

        try
        {
            await OpenAsync(ct);
            return await statement();
        }
        finally
        {
            await EndAsync();
        }
    }

    async Task<T> InOwnTransactionAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await BeginAsync(ct);
        try
        {
            var result = await work();
            await CommitAsync(ct);
            return result;
        }
        finally
        {
            await EndAsync();
        }
    }

    async Task<T> BehindSavepointAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        var savepoint = string.Create(CultureInfo.InvariantCulture, $"within_{++depth}");
        await SavepointAsync(savepoint, ct);
        try
        {
            var result = await work();
            if (!prelude.CutFrom($"savepoint {savepoint}"))
            {
                prelude.Add($"release savepoint {savepoint}");
            }

            return result;
        }
        catch
        {
            await UndoAsync(savepoint);
            throw;
        }
        finally
        {
            depth--;
        }
    }

    async Task SavepointAsync(string name, CancellationToken ct)
    {
        await SendLaterAsync(ct);
        prelude.Add($"savepoint {name}");
    }

    async Task UndoAsync(string savepoint)
    {
        try
        {
            // Not cancelled with the request, or the outer transaction could not go on.
            await RollbackToAsync(savepoint, CancellationToken.None);
            prelude.CutFrom($"savepoint {savepoint}");
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
        {
            // A broken connection has taken the whole transaction with it; what broke it is on its way up.
        }
    }

    async Task RollbackToAsync(string name, CancellationToken ct)
    {
        later.Clear();
        if (!prelude.CutAfter($"savepoint {name}"))
        {
            await transaction!.RollbackAsync(name, ct);
        }
    }

    CommandDefinition Command(string sql, object? args, CancellationToken ct)
    {
        var (text, all) = prelude.Before(sql, args);
        return new(text, all, transaction, caller.Current.StatementSeconds, cancellationToken: ct);
    }

    // The first answer is the entering's and says nothing. A stranger's statement is carried out all the same: the policies leave it nothing.
    async Task<List<T>> EnterAndReadAsync<T>(string sql, object? args, CancellationToken ct)
    {
        await using var answer = await connection!.ExecuteReaderAsync(Command(sql, args, ct));
        await answer.NextResultAsync(ct);
        var parse = answer.GetRowParser(typeof(T));
        var rows = new List<T>();
        while (await answer.ReadAsync(ct))
        {
            rows.Add(Read<T>(parse(answer)));
        }

        // A failure behind the last row is told here.
        await answer.NextResultAsync(ct);
        return rows;
    }

    static T Read<T>(object? value) => value switch
    {
        T right => right,
        null or DBNull => default!,
        _ => (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), CultureInfo.InvariantCulture),
    };

    IAsyncEnumerable<T> RowsAsync<T>(string sql, object? args)
    {
        var (text, all) = prelude.Before(sql, args);
        return connection!.QueryUnbufferedAsync<T>(text, all, transaction, caller.Current.StatementSeconds);
    }

    async Task OpenAsync(CancellationToken ct)
    {
        await EndReadsAsync();
        connection = await source.OpenConnectionAsync(ct);
        prelude.Begin(caller.Current);
    }

    async Task BeginAsync(CancellationToken ct)
    {
        try
        {
            await OpenAsync(ct);
            transaction = await connection!.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        }
        catch
        {
            await EndAsync();
            throw;
        }
    }

    Task SendLaterAsync(CancellationToken ct) => later.Count == 0 ? Task.CompletedTask : SendAsync(ct);

    // What waits goes out by itself, because the next thing to do is no statement it could go with.
    async Task SendAsync(CancellationToken ct, params IEnumerable<NpgsqlBatchCommand> more)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Timeout = caller.Current.StatementSeconds ?? batch.Timeout;
        foreach (var command in prelude.Take().Concat(later).Concat(more))
        {
            batch.BatchCommands.Add(command);
        }

        later.Clear();
        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    // The last writes and the commit are one round trip; the commit is not carried out when one of them fails.
    Task CommitAsync(CancellationToken ct) =>
        later.Count == 0 ? transaction!.CommitAsync(ct) : SendAsync(ct, new NpgsqlBatchCommand("commit"));

    async ValueTask EndAsync()
    {
        var (endedTransaction, endedConnection) = (transaction, connection);
        (transaction, connection, reader) = (null, null, null);
        prelude.Clear();
        later.Clear();
        if (endedTransaction is not null)
        {
            await endedTransaction.DisposeAsync();
        }

        if (endedConnection is not null)
        {
            await endedConnection.DisposeAsync();
        }
    }
}
