using Identity.Demo;
using Microsoft.Extensions.DependencyInjection;

namespace Support;

/// <summary>Identity with the companies, people and programs of the demonstration.</summary>
public static class SeededIdentity
{
    /// <summary>Makes them, as <c>seed</c> does.</summary>
    public static Task SeedDemoAsync(this IdentityApp identity) =>
        identity.AsTheProductAsync(services => services.GetRequiredService<SeedDemo>().RunAsync(TextWriter.Null, CancellationToken.None));
}
