using Platform.Database;
using Portal.Pricing;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>One side of an order that was handed in asks the other to agree to a change (申请变更): pieces called off, another day, or something else instead.</summary>
public sealed class AskForChange(Db db, OrderWriting orders, OrderChanges changes, Prices prices, SoldByTerm terms, ChangeNews news)
{
    /// <summary>Asks.</summary>
    /// <param name="number">The order.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="asked">What shall be different.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderOutcome> RunAsync(string number, int? version, AskedChange asked, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.AskForChange, version) is { } refused)
        {
            return refused;
        }

        var by = Permission.Step(order!, OrderLifecycle.AskForChange).By;
        var lines = await orders.LinesAsync(order!.PurchaseOrderId, ct);
        var today = await orders.TodayAsync(ct);
        var substitutes = by is Side.Seller ? await SubstitutesAsync(order, asked, lines, today, ct) : [];
        var problems = Problems(order, asked, by, lines, substitutes, today).ToList();
        if (problems.Count > 0)
        {
            return new OrderOutcome.Wrong(problems);
        }

        var numbered = lines.ToDictionary(line => line.LineNumber);
        var change = new NewChange(PublicNumber.New("OC"), number, by, asked.Reason!.Trim(),
            [.. asked.Said.Select(said => new NewChangedLine(numbered[said.LineNumber].PurchaseOrderLineId, (int)(said.CallOff ?? 0), said.Day, said.HasSubstitute ? Priced(substitutes[said.LineNumber], said) : null))]);
        if (!await changes.InsertAsync(change, ct))
        {
            return OrderOutcome.Because("", "orders.change.problem.one_open");
        }

        await news.AskedAsync(order, change.Number, by, change.Reason, new { change = change.Number, change.Reason, lines = asked.Said.Select(said => new { said.LineNumber, said.CallOff, said.Day, substitute = said.Sku }) }, ct);
        return new OrderOutcome.Done(number, change.Number);
    }, ct);

    // At what the buyer pays for it today, whatever the ordered product costs, and where it is sold by the term, for the term of the line: the buyer sees both before it agrees.
    async Task<Dictionary<int, Substitute>> SubstitutesAsync(OrderInHand order, AskedChange asked, List<LineInHand> lines, DateOnly today, CancellationToken ct)
    {
        var wanted = asked.Said.Where(said => said.HasSubstitute).ToList();
        if (wanted.Count == 0)
        {
            return [];
        }

        var sold = (await terms.ProductsAsync([.. wanted.Select(said => said.Sku!.Trim())], ct)).ToDictionary(product => product.Sku, StringComparer.OrdinalIgnoreCase);
        var replaced = lines.ToDictionary(line => line.LineNumber);
        var had = wanted.ConvertAll(said => sold.TryGetValue(said.Sku!.Trim(), out var product) && replaced.TryGetValue(said.LineNumber, out var line) ? SubstituteTerm.Of(line, product, today) : SubstituteTerm.None);
        var found = await prices.ForAsync(order.BuyerId, order.SellerId, order.Currency, today,
            [.. wanted.Zip(had, (said, term) => new AskedLine(said.Sku!.Trim(), Math.Clamp(said.CallOff ?? 1, 1, SkuLine.MostOfOne)) { Term = term.Term })], ct);
        return wanted.Select((said, at) => (said.LineNumber, Substitute: new Substitute(found[at], had[at]))).ToDictionary(pair => pair.LineNumber, pair => pair.Substitute);
    }

    static PricedLine Priced(Substitute substitute, SaidOfChange said)
    {
        var (price, had) = substitute;
        return new(price.ProductId!.Value, price.Sku, price.Name!, price.NameZh ?? price.Name!, price.Unit ?? "", (int)said.CallOff!.Value, price.UnitPrice, price.LineAmount, KeptSteps.Write(price.Steps))
        {
            TermStart = had.Term?.Start, TermEnd = had.Term?.End, TermMonths = had.Months,
        };
    }

    static IEnumerable<OrderProblem> Problems(OrderInHand order, AskedChange asked, Side by, List<LineInHand> lines, Dictionary<int, Substitute> substitutes, DateOnly today)
    {
        if (Reason.Problem(asked.Reason) is OrderOutcome.Wrong why)
        {
            foreach (var problem in why.Problems)
            {
                yield return problem;
            }
        }

        if (asked.Said.Count == 0)
        {
            yield return new(null, "lines", "orders.change.problem.nothing");
        }

        if (lines.Count + asked.Said.Count(said => said.HasSubstitute) > SkuLines.Most)
        {
            yield return new(null, "lines", "orders.problem.too_many_lines", SkuLines.Most);
        }

        var numbered = lines.ToDictionary(line => line.LineNumber);
        foreach (var said in asked.Said)
        {
            if (!numbered.TryGetValue(said.LineNumber, out var line))
            {
                yield return new(said.LineNumber, "lineNumber", "orders.problem.no_such_line");
                continue;
            }

            if (order.DropShips && said.HasSubstitute)
            {
                // The order below waits for this product, and for no other.
                yield return new(said.LineNumber, "sku", "orders.change.problem.drop_ship_stays");
            }

            foreach (var problem in said.Problems(line, by, today, substitutes.GetValueOrDefault(said.LineNumber)))
            {
                yield return problem;
            }
        }
    }
}

/// <summary>A change as somebody asks for it.</summary>
/// <param name="Reason">Why, in words that the other side reads.</param>
/// <param name="Lines">What shall be different of which line.</param>
public sealed record AskedChange(string? Reason, IReadOnlyList<SaidOfChange> Lines)
{
    /// <summary>The lines of which something is said, each once.</summary>
    internal IReadOnlyList<SaidOfChange> Said { get; } = [.. Lines.Where(line => line.SaysSomething).DistinctBy(line => line.LineNumber)];
}

/// <summary>What somebody asks of a line.</summary>
/// <param name="LineNumber">The order's line.</param>
/// <param name="CallOff">How many pieces are called off; null for none.</param>
/// <param name="Day">The day for what stays; null where it stays as it is.</param>
/// <param name="Sku">What comes instead of what is called off; only a seller says that.</param>
public sealed record SaidOfChange(int LineNumber, decimal? CallOff, DateOnly? Day, string? Sku)
{
    /// <summary>True where a quantity was typed that is none.</summary>
    public bool HasNoSuchQuantity { get; init; }

    /// <summary>True where a day was typed that does not exist.</summary>
    public bool HasNoSuchDay { get; init; }

    internal bool HasSubstitute => !string.IsNullOrWhiteSpace(Sku);

    internal bool SaysSomething => (CallOff is { } pieces && pieces != 0) || Day is not null || HasSubstitute || HasNoSuchQuantity || HasNoSuchDay;

    internal IEnumerable<OrderProblem> Problems(LineInHand line, Side by, DateOnly today, Substitute? substitute)
    {
        if (HasNoSuchQuantity || CallOff < 0 || (CallOff is { } pieces && pieces != Math.Truncate(pieces)))
        {
            yield return new(LineNumber, "callOff", "orders.change.problem.quantity", line.Open);
        }
        else if (line.IsSentAgain && (CallOff > 0 || HasSubstitute))
        {
            yield return new(LineNumber, "callOff", "orders.change.problem.sent_again");
        }
        else if (CallOff > line.Open)
        {
            yield return new(LineNumber, "callOff", "orders.change.problem.more_than_open", line.Open);
        }

        if (HasNoSuchDay)
        {
            yield return new(LineNumber, "day", "orders.problem.no_such_day");
        }
        else if (Day < today || Day > today.AddDays(AnswerOrder.FarthestPromise))
        {
            yield return new(LineNumber, "day", "orders.problem.promised_day", Day);
        }

        if (!HasSubstitute)
        {
            yield break;
        }

        if (by is Side.Buyer)
        {
            yield return new(LineNumber, "sku", "orders.change.problem.substitute_by_buyer");
        }
        else if (CallOff is null or <= 0)
        {
            yield return new(LineNumber, "callOff", "orders.change.problem.instead_of_how_many");
        }
        else if (substitute?.Price.ProductId is null || substitute.Price.Refusal is not null)
        {
            yield return new(LineNumber, "sku", "orders.change.problem.no_such_substitute", Sku!.Trim());
        }
        else if (substitute.Price.ProductId == line.ProductId)
        {
            yield return new(LineNumber, "sku", "orders.change.problem.the_same");
        }
        else if (substitute.Term.TextKey is { } wrong)
        {
            yield return new(LineNumber, "sku", wrong, [.. substitute.Term.Arguments]);
        }
    }
}

/// <summary>What comes instead of something else.</summary>
/// <param name="Price">What it costs the buyer.</param>
/// <param name="Term">How long it is had.</param>
sealed record Substitute(LinePrice Price, SubstituteTerm Term);

/// <summary>
/// For how long a substitute that is sold by the term is had: as long as what it comes instead of, from the same day. What was ordered without a term, or to end with a subscription of its own product, says nothing that another product
/// could be had for; then the pieces are called off, and the buyer orders the other product with a term.
/// </summary>
/// <param name="Term">The term; null for what is not sold by the term.</param>
/// <param name="Months">For how many months.</param>
/// <param name="TextKey">Why it cannot be had so, with the remedy.</param>
/// <param name="Arguments">Values for its placeholders.</param>
sealed record SubstituteTerm(Term? Term, int? Months, string? TextKey = null, params IReadOnlyList<object> Arguments)
{
    /// <summary>No term.</summary>
    public static SubstituteTerm None { get; } = new(null, null);

    /// <summary>The term of what comes instead of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="product">How the other product is sold.</param>
    /// <param name="today">The day it is for the brand.</param>
    public static SubstituteTerm Of(LineInHand line, ProductTerms product, DateOnly today) => line switch
    {
        { TermStart: null } => new(null, null, "orders.change.problem.substitute_needs_term", product.Sku),
        { TermMonths: null } => new(null, null, "orders.change.problem.substitute_joins", product.Sku, line.Subscription!),
        { TermMonths: { } months } when !product.Offers(months) => new(null, null, "orders.change.problem.substitute_months", product.Sku, months, string.Join(" · ", product.Months)),
        { TermStart: { } start } when start < today.AddDays(-SoldByTerm.MostDaysBack) => new(null, null, "orders.change.problem.substitute_began", product.Sku, start, today.AddDays(-SoldByTerm.MostDaysBack)),
        _ => new(Pricing.Term.Of(line.TermStart!.Value, line.TermMonths!.Value), line.TermMonths),
    };
}
