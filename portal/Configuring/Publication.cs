using Platform.Web;

namespace Portal.Configuring;

/// <summary>
/// What keeps a version from being published: requirements that run in a circle, and what nobody could ever configure. Each is said with the names of the products and what to change. Reads and writes nothing.
/// </summary>
public static class Publication
{
    /// <summary>All that is wrong.</summary>
    public static IReadOnlyList<FieldProblem> Flaws(Bundle bundle)
    {
        var flaws = OfProducts(bundle).Concat(OfGroups(bundle)).ToList();
        var circles = Circles(bundle).ToList();
        flaws.AddRange(circles);
        // what is always in it, by itself or because something that is requires it
        var always = Required(bundle);
        flaws.AddRange(OfWhatIsAlwaysIn(bundle, always));
        if (flaws.Count == 0)
        {
            flaws.AddRange(OfFirst(bundle));
        }

        return flaws;
    }

    static IEnumerable<FieldProblem> OfProducts(Bundle bundle)
    {
        if (bundle.IsDiscontinued)
        {
            yield return new("Sku", "configuring.publish.product_discontinued", bundle.Sku!);
        }

        foreach (var (option, at) in bundle.Options.Select((option, at) => (option, at)).Where(one => one.option.IsDiscontinued && one.option.Inclusion is not "excluded"))
        {
            yield return new($"Options[{at}].Sku", "configuring.publish.product_discontinued", option.Sku);
        }
    }

    static IEnumerable<FieldProblem> OfGroups(Bundle bundle)
    {
        foreach (var (group, at) in bundle.Groups.Select((group, at) => (group, at)))
        {
            var options = bundle.Of(group).ToList();
            var (offered, required) = (options.Count(option => option.IsOffered), options.Count(option => option.IsRequired));
            if (options.Count == 0)
            {
                yield return new($"Groups[{at}].Code", "configuring.publish.group_empty", BundleWords.Pick(group.Name, group.NameZh));
            }
            else if (offered < group.Least)
            {
                yield return new($"Groups[{at}].Least", "configuring.publish.group_too_few", BundleWords.Pick(group.Name, group.NameZh), group.Least, offered);
            }
            else if (required > group.Most)
            {
                yield return new($"Groups[{at}].Least", "configuring.publish.group_required", BundleWords.Pick(group.Name, group.NameZh), group.Most!, required);
            }
        }
    }

    // A circle is told once, beginning with the option that stands first.
    static IEnumerable<FieldProblem> Circles(Bundle bundle)
    {
        var requires = bundle.Rules.Where(rule => rule.Kind is "requires").GroupBy(rule => rule.WhenSku!, StringComparer.Ordinal).ToDictionary(rules => rules.Key, rules => rules.SelectMany(rule => rule.Skus).ToList(), StringComparer.Ordinal);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var option in bundle.Options.Where(option => requires.ContainsKey(option.Sku)))
        {
            if (!told.Contains(option.Sku) && Circle(requires, option.Sku) is { } circle)
            {
                told.UnionWith(circle);
                yield return new("Rules", "configuring.publish.circle", string.Join(" → ", circle.Append(option.Sku).Select(sku => BundleWords.NameOf(bundle, sku))));
            }
        }
    }

    // The shortest way from a product back to itself, or null.
    static List<string>? Circle(Dictionary<string, List<string>> requires, string start)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out var at))
        {
            foreach (var next in requires.GetValueOrDefault(at) ?? [])
            {
                if (next == start)
                {
                    var way = new List<string>();
                    for (var back = at; back != start; back = cameFrom[back])
                    {
                        way.Insert(0, back);
                    }

                    return [start, .. way];
                }

                if (cameFrom.TryAdd(next, at))
                {
                    open.Enqueue(next);
                }
            }
        }

        return null;
    }

    static HashSet<string> Required(Bundle bundle)
    {
        var always = bundle.Options.Where(option => option.IsRequired).Select(option => option.Sku).ToHashSet(StringComparer.Ordinal);
        for (var before = -1; before != always.Count;)
        {
            before = always.Count;
            always.UnionWith(bundle.Rules.Where(rule => rule.Kind is "requires" && always.Contains(rule.WhenSku!)).SelectMany(rule => rule.Skus).ToList());
        }

        return always;
    }

    static IEnumerable<FieldProblem> OfWhatIsAlwaysIn(Bundle bundle, HashSet<string> always)
    {
        string Names(IEnumerable<string> skus) => BundleWords.List(skus.Select(sku => BundleWords.NameOf(bundle, sku)));
        foreach (var (rule, at) in bundle.Rules.Select((rule, at) => (rule, at)))
        {
            var holds = rule.WhenSku is null || always.Contains(rule.WhenSku);
            var there = rule.Skus.Where(always.Contains).ToList();
            if (rule.Kind is "excludes" && holds && there.Count > 0)
            {
                yield return new($"Rules[{at}].Skus", "configuring.publish.required_exclude", Names([rule.WhenSku!]), Names(there));
            }
            else if (rule.Kind is "at_most" && holds && there.Count > rule.Count)
            {
                yield return new($"Rules[{at}].Count", "configuring.publish.required_too_many", rule.Count!, Names(there));
            }
            else if (rule.Kind is "requires" && rule.Skus.Where(sku => bundle.Find(sku) is not { IsOffered: true }).ToList() is { Count: > 0 } missing)
            {
                yield return new($"Rules[{at}].Skus", "configuring.publish.requires_excluded", Names([rule.WhenSku!]), Names(missing));
            }
            else if (rule.Kind is "at_least" && rule.Skus.Count(sku => bundle.Find(sku) is { IsOffered: true }) < rule.Count)
            {
                yield return new($"Rules[{at}].Count", "configuring.publish.at_least_excluded", rule.Count!, Names(rule.Skus));
            }
        }
    }

    // What is chosen at first must not clash; a choice that is still to be made is none of that.
    static IEnumerable<FieldProblem> OfFirst(Bundle bundle)
    {
        var first = Configurator.First(bundle).Chosen.ToHashSet(StringComparer.Ordinal);
        foreach (var rule in bundle.Rules.Where(rule => rule.Kind is "excludes" or "at_most"))
        {
            var there = rule.Skus.Where(first.Contains).ToList();
            if ((rule.WhenSku is null || first.Contains(rule.WhenSku)) && there.Count > (rule.Count ?? 0))
            {
                yield return new("Options", "configuring.publish.defaults_clash", BundleWords.List(there.Prepend(rule.WhenSku).OfType<string>().Distinct(StringComparer.Ordinal).Select(sku => BundleWords.NameOf(bundle, sku))));
            }
        }

        foreach (var group in bundle.Groups)
        {
            if (bundle.Of(group).Count(option => option.Inclusion is "required" or "default") is var count && count > group.Most)
            {
                yield return new("Options", "configuring.publish.defaults_too_many", BundleWords.Pick(group.Name, group.NameZh), group.Most!, count);
            }
        }
    }
}
