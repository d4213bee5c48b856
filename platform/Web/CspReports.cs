using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Platform.Web;

/// <summary>Takes what browsers report of the content security policy (ASVS 3.4.7) into the log; a page of ours that offends shows up there.</summary>
public static class CspReports
{
    const int Longest = 16 * 1024;

    static readonly string[] Told = ["document-uri", "documentURL", "violated-directive", "effectiveDirective", "blocked-uri", "blockedURL", "line-number", "lineNumber"];

    /// <summary>Maps the address that the policy names.</summary>
    public static IEndpointConventionBuilder MapCspReports(this IEndpointRouteBuilder endpoints, string path = "/csp-reports") =>
        endpoints.MapPost(path, async (HttpContext http, ILoggerFactory logs) =>
        {
            if (http.Request.ContentLength is null or > Longest)
            {
                return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
            }

            try
            {
                using var report = await JsonDocument.ParseAsync(http.Request.Body, new() { MaxDepth = 6 }, http.RequestAborted);
                logs.CreateLogger("Platform.Web.CspReports").LogWarning("A browser stopped something: {Report}", string.Join("; ", Facts(report.RootElement)));
                return Results.NoContent();
            }
            catch (JsonException)
            {
                return Results.StatusCode(StatusCodes.Status400BadRequest);
            }
        }).AllowAnonymous().ExcludeFromDescription();

    // Both forms: {"csp-report": {...}} and [{"type": "csp-violation", "body": {...}}]. Only known members, cut short and without control characters.
    static IEnumerable<string> Facts(JsonElement report)
    {
        var body = report.ValueKind switch
        {
            JsonValueKind.Array when report.GetArrayLength() > 0 => report[0].ValueKind is JsonValueKind.Object && report[0].TryGetProperty("body", out var inner) ? inner : default,
            JsonValueKind.Object => report.TryGetProperty("csp-report", out var inner) ? inner : default,
            _ => default,
        };
        return body.ValueKind is JsonValueKind.Object
            ? body.EnumerateObject().Where(member => Told.Contains(member.Name, StringComparer.Ordinal)).Select(member => $"{member.Name}={Clean(member.Value.ToString())}")
            : [];
    }

    static string Clean(string text) => new([.. text.Take(200).Select(letter => char.IsControl(letter) ? ' ' : letter)]);
}
