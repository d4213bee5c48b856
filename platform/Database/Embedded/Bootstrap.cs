using System.Globalization;
using Dapper;
using Npgsql;

namespace Platform.Database.Embedded;

/// <summary>Makes the product's database with its roles, schemas and extensions (Bootstrap.sql) on the embedded server.</summary>
static class Bootstrap
{
    // Roles belong to the whole server and two sessions must not alter one at once: one turn for all databases of the server.
    const long Turn = 0x50_6F_72_74_61_6C;

    public static async Task RunAsync(EmbeddedPostgres server, string database, CancellationToken ct)
    {
        await using var maintenance = await ConnectAsync(server, "postgres", ct);
        await maintenance.ExecuteAsync(new CommandDefinition("select pg_advisory_lock(@Turn)", new { Turn }, cancellationToken: ct));
        if (!await maintenance.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select from pg_database where datname = @database)", new { database }, cancellationToken: ct)))
        {
            await maintenance.ExecuteAsync(new CommandDefinition($"create database \"{database}\"", cancellationToken: ct));
        }

        await using var inside = await ConnectAsync(server, database, ct);
        await using var transaction = await inside.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand(Script(server), inside, transaction);
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    static string Script(EmbeddedPostgres server)
    {
        using var reader = new StreamReader(typeof(Bootstrap).Assembly.GetManifestResourceStream("Database/Bootstrap.sql")!);
        return server.Passwords.Aggregate(reader.ReadToEnd(), (sql, role) =>
            sql.Replace(string.Create(CultureInfo.InvariantCulture, $"{{{role.Key}_password}}"), role.Value, StringComparison.Ordinal));
    }

    // Not pooled: the end of the connection gives the turn to the next, whatever happened.
    static async Task<NpgsqlConnection> ConnectAsync(EmbeddedPostgres server, string database, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres", database)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }
}
