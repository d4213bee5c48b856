using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Platform.Telemetry;

namespace Portal.Documents.Typst;

/// <summary>
/// Typesets documents in worker processes that the portal owns. Each worker takes one job at a time from a bounded queue. A worker that dies, hangs or
/// swells is replaced and its job is tried once more; after that the job is refused.
/// </summary>
public sealed class TypstWorkers(DocumentSettings settings, ILogger<TypstWorkers> log) : IHostedService, IAsyncDisposable
{
    /// <summary>The name of the meter: documents by outcome with their duration, workers replaced by reason.</summary>
    public const string MeterName = ProductTelemetry.Name + ".Documents";

    static readonly Meter Meter = new(MeterName);
    static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("documents.typesetting.duration", "s");
    static readonly Counter<long> Replacements = Meter.CreateCounter<long>("documents.workers.replaced");

    readonly DocumentSettings settings = settings;
    readonly ILogger log = log;
    readonly Channel<Order> queue = Channel.CreateBounded<Order>(settings.Queue);
    readonly CancellationTokenSource stopping = new();
    readonly Lock starting = new();
    readonly HashSet<int> processes = [];
    Task[] loops = [];
    Task? end;

    /// <summary>The process ids of the workers that are up.</summary>
    public IReadOnlyList<int> ProcessIds
    {
        get
        {
            lock (processes)
            {
                return [.. processes];
            }
        }
    }

    /// <summary>Typesets a document.</summary>
    /// <param name="job">The template, its data and how the file shall be.</param>
    /// <param name="ct">Stops waiting; a job that has begun is finished and thrown away.</param>
    public async Task<Typesetting> RenderAsync(TypstJob job, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var outcome = TemplateRules.FlawsOf(job.Template) is { Count: > 0 } flaws ? new Typesetting.Flawed(flaws) : await QueueAsync(job, ct);
        Durations.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome.GetType().Name.ToLowerInvariant()));
        return outcome;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.WarmAtStart)
        {
            EnsureStarted();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await EndOnce().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The container knows it under two names and disposes of both, and whoever stops the host may do so at the same moment.
        await EndOnce().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    Task EndOnce()
    {
        lock (starting)
        {
            return end ??= EndAsync();
        }
    }

    async Task EndAsync()
    {
        queue.Writer.TryComplete();
        await stopping.CancelAsync();
        await Task.WhenAll(loops);
    }

    async Task<Typesetting> QueueAsync(TypstJob job, CancellationToken ct)
    {
        EnsureStarted();
        var order = new Order(WorkerRequest.From(job), ct);
        return queue.Writer.TryWrite(order)
            ? await order.Outcome.Task.WaitAsync(ct)
            : new Typesetting.Refused(TypesettingRefusal.Busy, "documents.typesetting.busy");
    }

    void EnsureStarted()
    {
        lock (starting)
        {
            if (loops.Length == 0 && !stopping.IsCancellationRequested)
            {
                loops = [.. Enumerable.Range(0, settings.WorkerCount).Select(_ => Task.Run(WorkAsync))];
            }
        }
    }

    /// <summary>The life of one place in the pool: keep a worker warm, give it the next job.</summary>
    async Task WorkAsync()
    {
        var place = new Place(this);
        try
        {
            if (settings.WarmAtStart)
            {
                await place.WorkerAsync();
            }

            await foreach (var order in queue.Reader.ReadAllAsync(stopping.Token))
            {
                if (!order.Ct.IsCancellationRequested)
                {
                    order.Outcome.TrySetResult(await place.TypesetAsync(order.Request));
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The portal stops; whoever still waits is answered below.
        }
        catch (Exception broken)
        {
            log.LogCritical(broken, "A place for a typesetting worker is lost.");
        }
        finally
        {
            await place.DisposeAsync();
            while (queue.Reader.TryRead(out var order))
            {
                order.Outcome.TrySetResult(NoWorker);
            }
        }
    }

    static Typesetting.Refused NoWorker { get; } = new(TypesettingRefusal.NoWorker, "documents.typesetting.no-worker");

    sealed record Order(WorkerRequest Request, CancellationToken Ct)
    {
        public TaskCompletionSource<Typesetting> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>One place in the pool, with its worker or none.</summary>
    sealed class Place(TypstWorkers pool) : IAsyncDisposable
    {
        TypstWorker? worker;

        public async Task<Typesetting> TypesetAsync(WorkerRequest request)
        {
            var outcome = await TryAsync(request);
            return outcome is Typesetting.Refused ? await TryAsync(request) : outcome;
        }

        public async Task<TypstWorker?> WorkerAsync()
        {
            if (worker is not null)
            {
                return worker;
            }

            worker = await TypstWorker.StartAsync(pool.settings, pool.log, pool.stopping.Token);
            if (worker is not null)
            {
                lock (pool.processes)
                {
                    pool.processes.Add(worker.ProcessId);
                }
            }

            return worker;
        }

        async Task<Typesetting> TryAsync(WorkerRequest request)
        {
            if (await WorkerAsync() is not { } busy)
            {
                return NoWorker;
            }

            var outcome = await busy.TypesetAsync(request, pool.stopping.Token);
            if (outcome is Typesetting.Refused(var reason, _))
            {
                pool.log.LogWarning("Typesetting worker {ProcessId} is replaced: {Reason}.", busy.ProcessId, reason);
                Replacements.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
                await DisposeAsync();
            }
            else if (busy.IsSwollen)
            {
                await DisposeAsync();
            }

            return outcome;
        }

        public async ValueTask DisposeAsync()
        {
            if (worker is null)
            {
                return;
            }

            lock (pool.processes)
            {
                pool.processes.Remove(worker.ProcessId);
            }

            await worker.DisposeAsync();
            worker = null;
        }
    }
}
