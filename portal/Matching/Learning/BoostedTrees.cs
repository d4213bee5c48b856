using Portal.Matching.Scoring;

namespace Portal.Matching.Learning;

/// <summary>
/// Learns log-odds from examples by gradient boosting (Friedman 2001; second-order steps and monotone bounds as in Chen and Guestrin 2016): tree after tree, each
/// correcting those before. A feature that may speak in one direction only never speaks in the other, whatever the examples say: more alike is never less likely the same.
/// The same examples always give the same trees.
/// </summary>
sealed class BoostedTrees(IReadOnlyList<Feature> features, BoostedTrees.Settings settings)
{
    /// <summary>How is learned.</summary>
    /// <param name="Trees">How many trees.</param>
    /// <param name="Depth">How many questions one asks at most.</param>
    /// <param name="Rate">How much of each correction is taken, 0 to 1.</param>
    /// <param name="Ridge">How much an answer of few examples is drawn to nothing.</param>
    /// <param name="LeastWeight">How much of the examples' doubt a leaf must hold.</param>
    public sealed record Settings(int Trees = 150, int Depth = 3, double Rate = 0.1, double Ridge = 3, double LeastWeight = 4);

    const int Bins = 48;

    double[][] limits = [];
    byte[][] binned = [];

    /// <summary>Learns from examples: their features, whether they are the same company, and how much each counts.</summary>
    /// <returns>The log-odds before any question, and the trees.</returns>
    public (double Base, IReadOnlyList<Tree> Trees) Learn(IReadOnlyList<double[]> examples, IReadOnlyList<bool> same, IReadOnlyList<double> weights)
    {
        limits = [.. Enumerable.Range(0, features.Count).Select(feature => Limits(examples, feature))];
        binned = [.. Enumerable.Range(0, features.Count).Select(feature => examples.Select(example => Bin(limits[feature], example[feature])).ToArray())];
        var positive = Enumerable.Range(0, same.Count).Where(at => same[at]).Sum(at => weights[at]);
        var odds = Math.Log(positive / (weights.Sum() - positive));
        var scores = Enumerable.Repeat(odds, examples.Count).ToArray();
        var trees = new List<Tree>();
        var (gradients, hessians) = (new double[examples.Count], new double[examples.Count]);
        for (var round = 0; round < settings.Trees; round++)
        {
            for (var at = 0; at < scores.Length; at++)
            {
                var chance = 1 / (1 + Math.Exp(-scores[at]));
                gradients[at] = weights[at] * (chance - (same[at] ? 1 : 0));
                hessians[at] = weights[at] * chance * (1 - chance);
            }

            var tree = Grow(gradients, hessians);
            trees.Add(tree);
            for (var at = 0; at < scores.Length; at++)
            {
                scores[at] += tree.Of(examples[at]);
            }
        }

        return (odds, trees);
    }

    Tree Grow(double[] gradients, double[] hessians)
    {
        var tree = new Growing();
        var waiting = new Queue<(int Node, int[] Rows, int Depth, double Lowest, double Highest)>();
        var all = Enumerable.Range(0, gradients.Length).ToArray();
        tree.Add(Step(all.Sum(row => gradients[row]), all.Sum(row => hessians[row])));
        waiting.Enqueue((0, all, 0, double.NegativeInfinity, double.PositiveInfinity));
        while (waiting.TryDequeue(out var at))
        {
            if (at.Depth == settings.Depth || Best(at.Rows, gradients, hessians, at.Lowest, at.Highest) is not { } split)
            {
                continue;
            }

            var left = tree.Split(at.Node, split.Feature, limits[split.Feature][split.Bin], split.Left, split.Right);
            var bins = binned[split.Feature];
            var middle = (split.Left + split.Right) / 2;
            var direction = features[split.Feature].Direction;
            waiting.Enqueue((left, [.. at.Rows.Where(row => bins[row] <= split.Bin)], at.Depth + 1, direction < 0 ? middle : at.Lowest, direction > 0 ? middle : at.Highest));
            waiting.Enqueue((left + 1, [.. at.Rows.Where(row => bins[row] > split.Bin)], at.Depth + 1, direction > 0 ? middle : at.Lowest, direction < 0 ? middle : at.Highest));
        }

        return tree.Grown();
    }

    double Step(double gradient, double hessian) => -settings.Rate * gradient / (hessian + settings.Ridge);

    double Gain(double gradient, double hessian) => gradient * gradient / (hessian + settings.Ridge);

    sealed record Split(int Feature, int Bin, double Left, double Right, double Gain);

    Split? Best(int[] rows, double[] gradients, double[] hessians, double lowest, double highest)
    {
        var found = new Split?[features.Count];
        Parallel.For(0, features.Count, feature => found[feature] = Best(feature, rows, gradients, hessians, lowest, highest));
        return found.OfType<Split>().Where(split => split.Gain > 1e-6).OrderByDescending(split => split.Gain).ThenBy(split => split.Feature).FirstOrDefault();
    }

    Split? Best(int feature, int[] rows, double[] gradients, double[] hessians, double lowest, double highest)
    {
        var (sums, weights, bins) = (new double[Bins + 1], new double[Bins + 1], binned[feature]);
        double total = 0, totalWeight = 0;
        foreach (var row in rows)
        {
            sums[bins[row]] += gradients[row];
            weights[bins[row]] += hessians[row];
        }

        for (var bin = 0; bin <= Bins; bin++)
        {
            (total, totalWeight) = (total + sums[bin], totalWeight + weights[bin]);
        }

        Split? best = null;
        double left = 0, leftWeight = 0;
        for (var bin = 0; bin < limits[feature].Length; bin++)
        {
            (left, leftWeight) = (left + sums[bin], leftWeight + weights[bin]);
            if (leftWeight < settings.LeastWeight || totalWeight - leftWeight < settings.LeastWeight)
            {
                continue;
            }

            var (low, high) = (Math.Clamp(Step(left, leftWeight), lowest, highest), Math.Clamp(Step(total - left, totalWeight - leftWeight), lowest, highest));
            var gain = Gain(left, leftWeight) + Gain(total - left, totalWeight - leftWeight) - Gain(total, totalWeight);
            if (gain > (best?.Gain ?? 0) && (high - low) * features[feature].Direction >= 0)
            {
                best = new(feature, bin, low, high, gain);
            }
        }

        return best;
    }

    // Limits between values that occur, so that about as many examples fall into each bin.
    static double[] Limits(IReadOnlyList<double[]> examples, int feature)
    {
        var values = examples.Select(example => example[feature]).Order().ToArray();
        var between = new SortedSet<double>();
        for (var bin = 1; bin <= Bins; bin++)
        {
            var value = values[Math.Min(values.Length - 1, bin * values.Length / (Bins + 1))];
            var next = Array.Find(values, other => other > value);
            if (next > value)
            {
                between.Add(Math.Round((value + next) / 2, 4));
            }
        }

        return [.. between.Take(Bins)];
    }

    static byte Bin(double[] edges, double value)
    {
        var bin = 0;
        while (bin < edges.Length && value > edges[bin])
        {
            bin++;
        }

        return (byte)bin;
    }

    sealed class Growing
    {
        readonly List<int> features = [], lefts = [];
        readonly List<double> thresholds = [], values = [];

        public int Add(double value)
        {
            features.Add(-1);
            lefts.Add(0);
            thresholds.Add(0);
            values.Add(Math.Round(value, 4));
            return features.Count - 1;
        }

        public int Split(int node, int feature, double limit, double left, double right)
        {
            var at = Add(left);
            Add(right);
            (features[node], thresholds[node], lefts[node]) = (feature, limit, at);
            return at;
        }

        public Tree Grown() => new([.. features], [.. thresholds], [.. lefts], [.. values]);
    }
}
