using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Texts;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Imports;

/// <summary>The list of imports.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Kinds">What this person may import.</param>
public sealed record ImportListPage(ListQuery Query, ListPage<Import> Page, IReadOnlyList<ImportKind> Kinds);

/// <summary>The page on which a file is chosen.</summary>
/// <param name="Kinds">What this person may import.</param>
/// <param name="Kind">What is chosen already.</param>
/// <param name="MostBytes">The largest file that is taken.</param>
public sealed record UploadPage(IReadOnlyList<ImportKind> Kinds, string? Kind, long MostBytes);

/// <summary>The page on which the columns of a file are matched, with how it would be read so.</summary>
/// <param name="Import">The import.</param>
/// <param name="Choice">What is chosen.</param>
/// <param name="Preview">What comes of it.</param>
/// <param name="BeforeStart">True while it has never been started.</param>
public sealed record ImportColumnsPage(Import Import, ColumnChoice Choice, ImportPreview Preview, bool BeforeStart)
{
    const int ShownRows = 10;

    const int ShownExamples = 3;

    /// <summary>What the file contains.</summary>
    public ImportKind Kind => ImportKind.Of(Import.Kind);

    /// <summary>The first rows.</summary>
    public IEnumerable<PreviewRow> Rows => Preview.Rows.Take(ShownRows);

    /// <summary>What keeps the file from being read so.</summary>
    public IReadOnlyList<ImportProblem> Problems => [.. Choice.Problems, .. Preview.Problems];

    /// <summary>The fields that no column fills.</summary>
    public IReadOnlyList<ImportField> Without => [.. Kind.FieldsFor(Import.IsBrands).Where(unfilled => Choice.Mapping[unfilled.Name]?.Column is null)];

    /// <summary>The fields to choose from for a column.</summary>
    public IEnumerable<SelectListItem> FieldsFor(int column, Texts t) =>
        Kind.FieldsFor(Import.IsBrands).Select(field => new SelectListItem(t[Kind.LabelKey(field)].Value + (field.IsRequired ? " *" : ""), field.Name, Choice.FieldOf(column) == field.Name));

    /// <summary>What stands in a column, for whoever has to recognise it.</summary>
    public string Examples(int column) => string.Join(" · ", Import.SampleRows.Select(row => column < row.Cells.Count ? row.Cells[column]?.Trim() : null)
        .Where(text => !string.IsNullOrEmpty(text)).Distinct().Take(ShownExamples).Select(text => text!.Length > 60 ? text[..60] + "…" : text));
}

/// <summary>The page of an import that ended.</summary>
/// <param name="Import">The import.</param>
/// <param name="Query">Which refusals are shown.</param>
/// <param name="Refusals">The refusals.</param>
/// <param name="Kinds">What is wrong most often; nothing where all of it is seen at once.</param>
/// <param name="Entries">Rows that became a deal or lead of their own.</param>
public sealed record ImportResultPage(Import Import, ListQuery Query, ListPage<ImportRefusal> Refusals, IReadOnlyList<RefusalKind> Kinds, long Entries)
{
    /// <summary>It can be started again, with other columns or another choice about wrong rows.</summary>
    public bool MayStartAgain => Import is { FileIsStored: true, Status: ImportStatus.Refused or ImportStatus.Failed or ImportStatus.Cancelled };
}

/// <summary>What the rows of a file became.</summary>
/// <param name="Import">The import.</param>
/// <param name="Query">Which rows are shown.</param>
/// <param name="Page">The rows.</param>
public sealed record ImportRowsPage(Import Import, ListQuery Query, ListPage<ImportEntry> Page);

/// <summary>How imports are shown.</summary>
public static class ImportWords
{
    /// <summary>What the file was read as; a comma between cells needs no mention.</summary>
    public static string FormatOf(Import import) => import.Format.EndsWith(", ,", StringComparison.Ordinal) ? import.Format[..^3] : import.Format;

    /// <summary>How a status feels.</summary>
    public static Tone ToneOf(string status) => status switch
    {
        ImportStatus.Ready => Tone.Waiting,
        ImportStatus.Queued or ImportStatus.Running => Tone.Active,
        ImportStatus.Done => Tone.Good,
        ImportStatus.Refused or ImportStatus.Failed => Tone.Bad,
        _ => Tone.Neutral,
    };
}
