namespace Portal.Stock;

/// <summary>
/// What there will be of a product day by day: what is free now, and what comes and is promised on later days. A question with an answer, from what it is given.
/// <c>Projected</c> is free now + what comes by then - what is promised by then; <c>Promisable</c> (AvailableToPromise, 可承诺量) the least of that from the day on, so that who
/// promises it breaks no promise of a later day.
/// </summary>
public sealed class Outlook
{
    readonly SortedDictionary<DateOnly, long> changes = [];

    /// <summary>Begins with what is free.</summary>
    /// <param name="today">The first day.</param>
    /// <param name="free">On hand and not reserved, today.</param>
    /// <param name="events">What comes (more than 0) and is promised (less); of days gone by counts today.</param>
    public Outlook(DateOnly today, long free, IEnumerable<(DateOnly Day, long Quantity)> events)
    {
        Today = today;
        changes[today] = free;
        foreach (var (day, quantity) in events)
        {
            var on = day < today ? today : day;
            changes[on] = changes.GetValueOrDefault(on) + quantity;
        }
    }

    /// <summary>The first day.</summary>
    public DateOnly Today { get; }

    /// <summary>What there will be at the end of a day.</summary>
    public long Projected(DateOnly day) => changes.Where(change => change.Key <= day).Sum(change => change.Value);

    /// <summary>What can be promised for a day without breaking a promise of a later one; never less than nothing.</summary>
    public long Promisable(DateOnly day) => Math.Max(0, changes.Keys.Where(later => later > day).Select(Projected).Append(Projected(day)).Min());

    /// <summary>The first day on which so much can be promised; null where it is not in sight.</summary>
    public DateOnly? EarliestFor(long quantity) => changes.Keys.Where(day => Promisable(day) >= quantity).Select(day => (DateOnly?)day).FirstOrDefault();

    /// <summary>The first day on which more is promised than is there; null where there is none.</summary>
    public DateOnly? ShortFrom => changes.Keys.Where(day => Projected(day) < 0).Select(day => (DateOnly?)day).FirstOrDefault();
}
