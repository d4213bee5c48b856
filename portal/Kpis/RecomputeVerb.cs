using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Platform.Database;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>
/// <c>portal -- recompute kpis</c>: every roll-up from the base rows, in parts beside a running portal (see <c>kpi_recompute_part</c>); several parts at a time, each in a transaction of its own, so that what is done stays done.
/// </summary>
public sealed class RecomputeVerb(Db db, IServiceScopeFactory scopes, CallerAccessor caller, TimeProvider clock) : IVerb
{
    const int MostAtOnce = 4;

    /// <inheritdoc/>
    public string Name => "recompute";

    /// <inheritdoc/>
    public string Usage => "recompute kpis  computes every KPI roll-up from orders, deals, quotes, books and stock anew, beside a running portal";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        if (arguments is not ["kpis"])
        {
            throw new UsageException("What is recomputed is the KPIs: 'recompute kpis'.");
        }

        caller.Current = Caller.System("recompute");
        var began = clock.GetTimestamp();
        // Orders first, the most recent month last: what people look at is right for as long as it can be.
        var parts = await db.ListAsync<Part>("select part as name, from_month, until_month from kpi_recompute_months() order by part <> 'orders', from_month", null, ct);
        var finished = Channel.CreateUnbounded<(Part Part, long Looked)>();
        var working = WorkAsync(new(parts), finished.Writer, ct);
        var (done, lines) = (0, 0L);
        await foreach (var (part, looked) in finished.Reader.ReadAllAsync(ct))
        {
            done++;
            lines += part.IsOfOrders ? looked : 0;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {done * 100 / parts.Count,3} %  {part}: {looked:N0} {(part.IsOfOrders ? "lines" : "facts")}"));
        }

        await working;
        var levels = await db.OneAsync<long>("select kpi_recompute_levels()", null, ct);
        var seconds = clock.GetElapsedTime(began).TotalSeconds;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"Recomputed {lines:N0} order lines and {levels:N0} levels in {seconds:0.0} s, {(seconds > 0 ? lines / seconds : 0):N0} lines a second."));
        return 0;
    }

    // A statement that writes uses one processor: as many parts at once as there are processors.
    async Task WorkAsync(ConcurrentQueue<Part> waiting, ChannelWriter<(Part Part, long Looked)> finished, CancellationToken ct)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, MostAtOnce)).Select(async _ =>
            {
                while (waiting.TryDequeue(out var part))
                {
                    await finished.WriteAsync((part, await RecomputeAsync(part, ct)), ct);
                }
            }));
        }
        finally
        {
            finished.Complete();
        }
    }

    async Task<long> RecomputeAsync(Part part, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("recompute");
        return await scope.ServiceProvider.GetRequiredService<Db>().OneAsync<long>("select kpi_recompute_part(@Name, @FromMonth, @UntilMonth)", part, ct);
    }

    sealed record Part(string Name, DateOnly FromMonth, DateOnly UntilMonth)
    {
        public bool IsOfOrders => Name is "orders";

        public override string ToString() => IsOfOrders ? string.Create(CultureInfo.InvariantCulture, $"{Name} {FromMonth:yyyy-MM}") : Name;
    }
}
