using System.Globalization;
using Benchmarks.Stage;
using Npgsql;

namespace Benchmarks.Orders;

/// <summary>
/// An order of 20 lines, created and submitted through the API with a bearer token and an idempotency key, against the same rows
/// written by hand with Npgsql. Both take turns, on the same database, in the same minute. Then what orders have in common: one product that all want, an order of a
/// thousand lines, and what an order costs with five million lines in the database.
/// </summary>
static class OrdersBenchmark
{
    static readonly int[] ClientCounts = [1, 4, 8];

    static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        // What is put into the outbox is delivered by another instance: the raw side delivers nothing either.
        ["Outbox__Enabled"] = "false",
    };

    /// <summary>Only this part, where somebody looks for where a figure comes from: <c>ratio</c>, <c>hot</c>, <c>long</c>, <c>growth</c>.</summary>
    public static string? OnlyPart { get; set; }

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var machine = Machine.Description;
        await using var installation = await Installation.BeginAsync(withDemo: true, ct);
        await installation.ServeAsync(Settings, ct);
        await installation.RaiseLimitsAsync(ct);
        await using var source = installation.Connect("portal_app");
        var figures = new List<Figure>();
        var notes = new List<string> { $"{machine}; {length.Name} run, {length.Rounds} rounds of {length.Round.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s each way" };
        if (OnlyPart is null or "ratio")
        {
            await RatioAsync(length, installation, source, figures, notes, ct);
        }

        if (OnlyPart is null or "hot")
        {
            await HotProduct.MeasureAsync(length, installation, source, figures, notes, ct);
        }

        if (OnlyPart is null or "long")
        {
            await LongOrders.MeasureAsync(length, installation, figures, notes, ct);
        }

        if (OnlyPart is null or "growth")
        {
            await ManyLines.MeasureAsync(length, installation, figures, notes, ct);
        }

        return new("orders", [.. figures.OrderByDescending(figure => figure.Target is not null)], notes);
    }

    static async Task RatioAsync(RunLength length, Installation installation, NpgsqlDataSource source, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        using var api = await OrderingClients.NewAsync(installation, ClientCounts.Max(), OrderingClients.UsualLines, ct);
        var raw = await RawOrders.NewAsync(source, api, ct);

        Installation.Say("Warming up ...");
        await Load.WarmUpAsync(8, length, api.OrderAsync, ct, () => installation.CloseOrdersAsync(ct));
        await Load.RunAsync(8, length.Round, raw.OrderAsync, ct);
        await installation.CloseOrdersAsync(ct);
        // Now the tables have rows; the database is told, and plans anew.
        await installation.GatherStatisticsAsync(ct);
        await Load.RunAsync(8, length.Round, api.OrderAsync, ct);
        await Load.RunAsync(8, length.Round, raw.OrderAsync, ct);
        foreach (var clients in ClientCounts)
        {
            await MeasureAsync(clients, length, installation, api, raw, figures, notes, ct);
        }
    }

    static async Task MeasureAsync(int clients, RunLength length, Installation installation, OrderingClients api, RawOrders raw, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        Installation.Say($"{clients} client{(clients == 1 ? "" : "s")} ...");
        var (byApi, byHand, written) = (Taken.Nothing, Taken.Nothing, Taken.Nothing);
        var (spentByApi, spentByHand, spentWriting) = (Spent.Nothing, Spent.Nothing, Spent.Nothing);
        for (var round = 0; round < length.Rounds; round++)
        {
            // Who goes first changes, so that none always meets what another left behind.
            for (var turn = 0; turn < 3; turn++)
            {
                var before = installation.Spent;
                switch ((round + turn) % 3)
                {
                    case 0:
                        await Statements.BeginAsync(installation, ct);
                        var once = await Load.RunAsync(clients, length.Round, api.OrderAsync, ct);
                        await Statements.TellAsync(installation, "orders through the API", once.Milliseconds.Count, ct);
                        byApi += once;
                        spentByApi += installation.Spent - before;
                        break;
                    case 1:
                        await Statements.BeginAsync(installation, ct);
                        var same = await Load.RunAsync(clients, length.Round, raw.OrderAsync, ct);
                        await Statements.TellAsync(installation, "the same by hand", same.Milliseconds.Count, ct);
                        byHand += same;
                        spentByHand += installation.Spent - before;
                        break;
                    default:
                        written += await Load.RunAsync(clients, length.Round, raw.WriteAsync, ct);
                        spentWriting += installation.Spent - before;
                        break;
                }

                await installation.CloseOrdersAsync(ct);
            }
        }

        var name = clients == 1 ? "1_client" : string.Create(CultureInfo.InvariantCulture, $"{clients}_clients");
        figures.Add(Figure.High("raw_ratio_" + name, byApi.PerSecond / byHand.PerSecond, clients == 8 ? 0.5 : null));
        figures.Add(Figure.High("orders_per_second_" + name, byApi.PerSecond));
        figures.Add(Figure.High("raw_per_second_" + name, byHand.PerSecond));
        figures.Add(Figure.Low("order_p95_ms_" + name, byApi.Percentile(0.95)));
        notes.Add($"{name}, an order through the API: {spentByApi.Each(byApi.Milliseconds.Count)}");
        figures.Add(Figure.High("write_only_ratio_" + name, byApi.PerSecond / written.PerSecond));
        notes.Add($"{name}, an order by hand: {spentByHand.Each(byHand.Milliseconds.Count)}");
        notes.Add($"{name}, an order written whose prices are known: {spentWriting.Each(written.Milliseconds.Count)}");
    }
}
