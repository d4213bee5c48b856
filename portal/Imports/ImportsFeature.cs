using Platform.Jobs;
using Platform.Outbox;
using Portal.Demo;
using Portal.Web;

namespace Portal.Imports;

/// <summary>Files in: partners, products, prices, promotions, customers, orders of the past, registrations, leads, payments. And out again.</summary>
static class ImportsFeature
{
    /// <summary>Registers stores, acts, writers, the runner, the verbs and the job.</summary>
    public static IServiceCollection AddImports(this IServiceCollection services)
    {
        services
            .AddScoped<ImportStore>()
            .AddScoped<ImportLedger>()
            .AddScoped<ImportEntries>()
            .AddScoped<TakeUpload>()
            .AddScoped<PreviewImport>()
            .AddScoped<StartImport>()
            .AddScoped<CancelImport>()
            .AddScoped<RepairFile>()
            .AddScoped<TemplateFile>()
            .AddScoped<EntriesFile>()
            .AddScoped<ExportRows>()
            .AddScoped<RowsOnce>()
            .AddScoped<RunImport>()
            .AddScoped<IImportWriter, PartnersWriter>()
            .AddScoped<IImportWriter, ProductsWriter>()
            .AddScoped<IImportWriter, PricesWriter>()
            .AddScoped<IImportWriter, PromotionsWriter>()
            .AddScoped<IImportWriter, CustomersWriter>()
            .AddScoped<IImportWriter, OrdersWriter>()
            .AddScoped<IImportWriter, DealsWriter>()
            .AddScoped<IImportWriter, LeadsWriter>()
            .AddScoped<IImportWriter, PaymentsWriter>()
            .AddScoped<IOutboxReceiver, TellOfImports>()
            .AddScoped<IDemoPart, ImportsDemo>()
            .AddScoped<IVerb, ImportVerb>()
            .AddScoped<IVerb, ExportVerb>()
            .AddSingleton<ImportSignal>()
            .AddSingleton<RunImports>()
            .AddHostedService(provider => provider.GetRequiredService<RunImports>())
            .AddScheduledJob<ForgetImportFiles>("0 20 4 * * ?");
        return services;
    }
}
