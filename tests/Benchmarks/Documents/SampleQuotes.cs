using System.Globalization;
using System.Text.Json;
using Portal.Pricing;
using Portal.Quotes;

namespace Benchmarks.Documents;

/// <summary>Quotes of 40 lines with Chinese and English names, always the same.</summary>
static class SampleQuotes
{
    public const int Lines = 40;

    static readonly string[] Currencies = ["CNY", "EUR", "JPY", "KWD"];

    public static QuoteContent One(int number)
    {
        var random = new Random(number);
        var currency = Currencies[number % Currencies.Length];
        var units = Portal.Pricing.Currencies.MinorUnits(currency);
        List<QuoteContentLine> lines = [.. Enumerable.Range(1, Lines).Select(line =>
        {
            var price = Math.Round((decimal)random.NextDouble() * 5000, units);
            var discount = line % 3 == 0 ? 0.05m : 0;
            var (quantity, unitPrice) = (random.Next(1, 100), discount == 0 ? price : Amounts.Round(price * (1 - discount), currency));
            return new QuoteContentLine(line, $"NL-{line:D4}", $"Standing desk {line}, electric, 140 × 70 cm, with cable tray 升降桌", $"电动升降桌 {line} 型，140 × 70 厘米，含走线槽 Standing desk", "piece", quantity, price, discount, unitPrice,
                Amounts.OfLine(quantity, unitPrice, currency));
        })];
        var net = lines.Sum(line => line.Amount);
        var tax = Amounts.Round(net * 0.13m, currency);
        return new($"Q-{number:D6}", 1, new DateOnly(2026, 3, 2), new DateOnly(2026, 4, 1), currency, units, new("华信科技有限公司 Huaxin", ["浦东新区世纪大道 100 号", "200120 上海", "CN"], "+86 21 5555 0100"),
            new("杭州云栖科技有限公司", ["文一西路 969 号", "310000 杭州", "CN"], null), null, lines, net, 0.13m, tax, net + tax, "30 days net. 货到 30 天内付款，质保三年。");
    }

    /// <summary>What the other side writes: the same numbers and texts.</summary>
    public static string Json(IEnumerable<QuoteContent> quotes) => JsonSerializer.Serialize(quotes.Select(quote => new
    {
        number = $"{quote.Number} / 1", seller = quote.Seller.Name, customer = quote.Customer.Name, currency = quote.Currency, minorUnits = quote.MinorUnits, sentOn = Day(quote.SentOn), validUntil = Day(quote.ValidUntil),
        net = quote.NetTotal, rate = quote.TaxRate, tax = quote.TaxTotal, total = quote.GrandTotal,
        lines = quote.Lines.Select(line => new { number = line.Number, sku = line.Sku, name = line.Name, quantity = line.Quantity, price = line.Price, discount = line.Discount, unitPrice = line.UnitPrice, amount = line.Amount }),
    }));

    static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
