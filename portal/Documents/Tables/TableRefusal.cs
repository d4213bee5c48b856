using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Portal.Documents.Tables;

/// <summary>Why a table, or one row of it, was not taken, and what to do about it.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Row">The row as a spreadsheet counts it, the column names being row 1 as a rule. Null when it is about the whole file.</param>
/// <param name="Column">The column's name or letter, where it is about one.</param>
/// <param name="Detail">What the text names besides: a limit, a value, what was found.</param>
public sealed record TableRefusal(TableRefusalKind Kind, long? Row = null, string? Column = null, string? Detail = null)
{
    /// <summary>The key of the sentence that names the fault and its remedy; its placeholders are row, column and detail.</summary>
    public string TextKey => Kind switch
    {
        TableRefusalKind.EmptyFile => "documents.table.empty-file",
        TableRefusalKind.TooLarge => "documents.table.too-large",
        TableRefusalKind.UnknownType => "documents.table.unknown-type",
        TableRefusalKind.ContentDiffers => "documents.table.content-differs",
        TableRefusalKind.OldOrLocked => "documents.table.old-or-locked",
        TableRefusalKind.WithMacros => "documents.table.with-macros",
        TableRefusalKind.Damaged => "documents.table.damaged",
        TableRefusalKind.Bomb => "documents.table.bomb",
        TableRefusalKind.ForbiddenXml => "documents.table.forbidden-xml",
        TableRefusalKind.NoSheet => "documents.table.no-sheet",
        TableRefusalKind.NoRows => "documents.table.no-rows",
        TableRefusalKind.MixedEncodings => "documents.table.mixed-encodings",
        TableRefusalKind.UnknownEncoding => "documents.table.unknown-encoding",
        TableRefusalKind.ZeroBytes => "documents.table.zero-bytes",
        TableRefusalKind.NoColumnName => "documents.table.no-column-name",
        TableRefusalKind.RepeatedColumn => "documents.table.repeated-column",
        TableRefusalKind.TooManyColumns => "documents.table.too-many-columns",
        TableRefusalKind.TooManyRows => "documents.table.too-many-rows",
        TableRefusalKind.TooManyCells => "documents.table.too-many-cells",
        TableRefusalKind.RowTooLong => "documents.table.row-too-long",
        TableRefusalKind.OpenQuote => "documents.table.open-quote",
        TableRefusalKind.StrayQuote => "documents.table.stray-quote",
        TableRefusalKind.FormulaWithoutValue => "documents.table.formula-without-value",
        TableRefusalKind.CellError => "documents.table.cell-error",
        TableRefusalKind.NumberLostDigits => "documents.table.number-lost-digits",
        _ => throw new InvalidOperationException($"{Kind} has no text."),
    };

    /// <summary>The sentence in the language of the localizer.</summary>
    public string Describe(IStringLocalizer texts) =>
        texts[TextKey, Row?.ToString("N0", CultureInfo.CurrentCulture) ?? "", Column ?? "", Detail ?? ""];
}

/// <summary>What can be wrong with an uploaded table.</summary>
public enum TableRefusalKind
{
    /// <summary>The file has no content.</summary>
    EmptyFile,

    /// <summary>The file is larger than may be uploaded.</summary>
    TooLarge,

    /// <summary>The file's name ends neither as CSV nor as an Excel workbook.</summary>
    UnknownType,

    /// <summary>The file's name says one thing, its content is another.</summary>
    ContentDiffers,

    /// <summary>An .xls file of old, or a workbook locked with a password.</summary>
    OldOrLocked,

    /// <summary>A workbook that contains macros.</summary>
    WithMacros,

    /// <summary>A workbook that cannot be read.</summary>
    Damaged,

    /// <summary>A workbook that unpacks to far more than it should.</summary>
    Bomb,

    /// <summary>A workbook that uses XML which workbooks have no use for (document types, entities).</summary>
    ForbiddenXml,

    /// <summary>A workbook without a visible sheet.</summary>
    NoSheet,

    /// <summary>Column names and nothing below them, or not even these.</summary>
    NoRows,

    /// <summary>Some rows are in one encoding, some in another.</summary>
    MixedEncodings,

    /// <summary>The encoding is none of UTF-8, UTF-16 and GB18030.</summary>
    UnknownEncoding,

    /// <summary>A text with bytes that are zero, which no text has.</summary>
    ZeroBytes,

    /// <summary>A column between others has no name.</summary>
    NoColumnName,

    /// <summary>Two columns have the same name.</summary>
    RepeatedColumn,

    /// <summary>More columns than are read.</summary>
    TooManyColumns,

    /// <summary>More rows than a workbook has.</summary>
    TooManyRows,

    /// <summary>A row has more cells than there are columns.</summary>
    TooManyCells,

    /// <summary>A row is longer than any row should be.</summary>
    RowTooLong,

    /// <summary>A quotation mark is opened and not closed.</summary>
    OpenQuote,

    /// <summary>A quotation mark stands inside a cell that is not in quotation marks.</summary>
    StrayQuote,

    /// <summary>A formula that no program has calculated yet.</summary>
    FormulaWithoutValue,

    /// <summary>A cell shows an error such as #N/A.</summary>
    CellError,

    /// <summary>A number of more than 15 digits, of which Excel has dropped some.</summary>
    NumberLostDigits,
}
