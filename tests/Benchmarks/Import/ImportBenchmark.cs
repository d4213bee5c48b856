using System.Diagnostics;
using System.Globalization;
using Benchmarks.Stage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Web;

namespace Benchmarks.Import;

/// <summary>
/// The order lines of the channel through the product's import (checked, as orders with stock and figures, in one transaction) against COPY of the rows it
/// leaves into tables with the same keys, and of the bare file into a plain table, one after the other on the same database.
/// </summary>
static class ImportBenchmark
{
    const double WantedLinesPerMinute = 20_000;
    const double WantedRatio = 0.1;

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var machine = Machine.Description;
        await using var installation = await Installation.BeginAsync(withDemo: false, ct);
        var channel = Channel.Find(installation.Folder);
        await ImportAsync(installation, "partners", channel.File("partners"), ct);
        await ImportAsync(installation, "products", channel.File("products"), ct);
        await installation.GatherStatisticsAsync(ct);

        await using var source = installation.Connect("portal_owner");
        await MakePlainTablesAsync(source, ct);
        var (import, copy, copyWithKey) = (Taken.Nothing, Taken.Nothing, Taken.Nothing);
        var (spent, sameRows) = (Spent.Nothing, TimeSpan.Zero);
        var lines = 0;
        // The first import is the one a person waits for, with a cold program; all of them count.
        for (var round = 1; round <= (length.IsQuick ? 1 : 3); round++)
        {
            var file = Path.Combine(installation.Folder, string.Create(CultureInfo.InvariantCulture, $"orders-{round}.csv"));
            lines = await WriteRoundAsync(channel, round, file, ct);
            Installation.Say(string.Create(CultureInfo.InvariantCulture, $"Round {round}: {lines} lines ..."));
            copy += await TimeAsync(() => CopyAsync(source, "plain_line", file, ct));
            copyWithKey += await TimeAsync(() => CopyAsync(source, "keyed_line", file, ct));
            await Statements.BeginAsync(installation, ct);
            var before = installation.Spent;
            import += await TimeAsync(() => ImportAsync(installation, "orders", file, ct));
            spent += installation.Spent - before;
            await Statements.TellAsync(installation, "import", 1, ct);
            if (round == 1)
            {
                await using var all = installation.Connect("postgres");
                var same = await SameRows.TakeAsync(all, ct);
                sameRows = (await TimeAsync(() => same.CopyAsync(ct))).Elapsed;
            }
        }

        var rounds = import.Milliseconds.Count;
        double PerSecond(Taken taken) => lines * rounds / taken.Elapsed.TotalSeconds;
        return new("import",
        [
            Figure.High("lines_per_minute", PerSecond(import) * 60, WantedLinesPerMinute),
            // A line becomes several rows with foreign keys, which COPY of the bare lines has none of: that one is told for comparison only.
            Figure.High("copy_ratio", sameRows / (import.Elapsed / rounds), WantedRatio),
            Figure.High("ratio_of_bare_lines", PerSecond(import) / PerSecond(copy)),
            Figure.High("ratio_of_bare_lines_with_key", PerSecond(import) / PerSecond(copyWithKey)),
            Figure.High("copy_lines_per_second", lines / sameRows.TotalSeconds),
            Figure.High("first_import_lines_per_second", lines / (import.Milliseconds[0] / 1000)),
            Figure.High("import_lines_per_second", PerSecond(import)),
            Figure.High("bare_lines_per_second", PerSecond(copy)),
            Figure.High("bare_lines_with_key_per_second", PerSecond(copyWithKey)),
        ],
        [
            $"{machine}; {length.Name} run, {rounds} rounds of {lines} lines; {channel.Name}",
            string.Create(CultureInfo.InvariantCulture, $"An import of {lines} lines: {spent.Each(rounds)}"),
        ]);
    }

    static async Task<Taken> TimeAsync(Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        var elapsed = Stopwatch.GetElapsedTime(began);
        return new(elapsed, [elapsed.TotalMilliseconds]);
    }

    // The verb of the command line, in this process: what it takes to start a program is not the import's.
    static async Task<bool> ImportAsync(Installation installation, string kind, string file, CancellationToken ct) =>
        await installation.ActAsync(Caller.System("cli:import"), async services =>
        {
            await using var output = new StringWriter(CultureInfo.InvariantCulture);
            var verb = services.GetServices<IVerb>().First(verb => verb.Name == "import");
            return await verb.RunAsync([kind, file], output, ct) == 0 ? true : throw new CannotMeasureException($"The import of {kind} did not go through:\n{output}");
        }, ct);

    static async Task MakePlainTablesAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        const string columns = "order_number text, order_date date, buyer_code text, line integer, sku text, quantity integer, unit_price numeric, line_amount numeric";
        await using var command = source.CreateCommand($"create table plain_line ({columns}); create table keyed_line ({columns}, primary key (order_number, line))");
        await command.ExecuteNonQueryAsync(ct);
    }

    static async Task CopyAsync(NpgsqlDataSource source, string table, string file, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var copy = await connection.BeginTextImportAsync($"copy {table} from stdin (format csv, header)", ct);
        using var content = new StreamReader(file);
        var some = new char[64 * 1024];
        int read;
        while ((read = await content.ReadAsync(some, ct)) > 0)
        {
            await copy.WriteAsync(some.AsMemory(0, read), ct);
        }
    }

    // The same lines under order numbers of this round: an order is entered once.
    static async Task<int> WriteRoundAsync(Channel channel, int round, string file, CancellationToken ct)
    {
        await using var writer = new StreamWriter(file);
        await writer.WriteLineAsync("order_number,order_date,buyer_code,line,sku,quantity,unit_price_usd,line_amount_usd");
        var lines = 0;
        foreach (var line in channel.OrderLines())
        {
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"R{round}-{string.Join(',', line)}").AsMemory(), ct);
            lines++;
        }

        return lines;
    }
}
