namespace Portal.Orders;

/// <summary>What a seller says to a line of a submitted order.</summary>
/// <param name="LineNumber">The order's line.</param>
/// <param name="Quantity">How many of it will be delivered, now or later; null where it is no number.</param>
/// <param name="PromisedOn">By which day; null where none is promised.</param>
/// <param name="Reason">Why not all of it; needed then.</param>
public sealed record SaidOfLine(int LineNumber, decimal? Quantity, DateOnly? PromisedOn, string? Reason)
{
    /// <summary>True where a day was typed that there is not.</summary>
    public bool HasNoSuchDay { get; init; }

    internal static IEnumerable<OrderProblem> Problems(IReadOnlyList<SaidOfLine> said, List<LineInHand> lines, DateOnly today)
    {
        var ordered = lines.ToDictionary(line => line.LineNumber);
        foreach (var answer in said)
        {
            foreach (var problem in Problems(answer, ordered.GetValueOrDefault(answer.LineNumber), today))
            {
                yield return problem;
            }
        }

        if (said.GroupBy(line => line.LineNumber).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            yield return new(twice.Key, "lineNumber", "orders.problem.line_named_twice", twice.Key);
        }

        if (lines.TrueForAll(line => line.Open == 0 || said.Any(answer => answer.LineNumber == line.LineNumber && answer.Quantity == 0)))
        {
            yield return new(null, "lines", "orders.problem.nothing_promised");
        }
    }

    static IEnumerable<OrderProblem> Problems(SaidOfLine answer, LineInHand? line, DateOnly today)
    {
        if (line is null)
        {
            yield return new(answer.LineNumber, "lineNumber", "orders.problem.no_such_line", answer.LineNumber);
            yield break;
        }

        if (answer.Quantity is not { } quantity || quantity < 0 || quantity != decimal.Truncate(quantity))
        {
            yield return new(answer.LineNumber, "quantity", "orders.problem.quantity_not_whole");
        }
        else if (quantity > line.Open)
        {
            yield return new(answer.LineNumber, "quantity", "orders.problem.more_than_ordered", line.Sku, line.Open);
        }
        else if (quantity < line.Open && string.IsNullOrWhiteSpace(answer.Reason))
        {
            yield return new(answer.LineNumber, "reason", "orders.problem.refused_without_reason", line.Open - quantity);
        }

        if (answer.Reason?.Length > Orders.Reason.Longest)
        {
            yield return new(answer.LineNumber, "reason", "orders.problem.reason_too_long", Orders.Reason.Longest);
        }

        if (answer.HasNoSuchDay || answer.PromisedOn < today || answer.PromisedOn > today.AddDays(AnswerOrder.FarthestPromise))
        {
            yield return new(answer.LineNumber, "promisedOn", "orders.problem.promised_day");
        }
    }
}

/// <summary>The answer to a line, as it is written.</summary>
/// <param name="Line">The line.</param>
/// <param name="Promised">How many will be delivered.</param>
/// <param name="Reserved">How many of them are set aside at once.</param>
/// <param name="PromisedOn">By which day.</param>
/// <param name="Reason">Why not all.</param>
public sealed record LineAnswer(LineInHand Line, int Promised, int Reserved, DateOnly? PromisedOn, string? Reason)
{
    /// <summary>Will not be delivered.</summary>
    public int Refused => Line.Open - Promised;

    /// <summary>Promised, and waiting for goods.</summary>
    public int Waiting => Promised - Reserved;

    internal static List<LineAnswer> Of(IReadOnlyList<SaidOfLine> said, List<LineInHand> lines)
    {
        var answers = said.ToDictionary(answer => answer.LineNumber);
        return [.. lines.Select(line => answers.GetValueOrDefault(line.LineNumber) is { } answer
            ? new LineAnswer(line, (int)answer.Quantity!, 0, answer.PromisedOn, string.IsNullOrWhiteSpace(answer.Reason) ? null : answer.Reason.Trim())
            : new LineAnswer(line, line.Open, 0, null, null))];
    }
}

/// <summary>Hands out what there is of several products to those who want it, in the order in which they stand.</summary>
public static class Shares
{
    /// <summary>What each gets, in the order of <paramref name="wanting"/>: all it wants while there is something, then the rest, then nothing.</summary>
    /// <param name="wanting">Who wants something, the first to be served first.</param>
    /// <param name="product">Of what.</param>
    /// <param name="wanted">How much.</param>
    /// <param name="there">How much there is of each product; nothing of those that are not named.</param>
    public static List<int> Of<T>(IReadOnlyList<T> wanting, Func<T, long> product, Func<T, int> wanted, IReadOnlyDictionary<long, long> there)
    {
        var left = new Dictionary<long, long>(there);
        return [.. wanting.Select(one =>
        {
            var share = (int)Math.Min(wanted(one), left.GetValueOrDefault(product(one)));
            left[product(one)] = left.GetValueOrDefault(product(one)) - share;
            return share;
        })];
    }
}
