namespace Portal.Assortment;

/// <summary>How a seller sells one product to one buyer (订货条件): whether at all, from how many on, in which multiples, how fast.</summary>
public sealed record TermsOfSale
{
    /// <summary>No order line is longer than this.</summary>
    public const int MostOfOne = 1_000_000;

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>The product's key; never leaves the server.</summary>
    public long ProductId { get; init; }

    /// <summary>False where a rule of the seller, or of the brand for the whole channel, keeps it from this buyer.</summary>
    public bool IsSellable { get; init; } = true;

    /// <summary>How many are in a pack; null where nobody said.</summary>
    public int? PackSize { get; init; }

    /// <summary>The least quantity of a line.</summary>
    public int MinQuantity { get; init; } = 1;

    /// <summary>Lines are multiples of this.</summary>
    public int OrderMultiple { get; init; } = 1;

    /// <summary>How many days it usually takes until it is sent; null where nobody said.</summary>
    public int? LeadDays { get; init; }

    /// <summary>What takes its place; null where nothing does.</summary>
    public string? Successor { get; init; }

    /// <summary>The least quantity that keeps both rules.</summary>
    public int Least => Above(MinQuantity);

    /// <summary>True where a quantity keeps both rules.</summary>
    public bool Take(decimal quantity) => quantity >= MinQuantity && quantity % OrderMultiple == 0;

    /// <summary>The quantity that keeps both rules and is no less than what is wanted: what one orders to have enough.</summary>
    public int Covering(int wanted) => Above(Math.Max(wanted, MinQuantity));

    /// <summary>The quantities nearest to what was asked that keep both rules, the smaller first; none where it is far beyond any order.</summary>
    public IReadOnlyList<int> Near(decimal asked)
    {
        if (asked is > MostOfOne or < -MostOfOne)
        {
            return [];
        }

        var above = Covering((int)decimal.Ceiling(Math.Max(asked, 1)));
        var below = (int)decimal.Floor(Math.Max(asked, 0)) / OrderMultiple * OrderMultiple;
        return [.. new[] { below, above }.Where(quantity => quantity >= Least && quantity <= MostOfOne && Take(quantity)).Distinct()];
    }

    int Above(int quantity) => (int)Math.Min((((long)quantity + OrderMultiple - 1) / OrderMultiple) * OrderMultiple, int.MaxValue);
}
