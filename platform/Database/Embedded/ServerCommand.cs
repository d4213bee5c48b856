using System.ComponentModel;
using System.Diagnostics;

namespace Platform.Database.Embedded;

/// <summary>Runs PostgreSQL's programs, as another user where need be, and waits for their end.</summary>
static class ServerCommand
{
    /// <summary>
    /// Whom the server runs as: PostgreSQL refuses to run as root, so root hands it to Debian's <c>postgres</c>, or to
    /// <c>nobody</c> where that is missing. Null: oneself.
    /// </summary>
    public static string? User { get; } = !Environment.IsPrivilegedProcess ? null : Knows("postgres") ? "postgres" : "nobody";

    /// <summary>Runs a program to its end.</summary>
    /// <param name="user">As whom; null: as oneself.</param>
    /// <param name="program">Its path, or a name to be found on the PATH.</param>
    /// <param name="arguments">Each a word, none goes through a shell.</param>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="ct">Stops waiting; the program goes on.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(string? user, string program, IEnumerable<string> arguments, string? input, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            // Not the current folder: the other user may have no way into it.
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(variable);
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        if (user is not null)
        {
            start.UserName = user;
            start.Environment["HOME"] = "/";
        }

        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(ct);
            return (process.ExitCode, $"{await output}{await errors}".Trim());
        }
        catch (Win32Exception failure)
        {
            return (-1, failure.Message);
        }
    }

    static bool Knows(string user) =>
        File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(line => line.StartsWith(user + ":", StringComparison.Ordinal));
}
