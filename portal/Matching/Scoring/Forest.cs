using System.Runtime.InteropServices;

namespace Portal.Matching.Scoring;

/// <summary>The trees of one family side by side in memory: a screening asks them some ten thousand questions.</summary>
sealed class Forest
{
    readonly Node[] nodes;
    readonly int[] roots;

    /// <summary>Lays them out.</summary>
    public Forest(IReadOnlyList<Tree> trees)
    {
        roots = new int[trees.Count];
        nodes = new Node[trees.Sum(tree => tree.Features.Length)];
        var next = 0;
        for (var tree = 0; tree < trees.Count; tree++)
        {
            roots[tree] = next;
            var (features, limits, lefts, values) = trees[tree];
            for (var at = 0; at < features.Length; at++)
            {
                nodes[next + at] = features[at] < 0 ? new(-1, 0, values[at]) : new(features[at], roots[tree] + lefts[at], limits[at]);
            }

            next += features.Length;
        }
    }

    /// <summary>What they answer for these features, added one after the other.</summary>
    public double Sum(double start, double[] features)
    {
        var sum = start;
        foreach (var root in roots)
        {
            ref readonly var node = ref nodes[root];
            while (node.Feature >= 0)
            {
                node = ref nodes[node.Left + (features[node.Feature] <= node.Number ? 0 : 1)];
            }

            sum += node.Number;
        }

        return sum;
    }

    /// <summary>A question, or with no feature an answer.</summary>
    [StructLayout(LayoutKind.Auto)]
    readonly record struct Node(int Feature, int Left, double Number);
}
