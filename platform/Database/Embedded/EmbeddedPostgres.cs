using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Platform.Database.Embedded;

/// <summary>
/// A PostgreSQL server of the product's own, in the data folder and on 127.0.0.1. It outlives the process that started it:
/// whoever comes next finds it by its data folder and uses it. Portal and identity may start it at the same moment; a lock
/// lets one do it and the other find it done.
/// </summary>
public sealed class EmbeddedPostgres
{
    // EAGAIN, which .NET hands on as it is: somebody else holds the file's lock.
    const int TryAgain = 11;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // In megabytes; of a container, what it may take.
    static readonly long Memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024);

    static readonly Dictionary<string, string> ProductSettings = new(StringComparer.Ordinal)
    {
        ["listen_addresses"] = "127.0.0.1",
        ["unix_socket_directories"] = "",
        ["max_connections"] = "200",
        ["shared_buffers"] = Megabytes(Math.Clamp(Memory / 4, 128, 8192)), // what PostgreSQL's handbook recommends; taken as data fills it
        ["effective_cache_size"] = Megabytes(Math.Max(Memory / 2, 256)),
        ["work_mem"] = "16MB",
        ["maintenance_work_mem"] = "128MB",
        ["random_page_cost"] = "1.1",
        ["max_wal_size"] = "2GB",
        ["synchronous_commit"] = "on",
        ["jit"] = "off", // short statements; compiling them costs more than it saves
        ["password_encryption"] = "scram-sha-256",
        ["timezone"] = "UTC",
        ["log_timezone"] = "UTC",
        ["idle_in_transaction_session_timeout"] = "10min",
        ["log_lock_waits"] = "on",
        ["log_min_duration_statement"] = "1s",
        ["log_line_prefix"] = "%m [%p] %q%u@%d %a ",
        ["logging_collector"] = "on", // one file a weekday, so that the log of a week is kept and never more
        ["log_directory"] = "log",
        ["log_filename"] = "postgres-%a.log",
        ["log_rotation_age"] = "1d",
        ["log_rotation_size"] = "0",
        ["log_truncate_on_rotation"] = "on",
    };

    static string Megabytes(long megabytes) => megabytes.ToString(CultureInfo.InvariantCulture) + "MB";

    readonly EmbeddedPostgresOptions options;
    readonly ILogger log;
    readonly ServerFolder folder;
    ServerKeys keys;

    EmbeddedPostgres(EmbeddedPostgresOptions options, ServerFolder folder, ServerKeys keys, ILogger log) =>
        (this.options, this.folder, this.keys, this.log) = (options, folder, keys, log);

    /// <summary>The port it listens on.</summary>
    public int Port => keys.Port;

    /// <summary>The server's process, or null while it is not running.</summary>
    public int? ServerProcess => folder.ServerProcess;

    /// <summary>True when the server ended without being told to, so that it may be started again; one that was stopped stays stopped.</summary>
    public bool WasKilled => folder.HasPidFile && folder.ServerProcess is null;

    /// <summary>Finds the server of a data folder running, or starts it, making the database first where there is none.</summary>
    /// <exception cref="CannotStartException">The programs are missing, the port is taken, the folder cannot be written, or the server does not come up.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, ILogger log, CancellationToken ct)
    {
        options = options with { DataFolder = Path.GetFullPath(options.DataFolder) };
        try
        {
            PrepareDataFolder(options.DataFolder);
            await using var turn = await WaitForTurnAsync(options.DataFolder, ct);
            var place = new ServerFolder(options.DataFolder);
            var server = new EmbeddedPostgres(options, place, await KeysAsync(options, place, ct), log);
            await server.EnsureRunningAsync(mayMove: options.Port is null, ct);
            return server;
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new CannotStartException($"The data folder {options.DataFolder} cannot be written ({refused.Message.TrimEnd('.')}): give it to this user, or name another with --data DIR or Portal__DataFolder.", refused);
        }
    }

    /// <summary>Starts the server again after it was killed, on the port that those who use it know.</summary>
    /// <exception cref="CannotStartException">The port has been taken meanwhile, or the server does not come up.</exception>
    public async Task RestartAsync(CancellationToken ct)
    {
        await using var turn = await WaitForTurnAsync(options.DataFolder, ct);
        await EnsureRunningAsync(mayMove: false, ct);
    }

    /// <summary>Stops the server of a data folder if it runs: open transactions are rolled back, what was committed is kept.</summary>
    public static async Task StopAsync(string dataFolder, CancellationToken ct)
    {
        var place = new ServerFolder(Path.GetFullPath(dataFolder));
        if (place.ServerProcess is null)
        {
            return;
        }

        await using var turn = await WaitForTurnAsync(Path.GetFullPath(dataFolder), ct);
        var binaries = await PostgresBinaries.FindAsync(null, place.DatabaseVersion, ct);
        var (exitCode, output) = await ServerCommand.RunAsync(await place.UserAsync(ct), binaries.PgCtl, ["stop", "-D", place.Real, "-m", "fast", "-w", "-t", "60"], null, ct);
        if (exitCode != 0 && place.ServerProcess is not null)
        {
            throw new InvalidOperationException($"The database did not stop: {output}");
        }
    }

    /// <summary>How a role reaches a database of this server.</summary>
    public string ConnectionString(string role, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = keys.Port,
        Username = role,
        Password = keys.Passwords[role],
        Database = database,
    }.ConnectionString;

    /// <summary>The password of each of the product's roles.</summary>
    internal IReadOnlyDictionary<string, string> Passwords => keys.Passwords;

    static void PrepareDataFolder(string path)
    {
        if (!Directory.Exists(path) && !OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    static async Task<FileStream> WaitForTurnAsync(string dataFolder, CancellationToken ct)
    {
        var path = Path.Combine(dataFolder, "database.lock");
        while (true)
        {
            try
            {
                // The operating system takes the lock back when its holder dies, however it dies.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException busy) when (busy.HResult is TryAgain)
            {
                await Task.Delay(100, ct);
            }
        }
    }

    static async Task<ServerKeys> KeysAsync(EmbeddedPostgresOptions options, ServerFolder place, CancellationToken ct)
    {
        var path = Path.Combine(options.DataFolder, "database.json");
        if (await ServerKeys.ReadAsync(path, ct) is { } known)
        {
            return known;
        }

        if (place.DatabaseVersion is not null)
        {
            throw new CannotStartException($"{path} with the passwords of the database is missing: put it back from a backup, or begin anew in another data folder.");
        }

        var fresh = ServerKeys.New(options.Port ?? FreePort());
        await fresh.WriteAsync(path, ct);
        return fresh;
    }

    async Task EnsureRunningAsync(bool mayMove, CancellationToken ct)
    {
        var binaries = await PostgresBinaries.FindAsync(options.BinaryFolder, folder.DatabaseVersion, ct);
        if (folder.DatabaseVersion is null)
        {
            log.LogInformation("Making the database in {Folder}", options.DataFolder);
            await folder.CreateAsync(binaries, keys.Passwords["postgres"], ct);
        }

        if (folder.ServerProcess is null)
        {
            await TakePortAsync(mayMove, ct);
            await LaunchAsync(binaries, ct);
        }

        await WaitUntilReadyAsync(ct);
    }

    async Task TakePortAsync(bool mayMove, CancellationToken ct)
    {
        var wanted = options.Port ?? keys.Port;
        if (!IsFree(wanted))
        {
            if (!mayMove)
            {
                throw new CannotStartException(string.Create(CultureInfo.InvariantCulture, $"Port {wanted} on 127.0.0.1, which the database shall use, is taken by another program: end that one{(options.Port is null ? "" : ", or leave Portal__DatabasePort out and a free port is found")}."));
            }

            wanted = FreePort();
            log.LogWarning("The database's port {TakenPort} is taken by another program; it uses {Port} from now on", keys.Port, wanted);
        }

        if (wanted != keys.Port)
        {
            keys = keys with { Port = wanted };
            await keys.WriteAsync(Path.Combine(options.DataFolder, "database.json"), ct);
        }
    }

    async Task LaunchAsync(PostgresBinaries binaries, CancellationToken ct)
    {
        var settings = new Dictionary<string, string>(ProductSettings, StringComparer.Ordinal) { ["port"] = keys.Port.ToString(CultureInfo.InvariantCulture) };
        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        await folder.ConfigureAsync(settings, ct);
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var launched = DateTimeOffset.UtcNow;
            folder.ForgetKilledServer();
            // pg_ctl gives the server a session of its own, so that neither Ctrl-C nor the end of this process reaches it.
            var (exitCode, _) = await ServerCommand.RunAsync(await folder.UserAsync(ct), binaries.PgCtl, ["start", "-D", folder.Real, "-l", folder.StartLog, "-w", "-t", "60", "-s"], null, ct);
            if (exitCode == 0)
            {
                return;
            }

            var complaint = folder.LastComplaint(launched);
            if (!complaint.Contains("shared memory block", StringComparison.Ordinal) || waited.Elapsed > Patience)
            {
                throw new CannotStartException($"The database did not come up; the last line of its log: {complaint}");
            }

            // The processes of a killed server need a moment to notice.
            await Task.Delay(200, ct);
        }
    }

    async Task WaitUntilReadyAsync(CancellationToken ct)
    {
        var (began, waited) = (DateTimeOffset.UtcNow, Stopwatch.StartNew());
        while (true)
        {
            try
            {
                var maintenance = new NpgsqlConnectionStringBuilder(ConnectionString("postgres", "postgres")) { Pooling = false, Timeout = 5 };
                await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
                await connection.OpenAsync(ct);
                return;
            }
            catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InvalidPassword)
            {
                throw new CannotStartException($"The database refuses the password in {Path.Combine(options.DataFolder, "database.json")}: put back the file that belongs to it.", refused);
            }
            catch (NpgsqlException away) when (away.IsUnavailable() && waited.Elapsed < Patience)
            {
                await Task.Delay(100, ct);
            }
            catch (NpgsqlException failure)
            {
                throw new CannotStartException($"The database did not come up ({failure.Message}); the last line of its log: {folder.LastComplaint(began)}", failure);
            }
        }
    }

    // Below the range from which the operating system hands out ports to others.
    static int FreePort()
    {
        int port;
        do
        {
            port = RandomNumberGenerator.GetInt32(20_000, 30_000);
        }
        while (!IsFree(port));
        return port;
    }

    static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
