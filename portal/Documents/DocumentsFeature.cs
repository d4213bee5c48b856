using Microsoft.Extensions.Options;
using Portal.Documents.Tables;
using Portal.Documents.Typst;

namespace Portal.Documents;

/// <summary>The machinery for PDF, Excel and uploaded tables.</summary>
static class DocumentsFeature
{
    /// <summary>Registers the typesetting workers, which run with the host, and the reader of tables.</summary>
    public static IServiceCollection AddDocuments(this IServiceCollection services)
    {
        services.AddOptions<DocumentSettings>().BindConfiguration("Documents");
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DocumentSettings>>().Value);
        services.AddSingleton<TypstWorkers>();
        services.AddHostedService(provider => provider.GetRequiredService<TypstWorkers>());
        services.AddSingleton(provider => new TableReader(TableLimits.From(provider.GetRequiredService<DocumentSettings>())));
        return services;
    }
}
