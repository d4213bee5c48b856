using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using Platform.Database;
using Platform.Database.Embedded;

namespace Support;

/// <summary>
/// A migrated database that clones are made from. Its name holds the hash of all that made it, so that it is built once and a
/// changed migration gets a new one. Templates that nobody asked for in six hours are dropped.
/// </summary>
static class TemplateDatabase
{
    // Templates are built one at a time, over all test processes.
    const long Turn = 0x54_65_6D_70_6C;

    public static async Task<string> GetAsync(TestServer server, IReadOnlyList<string> services)
    {
        var name = $"t_{string.Join('_', services)}_{Hash(services)}";
        await using var connection = await server.ConnectAsync();
        await connection.ExecuteAsync("select pg_advisory_lock(@Turn)", new { Turn });
        if (!await connection.ExecuteScalarAsync<bool>("select exists (select from pg_database where datname = @name)", new { name }))
        {
            await DropForgottenAsync(connection);
            await BuildAsync(server, connection, name, services);
        }

        await connection.ExecuteAsync($"comment on database {name} is '{DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture)}'");
        return name;
    }

    static async Task BuildAsync(TestServer server, NpgsqlConnection connection, string name, IReadOnlyList<string> services)
    {
        const string Unfinished = "template_in_the_making";
        await connection.ExecuteAsync($"drop database if exists {Unfinished} with (force)");
        await Bootstrap.RunAsync(server.Postgres, Unfinished, CancellationToken.None);
        foreach (var service in services)
        {
            var owner = new NpgsqlConnectionStringBuilder(server.ConnectionString(service + "_owner", Unfinished)) { SearchPath = $"{service},public", Pooling = false };
            await using var source = NpgsqlDataSource.Create(owner);
            await Migrator.ApplyAsync(source, service, Assemblies(service), CancellationToken.None);
        }

        // Nobody may be connected to a template while it is cloned.
        await connection.ExecuteAsync($"alter database {Unfinished} with allow_connections false is_template true; alter database {Unfinished} rename to {name}");
    }

    static async Task DropForgottenAsync(NpgsqlConnection connection)
    {
        var longAgo = DateTime.UtcNow.AddHours(-6).ToString("O", CultureInfo.InvariantCulture);
        var forgotten = await connection.QueryAsync<string>("""
            select datname from pg_database
            where datname like 't\_%' and shobj_description(oid, 'pg_database') < @longAgo
            """, new { longAgo });
        foreach (var name in forgotten)
        {
            await connection.ExecuteAsync($"alter database {name} with is_template false; drop database {name} with (force)");
        }
    }

    static List<Assembly> Assemblies(string service) =>
        [typeof(Migrator).Assembly, Assembly.Load(char.ToUpperInvariant(service[0]) + service[1..])];

    static string Hash(IReadOnlyList<string> services)
    {
        var scripts =
            from service in services
            from assembly in Assemblies(service)
            from resource in assembly.GetManifestResourceNames()
            where resource.EndsWith(".sql", StringComparison.Ordinal)
            orderby service, resource
            select service + resource + Text(assembly, resource);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(scripts))))[..16];
    }

    static string Text(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
