using Platform.Audit;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>Holds every partner's rolling score against the rules for levels and proposes promotions and demotions. Nothing changes until a person confirms; run again, a review only brings up to date what is still open.</summary>
public sealed class ReviewLevels(Db db, LevelStore levels, ScoreHistory history, BrandCalendar calendar, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Runs the review with the periods that end with one.</summary>
    /// <param name="lastPeriod">The last period of the window; it is over, and of the rules' kind.</param>
    /// <param name="by">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<LevelsReviewed> RunAsync(string? lastPeriod, string by, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await levels.HoldAsync(ct);
        if (Period.Parse(lastPeriod) is not { } last)
        {
            return new LevelsReviewed.Refused("kpis.refused.period");
        }

        if (await levels.RulesAsync(last.End.AddDays(-1), ct) is not { } rules)
        {
            return new LevelsReviewed.Refused("kpis.refused.no_level_rules");
        }

        if (await RefusedAsync(last, rules, ct) is { } refused)
        {
            return refused;
        }

        var scored = (await history.ReadAsync(rules.Window(last), null, [], ct)).Scored();
        var now = clock.GetUtcNow().UtcDateTime;
        var number = await levels.PutReviewAsync(PublicNumber.New("LV"), rules.LevelRulesId, last, scored.CountIn(scored.History.Periods.Count - 1), by, now, ct);
        var added = await levels.ProposeAsync(number, [.. Steps(scored, rules)], now, ct);
        await audit.RecordAsync("kpi.levels-reviewed", "level_review", number, null, new { period = last.ToString(), rules = rules.Number, added }, ct);
        return (LevelsReviewed)new LevelsReviewed.Done(number, added);
    }, ct);

    static IEnumerable<NewLevelProposal> Steps(ScoredHistory scored, LevelRules rules)
    {
        var (partners, last) = (scored.History.Partners, scored.History.Periods.Count - 1);
        for (var index = 0; index < partners.Count; index++)
        {
            if (scored.Rolling(index, last, rules.WindowPeriods) is { } rolling && rules.From(partners[index].PartnerLevel, rolling) is { } step)
            {
                yield return new(
                    PublicNumber.New("LP"), partners[index].PartnerId, partners[index].PartnerLevel, step.To, rolling.Average, step.Limit,
                    [.. Enumerable.Range(0, last + 1).Select(period => scored[index, period]).OfType<PlacePoints>().Select(one => one.Points)]);
            }
        }
    }

    async Task<LevelsReviewed.Refused?> RefusedAsync(Period last, LevelRules rules, CancellationToken ct) =>
        last.KindName != rules.Period ? new("kpis.refused.other_period_than_rules")
        : last.End > (await calendar.TodayAsync(ct)).Today ? new("kpis.refused.period_still_runs")
        : await levels.LastReviewedAsync(rules.Period, ct) > last.Start ? new("kpis.refused.later_review")
        : null;
}

/// <summary>What came of a review.</summary>
public abstract record LevelsReviewed
{
    /// <summary>It stands.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Added">How many proposals are new.</param>
    public sealed record Done(string Number, int Added) : LevelsReviewed;

    /// <summary>It cannot be run with that period.</summary>
    public sealed record Refused(string TextKey) : LevelsReviewed;
}
