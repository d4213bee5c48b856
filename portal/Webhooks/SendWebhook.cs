using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Platform.GuardedHttp;

namespace Portal.Webhooks;

/// <summary>Sends one delivery, signed as the Standard Webhooks specification says, and tells what came of it. Nothing that a receiver does is an error of ours.</summary>
public sealed class SendWebhook(IHttpClientFactory clients, WebhookSecrets secrets, TimeProvider clock)
{
    /// <summary>The HTTP client underneath.</summary>
    public const string HttpClientName = "webhooks";

    /// <summary>The one for the brand's endpoints: a client of its own, so that no other company's request goes over a connection that was opened for the brand.</summary>
    public const string HttpClientNameOfBrand = "webhooks-of-the-brand";

    /// <summary>How long a receiver may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // So much of an answer is read and kept.
    const int KeptBytes = 2048;

    /// <summary>Sends it.</summary>
    public async Task<WebhookAnswer> RunAsync(DueWebhook due, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        using var deadline = new Deadline(Patience, clock, ct);
        var written = "";
        try
        {
            using var request = Request(due, now);
            written = Written(request);
            using var client = clients.CreateClient(due.IsBrand ? HttpClientNameOfBrand : HttpClientName);
            client.Timeout = Timeout.InfiniteTimeSpan;
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var status = (int)response.StatusCode;
            return new(now, Milliseconds(started), written, status, status is >= 300 and < 400 ? WebhookErrors.Redirect : null)
            {
                Response = Written(response) + await BodyAsync(response, deadline.Token),
                RetryAfter = Asked(response.Headers.RetryAfter, now),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(now, Milliseconds(started), written, null, WebhookErrors.Timeout);
        }
        catch (CryptographicException)
        {
            return new(now, Milliseconds(started), written, null, WebhookErrors.Secret);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new(now, Milliseconds(started), written, null, Understand(failure));
        }
    }

    HttpRequestMessage Request(DueWebhook due, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, due.Url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(due.Body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        request.Headers.UserAgent.ParseAdd("PartnerPortal-Webhooks/1");
        request.Headers.Add("webhook-id", due.EventNumber);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", secrets.Sign(due.SecretsAt(now.UtcDateTime), due.EventNumber, timestamp, due.Body));
        return request;
    }

    static string Written(HttpRequestMessage request) => Cut($"POST {request.RequestUri}\n" + string.Concat(request.Headers.Concat(request.Content!.Headers).Select(header => $"{header.Key}: {string.Join(", ", header.Value)}\n")), 4000);

    static string Written(HttpResponseMessage response) => Cut(string.Concat(response.Content.Headers.Where(header => header.Key is "Content-Type" or "Content-Length").Concat(response.Headers.Where(header => header.Key is "Retry-After" or "Location"))
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}\n")), 1500);

    // The answer counts by its status; of its words no more is read than is kept, and a body that breaks off or never ends changes nothing.
    static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var kept = new byte[KeptBytes];
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            for (int read; length < kept.Length && (read = await body.ReadAsync(kept.AsMemory(length), ct)) > 0;)
            {
                length += read;
            }
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
        {
        }

        return length == 0 ? "" : "\n" + string.Concat(Encoding.UTF8.GetString(kept, 0, length).Where(character => !char.IsControl(character) || character is '\n'));
    }

    static TimeSpan? Asked(RetryConditionHeaderValue? header, DateTimeOffset now) => header?.Delta ?? (header?.Date is { } date ? date - now : null);

    static string Understand(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case FetchRefusedException: return WebhookErrors.NotPublic;
                case AuthenticationException: return WebhookErrors.Untrusted;
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }: return WebhookErrors.UnknownHost;
            }
        }

        return WebhookErrors.Unreachable;
    }

    static int Milliseconds(long started) => (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds;

    static string Cut(string text, int length) => text.Length > length ? text[..length] : text;
}

/// <summary>Why a delivery did not arrive, where the receiver did not say so itself.</summary>
public static class WebhookErrors
{
    /// <summary>No answer in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>The address leads into a network that is not sent to.</summary>
    public const string NotPublic = "not_public";

    /// <summary>The certificate is not one we trust.</summary>
    public const string Untrusted = "untrusted";

    /// <summary>There is no such host.</summary>
    public const string UnknownHost = "unknown_host";

    /// <summary>Nobody answers there, or the connection broke.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The receiver sends us elsewhere; redirects are not followed.</summary>
    public const string Redirect = "redirect";

    /// <summary>The secret can no longer be read; a new one mends it.</summary>
    public const string Secret = "secret";
}

/// <summary>What came of an attempt.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Request">What was sent, without the body.</param>
/// <param name="Status">The receiver's status; null where there was no answer.</param>
/// <param name="Error">One of <see cref="WebhookErrors"/>, or null.</param>
public sealed record WebhookAnswer(DateTimeOffset At, int Milliseconds, string Request, int? Status, string? Error)
{
    /// <summary>What came back, cut short.</summary>
    public string? Response { get; init; }

    /// <summary>How long the receiver asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>It arrived.</summary>
    public bool IsDelivered => Status is >= 200 and < 300;

    /// <summary>The receiver says that it is there no longer.</summary>
    public bool IsGone => Status is 410;
}
