using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Support;

/// <summary>A program that calls the API.</summary>
public sealed class ApiClient
{
    readonly HttpClient http;

    internal ApiClient(HttpMessageHandler server, string? bearerToken)
    {
        http = new HttpClient(server) { BaseAddress = new Uri("https://portal.test") };
        if (bearerToken is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearerToken);
        }
    }

    /// <summary>The language of titles and details; null means English.</summary>
    public string? Language { get; set; }

    /// <summary>Reads.</summary>
    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, body: null);

    /// <summary>Creates; a new Idempotency-Key is sent unless one is given (an empty one sends none).</summary>
    public Task<ApiAnswer> PostAsync(string path, object? body, string? key = null) =>
        SendAsync(HttpMethod.Post, path, body, ("Idempotency-Key", key ?? Guid.NewGuid().ToString("N")));

    /// <summary>Changes what it saw as that version; null sends no If-Match.</summary>
    public Task<ApiAnswer> PutAsync(string path, object? body, int? version) =>
        SendAsync(HttpMethod.Put, path, body, ("If-Match", version is { } seen ? $"\"{seen.ToString(CultureInfo.InvariantCulture)}\"" : ""));

    /// <summary>Changes a part of what it saw as that version; null sends no If-Match.</summary>
    public Task<ApiAnswer> PatchAsync(string path, object? body, int? version) =>
        SendAsync(HttpMethod.Patch, path, body, ("If-Match", version is { } seen ? $"\"{seen.ToString(CultureInfo.InvariantCulture)}\"" : ""));

    /// <summary>Sends anything; headers with an empty value are left out.</summary>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, object? body, params IEnumerable<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            string raw => new StringContent(raw, System.Text.Encoding.UTF8, "application/json"),
            _ => JsonContent.Create(body),
        };
        foreach (var (name, value) in headers.Where(header => header.Value.Length > 0))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (Language is not null)
        {
            request.Headers.AcceptLanguage.ParseAdd(Language);
        }

        var response = await http.SendAsync(request);
        return new(response.StatusCode, response, await response.Content.ReadAsStringAsync());
    }
}

/// <summary>An answer of the API.</summary>
/// <param name="Status">The status.</param>
/// <param name="Response">The answer with its headers.</param>
/// <param name="Text">The body as text.</param>
public sealed record ApiAnswer(HttpStatusCode Status, HttpResponseMessage Response, string Text)
{
    /// <summary>The body.</summary>
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The body as a type.</summary>
    public T As<T>() => JsonSerializer.Deserialize<T>(Text, JsonSerializerOptions.Web)!;

    /// <summary>The last part of a problem's type, or null for what is no problem.</summary>
    public string? Problem => Response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? Json.GetProperty("type").GetString()!.Split('/')[^1] : null;

    /// <summary>One of the answer's headers, or null.</summary>
    public string? Header(string name) =>
        Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;
}
