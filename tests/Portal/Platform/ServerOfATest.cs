using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Platform.Database.Embedded;

namespace Portal.Tests.PlatformRules;

/// <summary>A data folder with a small embedded server of a test's own; stopped and deleted at the end.</summary>
public sealed class ServerOfATest : IAsyncDisposable
{
    readonly DirectoryInfo parent = Directory.CreateTempSubdirectory("partnerportal-server-");

    public ServerOfATest()
    {
        // As root the server runs as another user, who has to get through.
        File.SetUnixFileMode(parent.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Options = new EmbeddedPostgresOptions(DataFolder)
        {
            Settings = new Dictionary<string, string> { ["shared_buffers"] = "16MB", ["fsync"] = "off", ["max_connections"] = "40" },
        };
    }

    public string Parent => parent.FullName;

    public string DataFolder => Path.Combine(parent.FullName, "data");

    public EmbeddedPostgresOptions Options { get; set; }

    public Task<EmbeddedPostgres> StartAsync() => EmbeddedPostgres.StartAsync(Options, NullLogger.Instance, CancellationToken.None);

    public Task StopAsync() => EmbeddedPostgres.StopAsync(DataFolder, CancellationToken.None);

    public static async Task KillAsync(EmbeddedPostgres server)
    {
        using var process = Process.GetProcessById(server.ServerProcess!.Value);
        process.Kill();
        await WaitUntilAsync(() => server.ServerProcess is null);
    }

    public static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (var waited = Stopwatch.StartNew(); !condition(); await Task.Delay(50))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "It did not happen within 30 seconds.");
        }
    }

    public static async Task<T?> AskAsync<T>(EmbeddedPostgres server, string sql)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres", "postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(connectionString.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T?)await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        var folder = new DirectoryInfo(Path.Combine(DataFolder, "postgres"));
        if (folder.LinkTarget is { } elsewhere)
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        parent.Delete(recursive: true);
    }
}
