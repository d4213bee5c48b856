using System.Globalization;

namespace Portal.Quotes.Templates;

/// <summary>The columns of a quote's lines, on paper and in the workbook.</summary>
static class QuoteColumns
{
    /// <summary>The columns of a design, less those that would say nothing: without any discount there is none to show, and the price is the unit price.</summary>
    public static IReadOnlyList<DesignColumn> Of(QuoteContent content, QuoteDesign design)
    {
        var columns = design.Columns ?? QuoteDesign.Product.Columns!;
        return content.Lines.Any(line => line.Discount > 0) ? columns
            : [.. columns.Where(column => column.Key != "discount" && (column.Key != "price" || columns.All(other => other.Key != "unitPrice")))];
    }

    /// <summary>The text at its head.</summary>
    public static string HeaderOf(string key) => key switch { "unitPrice" => "quotes.document.unit_price", _ => "quotes.document." + key };

    /// <summary>What a piece of a product is called; as it is kept where there is no text of it.</summary>
    public static string UnitOf(string unit, Func<string, object[], string> text) => text("catalog.unit." + unit, []) is var said && said.StartsWith("catalog.", StringComparison.Ordinal) ? unit : said;

    /// <summary>Numbers stand at the right.</summary>
    public static bool IsNumber(string key) => key is "quantity" or "price" or "discount" or "unitPrice" or "amount";

    /// <summary>How wide, as the template reads it.</summary>
    public static string WidthOf(DesignColumn column) => column.WidthMm is { } width ? width.ToString(CultureInfo.InvariantCulture) : column.Key == "product" ? "rest" : "auto";
}
