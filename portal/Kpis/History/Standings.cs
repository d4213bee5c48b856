using System.Collections.Concurrent;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>
/// Where one partner stands among all. To know a place all must be scored, which nobody but the brand may see: so the product scores them on its own behalf, keeps the result for some seconds, and gives out
/// nothing but points, place and number of the partner that is asked for. Whoever asks has made sure that this is the caller's own, or that the caller is the brand.
/// </summary>
public sealed class Standings(IServiceScopeFactory scopes)
{
    /// <summary>How many periods a trend shows.</summary>
    public const int Shown = 8;

    const int MostKept = 32;

    static readonly TimeSpan Kept = TimeSpan.FromSeconds(15);

    readonly ConcurrentDictionary<Period, (long At, Lazy<Task<IReadOnlyDictionary<long, IReadOnlyList<Standing>>>> All)> kept = new();

    /// <summary>The periods of a trend, the first to the last.</summary>
    public static IReadOnlyList<Period> Until(Period last) => Period.Until(last, Shown);

    /// <summary>A partner's last periods, the first to the last.</summary>
    /// <param name="partnerId">The partner: the caller's own, or any for the brand.</param>
    /// <param name="last">The last period.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<IReadOnlyList<Standing>> OfAsync(long partnerId, Period last, CancellationToken ct)
    {
        var now = Environment.TickCount64;
        if (kept.Count > MostKept)
        {
            kept.Clear();
        }

        var (_, all) = kept.AddOrUpdate(last, Fresh, (period, old) => now - old.At < Kept.TotalMilliseconds && !old.All.Value.IsFaulted ? old : Fresh(period));
        return (await all.Value.WaitAsync(ct)).GetValueOrDefault(partnerId) ?? [.. Until(last).Select(period => new Standing(period, null, null, 0))];

        (long, Lazy<Task<IReadOnlyDictionary<long, IReadOnlyList<Standing>>>>) Fresh(Period period) => (now, new(() => ReadAsync(period)));
    }

    /// <summary>Forgets what is kept.</summary>
    public void Forget() => kept.Clear();

    // Nobody's request ends it: others wait for the same answer.
    async Task<IReadOnlyDictionary<long, IReadOnlyList<Standing>>> ReadAsync(Period last)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("standings");
        var scored = (await scope.ServiceProvider.GetRequiredService<ScoreHistory>().ReadAsync(Until(last), null, [], CancellationToken.None)).Scored();
        var (periods, partners) = (scored.History.Periods, scored.History.Partners);
        return Enumerable.Range(0, partners.Count).ToDictionary(partner => partners[partner].PartnerId, IReadOnlyList<Standing> (partner) =>
            [.. periods.Select((period, place) => new Standing(period, scored[partner, place]?.Points, scored.Ranks(place)[partner], scored.CountIn(place)))]);
    }
}

/// <summary>A partner's place in a period.</summary>
/// <param name="Period">The period.</param>
/// <param name="Points">Its points; null where it was not scored.</param>
/// <param name="Rank">Its place, 1 the best; equals share it.</param>
/// <param name="Of">How many were scored.</param>
public sealed record Standing(Period Period, decimal? Points, int? Rank, int Of);
