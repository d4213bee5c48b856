namespace Portal.Pricing;

/// <summary>
/// How long something sold by the term is had, and what share of its price that is. A month runs from its first day to the day before the same day of the next month; where that one has no such day, to its last
/// (31 January to 28 February, and on from 1 March; 29 February 2028 for twelve months, to 28 February 2029). All months of a term are counted from its first day, so that a short month makes no later one shorter.
/// </summary>
/// <param name="Start">The first day that is paid for.</param>
/// <param name="End">The last one.</param>
/// <param name="From">The day from which the months are counted: the start itself, or that of the term that is joined.</param>
public sealed record Term(DateOnly Start, DateOnly End, DateOnly From)
{
    /// <summary>The most months of a term.</summary>
    public const int MostMonths = 120;

    /// <summary>A term of whole months.</summary>
    public static Term Of(DateOnly start, int months) => new(start, LastDay(start, months), start);

    /// <summary>The last day of so many months.</summary>
    public static DateOnly LastDay(DateOnly from, int months) => After(from, months).AddDays(-1);

    /// <summary>The first day behind so many months.</summary>
    public static DateOnly After(DateOnly from, int months) => from.AddMonths(months) is var again && again.Day == from.Day ? again : again.AddDays(1);

    /// <summary>How many months the price of a unit is for: 1, or 12 for a year; null where it is for no time.</summary>
    public static int? MonthsOf(string? unit) => unit switch { "month" or "seat_month" => 1, "year" => 12, _ => null };

    /// <summary>What one of a unit of time is called where the time is said by the term; the unit itself where it is none.</summary>
    public static string Piece(string unit) => unit switch { "month" or "year" => "piece", "seat_month" => "seat", _ => unit };

    /// <summary>
    /// What the term costs. Each broken month counts by its days. A part costs what has been used up by its end less what had been used up before it, each rounded: so the parts of a term come to the price of the whole, however it is cut.
    /// </summary>
    /// <param name="price">The price of a unit of time.</param>
    /// <param name="months">How many months that is.</param>
    /// <param name="decimals">The decimals of the price.</param>
    public decimal PriceOf(decimal price, int months, int decimals) => UsedUp(price, months, End.AddDays(1), decimals) - UsedUp(price, months, Start, decimals);

    /// <summary>How the term is counted.</summary>
    public TermCount Count
    {
        get
        {
            var (first, last) = (Position(Start), Position(End.AddDays(1)));
            if (first.Days == 0)
            {
                return new(last.Months - first.Months, last.Days == 0 ? [] : [new(last.Days, last.Length)]);
            }

            if (first.Months == last.Months)
            {
                return new(0, [new(last.Days - first.Days, first.Length)]);
            }

            BrokenMonth begun = new(first.Length - first.Days, first.Length);
            return new(last.Months - first.Months - 1, last.Days == 0 ? [begun] : [begun, new(last.Days, last.Length)]);
        }
    }

    decimal UsedUp(decimal price, int months, DateOnly day, int decimals)
    {
        var (whole, days, length) = Position(day);
        return Math.Round(price * ((whole * length) + days) / (length * months), decimals, MidpointRounding.AwayFromZero);
    }

    // How many months have passed on a day, and how many days of the month that has begun.
    (int Months, int Days, int Length) Position(DateOnly day)
    {
        var months = Math.Max(0, ((day.Year - From.Year) * 12) + day.Month - From.Month - 1);
        while (After(From, months + 1) <= day)
        {
            months++;
        }

        var begun = After(From, months);
        return (months, day.DayNumber - begun.DayNumber, After(From, months + 1).DayNumber - begun.DayNumber);
    }
}

/// <summary>How a term is counted.</summary>
/// <param name="Months">The whole months.</param>
/// <param name="Broken">The broken ones: none, one, or one at either end.</param>
public sealed record TermCount(int Months, IReadOnlyList<BrokenMonth> Broken)
{
    internal string Said => string.Join(" + ", Parts(Months == 1 ? "1 month" : $"{Months} months", "{0} of {1} days"));

    internal string SaidZh => string.Join(" + ", Parts($"{Months} 个月", "{0}/{1} 天"));

    IEnumerable<string> Parts(string months, string days) =>
        [.. Months > 0 ? [months] : Array.Empty<string>(), .. Broken.Select(broken => string.Format(System.Globalization.CultureInfo.InvariantCulture, days, broken.Days, broken.Length))];
}

/// <summary>Some days of a month.</summary>
/// <param name="Days">How many.</param>
/// <param name="Length">Of how many.</param>
public sealed record BrokenMonth(int Days, int Length);
