namespace Portal.Kpis;

/// <summary>A scorecard as it held for a period: what it weighs, what it asks at least and what it grants at most.</summary>
/// <param name="Number">Its number; empty where no card held.</param>
/// <param name="Name">In English.</param>
/// <param name="NameZh">In Chinese.</param>
/// <param name="MostPoints">The bonus cap.</param>
/// <param name="Unmet"><c>no_points</c> or <c>no_promotion</c>: what follows where a condition is not met.</param>
/// <param name="Lines">The weighted KPIs, the heaviest first.</param>
/// <param name="Conditions">The minimum conditions.</param>
public sealed record Card(string Number, string Name, string NameZh, decimal MostPoints, string Unmet, IReadOnlyList<ScorecardLine> Lines, IReadOnlyList<CardCondition> Conditions)
{
    /// <summary>An unmet condition leaves no points.</summary>
    public const string NoPoints = "no_points";

    /// <summary>An unmet condition leaves the points and bars the next level.</summary>
    public const string NoPromotion = "no_promotion";

    /// <summary>No card.</summary>
    public static Card None { get; } = new("", "", "", 200, NoPoints, [], []);

    /// <summary>True where no card held.</summary>
    public bool IsEmpty => Lines.Count == 0;
}

/// <summary>One weighted KPI of a scorecard.</summary>
public sealed record ScorecardLine(
    long KpiDefinitionId, string KpiNumber, string KpiName, string KpiNameZh, string Unit, string Direction, decimal Weight, decimal Threshold, decimal Cap, string Below, decimal BelowShare)
{
    /// <summary>Where its credit begins and ends.</summary>
    public Credit Credit => new(Threshold, Cap, Below, BelowShare);

    /// <summary>True where less is better.</summary>
    public bool LowIsGood => Direction == "down";
}

/// <summary>A minimum condition: the figure is more than the bound or, where less is better, less.</summary>
public sealed record CardCondition(long KpiDefinitionId, string KpiNumber, string KpiName, string KpiNameZh, string Unit, string Direction, decimal Bound)
{
    /// <summary>True where less is better.</summary>
    public bool LowIsGood => Direction == "down";
}

/// <summary>A condition with the figure it was held against.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Actual">What was reached.</param>
public sealed record JudgedCondition(CardCondition Condition, decimal? Actual)
{
    /// <summary>True where it is met.</summary>
    public bool IsMet => Score.Meets(Actual, Condition.Bound, Condition.LowIsGood);
}

/// <summary>A line of a scorecard with what a partner reached of it.</summary>
/// <param name="Line">Weight, threshold and cap.</param>
/// <param name="Reached">Figure and target; null where the partner has neither.</param>
public sealed record ScoredLine(ScorecardLine Line, Reached? Reached)
{
    /// <summary>What the line earns.</summary>
    public decimal Points { get; } = Score.Points(Line.Weight, Reached?.Attainment, Line.Credit);
}

/// <summary>A partner's figures, held against a card.</summary>
public sealed record ScoredCard
{
    /// <summary>Holds what a partner reached against a card.</summary>
    /// <param name="card">The card.</param>
    /// <param name="reached">The partner's rows, among them those of the conditions; a KPI that is not about the partner has none, and asks nothing of it.</param>
    public ScoredCard(Card card, IReadOnlyCollection<Reached> reached)
    {
        Reached? Of(string kpi) => reached.FirstOrDefault(row => row.KpiNumber == kpi);
        Card = card;
        Lines = [.. card.Lines.Select(line => new ScoredLine(line, Of(line.KpiNumber)))];
        Conditions = [.. from condition in card.Conditions let row = Of(condition.KpiNumber) where row is not null select new JudgedCondition(condition, row.Actual)];
        Points = Score.Total(Lines.Select(line => line.Points), card.MostPoints, IsVoid);
    }

    /// <summary>The card.</summary>
    public Card Card { get; }

    /// <summary>Its lines.</summary>
    public IReadOnlyList<ScoredLine> Lines { get; }

    /// <summary>Its conditions, as far as they are about the partner.</summary>
    public IReadOnlyList<JudgedCondition> Conditions { get; }

    /// <summary>The points: 100 where every target is just reached.</summary>
    public decimal Points { get; }

    /// <summary>The sum of the lines, before what the card grants at most and what it asks at least.</summary>
    public decimal Sum => Lines.Sum(line => line.Points);

    /// <summary>True where a condition is not met.</summary>
    public bool HasUnmet => Conditions.Any(condition => !condition.IsMet);

    /// <summary>True where that takes all points.</summary>
    public bool IsVoid => HasUnmet && Card.Unmet == Card.NoPoints;

    /// <summary>True where a target of the card holds for the partner: only then it is scored at all.</summary>
    public bool HasTargets => Lines.Any(line => line.Reached?.Target is not null);
}
