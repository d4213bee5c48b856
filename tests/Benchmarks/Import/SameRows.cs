using System.Text;
using Benchmarks.Stage;
using Npgsql;

namespace Benchmarks.Import;

/// <summary>
/// Every row that an import of orders leaves, copied with COPY into tables with the same columns, indexes, checks and foreign keys: what the
/// database needs to keep an import's result, had somebody worked it out before.
/// </summary>
sealed class SameRows
{
    static readonly string[] Tables = ["purchase_order", "purchase_order_line", "purchase_order_step", "stock_balance", "stock_move", "kpi_daily", "kpi_branch_month"];

    readonly NpgsqlDataSource source;
    readonly List<(string Table, string Rows)> content = [];

    SameRows(NpgsqlDataSource source) => this.source = source;

    /// <summary>Reads what one import has written, and makes the tables.</summary>
    public static async Task<SameRows> TakeAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        Installation.Say("Taking down what the import wrote ...");
        var same = new SameRows(source);
        await using var connection = await source.OpenConnectionAsync(ct);
        foreach (var table in Tables)
        {
            await MakeAsync(connection, table, ct);
            // Disposed at the end of each turn, before the next statement.
            using var rows = await connection.BeginTextExportAsync($"copy (select * from {table} order by ctid) to stdout", ct);
            same.content.Add((table, await rows.ReadToEndAsync(ct)));
        }

        return same;
    }

    /// <summary>Copies all of it, in one transaction.</summary>
    public async Task CopyAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var (table, rows) in content)
        {
            await using var copy = await connection.BeginTextImportAsync($"copy same_{table} from stdin", ct);
            await copy.WriteAsync(rows.AsMemory(), ct);
        }

        await transaction.CommitAsync(ct);
    }

    // The foreign keys lead to the tables the rows came from, where what they name is found.
    static async Task MakeAsync(NpgsqlConnection connection, string table, CancellationToken ct)
    {
        var statements = new StringBuilder($"create table same_{table} (like {table} including all);");
        await using (var keys = new NpgsqlCommand("select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::regclass and contype = 'f'", connection))
        {
            keys.Parameters.Add(new() { Value = table });
            await using var reader = await keys.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                statements.Append(System.Globalization.CultureInfo.InvariantCulture, $"alter table same_{table} add constraint {reader.GetString(0)} {reader.GetString(1)};");
            }
        }

        await using var make = new NpgsqlCommand(statements.ToString(), connection);
        await make.ExecuteNonQueryAsync(ct);
    }
}
