using Benchmarks.Stage;

namespace Benchmarks.Documents;

/// <summary>Files of quotes and lists: how fast they are written, against other programs that write the same, and how fast one that is kept is served, against a static file.</summary>
static class DocumentsBenchmark
{
    /// <summary>Only this part: <c>excel</c>, <c>export</c>, <c>pdf</c> or <c>frozen</c>; null for all.</summary>
    public static string? OnlyPart { get; set; }

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var figures = new List<Figure>();
        var notes = new List<string> { $"{Machine.Description}; {length.Name} run" };
        (string Name, Func<Task> Measure)[] parts =
        [
            ("excel", () => WritingWorkbooks.QuotesAsync(length, figures, notes, ct)), ("export", () => WritingWorkbooks.ExportAsync(length, figures, notes, ct)),
            ("pdf", () => TypesettingQuotes.RunAsync(length, figures, notes, ct)), ("frozen", () => ServingFrozenFiles.RunAsync(length, figures, notes, ct)),
        ];
        foreach (var (name, measure) in parts.Where(part => OnlyPart is null || part.Name == OnlyPart))
        {
            Installation.Say($"{name} ...");
            await measure();
        }

        return figures.Count == 0 ? throw new CannotMeasureException($"documents has no part {OnlyPart}.") : new("documents", [.. figures.OrderByDescending(figure => figure.Target is not null)], notes);
    }
}
