using Benchmarks.Chain;
using Benchmarks.Claims;
using Benchmarks.Documents;
using Benchmarks.Faults;
using Benchmarks.Import;
using Benchmarks.Kpis;
using Benchmarks.Login;
using Benchmarks.Matching;
using Benchmarks.Orders;
using Benchmarks.Pages;
using Benchmarks.Pricing;
using Benchmarks.Stage;
using Platform;

namespace Benchmarks;

/// <summary><c>dotnet run -c Release --project tests/Benchmarks -- NAME [--quick]</c>.</summary>
static class CommandLine
{
    const string Usage = """
        dotnet run -c Release --project tests/Benchmarks -- NAME [--quick] [--statements] [--part NAME] [--seed N]
          orders  a 20-line order through the API against the same statements sent raw, 1, 4 and 8 clients; one product that all want; 1,000 lines; 5,000,000 lines in the database
          chain   a store's order through its dealer and distributor until the store has the goods
          faults  kills portal and database while programs order; what was acknowledged must be there once (not part of all)
          import  order lines through the import against COPY
          login   sign-ins by code and PKCE, tokens for programs, refreshes against oidc-provider (npm); what 1,000 federated providers cost
          pages   sign-in page, list of deals, dashboard: requests a second and how long they take
          claims  screening among a million customers, 200 rivals for one of them, registrations through the API against the same statements sent raw
          documents  workbooks of quotes and a long export against XlsxWriter, cold PDFs against wkhtmltopdf, frozen files against static ones
          matching  how right the matcher is on public names, judged by what was not learned from them
          pricing  a thousand lines among 500 promotions against ten
          kpis    the brand's dashboard over 10,000,000 order lines, recomputing them, and what keeping the facts adds to an order (half an hour of filling)
          all     one after the other
          --quick       a short form, to see that it works; its figures are rough
          --statements  tells what the database spent on which statement
          --part NAME   only one part: of claims screening, rivals, registrations; of orders ratio, hot, long, growth; of documents excel, export, pdf, frozen; for finding out where a figure comes from
          --seed N      the same faults again
        Ends with 0 when every target was reached, with 1 when one was not, with 2 when it could not be measured.
        """;

    static readonly Dictionary<string, Func<RunLength, CancellationToken, Task<Report>>> Known = new(StringComparer.Ordinal)
    {
        ["orders"] = OrdersBenchmark.RunAsync,
        ["chain"] = ChainBenchmark.RunAsync,
        ["faults"] = FaultsRun.RunAsync,
        ["import"] = ImportBenchmark.RunAsync,
        ["login"] = LoginBenchmark.RunAsync,
        ["pages"] = PagesBenchmark.RunAsync,
        ["claims"] = ClaimsBenchmark.RunAsync,
        ["documents"] = DocumentsBenchmark.RunAsync,
        ["matching"] = MatchingBenchmark.RunAsync,
        ["pricing"] = PricingBenchmark.RunAsync,
        ["kpis"] = KpisBenchmark.RunAsync,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        if (Array.IndexOf(args, "--part") is >= 0 and var at)
        {
            ClaimsBenchmark.OnlyPart = OrdersBenchmark.OnlyPart = DocumentsBenchmark.OnlyPart = args.ElementAtOrDefault(at + 1);
            args = [.. args[..at], .. args.Skip(at + 2)];
        }

        if (Array.IndexOf(args, "--seed") is >= 0 and var seed)
        {
            FaultsRun.Seed = int.TryParse(args.ElementAtOrDefault(seed + 1), System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : null;
            args = [.. args[..seed], .. args.Skip(seed + 2)];
        }

        var names = args.Where(arg => !arg.StartsWith('-')).ToList();
        if (names is not [var name] || !(name is "all" || Known.ContainsKey(name)) || args.Any(arg => arg.StartsWith('-') && arg is not ("--quick" or "--statements")))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var length = args.Contains("--quick", StringComparer.Ordinal) ? RunLength.Quick : RunLength.Full;
        Statements.AreCounted = args.Contains("--statements", StringComparer.Ordinal);
        try
        {
            var reports = new List<Report>();
            foreach (var run in Known.Where(known => (name is "all" && known.Key is not "faults") || known.Key == name).Select(known => known.Value))
            {
                var report = await run(length, stop.Token);
                report.Print(Console.Out);
                reports.Add(report);
            }

            await Console.Out.WriteLineAsync(Report.Together(name, reports).Json);
            return reports.TrueForAll(report => report.IsReached) ? 0 : 1;
        }
        catch (CannotMeasureException why)
        {
            await Console.Error.WriteLineAsync($"{why.Message}\n{Installation.LastWords}");
            return 2;
        }
        catch (CannotStartException why)
        {
            await Console.Error.WriteLineAsync(why.Message);
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped; what was started is ended.");
            return 2;
        }
    }
}

/// <summary>How long to measure.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Rounds">How often each thing is measured, taking turns.</param>
/// <param name="Round">How long each time.</param>
/// <param name="WarmUpActs">How often each thing is done before it counts.</param>
/// <param name="LongestWarmUp">How long that may take.</param>
sealed record RunLength(string Name, int Rounds, TimeSpan Round, int WarmUpActs, TimeSpan LongestWarmUp)
{
    public static RunLength Full { get; } = new("full", 4, TimeSpan.FromSeconds(4), 8000, TimeSpan.FromSeconds(60));

    public static RunLength Quick { get; } = new("quick", 2, TimeSpan.FromSeconds(1.5), 1000, TimeSpan.FromSeconds(15));

    public bool IsQuick => this == Quick;
}

/// <summary>Something the benchmark needs is not there, or does not answer as it must; no figure is made up instead.</summary>
sealed class CannotMeasureException(string message) : Exception(message);
