using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Portal.Attachments;

/// <summary>Writes a stored file to whoever asked for it, part by part: as a download that no browser runs, and that nobody else keeps.</summary>
/// <param name="name">Its name.</param>
/// <param name="kind">The name of its <see cref="FileKind"/>.</param>
/// <param name="bytes">How long it is, in bytes.</param>
/// <param name="parts">Reads it.</param>
public sealed class FileDownload(string name, string kind, long bytes, Func<CancellationToken, IAsyncEnumerable<byte[]>> parts) : IActionResult
{
    /// <inheritdoc/>
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        http.Response.ContentType = FileKind.Of(kind).ContentType;
        http.Response.ContentLength = bytes;
        http.Response.Headers.ContentDisposition = disposition.ToString();
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.CacheControl = "private, no-store";
        await foreach (var part in parts(http.RequestAborted))
        {
            await http.Response.Body.WriteAsync(part, http.RequestAborted);
        }
    }
}
