using System.Data;
using System.Globalization;
using Dapper;
using Npgsql;

namespace Platform.Database;

/// <summary>
/// The one way to the database for a request or a job. Every statement runs in a transaction that begins by
/// entering the caller's tenant (<see cref="Caller"/>), so row-level security decides what it sees.
/// Not thread-safe: no two statements of one <see cref="Db"/> run at the same time.
/// </summary>
/// <param name="source">The pool of the application's role, which owns nothing.</param>
/// <param name="caller">On whose behalf the statements run.</param>
public sealed class Db(NpgsqlDataSource source, CallerAccessor caller) : IAsyncDisposable
{
    NpgsqlConnection? connection;
    NpgsqlTransaction? transaction;
    int depth;

    /// <summary>True inside <see cref="InTransactionAsync{T}"/>.</summary>
    public bool IsInTransaction => transaction is not null;

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction: all of it is stored or, when it throws, nothing. Called inside
    /// another transaction of the same <see cref="Db"/> it takes part in that one, behind a savepoint: what it did is undone when it
    /// throws, and whoever catches a refusal of the database can go on.
    /// </summary>
    public Task<T> InTransactionAsync<T>(Func<Task<T>> work, CancellationToken ct) =>
        transaction is null ? RunAsync(work, ct) : BehindSavepointAsync(work, ct);

    /// <inheritdoc cref="InTransactionAsync{T}"/>
    public Task InTransactionAsync(Func<Task> work, CancellationToken ct) =>
        InTransactionAsync(async () => { await work(); return true; }, ct);

    /// <summary>The rows of a statement, all of them; page in SQL.</summary>
    public Task<List<T>> ListAsync<T>(string sql, object? args, CancellationToken ct) =>
        RunAsync(async () => (await connection!.QueryAsync<T>(Command(sql, args, ct))).AsList(), ct);

    /// <summary>The only row, or null (default for values) where there is none.</summary>
    public Task<T?> FindAsync<T>(string sql, object? args, CancellationToken ct) =>
        RunAsync(() => connection!.QuerySingleOrDefaultAsync<T?>(Command(sql, args, ct)), ct);

    /// <summary>The only row; its absence is a bug.</summary>
    public Task<T> OneAsync<T>(string sql, object? args, CancellationToken ct) =>
        RunAsync(() => connection!.QuerySingleAsync<T>(Command(sql, args, ct)), ct);

    /// <summary>Runs a statement and answers how many rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? args, CancellationToken ct) =>
        RunAsync(() => connection!.ExecuteAsync(Command(sql, args, ct)), ct);

    /// <summary>
    /// The rows of a statement one by one, for exports of any length; the transaction stays open until the last row is taken.
    /// No other statement of this <see cref="Db"/> may run meanwhile.
    /// </summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(string sql, object? args, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (transaction is not null)
        {
            await foreach (var row in connection!.QueryUnbufferedAsync<T>(sql, args, transaction, caller.Current.StatementSeconds).WithCancellation(ct))
            {
                yield return row;
            }

            yield break;
        }

        await BeginAsync(ct);
        try
        {
            await foreach (var row in connection!.QueryUnbufferedAsync<T>(sql, args, transaction, caller.Current.StatementSeconds).WithCancellation(ct))
            {
                yield return row;
            }

            await transaction!.CommitAsync(ct);
        }
        finally
        {
            await EndAsync();
        }
    }

    /// <summary>A binary COPY into a table, inside the running transaction; complete the importer before the next statement.</summary>
    /// <exception cref="InvalidOperationException">No transaction is open.</exception>
    public Task<NpgsqlBinaryImporter> CopyAsync(string copyStatement, CancellationToken ct) =>
        transaction is null
            ? throw new InvalidOperationException("COPY takes part in a transaction; open one first.")
            : connection!.BeginBinaryImportAsync(copyStatement, ct);

    /// <summary>
    /// Marks a point of the running transaction that <see cref="RollbackToAsync"/> returns to, so that one refused
    /// statement does not lose what went before it.
    /// </summary>
    public Task SavepointAsync(string name, CancellationToken ct) => transaction!.SaveAsync(name, ct);

    /// <summary>Undoes everything since <see cref="SavepointAsync"/> of that name.</summary>
    public Task RollbackToAsync(string name, CancellationToken ct) => transaction!.RollbackAsync(name, ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync();

    async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        if (transaction is not null)
        {
            return await work();
        }

        await BeginAsync(ct);
        try
        {
            var result = await work();
            await transaction!.CommitAsync(ct);
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
        await transaction!.SaveAsync(savepoint, ct);
        try
        {
            var result = await work();
            await transaction.ReleaseAsync(savepoint, ct);
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

    async Task UndoAsync(string savepoint)
    {
        try
        {
            // Not cancelled with the request, or the outer transaction could not go on.
            await transaction!.RollbackAsync(savepoint, CancellationToken.None);
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
        {
            // A broken connection has taken the whole transaction with it; what broke it is on its way up.
        }
    }

    CommandDefinition Command(string sql, object? args, CancellationToken ct) =>
        new(sql, args, transaction, caller.Current.StatementSeconds, cancellationToken: ct);

    async Task BeginAsync(CancellationToken ct)
    {
        connection = await source.OpenConnectionAsync(ct);
        try
        {
            transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
            await caller.Current.EnterAsync(connection, transaction, ct);
        }
        catch
        {
            await EndAsync();
            throw;
        }
    }

    async ValueTask EndAsync()
    {
        var (endedTransaction, endedConnection) = (transaction, connection);
        (transaction, connection) = (null, null);
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
