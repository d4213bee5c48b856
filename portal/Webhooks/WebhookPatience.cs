using System.Security.Cryptography;

namespace Portal.Webhooks;

/// <summary>How often and when a delivery is tried again: as Standard Webhooks advises, about three days in all, each pause up to a fifth longer.</summary>
public static class WebhookPatience
{
    // Between the first attempt and the second, and so on.
    static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>How many attempts there are.</summary>
    public static int MostAttempts => Pauses.Length + 1;

    /// <summary>As long as an event has not been tried so often, the later ones of its record wait for it: half an hour or so.</summary>
    public const int AttemptsInOrder = 4;

    /// <summary>An endpoint none of whose deliveries arrived for so long is switched off.</summary>
    public static readonly TimeSpan UntilOff = TimeSpan.FromDays(3);

    /// <summary>How long what happens is still kept for an endpoint that was switched off, to be replayed.</summary>
    public static readonly TimeSpan CollectsAfterOff = TimeSpan.FromDays(30);

    /// <summary>The longest pause that a receiver may ask for.</summary>
    public static readonly TimeSpan LongestAsked = TimeSpan.FromHours(24);

    /// <summary>The pause after so many attempts, or null where it was the last.</summary>
    /// <param name="attempts">How many there were.</param>
    /// <param name="asked">What the receiver asked for (Retry-After); waited for at least, within a day.</param>
    public static TimeSpan? After(int attempts, TimeSpan? asked)
    {
        if (attempts >= MostAttempts)
        {
            return null;
        }

        var pause = Pauses[attempts - 1] * (1 + (RandomNumberGenerator.GetInt32(201) / 1000.0));
        return asked is { } wanted && wanted > pause ? (wanted < LongestAsked ? wanted : LongestAsked) : pause;
    }

    /// <summary>How long an endpoint that has failed so often in a row is left alone, whatever waits for it: 2, 4, 8 seconds and so on, at most five minutes.</summary>
    public static TimeSpan Rest(int failures) => TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(failures, 10)), 300));
}
