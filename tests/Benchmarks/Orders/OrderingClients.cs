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
    public const int UsualLines = 20;

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
    /// <param name="installation">Where they order.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="lines">How many lines each order has.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="of">How many products are ordered: the dearest few, or all that can be.</param>
    public static async Task<OrderingClients> NewAsync(Installation installation, int count, int lines, CancellationToken ct, int of = int.MaxValue)
    {
        var given = new List<AuthenticationHeaderValue>();
        var skus = new List<IReadOnlyList<string>>();
        foreach (var id in ClientIds)
        {
            given.Add(await HttpClients.TokenAsync(installation.Identity, id, ct));
            List<string> priced = [.. (await ToOrderAsync(installation, id, given[^1], ct)).Take(of)];
            // Few products make an order of many lines all the same: a product may stand on several.
            skus.Add(priced.Count == 0 ? throw new CannotMeasureException("The demo's distributors can order nothing.") : [.. Enumerable.Range(0, lines).Select(line => priced[line % priced.Count])]);
        }

        return new(installation.Portal, count, [.. given], [.. skus]);
    }

    /// <summary>One client places one order.</summary>
    public Task OrderAsync(int client, CancellationToken ct) => PlaceAsync(client, ct);

    /// <summary>The same, and the number of the order.</summary>
    public async Task<string> PlaceAsync(int client, CancellationToken ct)
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

        // Cheaper than reading the answer: the address of what was made ends with its number.
        return answer.Headers.Location!.OriginalString[(answer.Headers.Location!.OriginalString.LastIndexOf('/') + 1)..];
    }

    /// <inheritdoc/>
    public void Dispose() => clients.ForEach(client => client.Dispose());

    static byte[] Body(IReadOnlyList<string> skus) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        submit = true,
        note = "As agreed by telephone",
        lines = skus.Select((sku, index) => new { sku, quantity = (index % 5) + 1 }),
    });

    // What is sold in any quantity: an order of one, two, three pieces must go through.
    static async Task<IReadOnlyList<string>> ToOrderAsync(Installation installation, string clientId, AuthenticationHeaderValue token, CancellationToken ct)
    {
        await using var source = installation.Connect("portal_app");
        await using var find = source.CreateBatch();
        find.BatchCommands.Add(new("select enter_as_system('benchmark')"));
        find.BatchCommands.Add(new("""
            select t.sku
            from person p
            join partner b on b.partner_id = p.partner_id
            cross join lateral terms_of_sale(b.partner_id, b.upstream_id, current_date, array(select sku from product where status = 'active')) t
            where p.subject = $1 and t.is_sellable and t.min_quantity = 1 and t.order_multiple = 1
            order by t.sku
            """) { Parameters = { new() { Value = clientId } } });
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
        return [.. basket.RootElement.GetProperty("lines").EnumerateArray()
            .Where(line => !line.TryGetProperty("refusal", out var refusal) || refusal.ValueKind is JsonValueKind.Null)
            .Select(line => line.GetProperty("sku").GetString()!)];
    }
}
