using System.Globalization;

namespace Platform.Texts;

/// <summary>
/// Lets a text choose its words by a number: in <c>"{0} {0:product|products}"</c> the first form is for one, the second for any other.
/// A day without a format of its own stands as on the pages, <c>2 Jan 2026</c> or <c>2026-01-02</c>: of <c>1/2/2026</c> nobody knows whether it is in January or in February. All else is formatted by the culture.
/// </summary>
/// <param name="culture">How numbers and dates are written.</param>
sealed class Counting(CultureInfo culture) : IFormatProvider, ICustomFormatter
{
    public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : culture.GetFormat(formatType);

    public string Format(string? format, object? arg, IFormatProvider? formatProvider)
    {
        if (format?.IndexOf('|', StringComparison.Ordinal) is { } bar and >= 0)
        {
            return IsOne(arg) ? format[..bar] : format[(bar + 1)..];
        }

        if (arg is DateOnly day && string.IsNullOrEmpty(format))
        {
            return day.ToString(TextBook.DayPattern(culture), culture);
        }

        return arg is IFormattable value ? value.ToString(format, culture) : arg?.ToString() ?? "";
    }

    // A number may come as it is or already written for the reader.
    static bool IsOne(object? counted) => counted is string written ? written is "1" : Convert.ToDecimal(counted, CultureInfo.InvariantCulture) == 1;
}
