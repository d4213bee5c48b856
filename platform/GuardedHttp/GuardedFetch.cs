using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Platform.GuardedHttp;

/// <summary>Why something was not fetched.</summary>
public enum FetchFailure
{
    /// <summary>The address is not https, or has a user in it.</summary>
    NotHttps,

    /// <summary>There is no such host.</summary>
    UnknownName,

    /// <summary>The host is inside our own network.</summary>
    NotPublic,

    /// <summary>Nobody answers there.</summary>
    Unreachable,

    /// <summary>Its certificate is not one we trust.</summary>
    Untrusted,

    /// <summary>It sends us somewhere else.</summary>
    Redirects,

    /// <summary>The answer did not come in time.</summary>
    TooSlow,

    /// <summary>The answer is larger than anything sensible.</summary>
    TooLarge,
}

/// <summary>Something was not fetched.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">For the log; the address without its query.</param>
/// <param name="cause">What was thrown, if anything.</param>
public sealed class FetchRefusedException(FetchFailure reason, string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>Why.</summary>
    public FetchFailure Reason { get; } = reason;
}

/// <summary>An answer, whole.</summary>
/// <param name="Status">Its status; never 3xx.</param>
/// <param name="MediaType">Of its body, in small letters.</param>
/// <param name="Body">At most what was allowed.</param>
public sealed record GuardedAnswer(int Status, string? MediaType, byte[] Body)
{
    /// <summary>Whether it is 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>Who may be asked by <see cref="GuardedFetch"/>.</summary>
/// <param name="AllowThisMachine">Also this machine, and it without https: for development and tests.</param>
public sealed record GuardedFetchOptions(bool AllowThisMachine);

/// <summary>
/// Speaks with servers whose address a stranger wrote down: https to public addresses only, no redirects, answers that are small and
/// come soon. The address is judged when the connection is made, so a name that changes its mind gains nothing.
/// </summary>
/// <param name="clients">Gives the client named <see cref="HttpClientName"/>.</param>
/// <param name="options">The exception for development.</param>
/// <param name="clock">What patience is measured by.</param>
public sealed class GuardedFetch(IHttpClientFactory clients, GuardedFetchOptions options, TimeProvider clock)
{
    /// <summary>The HTTP client underneath; tests put their own handler under this name.</summary>
    public const string HttpClientName = "guarded";

    /// <summary>The largest answer.</summary>
    public const int LargestAnswer = 512 * 1024;

    /// <summary>How long all of it may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Sends a request and reads the answer.</summary>
    /// <exception cref="FetchRefusedException">The address may not be asked, or does not answer as it should.</exception>
    public async Task<GuardedAnswer> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var address = request.RequestUri;
        if (address is not { IsAbsoluteUri: true } || !MayAsk(address))
        {
            throw new FetchRefusedException(FetchFailure.NotHttps, $"{Name(address)} is not an https address.");
        }

        using var deadline = new Deadline(Patience, clock, ct);
        try
        {
            using var client = clients.CreateClient(HttpClientName);
            client.Timeout = Timeout.InfiniteTimeSpan;
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return (int)response.StatusCode is >= 300 and < 400
                ? throw new FetchRefusedException(FetchFailure.Redirects, $"{Name(address)} sends us elsewhere ({(int)response.StatusCode}).")
                : new((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant(), await ReadAsync(response, address, deadline.Token));
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw new FetchRefusedException(FetchFailure.TooSlow, $"{Name(address)} did not answer within {Patience.TotalSeconds} seconds.", late);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException and not FetchRefusedException)
        {
            throw Causes(failure).OfType<FetchRefusedException>().FirstOrDefault() ?? new FetchRefusedException(Understand(failure), $"{Name(address)} cannot be asked: {failure.GetBaseException().Message}", failure);
        }
    }

    bool MayAsk(Uri address) => address.UserInfo.Length == 0 && (address.Scheme is "https" || (address.Scheme is "http" && options.AllowThisMachine && address.IsLoopback));

    static async Task<byte[]> ReadAsync(HttpResponseMessage response, Uri address, CancellationToken ct)
    {
        using var kept = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var part = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(part, ct)) > 0;)
        {
            if (kept.Length + read > LargestAnswer)
            {
                throw new FetchRefusedException(FetchFailure.TooLarge, $"{Name(address)} answers with more than {LargestAnswer / 1024} KB.");
            }

            await kept.WriteAsync(part.AsMemory(0, read), ct);
        }

        return kept.ToArray();
    }

    static FetchFailure Understand(Exception failure)
    {
        var causes = Causes(failure).ToList();
        return causes.OfType<AuthenticationException>().Any() ? FetchFailure.Untrusted
            : causes.OfType<SocketException>().Any(socket => socket.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain) ? FetchFailure.UnknownName
            : FetchFailure.Unreachable;
    }

    static IEnumerable<Exception> Causes(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    static string Name(Uri? address) => address is { IsAbsoluteUri: true } ? address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "The address";
}

/// <summary>Makes <see cref="GuardedFetch"/> known to a service.</summary>
public static class GuardedFetchSetup
{
    /// <summary>Adds it. <c>Outbound:AllowThisMachine</c> lets it speak with this machine too, but never in Production.</summary>
    public static IServiceCollection AddGuardedFetch(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        var options = new GuardedFetchOptions(!environment.IsProduction() && configuration.GetValue("Outbound:AllowThisMachine", false));
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GuardedFetch>();
        // The factory's own lines would hold whole addresses.
        services.AddHttpClient(GuardedFetch.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => GuardedHandler.Create(address => PublicAddress.Is(address) || (options.AllowThisMachine && IPAddress.IsLoopback(address)))).RemoveAllLoggers();
        return services;
    }
}
