using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Benchmarks.Stage;

namespace Benchmarks.Documents;

/// <summary>A frozen PDF through the API, by programs with a token, against a static file of the portal of about its size: same process, same connections, no compression.</summary>
static class ServingFrozenFiles
{
    const double Wanted = 0.5;
    const int Clients = 4;
    const string ClientId = "demo-erp-huaxin";

    public static async Task RunAsync(RunLength length, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        await using var installation = await Installation.BeginAsync(withDemo: true, ct);
        await installation.ServeAsync(new Dictionary<string, string>(StringComparer.Ordinal), ct);
        var token = await HttpClients.TokenAsync(installation.Identity, ClientId, ct);
        List<HttpMessageInvoker> clients = [.. Enumerable.Range(0, Clients).Select(_ => HttpClients.New())];
        try
        {
            var file = new Uri(installation.Portal, await SentQuoteAsync(clients[0], installation, token, ct) + "/pdf?language=en");
            var size = (await ReadAsync(clients[0], file, token, ct)).Length;
            var asset = Asset(size);
            var plain = new Uri(installation.Portal, asset.Path);
            var plainSize = (await ReadAsync(clients[0], plain, null, ct)).Length;
            Task Frozen(int client, CancellationToken stop) => ReadAsync(clients[client], file, token, stop);
            Task Static(int client, CancellationToken stop) => ReadAsync(clients[client], plain, null, stop);
            await Load.WarmUpAsync(Clients, length, Frozen, ct);
            await Load.WarmUpAsync(Clients, length, Static, ct);
            var (frozen, served, spentFrozen, spentServed) = (Taken.Nothing, Taken.Nothing, Spent.Nothing, Spent.Nothing);
            for (var round = 0; round < length.Rounds; round++)
            {
                var before = installation.Spent;
                frozen += await Load.RunAsync(Clients, length.Round, Frozen, ct);
                var between = installation.Spent;
                served += await Load.RunAsync(Clients, length.Round, Static, ct);
                (spentFrozen, spentServed) = (spentFrozen + (between - before), spentServed + (installation.Spent - between));
            }

            figures.Add(Figure.High("frozen_share_of_static", frozen.PerSecond / served.PerSecond, Wanted));
            figures.Add(Figure.High("frozen_per_second", frozen.PerSecond));
            figures.Add(Figure.High("static_per_second", served.PerSecond));
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"frozen: {size / 1024} KB, {spentFrozen.Each(frozen.Milliseconds.Count)}"));
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"static: {asset.Path}, {plainSize / 1024} KB, {spentServed.Each(served.Milliseconds.Count)}"));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    static async Task<string> SentQuoteAsync(HttpMessageInvoker client, Installation installation, AuthenticationHeaderValue token, CancellationToken ct)
    {
        using var list = JsonDocument.Parse(await ReadAsync(client, new Uri(installation.Portal, "/api/v1/quotes?limit=100"), token, ct));
        var rows = list.RootElement.TryGetProperty("items", out var items) ? items : list.RootElement.EnumerateObject().First(member => member.Value.ValueKind is JsonValueKind.Array).Value;
        foreach (var row in rows.EnumerateArray().Where(row => row.GetProperty("status").GetString() is not ("draft" or "pending_approval" or "approved")))
        {
            return $"/api/v1/quotes/{row.GetProperty("number").GetString()}/revisions/{row.GetProperty("revision").GetInt32()}";
        }

        throw new CannotMeasureException("The demo has no quote that was sent.");
    }

    // Of what the portal serves as it lies, the file that is nearest in size; ties go to the larger.
    static (string Path, long Size) Asset(long size)
    {
        var root = Path.Combine(Installation.Repository(), "portal", "wwwroot");
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".js" or ".css" or ".svg" or ".woff2" or ".png")
            .Select(file => (Path: "/" + Path.GetRelativePath(root, file).Replace('\\', '/'), Size: new FileInfo(file).Length)).MinBy(file => Math.Abs(file.Size - size));
    }

    static async Task<byte[]> ReadAsync(HttpMessageInvoker client, Uri address, AuthenticationHeaderValue? token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = token;
        using var answer = await client.SendAsync(request, ct);
        var content = await answer.Content.ReadAsByteArrayAsync(ct);
        return answer.StatusCode == HttpStatusCode.OK ? content : throw new CannotMeasureException($"{address} answered {(int)answer.StatusCode}.");
    }
}
