using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Portal.Matching.Scoring;

/// <summary>What <c>portal -- match learn</c> writes and <see cref="Scorer"/> reads.</summary>
/// <param name="Version">Which learning it is.</param>
/// <param name="LearnedFrom">The sets it was learned from, with their number of examples.</param>
/// <param name="Rarity">How rare common words and characters are; see <see cref="Scoring.Rarity"/>.</param>
/// <param name="Families">By name of <see cref="Family"/>.</param>
sealed record Model(string Version, IReadOnlyDictionary<string, int> LearnedFrom, IReadOnlyDictionary<string, double> Rarity, IReadOnlyDictionary<string, ModelFamily> Families)
{
    /// <summary>How it is written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, IndentCharacter = ' ', IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A tree from its line: a node is <c>feature:limit:left:value</c>, a leaf <c>value</c>.</summary>
    public static Tree Tree(string line)
    {
        var nodes = line.Split(' ').Select(node => node.Split(':')).ToArray();
        return new(
            [.. nodes.Select(node => node.Length > 1 ? int.Parse(node[0], CultureInfo.InvariantCulture) : -1)],
            [.. nodes.Select(node => node.Length > 1 ? double.Parse(node[1], CultureInfo.InvariantCulture) : 0)],
            [.. nodes.Select(node => node.Length > 1 ? int.Parse(node[2], CultureInfo.InvariantCulture) : 0)],
            [.. nodes.Select(node => double.Parse(node[^1], CultureInfo.InvariantCulture))]);
    }

    /// <summary>The line of a tree.</summary>
    public static string Line(Tree tree) => string.Join(' ', tree.Features.Select((feature, node) => feature < 0
        ? string.Create(CultureInfo.InvariantCulture, $"{tree.Values[node]}")
        : string.Create(CultureInfo.InvariantCulture, $"{feature}:{tree.Limits[node]}:{tree.Lefts[node]}:{tree.Values[node]}")));
}

/// <summary>What was learned for one family.</summary>
/// <param name="Base">Log-odds before any question.</param>
/// <param name="Scale">Points of one unit of log-odds.</param>
/// <param name="Shift">Points that are added.</param>
/// <param name="Certain">From so many points on it is certain.</param>
/// <param name="Features">The features by name, for the reader; trees name them by their place.</param>
/// <param name="Trees">The trees, a line each.</param>
sealed record ModelFamily(double Base, double Scale, double Shift, double Certain, IReadOnlyList<string> Features, IReadOnlyList<string> Trees);
