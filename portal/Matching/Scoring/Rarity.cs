using System.Collections.Frozen;

namespace Portal.Matching.Scoring;

/// <summary>
/// How much a character or word tells: hardly anything where half of all companies have it (股, 科, <c>technology</c>), much where few do.
/// The natural logarithm of one over the share of names that have it, between 0 and <see cref="Rarest"/>.
/// </summary>
sealed class Rarity(IReadOnlyDictionary<string, double> known)
{
    /// <summary>What is in no list is as rare as this.</summary>
    public const double Rarest = 6;

    readonly FrozenDictionary<string, double> words = known.Where(entry => entry.Key.Length > 1 || entry.Key[0] < '\u3000').ToFrozenDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
    readonly FrozenDictionary<char, double> characters = known.Where(entry => entry.Key.Length == 1).ToFrozenDictionary(entry => entry.Key[0], entry => entry.Value);

    /// <summary>Of a character of a script without spaces.</summary>
    public double Of(char character) => characters.GetValueOrDefault(character, Rarest);

    /// <summary>Of a word in Latin letters.</summary>
    public double Of(string word) => words.GetValueOrDefault(word, Rarest);

    /// <summary>Of all characters of a text.</summary>
    public double Sum(ReadOnlySpan<char> text)
    {
        double sum = 0;
        foreach (var character in text)
        {
            sum += Of(character);
        }

        return sum;
    }

    /// <summary>Counts in how many companies, each with all its names, a character or word occurs; what fewer than <paramref name="least"/> have is left out, for it is rare.</summary>
    public static Dictionary<string, double> Count(IReadOnlyCollection<IReadOnlyList<CompanyName>> companies, int least)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var (chinese, latin) = (0, 0);
        foreach (var names in companies)
        {
            chinese += names.Any(name => name.IsChinese) ? 1 : 0;
            latin += names.Any(name => !name.IsChinese) ? 1 : 0;
            foreach (var part in names.SelectMany(Parts).Distinct(StringComparer.Ordinal))
            {
                counts[part] = counts.GetValueOrDefault(part) + 1;
            }
        }

        return counts.Where(entry => entry.Value >= least).ToDictionary(
            entry => entry.Key,
            entry => Math.Round(Math.Clamp(Math.Log((double)(CompanyName.IsEastAsian(entry.Key[0]) ? chinese : latin) / entry.Value), 0, Rarest), 2), StringComparer.Ordinal);
    }

    static IEnumerable<string> Parts(CompanyName name) => name.IsChinese ? name.Text.Select(character => character.ToString()) : name.AllWords;
}
