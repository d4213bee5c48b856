using System.IO.Compression;
using Microsoft.Net.Http.Headers;
using Portal.Documents.Excel;

namespace Portal.Documents;

/// <summary>Answers a request with many files in one zip, one after another: what is held is one file, however many there are.</summary>
public static class ZipAnswer
{
    /// <summary>The media type of a zip.</summary>
    public const string Type = "application/zip";

    const int LongestName = 60;
    static readonly DateTimeOffset Earliest = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Sends the files as they come. Packed lightly, for what comes is packed already; stored as it is, an entry whose length is told behind it is more than some programs read.</summary>
    /// <param name="response">The answer; nothing has been sent yet.</param>
    /// <param name="fileName">The name under which the browser keeps it.</param>
    /// <param name="files">The files, in their order.</param>
    /// <param name="ct">Stops the work.</param>
    public static async Task SendZipAsync(this HttpResponse response, string fileName, IAsyncEnumerable<ZippedFile> files, CancellationToken ct)
    {
        response.ContentType = Type;
        var attachment = new ContentDispositionHeaderValue("attachment");
        attachment.SetHttpFileName(fileName);
        response.Headers.ContentDisposition = attachment.ToString();
        await WriteAsync(response.Body, files, ct);
    }

    /// <summary>A text as part of a file's name on any system: letters and digits of every script, blanks and hyphens; no path, nothing that is hidden or runs.</summary>
    public static string SafeName(string text)
    {
        var plain = string.Join(' ', new string([.. text.Normalize().Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '(' or ')' or '（' or '）' ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return plain.Length <= LongestName ? plain : plain[..LongestName].TrimEnd();
    }

    internal static async Task WriteAsync(Stream target, IAsyncEnumerable<ZippedFile> files, CancellationToken ct)
    {
        await using var held = new HeldBytes();
        await using (var zip = new ZipArchive(held, ZipArchiveMode.Create, leaveOpen: true))
        {
            await foreach (var file in files.WithCancellation(ct))
            {
                var entry = zip.CreateEntry(file.Name, CompressionLevel.Fastest);
                entry.LastWriteTime = file.MadeAt < Earliest ? Earliest : file.MadeAt;
                await using (var content = await entry.OpenAsync(ct))
                {
                    await content.WriteAsync(file.Content, ct);
                }

                await held.SendAsync(target, ct);
            }
        }

        await held.SendAsync(target, ct);
        await target.FlushAsync(ct);
    }
}

/// <summary>A file of a zip.</summary>
/// <param name="Name">Its name; no two have the same.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Content">Its bytes.</param>
public sealed record ZippedFile(string Name, DateTimeOffset MadeAt, ReadOnlyMemory<byte> Content);
