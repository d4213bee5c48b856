using System.Reflection;
using System.Text.Json;

namespace Portal.Matching.Scoring;

/// <summary>
/// What was learned of how names of one company differ: a scorer per <see cref="Family"/>, and how rare words are. Its points are log-odds on a scale on which possible and likely
/// (<see cref="SameCompany"/>) lie at the same points for every family; 6 is as sure in pinyin as it is in 汉字.
/// </summary>
sealed class Scorer
{
    static readonly Lazy<Scorer> TheLearned = new(Load);

    readonly Model model;
    readonly Dictionary<Family, (double Base, double Scale, double Shift, decimal Certain, Tree[] Trees, Forest Forest)> families;

    /// <summary>Makes a scorer of a model.</summary>
    public Scorer(Model model)
    {
        this.model = model;
        Rarity = new(model.Rarity);
        families = model.Families.ToDictionary(entry => Enum.Parse<Family>(entry.Key, ignoreCase: true), entry =>
        {
            var trees = entry.Value.Trees.Select(Model.Tree).ToArray();
            return (entry.Value.Base, entry.Value.Scale, entry.Value.Shift, (decimal)entry.Value.Certain, trees, new Forest(trees));
        });
    }

    /// <summary>The one that comes with the product.</summary>
    public static Scorer Learned => TheLearned.Value;

    /// <summary>Which learning it is, kept with every verdict.</summary>
    public string Version => model.Version;

    /// <summary>How rare words and characters are.</summary>
    public Rarity Rarity { get; }

    /// <summary>The points of a comparison: the more, the surer it is one company; negative where it is hardly one.</summary>
    public double Points(Comparison comparison)
    {
        var family = families[comparison.Family];
        return family.Forest.Sum(family.Base, comparison.Features) * family.Scale + family.Shift;
    }

    /// <summary>From so many points on an answer of that family was right in more than 99 of 100 companies that were not learned from.</summary>
    public decimal CertainFrom(Family family) => families[family].Certain;

    /// <summary>What each feature has to do with the points, in points; the rest is what they would be without looking.</summary>
    public double[] Explain(Comparison comparison)
    {
        var family = families[comparison.Family];
        var parts = new double[comparison.Features.Length];
        foreach (var tree in family.Trees)
        {
            tree.Explain(comparison.Features, parts);
        }

        return [.. parts.Select(part => part * family.Scale)];
    }

    static Scorer Load()
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream("Matching/Scoring/model.json") ?? throw new InvalidOperationException("The learned model is not in the assembly.");
        return new(JsonSerializer.Deserialize<Model>(file, Model.Json) ?? throw new InvalidOperationException("The learned model is empty."));
    }
}
