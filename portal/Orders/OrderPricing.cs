using Platform.Database;
using Portal.Assortment;
using Portal.Pricing;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>Looks up and prices what somebody wants to order, and says of every line what is wrong with it; good lines keep their price.</summary>
public sealed class OrderPricing(Db db, OrderWriting orders, SoldByTerm terms)
{
    const decimal LargestAmount = 10_000_000_000_000m;

    /// <summary>Checks a request for the partner at work; today's prices of its upstream.</summary>
    public Task<CheckedOrder> CheckAsync(OrderRequest request, CancellationToken ct) => CheckAsync(request, asksTerms: true, ct);

    /// <summary>The same for an order that the database holds against the terms of sale when it is written: they are asked for only where something else is wrong, to be told with it.</summary>
    public async Task<CheckedOrder> CheckButTheTermsAsync(OrderRequest request, CancellationToken ct) =>
        await CheckAsync(request, asksTerms: false, ct) is { Problems.Count: 0 } good ? good : await CheckAsync(request, ct);

    Task<CheckedOrder> CheckAsync(OrderRequest request, bool asksTerms, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        List<AskedLine> wanted = [.. request.Lines.Select(line => new AskedLine(line.Sku, line.QuantityProblem is null ? line.Quantity!.Value : 1))];
        var (parties, found, sold) = await PricesAsync(wanted);
        IReadOnlyList<AgreedTerm> agreed = [];
        // Only what has a price for a month or a year can be sold by the term; most orders have none of it, and ask nothing more.
        if (parties is { SellerId: not null } && (request.Lines.Any(line => line.Term is not null) || found.Lines.Any(line => Term.MonthsOf(line.Unit) is not null)))
        {
            agreed = await terms.ReadAsync([.. request.Lines.Select(line => new AskedTerm(line.Sku, line.Start, line.Months, line.Subscription))], null, ct, parties.BuyerId);
            if (agreed.Any(line => line.Term is not null))
            {
                (parties, found, sold) = await PricesAsync([.. wanted.Select((line, at) => line with { Term = agreed[at].Term })]);
            }
        }

        if (request.DealIfItHelps && found.Specials.Count == 0)
        {
            request = request with { Deal = null };
        }

        var problems = new List<OrderProblem>(OfTheWhole(request, parties));
        if (request.ShipTo is { } address && parties is not null && !await orders.HasAddressAsync(parties.BuyerId, address, ct))
        {
            problems.Add(new(null, "shipTo", "orders.problem.ship_to_unknown", address));
        }

        // one that is nobody's, or another company's, is told apart from none
        if (request is { Deal: { } deal, Lines.Count: > 0 } && parties is { SellerId: not null } && !found.IsDealKnown)
        {
            problems.Add(new(null, "deal", "orders.problem.deal_unknown", deal));
        }

        if (parties is not { SellerId: not null })
        {
            return new CheckedOrder(request, parties, [.. request.Lines.Select(line => new CheckedLine(line, null))], problems);
        }

        var lines = request.Lines.Select((asked, at) => Check(asked, found.Lines[at], sold.GetValueOrDefault(asked.Sku) ?? new(), asked.Day ?? request.RequestedOn, parties, agreed.Count > 0 ? agreed[at] : AgreedTerm.None)).ToList();
        problems.AddRange(lines.SelectMany((line, index) => line.Problems.Select(problem => problem with { Line = index + 1 })));
        return new CheckedOrder(request, parties, lines, problems)
        {
            Gifts = [.. found.Gifts.Where(gift => gift.ProductId is not null).Select(Given)], Uses = found.Uses,
            Specials = found.Specials, IsDealUseless = request.Deal is not null && lines.Count > 0 && found.Specials.Count == 0,
            UselessCoupons = lines.Count == 0 ? [] : [.. Prices.Coupons(request.Coupons).Except(found.Coupons, StringComparer.Ordinal)],
        };

        Task<(Parties? Parties, BasketPrice Prices, IReadOnlyDictionary<string, TermsOfSale> Terms)> PricesAsync(List<AskedLine> lines) =>
            asksTerms ? orders.PartiesPricesAndTermsAsync(request.BuyerId, lines, request.Coupons, request.Deal, ct) : orders.PartiesAndPricesAsync(request.BuyerId, lines, request.Coupons, request.Deal, ct);
    }, ct);

    static PricedLine Given(LinePrice gift) => new(gift.ProductId!.Value, gift.Sku, gift.Name!, gift.NameZh ?? gift.Name!, gift.Unit ?? "", (int)gift.Quantity, gift.UnitPrice, gift.LineAmount, KeptSteps.Write(gift.Steps));

    static IEnumerable<OrderProblem> OfTheWhole(OrderRequest request, Parties? parties)
    {
        if (parties?.SellerId is null)
        {
            yield return new(null, "", "orders.problem.no_seller");
        }
        else if (parties.SellerStatus is not "active")
        {
            yield return new(null, "", "orders.problem.seller_suspended", parties.SellerName ?? "");
        }

        if (parties is not null && request.Currency is { } currency && currency != parties.Currency)
        {
            yield return new(null, "currency", "orders.problem.foreign_currency", currency, parties.Currency);
        }

        if (request.Lines.Count > SkuLines.Most)
        {
            yield return new(null, "lines", "orders.problem.too_many_lines", SkuLines.Most);
        }

        if (request.PoNumber?.Length > 64)
        {
            yield return new(null, "poNumber", "orders.problem.po_number_too_long", 64);
        }

        if (request.Note?.Length > 2000)
        {
            yield return new(null, "note", "orders.problem.note_too_long", 2000);
        }
    }

    static CheckedLine Check(SkuLine asked, LinePrice price, TermsOfSale terms, DateOnly? requestedOn, Parties parties, AgreedTerm agreed)
    {
        var problems = new List<OrderProblem>();
        if (price.Refusal is { } refusal)
        {
            problems.Add(terms.Successor is { } successor && refusal is "pricing.refused.discontinued"
                ? new(null, "sku", "orders.problem.discontinued_for", asked.Sku, successor)
                : new(null, "sku", Remedy(refusal), asked.Sku));
        }
        else if (!terms.IsSellable)
        {
            problems.Add(new(null, "sku", "orders.problem.not_in_range", asked.Sku, parties.SellerName ?? ""));
        }

        if (asked.QuantityProblem is { } wrong)
        {
            problems.Add(new(null, "quantity", wrong, SkuLine.MostOfOne));
        }
        else if (price.ProductId is not null && OfTheTerms(terms, asked.Quantity!.Value) is { } broken)
        {
            problems.Add(broken);
        }
        else if (price.LineAmount >= LargestAmount)
        {
            problems.Add(new(null, "quantity", "orders.problem.amount_too_large"));
        }

        if (agreed.TextKey is { } wrongTerm)
        {
            problems.Add(new(null, agreed.Field!, wrongTerm, [.. agreed.Arguments]));
        }

        if (asked.HasNoSuchDay)
        {
            problems.Add(new(null, "requestedOn", "orders.problem.no_such_day"));
        }
        else if (requestedOn < parties.Today || requestedOn > parties.Today.AddDays(AnswerOrder.FarthestPromise))
        {
            problems.Add(new(null, "requestedOn", "orders.problem.requested_day", requestedOn));
        }

        return new(asked, problems.Count > 0 ? null : new(
            price.ProductId!.Value, price.Sku, price.Name!, price.NameZh ?? price.Name!, price.Unit ?? "", (int)asked.Quantity!.Value,
            price.UnitPrice, price.LineAmount, KeptSteps.Write(price.Steps))
            {
                RequestedOn = requestedOn, Configuration = asked.Configuration,
                TermStart = agreed.Term?.Start, TermEnd = agreed.Term?.End, TermMonths = agreed.Months, Subscription = agreed.Term is null ? null : asked.Subscription,
            })
        {
            Problems = problems,
            ProductId = price.ProductId,
            Name = price.Name,
            NameZh = price.NameZh,
            Terms = price.ProductId is null ? null : terms,
            SpecialLeft = price.SpecialLeft,
            Remedies = [.. problems.SelectMany(problem => Remedies(problem, asked, terms)).Distinct()],
        };
    }


    static OrderProblem? OfTheTerms(TermsOfSale terms, decimal quantity) => (terms.Take(quantity), terms.Near(quantity)) switch
    {
        (true, _) => null,
        (_, [var below, var above]) => new(null, "quantity", "orders.problem.not_a_multiple", terms.OrderMultiple, below, above),
        (_, [var one]) when quantity < terms.Least => new(null, "quantity", "orders.problem.below_minimum", terms.Least, one),
        (_, [var one]) => new(null, "quantity", "orders.problem.only_quantity", terms.OrderMultiple, one),
        _ => new(null, "quantity", "orders.problem.no_quantity", terms.OrderMultiple),
    };

    // What mends the line with one click; nothing where somebody has to think.
    static IEnumerable<LineRemedy> Remedies(OrderProblem problem, SkuLine asked, TermsOfSale terms) => problem switch
    {
        { TextKey: "orders.problem.discontinued_for" } => [new LineRemedy.Replace(terms.Successor!), new LineRemedy.Drop()],
        { Field: "sku" } => [new LineRemedy.Drop()],
        { Field: "quantity" } when asked.Quantity is { } quantity => terms.Near(quantity).Select(near => new LineRemedy.Order(near)),
        _ => [],
    };

    // What the buyer can do about it is the order's to say; why there is no price is pricing's.
    static string Remedy(string refusal) => refusal switch
    {
        "pricing.refused.unknown_sku" => "orders.problem.unknown_sku",
        "pricing.refused.discontinued" => "orders.problem.discontinued",
        "pricing.refused.no_price" => "orders.problem.no_price",
        "pricing.refused.not_sold_here" => "orders.problem.not_sold_here",
        _ => refusal,
    };
}

/// <summary>A request with all that was found out about it.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Parties">Who orders from whom; null for somebody without a company.</param>
/// <param name="Lines">The lines in their order.</param>
/// <param name="Problems">Everything that is wrong, the lines' by their number.</param>
public sealed record CheckedOrder(OrderRequest Request, Parties? Parties, IReadOnlyList<CheckedLine> Lines, IReadOnlyList<OrderProblem> Problems)
{
    /// <summary>What promotions give with it; lines that cost nothing.</summary>
    public IReadOnlyList<PricedLine> Gifts { get; init; } = [];

    /// <summary>What it takes of promotions with a limit.</summary>
    public IReadOnlyList<PromotionUse> Uses { get; init; } = [];

    /// <summary>What it takes at special prices of its deal.</summary>
    public IReadOnlyList<SpecialUse> Specials { get; init; } = [];

    /// <summary>A deal is named, and none of its special prices holds for a line: over, taken, or for other products.</summary>
    public bool IsDealUseless { get; init; }

    /// <summary>Coupons by which nothing comes off: unknown, over, used up, or not for these lines.</summary>
    public IReadOnlyList<string> UselessCoupons { get; init; } = [];

    /// <summary>The sum of the lines that have a price.</summary>
    public decimal Total => Lines.Sum(line => line.Priced?.Amount ?? 0);
}

/// <summary>A line with its price, or with what is wrong.</summary>
/// <param name="Asked">What was typed.</param>
/// <param name="Priced">The line, ready to be written; null where something is wrong.</param>
public sealed record CheckedLine(SkuLine Asked, PricedLine? Priced)
{
    /// <summary>What is wrong.</summary>
    public IReadOnlyList<OrderProblem> Problems { get; init; } = [];

    /// <summary>What mends it with one click.</summary>
    public IReadOnlyList<LineRemedy> Remedies { get; init; } = [];

    /// <summary>How many are left at the deal's special price, where the line asks for more.</summary>
    public int? SpecialLeft { get; init; }

    /// <summary>How the seller sells it, where the SKU is known.</summary>
    public TermsOfSale? Terms { get; init; }

    /// <summary>The product's key, where the SKU is known.</summary>
    public long? ProductId { get; init; }

    /// <summary>The product's name, where the SKU is known.</summary>
    public string? Name { get; init; }

    /// <summary>Its Chinese name, or the other.</summary>
    public string? NameZh { get; init; }
}

/// <summary>What mends a line with one click.</summary>
public abstract record LineRemedy
{
    LineRemedy()
    {
    }

    /// <summary>Order so many instead.</summary>
    /// <param name="Quantity">How many.</param>
    public sealed record Order(int Quantity) : LineRemedy;

    /// <summary>Order what takes its place.</summary>
    /// <param name="Sku">The successor.</param>
    public sealed record Replace(string Sku) : LineRemedy;

    /// <summary>Take the line out.</summary>
    public sealed record Drop : LineRemedy;

    /// <summary>The line as it is then; null where it is taken out.</summary>
    public SkuLine? Mend(SkuLine line) => this switch
    {
        Order order => line with { Quantity = order.Quantity },
        Replace other => line with { Sku = other.Sku },
        _ => null,
    };
}
