using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Portal.Documents.Typst;

namespace Portal.Quotes.Templates;

/// <summary>
/// A drawn logo (SVG) as a workbook takes it: in pixels, made once of each drawing by a typesetting worker and kept beside it. A drawing that says nothing of its size is left out, as all drawings were before.
/// </summary>
static class LogoInPixels
{
    // Units of the picture; the worker draws several pixels for each.
    const decimal Height = 80, Widest = 800;

    // The worker draws in pixels what stands under a filter; this one changes nothing.
    const string Filter = "in-pixels";

    const string Template = "#set page(width: auto, height: auto, margin: 0pt)\n#image(\"/logo.svg\")";

    /// <summary>The logo as it is, or the picture of a drawing; null where there is none.</summary>
    public static async Task<LookFile?> OfAsync(LookFile logo, QuoteTemplateStore templates, TypstWorkers typst, CancellationToken ct)
    {
        if (logo.Kind is not "svg")
        {
            return logo;
        }

        if (await templates.LogoPictureAsync(logo.Sha256, ct) is { } kept)
        {
            return new(logo.Sha256, "png", kept);
        }

        return Framed(logo.Content) is { } framed
            && await typst.RenderAsync(new(Template, new { }, "Logo", DateTimeOffset.UnixEpoch) { Standard = PdfStandard.Pixels, Files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["logo.svg"] = framed } }, ct) is Typesetting.Pdf made
            && await templates.KeepLogoPictureAsync(logo.Sha256, made.Content, ct) is { } picture
                ? new(logo.Sha256, "png", picture) : null;
    }

    /// <summary>The drawing at the size of the picture, under the filter; null where it does not say how wide and high it is.</summary>
    internal static byte[]? Framed(byte[] drawing)
    {
        using var reader = XmlReader.Create(new MemoryStream(drawing, writable: false), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        var root = XDocument.Load(reader).Root!;
        if (BoxOf(root) is not { } box)
        {
            return null;
        }

        var width = Math.Min(Widest, decimal.Round(Height * box.Width / box.Height, 2));
        var height = decimal.Round(width * box.Height / box.Width, 2);
        if (width < 1 || height < 1)
        {
            return null;
        }

        XNamespace svg = "http://www.w3.org/2000/svg";
        root.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"{box.Left} {box.Top} {box.Width} {box.Height}"));
        foreach (var (name, value) in new[] { ("x", 0m), ("y", 0m), ("width", width), ("height", height) })
        {
            root.SetAttributeValue(name, value);
        }

        XElement Sized(string name, params object[] content) => new(svg + name, new XAttribute("width", width), new XAttribute("height", height), content);
        var frame = Sized("svg", new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}")),
            Sized("filter", new XAttribute("id", Filter), new XAttribute("filterUnits", "userSpaceOnUse"), new XAttribute("x", 0), new XAttribute("y", 0), new XAttribute("color-interpolation-filters", "sRGB"),
                new XElement(svg + "feOffset", new XAttribute("dx", 0), new XAttribute("dy", 0))),
            new XElement(svg + "g", new XAttribute("filter", $"url(#{Filter})"), root));
        return Encoding.UTF8.GetBytes(frame.ToString(SaveOptions.DisableFormatting));
    }

    static (decimal Left, decimal Top, decimal Width, decimal Height)? BoxOf(XElement root)
    {
        if (root.Attribute("viewBox")?.Value.Split([' ', ',', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries) is [var left, var top, var wide, var high]
            && Number(left) is { } x && Number(top) is { } y && Number(wide) is > 0 and { } width && Number(high) is > 0 and { } height)
        {
            return (x, y, width, height);
        }

        return Number(root.Attribute("width")?.Value) is > 0 and { } across && Number(root.Attribute("height")?.Value) is > 0 and { } down ? (0, 0, across, down) : null;
    }

    // Both in the same unit, or in none; a share of what is around says nothing.
    static decimal? Number(string? typed)
    {
        var text = typed?.Trim() ?? "";
        var digits = text.TrimEnd('p', 'x', 't', 'm', 'c', 'i', 'n');
        return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1_000_000 ? number : null;
    }
}
