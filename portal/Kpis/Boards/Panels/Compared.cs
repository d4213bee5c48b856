using Platform.Texts;

namespace Portal.Kpis.Boards;

/// <summary>Changes against the period that is compared with.</summary>
static class Compared
{
    /// <summary>The head of a column of changes.</summary>
    public static string Head(BoardScope scope, Texts t) => scope.Before is { } before ? t["kpis.panel.change", before.Said(t)].Value : t["kpis.panel.change_none"].Value;

    /// <summary>0.1 for a tenth more; null where there was nothing, or nothing is compared.</summary>
    public static decimal? Change(decimal now, decimal before) => before > 0 ? (now / before) - 1 : null;
}
