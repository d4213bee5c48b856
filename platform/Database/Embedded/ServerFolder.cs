using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Database.Embedded;

/// <summary>
/// The <c>postgres</c> folder inside the data folder, which belongs to the user that the server runs as. Where root's data
/// folder lies out of that user's reach (below <c>/root</c>, say), the database stands in <c>/var/lib/partnerportal</c> and
/// <c>postgres</c> is a link to it.
/// </summary>
sealed class ServerFolder(string dataFolder)
{
    const string Elsewhere = "/var/lib/partnerportal";

    static readonly string[] LogFolders = ["", "log"];

    /// <summary>The folder as everybody but the server sees it.</summary>
    public string Link => Path.Combine(dataFolder, "postgres");

    /// <summary>The folder as the server knows it.</summary>
    public string Real => new DirectoryInfo(Link).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Link;

    public string StartLog => Path.Combine(Real, "start.log");

    string PidFile => Path.Combine(Real, "postmaster.pid");

    /// <summary>The major version that made the database in it, or null where there is none.</summary>
    public int? DatabaseVersion =>
        File.Exists(Path.Combine(Link, "PG_VERSION"))
            ? int.TryParse(File.ReadAllText(Path.Combine(Link, "PG_VERSION")), CultureInfo.InvariantCulture, out var version)
                ? version
                : throw new CannotStartException($"The database in {Link} is damaged, its file PG_VERSION names no version: restore it from a backup, or begin anew in another data folder.")
            : null;

    /// <summary>True when the server said it runs and did not take that back: it is running, or it was killed.</summary>
    public bool HasPidFile => File.Exists(PidFile);

    /// <summary>The running server's process, or null.</summary>
    public int? ServerProcess
    {
        get
        {
            try
            {
                return int.TryParse(File.ReadLines(PidFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var process) && IsServer(process) ? process : null;
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        }
    }

    /// <summary>
    /// Whom its programs run as: as root the one whom the database belongs to, so that root may look after what an ordinary
    /// user began. Null: oneself.
    /// </summary>
    public async Task<string?> UserAsync(CancellationToken ct)
    {
        if (ServerCommand.User is null || DatabaseVersion is null)
        {
            return ServerCommand.User;
        }

        var (exitCode, owner) = await ServerCommand.RunAsync(null, "stat", ["-c", "%U", Real], null, ct);
        return exitCode == 0 ? owner : ServerCommand.User;
    }

    /// <summary>Makes the database in a folder beside its place and moves it there when it is whole.</summary>
    public async Task CreateAsync(PostgresBinaries binaries, string password, CancellationToken ct)
    {
        var place = await PlaceAsync(ct);
        var unfinished = place + ".unfinished";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        await ExpectAsync(null, "install", ServerCommand.User is { } user ? ["-d", "-m", "700", "-o", user, unfinished] : ["-d", "-m", "700", unfinished], null, ct);

        // The password goes through standard input: an argument could be read by everyone on the machine.
        await ExpectAsync(ServerCommand.User, "/bin/sh", ["-c", """
            umask 077; word=$(mktemp) && cat >"$word" || exit 1
            "$@" --pwfile="$word"; result=$?; rm -f "$word"; exit $result
            """, "sh", binaries.InitDb, "--pgdata", unfinished, "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-instructions"], password, ct);
        await File.AppendAllTextAsync(Path.Combine(unfinished, "postgresql.conf"), "\ninclude 'partnerportal.conf'\n", ct);
        Directory.Move(unfinished, place);
        if (!string.Equals(place, Link, StringComparison.Ordinal))
        {
            File.CreateSymbolicLink(Link, place);
        }
    }

    /// <summary>Writes the product's part of the server's configuration; it is read at the next start.</summary>
    public Task ConfigureAsync(IEnumerable<KeyValuePair<string, string>> settings, CancellationToken ct) =>
        File.WriteAllLinesAsync(Path.Combine(Real, "partnerportal.conf"),
            settings.Select(setting => $"{setting.Key} = '{setting.Value.Replace("'", "''", StringComparison.Ordinal)}'").Prepend("# Written at every start; change it through the product's settings."), ct);

    /// <summary>Forgets a server that was killed, so that its number, given to another process since, does not stop the next start.</summary>
    public void ForgetKilledServer() => File.Delete(PidFile);

    /// <summary>The last complaint in the server's logs since a moment.</summary>
    public string LastComplaint(DateTimeOffset since)
    {
        // Every line begins with its time, in UTC.
        var start = since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var lines = LogFolders.Select(folder => Path.Combine(Real, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.log"))
            .OrderBy(File.GetLastWriteTimeUtc)
            .SelectMany(File.ReadLines)
            .Where(line => string.CompareOrdinal(line, start) >= 0)
            .ToList();
        return lines.FindLast(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal))
            ?? lines.LastOrDefault() ?? "its log is empty";
    }

    async Task<string> PlaceAsync(CancellationToken ct)
    {
        if (ServerCommand.User is null)
        {
            return Link;
        }

        LetThrough(dataFolder);
        if (await ServerCanReachAsync(dataFolder, ct))
        {
            return Link;
        }

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(dataFolder))))[..16];
        var place = Path.Combine(Elsewhere, name, "postgres");
        await ExpectAsync(null, "install", ["-d", "-m", "711", Path.GetDirectoryName(place)!], null, ct);
        if (Directory.Exists(place))
        {
            // Left by a data folder of the same path whose link was deleted: unreachable, its passwords are gone.
            Directory.Delete(place, recursive: true);
        }

        return place;
    }

    // Through, not in: the server's user may pass to its own folder but not list this one.
    static void LetThrough(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }

    static async Task<bool> ServerCanReachAsync(string folder, CancellationToken ct) =>
        (await ServerCommand.RunAsync(ServerCommand.User, "/bin/sh", ["-c", "cd \"$0\"", folder], null, ct)).ExitCode == 0;

    static async Task ExpectAsync(string? user, string program, IEnumerable<string> arguments, string? input, CancellationToken ct)
    {
        var (exitCode, output) = await ServerCommand.RunAsync(user, program, arguments, input, ct);
        if (exitCode != 0)
        {
            throw new CannotStartException($"The database could not be made: '{Complaint(output)}'.");
        }
    }

    // What went wrong stands before what was tidied up after it.
    static string Complaint(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(line => line.Contains("No space left", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("error:", StringComparison.Ordinal))
            ?? lines.LastOrDefault() ?? "";
    }

    // The number alone says nothing: after a restart of the machine it may be anybody's.
    bool IsServer(int process)
    {
        var folder = $"/proc/{process.ToString(CultureInfo.InvariantCulture)}";
        try
        {
            return string.Equals(File.ReadAllText(folder + "/comm").Trim(), "postgres", StringComparison.Ordinal)
                && string.Equals(new DirectoryInfo(folder + "/cwd").ResolveLinkTarget(returnFinalTarget: false)?.FullName ?? Real, Real, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception hidden) when (hidden is UnauthorizedAccessException or IOException)
        {
            return true;
        }
    }
}
