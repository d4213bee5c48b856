using System.Buffers.Binary;
using System.IO.Compression;
using Portal.Tests.Documents;

namespace Portal.Tests.Quotes;

/// <summary>Pictures as a browser's canvas makes them, and PDFs looked at by other programs.</summary>
static class Pictures
{
    /// <summary>A picture with a stroke across it.</summary>
    public static byte[] Stroke(int width, int height, params IReadOnlyList<(string Name, byte[] Content)> more) => Png(width, height, (x, y) => Math.Abs(y - (x * height / width)) < 3, more);

    /// <summary>A picture in which nobody drew.</summary>
    public static byte[] Blank(int width, int height) => Png(width, height, (_, _) => false, []);

    public static string DataUrl(byte[] content) => "data:image/png;base64," + Convert.ToBase64String(content);

    static byte[] Png(int width, int height, Func<int, int, bool> isInk, IReadOnlyList<(string Name, byte[] Content)> more)
    {
        using var packed = new MemoryStream();
        using (var rows = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                rows.WriteByte(0);
                for (var x = 0; x < width; x++)
                {
                    rows.Write(isInk(x, y) ? [20, 35, 59, 255] : new byte[] { 255, 255, 255, 255 });
                }
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 6);
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", header), .. more.SelectMany(one => Chunk(one.Name, one.Content)), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    static byte[] Chunk(string name, byte[] content)
    {
        byte[] chunk = [0, 0, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(name), .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        var crc = uint.MaxValue;
        foreach (var one in chunk.AsSpan(4, chunk.Length - 8))
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), ~crc);
        return chunk;
    }

    public static Task<string> WordsOfAsync(byte[] pdf) => WithFileAsync(pdf, path => Programs.RunAsync("pdftotext", "-layout", path, "-"));

    public static Task<string> CheckAsync(byte[] pdf) => WithFileAsync(pdf, path => Programs.RunAsync("qpdf", "--check", path));

    static async Task<string> WithFileAsync(byte[] content, Func<string, Task<string>> work)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllBytesAsync(path, content);
        try
        {
            return await work(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
