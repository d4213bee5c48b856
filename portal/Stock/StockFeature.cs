using Platform.Jobs;
using Portal.Demo;
using Portal.Search;
using Portal.Start;
using Portal.Verify;

namespace Portal.Stock;

/// <summary>Stock: what every partner holds, and every movement.</summary>
static class StockFeature
{
    /// <summary>Registers ledger, acts, store and check.</summary>
    public static IServiceCollection AddStock(this IServiceCollection services) => services
        .AddScoped<StockLedger>()
        .AddScoped<StockStore>()
        .AddScoped<RecordMovement>()
        .AddScoped<ShowStock>()
        .AddScoped<StockSheet>()
        .AddScoped<StockPlanning>()
        .AddScoped<ReportStock>()
        .AddScoped<ReportStore>()
        .AddScheduledJob<RemindOfReports>("0 10 6 * * ?")
        .AddScoped<StockPlaces>()
        .AddScoped<LotStore>()
        .AddScoped<TraceStore>()
        .AddScoped<NamePieces>()
        .AddScoped<OutlookStore>()
        .AddScoped<TransferGoods>()
        .AddScoped<TransferStore>()
        .AddScoped<CountStore>()
        .AddScoped<CountStock>()
        .AddScoped<ISearchSource, LotSearch>()
        .AddScoped<IWaitingSource, StockWaiting>()
        .AddScoped<IDemoPart, StockDemo>()
        .AddScoped<IDemoPart, StockLifeDemo>()
        .AddScoped<IDemoPart, ReportsDemo>()
        .AddScoped<ICheck, StockCheck>()
        .AddScoped<IDayCheck, StockOnDay>();
}
