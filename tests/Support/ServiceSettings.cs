using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Support;

/// <summary>Hands a service of a test its settings.</summary>
static class ServiceSettings
{
    // A service looks whether its address is free before it serves, and many tests start one at the same moment: none of them says an address of its own.
    static readonly Dictionary<string, string?> AnyAddress = new(StringComparer.OrdinalIgnoreCase) { ["urls"] = "http://127.0.0.1:0" };

    /// <summary>As its command line, which is where the program looks before it opens the database. What comes later overrules what came before.</summary>
    public static IHostBuilder UseSettings(this IHostBuilder builder, params IReadOnlyList<IReadOnlyDictionary<string, string?>> settings) =>
        builder.ConfigureHostConfiguration(configuration =>
        {
            configuration.AddInMemoryCollection(AnyAddress);
            foreach (var some in settings)
            {
                configuration.AddInMemoryCollection(some);
            }
        });
}
