using System.Collections.Frozen;

namespace Portal.Pricing;

/// <summary>
/// How amounts of money are computed: per line, rounded to the currency's minor unit, half away from zero, as PostgreSQL's <c>round</c>
/// does; totals are sums of rounded lines. How they are shown is the shell's (<c>Formats</c>).
/// </summary>
public static class Amounts
{
    /// <summary>Rounds to the currency's minor unit: 0.125 EUR is 0.13, -0.125 EUR is -0.13, 0.5 JPY is 1.</summary>
    public static decimal Round(decimal amount, string currency) =>
        Math.Round(amount, Currencies.MinorUnits(currency), MidpointRounding.AwayFromZero);

    /// <summary>A line's amount: quantity times unit price, rounded.</summary>
    public static decimal OfLine(decimal quantity, decimal unitPrice, string currency) => Round(quantity * unitPrice, currency);

    /// <summary>
    /// A price after a share has been taken off. Unit prices keep the decimals of the price they come from, at least the currency's:
    /// 96.00 less 2 % is 94.08, 0.0125 less 10 % is 0.0113.
    /// </summary>
    public static decimal Less(decimal price, decimal rate, string currency) =>
        Math.Round(price * (1 - rate), Math.Max(Currencies.MinorUnits(currency), Decimals(price)), MidpointRounding.AwayFromZero);

    /// <summary>How many decimals an amount has, trailing zeros not counted.</summary>
    public static int Decimals(decimal amount) => (amount / 1.0000000000000000000000000000m).Scale;
}

/// <summary>
/// The currencies the product knows, with the decimals of ISO 4217. The table <c>currency</c> holds the same list for the database's own
/// rounding and for references; a test compares the two.
/// </summary>
public static class Currencies
{
    static readonly FrozenDictionary<string, int> Units = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["AED"] = 2, ["ARS"] = 2, ["AUD"] = 2, ["BHD"] = 3, ["BRL"] = 2, ["CAD"] = 2, ["CHF"] = 2, ["CLP"] = 0, ["CNY"] = 2, ["COP"] = 2,
        ["CZK"] = 2, ["DKK"] = 2, ["EGP"] = 2, ["EUR"] = 2, ["GBP"] = 2, ["HKD"] = 2, ["HUF"] = 2, ["IDR"] = 2, ["ILS"] = 2, ["INR"] = 2,
        ["ISK"] = 0, ["JOD"] = 3, ["JPY"] = 0, ["KRW"] = 0, ["KWD"] = 3, ["KZT"] = 2, ["MAD"] = 2, ["MOP"] = 2, ["MXN"] = 2, ["MYR"] = 2,
        ["NOK"] = 2, ["NZD"] = 2, ["OMR"] = 3, ["PEN"] = 2, ["PHP"] = 2, ["PKR"] = 2, ["PLN"] = 2, ["QAR"] = 2, ["RON"] = 2, ["SAR"] = 2,
        ["SEK"] = 2, ["SGD"] = 2, ["THB"] = 2, ["TND"] = 3, ["TRY"] = 2, ["TWD"] = 2, ["UAH"] = 2, ["USD"] = 2, ["VND"] = 0, ["ZAR"] = 2,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every code, in alphabetical order.</summary>
    public static IReadOnlyList<string> Codes { get; } = [.. Units.Keys.Order(StringComparer.Ordinal)];

    /// <summary>True for a code the product knows.</summary>
    public static bool IsKnown(string? code) => code is not null && Units.ContainsKey(code);

    /// <summary>How many decimals an amount of the currency has: 0, 2 or 3.</summary>
    /// <exception cref="KeyNotFoundException">The code is unknown; check what people and files bring with <see cref="IsKnown"/>.</exception>
    public static int MinorUnits(string code) => Units[code];
}
