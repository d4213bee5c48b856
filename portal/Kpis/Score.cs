namespace Portal.Kpis;

/// <summary>How far a target is reached, and what that is worth. The same arithmetic for screens, API and files.</summary>
public static class Score
{
    /// <summary>Actual against target, 1 at the target; of a measure that should be low, target against actual. Null without a target.</summary>
    /// <param name="actual">What was reached; below nothing counts as nothing.</param>
    /// <param name="target">More than nothing, or null.</param>
    /// <param name="lowIsGood">True for direction <c>down</c>.</param>
    public static decimal? Attainment(decimal actual, decimal? target, bool lowIsGood)
    {
        if (target is not > 0)
        {
            return null;
        }

        var reached = Math.Max(actual, 0);
        if (!lowIsGood)
        {
            return reached / target.Value;
        }

        // Nothing at all of what should be low is the best there is: full credit and as much above as a cap ever grants.
        return reached == 0 ? 2 : target.Value / reached;
    }

    /// <summary>The points of one line of a scorecard: its weight times the attainment, nothing below the threshold, no more than the cap.</summary>
    /// <param name="weight">Percent of the whole card.</param>
    /// <param name="attainment">1 at the target; null (no target) earns nothing.</param>
    /// <param name="threshold">0 to 1.</param>
    /// <param name="cap">1 to 2.</param>
    /// <returns>0 to weight times cap, rounded to two decimals, half away from zero.</returns>
    public static decimal Points(decimal weight, decimal? attainment, decimal threshold, decimal cap) =>
        attainment is not { } reached || reached < threshold ? 0 : Math.Round(weight * Math.Min(reached, cap), 2, MidpointRounding.AwayFromZero);
}
