using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Portal.Documents.Tables;

/// <summary>A CSV file that is read as a table.</summary>
sealed class CsvTable : Table
{
    static readonly char[] Separators = [',', ';', '\t'];
    static readonly char[] NamedSeparators = [.. Separators, '|', ':', '^', '~'];

    readonly CsvEncoding encoding;
    readonly char separator;
    readonly StreamReader reader;
    readonly CsvParser parser;
    bool isBad;

    CsvTable(Stream file, CsvEncoding encoding, char separator, long lastRow)
    {
        this.encoding = encoding;
        this.separator = separator;
        LastRow = lastRow;
        reader = new StreamReader(file, encoding.Encoding, detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024, leaveOpen: true);
        parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator.ToString(),
            Mode = CsvMode.RFC4180,
            IgnoreBlankLines = false, // a spreadsheet counts them
            BufferSize = 64 * 1024,
            CacheFields = false,
            BadDataFound = _ => isBad = true,
        });
    }

    /// <inheritdoc/>
    public override string Format => $"CSV, {encoding.Name}, {(separator == '\t' ? "TAB" : separator.ToString())}";

    /// <summary>Finds out encoding and separator, looks the file through and reads the column names.</summary>
    public static async Task<TableOpening> OpenAsync(Stream file, TableLimits limits, CancellationToken ct)
    {
        file.Position = 0;
        var head = new byte[64 * 1024];
        var length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        var known = CsvEncoding.OfHead(head.AsSpan(0, length));
        var (separator, isNamed) = SeparatorOf(HeadText(head.AsSpan(0, length), known));

        file.Position = known?.MarkLength ?? 0;
        var (encoding, refusal, lastRow) = await CsvScan.RunAsync(file, known, separator, limits, ct);
        if (encoding is null || refusal is not null)
        {
            return TableReader.Refuse(refusal!);
        }

        file.Position = encoding.MarkLength;
        var table = new CsvTable(file, encoding, separator, lastRow);
        if (isNamed)
        {
            await table.parser.ReadAsync();
        }

        if (await table.ReadColumnsAsync(limits, ct) is { } fault)
        {
            await table.DisposeAsync();
            return TableReader.Refuse(fault);
        }

        return new TableOpening.Opened(table);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        parser.Dispose();
        reader.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    private protected override long LastRow { get; }

    /// <inheritdoc/>
    private protected override async ValueTask<RawRow?> NextAsync(CancellationToken ct)
    {
        isBad = false;
        if (!await parser.ReadAsync())
        {
            return null;
        }

        var cells = new string?[parser.Count];
        for (var index = 0; index < cells.Length; index++)
        {
            var text = parser[index]; // decides whether the cell is bad
            cells[index] = string.IsNullOrWhiteSpace(text) ? null : CsvFile.AsTyped(text);
        }

        return new RawRow(parser.Row, cells, isBad ? new TableRefusal(TableRefusalKind.StrayQuote, parser.Row) : null);
    }

    /// <summary>Excel names the separator in a first line of its own, <c>sep=;</c>; else the one that the column names are separated by most often.</summary>
    static (char Separator, bool IsNamed) SeparatorOf(string head)
    {
        var firstLine = head.AsSpan(0, Math.Max(0, head.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? end : head.Length));
        if (firstLine.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && firstLine.Length == 5 && NamedSeparators.Contains(firstLine[4]))
        {
            return (firstLine[4], true);
        }

        var counts = new int[Separators.Length];
        var inQuotes = false;
        foreach (var letter in head.AsSpan().TrimStart("\r\n"))
        {
            if (!inQuotes && letter is '\r' or '\n')
            {
                break;
            }

            inQuotes ^= letter == '"';
            var kind = Array.IndexOf(Separators, letter);
            if (kind >= 0 && !inQuotes)
            {
                counts[kind]++;
            }
        }

        return (Separators[Array.IndexOf(counts, counts.Max())], false);
    }

    /// <summary>The head as text good enough to find separators in: they are ASCII, which Latin-1 leaves in place whatever stands between.</summary>
    static string HeadText(ReadOnlySpan<byte> head, CsvEncoding? known)
    {
        var text = head[(known?.MarkLength ?? 0)..];
        return known is { IsUtf16: true }
            ? new UnicodeEncoding(known.Encoding.CodePage == Encoding.BigEndianUnicode.CodePage, false).GetString(text[..(text.Length & ~1)])
            : Encoding.Latin1.GetString(text);
    }
}
