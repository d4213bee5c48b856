using Portal.Matching.Evaluation;
using Portal.Matching.Scoring;

namespace Portal.Matching.Learning;

/// <summary>
/// Learns a <see cref="Model"/> from examples. What it says of itself comes from folds it did not see: companies are dealt into folds, each fold is scored by a model of the others,
/// and from those scores alone the bands are set.
/// </summary>
/// <param name="examples">What is learned from.</param>
/// <param name="deal">How companies are dealt into folds; another number is another deal.</param>
sealed class Learner(IReadOnlyList<Example> examples, int deal = 0)
{
    const int Folds = 5;

    // More of it, and namesakes of a few Dutch companies are better told apart by what was made up than by what happened (F1 on patent applicants 0.956, 0.952, 0.94 at 0.1, 0.2, 1).
    const double DamagedWeight = 0.15;

    // What fewer companies have in common is rare.
    const int LeastCompanies = 6;

    // The precision a band is set for on unseen folds, a little above what is promised (0.99 and 0.85): the next thousand companies are others.
    const double CertainPrecision = 0.995, LikelyPrecision = 0.9;

    // A set with fewer same pairs of a family says too little about a precision.
    const int LeastSame = 40;

    // Possible finds so many of the same companies, unless more than half of what it finds would be others.
    const double PossibleRecall = 0.985, PossiblePrecision = 0.5;

    // Between two bands lies at least this much evidence (log-odds), however clean the examples are.
    const double LeastGap = 2;

    // What is learned from: the examples, and after them those made of their names. Of each, the companies.
    readonly List<Example> learned = [.. examples];
    readonly List<int> companiesOne = [], companiesOther = [];
    readonly List<List<CompanyName>> companies = [];
    readonly List<(Dictionary<string, double> Rarity, Dictionary<Family, (double Base, IReadOnlyList<Tree> Trees)> Families)> unfinished = [];

    /// <summary>Scores each example by a model that has not seen its company: its family, and points in log-odds; null where there is no name to compare.</summary>
    public IReadOnlyList<(Family Family, double Odds)?> ScoreUnseen()
    {
        Deal();
        var scores = new (Family, double)?[examples.Count];
        for (var fold = 0; fold < Folds; fold++)
        {
            var rarity = Rarity.Count([.. companies.Where((_, company) => Fold(company) != fold)], LeastCompanies);
            var compared = Compare(new Rarity(rarity));
            unfinished.Add((rarity, []));
            foreach (var family in Enum.GetValues<Family>())
            {
                if (Train(family, compared, at => Fold(companiesOne[at]) != fold && Fold(companiesOther[at]) != fold) is { } trained)
                {
                    unfinished[fold].Families[family] = trained;
                    foreach (var at in Enumerable.Range(0, examples.Count).Where(at => compared[at]?.Family == family && Fold(companiesOne[at]) == fold))
                    {
                        scores[at] = (family, trained.Base + trained.Trees.Sum(tree => tree.Of(compared[at]!.Features)));
                    }
                }
            }
        }

        return scores;
    }

    /// <summary>Judges each example as the product would with a model that has not seen its company; null where there is nothing to compare.</summary>
    public IReadOnlyList<Judgement?> JudgeUnseen(IReadOnlyList<(Family Family, double Odds)?> unseen)
    {
        var scorers = unfinished.Select(fold => new Scorer(new("unseen", new Dictionary<string, int>(), fold.Rarity,
            fold.Families.ToDictionary(entry => entry.Key.ToString(), entry => Finished(entry.Key, entry.Value, unseen), StringComparer.Ordinal)))).ToList();
        return [.. Enumerable.Range(0, examples.Count).AsParallel().AsOrdered().Select(at => unseen[at] is null ? null : RecordsFile.Judge(examples[at].One, examples[at].Other, scorers[Fold(companiesOne[at])]))];
    }

    /// <summary>Learns from all examples; the bands are set by <paramref name="unseen"/>.</summary>
    public Model Learn(string version, IReadOnlyList<(Family Family, double Odds)?> unseen)
    {
        var rarity = Rarity.Count([.. companies], LeastCompanies);
        var compared = Compare(new Rarity(rarity));
        var families = new Dictionary<string, ModelFamily>(StringComparer.Ordinal);
        foreach (var family in Enum.GetValues<Family>())
        {
            if (Train(family, compared, _ => true) is { } trained)
            {
                families[family.ToString().ToLowerInvariant()] = Finished(family, trained, unseen);
            }
        }

        return new(version, examples.CountBy(example => example.Set, StringComparer.Ordinal).OrderBy(set => set.Key, StringComparer.Ordinal).ToDictionary(),
            rarity.OrderBy(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).ToDictionary(), families);
    }

    ModelFamily Finished(Family family, (double Base, IReadOnlyList<Tree> Trees) trained, IReadOnlyList<(Family Family, double Odds)?> unseen)
    {
        var (possible, likely, certain) = Bands(family, unseen);
        var scale = Math.Round((double)(SameCompany.LikelyFrom - SameCompany.PossibleFrom) / (likely - possible), 4);
        var shift = Math.Round((double)SameCompany.LikelyFrom - likely * scale, 4);
        return new(Math.Round(trained.Base, 4), scale, shift, Math.Round(certain * scale + shift, 2), [.. Comparison.FeaturesOf(family).Select(feature => feature.Name)], [.. trained.Trees.Select(Model.Line)]);
    }

    // A hash that keeps nothing of the order (Knuth's multiplier).
    int Fold(int company) => deal == 0 ? company % Folds : (int)((uint)(company + 1) * 2654435761u * (uint)(2 * deal + 1) >> 16) % Folds;

    // Names that are said to be the same are one company, and so are those that are the same as one of them.
    void Deal()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var parents = new List<int>();
        int Number(CompanyProfile record)
        {
            var key = $"{record.Names[0]}|{record.Address}";
            if (!numbers.TryGetValue(key, out var number))
            {
                numbers[key] = number = parents.Count;
                parents.Add(number);
            }

            return number;
        }

        int Root(int at)
        {
            while (parents[at] != at)
            {
                at = parents[at] = parents[parents[at]];
            }

            return at;
        }

        foreach (var example in examples)
        {
            var (one, other) = (Number(example.One), Number(example.Other));
            if (example.IsSame)
            {
                parents[Math.Max(Root(one), Root(other))] = Math.Min(Root(one), Root(other));
            }
        }

        var dense = new Dictionary<int, int>();
        int Company(CompanyProfile record)
        {
            var root = Root(Number(record));
            if (!dense.TryGetValue(root, out var company))
            {
                dense[root] = company = companies.Count;
                companies.Add([]);
            }

            return company;
        }

        var names = new List<List<string>>();
        void Take(CompanyProfile record, List<int> taken)
        {
            var company = Company(record);
            taken.Add(company);
            companies[company].AddRange(record.ParsedNames);
            names.AddRange(Enumerable.Range(names.Count, companies.Count - names.Count).Select(_ => new List<string>()));
            names[company].Add(record.Names[0]);
        }

        foreach (var example in examples)
        {
            Take(example.One, companiesOne);
            Take(example.Other, companiesOther);
        }

        foreach (var (example, one, other) in DamagedNames.Of(names))
        {
            learned.Add(example);
            companiesOne.Add(one);
            companiesOther.Add(other);
        }
    }

    Comparison?[] Compare(Rarity rarity) => [.. learned.AsParallel().AsOrdered().Select(example => example.Compare(rarity))];

    (double Base, IReadOnlyList<Tree> Trees)? Train(Family family, Comparison?[] compared, Func<int, bool> isSeen)
    {
        var seen = Enumerable.Range(0, learned.Count).Where(at => compared[at]?.Family == family && isSeen(at)).ToList();
        if (seen.Count(at => learned[at].IsSame) < LeastSame || seen.Count(at => !learned[at].IsSame) < LeastSame)
        {
            return null;
        }

        // A hundred spellings of two companies say little more of companies than ten do.
        var alike = seen.CountBy(Pair).ToDictionary();
        return new BoostedTrees(Comparison.FeaturesOf(family), new()).Learn(
            [.. seen.Select(at => compared[at]!.Features)], [.. seen.Select(at => learned[at].IsSame)], [.. seen.Select(at => Weight(learned[at]) / Math.Sqrt(alike[Pair(at)]))]);
    }

    // What was made up says less than what happened.
    static double Weight(Example example) => string.Equals(example.Set, DamagedNames.Set, StringComparison.Ordinal) ? DamagedWeight : 1;

    (string, int, int, bool) Pair(int at) =>
        (learned[at].Set, Math.Min(companiesOne[at], companiesOther[at]), Math.Max(companiesOne[at], companiesOther[at]), learned[at].IsSame);

    // The set that is worst off decides.
    (double Possible, double Likely, double Certain) Bands(Family family, IReadOnlyList<(Family Family, double Odds)?> unseen)
    {
        var sets = Enumerable.Range(0, examples.Count).Where(at => unseen[at]?.Family == family).GroupBy(at => examples[at].Set, StringComparer.Ordinal)
            .Select(set => set.Select(at => (unseen[at]!.Value.Odds, examples[at].IsSame)).OrderByDescending(pair => pair.Odds).ToList())
            .Where(set => set.Count(pair => pair.IsSame) >= LeastSame).ToList();
        var likely = sets.Max(set => From(set, LikelyPrecision));
        var found = sets.Max(set => Math.Max(From(set, PossiblePrecision), set.Where(pair => pair.IsSame).Select(pair => pair.Odds).ElementAt((int)(set.Count(pair => pair.IsSame) * PossibleRecall))));
        return (Math.Min(found, likely - LeastGap), likely, Math.Max(likely + LeastGap, sets.Max(set => From(set, CertainPrecision))));
    }

    // The lowest log-odds from which that many of a hundred answers are right; where none is, above all.
    static double From(List<(double Odds, bool IsSame)> sorted, double precision)
    {
        var (right, from) = (0, sorted[0].Odds + LeastGap);
        for (var at = 0; at < sorted.Count; at++)
        {
            right += sorted[at].IsSame ? 1 : 0;
            if ((at + 1 == sorted.Count || sorted[at + 1].Odds < sorted[at].Odds) && (double)right / (at + 1) >= precision)
            {
                from = sorted[at].Odds;
            }
        }

        return from;
    }
}
