using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>The brand defines a measure, or retires one.</summary>
public sealed class DefineKpi(Db db, KpiStore kpis, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The measures a KPI can be built on.</summary>
    public static IReadOnlyList<string> Metrics { get; } =
    [
        Metric.SellIn, Metric.SellInUnits, Metric.SellThrough, Metric.SellThroughUnits, Metric.Purchases,
        Metric.DealsRegistered, Metric.DealsApproved, Metric.DealsWon, Metric.DealsLost, Metric.QuotesSent,
    ];

    /// <summary>Those of <see cref="Metrics"/> that can be narrowed to a product line.</summary>
    public static bool KnowsProductLines(string metric) =>
        metric is Metric.SellIn or Metric.SellInUnits or Metric.SellThrough or Metric.SellThroughUnits or Metric.Purchases;

    /// <summary>Those of <see cref="Metrics"/> that are money in the brand's currency.</summary>
    public static bool IsMoney(string metric) => metric is Metric.SellIn or Metric.SellThrough or Metric.Purchases;

    /// <summary>Defines a KPI.</summary>
    public async Task<KpiDefined> RunAsync(NewKpi kpi, CancellationToken ct)
    {
        if (Refusal(kpi) is { } refused)
        {
            return refused;
        }

        try
        {
            return await db.InTransactionAsync(async () =>
            {
                if (await kpis.AddDefinitionAsync(kpi, PublicNumber.New("K"), clock.GetUtcNow().UtcDateTime, ct) is not { } defined)
                {
                    return new KpiDefined.Refused("product_line", "kpis.refused.unknown_product_line");
                }

                await audit.RecordAsync("kpi.defined", "kpi", defined.Number, null, kpi, ct);
                return (KpiDefined)new KpiDefined.Stored(defined);
            }, ct);
        }
        catch (PostgresException refusedByTable) when (refusedByTable.Violates("a_kpi_name_is_used_once"))
        {
            return new KpiDefined.Refused("name", "kpis.refused.name_used");
        }
    }

    /// <summary>Retires a KPI: it can be read, but gets no new targets. False when somebody was faster.</summary>
    public Task<bool> RetireAsync(string number, int version, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (!await kpis.RetireAsync(number, version, ct))
        {
            return false;
        }

        await audit.RecordAsync("kpi.retired", "kpi", number, null, null, ct);
        return true;
    }, ct);

    static KpiDefined.Refused? Refusal(NewKpi kpi) => kpi switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) || name.Length > 120 => new("name", "kpis.refused.name"),
        { NameZh: var name } when string.IsNullOrWhiteSpace(name) || name.Length > 120 => new("name_zh", "kpis.refused.name"),
        { Metric: var metric } when !Metrics.Contains(metric, StringComparer.Ordinal) => new("metric", "kpis.refused.metric"),
        { ProductLine: not null, Metric: var metric } when !KnowsProductLines(metric) => new("product_line", "kpis.refused.metric_without_lines"),
        { Direction: not ("up" or "down") } => new("direction", "kpis.refused.direction"),
        { Period: var period } when Period.ParseKind(period) is null => new("period", "kpis.refused.period_kind"),
        _ => null,
    };
}

/// <summary>What became of a KPI to be defined.</summary>
public abstract record KpiDefined
{
    /// <summary>It stands.</summary>
    public sealed record Stored(KpiDefinition Kpi) : KpiDefined;

    /// <summary>It was refused because of one field.</summary>
    public sealed record Refused(string Field, string TextKey) : KpiDefined;
}
