using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Portal.Documents.Typst;

/// <summary>
/// What keeps a template from reaching anything but its own files: the compiler's file root is an empty folder, the process has an empty environment
/// and Node's permission model (no files but the worker's own, no child processes), its only way out, the package download, is led to a closed port, and
/// where Linux lets an ordinary user have one it lives in a network namespace without any interface.
/// </summary>
sealed class WorkerSandbox : IDisposable
{
    static readonly Version PermissionsSince = new(20, 12);
    static readonly Version PermissionsSettledSince = new(24, 0);
    static readonly Lazy<Task<bool>> NetworkCanBeTaken = new(async () =>
        OperatingSystem.IsLinux() && Find("unshare") is { } unshare && (await RunAsync(unshare, ["--user", "--map-current-user", "--net", "true"])) is not null);

    readonly string folder = Directory.CreateTempSubdirectory("typesetting-").FullName;

    string Workspace => Path.Combine(folder, "work");

    string FontList => Path.Combine(folder, "fonts.conf");

    /// <summary>Makes the empty folder.</summary>
    public static WorkerSandbox Create()
    {
        var sandbox = new WorkerSandbox();
        Directory.CreateDirectory(sandbox.Workspace);
        File.WriteAllText(sandbox.FontList, $"<fontconfig><dir>{sandbox.Workspace}</dir></fontconfig>", Encoding.ASCII); // else this machine's fonts would differ from the next one's
        return sandbox;
    }

    /// <summary>The command that starts a worker in here.</summary>
    /// <exception cref="InvalidOperationException">Node.js or the worker's files are not to be found.</exception>
    public async Task<ProcessStartInfo> CommandAsync(DocumentSettings settings, CancellationToken ct)
    {
        var node = Find(settings.NodeProgram) ?? throw new InvalidOperationException($"Node.js ({settings.NodeProgram}) was not found. Documents cannot be typeset without it.");
        var script = Path.Combine(FolderOf(settings), "worker.mjs");
        List<string> command =
        [
            .. await NetworkCanBeTaken.Value.WaitAsync(ct) ? [Find("unshare")!, "--user", "--map-current-user", "--net", "--"] : Array.Empty<string>(),
            node,
            $"--max-old-space-size={settings.WorkerMegabytes / 2}",
            .. Permissions(await VersionAsync(node), Path.GetDirectoryName(script)!),
            script,
            Workspace,
            settings.SecondsPerDocument.ToString(CultureInfo.InvariantCulture),
        ];

        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Workspace,
        };
        Empty(start.Environment);
        return start;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // an empty folder in the temporary folder is no reason to fail
        }
    }

    /// <summary>Where the worker stands: named in the settings, published beside the portal, or in the source tree above the built portal.</summary>
    static string FolderOf(DocumentSettings settings)
    {
        if (settings.WorkerFolder.Length > 0)
        {
            return Path.GetFullPath(settings.WorkerFolder);
        }

        var published = Path.Combine(AppContext.BaseDirectory, "Documents", "Worker");
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null && !Directory.Exists(published); above = above.Parent)
        {
            published = Path.Combine(above.FullName, "portal", "Documents", "Worker");
        }

        return Directory.Exists(published) ? published : throw new InvalidOperationException("The typesetting worker's folder (Documents/Worker) was not found.");
    }

    string[] Permissions(Version version, string worker) => version < PermissionsSince
        ? []
        : [
            version < PermissionsSettledSince ? "--experimental-permission" : "--permission",
            "--allow-addons",
            "--allow-worker",
            $"--allow-fs-read={worker}/*",
            $"--allow-fs-read={folder}/*",
            "--no-warnings",
        ];

    void Empty(IDictionary<string, string?> environment)
    {
        var systemRoot = Environment.GetEnvironmentVariable("SystemRoot"); // Windows opens no socket and loads no library without it
        environment.Clear();
        environment["HOME"] = environment["XDG_DATA_HOME"] = environment["XDG_CACHE_HOME"] = environment["XDG_CONFIG_HOME"] = Workspace;
        environment["FONTCONFIG_FILE"] = FontList;
        environment["HTTP_PROXY"] = environment["HTTPS_PROXY"] = environment["ALL_PROXY"] = "http://127.0.0.1:1";
        environment["TZ"] = "UTC";
        if (systemRoot is not null)
        {
            environment["SystemRoot"] = systemRoot;
        }
    }

    static async Task<Version> VersionAsync(string node) =>
        Version.TryParse((await RunAsync(node, ["--version"]))?.Trim().TrimStart('v'), out var version) ? version : new Version(0, 0);

    /// <summary>What a command prints, or null when it fails.</summary>
    static async Task<string?> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? printed : null;
    }

    static string? Find(string program)
    {
        if (program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return File.Exists(program) ? program : null;
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { Path.Combine(folder, program), Path.Combine(folder, program + ".exe") })
            .FirstOrDefault(File.Exists);
    }
}
