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

    /// <summary>Half a calendar year, written 2026-H2.</summary>
    Half,

    /// <summary>A calendar year, written 2026.</summary>
    Year,

    /// <summary>The three months that end with a month, written 2026-07-R3.</summary>
    Rolling3,

    /// <summary>The six months that end with a month, written 2026-07-R6.</summary>
    Rolling6,

    /// <summary>The twelve months that end with a month, written 2026-07-R12.</summary>
    Rolling12,
}

/// <summary>
/// A time a KPI is measured over, in the brand's time zone: a calendar month, quarter, half or year, or the months that end with a month; in addresses and files
/// 2026-07, 2026-Q3, 2026-H2, 2026 and 2026-07-R3, -R6, -R12.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Period
{
    Period(PeriodKind kind, DateOnly start) => (Kind, Start) = (kind, start);

    /// <summary>Which kind it is.</summary>
    public PeriodKind Kind { get; }

    /// <summary>Its first day.</summary>
    public DateOnly Start { get; }

    /// <summary>The first day after it.</summary>
    public DateOnly End => Start.AddMonths(Months);

    /// <summary>The kind as the tables have it: month, quarter, half, year, rolling3, rolling6, rolling12.</summary>
    public string KindName => NameOf(Kind);

    /// <summary>True for the months that end with a month: each overlaps the one before.</summary>
    public bool IsRolling => Kind is PeriodKind.Rolling3 or PeriodKind.Rolling6 or PeriodKind.Rolling12;

    /// <summary>
    /// The day that says which version of a definition and which scorecard hold for it: its first, and of a rolling one the first of its last month, for what is measured with a month is measured as that month has it.
    /// </summary>
    public DateOnly HeldOn => IsRolling ? End.AddMonths(-1) : Start;

    /// <summary>The period before; of a rolling one that which ends a month earlier.</summary>
    public Period Previous => new(Kind, Start.AddMonths(-Step));

    /// <summary>The period after.</summary>
    public Period Following => new(Kind, Start.AddMonths(Step));

    /// <summary>The same period a year earlier.</summary>
    public Period YearBefore => new(Kind, Start.AddYears(-1));

    /// <summary>How many months it has.</summary>
    public int Months => MonthsOf(Kind);

    int Step => IsRolling ? 1 : Months;

    /// <summary>The period of a kind that a day lies in; of a rolling kind the one that ends with the day's month.</summary>
    public static Period Of(PeriodKind kind, DateOnly day)
    {
        var month = new DateOnly(day.Year, day.Month, 1);
        return new(kind, kind switch
        {
            PeriodKind.Rolling3 or PeriodKind.Rolling6 or PeriodKind.Rolling12 => month.AddMonths(1 - MonthsOf(kind)),
            _ => month.AddMonths(-((day.Month - 1) % MonthsOf(kind))),
        });
    }

    /// <summary>The period of a kind that begins on a day, as a target names it.</summary>
    public static Period From(PeriodKind kind, DateOnly start) => new(kind, start);

    /// <summary>The periods of a kind in a year, the first to the last; of a rolling kind those that end in it.</summary>
    public static IEnumerable<Period> OfYear(PeriodKind kind, int year)
    {
        for (var period = Of(kind, new DateOnly(year, 1, 1)); period.HeldOn.Year == year; period = period.Following)
        {
            yield return period;
        }
    }

    /// <summary>The periods that end with one, so many of them, the first to the last.</summary>
    public static IReadOnlyList<Period> Until(Period last, int count)
    {
        List<Period> periods = [last];
        while (periods.Count < count)
        {
            periods.Insert(0, periods[0].Previous);
        }

        return periods;
    }

    /// <summary>Reads 2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3; years 1990 to 2100.</summary>
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
            [_, ['H' or 'h', .. var half]] when Number(half, 1, 2, out var number) => new(PeriodKind.Half, new DateOnly(year, (number * 6) - 5, 1)),
            [_, { Length: 2 } month] when Number(month, 1, 12, out var number) => new(PeriodKind.Month, new DateOnly(year, number, 1)),
            [_, { Length: 2 } month, ['R' or 'r', .. var months]] when Number(month, 1, 12, out var number) && ParseKind("rolling" + months) is { } kind => Of(kind, new DateOnly(year, number, 1)),
            _ => null,
        };
    }

    /// <summary>Reads the name of a kind, as the tables have it; anything else is null.</summary>
    public static PeriodKind? ParseKind(string? text)
    {
        foreach (var kind in Enum.GetValues<PeriodKind>())
        {
            if (NameOf(kind) == text)
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>The name of a kind, as the tables have it.</summary>
    public static string NameOf(PeriodKind kind) => kind switch
    {
        PeriodKind.Month => "month",
        PeriodKind.Quarter => "quarter",
        PeriodKind.Half => "half",
        PeriodKind.Year => "year",
        PeriodKind.Rolling3 => "rolling3",
        PeriodKind.Rolling6 => "rolling6",
        _ => "rolling12",
    };

    /// <summary>2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3.</summary>
    public override string ToString() => Kind switch
    {
        PeriodKind.Month => string.Create(CultureInfo.InvariantCulture, $"{Start:yyyy-MM}"),
        PeriodKind.Quarter => string.Create(CultureInfo.InvariantCulture, $"{Start.Year}-Q{((Start.Month - 1) / 3) + 1}"),
        PeriodKind.Half => string.Create(CultureInfo.InvariantCulture, $"{Start.Year}-H{((Start.Month - 1) / 6) + 1}"),
        PeriodKind.Year => Start.Year.ToString(CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{End.AddDays(-1):yyyy-MM}-R{Months}"),
    };

    static int MonthsOf(PeriodKind kind) => kind switch { PeriodKind.Month => 1, PeriodKind.Quarter or PeriodKind.Rolling3 => 3, PeriodKind.Half or PeriodKind.Rolling6 => 6, _ => 12 };

    static bool Number(string text, int least, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
}
