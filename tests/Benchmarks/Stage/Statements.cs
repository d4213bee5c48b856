using System.Globalization;
using System.Text.RegularExpressions;

namespace Benchmarks.Stage;

/// <summary>With <c>--statements</c>: what the database spent on which statement, to find out where a figure comes from. It costs a little itself.</summary>
static partial class Statements
{
    const int Shown = 40;

    /// <summary>True when they are counted.</summary>
    public static bool AreCounted { get; set; }

    /// <summary>What the server needs to count them.</summary>
    public static IReadOnlyDictionary<string, string> ServerSettings => AreCounted
        ? new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["shared_preload_libraries"] = "pg_stat_statements", ["pg_stat_statements.track"] = "all", ["pg_stat_statements.track_planning"] = "on",
        }
        : new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Begins to count.</summary>
    public static async Task BeginAsync(Installation installation, CancellationToken ct)
    {
        if (AreCounted)
        {
            await using var source = installation.Connect("postgres");
            await using var command = source.CreateCommand("create extension if not exists pg_stat_statements schema public; select pg_stat_statements_reset()");
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Prints the dearest since then.</summary>
    /// <param name="installation">Where.</param>
    /// <param name="of">What was done meanwhile.</param>
    /// <param name="acts">How often.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task TellAsync(Installation installation, string of, int acts, CancellationToken ct)
    {
        if (!AreCounted)
        {
            return;
        }

        await using var source = installation.Connect("postgres");
        await using var command = source.CreateCommand($"""
            select calls, total_exec_time, total_plan_time, rows, toplevel, query from pg_stat_statements
            where dbid = (select oid from pg_database where datname = current_database())
            order by total_exec_time + total_plan_time desc limit {Shown}
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        Installation.Say($"{of}, {acts} times: calls each, ms each in execution and planning, rows");
        while (await reader.ReadAsync(ct))
        {
            var query = Space().Replace(reader.GetString(5), " ");
            Installation.Say(string.Create(CultureInfo.InvariantCulture,
                $"{reader.GetInt64(0) / (double)acts,7:0.00} {reader.GetDouble(1) / acts,8:0.000} {reader.GetDouble(2) / acts,8:0.000} {reader.GetInt64(3) / (double)acts,7:0.0} {(reader.GetBoolean(4) ? ' ' : '>')} {query[..Math.Min(query.Length, 150)]}"));
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
