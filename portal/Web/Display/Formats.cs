using System.Globalization;
using Platform.Texts;

namespace Portal.Web.Display;

/// <summary>
/// Numbers, dates, times and money as people read them: the one place that decides how. Everything follows the culture of the
/// request; instants are shown in a named time zone.
/// </summary>
public static class Formats
{
    /// <summary>A day: <c>2 Jan 2026</c>, <c>2026-01-02</c> on the Chinese screen (GB/T 7408, as its business forms have it).</summary>
    public static string Date(DateOnly day) => day.ToString(DatePattern, CultureInfo.CurrentCulture);

    /// <summary>A moment, to the minute, in that zone: <c>2 Jan 2026, 14:05</c>, <c>2026-01-02 14:05</c>.</summary>
    public static string Time(DateTime utc, TimeZoneInfo zone) => In(utc, zone).ToString(TimePattern, CultureInfo.CurrentCulture);

    /// <summary>The day on which a moment falls in that zone.</summary>
    public static string DateOf(DateTime utc, TimeZoneInfo zone) => In(utc, zone).ToString(DatePattern, CultureInfo.CurrentCulture);

    /// <summary>A number with its groups, and as many decimals as it has, at least and at most as asked.</summary>
    public static string Number(decimal number, int leastDecimals = 0, int mostDecimals = 4) =>
        number.ToString("#,##0." + new string('0', leastDecimals) + new string('#', Math.Max(0, mostDecimals - leastDecimals)), CultureInfo.CurrentCulture);

    /// <summary>The digits of an amount, in the currency's minor unit; the currency stands beside it or in the column's head.</summary>
    public static string Amount(decimal amount, string? currency) =>
        amount.ToString("N" + Money.MinorUnits(currency).ToString(CultureInfo.InvariantCulture), CultureInfo.CurrentCulture);

    /// <summary>An amount with its currency: <c>CNY 12,345.60</c>.</summary>
    public static string Of(Money money) => string.Concat(money.Currency, "\u00A0", Amount(money.Amount, money.Currency));

    /// <summary>A share of one, with its groups: 0.256 is <c>25.6%</c>.</summary>
    public static string Percent(decimal share, int mostDecimals = 1) =>
        share.ToString("#,##0." + new string('#', mostDecimals) + "%", CultureInfo.CurrentCulture);

    /// <summary>A company's name in one line: in Latin letters for who reads English, where it has such a name.</summary>
    public static string Company(string name, string? latin) => LatinBeside(name, latin) ?? name;

    /// <summary>The name in Latin letters where the reader needs it; null where the name itself will do.</summary>
    public static string? LatinBeside(string? name, string? latin) =>
        Chinese || string.IsNullOrEmpty(latin) || string.Equals(name, latin, StringComparison.Ordinal) ? null : latin;

    /// <summary>Bytes in the unit that suits them.</summary>
    public static string FileSize(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.CurrentCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.CurrentCulture, $"{bytes / 1024m:0.#} KB"),
        < 1024 * 1024 * 1024 => string.Create(CultureInfo.CurrentCulture, $"{bytes / 1048576m:0.#} MB"),
        _ => string.Create(CultureInfo.CurrentCulture, $"{bytes / 1073741824m:0.##} GB"),
    };

    /// <summary>The wall-clock time in a zone of a moment from the database.</summary>
    public static DateTime In(DateTime utc, TimeZoneInfo zone) => TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), zone);

    /// <summary>The zone of that name, or UTC where the machine does not know it.</summary>
    public static TimeZoneInfo Zone(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>The moment of a local time in a zone. One that the clocks skip is taken an hour later, one that they run through twice as the later of the two.</summary>
    public static DateTime InUtc(DateTime local, TimeZoneInfo zone)
    {
        var unspecified = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        return TimeZoneInfo.ConvertTimeToUtc(zone.IsInvalidTime(unspecified) ? unspecified.AddHours(1) : unspecified, zone);
    }

    /// <summary>True when the reader reads Chinese.</summary>
    internal static bool Chinese => string.Equals(TextBook.LanguageOf(CultureInfo.CurrentUICulture), "zh-CN", StringComparison.Ordinal);

    static string DatePattern => TextBook.DayPattern(CultureInfo.CurrentUICulture);

    static string TimePattern => DatePattern + (Chinese ? " HH:mm" : ", HH:mm");
}
