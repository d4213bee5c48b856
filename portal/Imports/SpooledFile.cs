using System.Security.Cryptography;

namespace Portal.Imports;

/// <summary>
/// A file on its way in or out, in a temporary file of this machine that vanishes with it: uploads are hashed and looked through in it,
/// and what is stored in parts is put together in it, because workbooks are read from their end.
/// </summary>
public sealed class SpooledFile : IAsyncDisposable
{
    readonly FileStream content;
    readonly bool isOwner;

    SpooledFile(FileStream content, bool isOwner = true) => (this.content, this.isOwner) = (content, isOwner);

    /// <summary>The content, from its beginning.</summary>
    public Stream Content => content;

    /// <summary>How long it is.</summary>
    public long Length => content.Length;

    /// <summary>How much of it has been read, between 0 and 1.</summary>
    public double ShareRead => content.CanSeek && content.Length > 0 ? Math.Min(1, (double)content.Position / content.Length) : 0;

    /// <summary>The SHA-256 of the content, once it is complete.</summary>
    public byte[] Sha256 { get; private set; } = [];

    /// <summary>Takes a file in. Null when it is longer than it may be: then the rest of it was not read.</summary>
    public static async Task<SpooledFile?> TakeAsync(Stream source, long mostBytes, CancellationToken ct)
    {
        var file = Open();
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[128 * 1024];
            while (await source.ReadAsync(buffer, ct) is > 0 and var read)
            {
                if (file.content.Length + read > mostBytes)
                {
                    await file.DisposeAsync();
                    return null;
                }

                hash.AppendData(buffer, 0, read);
                await file.content.WriteAsync(buffer.AsMemory(0, read), ct);
            }

            file.Sha256 = hash.GetHashAndReset();
            await file.content.FlushAsync(ct);
            file.content.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a file together from its parts.</summary>
    public static async Task<SpooledFile> FromPartsAsync(IAsyncEnumerable<byte[]> parts, CancellationToken ct)
    {
        var file = Open();
        try
        {
            await foreach (var part in parts.WithCancellation(ct))
            {
                await file.content.WriteAsync(part, ct);
            }

            await file.content.FlushAsync(ct);
            file.content.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => isOwner ? content.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>The same file for somebody who puts it away while it is still needed here.</summary>
    internal SpooledFile Shared() => new(content, isOwner: false) { Sha256 = Sha256 };

    static SpooledFile Open()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 64 * 1024, Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // others on the machine have no business with it
        }

        var path = Path.Combine(Path.GetTempPath(), "partnerportal-import-" + Guid.NewGuid().ToString("N"));
        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // Without a name it is gone with this process, however that ends.
            File.Delete(path);
        }

        return new(file);
    }
}
