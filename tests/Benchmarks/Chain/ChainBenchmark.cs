using System.Globalization;
using System.Net;
using System.Text.Json;
using Benchmarks.Stage;

namespace Benchmarks.Chain;

/// <summary>
/// Whole chains over three levels, through the API: a store orders five products from its dealer, who has none of them and orders them from its distributor; that one confirms
/// and ships, the dealer receives, is given the goods for the store's order, ships, and the store receives. With everything that happens beside: invoices, credit, figures, mails,
/// allocation from the outbox.
/// </summary>
static class ChainBenchmark
{
    const int Lines = 5;

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var machine = Machine.Description;
        await using var installation = await Installation.BeginAsync(withDemo: true, ct);
        await installation.ServeAsync(new Dictionary<string, string>(StringComparer.Ordinal), ct);
        var programs = await TradingPrograms.NewAsync(installation, ct);
        List<HttpMessageInvoker> http = [.. Enumerable.Range(0, 4).Select(_ => HttpClients.New())];
        Task ChainAsync(int client, CancellationToken stop) => OnceAsync(programs, client, http[client], stop);

        Installation.Say("Warming up ...");
        await Load.RunAsync(4, 3 * length.Round, ChainAsync, ct);
        await installation.GatherStatisticsAsync(ct);
        await Load.RunAsync(4, length.Round, ChainAsync, ct);
        Installation.Say("Chains ...");
        var (taken, spent) = (Taken.Nothing, Spent.Nothing);
        for (var round = 0; round < length.Rounds; round++)
        {
            var begun = installation.Spent;
            await Statements.BeginAsync(installation, ct);
            var once = await Load.RunAsync(4, 2 * length.Round, ChainAsync, ct);
            await Statements.TellAsync(installation, "chains", once.Milliseconds.Count, ct);
            (taken, spent) = (taken + once, spent + (installation.Spent - begun));
        }

        http.ForEach(one => one.Dispose());
        var said = await installation.PortalVerbAsync(["verify", "all"], ct);
        return new("chain",
            [
                Figure.High("chains_per_minute", taken.PerSecond * 60, 100),
                Figure.Low("contradictions_afterwards", said.Contains("Nothing contradicts", StringComparison.Ordinal) ? 0 : 1, 0),
                Figure.Low("chain_ms_p95", taken.Percentile(0.95)),
            ],
            [
                $"{machine}; {length.Name} run, 4 chains at a time for {(2 * length.Rounds * length.Round.TotalSeconds).ToString(CultureInfo.InvariantCulture)} s",
                $"a chain of {Lines} lines, submitted, confirmed, ordered upwards, confirmed, shipped, received, allocated, shipped and received: {spent.Each(taken.Milliseconds.Count)}",
            ]);
    }

    static async Task OnceAsync(TradingPrograms programs, int client, HttpMessageInvoker http, CancellationToken ct)
    {
        // Each in products of its own: goods that come are given to whoever has waited longest, and a chain would wait for what another one brings.
        var lines = Enumerable.Range(0, Lines).Select(line => new { sku = programs.Skus[((client * Lines) + line) % programs.Skus.Count], quantity = 1 + ((line + Random.Shared.Next(3)) % 3) }).DistinctBy(line => line.sku).ToList();
        async Task<JsonElement> AskAsync(int who, string path, object? body, int? version = null)
        {
            var (status, answer) = await programs.SendAsync(http, who, path, body, body is null ? null : Guid.NewGuid().ToString(), version, ct);
            return status is HttpStatusCode.OK or HttpStatusCode.Created ? answer.RootElement : throw new CannotMeasureException($"{path} was answered with {(int)status}: {answer.RootElement}");
        }

        static string Number(JsonElement answer) => answer.GetProperty("number").GetString()!;
        object All(string figure) => new { lines = lines.Select((line, index) => new Dictionary<string, object>(StringComparer.Ordinal) { ["lineNumber"] = index + 1, [figure] = line.quantity }) };

        var order = Number(await AskAsync(TradingPrograms.Store, "orders", new { submit = true, lines }));
        await AskAsync(TradingPrograms.Dealer, $"orders/{order}/confirmation", new { lines = Array.Empty<object>() }, version: 1);
        var upwards = Number(await AskAsync(TradingPrograms.Dealer, "orders/waiting/order", new { order, submit = true }));
        // The lines upwards stand by product; what is sent is what was ordered of each.
        var sent = (await AskAsync(TradingPrograms.Distributor, $"orders/{upwards}/confirmation", new { lines = Array.Empty<object>() }, version: 1)).GetProperty("lines").EnumerateArray()
            .Select(line => (Line: line.GetProperty("lineNumber").GetInt32(), Quantity: line.GetProperty("quantity").GetInt32())).ToList();
        var down = Number(await AskAsync(TradingPrograms.Distributor, $"orders/{upwards}/shipments", new { carrier = "SF", lines = sent.Select(line => new { lineNumber = line.Line, quantity = line.Quantity }) }));
        await AskAsync(TradingPrograms.Dealer, $"shipments/{down}/receipts", new { lines = sent.Select(line => new { lineNumber = line.Line, received = line.Quantity }) });
        // The goods are given to the store's order from the outbox; a dealer that cannot wait asks for it.
        await AskAsync(TradingPrograms.Dealer, "orders/waiting/allocation", new { });
        var last = Number(await AskAsync(TradingPrograms.Dealer, $"orders/{order}/shipments", All("quantity")));
        await AskAsync(TradingPrograms.Store, $"shipments/{last}/receipts", All("received"));
    }
}
