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

    /// <summary>What the file conforms to.</summary>
    public PdfStandard Standard { get; init; } = PdfStandard.Archive;

    /// <summary>Further files the template may read, by their name: a logo, a QR code, a terms text.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; init; } = new Dictionary<string, byte[]>(StringComparer.Ordinal);

    /// <summary>The data as the template will read it.</summary>
    internal byte[] DataFile() => JsonSerializer.SerializeToUtf8Bytes(Data, Data.GetType(), Json);
}

/// <summary>The standards a PDF can conform to; the compiler applies one at a time.</summary>
public enum PdfStandard
{
    /// <summary>PDF/A-2a: kept readable for decades, fonts embedded, tagged for reading aloud.</summary>
    Archive,

    /// <summary>PDF/UA-1: the accessibility standard; the template has to give each picture a description.</summary>
    Accessible,

    /// <summary>PDF 1.7 with tags and nothing promised; for previews.</summary>
    Plain,
}
