using System.Buffers.Binary;
using System.IO.Compression;

namespace Portal.Quotes;

/// <summary>
/// A drawn signature as a browser's canvas gives it. Only its ink is taken: the pixels are read and written anew, so that whatever else stood in the file - comments, profiles, something behind its end - is not kept.
/// </summary>
public static class SignatureImage
{
    /// <summary>The largest file that is looked at, in bytes.</summary>
    public const int MostBytes = 120_000;

    /// <summary>The widest and highest one.</summary>
    public const int MostWidth = 1600, MostHeight = 800;

    /// <summary>So many pixels of ink are a stroke and no slip of the finger.</summary>
    const int LeastInk = 40;

    const string Prefix = "data:image/png;base64,";

    static readonly byte[] Head = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
    static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <summary>Reads what a form sent; empty for nothing, null for what is no picture of a signature.</summary>
    /// <param name="dataUrl">The picture as a data URL.</param>
    public static byte[]? Read(string? dataUrl)
    {
        if (string.IsNullOrEmpty(dataUrl))
        {
            return [];
        }

        if (!dataUrl.StartsWith(Prefix, StringComparison.Ordinal) || dataUrl.Length > Prefix.Length + (MostBytes * 4 / 3) + 4)
        {
            return null;
        }

        var bytes = new byte[dataUrl.Length];
        return Convert.TryFromBase64Chars(dataUrl.AsSpan(Prefix.Length), bytes, out var length) ? Clean(bytes.AsSpan(0, length)) : null;
    }

    /// <summary>The same ink in a PNG of our own making; null for what is no PNG of a canvas, is too large, or shows nothing.</summary>
    public static byte[]? Clean(ReadOnlySpan<byte> file)
    {
        try
        {
            return file.Length <= MostBytes && file.StartsWith(Head) && Pixels(file[Head.Length..], out var width, out var height) is { } ink && ink.Count(grey => grey > 127) >= LeastInk ? Write(ink, width, height) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    // How dark each pixel is on white paper: 0 for paper, 255 for ink.
    static byte[]? Pixels(ReadOnlySpan<byte> chunks, out int width, out int height)
    {
        (width, height) = (0, 0);
        var (channels, ended) = (0, false);
        using var packed = new MemoryStream();
        while (!ended)
        {
            if (chunks.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(chunks) is var length && length > chunks.Length - 12
                || Crc(chunks.Slice(4, 4 + (int)length)) != BinaryPrimitives.ReadUInt32BigEndian(chunks[(8 + (int)length)..]))
            {
                return null;
            }

            var content = chunks.Slice(8, (int)length);
            switch (BinaryPrimitives.ReadUInt32BigEndian(chunks[4..]))
            {
                case 0x49484452 when channels == 0 && length == 13: // IHDR
                    (width, height) = (BinaryPrimitives.ReadInt32BigEndian(content), BinaryPrimitives.ReadInt32BigEndian(content[4..]));
                    // Eight bits, no interlacing: what every canvas writes.
                    channels = (content[8], content[9], content[10], content[11], content[12]) switch { (8, 0, 0, 0, 0) => 1, (8, 2, 0, 0, 0) => 3, (8, 4, 0, 0, 0) => 2, (8, 6, 0, 0, 0) => 4, _ => 0 };
                    break;
                case 0x49444154 when channels > 0: // IDAT
                    packed.Write(content);
                    break;
                case 0x49454E44: // IEND
                    ended = true;
                    break;
                case var name when (name & 0x20000000) == 0: // one that must be understood
                    return null;
            }

            if (channels == 0 || width is < 1 or > MostWidth || height is < 1 or > MostHeight)
            {
                return null;
            }

            chunks = chunks[(12 + (int)length)..];
        }

        packed.Position = 0;
        return Ink(packed, width, height, channels);
    }

    static byte[]? Ink(Stream packed, int width, int height, int channels)
    {
        using var rows = new ZLibStream(packed, CompressionMode.Decompress);
        var ink = new byte[width * height];
        var (before, row) = (new byte[width * channels], new byte[1 + (width * channels)]);
        for (var y = 0; y < height; y++)
        {
            if (rows.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length || !Unfilter(row, before, channels))
            {
                return null;
            }

            for (var x = 0; x < width; x++)
            {
                var pixel = row.AsSpan(1 + (x * channels), channels);
                var grey = channels < 3 ? pixel[0] : ((pixel[0] * 299) + (pixel[1] * 587) + (pixel[2] * 114)) / 1000;
                ink[(y * width) + x] = (byte)((255 - grey) * (channels is 2 or 4 ? pixel[channels - 1] : 255) / 255);
            }

            row.AsSpan(1).CopyTo(before);
        }

        return ink;
    }

    static bool Unfilter(byte[] row, byte[] before, int channels)
    {
        for (var i = 1; i < row.Length; i++)
        {
            int left = i > channels ? row[i - channels] : 0, above = before[i - 1], corner = i > channels ? before[i - 1 - channels] : 0;
            row[i] += row[0] switch { 0 => 0, 1 => (byte)left, 2 => (byte)above, 3 => (byte)((left + above) / 2), 4 => (byte)Nearest(left, above, corner), _ => 0 };
        }

        return row[0] <= 4;
    }

    static int Nearest(int left, int above, int corner)
    {
        var guess = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(guess - left), Math.Abs(guess - above), Math.Abs(guess - corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }

    // Grey on white, without transparency: printed the same everywhere, and allowed in PDF/A.
    static byte[] Write(byte[] ink, int width, int height)
    {
        using var packed = new MemoryStream();
        using (var rows = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                rows.WriteByte(0);
                rows.Write(Array.ConvertAll(ink[(y * width)..((y + 1) * width)], dark => (byte)(255 - dark)));
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        return [.. Head, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content)
    {
        byte[] chunk = [0, 0, 0, 0, .. name, .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(chunk.AsSpan(4, chunk.Length - 8)));
        return chunk;
    }

    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc = Table[(crc ^ one) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }

    static uint Entry(int number)
    {
        var entry = (uint)number;
        for (var bit = 0; bit < 8; bit++)
        {
            entry = (entry & 1) == 1 ? 0xEDB88320 ^ (entry >> 1) : entry >> 1;
        }

        return entry;
    }
}
