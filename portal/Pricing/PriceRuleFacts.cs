using Platform.Web;
using Portal.Web;

namespace Portal.Pricing;

/// <summary>What is said about a volume break or a promotion in the same words on the form, in files and in the API.</summary>
public abstract record PriceRuleSaid
{
    /// <summary>What the seller calls it, in capitals.</summary>
    public string? Code { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>volume or promotion.</summary>
    public string? Kind { get; init; }

    /// <summary>What it is for: clearance, season, a new product.</summary>
    public string? Reason { get; init; }

    /// <summary>percent, amount, buy_get, bundle, threshold or gift; a volume break is always percent.</summary>
    public string? Effect { get; init; }

    /// <summary>Taken off instead of a share, in <see cref="Currency"/>: of each piece, of each bundle, or of all that is covered.</summary>
    public decimal? AmountOff { get; init; }

    /// <summary>The currency its amounts are in; where it has one it holds in that currency alone.</summary>
    public string? Currency { get; init; }

    /// <summary>What all it covers has to come to, before it holds.</summary>
    public decimal? MinAmount { get; init; }

    /// <summary>So many have to be bought.</summary>
    public int? Buy { get; init; }

    /// <summary>So many are got: at a discount with those bought, or as gifts.</summary>
    public int? Get { get; init; }

    /// <summary>The product given.</summary>
    public string? Gift { get; init; }

    /// <summary>Holds once for each time its least amount or quantity is reached.</summary>
    public bool Repeats { get; init; }

    /// <summary>At most so often in one order.</summary>
    public int? MostTimes { get; init; }

    /// <summary>Whose quantity is meant: line, family or basket.</summary>
    public string? Counts { get; init; }

    /// <summary>The code whoever buys has to name.</summary>
    public string? Coupon { get; init; }

    /// <summary>How it stands beside others: best, adds or alone.</summary>
    public string? Combines { get; init; }

    /// <summary>Of a group only one holds.</summary>
    public string? ExclusionGroup { get; init; }

    /// <summary>For partners of this level.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>For partners of this type: stores, say.</summary>
    public string? PartnerType { get; init; }

    /// <summary>For partners of this territory; its code.</summary>
    public string? Territory { get; init; }

    /// <summary>For this partner; its number or code.</summary>
    public string? Buyer { get; init; }

    /// <summary>And for all below it.</summary>
    public bool WithDownline { get; init; }

    /// <summary>What it may take off in all.</summary>
    public decimal? Budget { get; init; }

    /// <summary>In so many orders at most.</summary>
    public int? MostOrders { get; init; }

    /// <summary>In so many orders of one partner at most.</summary>
    public int? MostPerBuyer { get; init; }

    /// <summary>Up to this quantity.</summary>
    public decimal? MaxQuantity { get; init; }

    /// <summary>partners, end_customers or everyone.</summary>
    public string? Audience { get; init; }

    /// <summary>The code of the line it is for.</summary>
    public string? Line { get; init; }

    /// <summary>The brand's rule that holds whoever sells.</summary>
    public bool WholeChannel { get; init; }

    /// <summary>Its first day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly? Until { get; init; }
}

/// <summary>What people and files say about a volume break or a promotion.</summary>
public sealed record PriceRuleFacts : PriceRuleSaid
{
    /// <summary>Nothing yet.</summary>
    public PriceRuleFacts()
    {
    }

    /// <summary>What was said in the words they share.</summary>
    internal PriceRuleFacts(PriceRuleSaid said)
        : base(said)
    {
    }

    /// <summary>Those with a higher one are looked at first.</summary>
    public int Priority { get; init; }

    /// <summary>How many of each product make a bundle, in the order of <see cref="Skus"/>; one each where nothing is said.</summary>
    public IReadOnlyList<int> Quantities { get; init; } = [];

    /// <summary>The share taken off, between 0 and 1.</summary>
    public decimal? Rate { get; init; }

    /// <summary>From this quantity of a line.</summary>
    public decimal MinQuantity { get; init; }

    /// <summary>The products it is for, where it is for named ones.</summary>
    public IReadOnlyList<string> Skus { get; init; } = [];

    /// <summary>all, line or products.</summary>
    public string Covers => Line is not null ? "line" : Skus.Count > 0 ? "products" : "all";

    /// <summary>As stored.</summary>
    public PriceRuleFacts Tidied() => this with
    {
        Code = Typed.Trimmed(Code)?.ToUpperInvariant(), Name = Typed.Trimmed(Name), NameZh = Typed.Trimmed(NameZh), Kind = Typed.Trimmed(Kind) ?? "promotion", Reason = Typed.Trimmed(Reason), Audience = Typed.Trimmed(Audience) ?? "partners", Line = Typed.Trimmed(Line),
        Skus = [.. Skus.Select(sku => sku.Trim()).Where(sku => sku.Length > 0).Distinct(StringComparer.Ordinal)],
        Effect = Typed.Trimmed(Effect) ?? "percent", Counts = Typed.Trimmed(Counts) ?? "line", Combines = Typed.Trimmed(Combines) ?? "best", Currency = Typed.Trimmed(Currency)?.ToUpperInvariant(), Coupon = Typed.Trimmed(Coupon)?.ToUpperInvariant(),
        ExclusionGroup = Typed.Trimmed(ExclusionGroup)?.ToUpperInvariant(), Gift = Typed.Trimmed(Gift), PartnerLevel = Typed.Trimmed(PartnerLevel), PartnerType = Typed.Trimmed(PartnerType), Territory = Typed.Trimmed(Territory), Buyer = Typed.Trimmed(Buyer),
        // an amount, or a gift, takes no share off; of what is got all is free where nothing is said
        Rate = AmountOff is not null || Typed.Trimmed(Effect) is "gift" ? 0 : Rate ?? (Typed.Trimmed(Effect) is "buy_get" ? 1 : null),
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

        if (!PricingWords.RuleKinds.Contains(Kind, StringComparer.Ordinal))
        {
            yield return new(nameof(Kind), "pricing.refused.rule_kind");
        }

        if (Rate is not (>= 0 and <= 1) || Amounts.Decimals(Rate.Value) > 6)
        {
            yield return new(nameof(Rate), "pricing.refused.rate");
        }

        foreach (var problem in FlawsOfEffect().Concat(FlawsOfLimits()))
        {
            yield return problem;
        }

        if (MinQuantity is < 0 or >= 1e12m)
        {
            yield return new(nameof(MinQuantity), "pricing.refused.quantity");
        }

        if (MaxQuantity < MinQuantity || MaxQuantity >= 1e12m)
        {
            yield return new(nameof(MaxQuantity), "pricing.refused.max_below_min");
        }

        if (!PricingWords.Audiences.Contains(Audience, StringComparer.Ordinal))
        {
            yield return new(nameof(Audience), "pricing.refused.audience");
        }

        if (Line is not null && Skus.Count > 0)
        {
            yield return new(nameof(Line), "pricing.refused.line_or_products");
        }

        if (From is null)
        {
            yield return new(nameof(From), "pricing.refused.from_missing");
        }

        if (Until < From)
        {
            yield return new(nameof(Until), "pricing.refused.until_before_from");
        }
    }

    IEnumerable<FieldProblem> FlawsOfEffect()
    {
        if (!PricingWords.Effects.Contains(Effect, StringComparer.Ordinal) || (Kind is "volume" && Effect is not "percent"))
        {
            yield return new(nameof(Effect), "pricing.refused.effect");
        }

        if (!PricingWords.CountedOf.Contains(Counts, StringComparer.Ordinal))
        {
            yield return new(nameof(Counts), "pricing.refused.counts");
        }

        if (!PricingWords.Combinations.Contains(Combines, StringComparer.Ordinal) || (Kind is "volume" && Combines is not "best"))
        {
            yield return new(nameof(Combines), "pricing.refused.combines");
        }

        if (Effect is "amount" && AmountOff is null)
        {
            yield return new(nameof(AmountOff), "pricing.refused.amount_off");
        }
        else if (AmountOff is <= 0 or >= 1e12m || (AmountOff is not null && Effect is not ("amount" or "bundle" or "threshold")))
        {
            yield return new(nameof(AmountOff), "pricing.refused.amount_off");
        }

        if (Currency is null ? AmountOff is not null || MinAmount is not null || Budget is not null : !Currencies.IsKnown(Currency))
        {
            yield return new(nameof(Currency), "pricing.refused.currency_of_rule");
        }
        else if (Currency is not null && new[] { AmountOff, MinAmount, Budget }.Any(amount => amount is { } money && Amounts.Decimals(money) > Currencies.MinorUnits(Currency)))
        {
            yield return new(nameof(Currency), "pricing.refused.decimals_of_currency", Currencies.MinorUnits(Currency));
        }

        if (MinAmount is <= 0 or >= 1e12m || (MinAmount is not null && Effect is not ("threshold" or "gift")))
        {
            yield return new(nameof(MinAmount), "pricing.refused.min_amount");
        }
        else if (Effect is "threshold" or "gift" && MinAmount is null && MinQuantity <= 0)
        {
            yield return new(nameof(MinAmount), "pricing.refused.threshold_missing");
        }

        if (Effect is "buy_get" && Buy is not (>= 1 and <= 10_000))
        {
            yield return new(nameof(Buy), "pricing.refused.pieces");
        }

        if (Effect is "buy_get" or "gift" && Get is not (>= 1 and <= 10_000))
        {
            yield return new(nameof(Get), "pricing.refused.pieces");
        }

        if (Effect is "gift" && Gift is null)
        {
            yield return new(nameof(Gift), "pricing.refused.gift_missing");
        }

        if (Effect is "bundle" && (Skus.Count == 0 || Quantities.Any(quantity => quantity is < 1 or > 10_000)))
        {
            yield return new(nameof(Skus), "pricing.refused.bundle");
        }

        if (MostTimes is < 1 or > 10_000)
        {
            yield return new(nameof(MostTimes), "pricing.refused.pieces");
        }
    }

    IEnumerable<FieldProblem> FlawsOfLimits()
    {
        if (Coupon is not null && !PricingWords.IsCoupon(Coupon))
        {
            yield return new(nameof(Coupon), "pricing.refused.coupon");
        }

        if (ExclusionGroup is not null && !PricingWords.IsCode(ExclusionGroup))
        {
            yield return new(nameof(ExclusionGroup), "pricing.refused.code");
        }

        if (Priority is < -1000 or > 1000)
        {
            yield return new(nameof(Priority), "pricing.refused.priority");
        }

        if (PartnerLevel is not null && !PricingWords.Levels.Contains(PartnerLevel, StringComparer.Ordinal))
        {
            yield return new(nameof(PartnerLevel), "pricing.refused.level");
        }

        if (PartnerType is not null && !PricingWords.PartnerTypes.Contains(PartnerType, StringComparer.Ordinal))
        {
            yield return new(nameof(PartnerType), "pricing.refused.partner_type");
        }

        if (Buyer is not null && !WithDownline && (PartnerLevel ?? PartnerType ?? Territory) is not null)
        {
            yield return new(nameof(Buyer), "pricing.refused.buyer_and_kind");
        }

        if (WithDownline && Buyer is null)
        {
            yield return new(nameof(Buyer), "pricing.refused.downline_of_nobody");
        }

        if (Budget is <= 0 or >= 1e12m)
        {
            yield return new(nameof(Budget), "pricing.refused.budget");
        }

        if (MostOrders < 1)
        {
            yield return new(nameof(MostOrders), "pricing.refused.pieces");
        }

        if (MostPerBuyer < 1)
        {
            yield return new(nameof(MostPerBuyer), "pricing.refused.pieces");
        }

        var isLimited = (Budget ?? MostOrders ?? MostPerBuyer) is not null;
        if (Kind is "volume" && (isLimited || Coupon is not null || ExclusionGroup is not null))
        {
            yield return new(nameof(Kind), "pricing.refused.volume_has_no_limits");
        }
    }
}
