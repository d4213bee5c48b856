using System.Globalization;
using Benchmarks.Claims;
using Portal.Matching;
using Portal.Matching.Evaluation;
using Portal.Matching.Learning;
using Portal.Matching.Scoring;

namespace Benchmarks.Matching;

/// <summary>
/// How right the matcher is on public names, beside what the best methods reach on them (README of the data). Each company is judged by a scorer that has learned nothing of it, in three deals of companies
/// into folds, whose mean counts; how the product's own scorer does on the same names is told below, without a target. Needs the data beside the repository.
/// </summary>
static class MatchingBenchmark
{
    // The records tell which names of the pairs are one company, so that none of its names is learned from when another one is judged.
    static readonly string[] Files = ["zh_pairs.csv", "en_records_patstat.csv", "en_pairs_patstat.csv", "en_pairs_org_namebench.csv", "en_records_chicago_orgs.csv", "restaurant_pairs_fodors_zagats.csv"];

    const int Deals = 3;

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
        var files = length.IsQuick ? Files[1..4] : Files;
        var examples = files.SelectMany(file => Example.Read(Path.Combine(folder, file), ct)).ToList();
        var deals = Enumerable.Range(0, length.IsQuick ? 1 : Deals).Select(deal => Judge(new Learner(examples, deal))).ToList();
        var unseen = deals[0].Unseen;
        var (figures, lines) = (new List<Figure>(), new List<string>());
        foreach (var (name, set, family, f1, precision) in Sets)
        {
            var of = Enumerable.Range(0, examples.Count).Where(at => string.Equals(examples[at].Set, set, StringComparison.Ordinal) && unseen[at]?.Family == family).ToList();
            if (of.Count > 0)
            {
                var judged = deals.Select(deal => new JudgedPairs(of.Select(at => Judged(examples[at], deal.Judgements[at]!)))).ToList();
                figures.Add(Figure.High(name + "_f1", judged.Average(pairs => pairs.Best.F1), f1));
                figures.Add(Figure.High(name + "_precision_at_recall_095", judged.Average(pairs => pairs.PrecisionAtRecall(0.95) ?? 0), precision));
                figures.AddRange(Bands(name, judged));
                lines.Add(Line($"{name,-22} {of.Count,6} pairs; F1 of each deal: {string.Join(", ", judged.Select(pairs => Line($"{pairs.Best.F1:0.000}")))}; of the first: precision/recall of {Bands(judged[0])}"));
                lines.Add(Line($"{"",22}  the product's own scorer: {Bands(new JudgedPairs(of.Select(at => Judged(examples[at], RecordsFile.Judge(examples[at].One, examples[at].Other)))))}"));
            }
        }

        if (!length.IsQuick)
        {
            figures.Add(Figure.High("zh_sister_companies_related", Related(folder), 0.8));
            figures.Add(Figure.High("zh_trade_names_found", TradeNames(folder), null));
        }

        return Task.FromResult(new Report("matching", figures, [.. lines, Line($"Renamed companies are in no set: the files hold no former names. Learned with the settings of the product, five folds of companies, {deals.Count} deals.")]));
    }

    static (IReadOnlyList<(Family Family, double Odds)?> Unseen, IReadOnlyList<Judgement?> Judgements) Judge(Learner learner)
    {
        var unseen = learner.ScoreUnseen();
        return (unseen, learner.JudgeUnseen(unseen));
    }

    // What is promised of the bands, where enough pairs were answered so to tell one wrong answer in a hundred.
    static IEnumerable<Figure> Bands(string name, List<JudgedPairs> judged)
    {
        foreach (var (band, promised) in new[] { (Band.Certain, 0.99), (Band.Likely, 0.85) })
        {
            var found = judged.ConvertAll(pairs => pairs.From(band));
            var isTold = found.Average(right => right.Found) >= 30;
            yield return Figure.High(Line($"{name}_{band.ToString().ToLowerInvariant()}_precision"), found.Average(right => right.Precision), isTold ? promised : null);
            yield return Figure.High(Line($"{name}_{band.ToString().ToLowerInvariant()}_recall"), found.Average(right => right.Recall), null);
        }
    }

    // Companies that have one: 227 of 248.
    static double TradeNames(string folder)
    {
        var truth = RecordsFile.Rows(Path.Combine(folder, "zh_trade_name_truth.csv"), "company_name", "trade_name").Where(row => row[1].Length > 0).ToList();
        return (double)truth.Count(row => string.Equals(CompanyName.Parse(row[0]).TradeName, row[1], StringComparison.Ordinal)) / truth.Count;
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
