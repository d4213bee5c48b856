using Platform.Web;
using Portal.Web;

namespace Portal.Configuring;

/// <summary>What a bundle consists of, as somebody says it: the draft of a version, whole.</summary>
public sealed record BundleFacts
{
    /// <summary>No bundle has more groups.</summary>
    public const int MostGroups = 30;

    /// <summary>No bundle has more options.</summary>
    public const int MostOptions = 200;

    /// <summary>No bundle has more rules.</summary>
    public const int MostRules = 100;

    /// <summary>What the brand calls it, in capitals; it stays.</summary>
    public string? Code { get; init; }

    /// <summary>Its name in English.</summary>
    public string? Name { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>What it is for, in English.</summary>
    public string? Description { get; init; }

    /// <summary>What it is for, in Chinese.</summary>
    public string? DescriptionZh { get; init; }

    /// <summary>The SKU of the product that is configured; null where the bundle is only its options.</summary>
    public string? Sku { get; init; }

    /// <summary>Whoever configures says for how many seats it is.</summary>
    public bool AsksSeats { get; init; }

    /// <summary>The groups, in the order in which they are shown.</summary>
    public IReadOnlyList<GroupFacts> Groups { get; init; } = [];

    /// <summary>The options, in the order in which they are shown.</summary>
    public IReadOnlyList<OptionFacts> Options { get; init; } = [];

    /// <summary>What goes with what.</summary>
    public IReadOnlyList<RuleFacts> Rules { get; init; } = [];

    /// <summary>The same without blanks around what was typed.</summary>
    public BundleFacts Tidied() => this with
    {
        Code = Typed.Trimmed(Code)?.ToUpperInvariant(), Name = Typed.Trimmed(Name), NameZh = Typed.Trimmed(NameZh), Description = Typed.Trimmed(Description), DescriptionZh = Typed.Trimmed(DescriptionZh), Sku = Typed.Trimmed(Sku),
        Groups = [.. Groups.Select(group => group with { Code = Typed.Trimmed(group.Code)?.ToUpperInvariant(), Name = Typed.Trimmed(group.Name), NameZh = Typed.Trimmed(group.NameZh), Least = group.Least ?? 0 })],
        Options = [.. Options.Select(option => option with
        {
            Group = Typed.Trimmed(option.Group)?.ToUpperInvariant(), Sku = Typed.Trimmed(option.Sku), Inclusion = Typed.Trimmed(option.Inclusion) ?? "optional", QuantityRule = Typed.Trimmed(option.QuantityRule) ?? "fixed", Quantity = option.Quantity ?? 1,
            Multiple = option.Multiple ?? 1, Note = Typed.Trimmed(option.Note), NoteZh = Typed.Trimmed(option.NoteZh),
        })],
        Rules = [.. Rules.Select(rule => rule with { Kind = Typed.Trimmed(rule.Kind), When = Typed.Trimmed(rule.When), Skus = [.. rule.Skus.Select(sku => sku.Trim()).Where(sku => sku.Length > 0).Distinct(StringComparer.Ordinal)], Why = Typed.Trimmed(rule.Why), WhyZh = Typed.Trimmed(rule.WhyZh) })],
    };

    /// <summary>What is wrong with it by itself, each with its field and the remedy. Whether its parts go together is asked when it is published.</summary>
    public IEnumerable<FieldProblem> Flaws()
    {
        if (!IsCode(Code))
        {
            yield return new(nameof(Code), "configuring.problem.code");
        }

        foreach (var (field, name) in new[] { (nameof(Name), Name), (nameof(NameZh), NameZh) })
        {
            if (name is not { Length: <= 200 })
            {
                yield return new(field, "configuring.problem.name", 200);
            }
        }

        foreach (var (field, text) in new[] { (nameof(Description), Description), (nameof(DescriptionZh), DescriptionZh) })
        {
            if (text is { Length: > 2000 })
            {
                yield return new(field, "configuring.problem.long", 2000);
            }
        }

        if (Groups.Count is 0 or > MostGroups)
        {
            yield return new(nameof(Groups), "configuring.problem.groups", MostGroups);
        }

        if (Options.Count is 0 or > MostOptions)
        {
            yield return new(nameof(Options), "configuring.problem.options", MostOptions);
        }

        if (Rules.Count > MostRules)
        {
            yield return new(nameof(Rules), "configuring.problem.rules", MostRules);
        }

        foreach (var flaw in Groups.Take(MostGroups).SelectMany(FlawsOf).Concat(Options.Take(MostOptions).SelectMany(FlawsOf)).Concat(Rules.Take(MostRules).SelectMany(FlawsOf)))
        {
            yield return flaw;
        }
    }

    IEnumerable<FieldProblem> FlawsOf(GroupFacts group, int at)
    {
        if (!IsCode(group.Code))
        {
            yield return new($"Groups[{at}].Code", "configuring.problem.code");
        }
        else if (Groups.Take(at).Any(other => other.Code == group.Code))
        {
            yield return new($"Groups[{at}].Code", "configuring.problem.group_twice", group.Code!);
        }

        if (group.Name is not { Length: <= 200 })
        {
            yield return new($"Groups[{at}].Name", "configuring.problem.name", 200);
        }

        if (group.NameZh is not { Length: <= 200 })
        {
            yield return new($"Groups[{at}].NameZh", "configuring.problem.name", 200);
        }

        if (group.Least is not (>= 0 and <= MostOptions) || group.Most is < 1 || group.Most < group.Least)
        {
            yield return new($"Groups[{at}].Least", "configuring.problem.group_count");
        }
    }

    IEnumerable<FieldProblem> FlawsOf(OptionFacts option, int at)
    {
        if (option.Sku is null)
        {
            yield return new($"Options[{at}].Sku", "configuring.problem.sku_missing");
        }
        else if (option.Sku == Sku || Options.Take(at).Any(other => other.Sku == option.Sku))
        {
            yield return new($"Options[{at}].Sku", "configuring.problem.sku_twice", option.Sku);
        }

        if (!Groups.Any(group => group.Code is not null && group.Code == option.Group))
        {
            yield return new($"Options[{at}].Group", "configuring.problem.group_unknown", option.Group ?? "");
        }

        if (!BundleWords.Inclusions.Contains(option.Inclusion, StringComparer.Ordinal))
        {
            yield return new($"Options[{at}].Inclusion", "configuring.problem.inclusion");
        }
        else if (option.Inclusion is "excluded" && (option.Note is null || option.NoteZh is null))
        {
            yield return new($"Options[{at}].Note", "configuring.problem.excluded_why");
        }

        if (!BundleWords.QuantityRules.Contains(option.QuantityRule, StringComparer.Ordinal))
        {
            yield return new($"Options[{at}].QuantityRule", "configuring.problem.quantity_rule");
        }
        else if (option.QuantityRule is "per_seats" && (!AsksSeats || option.Seats is not (>= 1 and <= 1_000_000)))
        {
            yield return new($"Options[{at}].Seats", AsksSeats ? "configuring.problem.seats_of_rule" : "configuring.problem.asks_no_seats");
        }
        else if (option.QuantityRule is not "per_seats" && option.Seats is not null)
        {
            yield return new($"Options[{at}].Seats", "configuring.problem.seats_only_per_seats");
        }

        if (option.Quantity is not (>= 1 and <= 1_000_000) || option.Multiple is not (>= 1 and <= 1_000_000) || option.Least is < 1 or > 1_000_000 || option.Most is < 1 or > 1_000_000)
        {
            yield return new($"Options[{at}].Quantity", "configuring.problem.quantities");
        }
        else if (option.Least > option.Most || (option.Most is { } most && most < RoundedUp(option.Least ?? 1, option.Multiple!.Value)))
        {
            yield return new($"Options[{at}].Most", "configuring.problem.quantity_span");
        }

        if (option.Note is { Length: > 500 } || option.NoteZh is { Length: > 500 })
        {
            yield return new($"Options[{at}].Note", "configuring.problem.long", 500);
        }
    }

    IEnumerable<FieldProblem> FlawsOf(RuleFacts rule, int at)
    {
        if (!BundleWords.RuleKinds.Contains(rule.Kind, StringComparer.Ordinal))
        {
            yield return new($"Rules[{at}].Kind", "configuring.problem.rule_kind");
            yield break;
        }

        if (rule.When is null ? rule.Kind is "requires" or "excludes" : !HasOption(rule.When))
        {
            yield return new($"Rules[{at}].When", "configuring.problem.rule_when", rule.When ?? "");
        }

        if (rule.Skus.Count == 0 || rule.Skus.FirstOrDefault(sku => !HasOption(sku)) is not null)
        {
            yield return new($"Rules[{at}].Skus", "configuring.problem.rule_skus", rule.Skus.FirstOrDefault(sku => !HasOption(sku)) ?? "");
        }
        else if (rule.When is not null && rule.Skus.Contains(rule.When, StringComparer.Ordinal))
        {
            yield return new($"Rules[{at}].Skus", "configuring.problem.rule_itself", rule.When);
        }

        if (rule.Kind is "at_least" or "at_most" ? rule.Count is null || rule.Count < (rule.Kind is "at_least" ? 1 : 0) || rule.Count > rule.Skus.Count : rule.Count is not null)
        {
            yield return new($"Rules[{at}].Count", rule.Kind is "at_least" or "at_most" ? "configuring.problem.rule_count" : "configuring.problem.rule_no_count");
        }

        if (rule.Why is not { Length: <= 500 })
        {
            yield return new($"Rules[{at}].Why", "configuring.problem.rule_why");
        }

        if (rule.WhyZh is not { Length: <= 500 })
        {
            yield return new($"Rules[{at}].WhyZh", "configuring.problem.rule_why");
        }
    }

    bool HasOption(string sku) => Options.Any(option => option.Sku == sku);

    /// <summary>The next multiple that is not less.</summary>
    internal static long RoundedUp(long quantity, int multiple) => (quantity + multiple - 1) / multiple * multiple;

    // 1 to 32 capitals, digits, - and _, the first a capital or digit; as the constraints have it
    static bool IsCode(string? code) => code is { Length: >= 1 and <= 32 } && code[0] is not ('-' or '_') && code.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_');
}

/// <summary>A group of options.</summary>
/// <param name="Code">What the brand calls it, in capitals.</param>
/// <param name="Name">Its name in English.</param>
/// <param name="NameZh">Its name in Chinese.</param>
/// <param name="Least">At least so many of its options are chosen.</param>
/// <param name="Most">At most so many; null for any number.</param>
public sealed record GroupFacts(string? Code, string? Name, string? NameZh, int? Least, int? Most);

/// <summary>A product that can be, is, or can not be in a bundle.</summary>
/// <param name="Group">The code of its group.</param>
/// <param name="Sku">The product.</param>
/// <param name="Inclusion">required, default, optional or excluded.</param>
/// <param name="QuantityRule">fixed, per_unit, per_seats or chosen.</param>
/// <param name="Quantity">How many by that rule.</param>
/// <param name="Seats">For each so many seats; with per_seats.</param>
/// <param name="Least">No fewer.</param>
/// <param name="Most">No more.</param>
/// <param name="Multiple">Multiples of this only.</param>
/// <param name="Note">What one should know, in English; of an excluded one why it is.</param>
/// <param name="NoteZh">The same in Chinese.</param>
public sealed record OptionFacts(string? Group, string? Sku, string? Inclusion, string? QuantityRule, int? Quantity, int? Seats, int? Least, int? Most, int? Multiple, string? Note, string? NoteZh);

/// <summary>What goes with what.</summary>
/// <param name="Kind">requires, excludes, at_least or at_most.</param>
/// <param name="When">The SKU of the option that it holds for; with at_least and at_most it may be left out, then it always holds.</param>
/// <param name="Count">How many; with at_least and at_most.</param>
/// <param name="Skus">The options it is about.</param>
/// <param name="Why">The reason, in English.</param>
/// <param name="WhyZh">The reason, in Chinese.</param>
public sealed record RuleFacts(string? Kind, string? When, int? Count, IReadOnlyList<string> Skus, string? Why, string? WhyZh);
