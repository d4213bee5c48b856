using Platform.Texts;
using Portal.Documents.Excel;
using Portal.Documents.Tables;

namespace Portal.Imports;

/// <summary>Writes an empty file of a kind, with the columns in the reader's language and one row as an example.</summary>
public sealed class TemplateFile(Texts texts, TimeProvider clock)
{
    /// <summary>Writes it.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="isBrand">With the columns that only the brand fills.</param>
    /// <param name="asExcel">As a workbook, else as CSV.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="ct">Stops the work.</param>
    public Task WriteAsync(ImportKind kind, bool isBrand, bool asExcel, Stream target, CancellationToken ct)
    {
        var fields = kind.FieldsFor(isBrand);
        IReadOnlyList<TableColumn> columns = [.. fields.Select(field => new TableColumn(texts[kind.LabelKey(field)].Value, Width: 18))];
        return TableExport.WriteAsync(asExcel, target, new ExcelBookInfo(texts["imports.kind." + kind.Code].Value, "PartnerPortal", clock.GetUtcNow()), columns, ExampleAsync(fields), ct);
    }

    static async IAsyncEnumerable<IReadOnlyList<object?>> ExampleAsync(IReadOnlyList<ImportField> fields)
    {
        await Task.CompletedTask;
        yield return [.. fields.Select(field => field.Example)];
    }
}
