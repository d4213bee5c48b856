namespace Portal.Web.Lists;

/// <summary>What a person typed, as it stands in a pattern of <c>like</c>: percent, underscore and backslash mean themselves.</summary>
public static class LikePattern
{
    /// <summary>The words alone, for a pattern that the statement puts together.</summary>
    public static string Of(string? words) =>
        (words ?? "").Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    /// <summary>What has the words anywhere in it.</summary>
    public static string Within(string? words) => $"%{Of(words)}%";

    /// <summary>What begins with the words.</summary>
    public static string Beginning(string? words) => Of(words) + "%";
}
