using Platform.Jobs;
using Portal.Demo;
using Portal.Partners;

namespace Portal.Analysis;

/// <summary>Ready reports on partners, and what they could buy besides.</summary>
static class AnalysisFeature
{
    /// <summary>Registers store and job.</summary>
    public static IServiceCollection AddAnalysis(this IServiceCollection services) => services
        .AddScoped<ReportStore>()
        .AddScoped<IDemoPart, AnalysisDemo>()
        .AddScoped<IPartnerPart, CrossSellOfPartner>()
        .AddScheduledJob<CountCoPurchases>("0 50 1 * * ?");
}

/// <summary>The demo's pairs are there on the first day.</summary>
sealed class AnalysisDemo(CountCoPurchases count) : IDemoPart
{
    public int Order => 88;

    public Task SeedAsync(DateOnly today, CancellationToken ct) => count.RunAsync(ct);
}

/// <summary>What a partner could buy besides, on its page, for those who sell to it.</summary>
sealed class CrossSellOfPartner(ReportStore reports) : IPartnerPart
{
    public async Task<PartnerPart?> ShowAsync(Partner partner, CancellationToken ct) =>
        await reports.ForPartnerAsync(partner.PartnerId, ct) is { Count: > 0 } proposals ? new("/Analysis/_CrossSell.cshtml", proposals) : null;
}
