using Portal.Matching.Keys;

namespace Portal.Matching;

/// <summary>
/// What a company is looked for by: stored keys (<see cref="MatchKey"/>) that another record of it may have. Some are no keys of its own: how it would be called without a character, with two of
/// them swapped, or by its trade name alone.
/// </summary>
/// <param name="Kind">The kind of the stored key.</param>
/// <param name="Key">The stored key.</param>
/// <param name="Always">Who has it is a candidate whatever else it has; of the others, who shares most and rarest.</param>
/// <param name="Weight">How much it says, beside a key of its own that is as rare (1).</param>
public sealed record SoughtKey(string Kind, string Key, bool Always = false, double Weight = 1)
{
    static readonly string[] AlwaysKinds = ["core", "words", "sound", "credit_code", "vat_number", "duns", "domain", "phone"];

    /// <summary>The same key as it is stored.</summary>
    public static SoughtKey Of(MatchKey key) => new(key.Kind, key.Key, AlwaysKinds.Contains(key.Kind, StringComparer.Ordinal));

    /// <summary>All that a company is looked for by. Not by <c>whole</c>: where it is the same, so is <c>core</c>.</summary>
    public static IReadOnlyList<SoughtKey> Of(CompanyProfile company) =>
        [.. company.ParsedNames.SelectMany(OfName).Concat(MatchKey.OfIdentifiers(company).Select(Of)).DistinctBy(key => (key.Kind, key.Key))];

    static IEnumerable<SoughtKey> OfName(CompanyName name) =>
    [
        Of(new MatchKey("core", name.Core)), .. SoundKeys.Of(name).Select(sound => Of(new MatchKey("sound", sound))), .. name.IsChinese ? HanziKeys.Sought(name) : WordKeys.Sought(name),
    ];
}
