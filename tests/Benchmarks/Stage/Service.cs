using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Stage;

/// <summary>A Release build of identity or the portal as a process of its own, as <c>run.sh</c> starts it.</summary>
sealed class Service : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly Process process;
    readonly Queue<string> lastLines = new();

    Service(Process process) => this.process = process;

    /// <summary>The process, for those who watch what it costs.</summary>
    public int ProcessId => process.Id;

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<Service> StartAsync(string folder, string program, Uri address, IReadOnlyDictionary<string, string> settings, CancellationToken ct)
    {
        var service = new Service(Launch(folder, program, ["serve"], settings));
        try
        {
            await service.WaitUntilReadyAsync(program, address, ct);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a verb of the program to its end and answers what it printed.</summary>
    public static async Task<string> RunVerbAsync(string folder, string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings, CancellationToken ct)
    {
        using var running = Launch(folder, program, arguments, settings);
        var complaints = running.StandardError.ReadToEndAsync(ct);
        var printed = await running.StandardOutput.ReadToEndAsync(ct);
        await running.WaitForExitAsync(ct);
        return running.ExitCode == 0
            ? printed
            : throw new CannotMeasureException($"{program} {arguments[0]} ended with {running.ExitCode}: {(await complaints).Trim()} {printed.Trim()}");
    }

    /// <summary>A port of this machine that nobody uses.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Ends it from one moment to the next (SIGKILL), in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var asked = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        process.Dispose();
    }

    static Process Launch(string folder, string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings)
    {
        var library = Path.Combine(folder, "bin", "Release", "net10.0", program + ".dll");
        if (!File.Exists(library))
        {
            throw new CannotMeasureException($"{library} is missing: run the benchmarks with -c Release, which builds it.");
        }

        var start = new ProcessStartInfo("dotnet", [library, .. arguments]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    async Task WaitUntilReadyAsync(string program, Uri address, CancellationToken ct)
    {
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient();
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (process.HasExited || waited.Elapsed > Patience)
            {
                throw new CannotMeasureException($"{program} did not come up:\n{LastWords()}");
            }

            try
            {
                using var answer = await http.GetAsync(new Uri(address, "/health/ready"), ct);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(200, ct);
        }
    }

    /// <summary>The last lines of its log.</summary>
    public string LastWords()
    {
        lock (lastLines)
        {
            return string.Join('\n', lastLines);
        }
    }

    void Keep(string? line)
    {
        lock (lastLines)
        {
            if (line is not null)
            {
                lastLines.Enqueue(line);
            }

            while (lastLines.Count > 20)
            {
                lastLines.Dequeue();
            }
        }
    }
}
