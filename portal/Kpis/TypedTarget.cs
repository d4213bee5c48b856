using System.Globalization;
using Portal.Web.Display;

namespace Portal.Kpis;

/// <summary>Targets as people type and read them in grids and files: a share in per cent, everything else as it is.</summary>
static class TypedTarget
{
    /// <summary>What was typed, as a culture writes numbers; null for nothing and for what is no number. Of a ratio 35 and 35 % are 0.35.</summary>
    public static decimal? Read(string? text, bool isRatio, CultureInfo culture)
    {
        var typed = (text ?? "").Trim();
        typed = isRatio && typed.EndsWith('%') ? typed[..^1] : typed;
        return decimal.TryParse(typed, NumberStyles.Number, culture, out var value) ? isRatio ? value / 100 : value : null;
    }

    /// <summary>A target as it would be typed.</summary>
    public static string Write(decimal value, bool isRatio) => Formats.Number(isRatio ? value * 100 : value);

    /// <summary>A target for the owner of a row: a partner's number, <c>level:gold</c> or <c>territory:CN</c>.</summary>
    public static AskedTarget Asked(string kpi, string owner, string period, decimal? value, string? note, bool removed) => owner switch
    {
        _ when owner.StartsWith("level:", StringComparison.Ordinal) => new(kpi, null, owner["level:".Length..], period, value, note) { Removed = removed },
        _ when owner.StartsWith("territory:", StringComparison.Ordinal) => new(kpi, null, null, period, value, note) { Territory = owner["territory:".Length..], Removed = removed },
        _ => new(kpi, owner, null, period, value, note) { Removed = removed },
    };
}
