using System.Globalization;
using Portal.Web.Display;

namespace Portal.Kpis;

/// <summary>Targets as people type and read them in grids and files: a share in per cent, everything else as it is.</summary>
static class TypedTarget
{
    /// <summary>What was typed, as a culture writes numbers; null for nothing, for what is no number and for what is <see cref="IsMisgrouped"/>. Of a ratio 35 and 35 % are 0.35.</summary>
    public static decimal? Read(string? text, bool isRatio, CultureInfo culture)
    {
        if (IsMisgrouped(text, culture))
        {
            return null;
        }

        var typed = (text ?? "").Trim();
        typed = isRatio && typed.EndsWith('%') ? typed[..^1] : typed;
        return decimal.TryParse(typed, NumberStyles.Number, culture, out var value) ? isRatio ? value / 100 : value : null;
    }

    /// <summary>True where thousands separators do not stand before groups of three: 1,5 could be one and a half or fifteen, so it is neither.</summary>
    public static bool IsMisgrouped(string? text, CultureInfo culture)
    {
        var typed = (text ?? "").Trim().TrimEnd('%').TrimEnd();
        var separator = culture.NumberFormat.NumberGroupSeparator;
        var point = typed.IndexOf(culture.NumberFormat.NumberDecimalSeparator, StringComparison.Ordinal);
        if (point >= 0 && typed.IndexOf(separator, point, StringComparison.Ordinal) >= 0)
        {
            return true;
        }

        var groups = (point < 0 ? typed : typed[..point]).TrimStart('-', '+', ' ').Split(separator);
        return groups.Length > 1 && (groups[0].Length is 0 or > 3 || groups.Skip(1).Any(group => group.Length != 3));
    }

    /// <summary>What is said of a value that was refused: of a misgrouped one how to write it, else the reason that was given.</summary>
    public static string Reason(string? text, CultureInfo culture, string reason) => IsMisgrouped(text, culture) ? "kpis.refused.grouping" : reason;

    /// <summary>A target as it would be typed.</summary>
    public static string Write(decimal value, bool isRatio) => Formats.Number(isRatio ? value * 100 : value);

    /// <summary>The owner of a row as its partner, its level or its territory.</summary>
    public static (string? Partner, string? Level, string? Territory) Owner(string owner) => owner switch
    {
        _ when owner.StartsWith("level:", StringComparison.Ordinal) => (null, owner["level:".Length..], null),
        _ when owner.StartsWith("territory:", StringComparison.Ordinal) => (null, null, owner["territory:".Length..]),
        _ => (owner, null, null),
    };

    /// <summary>A target for the owner of a row: a partner's number, <c>level:gold</c> or <c>territory:CN</c>.</summary>
    public static AskedTarget Asked(string kpi, string owner, string period, decimal? value, string? note, bool removed)
    {
        var (partner, level, territory) = Owner(owner);
        return new(kpi, partner, level, period, value, note) { Territory = territory, Removed = removed };
    }
}
