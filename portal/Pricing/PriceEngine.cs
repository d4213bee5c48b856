namespace Portal.Pricing;

/// <summary>
/// Makes prices of facts: list, book, term, volume break, promotions, a deal's special price, in that order, the promotions of each line first and those of the whole basket after them. It reads and
/// writes nothing; the same facts give the same prices. How promotions stand beside each other is told in the README of this folder.
/// </summary>
sealed class PriceEngine
{
    // From here on a promotion of the whole basket is spread over unit prices: to a ten-thousandth, in favour of the buyer.
    const int SpreadDecimals = 4;

    readonly PriceFacts facts;
    readonly List<Line> lines;
    readonly Dictionary<long, decimal> spent = [];
    readonly Dictionary<(long Rule, long? Family), decimal> counted = [];
    ILookup<long, Line>? ofProducts;
    ILookup<long, Line>? ofFamilies;

    PriceEngine(PriceFacts facts, IReadOnlyCollection<AskedLine> asked)
    {
        this.facts = facts;
        lines = [.. asked.Select((line, place) => new Line(line, facts.Products.GetValueOrDefault(line.Sku), facts.MinorUnits, place))];
    }

    // The lines with a price that a rule covers, in their order: among hundreds of rules not each asks each line.
    IEnumerable<Line> Covered(RuleTerms rule) => rule.Covers switch
    {
        "products" => rule.Members.Keys.SelectMany(product => (ofProducts ??= lines.Where(line => line.Refusal is null).ToLookup(line => line.Product!.ProductId))[product]).OrderBy(line => line.Place),
        "line" => (ofFamilies ??= lines.Where(line => line.Refusal is null).ToLookup(line => line.Product!.Family ?? 0))[rule.Family ?? 0],
        _ => lines.Where(line => line.Refusal is null),
    };

    /// <summary>Prices lines that are bought together.</summary>
    public static BasketPrice Together(PriceFacts? facts, IReadOnlyCollection<AskedLine> asked) =>
        facts is null ? NotSold(asked) : new PriceEngine(facts, asked).Price();

    /// <summary>Prices each line as if nothing else were bought.</summary>
    public static IReadOnlyList<LinePrice> EachByItself(PriceFacts? facts, IReadOnlyCollection<AskedLine> asked) =>
        facts is null ? NotSold(asked).Lines : [.. asked.Select(line => new PriceEngine(facts, [line]).Price().Lines[0])];

    static BasketPrice NotSold(IReadOnlyCollection<AskedLine> asked) =>
        new([.. asked.Select(line => new LinePrice(line.Sku, line.Quantity) { Refusal = "pricing.refused.not_sold_here" })], [], [], []);

    BasketPrice Price()
    {
        foreach (var line in lines.Where(line => line.Refusal is null))
        {
            line.TakeVolume(facts.Volume.Of(line.Product!).Where(rule => rule.Allows(Counted(rule, line))).OrderByDescending(rule => rule.Rate).ThenBy(rule => rule.Code, StringComparer.Ordinal).FirstOrDefault());
            PromoteLine(line, [.. facts.OfLines.Of(line.Product!).Where(rule => rule.Allows(Counted(rule, line)))]);
        }

        foreach (var rule in facts.OfBasket)
        {
            PromoteBasket(rule);
        }

        var specials = TakeSpecials();
        var gifts = Gifts();
        return new([.. lines.Select(line => line.ToLinePrice())], [.. gifts.Select(gift => gift.ToLinePrice(facts.MinorUnits))], Uses(gifts), [.. Held(gifts).Select(rule => rule.Coupon).OfType<string>().Distinct(StringComparer.Ordinal)]) { Specials = specials, IsDealKnown = facts.IsDealKnown };
    }

    // The special price of a deal comes last, and only where it is the lower one: for a whole line, as long as there are enough pieces left.
    List<SpecialUse> TakeSpecials()
    {
        var taken = new Dictionary<long, SpecialUse>();
        foreach (var line in facts.Specials.Count == 0 ? [] : lines.Where(line => line.Refusal is null))
        {
            if (!facts.Specials.TryGetValue(line.Product!.ProductId, out var special) || line.PriceAt(special) >= line.UnitPrice)
            {
                continue;
            }

            var left = special.Left - (taken.TryGetValue(special.Id, out var use) ? use.Quantity : 0);
            if (line.Asked.Quantity > left)
            {
                line.SpecialLeft = left;
                continue;
            }

            foreach (var idle in line.TakeSpecial(special))
            {
                Spend(idle.Rule, -idle.Saved);
            }

            taken[special.Id] = new(special.Id, special.Deal, (use?.Quantity ?? 0) + (int)Math.Ceiling(line.Asked.Quantity));
        }

        return [.. taken.Values];
    }

    IEnumerable<RuleTerms> Held(List<Gift> gifts) => lines.SelectMany(line => line.Applied).Select(applied => applied.Rule).Concat(gifts.Select(gift => gift.Rule)).DistinctBy(rule => rule.Id);

    List<PromotionUse> Uses(List<Gift> gifts) => [.. Held(gifts).Where(rule => rule.IsLimited).Select(rule => new PromotionUse(rule.Id, rule.Code, spent.GetValueOrDefault(rule.Id)))];

    // Whose quantity the rule asks for.
    decimal Counted(RuleTerms rule, Line line)
    {
        if (rule.Counts is "line")
        {
            return line.Asked.Quantity;
        }

        var family = rule.Counts is "family" ? line.Product!.Family : null;
        if (!counted.TryGetValue((rule.Id, family), out var quantity))
        {
            quantity = Covered(rule).Where(other => rule.Counts is "basket" || other.Product!.Family == family).Sum(other => other.Asked.Quantity);
            counted.Add((rule.Id, family), quantity);
        }

        return quantity;
    }

    void PromoteLine(Line line, List<RuleTerms> candidates)
    {
        if (candidates.Count == 0)
        {
            return;
        }

        var affordable = candidates
            .Select(rule => new Applied(rule, rule.Rate, rule.AmountOff ?? 0))
            .Select(applied => (Applied: applied, Price: line.PriceWith([applied])))
            .Where(one => one.Price < line.AfterVolume && CanGive(one.Applied.Rule, line.AmountAt(line.AfterVolume) - line.AmountAt(one.Price)))
            .OrderBy(one => one.Price).ThenBy(one => one.Applied.Rule.Code, StringComparer.Ordinal)
            .Select(one => one.Applied)
            .ToList();
        var together = new List<Applied>();
        if (affordable.Find(one => one.Rule.Combines is "best") is { } best)
        {
            together.Add(best);
        }

        together.AddRange(affordable.Where(one => one.Rule.Combines is "adds" && (one.Rule.Group is null || together.TrueForAll(other => other.Rule.Group != one.Rule.Group)))
            .DistinctBy(one => one.Rule.Group ?? "\0" + one.Rule.Code).OrderByDescending(one => one.Rule.Priority).ThenBy(one => one.Rule.Code, StringComparer.Ordinal));
        var alone = affordable.Find(one => one.Rule.Combines is "alone");
        foreach (var applied in alone is not null && line.PriceWith([alone]) < line.PriceWith(together) ? [alone] : together)
        {
            Apply(line, applied);
        }
    }

    bool CanGive(RuleTerms rule, decimal more) => rule.Left is not { } left || spent.GetValueOrDefault(rule.Id) + more <= left;

    void Apply(Line line, Applied applied)
    {
        var before = line.Amount;
        line.Add(applied);
        applied.Saved = before - line.Amount;
        Spend(applied.Rule, applied.Saved);
    }

    void Spend(RuleTerms rule, decimal amount)
    {
        if (rule.IsLimited)
        {
            spent[rule.Id] = spent.GetValueOrDefault(rule.Id) + amount;
        }
    }

    // Tries a promotion on the lines that are free for it. One that may not stand beside others takes their place only where the buyer pays less by it.
    void PromoteBasket(RuleTerms rule)
    {
        List<Line> covered = [.. Covered(rule).Where(line => line.Amount > 0 && rule.Allows(Counted(rule, line)) && (rule.Combines is "alone" || !line.IsAlone))];
        if (covered.Count == 0)
        {
            return;
        }

        HashSet<Applied> displaced = [.. covered.SelectMany(line => line.Applied).Where(other => !MayStand(rule, other.Rule))];
        // one of the basket goes from all its lines or from none
        var displacedRules = displaced.Where(applied => !applied.Rule.IsOfALine).Select(applied => applied.Rule.Id).ToHashSet();
        bool IsDisplaced(Applied applied) => displaced.Contains(applied) || displacedRules.Contains(applied.Rule.Id);
        List<Line> touched = displacedRules.Count == 0 ? covered : [.. covered.Union(lines.Where(line => line.Applied.Exists(applied => displacedRules.Contains(applied.Rule.Id))))];
        var before = touched.Sum(line => line.Amount);
        var kept = touched.ConvertAll(line => line.Keep());
        foreach (var line in touched)
        {
            line.Drop(IsDisplaced);
        }

        var bare = touched.Sum(line => line.Amount);
        var shares = Shares(rule, covered);
        foreach (var (line, share, pieces) in shares)
        {
            line.Add(new Applied(rule, share, 0) { Pieces = pieces });
        }

        var after = touched.Sum(line => line.Amount);
        if (shares.Count == 0 || after >= before || !CanGive(rule, bare - after))
        {
            for (var i = 0; i < touched.Count; i++)
            {
                touched[i].Restore(kept[i]);
            }

            return;
        }

        foreach (var gone in kept.SelectMany(line => line).Where(IsDisplaced))
        {
            Spend(gone.Rule, -gone.Saved);
        }

        // what was saved is counted once for all lines, at the first
        shares[0].Line.Applied[^1].Saved = bare - after;
        Spend(rule, bare - after);
    }

    static bool MayStand(RuleTerms rule, RuleTerms beside) =>
        rule.Combines is not "alone" && beside.Combines is not "alone"
        && !(rule.Combines is "best" && beside.Combines is "best")
        && (rule.Group is null || rule.Group != beside.Group);

    // Which share of each line the promotion takes off; nothing where its conditions are not met.
    static List<(Line Line, decimal Share, decimal Pieces)> Shares(RuleTerms rule, List<Line> covered) => rule.Effect switch
    {
        "buy_get" when rule.Counts is "line" => [.. covered.Select(line => BuyAndGet(rule, line)).Where(share => share.Share > 0)],
        "buy_get" => [.. covered.GroupBy(line => rule.Counts is "family" ? line.Product!.Family : null).SelectMany(pool => BuyAndGet(rule, [.. pool]))],
        "bundle" => Bundle(rule, covered),
        _ => Threshold(rule, covered),
    };

    static (Line Line, decimal Share, decimal Pieces) BuyAndGet(RuleTerms rule, Line line)
    {
        var sets = Times(rule, Math.Floor(line.FreePieces / (rule.Buy!.Value + rule.Get!.Value)));
        return (line, sets * rule.Get.Value * rule.Rate / line.Asked.Quantity, sets * (rule.Buy.Value + rule.Get.Value));
    }

    // Of products that are mixed the cheapest are got.
    static IEnumerable<(Line Line, decimal Share, decimal Pieces)> BuyAndGet(RuleTerms rule, List<Line> pool)
    {
        var sets = Times(rule, Math.Floor(pool.Sum(line => line.FreePieces) / (rule.Buy!.Value + rule.Get!.Value)));
        var (got, bought) = (new Dictionary<Line, decimal>(), new Dictionary<Line, decimal>());
        var left = sets * rule.Get.Value;
        var cheapestFirst = pool.OrderBy(line => line.UnitPrice).ToList();
        foreach (var line in cheapestFirst)
        {
            got[line] = Math.Min(left, line.FreePieces);
            left -= got[line];
        }

        left = sets * rule.Buy.Value;
        foreach (var line in Enumerable.Reverse(cheapestFirst))
        {
            bought[line] = Math.Min(left, line.FreePieces - got[line]);
            left -= bought[line];
        }

        return cheapestFirst.Where(line => got[line] + bought[line] > 0).Select(line => (line, got[line] * rule.Rate / line.Asked.Quantity, got[line] + bought[line]));
    }

    static List<(Line Line, decimal Share, decimal Pieces)> Bundle(RuleTerms rule, List<Line> covered)
    {
        if (rule.Members.Count < rule.Parts)
        {
            return [];
        }

        var free = covered.GroupBy(line => line.Product!.ProductId).ToDictionary(product => product.Key, product => product.Sum(line => line.FreePieces));
        var sets = Times(rule, rule.Members.Min(member => Math.Floor(free.GetValueOrDefault(member.Key) / member.Value)));
        if (sets <= 0)
        {
            return [];
        }

        var left = rule.Members.ToDictionary(member => member.Key, member => sets * member.Value);
        var taken = new List<(Line Line, decimal Pieces)>();
        foreach (var line in covered)
        {
            var pieces = Math.Min(line.FreePieces, left[line.Product!.ProductId]);
            left[line.Product.ProductId] -= pieces;
            if (pieces > 0)
            {
                taken.Add((line, pieces));
            }
        }

        var worth = taken.Sum(one => one.Pieces * one.Line.UnitPrice);
        var share = rule.AmountOff is { } off ? worth > 0 ? Math.Min(1, off * sets / worth) : 0 : rule.Rate;
        return [.. taken.Select(one => (one.Line, share * one.Pieces / one.Line.Asked.Quantity, one.Pieces))];
    }

    static List<(Line Line, decimal Share, decimal Pieces)> Threshold(RuleTerms rule, List<Line> covered)
    {
        var worth = covered.Sum(line => line.Amount);
        var times = TimesOf(rule, worth, 0);
        if (times <= 0 || worth <= 0)
        {
            return [];
        }

        var share = rule.AmountOff is { } off ? Math.Min(1, off * times / worth) : rule.Rate;
        return [.. covered.Select(line => (line, share, 0m))];
    }

    static decimal Times(RuleTerms rule, decimal times) => rule.MostTimes is { } most ? Math.Min(times, most) : times;

    // How often a threshold is reached: by its least amount, or by its least quantity where it has none.
    static decimal TimesOf(RuleTerms rule, decimal worth, decimal quantity) => rule switch
    {
        { MinAmount: { } least } when worth < least => 0,
        { Repeats: true, MinAmount: { } least } => Times(rule, Math.Floor(worth / least)),
        { Repeats: true, MinQuantity: > 0 } when quantity > 0 => Times(rule, Math.Floor(quantity / rule.MinQuantity)),
        _ => 1,
    };

    List<Gift> Gifts()
    {
        var found = new List<Gift>();
        foreach (var rule in facts.Giving)
        {
            List<Line> covered = [.. Covered(rule).Where(line => line.Amount > 0 && !line.IsAlone)];
            var quantity = covered.Sum(line => line.Asked.Quantity);
            if (covered.Count > 0 && rule.Allows(rule.Counts is "line" ? covered.Max(line => line.Asked.Quantity) : quantity) && !(rule.Combines is "alone" && covered.Exists(line => line.Applied.Count > 0)))
            {
                var pieces = TimesOf(rule, covered.Sum(line => line.Amount), quantity) * rule.Get!.Value;
                var worth = Math.Round(pieces * (rule.GiftPrice ?? 0), facts.MinorUnits, MidpointRounding.AwayFromZero);
                if (pieces > 0 && CanGive(rule, worth))
                {
                    found.Add(new(rule, pieces, worth));
                }
            }
        }

        // the most valuable first: of those that do not add, one is given
        var ordered = found.OrderByDescending(gift => gift.Worth).ThenByDescending(gift => gift.Rule.Priority).ThenBy(gift => gift.Rule.Code, StringComparer.Ordinal).ToList();
        List<Gift> given = ordered.Find(gift => gift.Rule.Combines is not "adds") is { } first
            ? [first, .. first.Rule.Combines is "alone" ? [] : ordered.Where(gift => gift.Rule.Combines is "adds")]
            : [.. ordered.Where(gift => gift.Rule.Combines is "adds")];
        given = [.. given.DistinctBy(gift => gift.Rule.Group ?? "\0" + gift.Rule.Code)];
        given.ForEach(gift => Spend(gift.Rule, gift.Worth));
        return given;
    }

    /// <summary>A promotion on a line: a share of its price, or an amount off each piece. It is itself alone: the same promotion on another line is another one, however alike.</summary>
    sealed class Applied(RuleTerms rule, decimal share, decimal off)
    {
        public RuleTerms Rule { get; } = rule;

        public decimal Share { get; } = share;

        public decimal Off { get; } = off;

        /// <summary>Pieces of the line that no other promotion of sets may count.</summary>
        public decimal Pieces { get; init; }

        /// <summary>What it took off the amount, of all its lines where it is one of the basket.</summary>
        public decimal Saved { get; set; }
    }

    sealed class Line
    {
        readonly int minorUnits;
        readonly int decimals;
        readonly decimal basePrice;
        RuleTerms? volume;
        SpecialTerms? special;

        public Line(AskedLine asked, FactProduct? product, int minorUnits, int place)
        {
            (Asked, Product, this.minorUnits, Place) = (asked, product, minorUnits, place);
            basePrice = product?.Net?.Price ?? product?.List?.Price ?? 0;
            Refusal = product switch
            {
                null => "pricing.refused.unknown_sku",
                { IsDiscontinued: true } => "pricing.refused.discontinued",
                _ when asked.Quantity <= 0 => "pricing.refused.quantity_not_positive",
                { Net: null, List: null } => "pricing.refused.no_price",
                _ when asked.Term is not null && Term.MonthsOf(product.Unit) is null => "pricing.refused.not_by_term",
                _ => null,
            };
            // unit prices keep the decimals of the book, at least the currency's
            decimals = Math.Max(minorUnits, Amounts.Decimals(basePrice));
            // From here on a piece costs what it costs over its whole term: what comes off, and what promotions count, is money that is paid.
            basePrice = OverTheTerm(basePrice);
            AfterVolume = Rounded(basePrice, decimals);
            UnitPrice = AfterVolume;
            Amount = Refusal is null ? AmountAt(UnitPrice) : 0;
        }

        public AskedLine Asked { get; }

        /// <summary>Where it stands among the others.</summary>
        public int Place { get; }

        public FactProduct? Product { get; }

        public string? Refusal { get; }

        public decimal AfterVolume { get; private set; }

        public decimal UnitPrice { get; private set; }

        public decimal Amount { get; private set; }

        public List<Applied> Applied { get; private set; } = [];

        /// <summary>What is left at the special price, where it is too little for the line.</summary>
        public int? SpecialLeft { get; set; }

        public bool IsAlone => Applied.Exists(applied => applied.Rule.Combines is "alone");

        public decimal FreePieces => Math.Floor(Asked.Quantity) - Applied.Sum(applied => applied.Pieces);

        public decimal AmountAt(decimal price) => Math.Round(Asked.Quantity * price, minorUnits, MidpointRounding.AwayFromZero);

        public void TakeVolume(RuleTerms? rule)
        {
            volume = rule;
            AfterVolume = rule is null ? Rounded(basePrice, decimals) : Rounded(basePrice * (1 - rule.Rate), decimals);
            Recount();
        }

        public decimal PriceWith(IEnumerable<Applied> promotions) => promotions.Aggregate(AfterVolume, Less);

        public void Add(Applied applied)
        {
            Applied.Add(applied);
            Recount();
        }

        public List<Applied> Keep() => [.. Applied];

        public void Restore(List<Applied> kept)
        {
            Applied = kept;
            Recount();
        }

        public void Drop(Predicate<Applied> which)
        {
            if (Applied.RemoveAll(which) > 0)
            {
                Recount();
            }
        }

        /// <summary>From now on a piece costs what the deal says. What came off this line alone comes off no more, and is answered: no budget is used for nothing.</summary>
        public List<Applied> TakeSpecial(SpecialTerms terms)
        {
            special = terms;
            var idle = Applied.FindAll(applied => applied.Rule.IsOfALine);
            Applied.RemoveAll(idle.Contains);
            Recount();
            return idle;
        }

        void Recount()
        {
            UnitPrice = special is null ? PriceWith(Applied) : SpecialPrice;
            Amount = AmountAt(UnitPrice);
        }

        decimal SpecialPrice => PriceAt(special!);

        /// <summary>What a special price comes to here: it was granted for what the product's price is for, a piece or a month.</summary>
        public decimal PriceAt(SpecialTerms terms) => Rounded(OverTheTerm(terms.Price), Decimals(terms.Price));

        decimal Less(decimal price, Applied applied) => applied.Rule switch
        {
            { Effect: "percent" } => Rounded(price * (1 - applied.Share), decimals),
            { Effect: "amount" } => Rounded(Math.Max(0, price - applied.Off), Math.Max(decimals, Amounts.Decimals(applied.Off))),
            _ => Spread(price * (1 - applied.Share)),
        };

        // What a promotion takes off many lines has to be told by the price of a piece: rounded down, so that the buyer gets at least what was promised.
        decimal Spread(decimal price)
        {
            var places = Math.Max(decimals, SpreadDecimals);
            // a share that was divided may end in nines
            var down = Math.Round(Math.Round(price, 15), places, MidpointRounding.ToZero);
            return Rounded(down, Math.Max(decimals, Amounts.Decimals(down)));
        }

        public LinePrice ToLinePrice() => Refusal is not null
            ? new(Asked.Sku, Asked.Quantity) { Refusal = Refusal, ProductId = Product?.ProductId, Name = Product?.Name, NameZh = Product?.NameZh, Unit = Product?.Unit }
            : new(Asked.Sku, Asked.Quantity)
            {
                ProductId = Product!.ProductId, Name = Product.Name, NameZh = Product.NameZh, Unit = Product.Unit, UnitPrice = UnitPrice, LineAmount = Amount,
                ListPrice = Product.List is { } list ? Rounded(OverTheTerm(list.Price), Decimals(list.Price)) : null, Floor = Floor, SpecialLeft = SpecialLeft, Term = Asked.Term, Steps = [.. Steps()],
            };

        // What the brand granted itself is below no floor.
        decimal? Floor => Product!.Floor is not { } floor ? null : special is null ? OverTheTerm(floor) : Math.Min(OverTheTerm(floor), UnitPrice);

        int Decimals(decimal price) => Math.Max(minorUnits, Amounts.Decimals(price));

        decimal OverTheTerm(decimal price) => Refusal is null && Asked.Term is { } term ? term.PriceOf(price, Term.MonthsOf(Product!.Unit)!.Value, Decimals(price)) : price;

        IEnumerable<PriceStep> Steps()
        {
            if (Product!.List is { } list)
            {
                yield return new("list", list.Book.Code, list.Book.Version, list.Book.Name, list.Book.NameZh, null, Rounded(list.Price, Decimals(list.Price)));
            }

            if (Product.Net is { } net)
            {
                yield return new("book", net.Book.Code, net.Book.Version, net.Book.Name, net.Book.NameZh, null, Rounded(net.Price, decimals));
            }

            if (Asked.Term is { } term)
            {
                yield return new("term", FormattableString.Invariant($"{term.Start:yyyy-MM-dd}/{term.End:yyyy-MM-dd}"), 1, term.Count.Said, term.Count.SaidZh, null, Rounded(basePrice, decimals));
            }

            if (volume is not null)
            {
                yield return new("volume", volume.Code, volume.Version, volume.Name, volume.NameZh, volume.Rate, AfterVolume);
            }

            var price = AfterVolume;
            foreach (var applied in Applied)
            {
                var (before, rule) = (price, applied.Rule);
                price = Less(before, applied);
                if (price == before)
                {
                    // pieces that were bought so that others are got: nothing comes off here
                    continue;
                }

                yield return new("promotion", rule.Code, rule.Version, rule.Name, rule.NameZh, rule.Effect is "percent" ? rule.Rate : null, price) { Effect = rule.Effect is "percent" ? null : rule.Effect };
            }

            if (special is not null)
            {
                yield return new("deal", special.Deal, special.Revision, $"Special price of deal {special.Deal}", $"商机 {special.Deal} 特价", null, SpecialPrice);
            }
        }
    }

    sealed record Gift(RuleTerms Rule, decimal Pieces, decimal Worth)
    {
        public LinePrice ToLinePrice(int minorUnits) => new(Rule.GiftSku!, Pieces)
        {
            ProductId = Rule.Gift, Name = Rule.GiftName, NameZh = Rule.GiftNameZh, Unit = Rule.GiftUnit, UnitPrice = Rounded(0, minorUnits), LineAmount = Rounded(0, minorUnits), ListPrice = Rule.GiftPrice,
            Steps = [new("promotion", Rule.Code, Rule.Version, Rule.Name, Rule.NameZh, null, Rounded(0, minorUnits)) { Effect = "gift" }],
        };
    }

    // Rounded half away from zero, and told with all its decimals: 96.00, not 96.
    static decimal Rounded(decimal value, int decimals) => Math.Round(value, decimals, MidpointRounding.AwayFromZero) + new decimal(0, 0, 0, false, (byte)decimals);
}

/// <summary>What lines cost that are bought together.</summary>
/// <param name="Lines">One for each that was asked, in the same order.</param>
/// <param name="Gifts">What comes with them for nothing; their prices are 0.</param>
/// <param name="Uses">What promotions with a limit give; they are taken when the order is written.</param>
/// <param name="Coupons">Those of the coupons by which a promotion holds here.</param>
public sealed record BasketPrice(IReadOnlyList<LinePrice> Lines, IReadOnlyList<LinePrice> Gifts, IReadOnlyList<PromotionUse> Uses, IReadOnlyList<string> Coupons)
{
    /// <summary>What is had at special prices of a deal; it is taken when the order is written.</summary>
    public IReadOnlyList<SpecialUse> Specials { get; init; } = [];

    /// <summary>The deal that was named has special prices in this trade; false where none was named.</summary>
    public bool IsDealKnown { get; init; }
}

/// <summary>How many pieces are had at a special price.</summary>
/// <param name="SpecialPriceId">Its key; never leaves the server.</param>
/// <param name="Deal">The deal.</param>
/// <param name="Quantity">How many.</param>
public sealed record SpecialUse(long SpecialPriceId, string Deal, int Quantity);

/// <summary>What a promotion with a limit gives to one order.</summary>
/// <param name="PriceRuleId">Its key; never leaves the server.</param>
/// <param name="Code">What the seller calls it.</param>
/// <param name="Amount">What it takes off, in the order's currency; for a gift its list price.</param>
public sealed record PromotionUse(long PriceRuleId, string Code, decimal Amount);
