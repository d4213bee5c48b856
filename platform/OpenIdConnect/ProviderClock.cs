using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.OpenIdConnect;

/// <summary>
/// Compares this service's clock with the provider's by the Date of its answers. Signatures of time would fail in odd ways when
/// the two are apart; here it is said once, in one line.
/// </summary>
sealed class ProviderClock(TimeProvider clock, ILogger<ProviderClock> logger)
{
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    int apart;

    /// <summary>True while the last answer was too far from the own clock.</summary>
    public bool IsApart => apart == 1;

    /// <summary>What was said when they were last found apart.</summary>
    public string Complaint { get; private set; } = "";

    public void Compare(HttpResponseMessage answer)
    {
        if (answer.Headers.Date is not { } theirs)
        {
            return;
        }

        // The Date has whole seconds, and the answer was on its way.
        var difference = theirs - clock.GetUtcNow();
        var isApart = difference.Duration() > Tolerance + TimeSpan.FromSeconds(1) ? 1 : 0;
        if (Interlocked.Exchange(ref apart, isApart) != isApart && isApart == 1)
        {
            var (provider, seconds, direction) = (answer.RequestMessage?.RequestUri?.Authority, difference.Duration().TotalSeconds, difference > TimeSpan.Zero ? "ahead of" : "behind");
            Complaint = string.Create(CultureInfo.InvariantCulture, $"The clock of {provider} is {seconds:0} seconds {direction} this service's; sign-ins fail beyond {Tolerance.TotalSeconds:0}. Let both machines take their time from the same server (NTP) and start again.");
            logger.LogCritical(
                "The clock of {Provider} is {Seconds:0} seconds {Direction} this service's; sign-ins fail beyond {Tolerance:0}. Let both machines take their time from the same server (NTP) and start again.",
                provider, seconds, direction, Tolerance.TotalSeconds);
        }
    }
}

/// <summary>Looks at the clock of every answer of a provider.</summary>
sealed class ProviderClockHandler(ProviderClock clock) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        clock.Compare(answer);
        return answer;
    }
}

/// <summary>
/// Compares the clocks at start: as soon as the provider answers, a skew ends the service with exit code 1. A provider that is
/// not up yet is waited for in the background, for it may be started at the same moment.
/// </summary>
sealed class ProviderClockCheck(string authority, ProviderMetadata metadata, ProviderClock clock, IHostApplicationLifetime lifetime) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && !await AnswersAsync(stoppingToken))
        {
            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (clock.IsApart)
        {
            await Console.Error.WriteLineAsync(clock.Complaint); // where whoever started it looks; the log may go elsewhere
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            await metadata.Of(authority).GetConfigurationAsync(ct);
            return true;
        }
        catch (Exception notYet) when (notYet is InvalidOperationException or HttpRequestException or OperationCanceledException or IOException)
        {
            return clock.IsApart;
        }
    }
}
