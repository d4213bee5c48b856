using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Benchmarks.Stage;
using Npgsql;

namespace Benchmarks.Orders;

/// <summary>All want the same product: an order of one line is placed and promised at once from the one balance, through the API and by hand.</summary>
static class HotProduct
{
    const string SellersClient = "demo-erp-brand";

    public static async Task MeasureAsync(RunLength length, Installation installation, NpgsqlDataSource source, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        Installation.Say("One product that all want ...");
        using var api = await OrderingClients.NewAsync(installation, 8, lines: 1, ct, of: 1);
        var raw = await RawOrders.NewAsync(source, api, ct);
        var seller = await raw.SellerAsync(SellersClient, ct);
        var token = await HttpClients.TokenAsync(installation.Identity, SellersClient, ct);
        await StockUpAsync(installation, seller.PlaceId, api.Skus.Select(skus => skus[0]), ct);
        List<HttpMessageInvoker> confirming = [.. Enumerable.Range(0, 8).Select(_ => HttpClients.New())];
        async Task ByApiAsync(int client, CancellationToken stop)
        {
            var number = await api.PlaceAsync(client, stop);
            await ConfirmAsync(confirming[client], installation.Portal, token, number, stop);
        }

        async Task ByHandAsync(int client, CancellationToken stop) => await raw.ConfirmAsync(await raw.PlaceAsync(client, stop), seller, stop);

        await Load.WarmUpAsync(8, length, ByApiAsync, ct, () => CloseAsync(installation, ct));
        await Load.RunAsync(8, length.Round, ByHandAsync, ct);
        await installation.GatherStatisticsAsync(ct);
        await Load.RunAsync(8, length.Round, ByApiAsync, ct);
        await Load.RunAsync(8, length.Round, ByHandAsync, ct);
        var deadlocks = await DeadlocksAsync(installation, ct);
        var (byApi, byHand) = (Taken.Nothing, Taken.Nothing);
        for (var turn = 0; turn < 2 * length.Rounds; turn++)
        {
            if (turn % 4 is 0 or 3)
            {
                await Statements.BeginAsync(installation, ct);
                var once = await Load.RunAsync(8, length.Round, ByApiAsync, ct);
                await Statements.TellAsync(installation, "orders of the one product through the API", once.Milliseconds.Count, ct);
                byApi += once;
            }
            else
            {
                byHand += await Load.RunAsync(8, length.Round, ByHandAsync, ct);
            }

            await CloseAsync(installation, ct);
        }

        confirming.ForEach(one => one.Dispose());
        figures.Add(Figure.High("hot_raw_ratio_8_clients", byApi.PerSecond / byHand.PerSecond, 0.3));
        figures.Add(Figure.Low("hot_deadlocks", await DeadlocksAsync(installation, ct) - deadlocks, 0));
        figures.Add(Figure.High("hot_orders_per_second", byApi.PerSecond));
        figures.Add(Figure.High("hot_raw_per_second", byHand.PerSecond));
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"one product: 8 clients place an order of one line each and the seller confirms it from the one balance of that product"));
    }

    static async Task ConfirmAsync(HttpMessageInvoker http, Uri portal, AuthenticationHeaderValue token, string number, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(portal, $"/api/v1/orders/{number}/confirmation"));
        request.Headers.Authorization = token;
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsByteArrayAsync(ct);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new CannotMeasureException($"A confirmation was answered with {(int)answer.StatusCode}: {Encoding.UTF8.GetString(text)}");
        }
    }

    static async Task StockUpAsync(Installation installation, long place, IEnumerable<string> skus, CancellationToken ct)
    {
        await using var source = installation.Connect("portal_app");
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new("select enter_as_system('benchmark')"));
        batch.BatchCommands.Add(new("select stock_record('supply', $1, array_agg(product_id), array_agg(100000000::bigint), now(), now(), null) from product where sku = any ($2)")
        {
            Parameters = { new() { Value = place }, new() { Value = skus.Distinct(StringComparer.Ordinal).ToArray() } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    static async Task CloseAsync(Installation installation, CancellationToken ct) => await installation.CloseOrdersAsync(ct, "confirmed");

    static async Task<long> DeadlocksAsync(Installation installation, CancellationToken ct)
    {
        await using var source = installation.Connect("postgres");
        await using var ask = source.CreateCommand("select deadlocks from pg_stat_database where datname = current_database()");
        return (long)(await ask.ExecuteScalarAsync(ct))!;
    }
}
