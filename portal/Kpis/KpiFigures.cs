using Platform.Texts;
using Portal.Start;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Kpis;

/// <summary>The month's sales on the start page, against the month before.</summary>
public sealed class KpiFigures(KpiStore kpis, BrandCalendar calendar, ICurrentPerson me, Texts t) : IFigureSource
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<Figure>> FindAsync(CancellationToken ct)
    {
        if (!me.Has("brand_admin", "channel_manager", "finance", "partner_admin", "sales", "viewer"))
        {
            return [];
        }

        var (today, currency) = await calendar.TodayAsync(ct);
        var month = Period.Of(PeriodKind.Month, today);
        string[] metrics = [me.IsBrand ? Metric.SellIn : Metric.Purchases, Metric.SellThrough];
        var months = await kpis.MetricMonthsAsync(me.PartnerId, metrics, month.Previous.Start, month.End, ct);
        decimal Sum(string metric, Period period) => months.Where(row => row.Metric == metric && row.Month == period.Start).Sum(row => row.Value);
        return [.. metrics.Select((metric, index) =>
            new Figure("kpis.month_now." + metric, Formats.Of(new(Sum(metric, month), currency)), 10 + index)
            {
                Note = t["kpis.month_before", Formats.Of(new(Sum(metric, month.Previous), currency))], Link = "/kpis?period=" + month,
            })];
    }
}
