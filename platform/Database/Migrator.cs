using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Platform.Database;

/// <summary>
/// Brings a schema up to date with the SQL files that the features carry in their <c>Migrations</c> folders. Files run in the
/// order of their names (date and time first), each in a transaction, under an advisory lock so that instances that start
/// together wait for each other, and are remembered with a hash: an edited old file stops the start.
/// </summary>
public static class Migrator
{
    /// <summary>Applies what is missing.</summary>
    /// <param name="owner">Connections of the role that owns the schema.</param>
    /// <param name="schema">The schema: <c>portal</c> or <c>identity</c>.</param>
    /// <param name="assemblies">Where the files are embedded.</param>
    /// <returns>The names of the files that were applied now.</returns>
    /// <exception cref="MigrationEditedException">A file that ran before has changed since.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(NpgsqlDataSource owner, string schema, IEnumerable<Assembly> assemblies, CancellationToken ct)
    {
        var scripts = assemblies.SelectMany(Scripts).OrderBy(script => script.Order, StringComparer.Ordinal).ToList();
        await using var connection = await owner.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(hashtextextended('migrations of ' || @schema, 0))", new { schema }, transaction, cancellationToken: ct));
        await connection.ExecuteAsync(new CommandDefinition($"""
            create table if not exists migration (
                name       text primary key,
                hash       text not null,
                applied_at timestamptz not null default now()
            );
            comment on table migration is 'Which SQL files of the features have run here, with the hash each had.';
            revoke insert, update, delete on migration from {schema}_app;
            """, transaction: transaction, cancellationToken: ct));
        var ran = (await connection.QueryAsync<(string Name, string Hash)>(new CommandDefinition("select name, hash from migration", transaction: transaction, cancellationToken: ct)))
            .ToDictionary(row => row.Name, row => row.Hash, StringComparer.Ordinal);
        var applied = new List<string>();
        foreach (var script in scripts)
        {
            if (ran.TryGetValue(script.Name, out var hash))
            {
                if (!string.Equals(hash, script.Hash, StringComparison.Ordinal))
                {
                    throw new MigrationEditedException(script.Name);
                }

                continue;
            }

            await ApplyAsync(connection, transaction, schema, script, ct);
            applied.Add(script.Name);
        }

        await transaction.CommitAsync(ct);
        return applied;
    }

    /// <summary>The files that have not run yet, for a service that must not apply them itself.</summary>
    /// <param name="app">Connections of the application's role.</param>
    /// <param name="assemblies">Where the files are embedded.</param>
    public static async Task<IReadOnlyList<string>> FindMissingAsync(NpgsqlDataSource app, IEnumerable<Assembly> assemblies, CancellationToken ct)
    {
        await using var connection = await app.OpenConnectionAsync(ct);
        var ran = await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select to_regclass('migration') is not null", cancellationToken: ct))
            ? (await connection.QueryAsync<string>(new CommandDefinition("select name from migration", cancellationToken: ct))).ToHashSet(StringComparer.Ordinal)
            : [];
        return [.. assemblies.SelectMany(Scripts).OrderBy(script => script.Order, StringComparer.Ordinal).Select(script => script.Name).Where(name => !ran.Contains(name))];
    }

    static async Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string schema, Script script, CancellationToken ct)
    {
        try
        {
            // Read, not executed through Dapper: the text may hold characters that look like parameters.
            await using var command = new NpgsqlCommand(script.Text.Replace("{schema}", schema, StringComparison.Ordinal), connection, transaction) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException refused)
        {
            throw new InvalidOperationException($"Migration {script.Name} of schema {schema} failed: {refused.MessageText}", refused);
        }

        await connection.ExecuteAsync(new CommandDefinition("insert into migration (name, hash) values (@Name, @Hash)", script, transaction, cancellationToken: ct));
    }

    static IEnumerable<Script> Scripts(Assembly assembly) =>
        from resource in assembly.GetManifestResourceNames()
        where resource.Contains("Migrations/", StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal)
        select Script.Read(assembly, resource);

    sealed record Script(string Name, string Order, string Text, string Hash)
    {
        public static Script Read(Assembly assembly, string resource)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var text = reader.ReadToEnd().ReplaceLineEndings("\n");
            return new(resource, Path.GetFileName(resource), text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        }
    }
}

/// <summary>A migration that ran before has been edited; the start stops, because nobody can say what the schema is now.</summary>
public sealed class MigrationEditedException(string name)
    : Exception($"The migration {name} was changed after it ran. Restore the file and put the change into a new one.");
