namespace Platform.Database;

/// <summary>What a person typed, as it stands in a pattern of <c>like</c>: percent, underscore and backslash mean themselves.</summary>
public static class LikePattern
{
    /// <summary>The words alone, for a pattern that the statement puts together.</summary>
    public static string Of(string? words) =>
        (words ?? "").Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    /// <summary>What has the words anywhere in it.</summary>
    public static string Within(string? words) => $"%{Of(words)}%";

    /// <summary>The same, without what stands around the words; null where nothing was typed, for a filter that then is none.</summary>
    public static string? WithinIfAny(string? words) => string.IsNullOrWhiteSpace(words) ? null : Within(words.Trim());

    /// <summary>What begins with the words.</summary>
    public static string Beginning(string? words) => Of(words) + "%";
}
