using System.Globalization;
using Platform.Web;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Catalog;

/// <summary>What people, programs and files say about a product.</summary>
public sealed record ProductFacts
{
    /// <summary>What it is known by everywhere; does not change.</summary>
    public string? Sku { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>The code of its line.</summary>
    public string? Line { get; init; }

    /// <summary>A word that orders products within a line.</summary>
    public string? Category { get; init; }

    /// <summary>The category in Chinese.</summary>
    public string? CategoryZh { get; init; }

    /// <summary>Colour.</summary>
    public string? Colour { get; init; }

    /// <summary>The colour in Chinese.</summary>
    public string? ColourZh { get; init; }

    /// <summary>Size.</summary>
    public string? Size { get; init; }

    /// <summary>Weight, in the unit of the source.</summary>
    public decimal? Weight { get; init; }

    /// <summary>What one of it is: piece, set, month.</summary>
    public string? Unit { get; init; }

    /// <summary>active or discontinued.</summary>
    public string? Status { get; init; }

    /// <summary>The number under the bar code: 8 or 12 to 14 digits.</summary>
    public string? Gtin { get; init; }

    /// <summary>How many are in a pack; told, not demanded.</summary>
    public int? PackSize { get; init; }

    /// <summary>The least quantity of an order line; 1 where left out.</summary>
    public int? MinQuantity { get; init; }

    /// <summary>Order lines are multiples of this; 1 where left out.</summary>
    public int? OrderMultiple { get; init; }

    /// <summary>How many days it usually takes until it is sent.</summary>
    public int? LeadDays { get; init; }

    /// <summary>The SKU of what takes its place when it is discontinued.</summary>
    public string? Successor { get; init; }

    /// <summary>How its pieces are told apart in stock: none, lot or serial; stays as it is where left out, none for a new product.</summary>
    public string? Tracking { get; init; }

    /// <summary>False for services and what is sold by the term: orders need no stock of it. Stays as it is where left out, true for a new product.</summary>
    public bool? KeptInStock { get; init; }

    /// <summary>True where pieces that are in stock when tracking begins are to be held as not yet named; without it tracking begins only while there are none.</summary>
    public bool HoldsUnnamed { get; init; }

    /// <summary>What one costs the brand; seen by the brand only.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The currency of the cost.</summary>
    public string? CostCurrency { get; init; }

    /// <summary>As stored.</summary>
    public ProductFacts Tidied() => this with
    {
        Sku = Typed.Trimmed(Sku), Name = Typed.Trimmed(Name), NameZh = Typed.Trimmed(NameZh), Line = Typed.Trimmed(Line), Category = Typed.Trimmed(Category), CategoryZh = Typed.Trimmed(CategoryZh),
        Colour = Typed.Trimmed(Colour), ColourZh = Typed.Trimmed(ColourZh), Size = Typed.Trimmed(Size), Unit = Typed.Trimmed(Unit) ?? "piece",
        Status = Typed.Trimmed(Status) ?? "active", Gtin = Typed.Trimmed(Gtin)?.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), MinQuantity = MinQuantity ?? 1, OrderMultiple = OrderMultiple ?? 1,
        Successor = Typed.Trimmed(Successor), Tracking = Typed.Trimmed(Tracking)?.ToLowerInvariant(), CostCurrency = Typed.Trimmed(CostCurrency)?.ToUpperInvariant(),
    };

    /// <summary>What is wrong with them, by field; call <see cref="Tidied"/> first.</summary>
    public IEnumerable<FieldProblem> Flaws()
    {
        if (Sku is not { Length: >= 1 and <= 64 } || !char.IsAsciiLetterOrDigit(Sku[0]) || !Sku.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '/' or '-'))
        {
            yield return new(nameof(Sku), "catalog.refused.sku");
        }

        if (Name is null)
        {
            yield return new(nameof(Name), "catalog.refused.name_missing");
        }

        if (Line is null)
        {
            yield return new(nameof(Line), "catalog.refused.line_missing");
        }

        if (Status is not ("active" or "discontinued"))
        {
            yield return new(nameof(Status), "catalog.refused.status");
        }

        if (Weight is < 0 or >= 1e9m)
        {
            yield return new(nameof(Weight), "catalog.refused.not_negative");
        }

        if (Gtin is not null && !IsGtin(Gtin))
        {
            yield return new(nameof(Gtin), "catalog.refused.gtin");
        }

        foreach (var (field, quantity) in new[] { (nameof(PackSize), PackSize), (nameof(MinQuantity), MinQuantity), (nameof(OrderMultiple), OrderMultiple) })
        {
            if (quantity is < 1 or > 1_000_000)
            {
                yield return new(field, "catalog.refused.whole_quantity");
            }
        }

        if (Tracking is not (null or "none" or "lot" or "serial"))
        {
            yield return new(nameof(Tracking), "catalog.refused.tracking");
        }

        if (KeptInStock is false && Tracking is ("lot" or "serial"))
        {
            yield return new(nameof(KeptInStock), "catalog.refused.tracked_without_stock");
        }

        if (LeadDays is < 0 or > 730)
        {
            yield return new(nameof(LeadDays), "catalog.refused.lead_days");
        }

        if (Successor is not null && Successor == Sku)
        {
            yield return new(nameof(Successor), "catalog.refused.own_successor");
        }

        if (Cost is < 0 or >= 1e13m)
        {
            yield return new(nameof(Cost), "catalog.refused.not_negative");
        }
        else if (Cost is not null && !Currencies.IsKnown(CostCurrency))
        {
            yield return new(nameof(CostCurrency), "catalog.refused.currency", CostCurrency ?? "");
        }

        foreach (var (field, text) in Texts())
        {
            if (text is { Length: > LongestText })
            {
                yield return new(field, "catalog.refused.too_long", LongestText.ToString(CultureInfo.InvariantCulture));
            }
            else if (text?.Any(char.IsControl) == true)
            {
                yield return new(field, "catalog.refused.control_characters");
            }
        }
    }

    const int LongestText = 200;

    // The last digit is checked: weights 3 and 1 in turn from the right (GS1 General Specifications, 7.9).
    static bool IsGtin(string digits) => digits.Length is 8 or 12 or 13 or 14 && digits.All(char.IsAsciiDigit)
        && digits.Reverse().Select((digit, place) => (digit - '0') * (place % 2 == 0 ? 1 : 3)).Sum() % 10 == 0;

    IEnumerable<(string Field, string? Text)> Texts() =>
        [
            (nameof(Name), Name), (nameof(NameZh), NameZh), (nameof(Line), Line), (nameof(Category), Category), (nameof(CategoryZh), CategoryZh), (nameof(Colour), Colour), (nameof(ColourZh), ColourZh),
            (nameof(Size), Size), (nameof(Unit), Unit),
        ];
}

/// <summary>How products are known in addresses.</summary>
public static class Sku
{
    /// <summary>
    /// The SKU of a route value. A slash in it arrives as <c>%2F</c>, because routing leaves that one as it was sent; a per cent sign is in
    /// no SKU, so nothing else is changed.
    /// </summary>
    public static string OfRoute(string value) => value.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
