using Platform.Database;
using Portal.Web;

namespace Portal.Demo;

/// <summary><c>portal -- seed [--large]</c>: writes the demo, all of it or nothing, into a database that has no partners yet, and below it the large data set where asked for.</summary>
public sealed class SeedVerb(Db db, CallerAccessor caller, IEnumerable<IDemoPart> parts, IEnumerable<ILargeDemoPart> largeParts, IHostEnvironment environment, TimeProvider clock) : IVerb
{
    /// <inheritdoc/>
    public string Name => "seed";

    /// <inheritdoc/>
    public string Usage => "seed [--large]  writes the demo (brand Northlight 北光, its partners and what they do) into an empty database; --large adds a large generated data set";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        if (environment.IsProduction())
        {
            await output.WriteLineAsync("The demo is not written in Production: its accounts are public.");
            return 1;
        }

        if (arguments is not ([] or ["--large"]))
        {
            throw new UsageException($"seed does not know '{string.Join(' ', arguments)}'.");
        }

        caller.Current = Caller.System("seed");
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await SeedDemoAsync(today, output, ct);
        return arguments.Count == 0 || await SeedLargeAsync(today, output, ct) ? 0 : 1;
    }

    async Task SeedDemoAsync(DateOnly today, TextWriter output, CancellationToken ct)
    {
        if (await db.OneAsync<bool>("select exists (select from partner)", null, ct))
        {
            await output.WriteLineAsync("There are partners here already; the demo is left as it is.");
            return;
        }

        await db.InTransactionAsync(async () =>
        {
            foreach (var part in parts.OrderBy(part => part.Order))
            {
                await part.SeedAsync(today, ct);
                await output.WriteLineAsync($"  {part.GetType().Namespace?.Split('.')[^1]}");
            }
        }, ct);
        await output.WriteLineAsync("The demo is written.");
    }

    // It hangs below the demo's distributors, so there is no large data set without the demo.
    async Task<bool> SeedLargeAsync(DateOnly today, TextWriter output, CancellationToken ct)
    {
        if (!await db.OneAsync<bool>("select exists (select from partner where code = @code)", new { code = LargeUnder }, ct))
        {
            await output.WriteLineAsync("The large data set hangs below the demo's distributors, and the demo is not here: seed an empty database.");
            return false;
        }

        if (await db.OneAsync<bool>("select exists (select from partner where code like 'L-%')", null, ct))
        {
            await output.WriteLineAsync("The large data set is here already.");
            return true;
        }

        await db.InTransactionAsync(async () =>
        {
            foreach (var part in largeParts.OrderBy(part => part.Order))
            {
                await output.WriteLineAsync($"  {await part.SeedAsync(today, 1, ct)}");
            }
        }, ct);
        await output.WriteLineAsync("The large data set is written.");
        return true;
    }

    const string LargeUnder = "HUAXIN";
}
