using System.Buffers;

namespace Portal.Documents.Excel;

/// <summary>Takes synchronous writes (a zip archive knows no others) and sends them on asynchronously, as a web response demands.</summary>
sealed class HeldBytes : Stream
{
    /// <summary>From this length on sending is worth its while.</summary>
    public const int WorthSending = 64 * 1024;

    readonly ArrayBufferWriter<byte> bytes = new(2 * WorthSending);
    long sent;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => bytes.WrittenCount;

    public override long Position
    {
        get => sent + bytes.WrittenCount;
        set => throw new NotSupportedException();
    }

    public async Task SendAsync(Stream target, CancellationToken ct)
    {
        await target.WriteAsync(bytes.WrittenMemory, ct);
        sent += bytes.WrittenCount;
        bytes.ResetWrittenCount();
    }

    public override void Write(byte[] buffer, int offset, int count) => bytes.Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => bytes.Write(buffer);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
