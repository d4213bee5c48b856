namespace Portal.Deals;

/// <summary>A registration as it really was.</summary>
public sealed class Registration
{
    /// <summary>The key; settles the order of what happened at the same moment.</summary>
    public long DealId { get; init; }

    /// <summary>The deal.</summary>
    public string Number { get; init; } = "";

    /// <summary>Its customer.</summary>
    public string CustomerName { get; init; } = "";

    /// <summary>Its partner.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The partner's key.</summary>
    public long PartnerId { get; init; }

    /// <summary>Its level.</summary>
    public string Level { get; init; } = "";

    /// <summary>The company.</summary>
    public long ClusterId { get; init; }

    /// <summary>The territory.</summary>
    public long TerritoryId { get; init; }

    /// <summary>The codes of the product lines.</summary>
    public string[] Lines { get; init; } = [];

    /// <summary>What it is worth in the brand's currency, where that is known.</summary>
    public decimal? Amount { get; init; }

    /// <summary>When it was submitted, or tried to be.</summary>
    public DateTime SubmittedAt { get; init; }

    /// <summary>When the brand approved it, or otherwise decided; null where it never came to that.</summary>
    public DateTime? DecidedAt { get; init; }

    /// <summary>It was decided against for reasons that no policy changes: rejected, or withdrawn before the decision.</summary>
    public bool WasRefused { get; init; }

    /// <summary>It still waits for its decision.</summary>
    public bool Waits { get; init; }

    /// <summary>When it was won, lost or withdrawn after its approval.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>Days by which its protection was lengthened.</summary>
    public int ExtendedDays { get; init; }

    /// <summary>Meetings, visits, quotes and orders, in their order.</summary>
    public DateTime[] AliveAt { get; init; } = [];
}

/// <summary>A deal of the past that was won, lost or expired, for win rates.</summary>
/// <param name="PartnerId">The partner.</param>
/// <param name="ClosedAt">When.</param>
/// <param name="Won">It was won.</param>
public sealed record Closing(long PartnerId, DateTime ClosedAt, bool Won);

/// <summary>What becomes of a registration.</summary>
public enum Fate
{
    /// <summary>It was decided against, or waits, whatever the policy.</summary>
    Unchanged,

    /// <summary>Its partner had no room for it.</summary>
    NoRoom,

    /// <summary>Another claim stood in its way.</summary>
    Taken,

    /// <summary>It was protected.</summary>
    Protected,
}

/// <summary>A registration with what becomes of it.</summary>
/// <param name="Registration">The registration.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="ProtectedUntil">When its protection ends.</param>
/// <param name="IsReleased">It is released because nothing was done for it.</param>
public sealed record Fortune(Registration Registration, Fate Fate, DateTime? ProtectedUntil, bool IsReleased);

/// <summary>
/// The rules of claims played through once more, in one pass over time and without a database: who has room, who finds the customer taken, how long each protection lasts.
/// The same registrations and policies give the same answer, always. What people decided stays as they decided it; win rates are those that really were.
/// </summary>
public sealed class Replay(IReadOnlyList<Registration> registrations, IReadOnlyList<Closing> closings, IReadOnlyList<PolicyVersion> policies, TimeZoneInfo zone)
{
    readonly Dictionary<(long Cluster, string Line, long Territory), (DateTime Until, long DealId)> taken = [];
    readonly Dictionary<long, List<(DateTime Until, long DealId)>> held = [];
    readonly Dictionary<long, HashSet<long>> pending = [];
    readonly ILookup<long, Closing> closingsOf = closings.OrderBy(closing => closing.ClosedAt).ToLookup(closing => closing.PartnerId);

    // Decided as fast as the others were: the median of those that came to a decision.
    readonly TimeSpan usualTime = Median([.. registrations.Where(one => one.DecidedAt is not null).Select(one => one.DecidedAt!.Value - one.SubmittedAt)]);

    /// <summary>Plays it through.</summary>
    /// <param name="progress">Is told the share that is done.</param>
    public IReadOnlyList<Fortune> Run(Action<decimal>? progress = null)
    {
        var fates = new Dictionary<long, Fortune>(registrations.Count);
        var events = registrations.SelectMany(one => new[] { (At: one.SubmittedAt, IsDecision: false, One: one), (At: Decided(one), IsDecision: true, One: one) })
            .OrderBy(step => step.At).ThenBy(step => step.IsDecision).ThenBy(step => step.One.DealId).ToList();
        for (var at = 0; at < events.Count; at++)
        {
            var (moment, isDecision, one) = events[at];
            if (!isDecision)
            {
                fates[one.DealId] = Submit(one, moment);
            }
            else if (fates[one.DealId].Fate is Fate.Unchanged && pending.TryGetValue(one.PartnerId, out var waiting) && waiting.Contains(one.DealId) && !one.Waits)
            {
                waiting.Remove(one.DealId);
                fates[one.DealId] = Decide(one, moment);
            }

            if (progress is not null && at % 512 == 511)
            {
                progress((decimal)at / events.Count);
            }
        }

        return [.. registrations.Select(one => fates[one.DealId])];
    }

    /// <summary>The version of a policy that holds, chosen as the database does: of each case the newest whose day has come; of those that have not lapsed the most specific.</summary>
    public static PolicyVersion Choose(IEnumerable<PolicyVersion> policies, string level, IReadOnlyCollection<string> lines, decimal? amount, DateOnly day) => policies
        .Where(policy => policy.EffectiveFrom <= day && (policy.PartnerLevel is null || policy.PartnerLevel == level) && (policy.ProductLine is null || lines.Contains(policy.ProductLine))
                         && (policy.AmountFrom is null || amount >= policy.AmountFrom) && (policy.AmountUntil is null || amount < policy.AmountUntil))
        .GroupBy(policy => (policy.PartnerLevel, policy.ProductLine, policy.AmountFrom, policy.AmountUntil))
        .Select(versions => versions.MaxBy(policy => policy.EffectiveFrom)!)
        .Where(policy => !policy.Lapses)
        .OrderByDescending(policy => (policy.ProductLine is null ? 0 : 1) + (policy.PartnerLevel is null ? 0 : 1) + (policy.AmountFrom is null && policy.AmountUntil is null ? 0 : 1))
        .ThenByDescending(policy => policy.EffectiveFrom).ThenBy(policy => policy.ProductLine is null).ThenBy(policy => policy.ProductLine, StringComparer.Ordinal)
        .ThenByDescending(policy => policy.AmountFrom ?? -1).ThenByDescending(policy => policy.ProtectionPolicyId)
        .First();

    Fortune Submit(Registration one, DateTime at)
    {
        if (IsTaken(one, at))
        {
            return new(one, Fate.Taken, null, false);
        }

        if (Capacity(one, at) is { } most && Open(one.PartnerId, at) >= most)
        {
            return new(one, Fate.NoRoom, null, false);
        }

        (pending.TryGetValue(one.PartnerId, out var waiting) ? waiting : pending[one.PartnerId] = []).Add(one.DealId);
        return new(one, Fate.Unchanged, null, false);
    }

    Fortune Decide(Registration one, DateTime at)
    {
        if (one.WasRefused)
        {
            return new(one, Fate.Unchanged, null, false);
        }

        if (IsTaken(one, at))
        {
            return new(one, Fate.Taken, null, false);
        }

        var (until, isReleased) = End(one, at);
        foreach (var line in one.Lines)
        {
            taken[(one.ClusterId, line, one.TerritoryId)] = (until, one.DealId);
        }

        (held.TryGetValue(one.PartnerId, out var claims) ? claims : held[one.PartnerId] = []).Add((until, one.DealId));
        return new(one, Fate.Protected, until, isReleased);
    }

    bool IsTaken(Registration one, DateTime at) =>
        one.Lines.Any(line => taken.TryGetValue((one.ClusterId, line, one.TerritoryId), out var claim) && claim.Until > at && claim.DealId != one.DealId);

    int Open(long partner, DateTime at)
    {
        if (held.TryGetValue(partner, out var claims))
        {
            claims.RemoveAll(claim => claim.Until <= at);
        }

        return (claims?.Count ?? 0) + (pending.TryGetValue(partner, out var waiting) ? waiting.Count : 0);
    }

    // Protected as long as the version says, what was granted besides included; ended before by what really ended it, or because nothing was done.
    (DateTime Until, bool IsReleased) End(Registration one, DateTime from)
    {
        var policy = Choose(policies, one.Level, one.Lines, one.Amount, Day(from));
        var until = Midnight(Day(from).AddDays(policy.ProtectionDays + 1 + one.ExtendedDays));
        if (one.EndedAt < until && one.EndedAt > from)
        {
            until = one.EndedAt.Value;
        }

        if (policy.StaleDays is not { } days)
        {
            return (until, false);
        }

        var last = from;
        foreach (var alive in one.AliveAt.Where(alive => alive > from).Append(DateTime.MaxValue))
        {
            var release = Midnight(Day(last).AddDays(days + 1 + policy.StaleWarningDays + 1));
            if (alive > release)
            {
                return release < until ? (release, true) : (until, false);
            }

            last = alive;
        }

        return (until, false);
    }

    int? Capacity(Registration one, DateTime at)
    {
        var policy = Choose(policies, one.Level, [], null, Day(at));
        if (policy.Capacity is not { } most)
        {
            return null;
        }

        var since = Midnight(Day(at).AddMonths(-policy.CapacityMonths));
        var counted = closingsOf[one.PartnerId].Where(closing => closing.ClosedAt >= since && closing.ClosedAt <= at).ToList();
        var won = counted.Count(closing => closing.Won);
        var factor = counted.Count < policy.CapacityDecided ? 1
            : policy.CapacityRates.Zip(policy.CapacityFactors).Where(step => won >= step.First * counted.Count).Select(step => (decimal?)step.Second).LastOrDefault() ?? 1;
        return (int)Math.Min(Math.Max(Math.Floor(most * factor), policy.CapacityFloor ?? 1), policy.CapacityCeiling ?? 1_000_000);
    }

    DateTime Decided(Registration one) => one.DecidedAt ?? one.SubmittedAt + usualTime;

    DateOnly Day(DateTime at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(at, DateTimeKind.Utc), zone));

    DateTime Midnight(DateOnly day) => Web.Display.Formats.InUtc(day.ToDateTime(TimeOnly.MinValue), zone);

    static TimeSpan Median(List<TimeSpan> times)
    {
        times.Sort();
        return times.Count == 0 ? TimeSpan.FromDays(1) : times[times.Count / 2];
    }
}
