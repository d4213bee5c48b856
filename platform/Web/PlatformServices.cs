using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Localization;
using Platform.Idempotency;
using Platform.Texts;

namespace Platform.Web;

/// <summary>Brings the platform into a service.</summary>
public static class PlatformServices
{
    /// <summary>Clock, texts, page cookies and what answers requests; the database is <c>AddServiceDatabase</c>.</summary>
    /// <param name="services">The service's container.</param>
    /// <param name="assemblies">Where the features' texts and migrations are embedded, besides platform's own.</param>
    public static IServiceCollection AddPlatform(this IServiceCollection services, params IEnumerable<Assembly> assemblies)
    {
        Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;
        Assembly[] all = [typeof(PlatformServices).Assembly, .. assemblies];
        services.Replace(ServiceDescriptor.Singleton(ShiftedClock.Of));
        services.AddSingleton(new TextBook(all));
        services.AddSingleton<Texts.Texts>();
        services.AddSingleton<IStringLocalizer>(provider => provider.GetRequiredService<Texts.Texts>());
        services.AddScoped<IdempotentAnswers>();
        services.AddSingleton(_ => new Turns());
        services.AddPageCookies();
        return services;
    }
}
