namespace Portal.Kpis;

/// <summary>How far a target is reached, and what that is worth. The same arithmetic for screens, API, files, reviews and every "what if"; no other place computes points.</summary>
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

    /// <summary>The points of one line of a scorecard: its weight times the attainment from the threshold on, no more than the cap, and below the threshold what the line's rule says.</summary>
    /// <param name="weight">Percent of the whole card.</param>
    /// <param name="attainment">1 at the target; null (no target) earns nothing.</param>
    /// <param name="credit">From where on, up to where, and what below.</param>
    /// <returns>0 to weight times cap, rounded to two decimals, half away from zero.</returns>
    public static decimal Points(decimal weight, decimal? attainment, Credit credit) =>
        attainment is { } reached ? Math.Round(weight * Earned(reached, credit), 2, MidpointRounding.AwayFromZero) : 0;

    /// <summary>The points of a whole card: the sum of its lines, no more than the card grants; none where a condition is not met and the card says so.</summary>
    /// <param name="lines">The points of its lines.</param>
    /// <param name="most">The bonus cap, 100 to 200.</param>
    /// <param name="isVoid">True where an unmet condition takes all points.</param>
    public static decimal Total(IEnumerable<decimal> lines, decimal most, bool isVoid) => isVoid ? 0 : Math.Min(lines.Sum(), most);

    /// <summary>True where a figure meets a minimum condition: more than the bound or, where less is better, less. No figure meets none.</summary>
    public static bool Meets(decimal? actual, decimal bound, bool lowIsGood) => actual is { } figure && (lowIsGood ? figure < bound : figure > bound);

    /// <summary>The least attainment by which a line earns so many points; null where it never does.</summary>
    public static decimal? Needed(decimal points, decimal weight, Credit credit)
    {
        var share = points / weight;
        return share <= 0 ? 0
            : share > credit.Cap ? null
            : credit.Below == Credit.Share && share < credit.Threshold * credit.BelowShare ? share / credit.BelowShare
            : Math.Max(share, credit.Threshold);
    }

    /// <summary>The figure that gives an attainment of a target.</summary>
    public static decimal Figure(decimal attainment, decimal target, bool lowIsGood) => !lowIsGood ? target * attainment : attainment == 0 ? target : target / attainment;

    static decimal Earned(decimal reached, Credit credit) => reached >= credit.Threshold ? Math.Min(reached, credit.Cap) : credit.Below switch
    {
        Credit.Share => reached * credit.BelowShare,
        Credit.Fixed when reached > 0 => credit.BelowShare,
        _ => 0,
    };
}

/// <summary>Where the credit of a line begins and ends; all as shares, 1 at the target.</summary>
/// <param name="Threshold">0 to 1: from here on the attainment counts as it is.</param>
/// <param name="Cap">1 to 2: what is above counts no more.</param>
/// <param name="Below">What is earned under the threshold: <see cref="Nothing"/>, <see cref="Share"/> or <see cref="Fixed"/>.</param>
/// <param name="BelowShare">The share of the attainment, or of the weight, that is earned there.</param>
public readonly record struct Credit(decimal Threshold, decimal Cap, string Below = Credit.Nothing, decimal BelowShare = 0)
{
    /// <summary>Below the threshold nothing is earned.</summary>
    public const string Nothing = "nothing";

    /// <summary>Below the threshold a share of the attainment is earned: half of 60 % are 30 %.</summary>
    public const string Share = "share";

    /// <summary>Below the threshold a fixed share of the weight is earned by whoever has reached anything.</summary>
    public const string Fixed = "fixed";

    /// <summary>All rules below the threshold.</summary>
    public static IReadOnlyList<string> Rules { get; } = [Nothing, Share, Fixed];
}
