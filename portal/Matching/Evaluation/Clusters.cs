namespace Portal.Matching.Evaluation;

/// <summary>Puts records that are the same company together.</summary>
static class Clusters
{
    /// <summary>A key that more records share than this says nothing of any two of them, and is left out: 中国, <c>north</c>.</summary>
    const int CommonestKey = 200;

    /// <summary>
    /// A cluster number for each record, counted from 0 in the order of their first records. Records that share a key are compared; who is the same company
    /// with that band or above stands in one cluster, and so does whoever is the same as one of them.
    /// </summary>
    public static int[] Of(IReadOnlyList<CompanyProfile> records, Band from, CancellationToken ct)
    {
        var parents = Enumerable.Range(0, records.Count).ToArray();
        foreach (var (one, other) in Candidates(records))
        {
            ct.ThrowIfCancellationRequested();
            var (root, second) = (Root(parents, one), Root(parents, other));
            if (root != second && RecordsFile.Judge(records[one], records[other]).Band >= from)
            {
                parents[Math.Max(root, second)] = Math.Min(root, second);
            }
        }

        var numbers = new Dictionary<int, int>();
        return [.. parents.Select((_, at) => Root(parents, at)).Select(root => numbers.TryGetValue(root, out var number) ? number : numbers[root] = numbers.Count)];
    }

    /// <summary>How many pairs of records the clusters put together, and how right that is by the true ones.</summary>
    public static Rightness Compare(IReadOnlyList<int> clusters, IReadOnlyList<string> truth)
    {
        var (found, same) = (Pairs(clusters), Pairs(truth));
        var right = Pairs([.. clusters.Zip(truth)]);
        return new((int)Math.Min(found, int.MaxValue), found == 0 ? 1 : (double)right / found, same == 0 ? 0 : (double)right / same);
    }

    static long Pairs<T>(IReadOnlyList<T> marks) where T : notnull => marks.CountBy(mark => mark).Sum(mark => (long)mark.Value * (mark.Value - 1) / 2);

    static IEnumerable<(int One, int Other)> Candidates(IReadOnlyList<CompanyProfile> records)
    {
        var byKey = records.SelectMany((record, at) => MatchKey.Of(record).Select(key => (Key: key, At: at))).GroupBy(entry => entry.Key, entry => entry.At);
        var seen = new HashSet<(int, int)>();
        foreach (var group in byKey.Select(group => group.ToList()).Where(group => group.Count is > 1 and <= CommonestKey))
        {
            for (var i = 0; i < group.Count; i++)
            {
                for (var j = i + 1; j < group.Count; j++)
                {
                    if (seen.Add((group[i], group[j])))
                    {
                        yield return (group[i], group[j]);
                    }
                }
            }
        }
    }

    static int Root(int[] parents, int at)
    {
        while (parents[at] != at)
        {
            at = parents[at] = parents[parents[at]];
        }

        return at;
    }
}
