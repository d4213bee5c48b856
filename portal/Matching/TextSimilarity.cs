namespace Portal.Matching;

/// <summary>How alike two normalised names are.</summary>
static class TextSimilarity
{
    /// <summary>Jaro-Winkler: 1 for equal, 0 for nothing in common; forgives a typo, most of all far from the beginning.</summary>
    public static double JaroWinkler(string one, string other)
    {
        var jaro = Jaro(one, other);
        return jaro + Math.Min(4, CommonBeginning(one, other)) * 0.1 * (1 - jaro);
    }

    /// <summary>How many characters both begin with.</summary>
    public static int CommonBeginning(string one, string other) => one.AsSpan().CommonPrefixLength(other);

    /// <summary>True when the shorter is made of characters of the longer in the same order and both begin alike: 云栖 or 云栖科 for 云栖科技.</summary>
    public static bool IsShortForm(string one, string other)
    {
        var (shorter, longer) = one.Length <= other.Length ? (one, other) : (other, one);
        if (shorter.Length < 2 || shorter.Length == longer.Length || !longer.StartsWith(shorter[..2], StringComparison.Ordinal))
        {
            return false;
        }

        return IsPartOf(shorter, longer);
    }

    /// <summary>
    /// True for a word cut short: three letters or more that it begins with (tech, ind), or its first letter and others of it in order, of which the last is its last or a consonant (intl, mfg, dept).
    /// </summary>
    public static bool Abbreviates(string shorter, string longer) =>
        shorter.Length >= 3 && longer.Length - shorter.Length >= 2
        && (longer.StartsWith(shorter, StringComparison.Ordinal)
            || (shorter.Length <= 5 && longer.Length >= 6 && shorter[0] == longer[0] && !IsVowel(shorter[^1]) && shorter.AsSpan(2).IndexOfAny("aeiou") < 0 && IsPartOf(shorter, longer)));

    static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u';

    /// <summary>True when the shorter is made of characters of the longer in the same order.</summary>
    public static bool IsPartOf(string one, string other)
    {
        var (shorter, longer) = one.Length <= other.Length ? (one, other) : (other, one);
        var at = 0;
        foreach (var character in shorter)
        {
            at = longer.IndexOf(character, at) + 1;
            if (at == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// How many strokes make one text the other (Damerau and Levenshtein: a character lacking, too many, another, or two swapped; the restricted form).
    /// Another that sounds the same costs half a stroke.
    /// </summary>
    public static double Edits(string one, string other, Func<char, char, bool>? soundsTheSame = null)
    {
        Span<double> before = stackalloc double[other.Length + 1], last = stackalloc double[other.Length + 1], next = stackalloc double[other.Length + 1];
        for (var j = 0; j <= other.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= one.Length; i++)
        {
            next[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var (mine, theirs) = (one[i - 1], other[j - 1]);
                var change = mine == theirs ? 0 : soundsTheSame?.Invoke(mine, theirs) is true ? 0.5 : 1;
                next[j] = Math.Min(last[j - 1] + change, Math.Min(last[j], next[j - 1]) + 1);
                if (i > 1 && j > 1 && mine == other[j - 2] && one[i - 2] == theirs)
                {
                    next[j] = Math.Min(next[j], before[j - 2] + 1);
                }
            }

            var oldest = before;
            before = last;
            last = next;
            next = oldest;
        }

        return last[other.Length];
    }

    /// <summary>The length of the longest part that both have.</summary>
    public static int LongestCommonPart(string one, string other)
    {
        var longest = 0;
        Span<int> lengths = stackalloc int[other.Length + 1];
        foreach (var mine in one)
        {
            for (var j = other.Length; j > 0; j--)
            {
                lengths[j] = mine == other[j - 1] ? lengths[j - 1] + 1 : 0;
                longest = Math.Max(longest, lengths[j]);
            }
        }

        return longest;
    }

    /// <summary>The share of neighbouring characters that both have (Dice), 0 to 1.</summary>
    public static double PairsShared(string one, string other)
    {
        if (one.Length < 2 || other.Length < 2)
        {
            return string.Equals(one, other, StringComparison.Ordinal) ? 1 : 0;
        }

        var (mine, both) = DistinctPairs(one, other);
        var (theirs, _) = DistinctPairs(other, one);
        return 2.0 * both / (mine + theirs);
    }

    // How many different pairs of neighbours the first has, and how many of them the other has.
    static (int Own, int Shared) DistinctPairs(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        var (own, shared) = (0, 0);
        for (var at = 0; at < one.Length - 1; at++)
        {
            var pair = one.Slice(at, 2);
            if (one[..(at + 1)].IndexOf(pair, StringComparison.Ordinal) < 0)
            {
                own++;
                shared += other.IndexOf(pair, StringComparison.Ordinal) < 0 ? 0 : 1;
            }
        }

        return (own, shared);
    }

    static double Jaro(string one, string other)
    {
        if (one.Length == 0 || other.Length == 0)
        {
            return 0;
        }

        var window = Math.Max(0, Math.Max(one.Length, other.Length) / 2 - 1);
        Span<bool> taken = stackalloc bool[other.Length];
        Span<char> found = stackalloc char[one.Length];
        var matches = 0;
        for (var i = 0; i < one.Length; i++)
        {
            for (var j = Math.Max(0, i - window); j <= Math.Min(other.Length - 1, i + window); j++)
            {
                if (!taken[j] && one[i] == other[j])
                {
                    taken[j] = true;
                    found[matches++] = one[i];
                    break;
                }
            }
        }

        if (matches == 0)
        {
            return 0;
        }

        var (swapped, next) = (0, 0);
        for (var j = 0; j < other.Length; j++)
        {
            if (taken[j] && found[next++] != other[j])
            {
                swapped++;
            }
        }

        double m = matches;
        return (m / one.Length + m / other.Length + (m - swapped / 2) / m) / 3;
    }
}
