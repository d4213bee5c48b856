using Platform.Database;
using Platform.Web;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>Checks what somebody wants to offer and prices it: the seller's price for end customers, then what is taken off by hand.</summary>
public sealed class PriceQuote(Db db, QuoteStore quotes, Prices prices, SoldByTerm terms, ExchangeRates rates)
{
    /// <summary>The most lines a quote has.</summary>
    public const int MostLines = 1000;

    /// <summary>The most days a quote can hold.</summary>
    public const int MostDays = 365;

    /// <summary>How many days a quote holds where nobody says.</summary>
    public const int UsualDays = 30;

    /// <summary>The most coupons a quote names.</summary>
    public const int MostCoupons = 10;

    /// <summary>Checks and prices.</summary>
    /// <param name="request">What is offered.</param>
    /// <param name="seller">Who offers.</param>
    /// <param name="kept">The rate that the quote has; it is kept where the request says so.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<CheckedQuote> RunAsync(QuoteRequest request, QuoteSeller seller, QuoteRate? kept, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var today = await quotes.TodayAsync(ct);
        var problems = new List<QuoteProblem>();
        var (currency, rate) = await CurrencyAsync(request, seller, kept, today, problems, ct);
        var trade = new Trade(seller, currency, rate, today);
        var deal = request.Deal is null ? null : await quotes.FindDealAsync(request.Deal, ct);
        if (request.Deal is not null && deal is null)
        {
            problems.Add(new("deal", "quotes.problem.deal"));
        }

        var customer = await quotes.FindCustomerAsync(request.Customer ?? deal?.CustomerNumber ?? "", seller.PartnerId, ct);
        problems.AddRange(HeadProblems(request, customer, today));
        if (customer is not null && deal is not null && deal.EndCustomerId != customer.EndCustomerId)
        {
            problems.Add(new("customer", "quotes.problem.customer_of_deal"));
        }

        var agreed = request.Lines.Count is 0 or > MostLines ? [] : await TermsAsync(request, customer, ct);
        trade = trade with { Agreed = agreed };
        var (lines, together) = await LinesAsync(request, trade, problems, deal, ct);
        problems.AddRange(CouponProblems(request, together));
        if (problems.Count > 0)
        {
            return new CheckedQuote(null, problems);
        }

        lines.AddRange(together.Gifts.Where(gift => gift.ProductId is not null).Select(gift => Gift(gift, currency)));
        var net = lines.Where(line => line.IsIncluded).Sum(line => line.Amount);
        var tax = Amounts.Round(net * request.TaxRate!.Value / 100, currency);
        return new CheckedQuote(new(customer!.EndCustomerId, deal?.DealId, currency, request.ValidUntil!.Value, request.TaxRate.Value / 100, Typed.Trimmed(request.Terms),
            net, tax, net + tax, lines.Max(line => line.Discount), await WithCostsAsync(lines, request, trade, deal, together.Gifts, ct))
        {
            Coupons = together.Coupons, Uses = together.Uses, Rate = rate, IsRateOnPaper = rate is not null && request.RateOnPaper,
        }, []);
    }, ct);

    // What all prices are made in, and from.
    sealed record Trade(QuoteSeller Seller, string Currency, QuoteRate? Rate, DateOnly Today)
    {
        /// <summary>The terms of the lines, in their order.</summary>
        public IReadOnlyList<AgreedTerm> Agreed { get; init; } = [];

        public string PricedIn => Rate?.From ?? Currency;

        public LinePrice Told(LinePrice price) => Rate?.Converted(price, Currency) ?? price;
    }

    async Task<(string Currency, QuoteRate? Rate)> CurrencyAsync(QuoteRequest request, QuoteSeller seller, QuoteRate? kept, DateOnly today, List<QuoteProblem> problems, CancellationToken ct)
    {
        var currency = Typed.Trimmed(request.Currency)?.ToUpperInvariant() ?? seller.Currency;
        if (!Currencies.IsKnown(currency))
        {
            problems.Add(new("currency", "quotes.problem.currency_unknown", currency));
            return (seller.Currency, null);
        }

        problems.AddRange(request.Lines.Select((line, at) => (line, at)).Where(one => Typed.Trimmed(one.line.Currency) is { } said && !said.Equals(currency, StringComparison.OrdinalIgnoreCase))
            .Select(one => new QuoteProblem($"lines[{one.at}].currency", "quotes.problem.mixed_currencies", one.line.Currency!, currency)));
        if (currency == seller.Currency || !request.Convert)
        {
            return (currency, null);
        }

        if (request.KeepRate && kept is not null && kept.From == seller.Currency)
        {
            return (currency, kept);
        }

        if (await rates.ConversionAsync(seller.Currency, currency, today, ct) is { } found)
        {
            return (currency, new(seller.Currency, found.Rate, today, found.Since));
        }

        problems.Add(new("currency", "quotes.problem.no_rate", seller.Currency, currency));
        return (currency, null);
    }

    // One that changes nothing is told, and not kept: it would be promised and never count.
    static IEnumerable<QuoteProblem> CouponProblems(QuoteRequest request, BasketPrice together)
    {
        if (request.Coupons is { Count: > MostCoupons })
        {
            yield return new("coupons", "quotes.problem.too_many_coupons", MostCoupons);
        }
        else if (together.Lines.Count > 0 && Prices.Coupons(request.Coupons ?? []).Except(together.Coupons, StringComparer.Ordinal).FirstOrDefault() is { } useless)
        {
            yield return new("coupons", "quotes.problem.useless_coupon", useless);
        }
    }

    static PricedQuoteLine Gift(LinePrice gift, string currency) =>
        Line(new(gift.Sku, gift.Quantity, null), gift with { Floor = null }, currency) with { IsGift = true };

    static IEnumerable<QuoteProblem> HeadProblems(QuoteRequest request, QuoteCustomer? customer, DateOnly today)
    {
        if (customer is null)
        {
            yield return new("customer", "quotes.problem.customer");
        }

        if (request.ValidUntil is not { } day || day < today || day > today.AddDays(MostDays))
        {
            yield return new("validUntil", "quotes.problem.valid_until", MostDays);
        }

        if (request.TaxRate is not (>= 0 and <= 100))
        {
            yield return new("taxRate", "quotes.problem.tax_rate");
        }

        if (request.Terms is { Length: > 10_000 })
        {
            yield return new("terms", "quotes.problem.terms");
        }

        if (request.Lines.Count is 0 or > MostLines)
        {
            yield return new("lines", "quotes.problem.lines", MostLines);
        }
    }

    // Those of the customer: another one's subscription is neither added to nor renewed.
    Task<IReadOnlyList<AgreedTerm>> TermsAsync(QuoteRequest request, QuoteCustomer? customer, CancellationToken ct) =>
        terms.ReadAsync([.. request.Lines.Select(line => new AskedTerm(line.Sku.Trim(), line.Start, line.Months, Typed.Trimmed(line.Subscription)))], customer?.EndCustomerId ?? 0, ct);

    async Task<(List<PricedQuoteLine> Lines, BasketPrice Together)> LinesAsync(QuoteRequest request, Trade trade, List<QuoteProblem> problems, QuotedDeal? deal, CancellationToken ct)
    {
        if (request.Lines.Count is 0 or > MostLines)
        {
            return ([], new([], [], [], []));
        }

        var (priced, together) = await PricesAsync(null, trade.Seller.PartnerId, request, trade, deal, ct);
        problems.AddRange(CurrencyProblems(priced, trade));
        problems.AddRange(ChoiceProblems(request.Lines));
        var unknown = await quotes.UnknownConfigurationsAsync(request.Lines, ct);
        var lines = new List<PricedQuoteLine>();
        int? stood = null;
        for (var i = 0; i < request.Lines.Count; i++)
        {
            var (asked, price) = (request.Lines[i], priced[i]);
            if (price.Refusal is { } reason)
            {
                problems.Add(new($"lines[{i}].sku", reason, asked.Sku));
            }

            if (asked.Quantity is not (>= 1 and <= 1_000_000) || decimal.Truncate(asked.Quantity.Value) != asked.Quantity)
            {
                problems.Add(new($"lines[{i}].quantity", "quotes.problem.quantity"));
            }

            if (asked.Discount is < 0 or > 100)
            {
                problems.Add(new($"lines[{i}].discount", "quotes.problem.discount"));
            }

            if (asked.Configuration is { } configuration && unknown.Contains(configuration))
            {
                problems.Add(new($"lines[{i}].configuration", "quotes.problem.configuration", configuration));
            }

            if (trade.Agreed[i].TextKey is { } wrong)
            {
                problems.Add(new($"lines[{i}].{trade.Agreed[i].Field}", wrong, trade.Agreed[i].Arguments));
            }

            if (price.Refusal is null && problems.Count == 0)
            {
                var line = Line(asked, price, trade.Currency) with { TermMonths = trade.Agreed[i].Months };
                lines.Add(line.Choice is QuoteChoice.Alternative ? line with { AlternativeTo = stood } : line);
                stood = line.IsIncluded ? lines.Count : stood;
            }
        }

        return (lines, together);
    }

    // What is included is bought together. Of the others nobody knows what they will be bought with: each is priced by itself.
    async Task<(List<LinePrice> Each, BasketPrice Together)> PricesAsync(long? buyerId, long sellerId, QuoteRequest request, Trade trade, QuotedDeal? ofDeal, CancellationToken ct)
    {
        var deal = DealAsked.Of(ofDeal?.Number);
        List<(AskedLine Line, bool IsIncluded)> asked =
            [.. request.Lines.Select((line, at) => (new AskedLine(line.Sku.Trim(), line.Quantity is >= 1 and <= 1_000_000 ? line.Quantity.Value : 1) { Term = trade.Agreed[at].Term }, QuoteChoice.Of(line.Choice) is QuoteChoice.Included))];
        // coupons are the customer's, not what the seller buys by
        var basket = await prices.OfBasketAsync(buyerId, sellerId, trade.PricedIn, trade.Today, [.. asked.Where(one => one.IsIncluded).Select(one => one.Line)], buyerId is null ? request.Coupons ?? [] : [], ct, deal);
        basket = basket with { Lines = [.. basket.Lines.Select(trade.Told)] };
        var together = new Queue<LinePrice>(basket.Lines);
        var byItself = new Queue<LinePrice>((await prices.ForAsync(buyerId, sellerId, trade.PricedIn, trade.Today, [.. asked.Where(one => !one.IsIncluded).Select(one => one.Line)], ct, deal)).Select(trade.Told));
        return (asked.ConvertAll(one => (one.IsIncluded ? together : byItself).Dequeue()), basket);
    }

    // What the goods cost the seller itself, at the company above it. The brand has nobody above it.
    async Task<IReadOnlyList<PricedQuoteLine>> WithCostsAsync(List<PricedQuoteLine> lines, QuoteRequest request, Trade trade, QuotedDeal? deal, IReadOnlyList<LinePrice> gifts, CancellationToken ct)
    {
        var seller = trade.Seller;
        if (seller.UpstreamId is not { } upstream)
        {
            return lines;
        }

        var (costs, _) = await PricesAsync(seller.PartnerId, upstream, request, trade, deal, ct);
        // gifts stand behind the lines that were asked for
        costs.AddRange((await prices.ForAsync(seller.PartnerId, upstream, trade.PricedIn, trade.Today, [.. gifts.Where(gift => gift.ProductId is not null).Select(gift => new AskedLine(gift.Sku, gift.Quantity))], ct)).Select(trade.Told));
        return [.. lines.Select((line, at) => costs[at].Refusal is null ? line with { UnitCost = costs[at].UnitPrice } : line)];
    }

    // Not a line's fault: there are no prices in that currency at all.
    static IEnumerable<QuoteProblem> CurrencyProblems(List<LinePrice> priced, Trade trade) =>
        trade.Currency != trade.Seller.Currency && trade.Rate is null && priced.Count > 0 && priced.TrueForAll(price => price.Refusal is "pricing.refused.no_price")
            ? [new("currency", "quotes.problem.no_prices_in_currency", trade.Currency, trade.Seller.Currency)]
            : [];

    static IEnumerable<QuoteProblem> ChoiceProblems(IReadOnlyList<QuoteRequestLine> lines)
    {
        var stands = false;
        for (var i = 0; i < lines.Count; i++)
        {
            var choice = QuoteChoice.Of(lines[i].Choice);
            if (choice is null)
            {
                yield return new($"lines[{i}].choice", "quotes.problem.choice");
            }

            if (choice is QuoteChoice.Alternative && !stands)
            {
                yield return new($"lines[{i}].choice", "quotes.problem.alternative");
            }

            if (lines[i].Section?.Trim() is { Length: > QuoteChoice.LongestSection })
            {
                yield return new($"lines[{i}].section", "quotes.problem.section", QuoteChoice.LongestSection);
            }

            stands |= choice is QuoteChoice.Included;
        }

        if (!stands)
        {
            yield return new("lines", "quotes.problem.nothing_included");
        }
    }

    /// <summary>A sound line with what it costs.</summary>
    internal static PricedQuoteLine Line(QuoteRequestLine asked, LinePrice price, string currency)
    {
        var discount = Math.Round((asked.Discount ?? 0) / 100, 4, MidpointRounding.AwayFromZero);
        var unitPrice = discount == 0 ? price.UnitPrice : Amounts.Round(price.UnitPrice * (1 - discount), currency);
        var quantity = (int)asked.Quantity!.Value;
        return new(price.ProductId!.Value, quantity, price.UnitPrice, discount, unitPrice, Amounts.OfLine(quantity, unitPrice, currency), KeptSteps.Write(price.Steps))
        {
            Section = Typed.Trimmed(asked.Section), Choice = QuoteChoice.Of(asked.Choice)!, Floor = price.Floor, Configuration = asked.Configuration,
            TermStart = price.Term?.Start, TermEnd = price.Term?.End, TermMonths = price.Term is null ? null : asked.Months, Subscription = price.Term is null ? null : Typed.Trimmed(asked.Subscription),
        };
    }
}

/// <summary>What somebody wants to offer, as typed.</summary>
/// <param name="Customer">The customer's number; may be left out where a deal says it.</param>
/// <param name="Deal">The approved deal it comes from.</param>
/// <param name="ValidUntil">The last day it holds.</param>
/// <param name="TaxRate">Percent, 0 to 100.</param>
/// <param name="Terms">What else is agreed.</param>
/// <param name="Lines">1 to 1,000 lines.</param>
public sealed record QuoteRequest(string? Customer, string? Deal, DateOnly? ValidUntil, decimal? TaxRate, string? Terms, IReadOnlyList<QuoteRequestLine> Lines)
{
    /// <summary>The codes of coupons; one by which nothing comes off is refused.</summary>
    public IReadOnlyList<string>? Coupons { get; init; }

    /// <summary>ISO 4217; the seller's own where left out.</summary>
    public string? Currency { get; init; }

    /// <summary>Another currency's prices are the own ones, converted by the rate of today; without it there has to be a price book in it.</summary>
    public bool Convert { get; init; }

    /// <summary>The rate that the draft, or the revision before, has is kept; else that of today is taken.</summary>
    public bool KeepRate { get; init; }

    /// <summary>The rate is printed.</summary>
    public bool RateOnPaper { get; init; }

    /// <summary>What a quote says already, as it would be typed. Gifts come with the prices.</summary>
    internal static QuoteRequest Of(QuoteHead head, IEnumerable<QuoteLine> lines) => new(head.CustomerNumber, head.DealNumber, head.ValidUntil, head.TaxRate * 100, head.Terms, [.. lines.Where(line => !line.IsGift).Select(QuoteRequestLine.Of)])
    {
        Coupons = head.Coupons, Currency = head.Currency, Convert = head.Rate is not null, KeepRate = true, RateOnPaper = head.RateOnPaper,
    };
}

/// <summary>One line, as typed.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">1 to 1,000,000, whole.</param>
/// <param name="Discount">Percent taken off by hand, 0 to 100.</param>
public sealed record QuoteRequestLine(string Sku, decimal? Quantity, decimal? Discount)
{
    /// <summary>The currency that is meant; a quote has one, so another is refused. The quote's where left out.</summary>
    public string? Currency { get; init; }

    /// <summary>The heading it stands under, at most 120 characters; null for none.</summary>
    public string? Section { get; init; }

    /// <summary><c>included</c>, <c>optional</c> or <c>alternative</c> (to the included line before it); included where it is left out.</summary>
    public string? Choice { get; init; }

    /// <summary>The number of the own configuration that it comes from; lines of one belong together.</summary>
    public string? Configuration { get; init; }

    /// <summary>Of what is sold by the term: the first day. The first of next month where it is left out, for more of a subscription today, for a renewal the day after its end.</summary>
    public DateOnly? Start { get; init; }

    /// <summary>For how many months; the usual ones where it is left out. Left out with a subscription: until that one's end.</summary>
    public int? Months { get; init; }

    /// <summary>The number of the customer's subscription that the line renews, or adds to where no months are said.</summary>
    public string? Subscription { get; init; }

    /// <summary>The same without the subscription that it was for.</summary>
    internal QuoteRequestLine Afresh => Subscription is null ? this : this with { Subscription = null, Start = null };

    /// <summary>What a line says already, as it would be typed.</summary>
    internal static QuoteRequestLine Of(QuoteLine line) => new(line.Sku, line.Quantity, line.Discount == 0 ? null : line.Discount * 100)
    {
        Section = line.Section, Choice = line.Choice, Configuration = line.Configuration, Start = line.TermStart, Months = line.TermMonths, Subscription = line.Subscription,
    };
}

/// <summary>An offer, priced.</summary>
public sealed record PricedQuote(
    long EndCustomerId, long? DealId, string Currency, DateOnly ValidUntil, decimal TaxRate, string? Terms,
    decimal NetTotal, decimal TaxTotal, decimal GrandTotal, decimal MostDiscount, IReadOnlyList<PricedQuoteLine> Lines)
{
    /// <summary>The rate by which its prices were converted; null where they were not.</summary>
    public QuoteRate? Rate { get; init; }

    /// <summary>The rate is printed.</summary>
    public bool IsRateOnPaper { get; init; }

    /// <summary>The coupons by which promotions hold.</summary>
    public IReadOnlyList<string> Coupons { get; init; } = [];

    /// <summary>What it takes of promotions with a limit, once it is sent.</summary>
    public IReadOnlyList<PromotionUse> Uses { get; init; } = [];

    /// <summary>What is left to the seller of what is included, as a share; null where a cost is not known.</summary>
    public decimal? MarginShare => Lines.Where(line => line.IsIncluded).All(line => line.UnitCost is not null)
        ? LineMargin.ShareOf(NetTotal - Lines.Where(line => line.IsIncluded).Sum(line => line.Quantity * line.UnitCost!.Value), NetTotal)
        : null;
}

/// <summary>A line, priced; shares, not percents.</summary>
public sealed record PricedQuoteLine(long ProductId, int Quantity, decimal Price, decimal Discount, decimal UnitPrice, decimal Amount, string PriceSteps)
{
    /// <summary>The number of the configuration that it comes from.</summary>
    public string? Configuration { get; init; }

    /// <summary>The first day of its term; null for what is not sold by the term.</summary>
    public DateOnly? TermStart { get; init; }

    /// <summary>The last one.</summary>
    public DateOnly? TermEnd { get; init; }

    /// <summary>For how many months; null where it ends with the subscription that it adds to.</summary>
    public int? TermMonths { get; init; }

    /// <summary>The number of the subscription that it renews or adds to.</summary>
    public string? Subscription { get; init; }

    /// <summary>A promotion gives it.</summary>
    public bool IsGift { get; init; }

    /// <summary>The heading it stands under.</summary>
    public string? Section { get; init; }

    /// <summary>One of <see cref="QuoteChoice"/>.</summary>
    public string Choice { get; init; } = QuoteChoice.Included;

    /// <summary>The number of the line that an alternative can take the place of.</summary>
    public int? AlternativeTo { get; init; }

    /// <summary>What a piece costs the seller at the company above it; null where it has no price there.</summary>
    public decimal? UnitCost { get; init; }

    /// <summary>The unit price below which the brand wants to be asked; null where it has said nothing.</summary>
    public decimal? Floor { get; init; }

    /// <summary>It counts in the totals.</summary>
    public bool IsIncluded => Choice is QuoteChoice.Included;
}

/// <summary>The priced offer, or what is wrong with it.</summary>
public sealed record CheckedQuote(PricedQuote? Quote, IReadOnlyList<QuoteProblem> Problems);

/// <summary>What is wrong with a field, and the remedy.</summary>
/// <param name="Field">As the API names it: <c>lines[0].quantity</c>.</param>
/// <param name="TextKey">A sentence that names the remedy.</param>
/// <param name="Arguments">Values for its placeholders.</param>
public sealed record QuoteProblem(string Field, string TextKey, params IReadOnlyList<object> Arguments)
{
    /// <summary>As the API tells it.</summary>
    internal FieldProblem ForApi => new(Field, TextKey, Arguments);
}
