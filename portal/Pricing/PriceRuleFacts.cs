using Platform.Web;

namespace Portal.Pricing;

/// <summary>What people and files say about a volume break or a promotion.</summary>
public sealed record PriceRuleFacts
{
    /// <summary>What the seller calls it, in capitals.</summary>
    public string? Code { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>volume or promotion.</summary>
    public string? Kind { get; init; }

    /// <summary>What it is for: clearance, season, a new product.</summary>
    public string? Reason { get; init; }

    /// <summary>The share taken off, between 0 and 1.</summary>
    public decimal? Rate { get; init; }

    /// <summary>From this quantity of a line.</summary>
    public decimal MinQuantity { get; init; }

    /// <summary>Up to this quantity.</summary>
    public decimal? MaxQuantity { get; init; }

    /// <summary>partners, end_customers or everyone.</summary>
    public string? Audience { get; init; }

    /// <summary>The code of the line it is for.</summary>
    public string? Line { get; init; }

    /// <summary>The products it is for, where it is for named ones.</summary>
    public IReadOnlyList<string> Skus { get; init; } = [];

    /// <summary>The brand's rule that holds whoever sells.</summary>
    public bool WholeChannel { get; init; }

    /// <summary>Its first day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>all, line or products.</summary>
    public string Covers => Line is not null ? "line" : Skus.Count > 0 ? "products" : "all";

    /// <summary>As stored.</summary>
    public PriceRuleFacts Tidied() => this with
    {
        Code = Text(Code)?.ToUpperInvariant(), Name = Text(Name), NameZh = Text(NameZh), Kind = Text(Kind) ?? "promotion", Reason = Text(Reason), Audience = Text(Audience) ?? "partners", Line = Text(Line),
        Skus = [.. Skus.Select(sku => sku.Trim()).Where(sku => sku.Length > 0).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>What is wrong with them, by field; call <see cref="Tidied"/> first.</summary>
    public IEnumerable<FieldProblem> Flaws()
    {
        if (!PricingWords.IsCode(Code))
        {
            yield return new(nameof(Code), "pricing.refused.code");
        }

        if (Name is null or { Length: > 200 })
        {
            yield return new(nameof(Name), "pricing.refused.name");
        }

        if (!PricingWords.RuleKinds.Contains(Kind, StringComparer.Ordinal))
        {
            yield return new(nameof(Kind), "pricing.refused.rule_kind");
        }

        if (Rate is not (>= 0 and <= 1) || Amounts.Decimals(Rate.Value) > 6)
        {
            yield return new(nameof(Rate), "pricing.refused.rate");
        }

        if (MinQuantity is < 0 or >= 1e12m)
        {
            yield return new(nameof(MinQuantity), "pricing.refused.quantity");
        }

        if (MaxQuantity < MinQuantity || MaxQuantity >= 1e12m)
        {
            yield return new(nameof(MaxQuantity), "pricing.refused.max_below_min");
        }

        if (!PricingWords.Audiences.Contains(Audience, StringComparer.Ordinal))
        {
            yield return new(nameof(Audience), "pricing.refused.audience");
        }

        if (Line is not null && Skus.Count > 0)
        {
            yield return new(nameof(Line), "pricing.refused.line_or_products");
        }

        if (From is null)
        {
            yield return new(nameof(From), "pricing.refused.from_missing");
        }

        if (Until < From)
        {
            yield return new(nameof(Until), "pricing.refused.until_before_from");
        }
    }

    static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
