using System.Diagnostics;

namespace Benchmarks.Documents;

/// <summary>Programs of the operating system that the documents are measured against.</summary>
static class Programs
{
    /// <summary>The python3 that has XlsxWriter: the one in the path, or the system's, whose package it is.</summary>
    public static string? PythonWithXlsxWriter() => new[] { Find("python3"), "/usr/bin/python3" }.FirstOrDefault(python => python is not null && File.Exists(python) && Succeeds(python, "-c", "import xlsxwriter"));

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(ct);
        var printed = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0 ? printed : throw new CannotMeasureException($"{program} ended with {process.ExitCode}: {await errors}");
    }

    static bool Succeeds(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
