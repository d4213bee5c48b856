namespace Portal.Matching.Scoring;

/// <summary>Which kind of comparison two names allow; each kind has features and a learned scorer of its own.</summary>
enum Family
{
    /// <summary>Two names in 汉字, kana or hangul.</summary>
    Hanzi,

    /// <summary>One of them in Latin letters: the other is read aloud.</summary>
    Sound,

    /// <summary>Two names in Latin letters, of records whose address and telephone are not both known.</summary>
    Latin,

    /// <summary>Two names in Latin letters, of records that both tell an address, a postal code or a telephone number.</summary>
    Record,
}

/// <summary>How two names compare, in the numbers of their family.</summary>
/// <param name="Family">What kind of comparison it is.</param>
/// <param name="Features">The numbers, in the order of <see cref="FeaturesOf"/>.</param>
sealed record Comparison(Family Family, double[] Features)
{
    /// <summary>Compares two names and what is known of their records beside.</summary>
    public static Comparison Of(CompanyName one, CompanyName other, PlaceComparison place, Rarity rarity) => FamilyOf(one, other, place) switch
    {
        Family.Hanzi => new(Family.Hanzi, HanziFeatures.Of(one, other, rarity)),
        Family.Sound => new(Family.Sound, SoundFeatures.Of(one, other)),
        var family => new(family, LatinFeatures.Of(one, other, rarity, place)),
    };

    /// <summary>The features of a family.</summary>
    public static IReadOnlyList<Feature> FeaturesOf(Family family) => family switch
    {
        Family.Hanzi => HanziFeatures.All,
        Family.Sound => SoundFeatures.All,
        _ => LatinFeatures.All,
    };

    static Family FamilyOf(CompanyName one, CompanyName other, PlaceComparison place) =>
        one.IsChinese && other.IsChinese ? Family.Hanzi
        : one.IsChinese != other.IsChinese ? Family.Sound
        : place.IsKnown ? Family.Record : Family.Latin;
}
