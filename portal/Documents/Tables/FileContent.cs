namespace Portal.Documents.Tables;

/// <summary>What a file is by its first bytes.</summary>
static class FileContent
{
    /// <summary>A zip archive, as workbooks are.</summary>
    public const string Zip = "zip";

    /// <summary>A compound file: old Excel, or a workbook locked with a password.</summary>
    public const string Compound = "compound";

    /// <summary>A text.</summary>
    public const string Text = "text";

    /// <summary>Anything else.</summary>
    public const string Other = "other";

    const int Looked = 4096;

    static readonly byte[][] KnownOthers =
    [
        "%PDF"u8.ToArray(), [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], "GIF8"u8.ToArray(), [0x1F, 0x8B], "Rar!"u8.ToArray(), [0x37, 0x7A, 0xBC, 0xAF],
        "MZ"u8.ToArray(), [0x7F, 0x45, 0x4C, 0x46], "BZh"u8.ToArray(), "<?xml"u8.ToArray(), "<!DOCTYPE"u8.ToArray(), "<html"u8.ToArray(), "{\\rtf"u8.ToArray(),
    ];

    /// <summary>Looks at the first bytes.</summary>
    public static async Task<string> OfAsync(Stream file, CancellationToken ct)
    {
        file.Position = 0;
        var head = new byte[Looked];
        var length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        return Of(head.AsSpan(0, length));
    }

    static string Of(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x50, 0x4B, 0x03, 0x04]) || head.StartsWith((ReadOnlySpan<byte>)[0x50, 0x4B, 0x05, 0x06]))
        {
            return Zip;
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]))
        {
            return Compound;
        }

        foreach (var known in KnownOthers)
        {
            if (head.StartsWith(known))
            {
                return Other;
            }
        }

        return CsvEncoding.OfHead(head) is { IsUtf16: true } || head.IndexOf((byte)0) < 0 || IsTextBut(head) ? Text : Other;
    }

    // A text that was damaged here and there is read as one, so that the rows in question can be named.
    static bool IsTextBut(ReadOnlySpan<byte> head)
    {
        var controls = 0;
        foreach (var letter in head)
        {
            controls += letter < ' ' && letter is not ((byte)'\t' or (byte)'\r' or (byte)'\n') ? 1 : 0;
        }

        return controls * 20 < head.Length;
    }
}
