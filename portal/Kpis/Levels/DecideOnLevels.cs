using Platform.Audit;
using Platform.Database;
using Portal.Notifications;
using Portal.Partners;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>A person confirms or rejects what a review proposes, one or many at once, all of them or none. A confirmed level changes on its day: today in the same transaction, later by <see cref="ApplyLevels"/>.</summary>
public sealed class DecideOnLevels(Db db, LevelStore levels, ChangeLevels changeLevels, BrandCalendar calendar, AuditTrail audit, Notifier notifier, TimeProvider clock)
{
    /// <summary>Confirms.</summary>
    /// <param name="numbers">The proposals.</param>
    /// <param name="effectiveOn">The first day of the new level: today or within a year; null is today.</param>
    /// <param name="reason">What is said with it; may be nothing.</param>
    /// <param name="by">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<LevelsDecided> ConfirmAsync(IReadOnlyCollection<string> numbers, DateOnly? effectiveOn, string? reason, string by, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var today = (await calendar.TodayAsync(ct)).Today;
        var day = effectiveOn ?? today;
        if (day < today || day > today.AddYears(1))
        {
            return new LevelsDecided.Refused("effective_on", "kpis.refused.effective_on");
        }

        if (reason?.Trim().Length > 500)
        {
            return new LevelsDecided.Refused("reason", "kpis.refused.reason_too_long");
        }

        var (open, refused) = await OpenAsync(numbers, ct);
        if (refused is not null)
        {
            return refused;
        }

        if (open.Find(proposal => proposal.LevelNow != proposal.FromLevel) is { } changed)
        {
            return new LevelsDecided.ChangedMeanwhile(changed.PartnerName);
        }

        var now = clock.GetUtcNow().UtcDateTime;
        await levels.DecideAsync(numbers, "confirmed", day, Typed.Trimmed(reason), by, now, ct);
        if (day <= today)
        {
            await TakeEffectAsync(open, day, now, ct);
        }

        await audit.RecordAsync([.. open.Select(proposal => new AuditAct("kpi.level-confirmed", "level_proposal", proposal.Number, [proposal.PartnerId],
            new { partner = proposal.PartnerNumber, from = proposal.FromLevel, to = proposal.ToLevel, proposal.Score, day }))], ct);
        foreach (var same in open.GroupBy(proposal => (proposal.ToLevel, proposal.IsPromotion)))
        {
            await notifier.TellAsync(same.Select(proposal => Recipients.Of(proposal.PartnerId, "partner_admin", "sales")).Aggregate((one, other) => one + other),
                same.Key.IsPromotion ? "kpis.told.promoted" : "kpis.told.demoted", [new TextKey("kpis.level." + same.Key.ToLevel), day], "/kpis/level", ct);
        }

        return (LevelsDecided)new LevelsDecided.Done(open.Count);
    }, ct);

    /// <summary>Rejects, with a reason; the partners keep their levels and are not told.</summary>
    /// <param name="numbers">The proposals.</param>
    /// <param name="reason">Why.</param>
    /// <param name="by">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<LevelsDecided> RejectAsync(IReadOnlyCollection<string> numbers, string? reason, string by, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Trim().Length > 500)
        {
            return new LevelsDecided.Refused("reason", "kpis.refused.reason");
        }

        var (open, refused) = await OpenAsync(numbers, ct);
        if (refused is not null)
        {
            return refused;
        }

        await levels.DecideAsync(numbers, "rejected", null, reason.Trim(), by, clock.GetUtcNow().UtcDateTime, ct);
        // What was considered and not done is the brand's own record: no partner reads it.
        await audit.RecordAsync([.. open.Select(proposal => new AuditAct("kpi.level-rejected", "level_proposal", proposal.Number, [],
            new { partner = proposal.PartnerNumber, from = proposal.FromLevel, to = proposal.ToLevel, proposal.Score, reason = reason.Trim() }))], ct);
        return (LevelsDecided)new LevelsDecided.Done(open.Count);
    }, ct);

    /// <summary>Lets all take effect whose day has come; answers how many.</summary>
    public Task<int> ApplyDueAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var due = await levels.LockDueAsync((await calendar.TodayAsync(ct)).Today, ct);
        foreach (var sameDay in due.GroupBy(proposal => proposal.EffectiveOn!.Value))
        {
            await TakeEffectAsync([.. sameDay], sameDay.Key, clock.GetUtcNow().UtcDateTime, ct);
        }

        return due.Count;
    }, ct);

    async Task TakeEffectAsync(IReadOnlyCollection<LevelProposal> proposals, DateOnly day, DateTime now, CancellationToken ct)
    {
        var changed = await changeLevels.RunAsync([.. proposals.Select(proposal => new LevelChange(proposal.PartnerId, proposal.FromLevel, proposal.ToLevel))], day, "level review", ct);
        var lapsed = proposals.Where(proposal => !changed.Contains(proposal.PartnerId)).ToList();
        await levels.SettleAsync([.. proposals.Except(lapsed).Select(proposal => proposal.Number)], [.. lapsed.Select(proposal => proposal.Number)], now, ct);
        await audit.RecordAsync([.. lapsed.Select(proposal => new AuditAct("kpi.level-lapsed", "level_proposal", proposal.Number, [], new { partner = proposal.PartnerNumber, from = proposal.FromLevel, now = proposal.LevelNow }))], ct);
    }

    async Task<(List<LevelProposal> Open, LevelsDecided? Refused)> OpenAsync(IReadOnlyCollection<string> numbers, CancellationToken ct)
    {
        var asked = numbers.Distinct(StringComparer.Ordinal).ToList();
        if (asked.Count == 0)
        {
            return ([], new LevelsDecided.Refused("proposals", "kpis.refused.nothing_chosen"));
        }

        var found = await levels.LockAsync(asked, ct);
        return found.Count < asked.Count ? ([], new LevelsDecided.Unknown())
            : found.Find(proposal => proposal.Status != "open") is { } decided ? ([], new LevelsDecided.ChangedMeanwhile(decided.PartnerName))
            : (found, null);
    }
}

/// <summary>What became of a decision on levels.</summary>
public abstract record LevelsDecided
{
    /// <summary>All of it is done.</summary>
    public sealed record Done(int Count) : LevelsDecided;

    /// <summary>One of the proposals is not there; nothing is done.</summary>
    public sealed record Unknown : LevelsDecided;

    /// <summary>One of them was decided meanwhile, or its partner has another level by now; nothing is done.</summary>
    /// <param name="Partner">That partner's name.</param>
    public sealed record ChangedMeanwhile(string Partner) : LevelsDecided;

    /// <summary>It was refused because of one field; nothing is done.</summary>
    public sealed record Refused(string Field, string TextKey) : LevelsDecided;
}
