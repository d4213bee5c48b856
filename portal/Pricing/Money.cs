using System.Collections.Frozen;
using System.Globalization;

namespace Portal.Pricing;

/// <summary>
/// An amount in a currency. Amounts of different currencies do not add; what is computed is rounded to the currency's minor unit,
/// half away from zero, as PostgreSQL's <c>round</c> does.
/// </summary>
/// <param name="Amount">The figure; may carry more decimals than the currency until it is rounded.</param>
/// <param name="Currency">ISO 4217 code.</param>
public readonly record struct Money(decimal Amount, string Currency)
{
    /// <summary>The amount rounded to the currency's minor unit.</summary>
    public Money Rounded() => this with { Amount = Round(Amount, Currency) };

    /// <summary>Rounds an amount to the currency's minor unit, half away from zero: 0.125 EUR is 0.13, -0.125 EUR is -0.13.</summary>
    public static decimal Round(decimal amount, string currency) =>
        Math.Round(amount, Currencies.MinorUnits(currency), MidpointRounding.AwayFromZero);

    /// <summary>A line's amount: quantity times unit price, rounded; totals are sums of these.</summary>
    public static decimal LineAmount(decimal quantity, decimal unitPrice, string currency) => Round(quantity * unitPrice, currency);

    /// <summary>The sum of two amounts of one currency.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator +(Money left, Money right) => left.Add(right);

    /// <inheritdoc cref="op_Addition"/>
    public Money Add(Money other) => string.Equals(Currency, other.Currency, StringComparison.Ordinal)
        ? this with { Amount = Amount + other.Amount }
        : throw new InvalidOperationException($"{Currency} and {other.Currency} do not add.");

    /// <summary>In the culture of the request: <c>CNY 1,234.50</c>.</summary>
    public override string ToString() => Format(CultureInfo.CurrentCulture);

    /// <summary>
    /// The code, a no-break space and the figure with at least the currency's decimals (a unit price of 0.0125 keeps its four). The code
    /// and not the sign, because ¥ and $ each mean several currencies here.
    /// </summary>
    public string Format(CultureInfo culture) =>
        string.Create(culture, $"{(Amount < 0 ? culture.NumberFormat.NegativeSign : "")}{Currency}\u00a0{Figure(decimal.Abs(Amount), Currency, culture)}");

    /// <summary>The figure alone, for a table whose head names the currency.</summary>
    public static string Figure(decimal amount, string currency, CultureInfo culture)
    {
        var decimals = Math.Max(Currencies.MinorUnits(currency), Math.Min(DecimalsOf(amount), 4));
        return amount.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), culture);
    }

    static int DecimalsOf(decimal amount) => (amount / 1.0000000000000000000000000000m).Scale;
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
