using Platform.Database;
using Platform.Rows;

namespace Portal.Imports;

/// <summary>
/// Finds rows of a file that say something about the same thing twice, however far apart they stand: the keys wait in a temporary table,
/// not in memory. The first row is taken, the second is refused, so that the order of a file's rows means nothing.
/// </summary>
sealed class RowsOnce(Db db)
{
    /// <summary>Makes room; it is gone at the end of the transaction.</summary>
    public Task BeginAsync(CancellationToken ct) => db.ExecuteAsync("create temporary table import_seen (key text primary key, row_number bigint not null) on commit drop", null, ct);

    /// <summary>The rows whose key has not been seen before; the others are refused.</summary>
    public async Task<List<T>> OfAsync<T>(List<T> rows, Func<T, long> numberOf, Func<T, string> keyOf, Func<T, RowRefusal> refuse, ImportRun run, CancellationToken ct)
    {
        var first = (await db.ListAsync<(string Key, long Row)>("""
            insert into pg_temp.import_seen (key, row_number)
            select distinct on (key) key, row_number from unnest(@keys, @numbers) as r (key, row_number) order by key, row_number
            on conflict (key) do update set row_number = import_seen.row_number
            returning key, row_number
            """, new { keys = rows.Select(keyOf).ToArray(), numbers = rows.Select(numberOf).ToArray() }, ct)).ToDictionary(seen => seen.Key, seen => seen.Row, StringComparer.Ordinal);
        var fresh = new List<T>(rows.Count);
        foreach (var row in rows)
        {
            var taken = first[keyOf(row)];
            if (taken == numberOf(row))
            {
                fresh.Add(row);
            }
            else
            {
                await run.RefuseAsync([refuse(row) with { Arguments = [taken] }], ct);
            }
        }

        return fresh;
    }
}
