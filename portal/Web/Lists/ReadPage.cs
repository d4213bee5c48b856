using Dapper;
using Platform.Database;

namespace Portal.Web.Lists;

/// <summary>Reads a page of a list.</summary>
public static class ReadPage
{
    const int Portion = 1000;

    /// <summary>All rows of a list, portion by portion, for a file. For lists of hundreds of rows (rules, books): of a longer one, what is added meanwhile may move a row from one portion to the next; such a list streams.</summary>
    /// <param name="query">Words, filters and order.</param>
    /// <param name="page">Reads one page.</param>
    public static async IAsyncEnumerable<T> AllAsync<T>(this ListQuery query, Func<ListQuery, Task<ListPage<T>>> page)
    {
        for (var number = 1; ; number++)
        {
            var rows = (await page(query.Portion(number, Portion))).Rows;
            foreach (var row in rows)
            {
                yield return row;
            }

            if (rows.Count < Portion)
            {
                yield break;
            }
        }
    }

    /// <summary>The rows of a page and how many there are in all, in one round trip.</summary>
    /// <param name="db">Where.</param>
    /// <param name="rows">The statement of the rows.</param>
    /// <param name="count">The statement that counts all of them.</param>
    /// <param name="args">The values of both.</param>
    /// <param name="ct">Stops waiting.</param>
    public static Task<ListPage<T>> PageAsync<T>(this Db db, string rows, string count, object? args, CancellationToken ct) => db.ReadManyAsync(
        $"{rows};\n{count}", args, async answers => new ListPage<T>((await answers.ReadAsync<T>()).AsList(), await answers.ReadFirstAsync<long>()), ct);
}
