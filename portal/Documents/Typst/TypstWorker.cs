using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;

namespace Portal.Documents.Typst;

/// <summary>One worker process and the conversation with it: frames of a length and bytes over its standard input and output.</summary>
sealed class TypstWorker : IAsyncDisposable
{
    const int LargestFrame = 256 * 1024 * 1024;
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(25);
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    readonly Process process;
    readonly WorkerSandbox sandbox;
    readonly DocumentSettings settings;
    readonly Stream input;
    readonly Stream output;
    readonly WorkerMemory memory;
    long lastId;

    TypstWorker(Process process, WorkerSandbox sandbox, DocumentSettings settings, ILogger log)
    {
        this.process = process;
        this.sandbox = sandbox;
        this.settings = settings;
        ProcessId = process.Id;
        memory = new WorkerMemory(process);
        input = process.StandardInput.BaseStream;
        output = process.StandardOutput.BaseStream;
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
            {
                log.LogDebug("Typesetting worker {ProcessId}: {Line}", ProcessId, line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>The operating system's number of the process.</summary>
    public int ProcessId { get; }

    /// <summary>Whether it holds on to so much memory, between two jobs, that a fresh one serves better.</summary>
    public bool IsSwollen => memory.Megabytes > settings.WorkerMegabytes * 0.75;

    /// <summary>Starts a worker and waits until it has loaded the fonts. Null when that cannot be done; the log says why.</summary>
    public static async Task<TypstWorker?> StartAsync(DocumentSettings settings, ILogger log, CancellationToken ct)
    {
        var place = WorkerSandbox.Create();
        TypstWorker? worker = null;
        try
        {
            worker = new TypstWorker(Process.Start(await place.CommandAsync(settings, ct))!, place, settings, log);
            await worker.ReadMessageAsync().WaitAsync(StartLimit, ct);
            return worker;
        }
        catch (OperationCanceledException)
        {
            await DisposeAsync(worker, place);
            throw;
        }
        catch (Exception failed) when (failed is IOException or TimeoutException or System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            log.LogError(failed, "No typesetting worker could be started with {Program}.", settings.NodeProgram);
            await DisposeAsync(worker, place);
            return null;
        }
    }

    /// <summary>Has the worker typeset one job within the limits. After a refusal the worker is of no use any more.</summary>
    public async Task<Typesetting> TypesetAsync(WorkerRequest request, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var answer = AskAsync(request);
        while (!answer.IsCompleted)
        {
            if (Stopwatch.GetElapsedTime(began).TotalSeconds > settings.SecondsPerDocument)
            {
                return Abandon(answer, TypesettingRefusal.TooLong, "documents.typesetting.too-long");
            }

            if (memory.Megabytes > settings.WorkerMegabytes)
            {
                return Abandon(answer, TypesettingRefusal.TooMuchMemory, "documents.typesetting.too-much-memory");
            }

            ct.ThrowIfCancellationRequested();
            await Task.WhenAny(answer, Task.Delay(BetweenLooks, ct));
        }

        try
        {
            return await answer;
        }
        catch (Exception broken) when (broken is IOException or JsonException or ObjectDisposedException)
        {
            return Abandon(answer, TypesettingRefusal.NoWorker, "documents.typesetting.no-worker");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Kill();
        memory.Dispose();
        process.Dispose();
        sandbox.Dispose();
        return ValueTask.CompletedTask;
    }

    static async Task DisposeAsync(TypstWorker? worker, WorkerSandbox place)
    {
        if (worker is not null)
        {
            await worker.DisposeAsync();
        }
        else
        {
            place.Dispose();
        }
    }

    async Task<Typesetting> AskAsync(WorkerRequest request)
    {
        var id = ++lastId;
        await WriteFrameAsync(JsonSerializer.SerializeToUtf8Bytes(new
        {
            id,
            main = request.Main,
            inputs = request.Inputs,
            standard = request.Standard,
            timestamp = request.Timestamp,
            files = request.Files.Select(file => new { path = file.Path, length = file.Bytes.Length, drawn = file.Drawn }),
        }, Json));
        await WriteFrameAsync(request.Files.SelectMany(file => file.Bytes).ToArray());
        await input.FlushAsync();

        var (head, pdf) = await ReadMessageAsync();
        return head.Id != id ? throw new IOException("The worker answered another question.")
            : head.Flaws is { } flaws ? new Typesetting.Flawed(flaws)
            : new Typesetting.Pdf(pdf, head.Pages, head.Undrawn ?? []);
    }

    async Task<(Head Head, byte[] Body)> ReadMessageAsync()
    {
        var head = await ReadFrameAsync();
        return (JsonSerializer.Deserialize<Head>(head, Json) ?? throw new JsonException("An answer has a head."), await ReadFrameAsync());
    }

    async Task WriteFrameAsync(byte[] frame)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, frame.Length);
        await input.WriteAsync(length);
        await input.WriteAsync(frame);
    }

    async Task<byte[]> ReadFrameAsync()
    {
        var length = new byte[4];
        await output.ReadExactlyAsync(length);
        var size = BinaryPrimitives.ReadInt32BigEndian(length);
        if (size is < 0 or > LargestFrame)
        {
            throw new IOException("The worker answered with a frame of impossible length.");
        }

        var frame = new byte[size];
        await output.ReadExactlyAsync(frame);
        return frame;
    }

    Typesetting.Refused Abandon(Task answer, TypesettingRefusal reason, string textKey)
    {
        Kill();
        _ = answer.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return new Typesetting.Refused(reason, textKey);
    }

    void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (InvalidOperationException)
        {
            // it had ended by itself
        }
    }

    sealed record Head(long Id, int Pages, List<string>? Undrawn, List<TemplateFlaw>? Flaws);
}
