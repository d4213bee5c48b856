namespace Portal.Configuring;

/// <summary>
/// Holds what somebody chose against a version of a bundle: which lines it comes to, and what does not go together, with what mends it. Reads and writes nothing; all of a configuration is looked at in one pass.
/// </summary>
public static class Configurator
{
    /// <summary>The most units of one configuration.</summary>
    public const int MostUnits = 100_000;

    /// <summary>The most seats of one configuration.</summary>
    public const int MostSeats = 1_000_000;

    const int MostRemedies = 6;

    /// <summary>What is chosen at first: what is required and what is offered as usual.</summary>
    public static Wish First(Bundle bundle) => new(1, bundle.AsksSeats ? 1 : null, [.. bundle.Options.Where(option => option.Inclusion is "required" or "default").Select(option => option.Sku)], new Dictionary<string, decimal?>(StringComparer.Ordinal));

    /// <summary>Checks a choice.</summary>
    public static Configured Check(Bundle bundle, Wish wish)
    {
        var clashes = new List<Clash>();
        var units = Whole(wish.Units, 1, MostUnits);
        if (units is null)
        {
            clashes.Add(new("units", "configuring.clash.units", MostUnits));
        }

        var seats = bundle.AsksSeats ? Whole(wish.Seats, 1, MostSeats) : null;
        if (bundle.AsksSeats && seats is null)
        {
            clashes.Add(new("seats", "configuring.clash.seats", MostSeats));
        }

        // what is required is in it, whoever leaves it out
        var chosen = wish.Chosen.Concat(bundle.Options.Where(option => option.IsRequired).Select(option => option.Sku)).ToHashSet(StringComparer.Ordinal);
        clashes.AddRange(OfProducts(bundle, chosen));
        clashes.AddRange(bundle.Groups.SelectMany(group => OfGroup(bundle, group, chosen)));
        clashes.AddRange(bundle.Rules.SelectMany(rule => OfRule(bundle, rule, chosen)));
        var lines = new List<ConfiguredLine>();
        if (bundle.Sku is { } sku)
        {
            lines.Add(new(null, bundle.ProductId!.Value, sku, bundle.ProductName!, bundle.ProductNameZh ?? bundle.ProductName!, units ?? 1));
        }

        foreach (var option in bundle.Options.Where(option => option.IsOffered && chosen.Contains(option.Sku)))
        {
            lines.Add(new(option, option.ProductId, option.Sku, option.Name, option.NameZh, QuantityOf(option, units ?? 1, seats ?? 1, wish, clashes)));
        }

        if (lines.Count == 0 && clashes.Count == 0)
        {
            clashes.Add(new("options", "configuring.clash.nothing"));
        }

        return new(bundle, units ?? 1, seats, lines, clashes) { Chosen = chosen };
    }

    /// <summary>A whole number between two others, both included; null for anything else.</summary>
    internal static int? Whole(decimal? number, int least, int most) => number is { } some && some >= least && some <= most && decimal.Truncate(some) == some ? (int)some : null;

    static IEnumerable<Clash> OfProducts(Bundle bundle, HashSet<string> chosen)
    {
        if (bundle.IsDiscontinued)
        {
            yield return new("bundle", "configuring.clash.bundle_discontinued", bundle.Sku!);
        }

        foreach (var sku in chosen.Where(sku => bundle.Find(sku) is null).Order(StringComparer.Ordinal))
        {
            yield return new(At(sku), "configuring.clash.no_option", sku) { Remedies = [Remedy.Drop(sku)] };
        }

        foreach (var option in bundle.Options.Where(option => chosen.Contains(option.Sku)))
        {
            if (option.Inclusion is "excluded")
            {
                yield return new(At(option.Sku), "configuring.clash.excluded", option) { Why = option.Note, WhyZh = option.NoteZh, Remedies = [Remedy.Drop(option.Sku)] };
            }
            else if (option.IsDiscontinued)
            {
                var successor = option.Successor is { } next && bundle.Find(next) is { IsOffered: true } other ? other : null;
                yield return option.IsRequired
                    ? new(At(option.Sku), "configuring.clash.required_discontinued", option)
                    : new(At(option.Sku), successor is null ? "configuring.clash.discontinued" : "configuring.clash.discontinued_for", option, successor ?? (object)"")
                    {
                        Remedies = successor is null ? [Remedy.Drop(option.Sku)] : [Remedy.Swap(option.Sku, successor.Sku), Remedy.Drop(option.Sku)],
                    };
            }
        }
    }

    static IEnumerable<Clash> OfGroup(Bundle bundle, BundleGroup group, HashSet<string> chosen)
    {
        var options = bundle.Of(group).ToList();
        var count = options.Count(option => chosen.Contains(option.Sku));
        if (count < group.Least)
        {
            yield return new(At(group), group is { Least: 1 } ? "configuring.clash.group_one" : "configuring.clash.group_least", group, group.Least, count)
            {
                Remedies = Some(options.Where(option => option.IsOffered && !chosen.Contains(option.Sku)).Select(option => Remedy.Add(option.Sku))),
            };
        }
        else if (group.Most is { } most && count > most)
        {
            yield return new(At(group), "configuring.clash.group_most", group, most, count)
            {
                Remedies = Some(options.Where(option => !option.IsRequired && chosen.Contains(option.Sku)).Select(option => Remedy.Drop(option.Sku))),
            };
        }
    }

    static IEnumerable<Clash> OfRule(Bundle bundle, BundleRule rule, HashSet<string> chosen)
    {
        if (rule.WhenSku is { } sku && !chosen.Contains(sku))
        {
            yield break;
        }

        var when = rule.WhenSku is null ? null : bundle.Find(rule.WhenSku);
        var there = rule.Skus.Where(chosen.Contains).ToList();
        var missing = rule.Skus.Except(there, StringComparer.Ordinal).ToList();
        IEnumerable<Remedy> withoutIt = when is { IsRequired: false } ? [Remedy.Drop(when.Sku)] : [];
        IEnumerable<Remedy> added = missing.Where(one => bundle.Find(one) is { IsOffered: true }).Select(Remedy.Add);
        IEnumerable<Remedy> dropped = there.Where(one => bundle.Find(one) is { IsRequired: false }).Select(Remedy.Drop);
        var clash = rule.Kind switch
        {
            "requires" when missing.Count > 0 => new Clash(At(when!.Sku), "configuring.clash.requires", when, missing) { Remedies = Some(added.Concat(withoutIt)) },
            "excludes" when there.Count > 0 => new(At(when!.Sku), "configuring.clash.excludes", when, there) { Remedies = Some(dropped.Concat(withoutIt)) },
            "at_least" when there.Count < rule.Count => when is null
                ? new("options", "configuring.clash.at_least", rule.Count!, rule.Skus, there.Count) { Remedies = Some(added) }
                : new(At(when.Sku), "configuring.clash.at_least_with", when, rule.Count!, rule.Skus, there.Count) { Remedies = Some(added.Concat(withoutIt)) },
            "at_most" when there.Count > rule.Count => when is null
                ? new("options", "configuring.clash.at_most", rule.Count!, rule.Skus, there.Count) { Remedies = Some(dropped) }
                : new(At(when.Sku), "configuring.clash.at_most_with", when, rule.Count!, rule.Skus, there.Count) { Remedies = Some(dropped.Concat(withoutIt)) },
            _ => null,
        };
        if (clash is not null)
        {
            yield return clash with { Why = rule.Why, WhyZh = rule.WhyZh };
        }
    }

    static int QuantityOf(BundleOption option, int units, int seats, Wish wish, List<Clash> clashes)
    {
        var (least, multiple) = (BundleFacts.RoundedUp(option.Least ?? 1, option.Multiple), option.Multiple);
        if (option.QuantityRule is "chosen" && wish.Quantities.TryGetValue(option.Sku, out var typed) && typed is { } asked)
        {
            return Typed(option, asked, least, clashes);
        }

        long computed = option.QuantityRule switch
        {
            "per_unit" => (long)option.Quantity * units,
            "per_seats" => (long)option.Quantity * ((seats + option.Seats!.Value - 1) / option.Seats.Value),
            _ => option.Quantity,
        };
        var quantity = Math.Max(least, BundleFacts.RoundedUp(computed, multiple));
        var most = option.Most ?? 1_000_000;
        if (quantity > most)
        {
            clashes.Add(new(At(option.Sku), "configuring.clash.too_many", option, quantity, most));
        }

        return (int)Math.Min(quantity, most);
    }

    // The next quantities that will do, below and above.
    static int Typed(BundleOption option, decimal asked, long least, List<Clash> clashes)
    {
        var most = (option.Most ?? 1_000_000) / option.Multiple * option.Multiple;
        if (asked >= least && asked <= most && asked % option.Multiple == 0)
        {
            return (int)asked;
        }

        var below = Math.Clamp((long)decimal.Floor(Math.Clamp(asked, 0, 2_000_000) / option.Multiple) * option.Multiple, least, most);
        var near = new[] { below, Math.Clamp(below + (asked > below ? option.Multiple : 0), least, most) }.Distinct().ToList();
        clashes.Add(new(At(option.Sku), "configuring.clash.quantity", option, least, most, option.Multiple) { Remedies = [.. near.Select(quantity => Remedy.Take(option.Sku, (int)quantity))] });
        return (int)below;
    }

    static IReadOnlyList<Remedy> Some(IEnumerable<Remedy> remedies) => [.. remedies.Take(MostRemedies)];

    static string At(string sku) => $"options[{sku}]";

    static string At(BundleGroup group) => $"groups[{group.Code}]";
}

/// <summary>What somebody chose, as typed.</summary>
/// <param name="Units">How many of the whole.</param>
/// <param name="Seats">For how many seats.</param>
/// <param name="Chosen">The SKUs chosen.</param>
/// <param name="Quantities">Quantities typed, by SKU; they count where whoever configures says how many.</param>
public sealed record Wish(decimal? Units, decimal? Seats, IReadOnlyCollection<string> Chosen, IReadOnlyDictionary<string, decimal?> Quantities)
{
    /// <summary>The choice after a remedy.</summary>
    public Wish With(Remedy remedy) => remedy.Kind switch
    {
        "add" => this with { Chosen = [.. Chosen.Append(remedy.Sku).Distinct(StringComparer.Ordinal)] },
        "drop" => this with { Chosen = [.. Chosen.Where(sku => sku != remedy.Sku)] },
        "swap" => this with { Chosen = [.. Chosen.Where(sku => sku != remedy.Sku).Append(remedy.With!).Distinct(StringComparer.Ordinal)] },
        _ => this with { Quantities = new Dictionary<string, decimal?>(Quantities, StringComparer.Ordinal) { [remedy.Sku] = remedy.Quantity } },
    };
}

/// <summary>A choice, checked.</summary>
/// <param name="Bundle">The version it was held against.</param>
/// <param name="Units">How many of the whole.</param>
/// <param name="Seats">For how many seats, where that is asked.</param>
/// <param name="Lines">What it comes to.</param>
/// <param name="Clashes">What does not go together.</param>
public sealed record Configured(Bundle Bundle, int Units, int? Seats, IReadOnlyList<ConfiguredLine> Lines, IReadOnlyList<Clash> Clashes)
{
    /// <summary>All that is chosen, what is required with it.</summary>
    public IReadOnlySet<string> Chosen { get; init; } = new HashSet<string>();
}

/// <summary>A product of a configuration.</summary>
/// <param name="Option">Its option; null for the configured product itself.</param>
/// <param name="ProductId">The key; it never leaves the server.</param>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its name in Chinese.</param>
/// <param name="Quantity">How many.</param>
public sealed record ConfiguredLine(BundleOption? Option, long ProductId, string Sku, string Name, string NameZh, int Quantity);

/// <summary>Something that does not go together.</summary>
/// <param name="Field">What it is about, as the API names it: <c>options[SKU]</c>.</param>
/// <param name="TextKey">The sentence.</param>
/// <param name="Arguments">What it names: options, groups, lists of SKUs, numbers.</param>
public sealed record Clash(string Field, string TextKey, params IReadOnlyList<object> Arguments)
{
    /// <summary>The brand's reason.</summary>
    public string? Why { get; init; }

    /// <summary>The reason in Chinese.</summary>
    public string? WhyZh { get; init; }

    /// <summary>What mends it with one click.</summary>
    public IReadOnlyList<Remedy> Remedies { get; init; } = [];
}

/// <summary>What mends a clash with one click.</summary>
/// <param name="Kind">add, drop, swap or quantity.</param>
/// <param name="Sku">The option.</param>
public sealed record Remedy(string Kind, string Sku)
{
    /// <summary>What takes its place.</summary>
    public string? With { get; init; }

    /// <summary>How many instead.</summary>
    public int? Quantity { get; init; }

    /// <summary>As a button sends it.</summary>
    public string Token => string.Join(' ', new[] { Kind, Sku, With ?? Quantity?.ToString(System.Globalization.CultureInfo.InvariantCulture) }.OfType<string>());

    /// <summary>Reads what a button sent; null for anything else.</summary>
    public static Remedy? Read(string? token) => (token ?? "").Split(' ') switch
    {
        ["add", var sku] => Add(sku),
        ["drop", var sku] => Drop(sku),
        ["swap", var sku, var with] => Swap(sku, with),
        ["quantity", var sku, var text] when int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var quantity) => Take(sku, quantity),
        _ => null,
    };

    internal static Remedy Add(string sku) => new("add", sku);

    internal static Remedy Drop(string sku) => new("drop", sku);

    internal static Remedy Swap(string sku, string with) => new("swap", sku) { With = with };

    internal static Remedy Take(string sku, int quantity) => new("quantity", sku) { Quantity = quantity };
}
