using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Benchmarks.Stage;

namespace Benchmarks.Claims;

/// <summary>Rivals for one customer, each with a connection of its own: programs of two partners that submit at the same moment.</summary>
sealed class RivalClients : IDisposable
{
    static readonly string[] ClientIds = ["demo-erp-huaxin", "demo-erp-eurodist"];

    readonly Uri address;
    readonly (string Line, string Territory) scope;
    readonly AuthenticationHeaderValue[] tokens;
    readonly List<HttpMessageInvoker> clients;

    RivalClients(Uri portal, (string, string) scope, AuthenticationHeaderValue[] tokens, int count)
    {
        (address, this.scope, this.tokens) = (new(portal, "/api/v1/deals"), scope, tokens);
        clients = [.. Enumerable.Range(0, count).Select(_ => HttpClients.New())];
    }

    /// <summary>Gets their tokens.</summary>
    public static async Task<RivalClients> NewAsync(Installation installation, (string, string) scope, int count, CancellationToken ct) =>
        new(installation.Portal, scope, [await HttpClients.TokenAsync(installation.Identity, ClientIds[0], ct), await HttpClients.TokenAsync(installation.Identity, ClientIds[1], ct)], count);

    /// <summary>One of them submits; answers the status, and what became of the deal or what was wrong.</summary>
    public async Task<(HttpStatusCode Status, string Outcome)> SubmitAsync(int rival, string customer, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new
            {
                customer = new { name = customer, countryCode = "CN" }, productLines = new[] { scope.Line }, territory = scope.Territory, amount = 1000 + rival, currency = "CNY",
                expectedClose = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(60), submit = true,
            })),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = tokens[rival % tokens.Length];
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await clients[rival].SendAsync(request, ct);
        using var body = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(ct), cancellationToken: ct);
        return (answer.StatusCode, answer.StatusCode == HttpStatusCode.Created
            ? $"{body.RootElement.GetProperty("status").GetString()} ({body.RootElement.GetProperty("verdict").GetProperty("conflict").GetString()})"
            : body.RootElement.GetProperty("title").GetString()!);
    }

    /// <inheritdoc/>
    public void Dispose() => clients.ForEach(client => client.Dispose());
}
