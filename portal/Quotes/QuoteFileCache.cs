using Microsoft.Extensions.Caching.Memory;

namespace Portal.Quotes;

/// <summary>
/// Keeps the bytes of frozen files that were just served in memory, by their SHA-256: they never change. Who may have a file the database is asked each time; it answers with the hash alone.
/// </summary>
public sealed class QuoteFileCache : IDisposable
{
    const long MostBytes = 64 * 1024 * 1024;
    const int LargestFile = 4 * 1024 * 1024;
    static readonly TimeSpan Kept = TimeSpan.FromMinutes(20);

    readonly MemoryCache files = new(new MemoryCacheOptions { SizeLimit = MostBytes });

    /// <summary>The bytes of that hash, read where they are not at hand.</summary>
    public async Task<byte[]> GetAsync(string sha256, Func<Task<byte[]>> read)
    {
        if (files.TryGetValue(sha256, out byte[]? held))
        {
            return held!;
        }

        var content = await read();
        if (content.Length <= LargestFile)
        {
            files.Set(sha256, content, new MemoryCacheEntryOptions { Size = content.Length, SlidingExpiration = Kept });
        }

        return content;
    }

    /// <inheritdoc/>
    public void Dispose() => files.Dispose();
}
