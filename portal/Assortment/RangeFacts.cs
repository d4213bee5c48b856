using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Assortment;

/// <summary>What people and programs say about a rule of a sellable range.</summary>
public sealed record RangeFacts
{
    /// <summary>allow or exclude.</summary>
    public string? Effect { get; init; }

    /// <summary>The code of the line it covers.</summary>
    public string? Line { get; init; }

    /// <summary>The category it covers, of the line where one is named too.</summary>
    public string? Category { get; init; }

    /// <summary>The products it covers, where it names some.</summary>
    public IReadOnlyList<string>? Skus { get; init; }

    /// <summary>The number or code of the one partner it is for.</summary>
    public string? Buyer { get; init; }

    /// <summary>The level of the partners it is for.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The type of the partners it is for.</summary>
    public string? PartnerType { get; init; }

    /// <summary>The code of the territory of the partners it is for.</summary>
    public string? Territory { get; init; }

    /// <summary>A rule of the brand that holds whoever sells.</summary>
    public bool WholeChannel { get; init; }

    /// <summary>Its first day; today where left out.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Its last day; none where left out.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Why, for colleagues.</summary>
    public string? Note { get; init; }

    /// <summary>all, line, category or products.</summary>
    internal string Covers => Skus is { Count: > 0 } ? "products" : Category is not null ? "category" : Line is not null ? "line" : "all";

    /// <summary>As stored.</summary>
    public RangeFacts Tidied(DateOnly today) => this with
    {
        Effect = Typed.Trimmed(Effect), Line = Typed.Trimmed(Line), Category = Typed.Trimmed(Category), Buyer = Typed.Trimmed(Buyer), PartnerLevel = Typed.Trimmed(PartnerLevel), PartnerType = Typed.Trimmed(PartnerType), Territory = Typed.Trimmed(Territory),
        Note = Typed.Trimmed(Note), From = From ?? today,
        Skus = [.. (Skus ?? []).OfType<string>().Select(sku => sku.Trim()).Where(sku => sku.Length > 0).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>What is wrong with them, by field; call <see cref="Tidied"/> first.</summary>
    public IEnumerable<FieldProblem> Flaws(DateOnly today)
    {
        if (Effect is not ("allow" or "exclude"))
        {
            yield return new(nameof(Effect), "assortment.refused.effect");
        }

        if (Skus is { Count: > 0 } && (Line ?? Category) is not null)
        {
            yield return new(nameof(Skus), "assortment.refused.one_kind");
        }

        if (Skus is { Count: > MostProducts })
        {
            yield return new(nameof(Skus), "assortment.refused.too_many", MostProducts);
        }

        if (Buyer is not null && (PartnerLevel ?? PartnerType ?? Territory) is not null)
        {
            yield return new(nameof(Buyer), "assortment.refused.one_partner");
        }

        if (PartnerLevel is not null && !RangeWords.Levels.Contains(PartnerLevel))
        {
            yield return new(nameof(PartnerLevel), "assortment.refused.level");
        }

        if (PartnerType is not null && !RangeWords.Types.Contains(PartnerType))
        {
            yield return new(nameof(PartnerType), "assortment.refused.type");
        }

        if (From < today)
        {
            yield return new(nameof(From), "assortment.refused.from_past");
        }

        if (Until < From)
        {
            yield return new(nameof(Until), "assortment.refused.until_before_from");
        }

        if (Category is { Length: > 200 })
        {
            yield return new(nameof(Category), "assortment.refused.too_long", 200);
        }

        if (Note is { Length: > 500 })
        {
            yield return new(nameof(Note), "assortment.refused.too_long", 500);
        }
    }

    const int MostProducts = 5000;
}

/// <summary>The fixed words about sellable ranges.</summary>
public static class RangeWords
{
    /// <summary>The levels of partners.</summary>
    public static IReadOnlyList<string> Levels { get; } = ["registered", "silver", "gold", "platinum"];

    /// <summary>The types of partners that buy.</summary>
    public static IReadOnlyList<string> Types { get; } = ["distributor", "reseller", "store", "agent", "coworking_operator"];

    /// <summary>Where a rule stands in time.</summary>
    public static IReadOnlyList<string> States { get; } = ["in_force", "coming", "past"];

    /// <summary>Who may say what the own company sells to whom; the policies of the tables say the same.</summary>
    public static readonly string[] Keepers = ["brand_admin", "channel_manager", "partner_admin"];

    /// <summary>Which products a rule is about.</summary>
    public static string What(RangeRow rule, Texts t)
    {
        var (line, category) = Languages.Current is "zh-CN" ? (rule.LineNameZh, rule.CategoryZh) : (rule.LineName, rule.Category);
        return rule.Covers switch
        {
            "line" => line ?? "",
            "category" => rule.Line is null ? category ?? "" : $"{line} · {category}",
            "products" => t["assortment.some_products", rule.Products],
            _ => t["assortment.everything"],
        };
    }

    /// <summary>Which buyers a rule is about.</summary>
    public static string Whom(RangeRow rule, Texts t)
    {
        string?[] asked =
        [
            rule.BuyerName is { } buyer ? Web.Display.Formats.Company(buyer, rule.BuyerNameLatin) : null,
            rule.PartnerLevel is { } level ? t[$"partners.level.{level}"].Value : null,
            rule.PartnerType is { } type ? t[$"partners.type.{type}"].Value : null,
            Languages.Current is "zh-CN" ? rule.TerritoryNameZh : rule.TerritoryName,
        ];
        var whom = string.Join(" · ", asked.OfType<string>());
        return whom.Length > 0 ? whom : t["assortment.everybody"];
    }
}
