using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Caching.Memory;

namespace Portal.Web;

/// <summary>
/// On an action of the API whose file never changes once it is there: a program that asks for the same file again within <see cref="FrozenFiles.Kept"/> is answered with it at once, for as long as its token is good. Whether
/// it may have the file is looked up when that time is over, like whether its token still counts.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FrozenFileAttribute : Attribute, IAsyncResultFilter
{
    /// <inheritdoc/>
    public Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        // Only what has a hash for its tag is the same for ever; "come again later" is not.
        if (context.Result is FileContentResult { EntityTag: not null } file)
        {
            context.HttpContext.RequestServices.GetRequiredService<FrozenFiles>().Keep(context.HttpContext, file);
        }

        return next();
    }
}

/// <summary>The files that programs were just given, by token and address.</summary>
public sealed class FrozenFiles(TimeProvider clock) : IDisposable
{
    /// <summary>How long nobody is asked again; what is taken away from a program is out of its reach within a second.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMilliseconds(500);

    const long MostBytes = 64 * 1024 * 1024;
    const int LargestFile = 4 * 1024 * 1024;

    // The cache forgets by the machine's clock, whether an answer still counts is looked at by the service's.
    static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    readonly MemoryCache answers = new(new MemoryCacheOptions { SizeLimit = MostBytes });

    /// <summary>What this program was given under this address a moment ago, or null.</summary>
    public FileContentResult? Find(HttpContext http) =>
        KeyOf(http) is { } key && answers.TryGetValue(key, out Answer? answer) && clock.GetUtcNow() - answer!.At < Kept ? answer.File : null;

    /// <summary>Keeps what is given.</summary>
    public void Keep(HttpContext http, FileContentResult file)
    {
        if (KeyOf(http) is { } key && file.FileContents.Length <= LargestFile)
        {
            answers.Set(key, new Answer(file, clock.GetUtcNow()), new MemoryCacheEntryOptions { Size = file.FileContents.Length, AbsoluteExpirationRelativeToNow = Remembered });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => answers.Dispose();

    // A person's session is no program's token, and a person reads a file once.
    static string? KeyOf(HttpContext http) => http.User.Identity?.IsAuthenticated == true && http.Request.Headers.Authorization is [{ Length: > 0 } token]
        ? Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{token}\n{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n{http.Request.Headers.AcceptLanguage}")))
        : null;

    sealed record Answer(FileContentResult File, DateTimeOffset At);
}

/// <summary>Answers with kept files.</summary>
static class FrozenFilesSetup
{
    /// <summary>Put it behind authentication and the limits of calls, before anybody is looked up.</summary>
    public static IApplicationBuilder UseFrozenFiles(this IApplicationBuilder app) => app.Use((http, next) =>
        http.GetEndpoint()?.Metadata.GetMetadata<FrozenFileAttribute>() is not null && http.RequestServices.GetRequiredService<FrozenFiles>().Find(http) is { } file
            ? file.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()))
            : next(http));
}
