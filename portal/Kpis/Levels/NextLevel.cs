namespace Portal.Kpis;

/// <summary>What a partner still needs for a level by the end of the running period: by the same arithmetic that a review will use then.</summary>
public sealed class NextLevel(LevelStore levels, KpiStore kpis, ScoreHistory history, Attainments attainments, BrandCalendar calendar)
{
    /// <summary>Computes it.</summary>
    /// <param name="partner">A partner in the caller's branch.</param>
    /// <param name="to">The level: one above the partner's, or its own to see what keeps it; the next one where it is null or below.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>Null where no rules hold, or no card weighs anything in the running period.</returns>
    public async Task<LevelNeed?> ReadAsync(PartnerName partner, string? to, CancellationToken ct)
    {
        var (today, currency) = await calendar.TodayAsync(ct);
        if (await levels.RulesAsync(today, ct) is not { } rules)
        {
            return null;
        }

        var running = Period.Of(rules.Kind, today);
        var window = rules.Window(running);
        var card = await kpis.ScorecardAsync(running, ct);
        if (card.IsEmpty)
        {
            return null;
        }

        var scored = (await history.ReadAsync(window, partner.PartnerId, [], ct)).Scored();
        var now = new ScoredCard(card, await attainments.ReachedAsync(running, partner.PartnerId, card, ct));
        List<(Period Period, PlacePoints Points)> before = [.. from place in Enumerable.Range(0, window.Count - 1)
                                                              where scored.History.Partners.Count > 0 && scored[0, place] is not null
                                                              select (window[place], scored[0, place]!.Value)];
        var keeps = to == partner.PartnerLevel && rules.Keep(partner.PartnerLevel) > 0;
        var wanted = keeps ? null : to is not null && SetTargets.Levels.Contains(to, StringComparer.Ordinal) && LevelRules.IsPromotion(partner.PartnerLevel, to) ? to : LevelRules.Above(partner.PartnerLevel);
        return new LevelNeed(partner, rules, running, currency, wanted, now, before);
    }
}

/// <summary>What a partner needs for a level.</summary>
/// <param name="Partner">The partner.</param>
/// <param name="Rules">The rules.</param>
/// <param name="Running">The running period.</param>
/// <param name="Currency">The brand's.</param>
/// <param name="To">The level; null for what keeps the one the partner has, which is all that whoever has the highest can ask.</param>
/// <param name="Now">The card of the running period with what is reached so far.</param>
/// <param name="Before">The periods of the window before it in which the partner was scored.</param>
public sealed record LevelNeed(PartnerName Partner, LevelRules Rules, Period Running, string Currency, string? To, ScoredCard Now, IReadOnlyList<(Period Period, PlacePoints Points)> Before)
{
    /// <summary>The average that is asked for.</summary>
    public decimal Limit => To is null ? Rules.Keep(Partner.PartnerLevel) : Rules.Reach(To);

    /// <summary>True where the partner would not keep its level if the period ended now.</summary>
    public bool IsLosing => Average < Rules.Keep(Partner.PartnerLevel);

    /// <summary>The levels that can be looked at: the partner's own where it can be lost, and those above.</summary>
    public IReadOnlyList<string> LevelsToLookAt =>
        [.. SetTargets.Levels.Where(level => LevelRules.IsPromotion(Partner.PartnerLevel, level) || (level == Partner.PartnerLevel && Rules.Keep(level) > 0))];

    /// <summary>The points of the running period, conditions apart: they are said on their own.</summary>
    public decimal Points => Math.Min(Now.Sum, Now.Card.MostPoints);

    /// <summary>The average as it would be if the period ended now.</summary>
    public decimal Average => AverageWith(Now.Points);

    /// <summary>The points that the running period must have so that the average comes to the limit.</summary>
    public decimal Needed => Math.Max(0, (Limit * (Before.Count + 1)) - Before.Sum(one => one.Points.Points));

    /// <summary>What is missing of them.</summary>
    public decimal Missing => Math.Max(0, Needed - Points);

    /// <summary>The most that the period can still have: each line at its cap, no more than the card grants.</summary>
    public decimal Most => Math.Min(Now.Card.MostPoints, WithTargets.Sum(line => Score.Points(line.Line.Weight, line.Line.Cap, line.Line.Credit)));

    /// <summary>True where the period alone cannot bring it.</summary>
    public bool IsOutOfReach => Needed > Most;

    /// <summary>The best average that this period can still bring.</summary>
    public decimal BestAverage => AverageWith(Most);

    /// <summary>True where too few periods have been scored for any step.</summary>
    public bool HasTooFew => Before.Count + 1 < Rules.LeastPeriods;

    /// <summary>The conditions that are not met yet.</summary>
    public IReadOnlyList<JudgedCondition> Unmet => [.. Now.Conditions.Where(condition => !condition.IsMet)];

    /// <summary>The periods that bar the next level until they leave the window.</summary>
    public IReadOnlyList<Period> BarredBy => [.. Before.Where(one => one.Points.Bars).Select(one => one.Period)];

    /// <summary>True where nothing is missing.</summary>
    public bool IsReached => Missing == 0 && Unmet.Count == 0 && BarredBy.Count == 0 && !HasTooFew;

    /// <summary>Each line with what it could still bring.</summary>
    public IReadOnlyList<LineNeed> Lines => [.. WithTargets.Select(line => new LineNeed(line, Missing))];

    /// <summary>One way there: the attainment to which every line that is below it would have to come; null where none is needed or none is enough.</summary>
    public decimal? Together => Missing == 0 || IsOutOfReach ? null
        : Enumerable.Range(1, 2000).Select(step => (decimal?)step / 1000).FirstOrDefault(share => Score.Total(WithTargets.Select(line => PointsAt(line, share!.Value)), Now.Card.MostPoints, false) >= Needed);

    /// <summary>How much more of a line's figure brings it to an attainment; null where it is there already.</summary>
    public static decimal? More(ScoredLine line, decimal attainment) =>
        line.Reached is not { Target: { } target } reached || (reached.Attainment ?? 0) >= attainment ? null : Difference(line, Score.Figure(attainment, target, line.Line.LowIsGood));

    /// <summary>How far a figure is from what is reached, rounded so that it is enough: to whole pieces and counts, to cents of money.</summary>
    internal static decimal Difference(ScoredLine line, decimal figure)
    {
        var places = line.Line.Unit switch { "money" => 2, "count" or "pieces" => 0, _ => 4 };
        var step = (decimal)Math.Pow(10, places);
        return Math.Ceiling(Math.Abs(figure - Math.Max(0, line.Reached?.Actual ?? 0)) * step) / step;
    }

    IEnumerable<ScoredLine> WithTargets => Now.Lines.Where(line => line.Reached?.Target is not null);

    decimal AverageWith(decimal points) => Math.Round((Before.Sum(one => one.Points.Points) + points) / (Before.Count + 1), 2, MidpointRounding.AwayFromZero);

    static decimal PointsAt(ScoredLine line, decimal share) => Score.Points(line.Line.Weight, Math.Max(line.Reached!.Attainment ?? 0, share), line.Line.Credit);
}

/// <summary>A line and what it could still bring.</summary>
/// <param name="Line">The line.</param>
/// <param name="Missing">The points that are missing in all.</param>
public sealed record LineNeed(ScoredLine Line, decimal Missing)
{
    /// <summary>How much more reaches the target; null where it is reached.</summary>
    public decimal? ToTarget => LevelNeed.More(Line, 1);

    /// <summary>The points that brings.</summary>
    public decimal PointsAtTarget => Math.Max(0, Score.Points(Line.Line.Weight, 1, Line.Line.Credit) - Line.Points);

    /// <summary>The points that the line can still bring at all.</summary>
    public decimal MostPoints => Math.Max(0, Score.Points(Line.Line.Weight, Line.Line.Cap, Line.Line.Credit) - Line.Points);

    /// <summary>How much more of this one alone brings all that is missing; null where it alone cannot, or nothing is missing.</summary>
    public decimal? Alone => Missing > 0 && Score.Needed(Line.Points + Missing, Line.Line.Weight, Line.Line.Credit) is { } attainment ? LevelNeed.More(Line, attainment) : null;
}
