namespace Portal.Matching.Scoring;

/// <summary>How what is known of two records beside their names compares: 1 the same, 0 different, one half where one of them does not say.</summary>
sealed record PlaceComparison(double Phone, double PostalCode, double Address, double HouseNumber, double City)
{
    /// <summary>One of them does not say.</summary>
    public const double Unknown = 0.5;

    /// <summary>True where both records tell an address, a postal code or a telephone number.</summary>
    public bool IsKnown { get; } = Phone is not Unknown || PostalCode is not Unknown || Address is not Unknown;

    /// <summary>Nothing is known beside the names.</summary>
    public static PlaceComparison Nothing { get; } = new(Unknown, Unknown, Unknown, Unknown, Unknown);

    /// <summary>Of two records. A telephone number of the other may be hidden; then <paramref name="samePhone"/> says what is known of it.</summary>
    public static PlaceComparison Of(CompanyProfile one, CompanyProfile other, bool? samePhone)
    {
        var (mine, theirs) = (Words(one.Address), Words(other.Address));
        return new(
            samePhone is { } same ? same ? 1 : 0 : Unknown,
            one.PostalCode is { } code && other.PostalCode is { } otherCode ? TextSimilarity.JaroWinkler(Compact(code), Compact(otherCode)) is var alike && alike >= 1 ? 1 : 0 : Unknown,
            mine.Count == 0 || theirs.Count == 0 ? Unknown : Shared(mine, theirs),
            Numbers(mine, theirs),
            one.City is { Length: > 0 } city && other.City is { Length: > 0 } otherCity ? CityAlike(city, otherCity) : Unknown);
    }

    static IReadOnlyList<string> Words(string? address) => address is null ? [] : CompanyName.Parse(address).AllWords;

    static string Compact(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    static double Shared(IReadOnlyList<string> mine, IReadOnlyList<string> theirs)
    {
        if (mine.Any(word => word.Any(CompanyName.IsEastAsian)))
        {
            return TextSimilarity.PairsShared(string.Concat(mine), string.Concat(theirs));
        }

        // St and Street, Blvd and Boulevard: the first letters of one, in order, are the other.
        var found = mine.Count(word => theirs.Any(other => string.Equals(word, other, StringComparison.Ordinal) || Abbreviates(word, other) || Abbreviates(other, word)));
        return (double)found / Math.Min(mine.Count, theirs.Count) * (Math.Min(mine.Count, theirs.Count) > 1 ? 1 : 0.8);
    }

    static bool Abbreviates(string shorter, string longer)
    {
        if (shorter.Length >= longer.Length || shorter.Length == 0 || longer[0] != shorter[0] || shorter.Any(char.IsDigit))
        {
            return false;
        }

        var at = 0;
        foreach (var letter in longer)
        {
            at += at < shorter.Length && letter == shorter[at] ? 1 : 0;
        }

        return at == shorter.Length;
    }

    static double Numbers(IReadOnlyList<string> mine, IReadOnlyList<string> theirs) =>
        (mine.FirstOrDefault(IsNumber), theirs.FirstOrDefault(IsNumber)) is ({ } one, { } other) ? string.Equals(one, other, StringComparison.Ordinal) ? 1 : 0 : Unknown;

    static bool IsNumber(string word) => char.IsAsciiDigit(word[0]);

    static double CityAlike(string one, string other)
    {
        var (mine, theirs) = (CompanyName.Parse(PlaceNames.Short(one)).Text, CompanyName.Parse(PlaceNames.Short(other)).Text);
        return string.Equals(mine, theirs, StringComparison.Ordinal) ? 1
            : mine.Length > 2 && theirs.Length > 2 && (mine.StartsWith(theirs, StringComparison.Ordinal) || theirs.StartsWith(mine, StringComparison.Ordinal)) ? 0.8 : 0;
    }
}
