namespace Portal.Documents.Tables;

/// <summary>What an uploaded table may cost us.</summary>
public sealed record TableLimits
{
    /// <summary>The largest file, in bytes.</summary>
    public long FileBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>The most columns.</summary>
    public int Columns { get; init; } = 256;

    /// <summary>The longest row of a CSV file, in bytes.</summary>
    public int RowBytes { get; init; } = 1024 * 1024;

    /// <summary>The most parts of a workbook.</summary>
    public int WorkbookParts { get; init; } = 2000;

    /// <summary>The most bytes all parts of a workbook may unpack to.</summary>
    public long UnpackedBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>The most bytes a workbook's table of texts may unpack to; it is the one part that is held in memory.</summary>
    public long TextsBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How many times its packed size a large part may have. Sheets come to 5 to 40, a zip bomb to 1,000.</summary>
    public int PackingRatio { get; init; } = 200;

    /// <summary>The limits with the upload size of the settings.</summary>
    public static TableLimits From(DocumentSettings settings) => new() { FileBytes = settings.UploadBytes };
}
