using System.Text.Json;
using Identity.Clients;
using Identity.Token;
using Identity.Web;
using Platform.Audit;
using Platform.Database;
using Platform.GuardedHttp;
using Platform.Outbox;

namespace Identity.BackChannelLogout;

/// <summary>A client is to be told that a session has ended.</summary>
/// <param name="ClientId">Which client.</param>
/// <param name="Subject">Whose session.</param>
/// <param name="Sid">Which.</param>
sealed record EndedForClient(string ClientId, string Subject, string Sid)
{
    /// <summary>The kind of the outbox message; the database puts it in when a session goes (<c>clients_are_told_that_a_session_has_ended</c>).</summary>
    public const string Kind = "back_channel_logout";
}

/// <summary>
/// Tells one client that a session has ended (OpenID Connect Back-Channel Logout 1.0, 2.5). The token is made when it is sent. What the client cannot take now is
/// sent again, five times with growing pauses; what it refuses is not.
/// </summary>
sealed class TellClient(ClientStore clients, IssuedTokens tokens, GuardedFetch outside, IHttpClientFactory own, IdentitySettings settings, Db db, AuditTrail audit) : IOutboxReceiver
{
    /// <summary>The HTTP client for the portal, whose address the operator wrote down and not a stranger: it may stand in our own network.</summary>
    public const string PortalHttpClient = "portal-back-channel";

    public string Kind => EndedForClient.Kind;

    public int MostAttempts => 6;

    public bool IsSlow => true;

    public TimeSpan PauseAfter(int attempts) => TimeSpan.FromSeconds(5 * Math.Pow(3, attempts - 1));

    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var ended = payload.Deserialize<EndedForClient>(Outbox.Json)!;
        if (await clients.FindEnabledAsync(ended.ClientId, ct) is not { BackChannelLogoutUri: { } address } client)
        {
            return;
        }

        var status = await SendAsync(client, new(address), ended, ct);
        if (status is >= 200 and < 300)
        {
            return;
        }

        if (status >= 500)
        {
            throw new HttpRequestException($"{ended.ClientId} answered {status} to a logout token.");
        }

        await RecordAsync(ended, new { ended.Sid, status }, ct);
        throw new NotWorthRepeatingException($"{ended.ClientId} answered {status} to a logout token.");
    }

    // Nobody will try again: whoever wonders why that client was not told finds it in the audit.
    Task RecordAsync(EndedForClient ended, object details, CancellationToken ct) =>
        db.InTransactionAsync(() => audit.RecordAsync("back_channel_logout.refused", "client", ended.ClientId, null, details, ct), ct);

    async Task<int> SendAsync(Client client, Uri address, EndedForClient ended, CancellationToken ct)
    {
        var token = await tokens.WriteLogoutTokenAsync(client.ClientId, ended.Subject, client.BackChannelLogoutSessionRequired ? ended.Sid : null, ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent([new("logout_token", token)]) };
        if (client.TenantId is null && new Uri(settings.PortalUrl).IsBaseOf(address))
        {
            using var portal = own.CreateClient(PortalHttpClient);
            using var answer = await portal.SendAsync(request, ct);
            return (int)answer.StatusCode;
        }

        try
        {
            return (await outside.SendAsync(request, ct)).Status;
        }
        catch (FetchRefusedException refused) when (refused.Reason is FetchFailure.NotHttps or FetchFailure.NotPublic or FetchFailure.Redirects)
        {
            await RecordAsync(ended, new { ended.Sid, reason = refused.Reason.ToString() }, ct);
            throw new NotWorthRepeatingException(refused.Message);
        }
    }
}

/// <summary>Makes back-channel logout known to the service.</summary>
static class BackChannelLogoutSetup
{
    public static IServiceCollection AddBackChannelLogout(this IServiceCollection services)
    {
        services.AddScoped<IOutboxReceiver, TellClient>();
        services.AddHttpClient(TellClient.PortalHttpClient, client => client.Timeout = GuardedFetch.Patience)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
            .RemoveAllLoggers();
        return services;
    }
}
