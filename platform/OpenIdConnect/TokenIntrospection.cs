using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace Platform.OpenIdConnect;

/// <summary>As whom a service asks about the tokens it is shown.</summary>
/// <param name="Api">The audience of its tokens.</param>
/// <param name="Secret">The secret of that API at the provider; null where it does not ask.</param>
sealed record IntrospectionAccount(string Api, string? Secret);

/// <summary>
/// Asks the provider whether an access token still counts (RFC 7662). A signature proves who gave a token out and until when; that its client was disabled since,
/// its person shut out, its grant taken back, only the provider knows. An answer is kept half a second, and the provider has one to give it: what happens there bites
/// here within a second where it answers at once, and a busy program costs two questions a second. Where the provider refuses to answer us it is left alone for a while.
/// </summary>
sealed class TokenIntrospection(IHttpClientFactory clients, TimeProvider clock, IntrospectionAccount account, ILogger<TokenIntrospection> log) : IDisposable
{
    /// <summary>How long an answer counts, from when it was asked for.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMilliseconds(500);

    // Longer than it counts: whether it still does is looked at by the service's clock.
    static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // A provider counts wrong secrets, and would soon answer nothing else we ask from here either.
    static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(30);

    readonly Lock gate = new();
    DateTimeOffset refusedUntil = DateTimeOffset.MinValue;
    readonly MemoryCache answers = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>Whether the token counts at this moment. True where the service does not ask, or the provider has nowhere to ask.</summary>
    /// <param name="token">The token, whose signature and times are in order.</param>
    /// <param name="endpoint">The provider's introspection endpoint, as its metadata names it.</param>
    /// <param name="ct">Stops waiting; others who wait for the same answer go on.</param>
    /// <exception cref="ProviderAwayException">The provider does not answer, or not to us.</exception>
    public Task<bool> CountsAsync(string token, string? endpoint, CancellationToken ct)
    {
        if (account.Secret is null || string.IsNullOrEmpty(endpoint))
        {
            return Task.FromResult(true);
        }

        var key = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        Asked? asked;
        lock (gate)
        {
            if (clock.GetUtcNow() < refusedUntil)
            {
                throw new ProviderAwayException("The identity provider refused to answer about tokens a short while ago.", inner: null);
            }

            if (!answers.TryGetValue(key, out asked) || clock.GetUtcNow() - asked!.At >= Kept)
            {
                asked = new(AskAsync(token, endpoint, account.Secret), clock.GetUtcNow());
                answers.Set(key, asked, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
            }
        }

        return asked.Answer.WaitAsync(ct);
    }

    /// <inheritdoc/>
    public void Dispose() => answers.Dispose();

    async Task<bool> AskAsync(string token, string endpoint, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent([new("token", token), new("token_type_hint", "access_token")]) };
        // RFC 6749, 2.3.1: both are form-encoded first.
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(account.Api)}:{Uri.EscapeDataString(secret)}")));
        request.Headers.Accept.Add(new("application/json"));
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var http = clients.CreateClient(ProviderMetadata.HttpClientName);
            using var answer = await http.SendAsync(request, patience.Token);
            if (!answer.IsSuccessStatusCode)
            {
                lock (gate)
                {
                    refusedUntil = (int)answer.StatusCode < 500 ? clock.GetUtcNow() + PauseAfterRefusal : refusedUntil;
                }

                log.LogError("The identity provider answered {Status} when {Api} asked about a token; is its secret there the one that is set here?", (int)answer.StatusCode, account.Api);
                throw new ProviderAwayException($"The identity provider answered {(int)answer.StatusCode} when asked about a token.", inner: null);
            }

            using var told = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(patience.Token), cancellationToken: patience.Token);
            return told.RootElement.GetProperty("active").GetBoolean();
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException or IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ProviderAwayException("The identity provider cannot be asked about a token: " + away.Message, away);
        }
    }

    sealed record Asked(Task<bool> Answer, DateTimeOffset At);
}

/// <summary>The identity provider cannot be asked at this moment; whoever shows a token may come again.</summary>
public sealed class ProviderAwayException(string message, Exception? inner) : Exception(message, inner);
