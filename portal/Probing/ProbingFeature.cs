using Platform.Database;
using Platform.Jobs;
using Portal.Demo;
using Portal.Start;
using Portal.Web;

namespace Portal.Probing;

/// <summary>Watching for partners that fish for the customer list.</summary>
static class ProbingFeature
{
    /// <summary>Registers act, store and job.</summary>
    public static IServiceCollection AddProbing(this IServiceCollection services) => services
        .AddScoped<ProbingStore>()
        .AddScoped<KeepWatch>()
        .AddScoped<IDemoPart, ProbingDemo>()
        .AddScheduledJob<WatchProbing>("0 2/5 * * * ?")
        .AddScoped<IWaitingSource, ProbingWaiting>();
}

/// <summary>Alerts nobody has looked at.</summary>
sealed class ProbingWaiting(Db db, ICurrentPerson me) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct) => !me.Has("brand_admin", "deal_desk") ? [] :
    [
        new("probing.waiting", await db.OneAsync<int>("select count(*)::integer from probing_alert where assessed_at is null", null, ct), "/probing?state=open", "fish-hook") { IsUrgent = true },
    ];
}
