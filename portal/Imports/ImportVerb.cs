using System.Globalization;
using Platform.Database;
using Platform.Texts;
using Portal.Documents.Tables;
using Portal.Kpis;
using Portal.Partners;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Imports;

/// <summary>
/// <c>portal -- import KIND FILE</c>: takes a file at once, as the brand, by the same way as an upload. 0 only when every row was taken;
/// those that were not stand in <c>FILE.refused.csv</c>.
/// </summary>
sealed class ImportVerb(
    CallerAccessor caller, Db db, TakeUpload upload, ImportStore imports, ImportLedger ledger, RunImport runImport, RepairFile repair, TableReader reader, BrandPartner brand, FoldFacts folding,
    IConfiguration settings, Texts texts, TimeProvider clock) : IVerb
{
    /// <inheritdoc/>
    public string Name => "import";

    /// <inheritdoc/>
    public string Usage =>
        $"import {string.Join('|', ImportKind.All.Where(kind => !kind.IsOfPartnersOnly).Select(kind => kind.Code))} FILE [--leave-out-wrong] [--column FIELD NAME] [--always FIELD VALUE]  reads a CSV or Excel file into the database";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        var order = Order.Read(arguments);
        caller.Current = Caller.System("cli:import");
        await using var source = new FileStream(order.File, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read, Options = FileOptions.Asynchronous });
        await using var file = await SpooledFile.TakeAsync(source, long.MaxValue, ct);
        await EnsureBrandAsync(order, file!, output, ct);
        var (looked, refusal) = await upload.LookThroughAsync(order.Kind, Path.GetFileName(order.File), file!, isBrand: true, ct);
        if (looked is null)
        {
            await output.WriteLineAsync(refusal!.Describe(texts));
            return 1;
        }

        looked = looked with { Mapping = order.Changed(looked.Mapping), LeavesOutWrong = order.LeaveOutWrong };
        await output.WriteLineAsync($"{looked.FileName}: {looked.Format}");
        await TellMappingAsync(order.Kind, looked, output);
        if (looked.Mapping.Problems(order.Kind, looked.Columns, isBrand: true, texts) is { Count: > 0 } problems)
        {
            foreach (var problem in problems)
            {
                await output.WriteLineAsync("  " + problem.Describe(texts));
            }

            return 1;
        }

        return await RunAsync(looked, file!, output, ct);
    }

    async Task<int> RunAsync(NewImport looked, SpooledFile file, TextWriter output, CancellationToken ct)
    {
        var runner = $"cli {Environment.MachineName} {Environment.ProcessId} {Guid.NewGuid():N}";
        var began = clock.GetTimestamp();
        var import = await db.InTransactionAsync(async () =>
        {
            var entered = await imports.InsertAsync(looked, ct);
            await ledger.BeginAsync(entered, runner, clock.GetUtcNow().UtcDateTime, RunImport.Lease, ct);
            return entered;
        }, ct);
        foreach (var earlier in await imports.SameContentAsync(import, ct))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The very same content was taken before, as {earlier.Number} on {earlier.EndedAt:yyyy-MM-dd}."));
        }

        file.Content.Position = 0;
        var end = await runImport.RunAsync(import, runner, _ => Task.FromResult<SpooledFile?>(file.Shared()), ct);
        if (end is null)
        {
            await output.WriteLineAsync("The import was interrupted. Nothing was taken.");
            return 1;
        }

        await TellEndAsync(import, end, clock.GetElapsedTime(began), output);
        if (end.RowsRefused > 0)
        {
            await WriteRepairFileAsync(import, file, output, ct);
        }

        await folding.FoldAsync(ct); // dashboards show it at once, also where no portal runs
        return end is { Status: ImportStatus.Done, RowsRefused: 0 } ? 0 : 1;
    }

    async Task TellEndAsync(Import import, ImportEnd end, TimeSpan took, TextWriter output)
    {
        if (end.Problem is not null)
        {
            await output.WriteLineAsync(end.Problem.Describe(texts));
        }

        var taken = end.Status == ImportStatus.Done ? end.RowsRead - end.RowsRefused : 0;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{import.Number}: {end.RowsRead:N0} rows read, {taken:N0} taken, {end.RowsRefused:N0} refused in {took.TotalSeconds:0.0} s ({end.RowsRead / Math.Max(took.TotalMinutes, 1e-6):N0} rows a minute)"));
        foreach (var (figure, value) in end.Figures)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {texts["imports.figure." + figure]}: {value:N0}"));
        }
    }

    async Task WriteRepairFileAsync(Import import, SpooledFile file, TextWriter output, CancellationToken ct)
    {
        foreach (var refusal in await imports.RefusalsAsync(import, 20, ct))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  row {refusal.RowNumber:N0} {refusal.ColumnOf(import, texts)}: {refusal.Problem.Describe(texts)}"));
        }

        var path = Path.GetFileNameWithoutExtension(import.FileName) + ".refused.csv";
        await using var target = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        await repair.WriteAsync(import, file, asExcel: false, target, ct);
        await output.WriteLineAsync($"The refused rows with their problems stand in {Path.GetFullPath(path)}.");
    }

    async Task TellMappingAsync(ImportKind kind, NewImport looked, TextWriter output)
    {
        foreach (var field in kind.Fields.Where(field => looked.Mapping[field.Name] is not null))
        {
            var source = looked.Mapping[field.Name]!;
            await output.WriteLineAsync($"  {field.Name} <- {(source.Column is { } column ? column : $"always \"{source.Fixed}\"")}");
        }

        if (looked.Mapping.Unused(looked.Columns) is { Count: > 0 } unused)
        {
            await output.WriteLineAsync($"  not used: {string.Join(", ", unused)}");
        }
    }

    // The first file of an empty installation. What the settings do not say about the brand, its partners' file does.
    async Task EnsureBrandAsync(Order order, SpooledFile file, TextWriter output, CancellationToken ct)
    {
        if (await imports.BrandCurrencyAsync(ct) is not null)
        {
            return;
        }

        var (country, currency) = settings["Brand:Currency"] is null ? await MostlyAsync(order, file, ct) : (null, null);
        var number = await brand.EnsureAsync(country, currency, ct);
        await output.WriteLineAsync($"The brand was entered as {number} with the currency {await imports.BrandCurrencyAsync(ct)}; the settings Brand__Name and Brand__Currency decide before the first import.");
    }

    async Task<(string? Country, string? Currency)> MostlyAsync(Order order, SpooledFile file, CancellationToken ct)
    {
        if (await reader.OpenAsync(file.Content, Path.GetFileName(order.File), ct) is not TableOpening.Opened(var table))
        {
            return (null, null);
        }

        await using (table)
        {
            var mapping = order.Changed(ImportMapping.Suggest(order.Kind, table.Columns, isBrand: true, null, texts));
            var amounts = order.Kind.Fields.Select(field => field.CurrencyField).OfType<string>().Append("currency").Select(field => mapping[field]?.Fixed).FirstOrDefault(always => always is not null);
            var (row, countries, currencies) = (new ImportRow(order.Kind.Fields, mapping, table.Columns), new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
            await foreach (var line in table.LinesAsync(ct))
            {
                if (line is TableLine.Row cells)
                {
                    row.Begin(cells);
                    Count(countries, row.Text("country_code"));
                    Count(currencies, row.Text("currency") ?? CurrencyOf(row.Text("country_code")));
                }
            }

            return (Most(countries), amounts ?? Most(currencies));
        }

        static void Count(Dictionary<string, int> counts, string? word)
        {
            if (word is not null)
            {
                counts[word.ToUpperInvariant()] = counts.GetValueOrDefault(word.ToUpperInvariant()) + 1;
            }
        }

        static string? Most(Dictionary<string, int> counts) => counts.Count == 0 ? null : counts.MaxBy(count => count.Value).Key;
    }

    static string? CurrencyOf(string? country)
    {
        try
        {
            return country is { Length: 2 } && new RegionInfo(country).ISOCurrencySymbol is var currency && Currencies.IsKnown(currency) ? currency : null;
        }
        catch (ArgumentException)
        {
            return null; // no such country
        }
    }

    /// <summary>The command line, taken apart.</summary>
    sealed record Order(ImportKind Kind, string File, bool LeaveOutWrong, IReadOnlyList<(string Field, FieldSource Source)> Sources)
    {
        public static Order Read(IReadOnlyList<string> arguments)
        {
            var (words, sources, leaveOutWrong) = (new List<string>(), new List<(string, FieldSource)>(), false);
            for (var index = 0; index < arguments.Count; index++)
            {
                switch (arguments[index])
                {
                    case "--leave-out-wrong":
                        leaveOutWrong = true;
                        break;
                    case "--column" or "--always" when index + 2 < arguments.Count:
                        sources.Add((arguments[index + 1], arguments[index] == "--column" ? FieldSource.Of(arguments[index + 2]) : FieldSource.Always(arguments[index + 2])));
                        index += 2;
                        break;
                    case var option when option.StartsWith('-'):
                        throw new UsageException($"'{option}' is not understood, or wants two words after it.");
                    case var word:
                        words.Add(word);
                        break;
                }
            }

            return words switch
            {
                [var kind, _] when ImportKind.Find(kind) is null => throw new UsageException($"'{kind}' cannot be imported."),
                [var kind, _] when ImportKind.Of(kind).IsOfPartnersOnly => throw new UsageException($"A partner's own people enter {kind}, on the pages: the brand decides on them, so it does not enter them."),
                [_, var file] when !System.IO.File.Exists(file) => throw new UsageException($"There is no file {System.IO.Path.GetFullPath(file)}."),
                [var kind, var file] => new(ImportKind.Of(kind), file, leaveOutWrong, sources),
                _ => throw new UsageException("Name the kind and the file."),
            };
        }

        public ImportMapping Changed(ImportMapping mapping) => Sources.Aggregate(mapping, (changed, source) => changed.With(source.Field, source.Source));
    }
}
