using System.Text;

namespace Portal.Documents.Tables;

/// <summary>The encoding of a CSV file as its head gives it away; between UTF-8 and GB18030 only the whole file decides.</summary>
/// <param name="Name">As people know it.</param>
/// <param name="Encoding">Strict: what it cannot decode is an error.</param>
/// <param name="MarkLength">How many bytes the byte order mark takes.</param>
sealed record CsvEncoding(string Name, Encoding Encoding, int MarkLength)
{
    /// <summary>UTF-8, the one to be.</summary>
    public static CsvEncoding Utf8 { get; } = new("UTF-8", new UTF8Encoding(false, throwOnInvalidBytes: true), 0);

    /// <summary>GB18030, which Excel in China writes; contains GBK and GB2312.</summary>
    public static CsvEncoding Gb18030 { get; } = new("GB18030", Encoding.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback), 0);

    static readonly CsvEncoding LittleEndian = new("UTF-16 LE", new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), 2);
    static readonly CsvEncoding BigEndian = new("UTF-16 BE", new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), 2);

    /// <summary>Two bytes a letter.</summary>
    public bool IsUtf16 => Encoding is UnicodeEncoding;

    /// <summary>The encoding by the byte order mark, or, for UTF-16 without one, by where the zeros stand. Null: look on.</summary>
    public static CsvEncoding? OfHead(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            return Utf8 with { MarkLength = 3 };
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return LittleEndian;
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return BigEndian;
        }

        var (evenZeros, oddZeros) = (0, 0);
        for (var index = 0; index + 1 < head.Length; index += 2)
        {
            evenZeros += head[index] == 0 ? 1 : 0;
            oddZeros += head[index + 1] == 0 ? 1 : 0;
        }

        // The separators and line ends of a table are ASCII, so in UTF-16 one of their two bytes is zero; a letter with a zero as its other byte (一) is rare.
        // A few zeros are damage in some other text.
        var areMany = (evenZeros + oddZeros) * 100 > head.Length;
        return (areMany && evenZeros > 4 * oddZeros, areMany && oddZeros > 4 * evenZeros) switch
        {
            (true, _) => BigEndian with { MarkLength = 0 },
            (_, true) => LittleEndian with { MarkLength = 0 },
            _ => null,
        };
    }
}
