using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Platform.Demo;

namespace Benchmarks.Stage;

/// <summary>A lean HTTP client: the load must cost as little as possible of the machine it measures.</summary>
static class HttpClients
{
    /// <summary>One connection that is kept, no cookies of its own, no redirects.</summary>
    public static HttpMessageInvoker New() => new(new SocketsHttpHandler
    {
        UseCookies = false, AllowAutoRedirect = false, UseProxy = false, MaxConnectionsPerServer = 1, ActivityHeadersPropagator = null, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
    });

    /// <summary>A token of an API client of the demo, from identity itself.</summary>
    public static async Task<AuthenticationHeaderValue> TokenAsync(Uri identity, string clientId, CancellationToken ct)
    {
        using var http = New();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(identity, "/connect/token"));
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{DemoAccounts.ApiClientSecret}")));
        request.Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "portal.api")]);
        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.StatusCode == HttpStatusCode.OK
            ? new("Bearer", JsonDocument.Parse(text).RootElement.GetProperty("access_token").GetString())
            : throw new CannotMeasureException($"identity gave {clientId} no token: {(int)answer.StatusCode} {text}");
    }
}
