namespace Portal.Kpis;

/// <summary>Figures and targets of partners over some periods, to be scored by the cards that held or by another.</summary>
/// <param name="Periods">The periods, the first to the last.</param>
/// <param name="Cards">The card that held in each.</param>
/// <param name="Kpis">The KPIs in the order of the rows' arrays.</param>
/// <param name="Partners">The partners, by name.</param>
/// <param name="Rows">What was read.</param>
public sealed record History(IReadOnlyList<Period> Periods, IReadOnlyList<Card> Cards, IReadOnlyList<long> Kpis, IReadOnlyList<PartnerName> Partners, IReadOnlyList<HistoryRow> Rows)
{
    /// <summary>Scores each period by the card of its time.</summary>
    public ScoredHistory Scored() => Scored(Cards, new Dictionary<long, decimal>());

    /// <summary>Scores it by other cards and targets.</summary>
    /// <param name="cards">A card for each period.</param>
    /// <param name="factors">By KPI what its targets are multiplied by.</param>
    public ScoredHistory Scored(IReadOnlyList<Card> cards, IReadOnlyDictionary<long, decimal> factors)
    {
        var scored = new ScoredHistory(this);
        var rules = cards.Select(card => new CardOnRows(card, Kpis, factors)).ToList();
        var places = Partners.Select((partner, index) => (partner.PartnerId, index)).ToDictionary(pair => pair.PartnerId, pair => pair.index);
        foreach (var row in Rows)
        {
            if (places.TryGetValue(row.PartnerId, out var index) && rules[row.Place - 1].Of(row) is { } points)
            {
                scored.Put(index, row.Place - 1, points);
            }
        }

        return scored;
    }
}

/// <summary>The points of one partner in one period.</summary>
/// <param name="Points">The points.</param>
/// <param name="HasUnmet">A minimum condition was not met.</param>
/// <param name="Bars">It bars the next level.</param>
public readonly record struct PlacePoints(decimal Points, bool HasUnmet, bool Bars);

/// <summary>A card made ready for rows: each line knows its place in the arrays.</summary>
sealed class CardOnRows
{
    readonly Card card;
    readonly (ScorecardLine Line, int Place, decimal Factor)[] lines;
    readonly (CardCondition Condition, int Place)[] conditions;

    public CardOnRows(Card card, IReadOnlyList<long> kpis, IReadOnlyDictionary<long, decimal> factors)
    {
        var places = kpis.Select((kpi, place) => (kpi, place)).ToDictionary(pair => pair.kpi, pair => pair.place);
        this.card = card;
        lines = [.. card.Lines.Where(line => places.ContainsKey(line.KpiDefinitionId)).Select(line => (line, places[line.KpiDefinitionId], factors.GetValueOrDefault(line.KpiDefinitionId, 1)))];
        conditions = [.. card.Conditions.Where(condition => places.ContainsKey(condition.KpiDefinitionId)).Select(condition => (condition, places[condition.KpiDefinitionId]))];
    }

    /// <summary>The points of a row; null where no target of the card holds.</summary>
    public PlacePoints? Of(HistoryRow row)
    {
        var hasTargets = false;
        var sum = 0m;
        foreach (var (line, place, factor) in lines)
        {
            if (row.State[place] > 0 && row.Target[place] > 0)
            {
                hasTargets = true;
                sum += Score.Points(line.Weight, row.State[place] == 2 ? Score.Attainment(row.Actual[place], row.Target[place] * factor, line.LowIsGood) : null, line.Credit);
            }
        }

        if (!hasTargets)
        {
            return null;
        }

        var isUnmet = Array.Exists(conditions, one => row.State[one.Place] > 0 && !Score.Meets(row.State[one.Place] == 2 ? row.Actual[one.Place] : null, one.Condition.Bound, one.Condition.LowIsGood));
        return new(Score.Total([sum], card.MostPoints, isUnmet && card.Unmet == Card.NoPoints), isUnmet, isUnmet && card.Unmet == Card.NoPromotion);
    }
}

/// <summary>A history with its points.</summary>
public sealed class ScoredHistory(History history)
{
    readonly PlacePoints?[,] points = new PlacePoints?[history.Partners.Count, history.Periods.Count];
    readonly int?[][] ranks = new int?[history.Periods.Count][];

    /// <summary>What was scored.</summary>
    public History History => history;

    /// <summary>The points of a partner (by its place in the list) in a period (from 0); null where it was not scored.</summary>
    public PlacePoints? this[int partner, int period] => points[partner, period];

    /// <summary>How many partners were scored in a period.</summary>
    public int CountIn(int period) => Ranks(period).Count(rank => rank is not null);

    /// <summary>The place of each partner in a period, 1 the best; equals share it.</summary>
    public IReadOnlyList<int?> Ranks(int period) => ranks[period] ??= RanksOf([.. Enumerable.Range(0, history.Partners.Count).Select(partner => points[partner, period]?.Points)]);

    /// <summary>The average over the last periods up to one, of those in which the partner was scored; null where it was in none.</summary>
    /// <param name="partner">Its place in the list.</param>
    /// <param name="last">The last period, from 0.</param>
    /// <param name="window">How many periods at most.</param>
    public RollingScore? Rolling(int partner, int last, int window)
    {
        var scored = Enumerable.Range(Math.Max(0, last - window + 1), Math.Min(window, last + 1)).Select(period => points[partner, period]).OfType<PlacePoints>().ToList();
        return scored.Count == 0 ? null : new(Math.Round(scored.Average(one => one.Points), 2, MidpointRounding.AwayFromZero), scored.Count, scored.Exists(one => one.Bars));
    }

    internal void Put(int partner, int period, PlacePoints one) => points[partner, period] = one;

    /// <summary>Places of values, 1 the largest; equals share it, and none has none.</summary>
    internal static int?[] RanksOf(IReadOnlyList<decimal?> values)
    {
        var places = new int?[values.Count];
        var (place, rank, before) = (0, 0, (decimal?)null);
        foreach (var index in Enumerable.Range(0, values.Count).Where(index => values[index] is not null).OrderByDescending(index => values[index]))
        {
            place++;
            rank = values[index] == before ? rank : place;
            (places[index], before) = (rank, values[index]);
        }

        return places;
    }
}

/// <summary>What a partner scored over a rolling window.</summary>
/// <param name="Average">The average of the scored periods, rounded to two decimals.</param>
/// <param name="Periods">How many periods of the window were scored.</param>
/// <param name="IsBarred">A condition that bars the next level was not met in one of them.</param>
public sealed record RollingScore(decimal Average, int Periods, bool IsBarred);
