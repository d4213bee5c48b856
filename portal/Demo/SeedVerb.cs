using Platform.Database;
using Portal.Web;

namespace Portal.Demo;

/// <summary><c>portal -- seed</c>: writes the demo, all of it or nothing, into a database that has no partners yet.</summary>
public sealed class SeedVerb(Db db, CallerAccessor caller, IEnumerable<IDemoPart> parts, IHostEnvironment environment, TimeProvider clock) : IVerb
{
    /// <inheritdoc/>
    public string Name => "seed";

    /// <inheritdoc/>
    public string Usage => "seed  writes the demo (brand Northlight 北光, its partners and what they do) into an empty database";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        if (environment.IsProduction())
        {
            await output.WriteLineAsync("The demo is not written in Production: its accounts are public.");
            return 1;
        }

        caller.Current = Caller.System("seed");
        if (await db.OneAsync<bool>("select exists (select from partner)", null, ct))
        {
            await output.WriteLineAsync("There are partners here already; the demo is left as it is.");
            return 0;
        }

        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await db.InTransactionAsync(async () =>
        {
            foreach (var part in parts.OrderBy(part => part.Order))
            {
                await part.SeedAsync(today, ct);
                await output.WriteLineAsync($"  {part.GetType().Namespace?.Split('.')[^1]}");
            }
        }, ct);
        await output.WriteLineAsync("The demo is written.");
        return 0;
    }
}
