using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Support;

/// <summary>Hands a service of a test its settings.</summary>
static class ServiceSettings
{
    /// <summary>As its command line, which is where the program looks before it opens the database. What comes later overrules what came before.</summary>
    public static IHostBuilder UseSettings(this IHostBuilder builder, params IReadOnlyList<IReadOnlyDictionary<string, string?>> settings) =>
        builder.ConfigureHostConfiguration(configuration =>
        {
            foreach (var some in settings)
            {
                configuration.AddInMemoryCollection(some);
            }
        });
}
