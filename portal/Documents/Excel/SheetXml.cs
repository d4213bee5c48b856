using System.Buffers;
using System.Text;

namespace Portal.Documents.Excel;

/// <summary>Writes the XML of a sheet as the bytes it is kept in: a sheet of a million cells is written as fast as it can be packed, and no cell leaves an object behind.</summary>
sealed class SheetXml(Stream stream) : IDisposable
{
    const int WorthWriting = 32 * 1024;

    /// <summary>What has a meaning of its own in XML, and the carriage return, which readers would take for a line feed of its own.</summary>
    static readonly SearchValues<char> Special = SearchValues.Create("&<>\"\r");

    readonly ArrayBufferWriter<byte> bytes = new(2 * WorthWriting);

    /// <summary>Markup as it stands.</summary>
    public void Raw(ReadOnlySpan<byte> markup) => bytes.Write(markup);

    /// <summary>A number as programs write it.</summary>
    public void Number<T>(T number) where T : IUtf8SpanFormattable
    {
        var room = bytes.GetSpan(64);
        if (!number.TryFormat(room, out var written, default, System.Globalization.CultureInfo.InvariantCulture))
        {
            throw new InvalidOperationException("A number is longer than any number is.");
        }

        bytes.Advance(written);
    }

    /// <summary>A column's letters: 3 is C, 28 is AB.</summary>
    public void Column(int column)
    {
        if (column > 26)
        {
            Column((column - 1) / 26);
        }

        bytes.GetSpan(1)[0] = (byte)('A' + ((column - 1) % 26));
        bytes.Advance(1);
    }

    /// <summary>A text without what XML forbids (<see cref="ExcelSheet.Clean"/>), as content or between quotation marks.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(Special) is >= 0 and var at)
        {
            Encoding.UTF8.GetBytes(text[..at], bytes);
            var follows = at + 1 < text.Length ? text[at + 1] : '\0';
            bytes.Write(text[at] switch
            {
                '&' => "&amp;"u8,
                '<' => "&lt;"u8,
                '>' => "&gt;"u8,
                '"' => "&quot;"u8,
                _ when follows == '\n' => ""u8,
                _ => "\n"u8,
            });
            text = text[(at + 1)..];
        }

        Encoding.UTF8.GetBytes(text, bytes);
    }

    /// <summary>Hands on what has been written, where it is worth it.</summary>
    public void Pass()
    {
        if (bytes.WrittenCount >= WorthWriting)
        {
            Send();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Send();
        stream.Dispose();
    }

    void Send()
    {
        stream.Write(bytes.WrittenSpan);
        bytes.ResetWrittenCount();
    }
}
