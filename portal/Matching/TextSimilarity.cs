namespace Portal.Matching;

/// <summary>How alike two normalised names are.</summary>
static class TextSimilarity
{
    /// <summary>Jaro-Winkler: 1 for equal, 0 for nothing in common; forgives a typo, most of all far from the beginning.</summary>
    public static double JaroWinkler(string one, string other)
    {
        var jaro = Jaro(one, other);
        var prefix = 0;
        while (prefix < Math.Min(4, Math.Min(one.Length, other.Length)) && one[prefix] == other[prefix])
        {
            prefix++;
        }

        return jaro + prefix * 0.1 * (1 - jaro);
    }

    /// <summary>True when the shorter is made of characters of the longer in the same order and both begin alike: 云栖 or 云栖科 for 云栖科技.</summary>
    public static bool IsShortForm(string one, string other)
    {
        var (shorter, longer) = one.Length <= other.Length ? (one, other) : (other, one);
        if (shorter.Length < 2 || shorter.Length == longer.Length || !longer.StartsWith(shorter[..2], StringComparison.Ordinal))
        {
            return false;
        }

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
