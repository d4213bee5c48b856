using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Texts;
using Platform.Web;

namespace Portal.Configuring;

/// <summary>Bundles and what is said about them, in the reader's language.</summary>
public static class BundleWords
{
    /// <summary>Those who keep bundles.</summary>
    public static IReadOnlyList<string> Keepers { get; } = ["brand_admin", "deal_desk"];

    /// <summary>How an option stands in a bundle.</summary>
    public static IReadOnlyList<string> Inclusions { get; } = ["required", "default", "optional", "excluded"];

    /// <summary>How a quantity comes about.</summary>
    public static IReadOnlyList<string> QuantityRules { get; } = ["fixed", "per_unit", "per_seats", "chosen"];

    /// <summary>The kinds of rules.</summary>
    public static IReadOnlyList<string> RuleKinds { get; } = ["requires", "excludes", "at_least", "at_most"];

    /// <summary>The states of a version.</summary>
    public static IReadOnlyList<string> States { get; } = ["draft", "coming", "current", "past"];

    /// <summary>One of two texts, in the reader's language.</summary>
    public static string Pick(string? en, string? zh) => (Languages.Current is "zh-CN" ? zh ?? en : en ?? zh) ?? "";

    /// <summary>The name of an option.</summary>
    public static string Name(BundleOption option) => Pick(option.Name, option.NameZh);

    /// <summary>Names in a row: "A, B", in Chinese "A、B".</summary>
    public static string List(IEnumerable<string> names) => string.Join(Languages.Current is "zh-CN" ? "、" : ", ", names);

    /// <summary>Choices of a list, each with its text.</summary>
    public static IEnumerable<SelectListItem> Choices(IEnumerable<string> values, Func<string, string> text) => values.Select(value => new SelectListItem(text(value), value));

    /// <summary>How many of a group are chosen, in words.</summary>
    public static string HowMany(BundleGroup group, Texts t) => (group.Least, group.Most) switch
    {
        (0, null) => t["configuring.group.any"],
        (1, 1) => t["configuring.group.one"],
        (0, 1) => t["configuring.group.one_or_none"],
        (var least, null) => t["configuring.group.at_least", least],
        (0, { } most) => t["configuring.group.at_most", most],
        (var least, { } most) when least == most => t["configuring.group.exactly", least],
        (var least, { } most) => t["configuring.group.span", least, most],
    };

    /// <summary>How the quantity of an option comes about, in words.</summary>
    public static string Quantity(BundleOption option, Texts t)
    {
        var rule = option.QuantityRule switch
        {
            "per_unit" => t["configuring.quantity.per_unit", option.Quantity],
            "per_seats" when option.Seats is 1 => t["configuring.quantity.per_seat", option.Quantity],
            "per_seats" => t["configuring.quantity.per_seats", option.Quantity, option.Seats!],
            "chosen" => t["configuring.quantity.chosen"],
            _ => t["configuring.quantity.fixed", option.Quantity],
        };
        var bounds = new List<string> { rule };
        if (option.Least is { } least)
        {
            bounds.Add(t["configuring.quantity.least", least]);
        }

        if (option.Most is { } most)
        {
            bounds.Add(t["configuring.quantity.most", most]);
        }

        if (option.Multiple > 1)
        {
            bounds.Add(t["configuring.quantity.multiple", option.Multiple]);
        }

        return List(bounds);
    }

    /// <summary>A rule in words, without its reason.</summary>
    public static string Rule(BundleRule rule, Bundle bundle, Texts t)
    {
        var skus = List(rule.Skus.Select(sku => NameOf(bundle, sku)));
        var when = rule.WhenSku is null ? null : NameOf(bundle, rule.WhenSku);
        return rule.Kind switch
        {
            "requires" => t["configuring.rule.requires", when!, skus],
            "excludes" => t["configuring.rule.excludes", when!, skus],
            "at_least" => when is null ? t["configuring.rule.at_least", rule.Count!, skus] : t["configuring.rule.at_least_with", when, rule.Count!, skus],
            _ => when is null ? t["configuring.rule.at_most", rule.Count!, skus] : t["configuring.rule.at_most_with", when, rule.Count!, skus],
        };
    }

    /// <summary>The name of a product of a bundle; the SKU where it is none.</summary>
    public static string NameOf(Bundle bundle, string sku) => bundle.Find(sku) is { } option ? Name(option) : sku;

    /// <summary>A sentence about a configuration; products are named in the reader's language.</summary>
    public static string Say(Clash clash, Bundle bundle, Texts t) => t[clash.TextKey, [.. clash.Arguments.Select(argument => argument switch
    {
        BundleOption option => Name(option),
        BundleGroup group => Pick(group.Name, group.NameZh),
        IReadOnlyList<string> skus => List(skus.Select(sku => NameOf(bundle, sku))),
        var other => other,
    })]];

    /// <summary>The reason that the brand gives for it; null where there is none.</summary>
    public static string? Why(Clash clash) => clash.Why is null && clash.WhyZh is null ? null : Pick(clash.Why, clash.WhyZh);

    /// <summary>What a remedy does, in words.</summary>
    public static string Say(Remedy remedy, Bundle bundle, Texts t) => remedy.Kind switch
    {
        "add" => t["configuring.remedy.add", NameOf(bundle, remedy.Sku)],
        "drop" => t["configuring.remedy.drop", NameOf(bundle, remedy.Sku)],
        "swap" => t["configuring.remedy.swap", NameOf(bundle, remedy.Sku), NameOf(bundle, remedy.With!)],
        _ => t["configuring.remedy.quantity", NameOf(bundle, remedy.Sku), (remedy.Quantity ?? 0).ToString("N0", CultureInfo.CurrentCulture)],
    };
}
