using System.Diagnostics;
using System.Text.Json;

namespace Support;

/// <summary>The parts from npm: installed once for all tests, and run as processes of their own.</summary>
public static class NpmParts
{
    /// <summary>Where they are installed, beside the scripts that use them.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Folder, "tests", "Identity", "Npm");

    static readonly Lazy<Task<string?>> Fault = new(InstallOnceAsync);

    /// <summary>Sees that they are there; the test is skipped where they cannot be had.</summary>
    public static async Task InstallAsync()
    {
        if (await Fault.Value is { } fault)
        {
            // The token by which xunit 2 knows that a test skips itself.
            throw new InvalidOperationException($"$XunitDynamicSkip$npm cannot install its parts here: {fault}");
        }
    }

    /// <summary>Runs a script to its end.</summary>
    /// <returns>What it told, by the name under which it did.</returns>
    public static async Task<Dictionary<string, JsonElement>> TellAsync(string script, params string[] arguments)
    {
        await InstallAsync();
        var (code, output) = await RunAsync("node", [script, .. arguments]);
        Xunit.Assert.True(code == 0, output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => line.GetProperty("what").GetString()!, line => line.GetProperty("value"));
    }

    /// <summary>Starts a program in their folder, with all that it says and hears redirected.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Remove("NODE_OPTIONS");
        return Process.Start(start)!;
    }

    static async Task<string?> InstallOnceAsync()
    {
        var wanted = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "package.json"))).RootElement.GetProperty("dependencies").EnumerateObject();
        if (wanted.All(part => VersionOf(part.Name) == part.Value.GetString()))
        {
            return null;
        }

        var (code, output) = await RunAsync("npm", "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error");
        return code == 0 ? null : output.Trim().Split('\n')[0];
    }

    static string? VersionOf(string part) =>
        Path.Combine(Folder, "node_modules", part, "package.json") is var file && File.Exists(file) ? JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("version").GetString() : null;

    static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Start(program, arguments);
            process.StandardInput.Close();
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await errors);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (127, missing.Message);
        }
    }
}
