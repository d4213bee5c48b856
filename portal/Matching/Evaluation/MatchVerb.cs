using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using Portal.Matching.Learning;
using Portal.Matching.Scoring;
using Portal.Web;

namespace Portal.Matching.Evaluation;

/// <summary>
/// <c>portal -- match</c>: the matcher of screen, API and import on a file of one's own. <c>evaluate</c> tells how right it is on pairs whose truth is known,
/// <c>cluster</c> finds the same companies in a list, <c>learn</c> makes the scorer that the product is built with. Nothing is stored in the database.
/// </summary>
sealed class MatchVerb : IVerb
{
    const int Errors = 20;

    static readonly Band[] Shown = [Band.Certain, Band.Likely, Band.Possible];

    /// <inheritdoc/>
    public string Name => "match";

    /// <inheritdoc/>
    public string Usage => "match evaluate PAIRS.csv | match cluster RECORDS.csv [CLUSTERS.csv] | match learn MODEL.json EXAMPLES.csv...  tells how right the matcher is on labelled pairs (name_a, name_b, label); gives records (name) of one company one cluster; learns a scorer from labelled pairs or from records with their cluster_id";

    /// <inheritdoc/>
    public Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct) => arguments switch
    {
        ["evaluate", var pairs] => EvaluateAsync(pairs, output, ct),
        ["learn", var model, _, ..] => LearnAsync(model, [.. arguments.Skip(2)], output, ct),
        ["cluster", var records] => ClusterAsync(records, clusters: null, output, ct),
        ["cluster", var records, var clusters] => ClusterAsync(records, clusters, output, ct),
        _ => throw new UsageException("match takes evaluate, cluster or learn, and files."),
    };

    static async Task<int> EvaluateAsync(string path, TextWriter output, CancellationToken ct)
    {
        var judged = new JudgedPairs(Read(path, ct));
        await output.WriteLineAsync(Line($"{judged.Count} pairs, {judged.Same} of them the same company; judged by {SameCompany.Version}"));
        await output.WriteLineAsync(Line($"{"",-22}{"answered",10}{"precision",11}{"recall",9}{"F1",9}"));
        foreach (var band in Shown)
        {
            await TellAsync(band is Band.Certain ? "Certain" : $"{band} and above", judged.From(band), output);
        }

        var related = judged.Of(Band.Related);
        await output.WriteLineAsync(Line($"{"Related",-22}{related.Count,10}  ({related.Count(pair => pair.IsSame)} of them the same company)"));
        if (judged.BestThreshold is { } threshold)
        {
            await TellAsync(Line($"best, from {threshold:0.0#}"), judged.Best, output);
        }

        await output.WriteLineAsync(Line($"precision at recall 0.95: {(judged.PrecisionAtRecall(0.95) is { } precision ? Line($"{precision:0.000}") : "not reached")}"));
        var worst = judged.WorstErrors(Errors);
        await output.WriteLineAsync(worst.Count == 0 ? "No errors." : Line($"The {worst.Count} worst errors by the best threshold:"));
        foreach (var pair in worst)
        {
            await output.WriteLineAsync(Line($"  {(pair.IsSame ? "missed" : "wrong"),-7}{pair.Judgement.Score,6:0.0}  {pair.One} | {pair.Other}  ({Evidence(pair.Judgement)})"));
        }

        return 0;
    }

    // What it tells is what a model says that has not seen the company.
    static async Task<int> LearnAsync(string model, IReadOnlyList<string> files, TextWriter output, CancellationToken ct)
    {
        var examples = files.SelectMany(file => Example.Read(file, ct)).ToList();
        var learner = new Learner(examples);
        var unseen = learner.ScoreUnseen();
        await output.WriteLineAsync(Line($"{"on folds not seen",-44}{"pairs",8}{"precision",11}{"recall",9}{"F1",9}  precision at recall 0.95"));
        foreach (var set in Enumerable.Range(0, examples.Count).Where(at => unseen[at] is not null).GroupBy(at => (examples[at].Set, unseen[at]!.Value.Family)).OrderBy(set => set.Key.Set, StringComparer.Ordinal))
        {
            var judged = new JudgedPairs(set.Select(at => new JudgedPair(examples[at].One.Names[0], examples[at].Other.Names[0], examples[at].IsSame, new(Band.None, Math.Round((decimal)unseen[at]!.Value.Odds, 6), []))));
            await output.WriteLineAsync(Line($"{set.Key.Set + ", " + set.Key.Family.ToString().ToLowerInvariant(),-44}{judged.Count,8}{judged.Best.Precision,11:0.000}{judged.Best.Recall,9:0.000}{judged.Best.F1,9:0.000}  {judged.PrecisionAtRecall(0.95) ?? 0:0.000}"));
        }

        var learned = learner.Learn(Path.GetFileNameWithoutExtension(model) is { Length: > 0 } version ? version : "learned", unseen);
        await WriteAsync(model, JsonSerializer.Serialize(learned, Model.Json), ct);
        await output.WriteLineAsync(Line($"{model}: {learned.Version}, learned from {examples.Count} pairs"));
        return 0;
    }

    static async Task WriteAsync(string path, string text, CancellationToken ct)
    {
        try
        {
            await File.WriteAllTextAsync(path, text + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), ct);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be written: {refused.Message}");
        }
    }

    static Task TellAsync(string what, Rightness right, TextWriter output) =>
        output.WriteLineAsync(Line($"{what,-22}{right.Found,10}{right.Precision,11:0.000}{right.Recall,9:0.000}{right.F1,9:0.000}"));

    static string Evidence(Judgement judgement) =>
        judgement.Evidence.Count == 0 ? "nothing in common" : string.Join(", ", judgement.Evidence.Select(reason => Line($"{reason.Field} {reason.Finding} {reason.Points:+0.0;-0.0}")));

    static IEnumerable<JudgedPair> Read(string path, CancellationToken ct)
    {
        using var file = new RecordsFile(path, "name_a", "name_b", "label");
        for (var row = 2; file.Read(); row++)
        {
            ct.ThrowIfCancellationRequested();
            var (one, other) = (file.Company("_a"), file.Company("_b"));
            yield return new(one.Names[0], other.Names[0], file.Label(row), RecordsFile.Judge(one, other));
        }
    }

    // The records as they came, with their cluster in front. All is read and judged before a file is opened to write: a mistake leaves what was there.
    static async Task<int> ClusterAsync(string path, string? clusters, TextWriter output, CancellationToken ct)
    {
        if (clusters is not null && string.Equals(Path.GetFullPath(path), Path.GetFullPath(clusters), StringComparison.Ordinal))
        {
            throw new UsageException("The clusters would be written over the records. Name another file for them.");
        }

        var (header, rows, companies, truth) = ReadRecords(path, ct);
        var found = Clusters.Of(companies, Band.Likely, ct);
        if (clusters is null)
        {
            await WriteAsync(output, header, rows, found);
            return 0;
        }

        try
        {
            await using var file = new StreamWriter(clusters, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            await WriteAsync(file, header, rows, found);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{clusters} cannot be written: {refused.Message}");
        }

        await output.WriteLineAsync(Line($"{rows.Count} records in {found.Distinct().Count()} clusters; judged by {SameCompany.Version}"));
        if (truth.Count > 0 && truth.TrueForAll(cluster => cluster is not null))
        {
            var right = Clusters.Compare(found, truth!);
            await output.WriteLineAsync(Line($"by the column cluster_id: {right.Found} pairs, precision {right.Precision:0.000}, recall {right.Recall:0.000}, F1 {right.F1:0.000}"));
        }

        return 0;
    }

    static async Task WriteAsync(TextWriter output, IReadOnlyList<string> header, List<string[]> rows, int[] clusters)
    {
        await using var csv = new CsvWriter(output, CultureInfo.InvariantCulture, leaveOpen: true);
        await WriteAsync(csv, ["cluster", .. header]);
        for (var at = 0; at < rows.Count; at++)
        {
            await WriteAsync(csv, [clusters[at].ToString(CultureInfo.InvariantCulture), .. rows[at]]);
        }
    }

    static (IReadOnlyList<string> Header, List<string[]> Rows, List<CompanyProfile> Companies, List<string?> Truth) ReadRecords(string path, CancellationToken ct)
    {
        using var file = new RecordsFile(path, "name");
        var (rows, companies, truth) = (new List<string[]>(), new List<CompanyProfile>(), new List<string?>());
        while (file.Read())
        {
            ct.ThrowIfCancellationRequested();
            rows.Add(file.Row);
            companies.Add(file.Company());
            truth.Add(file.Field("cluster_id"));
        }

        return (file.Header, rows, companies, truth);
    }

    static async Task WriteAsync(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields)
        {
            csv.WriteField(field);
        }

        await csv.NextRecordAsync();
    }

    static string Line(FormattableString text) => FormattableString.Invariant(text);
}
