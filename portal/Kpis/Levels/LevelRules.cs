namespace Portal.Kpis;

/// <summary>Which average score over a rolling window reaches a level, and which keeps it.</summary>
/// <param name="LevelRulesId">Its key; 0 of rules that are only tried out.</param>
/// <param name="Number">Its number.</param>
/// <param name="Period">The kind of period whose card scores: month, quarter, half or year.</param>
/// <param name="WindowPeriods">How many periods the window has.</param>
/// <param name="LeastPeriods">In so many of them a partner must have been scored, or nothing is proposed.</param>
/// <param name="SilverReach">From this average on a partner becomes Silver.</param>
/// <param name="SilverKeep">Below this one it does not stay so.</param>
/// <param name="GoldReach">The same of Gold.</param>
/// <param name="GoldKeep">The same of Gold.</param>
/// <param name="PlatinumReach">The same of Platinum.</param>
/// <param name="PlatinumKeep">The same of Platinum.</param>
/// <param name="ValidFrom">Since when it holds.</param>
/// <param name="ValidUntil">Until when; null for now.</param>
public sealed record LevelRules(
    long LevelRulesId, string Number, string Period, int WindowPeriods, int LeastPeriods, decimal SilverReach, decimal SilverKeep, decimal GoldReach, decimal GoldKeep, decimal PlatinumReach, decimal PlatinumKeep,
    DateOnly? ValidFrom, DateOnly? ValidUntil)
{
    /// <summary>The kind of period.</summary>
    public PeriodKind Kind => Kpis.Period.ParseKind(Period)!.Value;

    /// <summary>The average from which on a partner reaches a level.</summary>
    public decimal Reach(string level) => level switch { "silver" => SilverReach, "gold" => GoldReach, "platinum" => PlatinumReach, _ => 0 };

    /// <summary>The average below which a partner does not keep it.</summary>
    public decimal Keep(string level) => level switch { "silver" => SilverKeep, "gold" => GoldKeep, "platinum" => PlatinumKeep, _ => 0 };

    /// <summary>The level above one; null above the highest.</summary>
    public static string? Above(string level) => IndexOf(level) is var at && at + 1 < SetTargets.Levels.Count ? SetTargets.Levels[at + 1] : null;

    /// <summary>True where the second level is higher than the first.</summary>
    public static bool IsPromotion(string from, string to) => IndexOf(to) > IndexOf(from);

    /// <summary>
    /// To which level a score leads from another: up to the highest that it reaches, or down to the highest that it keeps; null where it stays. Where a condition bars the next level there is no way up.
    /// </summary>
    public LevelStep? From(string level, RollingScore? score)
    {
        if (score is null || score.Periods < LeastPeriods)
        {
            return null;
        }

        var at = IndexOf(level);
        var reached = SetTargets.Levels.Skip(at + 1).LastOrDefault(higher => score.Average >= Reach(higher));
        return reached is not null && !score.IsBarred ? new(reached, Reach(reached))
            : score.Average < Keep(level) ? new(SetTargets.Levels.Take(at).Last(lower => score.Average >= Keep(lower)), Keep(level))
            : null;
    }

    /// <summary>The periods of the window that ends with one, the first to the last.</summary>
    public IReadOnlyList<Period> Window(Period last) => Kpis.Period.Until(last, WindowPeriods);

    static int IndexOf(string level) => SetTargets.Levels.ToList().IndexOf(level);
}

/// <summary>A step to another level.</summary>
/// <param name="To">The level.</param>
/// <param name="Limit">The average that leads there: the one that was reached or, on the way down, the one that was missed.</param>
public sealed record LevelStep(string To, decimal Limit);
