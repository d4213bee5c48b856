namespace Portal.Matching.Scoring;

/// <summary>A tree of questions about features. Each node knows the value an answer would have that stopped there, so that a question's part in the answer can be told.</summary>
/// <param name="Features">Of each node the feature asked about; -1 for a leaf.</param>
/// <param name="Limits">Of each node the greatest value that goes to the left.</param>
/// <param name="Lefts">Of each node its left child; the right one follows it.</param>
/// <param name="Values">Of each node its value, in log-odds.</param>
sealed record Tree(int[] Features, double[] Limits, int[] Lefts, double[] Values)
{
    /// <summary>The answer for these features.</summary>
    public double Of(double[] features)
    {
        var node = 0;
        while (Features[node] >= 0)
        {
            node = Lefts[node] + (features[Features[node]] <= Limits[node] ? 0 : 1);
        }

        return Values[node];
    }

    /// <summary>Adds to each feature what the questions about it have moved the answer by; what is left is the root's value.</summary>
    public void Explain(double[] features, double[] parts)
    {
        var node = 0;
        while (Features[node] >= 0)
        {
            var next = Lefts[node] + (features[Features[node]] <= Limits[node] ? 0 : 1);
            parts[Features[node]] += Values[next] - Values[node];
            node = next;
        }
    }
}
