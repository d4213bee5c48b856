using Portal.Matching.Evaluation;
using Portal.Matching.Scoring;
using Portal.Web;

namespace Portal.Matching.Learning;

/// <summary>Two records of which it is known whether they are the same company.</summary>
/// <param name="Set">Where it stands: the file, and what its column <c>origin</c> says.</param>
/// <param name="Row">Its row there, counted from 0; -1 for a pair made of two rows.</param>
/// <param name="One">A record.</param>
/// <param name="Other">The other.</param>
/// <param name="IsSame">The truth.</param>
sealed record Example(string Set, int Row, CompanyProfile One, CompanyProfile Other, bool IsSame)
{
    /// <summary>Reads examples from a file of pairs (<c>name_a</c>, <c>name_b</c>, <c>label</c>) or of records whose truth is a column <c>cluster_id</c>; records are paired within their cluster and with those of others that look like them.</summary>
    /// <exception cref="UsageException">The file is neither.</exception>
    public static IReadOnlyList<Example> Read(string path, CancellationToken ct)
    {
        using var file = new RecordsFile(path);
        var name = Path.GetFileName(path);
        return file.Has("name_a", "name_b", "label") ? Pairs(file, name, ct)
            : file.Has("name", "cluster_id") ? Records(file, name, ct)
            : throw new UsageException($"{path} holds neither pairs (name_a, name_b, label) nor records with their truth (name, cluster_id).");
    }

    /// <summary>How the two records' names compare; null where one has no name to compare.</summary>
    public Comparison? Compare(Rarity rarity)
    {
        if (One.ParsedNames.Count == 0 || Other.ParsedNames.Count == 0)
        {
            return null;
        }

        bool? samePhone = One.Phone is { } phone && Other.Phone is { } otherPhone ? string.Equals(phone, otherPhone, StringComparison.Ordinal) : null;
        return Comparison.Of(One.ParsedNames[0], Other.ParsedNames[0], PlaceComparison.Of(One, Other, samePhone), rarity);
    }

    static List<Example> Pairs(RecordsFile file, string name, CancellationToken ct)
    {
        var examples = new List<Example>();
        for (var row = 0; file.Read(); row++)
        {
            ct.ThrowIfCancellationRequested();
            examples.Add(new(file.Field("origin") is { } origin ? $"{name}, {origin}" : name, row, file.Company("_a"), file.Company("_b"), file.Label(row + 2)));
        }

        return examples;
    }

    static List<Example> Records(RecordsFile file, string name, CancellationToken ct)
    {
        var (records, clusters) = (new List<CompanyProfile>(), new List<string?>());
        while (file.Read())
        {
            ct.ThrowIfCancellationRequested();
            records.Add(file.Company());
            clusters.Add(file.Field("cluster_id"));
        }

        return [.. Clusters.LookAlikes(records, clusters).Select(pair => new Example(name, -1, records[pair.One], records[pair.Other], clusters[pair.One] is { } cluster && string.Equals(cluster, clusters[pair.Other], StringComparison.Ordinal)))];
    }
}
