using System.Globalization;
using Benchmarks.Claims;
using Portal.Matching;
using Portal.Matching.Evaluation;
using Portal.Matching.Learning;
using Portal.Matching.Scoring;

namespace Benchmarks.Matching;

/// <summary>
/// How right the matcher is on public names, beside what the best methods reach on them (README of the data). Each company is judged by a scorer that has not learned from it; how
/// the product's own scorer does on the same names is told below, without a target. Needs the data beside the repository.
/// </summary>
static class MatchingBenchmark
{
    static readonly string[] Files = ["zh_pairs.csv", "en_pairs_patstat.csv", "en_pairs_org_namebench.csv", "en_records_chicago_orgs.csv", "restaurant_pairs_fodors_zagats.csv"];

    // What is judged, by which family, and what it should reach: F1, and the precision where 95 of 100 are found.
    static readonly (string Name, string Set, Family Family, double? F1, double? Precision)[] Sets =
    [
        ("zh_real_aliases", "zh_pairs.csv, real", Family.Hanzi, 0.93, 0.88),
        ("zh_derived_damage", "zh_pairs.csv, derived", Family.Hanzi, 0.98, 0.98),
        ("zh_full_pinyin", "zh_pairs.csv, derived", Family.Sound, 0.93, null),
        ("en_organisations", "en_pairs_org_namebench.csv", Family.Latin, 0.90, null),
        ("patstat", "en_pairs_patstat.csv", Family.Latin, 0.96, null),
        ("chicago_records", "en_records_chicago_orgs.csv", Family.Record, 0.96, 0.95),
        ("fodors_zagats", "restaurant_pairs_fodors_zagats.csv", Family.Record, 1.00, null),
        ("english_against_hanzi", "zh_pairs.csv, real", Family.Sound, null, null),
    ];

    public static Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var folder = PublicNames.Folder();
        var files = length.IsQuick ? Files[1..3] : Files;
        var examples = files.SelectMany(file => Example.Read(Path.Combine(folder, file), ct)).ToList();
        var learner = new Learner(examples);
        var unseen = learner.ScoreUnseen();
        var judgements = learner.JudgeUnseen(unseen);
        var (figures, lines) = (new List<Figure>(), new List<string>());
        foreach (var (name, set, family, f1, precision) in Sets)
        {
            var of = Enumerable.Range(0, examples.Count).Where(at => string.Equals(examples[at].Set, set, StringComparison.Ordinal) && unseen[at]?.Family == family).ToList();
            if (of.Count > 0)
            {
                var judged = new JudgedPairs(of.Select(at => Judged(examples[at], judgements[at]!)));
                figures.Add(Figure.High(name + "_f1", judged.Best.F1, f1));
                figures.Add(Figure.High(name + "_precision_at_recall_095", judged.PrecisionAtRecall(0.95) ?? 0, precision));
                lines.Add(Line($"{name,-22} {judged.Count,6} pairs: precision {judged.Best.Precision:0.000}, recall {judged.Best.Recall:0.000}, F1 {judged.Best.F1:0.000}; precision/recall of {Bands(judged)}"));
                lines.Add(Line($"{"",22}  the product's own scorer: {Bands(new JudgedPairs(of.Select(at => Judged(examples[at], RecordsFile.Judge(examples[at].One, examples[at].Other)))))}"));
            }
        }

        if (!length.IsQuick)
        {
            figures.Add(Figure.High("zh_sister_companies_related", Related(folder), 0.8));
        }

        return Task.FromResult(new Report("matching", figures, [.. lines, Line($"Renamed companies are in no set: the files hold no former names. Learned with the settings of the product, five folds of companies.")]));
    }

    static JudgedPair Judged(Example example, Judgement judgement) => new(example.One.Names[0], example.Other.Names[0], example.IsSame, judgement);

    static string Bands(JudgedPairs judged) => string.Join("; ", new[] { Band.Certain, Band.Likely, Band.Possible }.Select(band => judged.From(band) is var right
        ? Line($"{band.ToString().ToLowerInvariant()} {right.Precision:0.000}/{right.Recall:0.000}") : "")) + Line($"; best F1 {judged.Best.F1:0.000}");

    static double Related(string folder)
    {
        var names = RecordsFile.Rows(Path.Combine(folder, "zh_entities.csv"), "entity_id", "full_name").ToDictionary(row => row[0], row => row[1], StringComparer.Ordinal);
        var pairs = RecordsFile.Rows(Path.Combine(folder, "zh_related.csv"), "confidence", "entity_a", "entity_b").Where(row => row[0] is "high").ToList();
        return (double)pairs.Count(row => SameCompany.Judge(new([names[row[1]]], "CN"), new CompanyProfile([names[row[2]]], "CN")).Band is Band.Related) / pairs.Count;
    }

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
