using System.Globalization;
using Platform.Database;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Web;

namespace Portal.Imports;

/// <summary><c>portal -- export KIND FILE</c>: writes what is there into a CSV or Excel file that <c>import</c> takes back.</summary>
sealed class ExportVerb(CallerAccessor caller, ExportRows rows, TimeProvider clock) : IVerb
{
    /// <inheritdoc/>
    public string Name => "export";

    /// <inheritdoc/>
    public string Usage => $"export {string.Join('|', ImportKind.All.Select(kind => kind.Code))} FILE  writes a CSV or Excel file (by its ending) that can be imported again";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        if (arguments is not [var code, var path] || ImportKind.Find(code) is not { } kind)
        {
            throw new UsageException("Name the kind and the file.");
        }

        var asExcel = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => false,
            ".xlsx" => true,
            _ => throw new UsageException("The file's name ends in .csv or .xlsx."),
        };
        caller.Current = Caller.System("cli:export");
        var (columns, counted) = (ExportRows.Columns(kind), 0L);
        await using (var target = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await TableExport.WriteAsync(asExcel, target, new ExcelBookInfo(kind.Code, "PartnerPortal", clock.GetUtcNow()), columns, CountedAsync(), ct);
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{counted:N0} {kind.Code} written to {Path.GetFullPath(path)}."));
        return 0;

        async IAsyncEnumerable<IReadOnlyList<object?>> CountedAsync()
        {
            await foreach (var row in rows.OfAsync(kind, ct))
            {
                counted++;
                yield return row;
            }
        }
    }
}
