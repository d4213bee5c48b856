using Platform.Web;

namespace Portal.Orders;

/// <summary>How an act on an order ended.</summary>
public abstract record OrderOutcome
{
    OrderOutcome()
    {
    }

    /// <summary>It is done, or had been done before: a second click changes nothing.</summary>
    /// <param name="Number">The order.</param>
    /// <param name="Document">The shipment or receipt that it made, if any.</param>
    public sealed record Done(string Number, string? Document = null) : OrderOutcome
    {
        /// <summary>True where it has not gone to the seller: it waits for a word inside the buyer's company.</summary>
        public bool WaitsForApproval { get; init; }

        /// <summary>Further orders that were made with it: what is missing in several places is ordered place by place.</summary>
        public IReadOnlyList<string> Further { get; init; } = [];

        /// <summary>All that were made.</summary>
        public IEnumerable<string> Numbers => Further.Prepend(Number);
    }

    /// <summary>There is no such order for the person at work.</summary>
    public sealed record NotFound : OrderOutcome;

    /// <summary>The person is on that side, but has none of its roles.</summary>
    public sealed record Forbidden : OrderOutcome;

    /// <summary>The order's state does not allow it; perhaps someone was faster.</summary>
    /// <param name="Status">The state it is in now.</param>
    public sealed record NotNow(string Status) : OrderOutcome;

    /// <summary>The order has changed since the person looked.</summary>
    /// <param name="Version">The version it has now.</param>
    public sealed record Stale(int Version) : OrderOutcome;

    /// <summary>Fields or lines are wrong, each with its remedy.</summary>
    /// <param name="Problems">What is wrong.</param>
    public sealed record Wrong(IReadOnlyList<OrderProblem> Problems) : OrderOutcome;

    /// <summary>One field is wrong.</summary>
    public static Wrong Because(string field, string textKey, params IReadOnlyList<object> arguments) => new([new(null, field, textKey, arguments)]);
}

/// <summary>What is wrong with a field or a line, and the remedy.</summary>
/// <param name="Line">The line, from 1; null for the order as a whole.</param>
/// <param name="Field">The field: <c>quantity</c>, <c>sku</c>, <c>poNumber</c>.</param>
/// <param name="TextKey">The text key of a sentence that names the remedy.</param>
/// <param name="Arguments">Values for its placeholders.</param>
public sealed record OrderProblem(int? Line, string Field, string TextKey, params IReadOnlyList<object> Arguments)
{
    /// <summary>As the API names it: <c>lines[0].quantity</c>.</summary>
    public FieldProblem ForApi => new(Line is { } line ? $"lines[{line - 1}].{Field}" : Field, TextKey, Arguments);
}
