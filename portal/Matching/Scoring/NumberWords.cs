using System.Collections.Frozen;

namespace Portal.Matching.Scoring;

/// <summary>Numbers as they stand in names: 3, three and III are one.</summary>
static class NumberWords
{
    static readonly FrozenDictionary<string, int> Values = new[]
    {
        "one i", "two ii", "three iii", "four iv", "five v", "six vi", "seven vii", "eight viii", "nine ix", "ten x", "eleven xi", "twelve xii", "thirteen xiii", "fourteen xiv", "fifteen xv",
    }.SelectMany((words, at) => words.Split(' ').Select(word => (word, at + 1))).ToFrozenDictionary(pair => pair.word, pair => pair.Item2, StringComparer.Ordinal);

    /// <summary>True for two ways to write one number.</summary>
    public static bool AreSame(string one, string other) => Of(one) is { } value && value == Of(other);

    /// <summary>The number a word stands for; null where it is none or may be a letter.</summary>
    public static int? Of(string word) =>
        word.Length is > 0 and < 7 && word.All(char.IsAsciiDigit) ? int.Parse(word, System.Globalization.CultureInfo.InvariantCulture)
        : Values.TryGetValue(word, out var value) ? value : null;
}
