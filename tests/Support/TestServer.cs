using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Platform.Database.Embedded;

namespace Support;

/// <summary>
/// The one PostgreSQL server of all tests of a user on this machine. It is left running between runs, does not wait for the
/// disk, and forgets nothing that matters: databases of runs that died are dropped by the next. It lives in memory where there is room: a clone is a
/// thousand files that come and go again, and a file system on a disk may spend seconds of a processor on finding places for them.
/// </summary>
public sealed class TestServer
{
    const int RunLock = 0x54455354;

    static readonly Lazy<Task<TestServer>> Started = new(StartAsync);

    readonly EmbeddedPostgres postgres;
    readonly NpgsqlConnection heldByThisRun;
    int clones;

    TestServer(EmbeddedPostgres postgres, NpgsqlConnection heldByThisRun, int run) =>
        (this.postgres, this.heldByThisRun, Run) = (postgres, heldByThisRun, run);

    /// <summary>Names this run's databases: <c>c_RUN_1</c>, <c>c_RUN_2</c>.</summary>
    public int Run { get; }

    /// <summary>The server, started by whoever comes first.</summary>
    public static Task<TestServer> GetAsync() => Started.Value;

    /// <summary>How a role reaches one of its databases.</summary>
    public string ConnectionString(string role, string database) => postgres.ConnectionString(role, database);

    internal EmbeddedPostgres Postgres => postgres;

    internal string NextName() => string.Create(CultureInfo.InvariantCulture, $"c_{Run}_{Interlocked.Increment(ref clones)}");

    /// <summary>A connection of the superuser, not pooled: an advisory lock ends with it.</summary>
    internal async Task<NpgsqlConnection> ConnectAsync(string database = "postgres")
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString("postgres", database)) { Pooling = false, CommandTimeout = 120 }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    static async Task<TestServer> StartAsync()
    {
        var options = new EmbeddedPostgresOptions(Folder())
        {
            Settings = new Dictionary<string, string>
            {
                ["shared_buffers"] = "256MB", // of small databases that come and go: each that goes is looked for in all of it
                ["fsync"] = "off",
                ["full_page_writes"] = "off",
                ["synchronous_commit"] = "off",
                ["max_connections"] = "400",
                ["log_min_duration_statement"] = "-1",
            },
        };
        var started = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, CancellationToken.None);
        var run = RandomNumberGenerator.GetInt32(1, int.MaxValue);
        var held = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(started.ConnectionString("postgres", "postgres")) { Pooling = false, KeepAlive = 60 }.ConnectionString);
        await held.OpenAsync();
        await held.ExecuteAsync("select pg_advisory_lock(@RunLock, @run)", new { RunLock, run });
        var server = new TestServer(started, held, run);
        await server.DropLeftoversAsync();
        return server;
    }

    static string Folder()
    {
        const string Memory = "/dev/shm";
        const long Gigabyte = 1L << 30;
        var name = "partnerportal-tests-" + Environment.UserName;
        var inMemory = Path.Combine(Memory, name);
        // One that is there is used, however much room it has left the next process.
        return Directory.Exists(inMemory)
            || (Directory.Exists(Memory) && new DriveInfo(Memory) is { DriveFormat: "tmpfs", AvailableFreeSpace: > 4 * Gigabyte } && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 8 * Gigabyte)
            ? inMemory
            : Path.Combine(Path.GetTempPath(), name);
    }

    /// <summary>Drops the databases of runs that are dead: the lock of a run ends with its process, however that ends.</summary>
    public async Task DropLeftoversAsync()
    {
        await using var connection = await ConnectAsync();
        var databases = (await connection.QueryAsync<string>("select datname from pg_database where datname ~ '^c_[0-9]+_[0-9]+$'")).ToList();
        foreach (var run in databases.GroupBy(name => int.Parse(name.Split('_')[1], CultureInfo.InvariantCulture)))
        {
            if (!await connection.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(@RunLock, @run)", new { RunLock, run = run.Key }))
            {
                continue;
            }

            foreach (var name in run)
            {
                await connection.ExecuteAsync($"drop database if exists {name} with (force)");
            }

            await connection.ExecuteAsync("select pg_advisory_unlock(@RunLock, @run)", new { RunLock, run = run.Key });
        }
    }
}
