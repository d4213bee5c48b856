using System.Globalization;
using System.Runtime.InteropServices;

namespace Portal.Kpis;

/// <summary>How long a KPI is measured before it begins anew.</summary>
public enum PeriodKind
{
    /// <summary>A calendar month, written 2026-07.</summary>
    Month,

    /// <summary>A calendar quarter, written 2026-Q3.</summary>
    Quarter,

    /// <summary>A calendar year, written 2026.</summary>
    Year,
}

/// <summary>A calendar month, quarter or year in the brand's time zone; in addresses and files 2026-07, 2026-Q3, 2026.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Period
{
    Period(PeriodKind kind, DateOnly start) => (Kind, Start) = (kind, start);

    /// <summary>Month, quarter or year.</summary>
    public PeriodKind Kind { get; }

    /// <summary>Its first day.</summary>
    public DateOnly Start { get; }

    /// <summary>The first day after it.</summary>
    public DateOnly End => Start.AddMonths(Months);

    /// <summary>The kind as the tables have it: month, quarter, year.</summary>
    public string KindName => Kind.ToString().ToLowerInvariant();

    /// <summary>The period before.</summary>
    public Period Previous => new(Kind, Start.AddMonths(-Months));

    /// <summary>The period after.</summary>
    public Period Following => new(Kind, End);

    /// <summary>The same period a year earlier.</summary>
    public Period YearBefore => new(Kind, Start.AddYears(-1));

    int Months => Kind switch { PeriodKind.Month => 1, PeriodKind.Quarter => 3, _ => 12 };

    /// <summary>The period of a kind that a day lies in.</summary>
    public static Period Of(PeriodKind kind, DateOnly day) => new(kind, kind switch
    {
        PeriodKind.Month => new DateOnly(day.Year, day.Month, 1),
        PeriodKind.Quarter => new DateOnly(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        _ => new DateOnly(day.Year, 1, 1),
    });

    /// <summary>Reads 2026-07, 2026-Q3 or 2026; years 1990 to 2100.</summary>
    public static Period? Parse(string? text)
    {
        var parts = (text ?? "").Trim().Split('-');
        if (!Number(parts[0], 1990, 2100, out var year))
        {
            return null;
        }

        return parts switch
        {
            [_] => new(PeriodKind.Year, new DateOnly(year, 1, 1)),
            [_, ['Q' or 'q', .. var quarter]] when Number(quarter, 1, 4, out var number) => new(PeriodKind.Quarter, new DateOnly(year, (number * 3) - 2, 1)),
            [_, { Length: 2 } month] when Number(month, 1, 12, out var number) => new(PeriodKind.Month, new DateOnly(year, number, 1)),
            _ => null,
        };
    }

    /// <summary>Reads month, quarter or year; anything else is null.</summary>
    public static PeriodKind? ParseKind(string? text) => text switch
    {
        "month" => PeriodKind.Month,
        "quarter" => PeriodKind.Quarter,
        "year" => PeriodKind.Year,
        _ => null,
    };

    /// <summary>2026-07, 2026-Q3 or 2026.</summary>
    public override string ToString() => Kind switch
    {
        PeriodKind.Month => string.Create(CultureInfo.InvariantCulture, $"{Start:yyyy-MM}"),
        PeriodKind.Quarter => string.Create(CultureInfo.InvariantCulture, $"{Start.Year}-Q{((Start.Month - 1) / 3) + 1}"),
        _ => Start.Year.ToString(CultureInfo.InvariantCulture),
    };

    static bool Number(string text, int least, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
}
