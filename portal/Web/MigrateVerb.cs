using System.Globalization;
using Platform.Database;

namespace Portal.Web;

/// <summary>
/// <c>portal -- migrate</c>: brings the database up to date and ends. Opening the database has done it by the time a verb runs;
/// this one tells what it was.
/// </summary>
sealed class MigrateVerb(ServiceDatabase database) : IVerb
{
    /// <inheritdoc/>
    public string Name => "migrate";

    /// <inheritdoc/>
    public string Usage => "migrate  brings the database's tables up to date";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        foreach (var file in database.Migrated)
        {
            await output.WriteLineAsync($"  {file}");
        }

        await output.WriteLineAsync(database.Migrated.Count == 0
            ? "The database is up to date."
            : string.Create(CultureInfo.InvariantCulture, $"{database.Migrated.Count} migrations were applied."));
        return 0;
    }
}
