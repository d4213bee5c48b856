using Platform.Web;

namespace Portal.Stock;

/// <summary>How an act on places, transfers, counts or reported stock ended.</summary>
public abstract record StockOutcome
{
    StockOutcome()
    {
    }

    /// <summary>It is done, or had been done before.</summary>
    /// <param name="Number">The record's public number, or the code of a place.</param>
    public sealed record Done(string Number) : StockOutcome;

    /// <summary>There is no such record for the person at work.</summary>
    public sealed record NotFound : StockOutcome;

    /// <summary>The person's roles do not allow it.</summary>
    public sealed record Forbidden : StockOutcome;

    /// <summary>The state does not allow it; perhaps someone was faster.</summary>
    /// <param name="Status">The state it is in now.</param>
    public sealed record NotNow(string Status) : StockOutcome;

    /// <summary>It has changed since the person looked.</summary>
    public sealed record Stale : StockOutcome;

    /// <summary>Something is wrong, each with its remedy; nothing was changed.</summary>
    /// <param name="Problems">What.</param>
    public sealed record Wrong(IReadOnlyList<StockProblem> Problems) : StockOutcome;

    /// <summary>One field is wrong.</summary>
    public static Wrong Because(string field, string textKey, params IReadOnlyList<object> arguments) => new([new(null, field, textKey, arguments)]);

    /// <summary>What the API says when it was not done.</summary>
    internal ApiProblem ForApi => this switch
    {
        NotFound => ApiProblem.NotFound,
        Forbidden => ApiProblem.Forbidden,
        Stale => ApiProblem.Stale,
        NotNow(var status) => ApiProblem.Conflict("stock-state", "stock.api.not_now") with { More = new Dictionary<string, object?>(StringComparer.Ordinal) { ["status"] = status } },
        Wrong(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem.ForApi)]),
        _ => throw new InvalidOperationException($"Nobody has said what to answer to {this}."),
    };
}
