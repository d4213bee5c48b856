using Platform.Database;

namespace Portal.Kpis;

/// <summary>The brand's day and currency, by which all figures are kept; a partner far down the tree cannot see the brand's own row.</summary>
public sealed class BrandCalendar(Db db, TimeProvider clock)
{
    /// <summary>Today in the brand's zone, and its currency.</summary>
    public async Task<BrandDay> TodayAsync(CancellationToken ct) =>
        await db.OneAsync<BrandDay>("select brand_day(@now) as today, coalesce(kpi_currency(), '') as currency", new { now = clock.GetUtcNow().UtcDateTime }, ct);
}

/// <summary>The brand's day and currency.</summary>
public sealed record BrandDay(DateOnly Today, string Currency);
