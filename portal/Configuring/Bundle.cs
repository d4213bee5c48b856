namespace Portal.Configuring;

/// <summary>A version of a bundle with all it consists of.</summary>
public sealed record Bundle
{
    /// <summary>The key of the version; it never leaves the server.</summary>
    public long BundleVersionId { get; init; }

    /// <summary>The key of the bundle.</summary>
    public long BundleId { get; init; }

    /// <summary>What the brand calls it.</summary>
    public string Code { get; init; } = "";

    /// <summary>The number of the version.</summary>
    public int Version { get; init; }

    /// <summary>Its name in English.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>What it is for, in Chinese.</summary>
    public string? DescriptionZh { get; init; }

    /// <summary>The key of the product that is configured; null where the bundle is only its options.</summary>
    public long? ProductId { get; init; }

    /// <summary>Its SKU.</summary>
    public string? Sku { get; init; }

    /// <summary>Its name.</summary>
    public string? ProductName { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public string? ProductNameZh { get; init; }

    /// <summary>It is sold no more.</summary>
    public bool IsDiscontinued { get; init; }

    /// <summary>Whoever configures says for how many seats it is.</summary>
    public bool AsksSeats { get; init; }

    /// <summary>draft, coming, current or past.</summary>
    public string State { get; init; } = "";

    /// <summary>The first day; null for a draft, and for one that was replaced before it held.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>The last day; null where it has none.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>When it was published, UTC.</summary>
    public DateTime? PublishedAt { get; init; }

    /// <summary>Counts its changes.</summary>
    public int RowVersion { get; init; }

    /// <summary>The groups in their order.</summary>
    public IReadOnlyList<BundleGroup> Groups { get; init; } = [];

    /// <summary>The options in their order.</summary>
    public IReadOnlyList<BundleOption> Options { get; init; } = [];

    /// <summary>What goes with what.</summary>
    public IReadOnlyList<BundleRule> Rules { get; init; } = [];

    /// <summary>The option of a product; null where it is none.</summary>
    public BundleOption? Find(string sku) => Options.FirstOrDefault(option => option.Sku == sku);

    /// <summary>The options of a group.</summary>
    public IEnumerable<BundleOption> Of(BundleGroup group) => Options.Where(option => option.GroupCode == group.Code);

    /// <summary>As it would be said, to be changed.</summary>
    public BundleFacts Facts() => new()
    {
        Code = Code, Name = Name, NameZh = NameZh, Description = Description, DescriptionZh = DescriptionZh, Sku = Sku, AsksSeats = AsksSeats,
        Groups = [.. Groups.Select(group => new GroupFacts(group.Code, group.Name, group.NameZh, group.Least, group.Most))],
        Options = [.. Options.Select(option => new OptionFacts(option.GroupCode, option.Sku, option.Inclusion, option.QuantityRule, option.Quantity, option.Seats, option.Least, option.Most, option.Multiple, option.Note, option.NoteZh))],
        Rules = [.. Rules.Select(rule => new RuleFacts(rule.Kind, rule.WhenSku, rule.Count, rule.Skus, rule.Why, rule.WhyZh))],
    };
}

/// <summary>A group of options and how many of them are chosen.</summary>
public sealed record BundleGroup(string Code, string Name, string NameZh, int Least, int? Most);

/// <summary>An option of a bundle with its product.</summary>
public sealed record BundleOption
{
    /// <summary>The key.</summary>
    public long BundleOptionId { get; init; }

    /// <summary>Its group.</summary>
    public string GroupCode { get; init; } = "";

    /// <summary>The key of the product.</summary>
    public long ProductId { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>It is sold no more.</summary>
    public bool IsDiscontinued { get; init; }

    /// <summary>The SKU of what takes its place.</summary>
    public string? Successor { get; init; }

    /// <summary>required, default, optional or excluded.</summary>
    public string Inclusion { get; init; } = "";

    /// <summary>fixed, per_unit, per_seats or chosen.</summary>
    public string QuantityRule { get; init; } = "";

    /// <summary>How many by that rule.</summary>
    public int Quantity { get; init; }

    /// <summary>For each so many seats.</summary>
    public int? Seats { get; init; }

    /// <summary>No fewer.</summary>
    public int? Least { get; init; }

    /// <summary>No more.</summary>
    public int? Most { get; init; }

    /// <summary>Multiples of this only.</summary>
    public int Multiple { get; init; } = 1;

    /// <summary>What one should know.</summary>
    public string? Note { get; init; }

    /// <summary>The same in Chinese.</summary>
    public string? NoteZh { get; init; }

    /// <summary>It is always in it.</summary>
    public bool IsRequired => Inclusion is "required";

    /// <summary>It can be chosen.</summary>
    public bool IsOffered => Inclusion is not "excluded" && !IsDiscontinued;
}

/// <summary>What goes with what; a class with settable properties, because Dapper fills arrays no other way.</summary>
public sealed record BundleRule
{
    /// <summary>requires, excludes, at_least or at_most.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The option it holds for; null where it always holds.</summary>
    public string? WhenSku { get; init; }

    /// <summary>How many, with at_least and at_most.</summary>
    public int? Count { get; init; }

    /// <summary>The options it is about.</summary>
    public string[] Skus { get; init; } = [];

    /// <summary>The reason.</summary>
    public string Why { get; init; } = "";

    /// <summary>The reason in Chinese.</summary>
    public string WhyZh { get; init; } = "";
}
