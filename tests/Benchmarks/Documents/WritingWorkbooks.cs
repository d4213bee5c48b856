using System.Diagnostics;
using System.Globalization;
using Benchmarks.Stage;
using Platform.Texts;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Quotes;

namespace Benchmarks.Documents;

/// <summary>Workbooks, by the portal and by XlsxWriter in turns: quotes in memory, and a long list into a file.</summary>
static class WritingWorkbooks
{
    const double WantedRate = 1;
    const double WantedExport = 3;
    const double MostMegabytes = 16;

    public static async Task QuotesAsync(RunLength length, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        var python = Python();
        var folder = Directory.CreateTempSubdirectory("partnerportal-benchmark-").FullName;
        try
        {
            List<QuoteContent> quotes = [.. Enumerable.Range(0, length.IsQuick ? 100 : 1000).Select(SampleQuotes.One)];
            await File.WriteAllTextAsync(Path.Combine(folder, "quotes.json"), SampleQuotes.Json(quotes), ct);
            var workbook = new QuoteWorkbook(new Texts(new TextBook([typeof(QuoteWorkbook).Assembly, typeof(TextBook).Assembly])));
            foreach (var quote in quotes.Take(50))
            {
                await MakeAsync(workbook, quote, ct);
            }

            var (ours, theirs, bytes) = (new List<double>(), new List<double>(), 0L);
            for (var round = 0; round < (length.IsQuick ? 1 : 3); round++)
            {
                var began = Stopwatch.GetTimestamp();
                foreach (var quote in quotes)
                {
                    bytes = (await MakeAsync(workbook, quote, ct)).Length;
                }

                ours.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
                theirs.Add(Seconds(await Programs.RunAsync(python, [Script, "quotes", Path.Combine(folder, "quotes.json"), Path.Combine(folder, "theirs.xlsx")], ct)));
            }

            await CompareAsync(await MakeAsync(workbook, quotes[0], ct), Path.Combine(folder, "theirs.xlsx"), ct);
            figures.Add(Figure.High("quote_workbooks_share_of_xlsxwriter", Median(theirs) / Median(ours), WantedRate));
            figures.Add(Figure.High("quote_workbooks_per_second", quotes.Count / Median(ours)));
            figures.Add(Figure.High("quote_workbooks_per_second_xlsxwriter", quotes.Count / Median(theirs)));
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"workbooks: {quotes.Count:N0} quotes of {SampleQuotes.Lines} lines, one process each; {bytes / 1024} KB by the portal, {new FileInfo(Path.Combine(folder, "theirs.xlsx")).Length / 1024} KB by XlsxWriter"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static async Task ExportAsync(RunLength length, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        var python = Python();
        var rows = length.IsQuick ? 20_000 : 100_000;
        var folder = Directory.CreateTempSubdirectory("partnerportal-benchmark-").FullName;
        try
        {
            var (mine, other) = (Path.Combine(folder, "ours.xlsx"), Path.Combine(folder, "theirs.xlsx"));
            await WriteAsync(mine, 5_000, null, ct);
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = 0; round < (length.IsQuick ? 1 : 3); round++)
            {
                var began = Stopwatch.GetTimestamp();
                await WriteAsync(mine, rows, null, ct);
                ours.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
                theirs.Add(Seconds(await Programs.RunAsync(python, [Script, "export", rows.ToString(CultureInfo.InvariantCulture), other], ct)));
            }

            var (before, highest) = (GC.GetTotalMemory(forceFullCollection: true), 0L);
            await WriteAsync(mine, rows, () => highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true)), ct);
            figures.Add(Figure.High("export_100000x10_times_as_fast_as_xlsxwriter", Median(theirs) / Median(ours), WantedExport));
            figures.Add(Figure.Low("export_held_mb", Math.Max(0, highest - before) / 1e6, MostMegabytes));
            figures.Add(Figure.Low("export_seconds", Median(ours)));
            figures.Add(Figure.Low("export_seconds_xlsxwriter", Median(theirs)));
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"export: {rows:N0} rows of 10 columns into a file; {new FileInfo(mine).Length / 1024:N0} KB by the portal, {new FileInfo(other).Length / 1024:N0} KB by XlsxWriter in constant-memory mode"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string Script => Path.Combine(Installation.Repository(), "tests", "Benchmarks", "Documents", "by_xlsxwriter.py");

    static string Python() => Programs.PythonWithXlsxWriter() ?? throw new CannotMeasureException("XlsxWriter is not installed: apt-get install python3-xlsxwriter.");

    static Task<byte[]> MakeAsync(QuoteWorkbook workbook, QuoteContent quote, CancellationToken ct) =>
        workbook.OfferAsync(quote, new(quote.Number, quote.Revision, IsSent: true, new string('a', 64)), "en", new DateTime(2026, 3, 2, 8, 0, 0, DateTimeKind.Utc), null, ct);

    static async Task WriteAsync(string path, int rows, Action? look, CancellationToken ct)
    {
        await using var file = File.Create(path);
        TableColumn[] columns =
        [
            new("Column 0"), new("Column 1"), new("Column 2"), new("Column 3", TableColumnKind.Number, Decimals: 0), new("Column 4", TableColumnKind.Number), new("Column 5", TableColumnKind.Number),
            new("Column 6", TableColumnKind.Percent), new("Column 7", TableColumnKind.Date), new("Column 8", TableColumnKind.Time), new("Column 9"),
        ];
        await TableExport.WriteExcelAsync(file, new ExcelBookInfo("Orders", "Northlight", new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero)), columns, RowsAsync(rows, look), ct);
    }

    static async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(int rows, Action? look)
    {
        var first = new DateTime(2026, 1, 1, 13, 45, 0, DateTimeKind.Unspecified);
        for (var row = 0; row < rows; row++)
        {
            if (row % 10_000 == 5_000)
            {
                look?.Invoke();
                await Task.Yield();
            }

            var at = first.AddDays(row % 365);
            yield return [$"PO-{row:D6}", $"Customer 客户 {row}", "Standing desk, electric & quiet", row % 500, row * 12.34m, row % 500 * 0.5m, 0.125m, DateOnly.FromDateTime(at), at, "confirmed"];
        }
    }

    // Equal work only: as many filled cells with the same values stand in both.
    static async Task CompareAsync(byte[] ours, string theirs, CancellationToken ct)
    {
        var reader = new TableReader(new TableLimits());
        await using var other = File.OpenRead(theirs);
        var (left, right) = (await ReadAsync(new MemoryStream(ours)), await ReadAsync(other));
        if (!left.SequenceEqual(right, StringComparer.Ordinal))
        {
            var at = left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();
            throw new CannotMeasureException($"The workbooks are not equal: {left.ElementAtOrDefault(at)} here, {right.ElementAtOrDefault(at)} there.");
        }

        async Task<List<string>> ReadAsync(Stream file) => await reader.OpenAsync(file, "quote.xlsx", new() { IsHead = cells => cells.Contains("SKU", StringComparer.Ordinal) }, ct) is TableOpening.Opened(var table)
            ? await table.LinesAsync(ct).Where(line => line is TableLine.Row { Cells: [_, { }, ..] }).Select(line => string.Join('|', ((TableLine.Row)line).Cells)).ToListAsync(ct)
            : throw new CannotMeasureException("A workbook cannot be read.");
    }

    static double Seconds(string printed) => double.Parse(printed, CultureInfo.InvariantCulture);

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
