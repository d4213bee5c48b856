using Dapper;
using Platform.Database;

namespace Portal.Web.Lists;

/// <summary>Reads a page of a list.</summary>
public static class ReadPage
{
    /// <summary>The rows of a page and how many there are in all, in one round trip.</summary>
    /// <param name="db">Where.</param>
    /// <param name="rows">The statement of the rows.</param>
    /// <param name="count">The statement that counts all of them.</param>
    /// <param name="args">The values of both.</param>
    /// <param name="ct">Stops waiting.</param>
    public static Task<ListPage<T>> PageAsync<T>(this Db db, string rows, string count, object? args, CancellationToken ct) => db.ReadManyAsync(
        $"{rows};\n{count}", args, async answers => new ListPage<T>((await answers.ReadAsync<T>()).AsList(), await answers.ReadFirstAsync<long>()), ct);
}
