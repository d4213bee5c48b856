using Microsoft.AspNetCore.Http.Extensions;
using Portal.Kpis.Boards;

namespace Portal.Kpis;

/// <summary>Steps through periods; every step is an address, so that a view can be sent to somebody.</summary>
/// <param name="Path">The page's address.</param>
/// <param name="Period">The period shown.</param>
/// <param name="Partner">The branch shown, where it is not one's own.</param>
public sealed record PeriodPicker(string Path, Period Period, string? Partner = null)
{
    /// <summary>Through the periods of a dashboard, which keeps what it is narrowed to.</summary>
    public PeriodPicker(BoardScope scope)
        : this(BoardScope.Path, scope.Period) => Scope = scope;

    /// <summary>The dashboard, where it is one.</summary>
    public BoardScope? Scope { get; }

    /// <summary>The page for another period.</summary>
    public string To(Period period)
    {
        if (Scope is not null)
        {
            return Scope.In(period);
        }

        var query = new QueryBuilder { { "period", period.ToString() } };
        if (Partner is not null)
        {
            query.Add("partner", Partner);
        }

        return Path + query;
    }

    /// <summary>The period of another kind that holds this one's last day, so that a year leads to its last quarter.</summary>
    public Period As(PeriodKind kind) => Period.Of(kind, Period.End.AddDays(-1));
}
