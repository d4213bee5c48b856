namespace Portal.Matching.Evaluation;

/// <summary>Puts records that are the same company together.</summary>
static class Clusters
{
    /// <summary>Of a key that more records share than this (中国, <c>north</c>, a company in a thousand spellings) each is compared with the next few only.</summary>
    const int CommonestKey = 100, Neighbours = 10;

    // So many records say what a cluster is.
    const int Enough = 8;

    // So far from the line, in points, a pair counts.
    const decimal Reach = 6;

    // A word that more records share makes too many pairs of strangers.
    const int CommonestWord = 60;

    // Of a cluster of more records each is paired with the next few.
    const int LargestCluster = 40, ClusterNeighbours = 4;

    /// <summary>
    /// A cluster number for each record, counted from 0 in the order of their first records. Records that share a key are compared; the likeliest pairs come together first, and two clusters
    /// only where their records are the same company on the average: one record that is like two companies does not make them one.
    /// </summary>
    /// <param name="records">The records.</param>
    /// <param name="from">The band a pair of clusters must reach on the average.</param>
    /// <param name="ct">Stops.</param>
    public static int[] Of(IReadOnlyList<CompanyProfile> records, Band from, CancellationToken ct)
    {
        var least = from switch { Band.Certain => SameCompany.CertainFrom, Band.Likely => SameCompany.LikelyFrom, _ => SameCompany.PossibleFrom };
        var judged = Candidates(records).AsParallel().AsOrdered().WithCancellation(ct)
            .Select(pair => (pair.One, pair.Other, RecordsFile.Judge(records[pair.One], records[pair.Other]).Score))
            .Where(pair => pair.Score >= least).OrderByDescending(pair => pair.Score).ToList();
        var clusters = Enumerable.Range(0, records.Count).Select(at => new List<int> { at }).ToArray();
        foreach (var (one, other, _) in judged)
        {
            ct.ThrowIfCancellationRequested();
            var (mine, theirs) = (clusters[one], clusters[other]);
            if (!ReferenceEquals(mine, theirs) && AreOne(records, mine, theirs, least))
            {
                mine.AddRange(theirs);
                theirs.ForEach(record => clusters[record] = mine);
            }
        }

        var numbers = new Dictionary<List<int>, int>(ReferenceEqualityComparer.Instance);
        return [.. clusters.Select(cluster => numbers.TryGetValue(cluster, out var number) ? number : numbers[cluster] = numbers.Count)];
    }

    static bool AreOne(IReadOnlyList<CompanyProfile> records, List<int> mine, List<int> theirs, decimal least)
    {
        decimal sum = 0;
        var count = 0;
        foreach (var one in Some(mine))
        {
            foreach (var other in Some(theirs))
            {
                // No pair decides alone, however sure it is.
                sum += Math.Clamp(RecordsFile.Judge(records[one], records[other]).Score, least - Reach, least + Reach);
                count++;
            }
        }

        return sum >= least * count;
    }

    // Of a large cluster as many, evenly, as say what it is.
    static IEnumerable<int> Some(List<int> cluster) => cluster.Count <= Enough ? cluster : Enumerable.Range(0, Enough).Select(at => cluster[at * cluster.Count / Enough]);

    /// <summary>How many pairs of records the clusters put together, and how right that is by the true ones.</summary>
    public static Rightness Compare(IReadOnlyList<int> clusters, IReadOnlyList<string> truth)
    {
        var (found, same) = (Pairs(clusters), Pairs(truth));
        var right = Pairs([.. clusters.Zip(truth)]);
        return new((int)Math.Min(found, int.MaxValue), found == 0 ? 1 : (double)right / found, same == 0 ? 0 : (double)right / same);
    }

    static long Pairs<T>(IReadOnlyList<T> marks) where T : notnull => marks.CountBy(mark => mark).Sum(mark => (long)mark.Value * (mark.Value - 1) / 2);

    /// <summary>Pairs of records for learning: all of one cluster, and those of others that share a key or a word that is not everybody's.</summary>
    public static IReadOnlyList<(int One, int Other)> LookAlikes(IReadOnlyList<CompanyProfile> records, IReadOnlyList<string?> clusters)
    {
        var words = records.SelectMany((record, at) => record.ParsedNames.SelectMany(name => name.Words).Where(word => word.Length > 3).Distinct(StringComparer.Ordinal).Select(word => (Key: "word " + word, At: at)));
        var same = clusters.Select((cluster, at) => (Key: "cluster " + cluster, At: at)).Where(entry => clusters[entry.At] is not null);
        var found = Pairs(Keys(records).Concat(words), CommonestWord).Concat(Pairs(same, LargestCluster, ClusterNeighbours)).Distinct();
        return [.. found.Order()];
    }

    static IEnumerable<(int One, int Other)> Candidates(IReadOnlyList<CompanyProfile> records) => Pairs(Keys(records), CommonestKey, Neighbours).Distinct();

    // Besides the keys that customers are stored by: where a record has its house, for lists without telephone numbers.
    static IEnumerable<(string Key, int At)> Keys(IReadOnlyList<CompanyProfile> records) =>
        records.SelectMany((record, at) => record.Keys.Select(key => $"{key.Kind} {key.Key}").Concat(House(record)).Select(key => (key, at)));

    static IEnumerable<string> House(CompanyProfile record)
    {
        var words = record.Address is { } address ? CompanyName.Parse(address).AllWords : [];
        if (words.FirstOrDefault(word => char.IsAsciiDigit(word[0])) is { } number && words.FirstOrDefault(word => word.Length > 2 && char.IsLetter(word[0])) is { } street)
        {
            yield return $"house {number} {street[..Math.Min(5, street.Length)]}";
        }
    }

    static IEnumerable<(int One, int Other)> Pairs(IEnumerable<(string Key, int At)> keys, int commonest, int neighbours = 0)
    {
        foreach (var group in keys.GroupBy(entry => entry.Key, entry => entry.At, StringComparer.Ordinal).Select(group => group.Distinct().ToList()).Where(group => group.Count > 1 && (group.Count <= commonest || neighbours > 0)))
        {
            var reach = group.Count <= commonest ? group.Count : neighbours;
            for (var i = 0; i < group.Count; i++)
            {
                for (var j = i + 1; j < Math.Min(group.Count, i + 1 + reach); j++)
                {
                    yield return (Math.Min(group[i], group[j]), Math.Max(group[i], group[j]));
                }
            }
        }
    }
}
