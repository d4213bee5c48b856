using Platform.Web;
using Portal.Web;

namespace Portal.Customers;

/// <summary>What became of an act on clusters.</summary>
public abstract record ClusterOutcome
{
    ClusterOutcome()
    {
    }

    /// <summary>Done, under this number.</summary>
    public sealed record Done(string Number) : ClusterOutcome;

    /// <summary>Fields are missing or wrong.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : ClusterOutcome;

    /// <summary>Something stands against it.</summary>
    /// <param name="TextKey">The sentence that says what.</param>
    /// <param name="Arguments">Values for its placeholders.</param>
    public sealed record Refused(string TextKey, params IReadOnlyList<object> Arguments) : ClusterOutcome;

    /// <summary>There is no such customer or act.</summary>
    public sealed record Missing : ClusterOutcome;

    /// <summary>The reason as it is kept, or what is wrong with it.</summary>
    internal static (string? Reason, Invalid? Problem) Reason(string? typed)
    {
        var reason = Typed.Text(typed);
        return reason?.Length switch
        {
            null => (null, new Invalid([new("reason", "customers.invalid.reason")])),
            > 2000 => (null, new Invalid([new("reason", "customers.invalid.too_long", 2000)])),
            _ => (reason, null),
        };
    }
}
