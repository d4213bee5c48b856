using Platform.Database;
using Platform.Jobs;
using Platform.Texts;
using Portal.Demo;
using Portal.Start;
using Portal.Web.Display;

namespace Portal.Alerts;

/// <summary>The brand's rules about its partners, and what they raise.</summary>
static class AlertsFeature
{
    /// <summary>Registers acts, stores and the job.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services) => services
        .AddScoped<AlertStore>()
        .AddScoped<AlertRuleStore>()
        .AddScoped<FindAlerts>()
        .AddScoped<TellOfAlerts>()
        .AddScoped<HandleAlert>()
        .AddScoped<KeepAlertRule>()
        .AddScoped<IDemoPart, AlertsDemo>()
        .AddScheduledJob<EvaluateAlerts>("0 25 * * * ?")
        .AddScoped<IWaitingSource, AlertsWaiting>()
        .AddScoped<Partners.IPartnerPart, AlertsOfPartner>();
}

/// <summary>The worst of a person's own alerts, each with its sentence, and the rest in one line.</summary>
sealed class AlertsWaiting(AlertStore alerts, Texts t) : IWaitingSource
{
    const int Named = 5;

    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        var (worst, total) = await alerts.MineAsync(Named, ct);
        return
        [
            .. worst.Select(alert => new Waiting("alerts.kind." + alert.Kind, 1, $"/alerts/{alert.Number}", AlertKinds.Find(alert.Kind)!.Icon)
            {
                IsUrgent = alert.IsUrgent, IsWatched = true, Sentence = AlertWords.Said(t, alert.Kind, Formats.Company(alert.PartnerName, alert.PartnerNameLatin), alert.Figure, alert.Facts),
            }),
            new("alerts.waiting.more", (int)(total - worst.Count), "/alerts?mine=yes", "bell-ringing") { IsWatched = true },
        ];
    }
}

/// <summary>The demo's rules: one of each kind, and what they raise on the first day.</summary>
sealed class AlertsDemo(Db db, EvaluateAlerts evaluate, TimeProvider clock) : IDemoPart
{
    public int Order => 89;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        await db.ExecuteAsync("""
            insert into alert_rule (number, name, kind, threshold, partner_types, tells_brand, tells_partner, tells_upstream, active_from, created_at, created_by, changed_at)
            select number, name, kind, threshold, types::text[], true, partner, upstream, @today - 30, @now, 'demo', @now
            from unnest(@numbers, @names, @kinds, @thresholds, @types, @partners, @upstreams) as r (number, name, kind, threshold, types, partner, upstream)
            """, new
        {
            today, now = clock.GetUtcNow().UtcDateTime,
            numbers = AlertKinds.All.Select(kind => PublicNumber.From("AR", "demo " + kind.Name)).ToArray(),
            names = AlertKinds.All.Select(kind => Names[kind.Name]).ToArray(),
            kinds = AlertKinds.All.Select(kind => kind.Name).ToArray(),
            thresholds = AlertKinds.All.Select(kind => kind.Name == "protection_unused" ? 14 : kind.Usual).ToArray(),
            types = AlertKinds.All.Select(kind => kind.Name is "no_order" ? "{distributor,reseller,store}" : "{}").ToArray(),
            partners = AlertKinds.All.Select(kind => kind.Name is "run_rate" or "protection_unused" or "over_limit" or "stock_days").ToArray(),
            upstreams = AlertKinds.All.Select(kind => kind.Name is "no_order" or "rhythm").ToArray(),
        }, ct);
        // What was seeded so far is read from the roll-ups.
        await db.OneAsync<long>("select kpi_fold()", null, ct);
        await evaluate.RunAsync(ct);
    }

    static Dictionary<string, string> Names { get; } = new(StringComparer.Ordinal)
    {
        ["run_rate"] = "Behind the run rate · 进度落后", ["no_order"] = "No order for 30 days · 30 天未下单", ["rhythm"] = "Buying rhythm broken · 采购节奏中断", ["stock_days"] = "Stock over 90 days · 库存超过 90 天",
        ["protection_unused"] = "Protection unused · 保护未使用", ["over_limit"] = "Receivables over limit · 应收超额度",
    };
}
