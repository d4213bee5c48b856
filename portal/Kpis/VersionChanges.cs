using System.Globalization;

namespace Portal.Kpis;

/// <summary>What is different between two versions of a definition, field by field.</summary>
public static class VersionChanges
{
    /// <summary>From one version to the one that is wanted after it; every field where there was none before.</summary>
    public static IReadOnlyList<VersionChange> Between(KpiVersion? before, WantedVersion after) => Between(before is null ? null : Wanted(before), after);

    /// <summary>From one version to another; every field where there was none before.</summary>
    public static IReadOnlyList<VersionChange> Between(KpiVersion? before, KpiVersion after) => Between(before is null ? null : Wanted(before), Wanted(after));

    /// <summary>A version as it would be asked for again.</summary>
    public static WantedVersion Wanted(KpiVersion version) => new(version.Formula, version.Direction, version.Period)
    {
        ProductLines = version.ProductLines, PartnerTypes = version.PartnerTypes, PartnerLevels = version.PartnerLevels, Territories = version.Territories, Green = version.Green, Amber = version.Amber, Note = version.Note,
    };

    static IReadOnlyList<VersionChange> Between(WantedVersion? before, WantedVersion after) =>
        [.. Fields(before).Zip(Fields(after), (one, other) => new VersionChange(other.Field, one.Value, other.Value)).Where(change => change.From != change.To)];

    static IEnumerable<(string Field, string? Value)> Fields(WantedVersion? version) =>
    [
        ("formula", version?.Formula), ("direction", version?.Direction), ("period", version?.Period), ("product_lines", Listed(version?.ProductLines)), ("partner_types", Listed(version?.PartnerTypes)),
        ("partner_levels", Listed(version?.PartnerLevels)), ("territories", Listed(version?.Territories)), ("green", Percent(version?.Green)), ("amber", Percent(version?.Amber)),
    ];

    static string? Listed(IReadOnlyList<string>? codes) => codes is { Count: > 0 } ? string.Join(", ", codes.Order(StringComparer.Ordinal)) : null;

    static string? Percent(decimal? share) => share is { } part ? (part * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %" : null;
}

/// <summary>One field that is different.</summary>
/// <param name="Field">formula, direction, period, product_lines, partner_types, partner_levels, territories, green or amber.</param>
/// <param name="From">What it was; null for nothing.</param>
/// <param name="To">What it is.</param>
public sealed record VersionChange(string Field, string? From, string? To);
