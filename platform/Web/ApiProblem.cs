using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Platform.Texts;

namespace Platform.Web;

/// <summary>
/// An answer of the API that says what went wrong (RFC 9457). Return it from an action: it is an <see cref="IActionResult"/>, and an
/// <see cref="IResult"/> for endpoints without MVC. Title and detail are written in the language of the request.
/// </summary>
/// <param name="Status">The status of the answer.</param>
/// <param name="Name">The last part of the stable <c>type</c> (<c>/problems/NAME</c>); a program may rely on it, so it never changes.</param>
/// <param name="TitleKey">The text key of the title, the same for every occurrence.</param>
public sealed record ApiProblem(int Status, string Name, string TitleKey) : IActionResult, IResult
{
    /// <summary>The text key of the sentence about this occurrence and its remedy, if there is more to say than the title.</summary>
    public string? DetailKey { get; init; }

    /// <summary>The values of the detail's placeholders.</summary>
    public IReadOnlyList<object> Arguments { get; init; } = [];

    /// <summary>The fields at fault, each with its remedy.</summary>
    public IReadOnlyList<FieldProblem> Errors { get; init; } = [];

    /// <summary>Further members, for a program to act on.</summary>
    public IReadOnlyDictionary<string, object?> More { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>When trying again makes sense; sent as <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>400: fields are missing or wrong.</summary>
    public static ApiProblem Invalid(params IReadOnlyList<FieldProblem> errors) =>
        new(StatusCodes.Status400BadRequest, "invalid", "problems.invalid") { DetailKey = "problems.invalid.detail", Errors = errors };

    /// <summary>404: it is not there, or it is another tenant's, which looks the same.</summary>
    public static ApiProblem NotFound { get; } = Known(StatusCodes.Status404NotFound, "not-found");

    /// <summary>403: the person's roles do not allow it.</summary>
    public static ApiProblem Forbidden { get; } = Known(StatusCodes.Status403Forbidden, "forbidden");

    /// <summary>403: signed in, but nobody the portal's own tables know.</summary>
    public static ApiProblem UnknownPerson { get; } = Known(StatusCodes.Status403Forbidden, "unknown-person");

    /// <summary>412: somebody changed it in between.</summary>
    public static ApiProblem Stale { get; } = Known(StatusCodes.Status412PreconditionFailed, "stale");

    /// <summary>428: the update does not say which version it saw.</summary>
    public static ApiProblem VersionRequired { get; } = Known(StatusCodes.Status428PreconditionRequired, "version-required");

    /// <summary>409: the rule or the state of the record does not allow it; say which in your own text.</summary>
    /// <param name="name">The last part of the stable type.</param>
    /// <param name="titleKey">The text key.</param>
    /// <param name="arguments">Values for the detail's placeholders, where the text has them.</param>
    public static ApiProblem Conflict(string name, string titleKey, params IReadOnlyList<object> arguments) =>
        new(StatusCodes.Status409Conflict, name, titleKey) { Arguments = arguments };

    /// <summary>A problem whose texts stand in platform: <c>problems.NAME</c> and <c>problems.NAME.detail</c>.</summary>
    internal static ApiProblem Known(int status, string name) =>
        new(status, name, "problems." + Key(name)) { DetailKey = "problems." + Key(name) + ".detail" };

    /// <summary>What is said where the status is all we know.</summary>
    internal static ApiProblem OfStatus(int status) => status switch
    {
        400 => Known(status, "bad-request"),
        401 => Known(status, "unauthenticated"),
        403 => Forbidden,
        404 => NotFound,
        405 => Known(status, "method-not-allowed"),
        406 => Known(status, "not-acceptable"),
        408 => Known(status, "too-slow"),
        409 => Known(status, "conflict"),
        412 => Stale,
        413 => Known(status, "too-large"),
        415 => Known(status, "media-type"),
        422 => Known(status, "unprocessable"),
        428 => VersionRequired,
        429 => Known(status, "too-many-requests"),
        503 => Known(status, "unavailable"),
        >= 400 and < 500 => Known(status, "bad-request"),
        _ => Known(status, "failure"),
    };

    /// <inheritdoc/>
    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        if (RetryAfter is { } wait)
        {
            httpContext.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await httpContext.Response.WriteAsJsonAsync(Body(httpContext), options: null, "application/problem+json; charset=utf-8", httpContext.RequestAborted);
    }

    /// <summary>The members of the answer, in the language of the request.</summary>
    internal Dictionary<string, object?> Body(HttpContext http)
    {
        var texts = http.RequestServices.GetRequiredService<Texts.Texts>();
        var body = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["type"] = "/problems/" + Name,
            ["title"] = texts[TitleKey].Value,
            ["status"] = Status,
        };
        if (DetailKey is not null)
        {
            body["detail"] = texts[DetailKey, [.. Arguments]].Value;
        }

        body["instance"] = http.Request.Path.Value;
        body["correlationId"] = Correlation.Of(http);
        if (Errors.Count > 0)
        {
            body["errors"] = Errors.Select(error => new FieldAnswer(error.Field, Pointer(error.Field), error.Text(texts))).ToList();
        }

        foreach (var (name, value) in More)
        {
            body[name] = value;
        }

        return body;
    }

    static string Key(string name) => name.Replace('-', '_');

    static string Pointer(string field) => field.Length == 0 ? "" : "/" + field.Replace("].", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Replace('[', '/').Replace('.', '/');

    sealed record FieldAnswer([property: JsonPropertyName("field")] string Field, [property: JsonPropertyName("pointer")] string Pointer, [property: JsonPropertyName("detail")] string Detail);
}

/// <summary>A field at fault and what to do about it.</summary>
/// <param name="Field">The field as the request names it: <c>lines[2].quantity</c>.</param>
/// <param name="TextKey">The text key of the sentence, or the sentence itself when it has been translated already.</param>
/// <param name="Arguments">Values for its placeholders.</param>
public sealed record FieldProblem(string Field, string TextKey, params IReadOnlyList<object> Arguments)
{
    /// <summary>The problem as a sentence in the reader's language.</summary>
    public string Text(Texts.Texts texts) => Arguments.Count == 0 ? texts[TextKey].Value : texts[TextKey, [.. Arguments]].Value;
}
