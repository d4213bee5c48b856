using Portal.Demo;
using Portal.Search;
using Portal.Start;

namespace Portal.Quotes;

/// <summary>Quotes: priced, frozen, given out as PDF and Excel.</summary>
static class QuotesFeature
{
    /// <summary>Registers acts, stores and what joins the shell.</summary>
    public static IServiceCollection AddQuotes(this IServiceCollection services) => services
        .AddScoped<QuoteStore>()
        .AddScoped<PriceQuote>()
        .AddScoped<FrozenQuotes>()
        .AddScoped<QuoteFiles>()
        .AddScoped<WorkOnQuote>()
        .AddScoped<ISearchSource, QuoteSearch>()
        .AddScoped<IWaitingSource, QuotesWaiting>()
        .AddScoped<IDemoPart, QuotesDemo>();
}
