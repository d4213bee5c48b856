using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Benchmarks.Stage;

namespace Benchmarks.Claims;

/// <summary>Programs of two partners that register and submit deals through the API, each with a connection of its own: on customers that nobody has, or all on one.</summary>
sealed class RegisteringClients : IDisposable
{
    /// <summary>Numbers of customers from here on are in no database.</summary>
    public const int Unheard = 5_000_000;

    static readonly string[] ClientIds = ["demo-erp-huaxin", "demo-erp-eurodist"];

    readonly Uri address;
    readonly PublicNames names;
    readonly (string Line, string Territory) scope;
    readonly AuthenticationHeaderValue[] tokens;
    readonly List<HttpMessageInvoker> clients;
    int next = Unheard;

    RegisteringClients(Uri portal, PublicNames names, (string, string) scope, AuthenticationHeaderValue[] tokens, int count)
    {
        (address, this.names, this.scope, this.tokens) = (new(portal, "/api/v1/deals"), names, scope, tokens);
        clients = [.. Enumerable.Range(0, count).Select(_ => HttpClients.New())];
    }

    /// <summary>Gets their tokens.</summary>
    public static async Task<RegisteringClients> NewAsync(Installation installation, PublicNames names, (string, string) scope, int count, CancellationToken ct) =>
        new(installation.Portal, names, scope, [await HttpClients.TokenAsync(installation.Identity, ClientIds[0], ct), await HttpClients.TokenAsync(installation.Identity, ClientIds[1], ct)], count);

    /// <summary>One client registers one deal on a customer that nobody has.</summary>
    public async Task RegisterAsync(int client, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref next);
        var (status, outcome) = await SubmitAsync(client, string.Create(CultureInfo.InvariantCulture, $"{names.Name(number)}{number}"), 50000, ct);
        if (status != HttpStatusCode.Created)
        {
            throw new CannotMeasureException($"A registration was answered with {(int)status}: {outcome}");
        }
    }

    /// <summary>One client submits a deal on this customer; answers the status, and what became of the deal or what was wrong.</summary>
    public async Task<(HttpStatusCode Status, string Outcome)> SubmitAsync(int client, string customer, decimal amount, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new
            {
                customer = new { name = customer, countryCode = "CN" },
                productLines = new[] { scope.Line }, territory = scope.Territory, amount, currency = "CNY", expectedClose = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(60), submit = true,
            })),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = tokens[client % tokens.Length];
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await clients[client].SendAsync(request, ct);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(ct));
        return (answer.StatusCode, answer.StatusCode == HttpStatusCode.Created
            ? $"{body.RootElement.GetProperty("status").GetString()} ({body.RootElement.GetProperty("verdict").GetProperty("conflict").GetString()})"
            : body.RootElement.GetRawText());
    }

    /// <inheritdoc/>
    public void Dispose() => clients.ForEach(client => client.Dispose());
}
