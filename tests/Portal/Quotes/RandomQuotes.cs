using Platform.Texts;
using Portal.Pricing;
using Portal.Quotes;

namespace Portal.Tests.Quotes;

/// <summary>Quotes as they may come, always the same for a seed: three kinds of currencies, taxes, discounts, lines that can be had on top or instead, prices of up to four decimals that fall on halves, lines that give back.</summary>
static class RandomQuotes
{
    static readonly string[] Currencies = ["CNY", "EUR", "JPY", "KRW", "KWD", "BHD", "USD"];
    static readonly decimal[] Taxes = [0, 0.06m, 0.13m, 0.19m, 0.0825m, 0.2m];

    public static readonly TextBook Book = new([typeof(QuoteFiles).Assembly, typeof(TextBook).Assembly]);

    public static QuoteContent One(int seed, int? lineCount = null)
    {
        var random = new Random(seed);
        var currency = Currencies[random.Next(Currencies.Length)];
        var units = Portal.Pricing.Currencies.MinorUnits(currency);
        var lines = Enumerable.Range(1, lineCount ?? random.Next(1, 41)).Select(number => Line(random, number, currency, units)).ToList();
        if (seed % 5 == 0)
        {
            // Every third line can be had on top, every fifth instead of the first.
            lines = [.. lines.Select((line, index) => index % 3 == 2 ? line with { Choice = QuoteChoice.Optional } : index % 5 == 4 ? line with { Choice = QuoteChoice.Alternative, AlternativeTo = 1 } : line)];
        }

        if (seed % 4 == 0)
        {
            // Every second line is had for a time.
            lines = [.. lines.Select((line, index) => index % 2 == 0 ? line with { Term = new(new(2026, 3, 17), new(2027, 3, 16), 12, null) } : line)];
        }

        var (net, rate) = (lines.Where(line => line.IsIncluded).Sum(line => line.Amount), Taxes[random.Next(Taxes.Length)]);
        var tax = Amounts.Round(net * rate, currency);
        return new($"Q-{seed:D6}", random.Next(1, 9), new DateOnly(2026, 3, 2), new DateOnly(2026, 4, 1), currency, units, new("华信科技 & Söhne", ["上海市"], null), new("=杭州云栖 <\"1\">", ["杭州"], null), null,
            lines, net, rate, tax, net + tax, seed % 3 == 0 ? "30 days net.\n" + string.Concat(Enumerable.Repeat("货到付款，质保三年。", 20)) : null);
    }

    static QuoteContentLine Line(Random random, int number, string currency, int units)
    {
        // Every second price has a five at the end, so that discounts fall on halves.
        var price = Math.Round((decimal)(random.NextDouble() * Math.Pow(10, random.Next(1, 6))), Math.Min(4, units + random.Next(0, 3))) + (random.Next(2) == 0 ? 5m / (decimal)Math.Pow(10, units + 1) : 0);
        decimal? percent = random.Next(3) == 0 ? null : random.Next(2) == 0 ? random.Next(1, 100) : random.Next(1, 4000) / 100m;
        var priced = PriceQuote.Line(new($"SKU-{number}", random.Next(1, 500), percent), new LinePrice($"SKU-{number}", 1) { ProductId = number, UnitPrice = price }, currency);
        var (quantity, amount) = random.Next(12) == 0 ? (-priced.Quantity, -priced.Amount) : (priced.Quantity, priced.Amount);
        return new(number, number == 1 ? "=1+1" : $"SKU-{number}", number == 2 ? "+cmd|' /C calc'!A0" : $"Product {number} with a name that is long enough to need a second line in its cell", $"产品 {number}", "piece",
            quantity, priced.Price, priced.Discount, priced.UnitPrice, amount);
    }

    public static Task<byte[]> WorkbookAsync(QuoteContent content, bool isForWork = false)
    {
        var workbook = new QuoteWorkbook(new Texts(Book));
        var origin = new QuoteOrigin(content.Number, content.Revision, IsSent: true, new string('a', 64));
        var at = new DateTime(2026, 3, 2, 8, 0, 0, DateTimeKind.Utc);
        return isForWork ? workbook.WorkingCopyAsync(content, origin, "en", at, default) : workbook.OfferAsync(content, origin, "en", at, null, default);
    }
}
