namespace Portal.Matching.Evaluation;

/// <summary>A pair whose truth is known, and what the matcher says of it.</summary>
/// <param name="One">A name.</param>
/// <param name="Other">The other.</param>
/// <param name="IsSame">The truth.</param>
/// <param name="Judgement">What the matcher says.</param>
sealed record JudgedPair(string One, string Other, bool IsSame, Judgement Judgement);

/// <summary>How right the answers "the same" are.</summary>
/// <param name="Found">How many pairs were answered so.</param>
/// <param name="Precision">The share of them that is the same; 1 where there is none.</param>
/// <param name="Recall">The share of all same pairs that is among them.</param>
sealed record Rightness(int Found, double Precision, double Recall)
{
    /// <summary>The harmonic mean of the two.</summary>
    public double F1 => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);
}

/// <summary>Judged pairs, and how well they were judged.</summary>
sealed class JudgedPairs
{
    readonly List<JudgedPair> byScore;
    readonly int same;

    /// <summary>Takes them, in any order.</summary>
    public JudgedPairs(IEnumerable<JudgedPair> pairs)
    {
        byScore = [.. pairs.OrderByDescending(pair => pair.Judgement.Score)];
        same = byScore.Count(pair => pair.IsSame);
        (BestThreshold, Best) = Search();
    }

    /// <summary>How many there are.</summary>
    public int Count => byScore.Count;

    /// <summary>How many are the same company.</summary>
    public int Same => same;

    /// <summary>The score from which "the same" would give the best F1; null where no pair is the same.</summary>
    public decimal? BestThreshold { get; }

    /// <summary>How right that is.</summary>
    public Rightness Best { get; }

    /// <summary>The pairs that were answered with that band.</summary>
    public IReadOnlyList<JudgedPair> Of(Band band) => [.. byScore.Where(pair => pair.Judgement.Band == band)];

    /// <summary>How right it is to answer "the same" from that band on.</summary>
    public Rightness From(Band band) => Of(byScore.Where(pair => pair.Judgement.Band >= band).ToList());

    /// <summary>The best precision of a threshold that finds at least that share of the same pairs; null where none does.</summary>
    public double? PrecisionAtRecall(double recall) => Thresholds().Where(step => step.Right.Recall >= recall).Select(step => (double?)step.Right.Precision).Max();

    /// <summary>The pairs that are on the wrong side of <see cref="BestThreshold"/>, the farthest first.</summary>
    public IReadOnlyList<JudgedPair> WorstErrors(int most) =>
        BestThreshold is not { } threshold ? [] : [.. byScore.Where(pair => pair.IsSame != pair.Judgement.Score >= threshold).OrderByDescending(pair => Math.Abs(pair.Judgement.Score - threshold)).Take(most)];

    (decimal?, Rightness) Search()
    {
        var (threshold, best) = ((decimal?)null, Of(0, 0));
        foreach (var (score, right) in Thresholds())
        {
            if (right.F1 > best.F1)
            {
                (threshold, best) = (score, right);
            }
        }

        return (threshold, best);
    }

    // Each score that occurs, the highest first, and what comes of answering "the same" from it on.
    IEnumerable<(decimal Score, Rightness Right)> Thresholds()
    {
        var right = 0;
        for (var at = 0; at < byScore.Count; at++)
        {
            right += byScore[at].IsSame ? 1 : 0;
            if (at + 1 == byScore.Count || byScore[at + 1].Judgement.Score != byScore[at].Judgement.Score)
            {
                yield return (byScore[at].Judgement.Score, Of(at + 1, right));
            }
        }
    }

    Rightness Of(List<JudgedPair> found) => Of(found.Count, found.Count(pair => pair.IsSame));

    Rightness Of(int found, int right) => new(found, found == 0 ? 1 : (double)right / found, same == 0 ? 0 : (double)right / same);
}
