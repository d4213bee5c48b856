using System.Globalization;

namespace Portal.Web;

/// <summary>What people type into fields.</summary>
public static class Typed
{
    /// <summary>A day as a browser sends it (2026-12-24); null for nothing and for what is no day.</summary>
    public static DateOnly? Day(string? typed) =>
        DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>A day that somebody wants to look at: between the years 1900 and 2199, so that days can be counted on from it; null for nothing and for one further away.</summary>
    public static DateOnly? Near(DateOnly? day) => day is { Year: >= 1900 and < 2200 } ? day : null;

    /// <summary>The day, or the nearest one that days can be counted on from: the database knows no number of days to the end of time.</summary>
    public static DateOnly Nearest(DateOnly day) => Near(day) ?? (day.Year < 1900 ? new(1900, 1, 1) : new(2199, 12, 31));

    /// <summary>What was typed without spaces around it; null for nothing.</summary>
    public static string? Trimmed(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();

    /// <summary>Words of several lines without control characters (line breaks and tabs stay) and without spaces around them; null where nothing is left. NUL among them PostgreSQL would refuse.</summary>
    public static string? Text(string? typed)
    {
        var text = typed is null ? "" : string.Concat(typed.Where(character => !char.IsControl(character) || character is '\n' or '\t')).Trim();
        return text.Length == 0 ? null : text;
    }
}
