using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Pricing;

/// <summary>What people and files say about a price book.</summary>
public sealed record PriceBookFacts
{
    /// <summary>What the seller calls it, in capitals.</summary>
    public string? Code { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>list, net or, of the brand only, floor.</summary>
    public string? Kind { get; init; }

    /// <summary>ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>partners, end_customers or everyone.</summary>
    public string? Audience { get; init; }

    /// <summary>The level it is for.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The tier it is for: 1 buys from the brand.</summary>
    public int? Tier { get; init; }

    /// <summary>The code of the territory it is for.</summary>
    public string? Territory { get; init; }

    /// <summary>The number or code of the one buyer it is for.</summary>
    public string? Buyer { get; init; }

    /// <summary>Its first day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>The higher wins where several books fit.</summary>
    public int Priority { get; init; }

    /// <summary>As stored: trimmed, codes in capitals, a list for everyone.</summary>
    public PriceBookFacts Tidied() => this with
    {
        Code = Typed.Trimmed(Code)?.ToUpperInvariant(), Name = Typed.Trimmed(Name), NameZh = Typed.Trimmed(NameZh), Kind = Typed.Trimmed(Kind) ?? "net", Currency = Typed.Trimmed(Currency)?.ToUpperInvariant(),
        Audience = Typed.Trimmed(Kind) is "list" or "floor" ? "everyone" : Typed.Trimmed(Audience) ?? "partners", PartnerLevel = Typed.Trimmed(PartnerLevel), Buyer = Typed.Trimmed(Buyer), Territory = Typed.Trimmed(Territory),
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

        if (!PricingWords.Kinds.Contains(Kind, StringComparer.Ordinal))
        {
            yield return new(nameof(Kind), "pricing.refused.kind");
        }

        if (!Currencies.IsKnown(Currency))
        {
            yield return new(nameof(Currency), "pricing.refused.currency", Currency ?? "");
        }

        if (!PricingWords.Audiences.Contains(Audience, StringComparer.Ordinal))
        {
            yield return new(nameof(Audience), "pricing.refused.audience");
        }

        if (PartnerLevel is not null && !PricingWords.Levels.Contains(PartnerLevel, StringComparer.Ordinal))
        {
            yield return new(nameof(PartnerLevel), "pricing.refused.level");
        }

        if (Tier is < 1 or > 99)
        {
            yield return new(nameof(Tier), "pricing.refused.tier");
        }

        if (Kind is "list" or "floor" && (PartnerLevel ?? Buyer ?? (Tier is null ? null : "tier") ?? (Kind is "list" ? Territory : null)) is not null)
        {
            yield return new(nameof(Kind), "pricing.refused.list_for_everyone");
        }
        else if (Buyer is not null && (PartnerLevel is not null || Tier is not null || Territory is not null || Audience is not "partners"))
        {
            yield return new(nameof(Buyer), "pricing.refused.buyer_alone");
        }
        else if (Audience is not "partners" && (PartnerLevel is not null || Tier is not null))
        {
            yield return new(nameof(Audience), "pricing.refused.level_of_partners");
        }

        if (From is null)
        {
            yield return new(nameof(From), "pricing.refused.from_missing");
        }

        if (Until < From)
        {
            yield return new(nameof(Until), "pricing.refused.until_before_from");
        }

        if (Priority is < -1000 or > 1000)
        {
            yield return new(nameof(Priority), "pricing.refused.priority");
        }
    }
}

/// <summary>The fixed words about prices, as the tables have them; their names are texts.</summary>
public static class PricingWords
{
    /// <summary>Kinds of price books.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["list", "net", "floor"];

    /// <summary>Whom a book or rule is for.</summary>
    public static IReadOnlyList<string> Audiences { get; } = ["partners", "end_customers", "everyone"];

    /// <summary>The levels of partners.</summary>
    public static IReadOnlyList<string> Levels { get; } = ["registered", "silver", "gold", "platinum"];

    /// <summary>Kinds of rules.</summary>
    public static IReadOnlyList<string> RuleKinds { get; } = ["volume", "promotion"];

    /// <summary>What a promotion does.</summary>
    public static IReadOnlyList<string> Effects { get; } = ["percent", "amount", "buy_get", "bundle", "threshold", "gift"];

    /// <summary>Whose quantity a rule means.</summary>
    public static IReadOnlyList<string> CountedOf { get; } = ["line", "family", "basket"];

    /// <summary>How a promotion stands beside others.</summary>
    public static IReadOnlyList<string> Combinations { get; } = ["best", "adds", "alone"];

    /// <summary>The types of partners a promotion can be for.</summary>
    public static IReadOnlyList<string> PartnerTypes { get; } = ["distributor", "reseller", "store", "agent", "coworking_operator"];

    /// <summary>Where a book or rule stands in time.</summary>
    public static IReadOnlyList<string> States { get; } = ["in_force", "coming", "past"];

    /// <summary>For whom a book is, in words.</summary>
    public static string ForWhom(PriceBook book, Texts t) => book.BuyerName is { } buyer ? Web.Display.Formats.Company(buyer, book.BuyerNameLatin)
        : string.Join(" · ", new[]
        {
            t[$"pricing.audience.{book.Audience}"].Value, book.PartnerLevel is { } level ? t[$"partners.level.{level}"].Value : null, book.Tier is { } tier ? t["pricing.tier_n", tier].Value : null,
            Languages.Current is "zh-CN" ? book.TerritoryZh : book.Territory,
        }.OfType<string>());

    /// <summary>What a rule is about, in words.</summary>
    public static string Covered(PriceRule rule, Texts t) => rule.Covers switch
    {
        "line" => (Languages.Current is "zh-CN" ? rule.LineNameZh : rule.LineName) ?? "",
        "products" => t["pricing.covers_products", rule.Products],
        _ => t["pricing.covers.all"],
    };

    /// <summary>What a rule is: a volume break, or a promotion of some effect.</summary>
    public static string Does(PriceRule rule, Texts t) => rule.Kind is "volume" ? t["pricing.rule_kind.volume"] : t[$"pricing.effect.{rule.Effect}"];

    /// <summary>What a rule gives, in a few words: "5 %", "buy 2, get 1 at −100 %", "100.00 CNY off from 1,000.00".</summary>
    public static string Gives(PriceRule rule, Texts t)
    {
        var off = rule.AmountOff is { } amount ? Web.Display.Formats.Of(new Web.Display.Money(amount, rule.Currency!)) : Web.Display.Formats.Percent(rule.Rate, 4);
        var from = rule.MinAmount is { } least ? Web.Display.Formats.Of(new Web.Display.Money(least, rule.Currency!)) : t["pricing.pieces", rule.MinQuantity].Value;
        return rule.Effect switch
        {
            "amount" => t["pricing.gives.amount", off],
            "buy_get" => t["pricing.gives.buy_get", rule.Buy!.Value, rule.Get!.Value, off],
            "bundle" => t["pricing.gives.bundle", off],
            "threshold" => rule.Repeats ? t["pricing.gives.threshold_each", off, from] : t["pricing.gives.threshold", off, from],
            "gift" => rule.Repeats ? t["pricing.gives.gift_each", rule.Get!.Value, (Languages.Current is "zh-CN" ? rule.GiftNameZh : rule.GiftName) ?? "", from] : t["pricing.gives.gift", rule.Get!.Value, (Languages.Current is "zh-CN" ? rule.GiftNameZh : rule.GiftName) ?? "", from],
            _ => off,
        };
    }

    /// <summary>For which partners a rule is, in words; null for all of its audience.</summary>
    public static string? ForWhich(PriceRule rule, Texts t) => string.Join(" · ", new[]
    {
        rule.BuyerName is { } buyer ? rule.WithDownline ? t["pricing.and_below", Web.Display.Formats.Company(buyer, rule.BuyerNameLatin)].Value : Web.Display.Formats.Company(buyer, rule.BuyerNameLatin) : null,
        rule.PartnerType is { } type ? t[$"partners.type.{type}"].Value : null,
        rule.PartnerLevel is { } level ? t[$"partners.level.{level}"].Value : null,
        Languages.Current is "zh-CN" ? rule.TerritoryZh : rule.Territory,
    }.OfType<string>()) is { Length: > 0 } words ? words : null;

    /// <summary>Who may keep the prices of the own company.</summary>
    public static readonly string[] Keepers = ["brand_admin", "deal_desk", "partner_admin"];

    /// <summary>True for what whoever buys can be asked to name: 4 to 32 capitals, digits and dashes.</summary>
    public static bool IsCoupon(string coupon) => coupon is { Length: >= 4 and <= 32 } && char.IsAsciiLetterOrDigit(coupon[0]) && coupon.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter is '-');

    /// <summary>True for what a book or rule can be called: capitals, digits, dots, dashes, underscores; 32 at most.</summary>
    public static bool IsCode(string? code) =>
        code is { Length: >= 1 and <= 32 } && char.IsAsciiLetterOrDigit(code[0]) && code.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter is '.' or '_' or '-');
}
