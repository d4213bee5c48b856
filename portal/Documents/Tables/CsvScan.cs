using System.Text;

namespace Portal.Documents.Tables;

/// <summary>
/// Looks through a CSV file once before it is read: which encoding each line can be in, whether each row ends in time and each quotation mark is closed.
/// Only with the whole file seen is the choice between UTF-8 and GB18030 safe, and a file half imported before its fault shows is worse than a second reading.
/// </summary>
sealed class CsvScan
{
    readonly TableLimits limits;
    readonly byte separator;
    readonly Encoding gb18030 = CsvEncoding.Gb18030.Encoding;

    long row = 1; // the one that is being looked at
    long rowBytes;
    long quoteRow;
    bool inQuotes;

    long surelyUtf8Lines;
    long perhapsUtf8Lines;
    long otherLines;
    long firstUtf8Row;
    long firstOtherRow;
    long firstNeitherRow;
    long pairs;
    long pairsInWesternWords;

    CsvScan(TableLimits limits, char separator)
    {
        this.limits = limits;
        this.separator = (byte)separator;
    }

    long LastRow => row - 1;

    /// <summary>Looks a file through.</summary>
    /// <param name="file">Positioned behind the byte order mark.</param>
    /// <param name="known">The encoding, where the head gave it away.</param>
    /// <param name="separator">What stands between two cells.</param>
    /// <param name="limits">How long a row may be.</param>
    /// <param name="ct">Stops the work.</param>
    /// <returns>The encoding and the number of the last row, or the fault.</returns>
    public static async Task<(CsvEncoding? Encoding, TableRefusal? Refusal, long LastRow)> RunAsync(Stream file, CsvEncoding? known, char separator, TableLimits limits, CancellationToken ct)
    {
        var scan = new CsvScan(limits, separator);
        if (known is { IsUtf16: true })
        {
            await using var asUtf8 = Encoding.CreateTranscodingStream(file, known.Encoding, CsvEncoding.Utf8.Encoding, leaveOpen: true);
            try
            {
                return (known, await scan.ReadAsync(asUtf8, ct) ?? scan.OpenQuote(), scan.LastRow);
            }
            catch (DecoderFallbackException)
            {
                return (null, new TableRefusal(TableRefusalKind.MixedEncodings, scan.row, Detail: known.Name), 0);
            }
        }

        var (encoding, refusal) = await scan.ReadAsync(file, ct) is { } fault ? (null, fault) : scan.Decide(known);
        return (encoding, refusal, scan.LastRow);
    }

    async Task<TableRefusal?> ReadAsync(Stream file, CancellationToken ct)
    {
        var buffer = new byte[limits.RowBytes + (64 * 1024)];
        var filled = 0;
        while (true)
        {
            var read = await file.ReadAsync(buffer.AsMemory(filled), ct);
            filled += read;
            var used = TakeLines(buffer.AsSpan(0, filled), isLast: read == 0, out var fault);
            if (fault is not null || read == 0)
            {
                return fault;
            }

            if (filled - used > limits.RowBytes)
            {
                return RowTooLong();
            }

            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            filled -= used;
        }
    }

    int TakeLines(ReadOnlySpan<byte> bytes, bool isLast, out TableRefusal? fault)
    {
        var used = 0;
        fault = null;
        while (used < bytes.Length)
        {
            var rest = bytes[used..];
            var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0 || (end == rest.Length - 1 && rest[end] == '\r'))
            {
                if (!isLast)
                {
                    return used; // the line goes on in what is not read yet, or its line feed does
                }

                end = end < 0 ? rest.Length : end;
            }

            fault = Take(rest[..end]);
            if (fault is not null)
            {
                return used;
            }

            used += Math.Min(rest.Length, end + (rest[end..].StartsWith("\r\n"u8) ? 2 : 1));
        }

        return used;
    }

    TableRefusal? Take(ReadOnlySpan<byte> line)
    {
        if (line.Contains((byte)0))
        {
            return new TableRefusal(TableRefusalKind.ZeroBytes, row);
        }

        if (!Ascii.IsValid(line))
        {
            Judge(line);
        }

        FollowQuotes(line);
        rowBytes += line.Length + 1;
        if (rowBytes > limits.RowBytes)
        {
            return inQuotes ? OpenQuote() : RowTooLong();
        }

        if (!inQuotes)
        {
            row++;
            rowBytes = 0;
        }

        return null;
    }

    /// <summary>Follows the quotation marks of a line (RFC 4180, 2.5 to 2.7): one at the beginning of a cell opens, two inside stand for one.</summary>
    void FollowQuotes(ReadOnlySpan<byte> line)
    {
        var at = 0;
        while (true)
        {
            if (inQuotes)
            {
                var quote = line[at..].IndexOf((byte)'"');
                if (quote < 0)
                {
                    return;
                }

                at += quote + 1;
                if (at < line.Length && line[at] == '"')
                {
                    at++;
                    continue;
                }

                inQuotes = false;
            }
            else if (at < line.Length && line[at] == '"' && (at == 0 || line[at - 1] == separator))
            {
                inQuotes = true;
                quoteRow = row;
                at++;
                continue;
            }

            var next = line[at..].IndexOf(separator);
            if (next < 0)
            {
                return;
            }

            at += next + 1;
        }
    }

    void Judge(ReadOnlySpan<byte> line)
    {
        if (System.Text.Unicode.Utf8.IsValid(line))
        {
            // Two Chinese letters in GB18030 are by chance a valid UTF-8 sequence of two bytes now and then, but hardly ever one of three.
            if (line.IndexOfAnyInRange((byte)0xE0, (byte)0xF4) >= 0)
            {
                surelyUtf8Lines++;
            }
            else
            {
                perhapsUtf8Lines++;
            }

            firstUtf8Row = firstUtf8Row == 0 ? row : firstUtf8Row;
            return;
        }

        otherLines++;
        firstOtherRow = firstOtherRow == 0 ? row : firstOtherRow;
        if (firstNeitherRow == 0 && !IsGb18030(line))
        {
            firstNeitherRow = row;
        }
    }

    bool IsGb18030(ReadOnlySpan<byte> line)
    {
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] < 0x80)
            {
                continue;
            }

            // A Western letter such as ü is one byte between two ASCII letters; GB18030 would make a pair of it and the letter behind.
            pairs++;
            if (at > 0 && char.IsAsciiLetter((char)line[at - 1]) && at + 1 < line.Length && char.IsAsciiLetter((char)line[at + 1]))
            {
                pairsInWesternWords++;
            }

            at += at + 1 < line.Length && char.IsAsciiDigit((char)line[at + 1]) ? 3 : 1;
        }

        try
        {
            gb18030.GetCharCount(line);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    (CsvEncoding? Encoding, TableRefusal? Refusal) Decide(CsvEncoding? known)
    {
        if (OpenQuote() is { } open)
        {
            return (null, open);
        }

        if (otherLines == 0)
        {
            return (known ?? CsvEncoding.Utf8, null);
        }

        if (known is not null || surelyUtf8Lines > 0 || perhapsUtf8Lines > otherLines)
        {
            var utf8Lines = surelyUtf8Lines + perhapsUtf8Lines;
            return (null, new TableRefusal(TableRefusalKind.MixedEncodings, known is not null || otherLines <= utf8Lines ? firstOtherRow : firstUtf8Row, Detail: "UTF-8"));
        }

        return firstNeitherRow > 0 ? (null, new TableRefusal(TableRefusalKind.UnknownEncoding, firstNeitherRow))
            : pairsInWesternWords * 2 > pairs ? (null, new TableRefusal(TableRefusalKind.UnknownEncoding, firstOtherRow))
            : (CsvEncoding.Gb18030, null);
    }

    TableRefusal? OpenQuote() => inQuotes ? new TableRefusal(TableRefusalKind.OpenQuote, quoteRow) : null;

    TableRefusal RowTooLong() => new(TableRefusalKind.RowTooLong, row, Detail: $"{limits.RowBytes / 1024} KB");
}
