using System.Text.Json;

namespace Portal.Pricing;

/// <summary>What <see cref="PriceEngine"/> makes prices of: the database's <c>price_facts</c>, in columns as it hands them over.</summary>
sealed record PriceColumns
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public int MinorUnits { get; init; }
    public long[]? ProductIds { get; init; }
    public long[]? Families { get; init; }
    public string[]? ProductSkus { get; init; }
    public string[]? Names { get; init; }
    public string[]? NamesZh { get; init; }
    public string[]? Units { get; init; }
    public string[]? Statuses { get; init; }
    public string? Books { get; init; }
    public long[]? EntryBooks { get; init; }
    public long[]? EntryProducts { get; init; }
    public decimal[]? EntryPrices { get; init; }
    public string? Rules { get; init; }
    public long[]? MemberRules { get; init; }
    public long[]? MemberProducts { get; init; }
    public int[]? MemberQuantities { get; init; }
    public string? SpecialDeal { get; init; }
    public bool SpecialKnown { get; init; }
    public long[]? SpecialIds { get; init; }
    public long[]? SpecialProducts { get; init; }
    public decimal[]? SpecialPrices { get; init; }
    public int[]? SpecialRevisions { get; init; }
    public int[]? SpecialQuantities { get; init; }
    public int[]? SpecialTaken { get; init; }

    /// <summary>The same, found by what it belongs to.</summary>
    /// <param name="isReplay">For an earlier day: of special prices all is left that was granted.</param>
    public PriceFacts ToFacts(bool isReplay = false)
    {
        var products = new Dictionary<string, FactProduct>(ProductIds?.Length ?? 0, StringComparer.Ordinal);
        var byId = new Dictionary<long, FactProduct>(ProductIds?.Length ?? 0);
        for (var i = 0; i < (ProductIds?.Length ?? 0); i++)
        {
            var product = new FactProduct(ProductIds![i], Families![i] is 0 ? null : Families[i], ProductSkus![i], Names![i], NamesZh![i], Units![i], Statuses![i] is "discontinued");
            products.Add(product.Sku, product);
            byId.Add(product.ProductId, product);
        }

        ReadPrices(byId);
        var rules = Rules is null ? [] : JsonSerializer.Deserialize<List<RuleTerms>>(Rules, Json)!;
        ReadMembers(rules);
        return new(MinorUnits, products, rules) { IsDealKnown = SpecialKnown, Specials = ReadSpecials(isReplay) };
    }

    Dictionary<long, SpecialTerms> ReadSpecials(bool isReplay)
    {
        var specials = new Dictionary<long, SpecialTerms>();
        for (var i = 0; i < (SpecialIds?.Length ?? 0); i++)
        {
            specials[SpecialProducts![i]] = new(SpecialIds![i], SpecialDeal!, SpecialRevisions![i], SpecialPrices![i], SpecialQuantities![i] - (isReplay ? 0 : SpecialTaken![i]));
        }

        return specials;
    }

    void ReadPrices(Dictionary<long, FactProduct> products)
    {
        if (Books is null || EntryBooks is null)
        {
            return;
        }

        var books = JsonSerializer.Deserialize<List<BookTerms>>(Books, Json)!;
        // A seller with net books of its own has its own prices; the brand's for the tier are for those without.
        var sellsByOwnBooks = books.Exists(book => book.IsNet && book.IsOwn);
        var ranked = books.Select((book, rank) => (book, rank)).ToDictionary(one => one.book.Id);
        for (var i = 0; i < EntryBooks.Length; i++)
        {
            var (book, rank) = ranked[EntryBooks[i]];
            var product = products[EntryProducts![i]];
            var price = new BookPrice(book, rank, EntryPrices![i]);
            if (book.IsFloor)
            {
                // where several hold, the highest
                product.Floor = Math.Max(product.Floor ?? 0, price.Price);
            }
            else if (book.IsList)
            {
                product.List = product.List is { } list && (list.Book.IsOwn || !book.IsOwn) ? list : price;
            }
            else if ((book.IsOwn || !sellsByOwnBooks) && (product.Net is null || rank < product.Net.Rank))
            {
                product.Net = price;
            }
        }
    }

    void ReadMembers(List<RuleTerms> rules)
    {
        if (MemberRules is null)
        {
            return;
        }

        var byId = rules.ToDictionary(rule => rule.Id);
        for (var i = 0; i < MemberRules.Length; i++)
        {
            byId[MemberRules[i]].Members.TryAdd(MemberProducts![i], MemberQuantities![i]);
        }
    }
}

/// <summary>What the prices of some products are made of, for one buyer on one day. The rules are sorted once, however many baskets are priced by them.</summary>
/// <param name="MinorUnits">The decimals of the currency.</param>
/// <param name="Products">Those of the asked SKUs that are products.</param>
/// <param name="Rules">The volume breaks and promotions that may hold.</param>
sealed record PriceFacts(int MinorUnits, IReadOnlyDictionary<string, FactProduct> Products, IReadOnlyList<RuleTerms> Rules)
{
    /// <summary>The deal that was named has special prices in this trade, whether they hold today or not.</summary>
    public bool IsDealKnown { get; init; }

    /// <summary>Those that hold, by product.</summary>
    public IReadOnlyDictionary<long, SpecialTerms> Specials { get; init; } = new Dictionary<long, SpecialTerms>();

    /// <summary>Volume breaks, by what they cover.</summary>
    public RuleBook Volume { get; } = new(Rules.Where(rule => rule.IsVolume));

    /// <summary>Promotions that change each line by itself, by what they cover.</summary>
    public RuleBook OfLines { get; } = new(Rules.Where(rule => !rule.IsVolume && rule.IsOfALine));

    /// <summary>Promotions of the whole basket but for gifts, in the order in which they are tried.</summary>
    public IReadOnlyList<RuleTerms> OfBasket { get; } = [.. Rules.Where(rule => rule.Effect is "buy_get" or "bundle" or "threshold").OrderByDescending(rule => rule.Priority).ThenBy(rule => rule.Code, StringComparer.Ordinal)];

    /// <summary>Promotions that give something.</summary>
    public IReadOnlyList<RuleTerms> Giving { get; } = [.. Rules.Where(rule => rule.Effect is "gift")];
}

/// <summary>Finds the rules of a product without looking at all of them for each line.</summary>
sealed class RuleBook
{
    readonly List<RuleTerms> ofAll = [];
    readonly Dictionary<long, List<RuleTerms>> ofFamilies = [];
    readonly Dictionary<long, List<RuleTerms>> ofProducts = [];

    public RuleBook(IEnumerable<RuleTerms> rules)
    {
        foreach (var rule in rules)
        {
            switch (rule.Covers)
            {
                case "products":
                    foreach (var product in rule.Members.Keys)
                    {
                        Add(ofProducts, product, rule);
                    }

                    break;
                case "line":
                    Add(ofFamilies, rule.Family!.Value, rule);
                    break;
                default:
                    ofAll.Add(rule);
                    break;
            }
        }
    }

    public IEnumerable<RuleTerms> Of(FactProduct product) =>
        [.. ofAll, .. product.Family is { } family ? ofFamilies.GetValueOrDefault(family) ?? [] : [], .. ofProducts.GetValueOrDefault(product.ProductId) ?? []];

    static void Add(Dictionary<long, List<RuleTerms>> where, long key, RuleTerms rule)
    {
        if (!where.TryGetValue(key, out var rules))
        {
            where.Add(key, rules = []);
        }

        rules.Add(rule);
    }
}

/// <summary>A product with its prices.</summary>
sealed record FactProduct(long ProductId, long? Family, string Sku, string Name, string NameZh, string Unit, bool IsDiscontinued)
{
    public BookPrice? List { get; set; }

    public BookPrice? Net { get; set; }

    /// <summary>Below this the brand wants to be asked; null where it has said nothing.</summary>
    public decimal? Floor { get; set; }
}

/// <summary>What a product costs in a book.</summary>
sealed record BookPrice(BookTerms Book, int Rank, decimal Price);

/// <summary>A price book, those that come first have the say.</summary>
sealed record BookTerms(long Id, string Kind, bool IsOwn, string Code, int Version, string Name, string NameZh)
{
    public bool IsList => Kind is "list";

    public bool IsNet => Kind is "net";

    public bool IsFloor => Kind is "floor";
}

/// <summary>What a piece costs for a deal, and how many can be had at it.</summary>
sealed record SpecialTerms(long Id, string Deal, int Revision, decimal Price, int Left);

/// <summary>A volume break or a promotion, as the engine reads it. What each means stands at the columns of <c>price_rule</c>.</summary>
sealed record RuleTerms
{
    public long Id { get; init; }
    public string Kind { get; init; } = "";
    public string Effect { get; init; } = "";
    public string Code { get; init; } = "";
    public int Version { get; init; }
    public string Name { get; init; } = "";
    public string NameZh { get; init; } = "";
    public string Covers { get; init; } = "";
    public long? Family { get; init; }
    public decimal Rate { get; init; }
    public decimal MinQuantity { get; init; }
    public decimal? MaxQuantity { get; init; }
    public string Counts { get; init; } = "";
    public decimal? AmountOff { get; init; }
    public decimal? MinAmount { get; init; }
    public int? Buy { get; init; }
    public int? Get { get; init; }
    public int? Parts { get; init; }
    public long? Gift { get; init; }
    public decimal? GiftPrice { get; init; }
    public string? GiftSku { get; init; }
    public string? GiftName { get; init; }
    public string? GiftNameZh { get; init; }
    public string? GiftUnit { get; init; }
    public bool Repeats { get; init; }
    public int? MostTimes { get; init; }
    public string? Coupon { get; init; }
    public string Combines { get; init; } = "";
    public string? Group { get; init; }
    public int Priority { get; init; }
    public bool IsLimited { get; init; }

    /// <summary>What is left of its budget; null where it has none.</summary>
    public decimal? Left { get; init; }

    /// <summary>Those of the asked products that it names, and for a bundle how many of each.</summary>
    public Dictionary<long, int> Members { get; } = [];

    public bool IsVolume => Kind is "volume";

    /// <summary>True where it changes the price of each line by itself.</summary>
    public bool IsOfALine => Effect is "percent" or "amount";

    public bool Allows(decimal quantity) => quantity >= MinQuantity && (MaxQuantity is null || quantity <= MaxQuantity);
}
