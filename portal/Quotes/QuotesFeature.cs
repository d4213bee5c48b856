using Platform.Jobs;
using Platform.Outbox;
using Portal.Demo;
using Portal.Quotes.Templates;
using Portal.Search;
using Portal.Start;
using Portal.Verify;

namespace Portal.Quotes;

/// <summary>Quotes: priced, frozen, given out as PDF and Excel.</summary>
static class QuotesFeature
{
    /// <summary>Registers acts, stores and what joins the shell.</summary>
    public static IServiceCollection AddQuotes(this IServiceCollection services) => services
        .AddScoped<QuoteStore>()
        .AddScoped<PriceQuote>()
        .AddScoped<FrozenQuotes>()
        .AddScoped<QuoteWorkbook>()
        .AddSingleton<QuoteFileCache>()
        .AddScoped<QuoteFiles>()
        .AddScoped<DraftPaper>()
        .AddScoped<QuoteTemplateStore>()
        .AddScoped<ResolveQuoteLook>()
        .AddScoped<SampleQuote>()
        .AddScoped<KeepQuoteTemplates>()
        .AddScoped<QuoteWorkingCopy>()
        .AddScoped<ReadQuoteWorkbook>()
        .AddScoped<QuoteUploadStore>()
        .AddScoped<TakeQuoteUpload>()
        .AddScoped<QuoteBundleStore>()
        .AddScoped<AskForBundle>()
        .AddScoped<BundleDownload>()
        .AddSingleton<QuoteBundleSignal>()
        .AddSingleton<RunQuoteBundles>()
        .AddHostedService(provider => provider.GetRequiredService<RunQuoteBundles>())
        .AddScheduledJob<ForgetQuoteFiles>("0 40 4 * * ?")
        .AddScoped<WorkOnQuote>()
        .AddScoped<QuoteLinkStore>()
        .AddScoped<QuoteThreadStore>()
        .AddScoped<DiscussQuote>()
        .AddScoped<KeepQuoteLinks>()
        .AddScoped<QuoteMailText>()
        .AddScoped<MailQuote>()
        .AddScoped<SignedCopies>()
        .AddScoped<OfferStore>()
        .AddScoped<OfferFiles>()
        .AddScoped<AnswerOffer>()
        .AddScoped<IOutboxReceiver, QuoteMailReceiver>()
        .AddScoped<IOutboxReceiver, SignedCopyMail>()
        // In the morning of China and of Europe.
        .AddScheduledJob<RemindOfQuotes>("0 5 1,7 * * ?")
        .AddScheduledJob<GiveBackPromotions>("0 10 * * * ?")
        .AddScoped<ISearchSource, QuoteSearch>()
        .AddScoped<IWaitingSource, QuotesWaiting>()
        .AddScoped<ICheck, QuotesAreWhole>()
        .AddScoped<IDemoPart, QuoteTemplatesDemo>()
        .AddScoped<IDemoPart, QuotesDemo>();
}
