using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Portal.Receipts;

/// <summary>Finds the signed text in what somebody hands in: the text itself, a file of it, or the PDF, which carries it in its properties.</summary>
public static partial class ReceiptText
{
    /// <summary>The largest file that is looked through.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    const int MostUnpacked = 16 * 1024 * 1024;
    const int MostStreams = 500;

    /// <summary>The signed text in a file; null where none is.</summary>
    public static string? Find(ReadOnlySpan<byte> file) =>
        file.Length > MostBytes ? null : Find(Encoding.Latin1.GetString(file)) ?? (file.StartsWith("%PDF-"u8) ? FindUnpacked(file) : null);

    /// <summary>What a file is as a receipt: its signed text where one is found, else all of it as it stands.</summary>
    public static ReceiptReading Read(ReadOnlySpan<byte> file, ReceiptKeySet keys) =>
        file.Length > MostBytes ? new ReceiptReading.Refused(ReceiptFlaw.TooLong) : ReceiptSignature.Read(Find(file) ?? (file.StartsWith("%PDF-"u8) ? null : Encoding.UTF8.GetString(file)), keys);

    /// <summary>The signed text in a text, with whatever white space a mail or a print has put into it.</summary>
    public static string? Find(string text)
    {
        if (text.Length > MostUnpacked)
        {
            return null;
        }

        if (Jws().Match(text) is { Success: true } found)
        {
            return found.Value;
        }

        // Broken into lines: from where one begins, for as long as one can be.
        return Beginning().Match(text) is { Success: true } begins
            && Broken().Match(WhiteSpace().Replace(text[begins.Index..Math.Min(text.Length, begins.Index + (2 * ReceiptSignature.Longest))], "")) is { Success: true } broken
            ? broken.Value
            : null;
    }

    // A PDF may keep its properties in a packed stream. Streams are unpacked one by one, with a bound on all of them together.
    static string? FindUnpacked(ReadOnlySpan<byte> file)
    {
        var left = MostUnpacked;
        for (var (at, seen) = (0, 0); seen < MostStreams && left > 0 && file[at..].IndexOf("stream"u8) is >= 0 and var next; seen++)
        {
            at += next + "stream"u8.Length;
            var body = file[at..].TrimStart("\r\n"u8);
            var end = body.IndexOf("endstream"u8);
            if (end < 0)
            {
                return null;
            }

            if (Find(Unpack(body[..end], ref left)) is { } found)
            {
                return found;
            }

            at = file.Length - body.Length + end + "endstream"u8.Length;
        }

        return null;
    }

    static string Unpack(ReadOnlySpan<byte> packed, ref int left)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            using var stream = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            var text = new StringBuilder();
            while (left > 0 && stream.Read(buffer) is > 0 and var read)
            {
                left -= read;
                text.Append(Encoding.Latin1.GetString(buffer.AsSpan(0, read)));
            }

            return text.ToString();
        }
        catch (InvalidDataException)
        {
            return "";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Three parts; each JSON object begins with "eyJ" in base64url, and a signature of ES256 has 86 characters. Looked for where a word begins, so that no
    // text makes it look at the same characters again and again.
    [GeneratedRegex(@"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,16000}\.[A-Za-z0-9_-]{86}(?![A-Za-z0-9_-])", RegexOptions.None, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Jws();

    [GeneratedRegex(@"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10}", RegexOptions.None, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Beginning();

    [GeneratedRegex(@"\AeyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,16000}\.[A-Za-z0-9_-]{86}", RegexOptions.None, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Broken();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 2000)]
    private static partial Regex WhiteSpace();
}
