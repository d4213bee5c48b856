using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Benchmarks.Stage;

namespace Benchmarks.Orders;

/// <summary>Programs that order through the API, half of them for the one distributor, half for the other.</summary>
sealed class OrderingClients : IDisposable
{
    /// <summary>How many lines an order has.</summary>
    public const int Lines = 20;

    static readonly string[] ClientIds = ["demo-erp-huaxin", "demo-erp-eurodist"];

    readonly Uri address;
    readonly List<HttpMessageInvoker> clients;
    readonly AuthenticationHeaderValue[] tokens;
    readonly byte[][] bodies;

    OrderingClients(Uri address, int count, AuthenticationHeaderValue[] tokens, IReadOnlyList<string>[] skus)
    {
        this.address = new(address, "/api/v1/orders");
        this.tokens = tokens;
        Skus = skus;
        clients = [.. Enumerable.Range(0, count).Select(_ => HttpClients.New())];
        bodies = [.. skus.Select(Body)];
    }

    /// <summary>Who orders: the subject of each kind of client.</summary>
    public static IReadOnlyList<string> Subjects => ClientIds;

    /// <summary>What each kind of client orders.</summary>
    public IReadOnlyList<string>[] Skus { get; }

    /// <summary>Gets tokens from identity, and asks the portal what each may order.</summary>
    public static async Task<OrderingClients> NewAsync(Installation installation, int count, CancellationToken ct)
    {
        var given = new List<AuthenticationHeaderValue>();
        var skus = new List<IReadOnlyList<string>>();
        foreach (var id in ClientIds)
        {
            given.Add(await HttpClients.TokenAsync(installation.Identity, id, ct));
            skus.Add(await ToOrderAsync(installation, given[^1], ct));
        }

        return new(installation.Portal, count, [.. given], [.. skus]);
    }

    /// <summary>One client places one order.</summary>
    public async Task OrderAsync(int client, CancellationToken ct)
    {
        var kind = client % ClientIds.Length;
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(bodies[kind]) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = tokens[kind];
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await clients[client].SendAsync(request, ct);
        var text = await answer.Content.ReadAsByteArrayAsync(ct);
        if (answer.StatusCode != HttpStatusCode.Created)
        {
            throw new CannotMeasureException($"An order was answered with {(int)answer.StatusCode}: {Encoding.UTF8.GetString(text)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => clients.ForEach(client => client.Dispose());

    static byte[] Body(IReadOnlyList<string> skus) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        submit = true,
        note = "As agreed by telephone",
        lines = skus.Select((sku, index) => new { sku, quantity = (index % 5) + 1 }),
    });

    static async Task<IReadOnlyList<string>> ToOrderAsync(Installation installation, AuthenticationHeaderValue token, CancellationToken ct)
    {
        await using var source = installation.Connect("portal_app");
        await using var find = source.CreateBatch();
        find.BatchCommands.Add(new("select enter_as_system('benchmark')"));
        find.BatchCommands.Add(new("select sku from product where status = 'active' order by sku"));
        var known = new List<string>();
        await using (var reader = await find.ExecuteReaderAsync(ct))
        {
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                known.Add(reader.GetString(0));
            }
        }

        using var http = HttpClients.New();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(installation.Portal, "/api/v1/prices"));
        request.Headers.Authorization = token;
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { lines = known.Select(sku => new { sku, quantity = 1 }) }));
        request.Content.Headers.ContentType = new("application/json");
        using var answer = await http.SendAsync(request, ct);
        using var basket = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct));
        List<string> priced = [.. basket.RootElement.GetProperty("lines").EnumerateArray()
            .Where(line => !line.TryGetProperty("refusal", out var refusal) || refusal.ValueKind is JsonValueKind.Null)
            .Select(line => line.GetProperty("sku").GetString()!)];
        // Few products make an order of twenty lines all the same: a product may stand on several.
        return priced.Count == 0
            ? throw new CannotMeasureException("The demo's distributors can order nothing.")
            : [.. Enumerable.Range(0, Lines).Select(line => priced[line % priced.Count])];
    }
}
