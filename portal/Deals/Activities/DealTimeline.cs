namespace Portal.Deals;

/// <summary>What happened on a deal, acts and activities in one order, the newest first.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Entries">What happened.</param>
/// <param name="MayRecord">The reader may record and correct activities.</param>
public sealed record DealTimeline(Deal Deal, IReadOnlyList<TimelineEntry> Entries, bool MayRecord)
{
    /// <summary>Puts both in one order; of one moment the act stands above.</summary>
    public static DealTimeline Of(Deal deal, IEnumerable<DealEvent> acts, IEnumerable<DealActivity> activities) => new(
        deal,
        [.. acts.Select(act => new TimelineEntry(act.HappenedAt, act, null)).Concat(activities.Select(activity => new TimelineEntry(activity.HappenedAt, null, activity))).OrderByDescending(entry => entry.At)],
        deal.Allows("record_activity"));
}

/// <summary>One of both.</summary>
/// <param name="At">When.</param>
/// <param name="Act">An act on the deal.</param>
/// <param name="Activity">Or something the claimant did.</param>
public sealed record TimelineEntry(DateTime At, DealEvent? Act, DealActivity? Activity);
