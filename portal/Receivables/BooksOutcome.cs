using Platform.Web;

namespace Portal.Receivables;

/// <summary>How an act on the books ended.</summary>
public abstract record BooksOutcome
{
    BooksOutcome()
    {
    }

    /// <summary>It is done, or had been done before.</summary>
    /// <param name="Number">The document that it made or changed.</param>
    public sealed record Done(string Number) : BooksOutcome;

    /// <summary>There is no such document for the person at work.</summary>
    public sealed record NotFound : BooksOutcome;

    /// <summary>The person sees it and has no right to change it.</summary>
    public sealed record Forbidden : BooksOutcome;

    /// <summary>Fields are wrong, each with its remedy.</summary>
    /// <param name="Problems">What is wrong.</param>
    public sealed record Wrong(IReadOnlyList<FieldProblem> Problems) : BooksOutcome;

    /// <summary>What was typed could not be read: that stands at its field already, and is never taken for something left out.</summary>
    internal static Wrong Unreadable { get; } = new([]);

    /// <summary>One field is wrong.</summary>
    public static Wrong Because(string field, string textKey, params IReadOnlyList<object> arguments) => new([new(field, textKey, arguments)]);

    /// <summary>The reason that every such act needs, where it is missing or too long; else null.</summary>
    internal static Wrong? ReasonProblem(string? reason, int longest = 500) =>
        string.IsNullOrWhiteSpace(reason) ? Because("reason", "receivables.problem.reason_missing")
        : reason.Length > longest ? Because("reason", "receivables.problem.too_long", longest)
        : null;
}
