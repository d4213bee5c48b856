using Benchmarks.Stage;

namespace Benchmarks.Import;

static class ImportBenchmark
{
    public static Task<Report> RunAsync(RunLength length, CancellationToken ct) => throw new CannotMeasureException("not yet");
}
