using Platform.Jobs;
using Platform.Notices;
using Portal.Audit;
using Portal.Deals;
using Portal.Demo;
using Portal.Verify;
using Portal.Web;

namespace Portal.Receipts;

/// <summary>Signed receipts of protected claims: anybody can check them, now or later, with the published keys alone.</summary>
static class ReceiptsFeature
{
    /// <summary>Registers acts, stores, jobs, verbs and checks.</summary>
    public static IServiceCollection AddReceipts(this IServiceCollection services) => services
        .AddSingleton<ReceiptKeys>()
        .AddHostedService(provider => provider.GetRequiredService<ReceiptKeys>())
        .AddNoticeReceiver<ReceiptKeys>()
        .AddScoped<ReceiptKeyStore>()
        .AddScoped<ReceiptStore>()
        .AddScoped<ReceiptFiles>()
        .AddScoped<ReceiptAudits>()
        .AddScoped<IAuditWitness>(provider => provider.GetRequiredService<ReceiptAudits>())
        .AddScoped<IProtectionWitness>(provider => provider.GetRequiredService<IssueReceipts>())
        .AddScheduledJob<IssueReceipts>("30 * * * * ?")
        .AddScheduledJob<RotateReceiptKeys>("0 20 3 * * ?")
        .AddScoped<IDemoPart, ReceiptsDemo>()
        .AddScoped<IDealPart, ReceiptsOfDeal>()
        .AddScoped<IVerb, ReceiptKeysVerb>()
        .AddScoped<ICheck, ReceiptsAreWhole>();
}
