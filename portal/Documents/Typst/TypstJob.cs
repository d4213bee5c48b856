using System.Text.Encodings.Web;
using System.Text.Json;

namespace Portal.Documents.Typst;

/// <summary>
/// A document to typeset. What people typed goes into <see cref="Data"/>, which the template reads with <c>json("/data.json")</c>; it is never
/// part of the template's source, so nobody can write Typst into somebody else's document. Equal jobs give byte-identical files.
/// </summary>
/// <param name="Template">The template's source; it begins with <c>#import "/house.typ": *</c> when it follows the house style.</param>
/// <param name="Data">Whatever serialises to JSON, with camelCase names. Amounts and dates are passed as the text to be shown: JSON numbers become floats.</param>
/// <param name="Title">The document's title in its properties; PDF/A and PDF/UA demand one.</param>
/// <param name="Timestamp">When the document was made, as its properties say. Take it from what is printed (the day a quote was sent), not from the clock.</param>
public sealed record TypstJob(string Template, object Data, string Title, DateTimeOffset Timestamp)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The language of the document, <c>en</c> or <c>zh-CN</c>: hyphenation, line breaking, reading aloud, and the house style's own words.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Words printed large and pale across each page, such as the word for draft; empty for none.</summary>
    public string Watermark { get; init; } = "";

    /// <summary>Colours and type, where they are not the house's own.</summary>
    public HouseLook Look { get; init; } = new();

    /// <summary>What the file conforms to.</summary>
    public PdfStandard Standard { get; init; } = PdfStandard.Archive;

    /// <summary>Further files the template may read, by their name: a logo, a QR code, a terms text.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; init; } = new Dictionary<string, byte[]>(StringComparer.Ordinal);

    /// <summary>The data as the template will read it.</summary>
    internal byte[] DataFile() => JsonSerializer.SerializeToUtf8Bytes(Data, Data.GetType(), Json);
}

/// <summary>What a PDF conforms to.</summary>
public enum PdfStandard
{
    /// <summary>
    /// PDF/A-2a and PDF/UA-1 at once: kept readable for decades with its fonts embedded, and tagged to be read aloud. A template whose picture has no description, or whose headings leave a step out, is refused.
    /// </summary>
    Archive,

    /// <summary>PDF 1.7 with tags and nothing promised; for previews.</summary>
    Plain,

    /// <summary>No PDF: an SVG of all pages, one under another, with every letter drawn; for a look in the browser.</summary>
    Picture,

    /// <summary>No PDF: a PNG of what stands in the document under a filter (SVG), the only thing that the compiler draws in pixels.</summary>
    Pixels,
}

/// <summary>Colours and type of a document. The house's own where nothing is said.</summary>
public sealed record HouseLook
{
    /// <summary>The typefaces the product brings, all with Latin and Chinese: <c>sans</c>, <c>serif</c>, <c>mixed</c> (headings with, text without serifs).</summary>
    public static IReadOnlyList<string> Typefaces { get; } = ["sans", "serif", "mixed"];

    /// <summary>The sizes of the text: <c>small</c>, <c>normal</c>, <c>large</c>.</summary>
    public static IReadOnlyList<string> Sizes { get; } = ["small", "normal", "large"];

    /// <summary>The colour of headings, lines and the sum, #rrggbb.</summary>
    public string Accent { get; init; } = "#1c5d7d";

    /// <summary>The colour of the text.</summary>
    public string Ink { get; init; } = "#1d2733";

    /// <summary>The ground of the band of facts and of remarks.</summary>
    public string Wash { get; init; } = "#f5f7f9";

    /// <summary>One of <see cref="Typefaces"/>.</summary>
    public string Typeface { get; init; } = "sans";

    /// <summary>One of <see cref="Sizes"/>.</summary>
    public string Size { get; init; } = "normal";
}
