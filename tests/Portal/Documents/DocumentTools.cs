using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Documents;
using Portal.Documents.Typst;

namespace Portal.Tests.Documents;

/// <summary>A test that needs a program of the operating system; where it is missing the test says so and is skipped.</summary>
public sealed class FactWithProgramAttribute : FactAttribute
{
    public FactWithProgramAttribute(string program)
    {
        Program = program;
        if (Programs.Find(program) is null)
        {
            Skip = $"{program} is not installed on this machine.";
        }
    }

    public string Program { get; }
}

public static class Programs
{
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>What a program prints; a program that fails fails the test.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await errors}{printed}");
        return printed;
    }
}

/// <summary>One warm worker, shared by the tests of a class; small limits are asked for by the tests that exceed them.</summary>
public sealed class OneWorker : IAsyncDisposable
{
    public TypstWorkers Workers { get; } = With(new DocumentSettings { Workers = 1 });

    public static TypstWorkers With(DocumentSettings settings) => new(settings, NullLogger<TypstWorkers>.Instance);

    public ValueTask DisposeAsync() => Workers.DisposeAsync();
}

/// <summary>Tests that measure memory run alone, or they would measure their neighbours.</summary>
[CollectionDefinition(nameof(Measured), DisableParallelization = true)]
public sealed class Measured;
