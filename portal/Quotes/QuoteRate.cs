using System.Globalization;
using Portal.Pricing;

namespace Portal.Quotes;

/// <summary>The rate by which a revision's prices were converted; frozen with it.</summary>
/// <param name="From">The currency of the prices.</param>
/// <param name="Rate">What one unit of it is in the quote's currency.</param>
/// <param name="On">The day whose rate it is.</param>
/// <param name="Since">Since when it had held.</param>
public sealed record QuoteRate(string From, decimal Rate, DateOnly On, DateOnly? Since)
{
    /// <summary>Where all rates come from: the brand's finance enters them.</summary>
    public const string Source = "finance";

    /// <summary>The rate without idle zeros: <c>1 CNY = 0.1274 EUR</c>.</summary>
    /// <param name="currency">The quote's currency.</param>
    public string Said(string currency) => string.Create(CultureInfo.InvariantCulture, $"1 {From} = {Rate / 1.0000000000000000000000000000m} {currency}");

    /// <summary>A price in the quote's currency, rounded as that currency is.</summary>
    /// <param name="price">In <see cref="From"/>.</param>
    /// <param name="currency">The quote's currency.</param>
    internal decimal Converted(decimal price, string currency) => Amounts.Round(price * Rate, currency);

    /// <summary>A line's price in the quote's currency, with the conversion as its last step.</summary>
    internal LinePrice Converted(LinePrice price, string currency)
    {
        if (price.Refusal is not null)
        {
            return price;
        }

        var converted = Converted(price.UnitPrice, currency);
        var day = On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return price with
        {
            UnitPrice = converted, LineAmount = Amounts.OfLine(price.Quantity, converted, currency), ListPrice = price.ListPrice is { } list ? Converted(list, currency) : null,
            Floor = price.Floor is { } floor ? Math.Round(floor * Rate, 4, MidpointRounding.AwayFromZero) : null,
            Steps = [.. price.Steps, new("rate", From, 1, $"{Said(currency)}, {day}", $"{Said(currency)}，{day}", null, converted)],
        };
    }
}
