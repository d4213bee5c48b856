using System.Runtime.CompilerServices;
using Platform.Texts;
using Portal.Deals;
using Portal.Documents.Excel;
using Portal.Documents.Tables;

namespace Portal.Imports;

/// <summary>Writes what the rows of a file became, one after the other: the deal or lead with its state and, for registrations, the verdict as the claimant was given it.</summary>
public sealed class EntriesFile(ImportEntries entries, Texts texts, TimeProvider clock)
{
    /// <summary>Writes it.</summary>
    /// <param name="import">The import.</param>
    /// <param name="asExcel">As a workbook, else as CSV.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="ct">Stops the work.</param>
    public Task WriteAsync(Import import, bool asExcel, Stream target, CancellationToken ct)
    {
        IReadOnlyList<TableColumn> columns =
        [
            new(texts["imports.row"], TableColumnKind.Number, Decimals: 0), new(texts["imports.entry.number"], Width: 20), new(texts["imports.entry.company"], Width: 36), new(texts["imports.status"], Width: 20),
            .. import.Kind is "deals"
                ? new TableColumn[]
                {
                    new(texts["imports.entry.verdict"], Width: 50), new(texts["imports.entry.band"], Width: 12), new(texts["imports.entry.fields"], Width: 24),
                    new(texts["imports.entry.free_from"], TableColumnKind.Date), new(texts["imports.entry.own_deal"], Width: 20),
                }
                : [new(texts["imports.entry.partner"], Width: 30)],
        ];
        return TableExport.WriteAsync(asExcel, target, new ExcelBookInfo(texts["imports.entries"].Value, "PartnerPortal", clock.GetUtcNow()), columns, RowsAsync(import, ct), ct);
    }

    async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(Import import, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var entry in entries.StreamAsync(import, ct))
        {
            IReadOnlyList<object?> first = [entry.RowNumber, entry.RecordNumber, entry.Company, entry.StatusKey is { } status ? texts[status].Value : null];
            yield return import.Kind is "deals"
                ?
                [
                    .. first, entry.Problem is { } problem ? problem.Describe(texts) : entry.VerdictKey is { } verdict ? texts[verdict].Value : null,
                    entry.Conflict is null or "none" ? null : texts[$"deals.band.{entry.Band}"].Value, DealWords.Fields(entry.MatchedFields, texts), entry.FreeFrom, entry.OwnDeal,
                ]
                : [.. first, entry.PartnerName];
        }
    }
}
