using System.Text.Json;
using Platform.Database;
using Platform.Web;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>Checks what somebody wants to offer and prices it: the seller's price for end customers, then what is taken off by hand.</summary>
public sealed class PriceQuote(Db db, QuoteStore quotes, Prices prices, SoldByTerm terms)
{
    /// <summary>The most lines a quote has.</summary>
    public const int MostLines = 1000;

    /// <summary>The most days a quote can hold.</summary>
    public const int MostDays = 365;

    /// <summary>How many days a quote holds where nobody says.</summary>
    public const int UsualDays = 30;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Checks and prices.</summary>
    public Task<CheckedQuote> RunAsync(QuoteRequest request, QuoteSeller seller, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var today = await quotes.TodayAsync(ct);
        var problems = new List<QuoteProblem>();
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
        var lines = await LinesAsync(request, seller, agreed, today, problems, deal, ct);
        if (problems.Count > 0)
        {
            return new CheckedQuote(null, problems);
        }

        var net = lines.Where(line => line.IsIncluded).Sum(line => line.Amount);
        var tax = Amounts.Round(net * request.TaxRate!.Value / 100, seller.Currency);
        return new CheckedQuote(new(customer!.EndCustomerId, deal?.DealId, seller.Currency, request.ValidUntil!.Value, request.TaxRate.Value / 100, Typed.Trimmed(request.Terms),
            net, tax, net + tax, lines.Max(line => line.Discount), await WithCostsAsync(lines, request, seller, agreed, today, deal, ct)), []);
    }, ct);

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

    async Task<List<PricedQuoteLine>> LinesAsync(QuoteRequest request, QuoteSeller seller, IReadOnlyList<AgreedTerm> agreed, DateOnly today, List<QuoteProblem> problems, QuotedDeal? deal, CancellationToken ct)
    {
        if (request.Lines.Count is 0 or > MostLines)
        {
            return [];
        }

        var priced = await PricesAsync(null, seller.PartnerId, request, seller, agreed, today, deal, ct);
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

            if (agreed[i].TextKey is { } wrong)
            {
                problems.Add(new($"lines[{i}].{agreed[i].Field}", wrong, agreed[i].Arguments));
            }

            if (price.Refusal is null && problems.Count == 0)
            {
                var line = Line(asked, price, seller.Currency) with { TermMonths = agreed[i].Months };
                lines.Add(line.Choice is QuoteChoice.Alternative ? line with { AlternativeTo = stood } : line);
                stood = line.IsIncluded ? lines.Count : stood;
            }
        }

        return lines;
    }

    // What is included is bought together. Of the others nobody knows what they will be bought with: each is priced by itself.
    async Task<List<LinePrice>> PricesAsync(long? buyerId, long sellerId, QuoteRequest request, QuoteSeller seller, IReadOnlyList<AgreedTerm> agreed, DateOnly today, QuotedDeal? ofDeal, CancellationToken ct)
    {
        var deal = ofDeal is null ? null : new DealAsked(ofDeal.Number);
        List<(AskedLine Line, bool IsIncluded)> asked =
            [.. request.Lines.Select((line, at) => (new AskedLine(line.Sku.Trim(), line.Quantity is >= 1 and <= 1_000_000 ? line.Quantity.Value : 1) { Term = agreed[at].Term }, QuoteChoice.Of(line.Choice) is QuoteChoice.Included))];
        var together = new Queue<LinePrice>((await prices.OfBasketAsync(buyerId, sellerId, seller.Currency, today, [.. asked.Where(one => one.IsIncluded).Select(one => one.Line)], [], deal, ct)).Lines);
        var byItself = new Queue<LinePrice>(await prices.ForAsync(buyerId, sellerId, seller.Currency, today, [.. asked.Where(one => !one.IsIncluded).Select(one => one.Line)], deal, ct));
        return asked.ConvertAll(one => (one.IsIncluded ? together : byItself).Dequeue());
    }

    // What the goods cost the seller itself, at the company above it. The brand has nobody above it.
    async Task<IReadOnlyList<PricedQuoteLine>> WithCostsAsync(List<PricedQuoteLine> lines, QuoteRequest request, QuoteSeller seller, IReadOnlyList<AgreedTerm> agreed, DateOnly today, QuotedDeal? deal, CancellationToken ct)
    {
        if (seller.UpstreamId is not { } upstream)
        {
            return lines;
        }

        var costs = await PricesAsync(seller.PartnerId, upstream, request, seller, agreed, today, deal, ct);
        return [.. lines.Select((line, at) => costs[at].Refusal is null ? line with { UnitCost = costs[at].UnitPrice } : line)];
    }

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
        return new(price.ProductId!.Value, quantity, price.UnitPrice, discount, unitPrice, Amounts.OfLine(quantity, unitPrice, currency), JsonSerializer.Serialize(price.Steps, Json))
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
    /// <summary>What a quote says already, as it would be typed.</summary>
    internal static QuoteRequest Of(QuoteHead head, IEnumerable<QuoteLine> lines) => new(head.CustomerNumber, head.DealNumber, head.ValidUntil, head.TaxRate * 100, head.Terms, [.. lines.Select(QuoteRequestLine.Of)]);
}

/// <summary>One line, as typed.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">1 to 1,000,000, whole.</param>
/// <param name="Discount">Percent taken off by hand, 0 to 100.</param>
public sealed record QuoteRequestLine(string Sku, decimal? Quantity, decimal? Discount)
{
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
