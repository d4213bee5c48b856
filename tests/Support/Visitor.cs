using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Net.Http.Headers;
using MediaTypeHeaderValue = System.Net.Http.Headers.MediaTypeHeaderValue;

namespace Support;

/// <summary>A file put into a form.</summary>
/// <param name="Name">The file name.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">What the browser says it is.</param>
public sealed record TestFile(string Name, byte[] Content, string ContentType = "application/octet-stream");

/// <summary>Somebody with a browser: keeps cookies, follows redirects, fills in the forms that are really on the page.</summary>
public sealed class Visitor
{
    readonly HttpClient http;
    readonly Uri home;

    /// <summary>A browser that reaches one server, under that address.</summary>
    public Visitor(HttpMessageHandler server, string home = "https://portal.test")
    {
        this.home = new(home);
        http = new HttpClient(server) { BaseAddress = this.home };
    }

    /// <summary>The browser's cookies by name.</summary>
    public CookieJar Cookies { get; } = new();

    /// <summary>What the browser asks for; null sends no Accept-Language, which means English.</summary>
    public string? Language { get; set; }

    /// <summary>Opens an address of the portal.</summary>
    public Task<Page> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), follow: true);

    /// <summary>Opens an address and answers what came, without following a redirect.</summary>
    public Task<Page> GetOnlyAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), follow: false);

    /// <summary>Loads a part of a page as htmx does.</summary>
    public Task<Page> GetPartAsync(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("HX-Request", "true");
        return SendAsync(request, follow: true);
    }

    /// <summary>
    /// Opens the page, fills in its form and sends it: the one with all these fields. What is not named keeps the value it has on the page,
    /// the tokens included. Follows the redirect.
    /// </summary>
    public async Task<Page> SubmitAsync(string path, params IEnumerable<(string Field, object? Value)> fields) =>
        await SubmitAsync(await GetAsync(path), fields);

    /// <summary>Fills in and sends a form of a page that is open already; sent twice, it is a double click.</summary>
    public Task<Page> SubmitAsync(Page page, params IEnumerable<(string Field, object? Value)> fields)
    {
        var given = fields.ToList();
        var form = page.Document.Forms.FirstOrDefault(form => IsPost(form) && given.TrueForAll(field => Controls(form, field.Field).Any()))
            ?? throw new InvalidOperationException($"{page.Path} ({(int)page.Status}) has no form with {string.Join(", ", given.Select(field => field.Field))}. It has: {string.Join("; ", page.Document.Forms.Select(Describe))}");
        return SendAsync(form, page, given);
    }

    /// <summary>Presses a button: sends the form that the selector finds (or that holds what it finds), with these fields.</summary>
    public Task<Page> PressAsync(Page page, string selector, params IEnumerable<(string Field, object? Value)> fields)
    {
        var element = page.Document.QuerySelector(selector) ?? throw new InvalidOperationException($"{page.Path} ({(int)page.Status}) has no '{selector}'.");
        var form = element as IHtmlFormElement ?? (element as IHtmlButtonElement)?.Form ?? element.Closest("form") as IHtmlFormElement
            ?? throw new InvalidOperationException($"'{selector}' on {page.Path} belongs to no form.");
        var given = fields.ToList();
        if (element is IHtmlButtonElement { Name.Length: > 0 } button)
        {
            given.Add((button.Name, button.Value));
        }

        return SendAsync(form, page, given, element as IHtmlButtonElement);
    }

    /// <summary>Sends a form that nobody was shown, as a forger would: no token but those given.</summary>
    public Task<Page> PostAsync(string path, params IEnumerable<(string Field, string Value)> fields) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Field, field.Value))) }, follow: false);

    /// <summary>Sends any request with the browser's cookies.</summary>
    public async Task<Page> SendAsync(HttpRequestMessage request, bool follow)
    {
        for (var redirects = 0; ; redirects++)
        {
            Prepare(request);
            var response = await http.SendAsync(request);
            Cookies.Take(response);
            if (follow && redirects < 10 && response.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.SeeOther && response.Headers.Location is { } location
                && (!location.IsAbsoluteUri || location.Host == home.Host))
            {
                request = new HttpRequestMessage(HttpMethod.Get, location);
                continue;
            }

            return await ReadAsync(request, response);
        }
    }

    static bool IsPost(IHtmlFormElement form) => string.Equals(form.GetAttribute("method"), "post", StringComparison.OrdinalIgnoreCase);

    static IEnumerable<IElement> Controls(IHtmlFormElement form, string name) => form.Elements.Where(element => element.GetAttribute("name") == name);

    static string Describe(IHtmlFormElement form) => $"{form.GetAttribute("method")} {form.GetAttribute("action")} ({string.Join(", ", form.Elements.Select(element => element.GetAttribute("name")).Where(name => name is not null).Distinct())})";

    Task<Page> SendAsync(IHtmlFormElement form, Page page, List<(string Field, object? Value)> given, IHtmlButtonElement? button = null)
    {
        var named = given.Select(field => field.Field).ToHashSet();
        var kept = form.Elements.Where(element => element.GetAttribute("name") is { Length: > 0 } name && !named.Contains(name)).SelectMany(Values);
        var all = kept.Concat(given.SelectMany(field => Spread(field.Field, field.Value))).ToList();
        var target = button?.GetAttribute("formaction") ?? form.GetAttribute("action");
        var encoding = button?.GetAttribute("formenctype") ?? form.GetAttribute("enctype");
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, string.IsNullOrEmpty(target) ? page.Path : target)
        {
            Content = encoding == "multipart/form-data" ? Multipart(all) : new FormUrlEncodedContent(all.Select(field => KeyValuePair.Create(field.Name, (string)field.Value))),
        }, follow: true);
    }

    static IEnumerable<(string Name, object Value)> Values(IElement element)
    {
        var name = element.GetAttribute("name")!;
        switch (element)
        {
            case IHtmlInputElement { IsDisabled: true } or IHtmlSelectElement { IsDisabled: true } or IHtmlTextAreaElement { IsDisabled: true } or IHtmlButtonElement:
                break;
            case IHtmlInputElement { Type: "checkbox" or "radio" } choice:
                if (choice.IsChecked)
                {
                    yield return (name, choice.Value);
                }

                break;
            case IHtmlInputElement { Type: "file" or "submit" or "button" }:
                break;
            case IHtmlInputElement input:
                yield return (name, input.Value);
                break;
            case IHtmlTextAreaElement area:
                yield return (name, area.Value);
                break;
            case IHtmlSelectElement select:
                foreach (var option in select.Options.Where(option => option.IsSelected))
                {
                    yield return (name, option.Value);
                }

                break;
        }
    }

    static IEnumerable<(string Name, object Value)> Spread(string name, object? value) => value switch
    {
        null => [],
        TestFile file => [(name, file)],
        string text => [(name, text)],
        bool yes => [(name, yes ? "true" : "false")],
        DateOnly day => [(name, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))],
        IEnumerable<string> many => many.Select(one => (name, (object)one)),
        _ => [(name, Convert.ToString(value, CultureInfo.InvariantCulture)!)],
    };

    static MultipartFormDataContent Multipart(List<(string Name, object Value)> fields)
    {
        var content = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            if (value is TestFile file)
            {
                var part = new ByteArrayContent(file.Content);
                part.Headers.ContentType = MediaTypeHeaderValue.Parse(file.ContentType);
                content.Add(part, name, file.Name);
            }
            else
            {
                content.Add(new StringContent((string)value), name);
            }
        }

        return content;
    }

    void Prepare(HttpRequestMessage request)
    {
        if (Cookies.Header is { Length: > 0 } cookies)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
        }

        if (Language is not null)
        {
            request.Headers.AcceptLanguage.ParseAdd(Language);
        }

        if (request.Headers.Accept.Count == 0)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*", 0.8));
        }
    }

    static async Task<Page> ReadAsync(HttpRequestMessage request, HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var html = response.Content.Headers.ContentType?.MediaType == "text/html" ? System.Text.Encoding.UTF8.GetString(bytes) : "";
        var address = request.RequestUri!.IsAbsoluteUri ? request.RequestUri.PathAndQuery : request.RequestUri.OriginalString;
        return new(response.StatusCode, address, response, await new HtmlParser().ParseDocumentAsync(html), bytes);
    }
}

/// <summary>A browser's cookies.</summary>
public sealed class CookieJar
{
    readonly Dictionary<string, SetCookieHeaderValue> cookies = new(StringComparer.Ordinal);

    /// <summary>What is sent with each request.</summary>
    public string Header => string.Join("; ", cookies.Values.Select(cookie => $"{cookie.Name}={cookie.Value}"));

    /// <summary>A cookie as it was set, or null.</summary>
    public SetCookieHeaderValue? Find(string name) => cookies.GetValueOrDefault(name);

    /// <summary>Puts a cookie in.</summary>
    public void Add(SetCookieHeaderValue cookie) => cookies[cookie.Name.ToString()] = cookie;

    internal void Take(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var set))
        {
            return;
        }

        foreach (var cookie in SetCookieHeaderValue.ParseList([.. set]))
        {
            if (cookie.Value.Length == 0 || cookie.Expires < DateTimeOffset.UnixEpoch.AddDays(1))
            {
                cookies.Remove(cookie.Name.ToString());
            }
            else
            {
                Add(cookie);
            }
        }
    }
}
