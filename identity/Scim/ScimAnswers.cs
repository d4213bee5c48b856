using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Throttling;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Identity.Scim;

/// <summary>The door before everything under /scim: a token of a tenant's directory, not too many requests, refusals told as SCIM tells them.</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class ScimAttribute : Attribute, IAsyncResourceFilter
{
    const string Scheme = "Bearer ";

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        var services = http.RequestServices;
        var throttle = services.GetRequiredService<Throttle>();
        var header = http.Request.Headers.Authorization.ToString();
        var caller = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? await services.GetRequiredService<ScimTokenStore>().FindAsync(header[Scheme.Length..].Trim(), http.RequestAborted) : null;
        if (caller is null)
        {
            context.Result = await RefuseAsync(http, throttle);
            return;
        }

        if (await throttle.TakeAsync(Limit.ScimRequests, caller.TenantKey, http.RequestAborted) is { } wait)
        {
            context.Result = TooMany(http, wait);
            return;
        }

        http.Features.Set(caller);
        var executed = await next();
        if (executed.Exception is ScimException refused)
        {
            executed.ExceptionHandled = true;
            await ScimAnswers.Error(refused.Status, refused.ScimType, refused.Message).ExecuteResultAsync(new ActionContext(http, context.RouteData, context.ActionDescriptor));
        }
    }

    // Only who brings nothing good is held back: others may come from the same address.
    static async Task<ContentResult> RefuseAsync(HttpContext http, Throttle throttle)
    {
        if (await throttle.TakeAsync(Limit.ScimFailures, Throttle.Address(http), http.RequestAborted) is { } wait)
        {
            return TooMany(http, wait);
        }

        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"scim\"";
        return ScimAnswers.Error(StatusCodes.Status401Unauthorized, null, "A token of a directory is needed; it may have expired or been revoked.");
    }

    static ContentResult TooMany(HttpContext http, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return ScimAnswers.Error(StatusCodes.Status429TooManyRequests, null, "Too many requests; try again later.");
    }
}

/// <summary>What all resources of SCIM share: reading requests, writing answers.</summary>
static class ScimAnswers
{
    public const string MediaType = "application/scim+json";

    /// <summary>The most of a list that one answer has.</summary>
    public const int MostPerPage = 200;

    /// <summary>Whose directory calls.</summary>
    public static ScimCaller Scim(this HttpContext http) => http.Features.Get<ScimCaller>() ?? throw new InvalidOperationException("Behind the door there is a caller.");

    /// <summary>The body as an object.</summary>
    /// <exception cref="ScimException">invalidSyntax.</exception>
    public static async Task<JsonObject> ReadScimAsync(this HttpRequest request, CancellationToken ct)
    {
        if (request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() is not (MediaType or "application/json"))
        {
            throw new ScimException(StatusCodes.Status415UnsupportedMediaType, null, $"Send {MediaType}.");
        }

        try
        {
            var node = await JsonNode.ParseAsync(request.Body, new() { PropertyNameCaseInsensitive = false }, new() { MaxDepth = 20, AllowDuplicateProperties = false }, ct);
            return node as JsonObject ?? throw ScimException.InvalidSyntax("The body is a JSON object.");
        }
        catch (JsonException)
        {
            throw ScimException.InvalidSyntax("The body is not JSON.");
        }
    }

    /// <summary>The query of a list, from the address or from the body of a search.</summary>
    public static ScimQuery ReadQuery(Func<string, string?> parameter)
    {
        var start = Number(parameter("startIndex")) ?? 1;
        var count = Number(parameter("count")) ?? MostPerPage;
        return new(
            parameter("filter") is { Length: > 0 } filter ? ScimFilterParser.Read(filter) : null,
            parameter("sortBy") is { Length: > 0 } sortBy ? sortBy : null,
            string.Equals(parameter("sortOrder"), "descending", StringComparison.OrdinalIgnoreCase),
            Math.Max(1, start), Math.Clamp(count, 0, MostPerPage));
    }

    /// <summary>A resource with its version; 304 where the caller has it already.</summary>
    public static IActionResult Resource(HttpContext http, JsonObject resource, int status = StatusCodes.Status200OK)
    {
        var meta = resource["meta"]!;
        var version = meta["version"]!.GetValue<string>();
        http.Response.Headers.ETag = version;
        http.Response.Headers.ContentLocation = meta["location"]!.GetValue<string>();
        if (status is StatusCodes.Status201Created)
        {
            http.Response.Headers.Location = meta["location"]!.GetValue<string>();
        }

        return HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.IfNoneMatch.ToString() == version
            ? new StatusCodeResult(StatusCodes.Status304NotModified)
            : Json(Selected(resource, http.Request.Query["attributes"], http.Request.Query["excludedAttributes"]), status);
    }

    /// <summary>A list of resources.</summary>
    public static ContentResult List(HttpContext http, int total, int startIndex, IEnumerable<JsonObject> resources)
    {
        var page = new JsonArray([.. resources.Select(each => Selected(each, http.Request.Query["attributes"], http.Request.Query["excludedAttributes"]))]);
        return Json(new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:ListResponse"),
            ["totalResults"] = total, ["startIndex"] = startIndex, ["itemsPerPage"] = page.Count, ["Resources"] = page,
        });
    }

    /// <summary>A refusal (RFC 7644, 3.12).</summary>
    public static ContentResult Error(int status, string? scimType, string detail)
    {
        var error = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:Error"),
            ["status"] = status.ToString(CultureInfo.InvariantCulture), ["detail"] = detail,
        };
        if (scimType is not null)
        {
            error["scimType"] = scimType;
        }

        return Json(error, status);
    }

    public static ContentResult Json(JsonNode node, int status = StatusCodes.Status200OK) => new() { Content = node.ToJsonString(), ContentType = MediaType, StatusCode = status };

    /// <summary>Whether an If-Match allows a change of that version.</summary>
    public static bool Matches(string? ifMatch, string version) => ifMatch is null || ifMatch.Split(',').Any(each => each.Trim() is "*" || each.Trim() == ETag(version));

    /// <summary>A version as HTTP writes it.</summary>
    public static string ETag(string version) => $"W/\"{version}\"";

    /// <summary>The If-Match of a request, or null.</summary>
    public static string? IfMatch(this HttpRequest request) => request.Headers.IfMatch.ToString() is { Length: > 0 } header ? header : null;

    /// <summary>The common part of every resource.</summary>
    public static JsonObject Meta(string type, string location, string version, DateTime created, DateTime lastModified) => new()
    {
        ["resourceType"] = type, ["created"] = Moment(created), ["lastModified"] = Moment(lastModified), ["location"] = location, ["version"] = ETag(version),
    };

    static string Moment(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // RFC 7644, 3.9; id and schemas always stay.
    static JsonObject Selected(JsonObject resource, string? attributes, string? excluded)
    {
        if (Names(attributes) is { Count: > 0 } wanted)
        {
            Drop(resource, name => !wanted.Contains(name));
        }
        else if (Names(excluded) is { Count: > 0 } unwanted)
        {
            Drop(resource, unwanted.Contains);
        }

        return resource;
    }

    static void Drop(JsonObject resource, Func<string, bool> isUnwanted)
    {
        foreach (var name in resource.Select(member => member.Key).Where(name => name is not ("id" or "schemas") && isUnwanted(name)).ToList())
        {
            resource.Remove(name);
        }
    }

    static HashSet<string> Names(string? list) =>
        [.. (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(path => ScimJson.WithoutSchema(path).Split('.')[0])
            .Select(name => KnownCase.TryGetValue(name, out var known) ? known : name)];

    static readonly Dictionary<string, string> KnownCase = new[] { "externalId", "userName", "name", "displayName", "emails", "preferredLanguage", "active", "roles", "groups", "members", "meta" }
        .ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    static int? Number(string? text) =>
        text is null or "" ? null : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw ScimException.InvalidValue("startIndex and count are numbers.");
}
