using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Support;

/// <summary>An answer as somebody sees it in a browser.</summary>
/// <param name="Status">The status of the answer, after redirects.</param>
/// <param name="Path">Where the browser ended: path and query.</param>
/// <param name="Headers">The answer's headers.</param>
/// <param name="Document">The page; empty for what is not HTML.</param>
/// <param name="Bytes">The body as it came.</param>
public sealed record Page(HttpStatusCode Status, string Path, HttpResponseMessage Headers, IHtmlDocument Document, byte[] Bytes)
{
    /// <summary>The text of the one element the selector finds, with white space folded.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public string Text(string selector) => All(selector) switch
    {
        [var only] => only,
        [] => throw new InvalidOperationException($"{Path} ({(int)Status}) has nothing at '{selector}':\n{Document.Body?.TextContent.Trim()}"),
        var many => throw new InvalidOperationException($"{Path} has {many.Count} at '{selector}': {string.Join(" | ", many)}"),
    };

    /// <summary>The texts of all elements the selector finds.</summary>
    public IReadOnlyList<string> All(string selector) => [.. Document.QuerySelectorAll(selector).Select(element => Fold(element.TextContent))];

    /// <summary>True when the selector finds something.</summary>
    public bool Has(string selector) => Document.QuerySelector(selector) is not null;

    /// <summary>The value of the field of that name, in the first form that has it.</summary>
    public string? Value(string field) => Document.QuerySelector($"[name='{field}']") switch
    {
        IHtmlInputElement input => input.Value,
        IHtmlSelectElement select => select.Value,
        IHtmlTextAreaElement area => area.Value,
        _ => null,
    };

    /// <summary>All words on the page.</summary>
    public string Words => Fold(Document.Body?.TextContent ?? "");

    /// <summary>The body as text.</summary>
    public string Body => System.Text.Encoding.UTF8.GetString(Bytes);

    /// <summary>One of the answer's headers, or null.</summary>
    public string? Header(string name) =>
        Headers.Headers.TryGetValues(name, out var values) || Headers.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    static string Fold(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
