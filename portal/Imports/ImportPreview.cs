using Platform.Texts;

namespace Portal.Imports;

/// <summary>How the first rows of a file would be read with a mapping, before anything is done.</summary>
/// <param name="Problems">What keeps the file from being read so; nothing can be started then.</param>
/// <param name="Unused">Columns of the file that fill nothing.</param>
/// <param name="Fields">The fields that are filled, in order; the columns of <paramref name="Rows"/>.</param>
/// <param name="Rows">The first rows.</param>
/// <param name="SameContent">Imports of the very same content that were taken before; the person should know.</param>
public sealed record ImportPreview(
    IReadOnlyList<ImportProblem> Problems, IReadOnlyList<string> Unused, IReadOnlyList<ImportField> Fields, IReadOnlyList<PreviewRow> Rows, IReadOnlyList<Import> SameContent);

/// <summary>One of the first rows.</summary>
/// <param name="Number">The row as a spreadsheet counts it.</param>
/// <param name="Cells">As many as there are fields; none where the row cannot be read at all.</param>
/// <param name="Problem">Why the row cannot be read at all, if so.</param>
public sealed record PreviewRow(long Number, IReadOnlyList<PreviewCell> Cells, ImportProblem? Problem);

/// <summary>A value of a preview.</summary>
/// <param name="Text">As the file has it, or the fixed value.</param>
/// <param name="Problem">What is wrong with it as far as it can be seen without the database.</param>
public sealed record PreviewCell(string? Text, ImportProblem? Problem);

/// <summary>Makes previews; from what was kept of the file, so that a file of any size is previewed at once.</summary>
public sealed class PreviewImport(ImportStore imports, Texts texts)
{
    /// <summary>Makes one.</summary>
    /// <param name="import">The import.</param>
    /// <param name="mapping">The mapping to try, the import's own or one that is being edited.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ImportPreview> RunAsync(Import import, ImportMapping mapping, CancellationToken ct)
    {
        var kind = ImportKind.Of(import.Kind);
        var all = kind.FieldsFor(import.IsBrands);
        IReadOnlyList<ImportField> filled = [.. all.Where(field => mapping[field.Name] is not null)];
        var row = new ImportRow(all, mapping, import.Columns);
        return new(
            mapping.Problems(kind, import.Columns, import.IsBrands, texts), mapping.Unused(import.Columns), filled,
            [.. import.SampleRows.Select(sample => Read(row, filled, sample))], await imports.SameContentAsync(import, ct));
    }

    static PreviewRow Read(ImportRow row, IReadOnlyList<ImportField> fields, SampleRow sample)
    {
        if (sample.Problem is not null)
        {
            return new(sample.Number, [], sample.Problem);
        }

        row.Begin(new(sample.Number, sample.Cells));
        var texts = fields.Select(row.Try).ToList();
        return new(sample.Number, [.. fields.Select((field, index) => new PreviewCell(texts[index],
            row.Refusals.FirstOrDefault(refusal => refusal.Column == field.Name) is { } refusal ? new(refusal.TextKey, refusal.Arguments) : null))], null);
    }
}
