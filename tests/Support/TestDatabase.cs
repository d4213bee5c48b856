using Dapper;
using Npgsql;
using Platform.Database;

namespace Support;

/// <summary>
/// A database of a test's own, with every migration applied, dropped at its end:
/// <c>await using var database = await TestDatabase.PortalAsync();</c>
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    readonly TestServer server;

    TestDatabase(TestServer server, string name, string service)
    {
        this.server = server;
        (Name, Service) = (name, service);
        App = NpgsqlDataSource.Create(ConnectionString("app"));
    }

    /// <summary>The database's name on the test server.</summary>
    public string Name { get; }

    /// <summary>The schema that <see cref="App"/>, <see cref="ConnectionString"/> and the others speak of.</summary>
    public string Service { get; }

    /// <summary>The pool of the application's role.</summary>
    public NpgsqlDataSource App { get; }

    /// <summary>The settings with which portal and identity use this database.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["ConnectionStrings:Portal"] = ConnectionString("app", "portal"),
        ["ConnectionStrings:PortalOwner"] = ConnectionString("owner", "portal"),
        ["ConnectionStrings:Identity"] = ConnectionString("app", "identity"),
        ["ConnectionStrings:IdentityOwner"] = ConnectionString("owner", "identity"),
    };

    /// <summary>A database with the portal's tables.</summary>
    public static Task<TestDatabase> PortalAsync() => CloneAsync("portal");

    /// <summary>A database with identity's tables.</summary>
    public static Task<TestDatabase> IdentityAsync() => CloneAsync("identity");

    /// <summary>A database with the tables of both, for tests of the two services together; speaks of the portal's schema.</summary>
    public static Task<TestDatabase> BothAsync() => CloneAsync("portal", "identity");

    /// <summary>A database with the roles, schemas and extensions and no table; speaks of the portal's schema.</summary>
    public static Task<TestDatabase> EmptyAsync() => CloneAsync();

    /// <summary>How a role reaches this database.</summary>
    /// <param name="role"><c>app</c>, <c>owner</c> or <c>superuser</c>.</param>
    /// <param name="service">Whose schema; this database's own unless said.</param>
    public string ConnectionString(string role, string? service = null)
    {
        service ??= Service;
        return new NpgsqlConnectionStringBuilder(server.ConnectionString(role is "superuser" ? "postgres" : $"{service}_{role}", Name))
        {
            SearchPath = $"{service},public",
            MaxAutoPrepare = 100,
            MaxPoolSize = 20,
            IncludeErrorDetail = true,
        }.ConnectionString;
    }

    /// <summary>The database as a caller sees it.</summary>
    public Db As(Caller caller) => new(App, new CallerAccessor { Current = caller });

    /// <summary>Runs a statement as the superuser, whom row-level security does not bind.</summary>
    public async Task<int> ExecuteAsync(string sql, object? args = null)
    {
        await using var connection = await OpenAsync("superuser");
        return await connection.ExecuteAsync(sql, args);
    }

    /// <summary>Rows as the superuser sees them.</summary>
    public async Task<List<T>> ListAsync<T>(string sql, object? args = null)
    {
        await using var connection = await OpenAsync("superuser");
        return (await connection.QueryAsync<T>(sql, args)).AsList();
    }

    /// <summary>A connection of a role, not pooled.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string role)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString(role)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await using var connection = await server.ConnectAsync();
        await connection.ExecuteAsync($"drop database if exists {Name} with (force)");
    }

    static async Task<TestDatabase> CloneAsync(params string[] services)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        var testServer = await TestServer.GetAsync();
        var template = await TemplateDatabase.GetAsync(testServer, services);
        var name = testServer.NextName();
        await using var connection = await testServer.ConnectAsync();
        await connection.ExecuteAsync($"create database {name} template {template}");
        return new(testServer, name, services.FirstOrDefault("portal"));
    }
}
