using Microsoft.Extensions.Options;
using Portal.Documents.Tables;
using Portal.Documents.Typst;

namespace Portal.Documents;

/// <summary>Makes the document machinery known to the application.</summary>
public static class DocumentServices
{
    /// <summary>Adds the typesetting workers (as a hosted service) and the reader of uploaded tables.</summary>
    public static IServiceCollection AddDocuments(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<DocumentSettings>(configuration.GetSection("Documents"));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DocumentSettings>>().Value);
        services.AddSingleton<TypstWorkers>();
        services.AddHostedService(provider => provider.GetRequiredService<TypstWorkers>());
        services.AddSingleton(provider => new TableReader(TableLimits.From(provider.GetRequiredService<DocumentSettings>())));
        return services;
    }
}
