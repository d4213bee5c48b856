using Platform.Jobs;
using Platform.Outbox;
using Portal.Demo;
using Portal.Start;
using Portal.Verify;

namespace Portal.Receivables;

/// <summary>Receivables: invoices, payments, credit and the ledger under them.</summary>
static class ReceivablesFeature
{
    /// <summary>Registers acts, stores, the job and the check.</summary>
    public static IServiceCollection AddReceivables(this IServiceCollection services)
    {
        services
            .AddScoped<InvoiceShipment>()
            .AddScoped<IssueCreditNote>()
            .AddScoped<EnterPayments>()
            .AddScoped<MatchCredits>()
            .AddScoped<CreditGate>()
            .AddScoped<KeepCredit>()
            .AddScoped<KeepTax>()
            .AddScoped<ReceivablesStore>()
            .AddScoped<AccountStore>()
            .AddScoped<AccountStatements>()
            .AddScoped<PayBack>()
            .AddScoped<InvoicePapers>()
            .AddScoped<StatementPaper>()
            .AddScoped<PaperDownload>()
            .AddScoped<IOutboxReceiver, TellOfHeldOrders>()
            .AddScoped<IOutboxReceiver, TellOfReleasedOrders>()
            .AddScoped<IWaitingSource, ReceivablesWaiting>()
            .AddScoped<IDemoPart, ReceivablesDemo>()
            .AddScoped<ICheck, ReceivablesCheck>()
            .AddScoped<IDayCheck, ReceivablesOnDay>()
            .AddScheduledJob<RemindBuyers>("0 35 5 * * ?");
        return services;
    }
}
