using System.Text;

namespace Portal.Documents.Tables;

/// <summary>
/// Opens what people upload: CSV in the encodings and with the separators that are about, or an Excel workbook. The file is looked through before the first
/// row is handed out, so that what is wrong with it as a whole is said at once.
/// </summary>
public sealed class TableReader(TableLimits limits)
{
    static TableReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance); // GB18030, and the one ExcelDataReader falls back to, are not built in

    /// <summary>Opens an upload.</summary>
    /// <param name="file">Its content, seekable; read from the beginning, and left open.</param>
    /// <param name="fileName">The name it was uploaded under; its ending has to agree with the content.</param>
    /// <param name="ct">Stops the work.</param>
    public Task<TableOpening> OpenAsync(Stream file, string fileName, CancellationToken ct) => OpenAsync(file, fileName, TableLook.Plain, ct);

    /// <summary>Opens an upload whose table stands at a place of its own.</summary>
    /// <param name="file">Its content, seekable; read from the beginning, and left open.</param>
    /// <param name="fileName">The name it was uploaded under; its ending has to agree with the content.</param>
    /// <param name="look">Where the table stands.</param>
    /// <param name="ct">Stops the work.</param>
    public async Task<TableOpening> OpenAsync(Stream file, string fileName, TableLook look, CancellationToken ct)
    {
        if (file.Length == 0)
        {
            return Refuse(new TableRefusal(TableRefusalKind.EmptyFile));
        }

        if (file.Length > limits.FileBytes)
        {
            return Refuse(new TableRefusal(TableRefusalKind.TooLarge, Detail: $"{limits.FileBytes / 1048576} MB"));
        }

        var ending = Path.GetExtension(fileName).ToLowerInvariant();
        var content = await FileContent.OfAsync(file, ct);
        return (ending, content) switch
        {
            (_, FileContent.Compound) => Refuse(new TableRefusal(TableRefusalKind.OldOrLocked)),
            (".xlsm" or ".xltm" or ".xlsb", _) => Refuse(new TableRefusal(TableRefusalKind.WithMacros)),
            (".xls", _) => Refuse(new TableRefusal(TableRefusalKind.OldOrLocked)),
            (".xlsx", FileContent.Zip) => await WorkbookTable.OpenAsync(file, limits, look, ct),
            (".csv" or ".tsv" or ".txt", FileContent.Text) => await CsvTable.OpenAsync(file, limits, ct),
            (".xlsx" or ".csv" or ".tsv" or ".txt", _) => Refuse(new TableRefusal(TableRefusalKind.ContentDiffers, Detail: ending)),
            _ => Refuse(new TableRefusal(TableRefusalKind.UnknownType, Detail: ending)),
        };
    }

    internal static TableOpening Refuse(TableRefusal refusal) => new TableOpening.Refused(refusal);
}
