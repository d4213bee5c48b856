using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Platform.Web;

namespace Platform.Idempotency;

/// <summary>A request with the key it carries and the hash of what it asks for.</summary>
sealed record IdempotentRequest(string Key, byte[] Hash, bool IsForm)
{
    const string Header = "Idempotency-Key";
    const int LongestKey = 255;

    public RequestName Name => new(Key, Hash, IsForm);

    /// <summary>A program names it by a header, a page by a field.</summary>
    public static Task<(IdempotentRequest? Request, ApiProblem? Problem)> OfAsync(ResourceExecutingContext context) =>
        (context.ActionDescriptor as ControllerActionDescriptor)?.EndpointMetadata.OfType<ApiControllerAttribute>().Any() == true ? OfApiAsync(context.HttpContext) : OfFormAsync(context.HttpContext);

    static async Task<(IdempotentRequest? Request, ApiProblem? Problem)> OfApiAsync(HttpContext http)
    {
        if (http.Request.Headers[Header] is not [{ Length: > 0 } key])
        {
            return (null, ApiProblem.Known(StatusCodes.Status400BadRequest, "key-required") with { Errors = [new(Header, "problems.key_required.field")] });
        }

        if (key.Length > LongestKey || key.Any(letter => letter is < '!' or > '~'))
        {
            return (null, ApiProblem.Known(StatusCodes.Status400BadRequest, "key-malformed") with { Errors = [new(Header, "problems.key_required.field")] });
        }

        return (new(key, await HashOfBodyAsync(http), IsForm: false), null);
    }

    static async Task<(IdempotentRequest? Request, ApiProblem? Problem)> OfFormAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return form[FormKey.Field] is [{ Length: > 0 and <= LongestKey } key]
            ? (new("form:" + key, await HashOfFormAsync(http, form), IsForm: true), null)
            : (null, ApiProblem.Known(StatusCodes.Status400BadRequest, "form-expired"));
    }

    static async Task<byte[]> HashOfBodyAsync(HttpContext http)
    {
        using var hash = Begin(http);
        http.Request.EnableBuffering();
        await AppendAsync(hash, http.Request.Body, http.RequestAborted);
        http.Request.Body.Position = 0;
        return hash.GetHashAndReset();
    }

    // Field by field: the browser draws the boundary between parts anew each time it sends them.
    static async Task<byte[]> HashOfFormAsync(HttpContext http, IFormCollection form)
    {
        using var hash = Begin(http);
        foreach (var (name, values) in form.Where(field => field.Key is not FormKey.Field and not "__RequestVerificationToken").OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            foreach (var value in values)
            {
                Append(hash, name);
                Append(hash, value ?? "");
            }
        }

        foreach (var file in form.Files)
        {
            Append(hash, file.Name);
            Append(hash, file.FileName);
            await using var content = file.OpenReadStream();
            await AppendAsync(hash, content, http.RequestAborted);
        }

        return hash.GetHashAndReset();
    }

    static IncrementalHash Begin(HttpContext http)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, http.Request.Method);
        Append(hash, http.Request.Path.Value ?? "");
        Append(hash, http.Request.QueryString.Value ?? "");
        return hash;
    }

    // With its length, so that two fields never read like two others.
    static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }

    static async Task AppendAsync(IncrementalHash hash, Stream stream, CancellationToken ct)
    {
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }
    }
}
