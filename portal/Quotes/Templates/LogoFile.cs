using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Portal.Quotes.Templates;

/// <summary>
/// A picture as a logo: what it is says its content, not its name. PNG and JPEG of bounded size, and drawings (SVG) that hold nothing but a drawing: no script, no handlers, no links out, no pages inside.
/// </summary>
public static partial class LogoFile
{
    /// <summary>The largest file.</summary>
    public const int MostBytes = 1024 * 1024;

    const int MostPixels = 4000, MostElements = 5000;

    static readonly HashSet<string> Drawing = new(StringComparer.Ordinal)
    {
        "svg", "g", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "symbol", "use", "title", "desc",
        "metadata", "style", "marker", "filter", "feGaussianBlur", "feOffset", "feBlend", "feColorMatrix", "feMerge", "feMergeNode", "feFlood", "feComposite",
    };

    /// <summary>What it is, or the problem with it.</summary>
    /// <param name="content">The bytes; no more than <see cref="MostBytes"/> and one.</param>
    public static (string? Kind, TemplateProblem? Problem) Recognise(byte[] content) => content switch
    {
        [] => (null, Wrong("empty")),
        { Length: > MostBytes } => (null, Wrong("too_large")),
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png(content),
        [0xFF, 0xD8, 0xFF, ..] => Jpeg(content),
        _ => Svg(content),
    };

    /// <summary>How many pixels a PNG or JPEG that was recognised has; none for a drawing.</summary>
    public static (int Width, int Height) SizeOf(ReadOnlySpan<byte> content)
    {
        if (content.Length > 24 && content[0] == 0x89)
        {
            return ((int)BinaryPrimitives.ReadUInt32BigEndian(content[16..]), (int)BinaryPrimitives.ReadUInt32BigEndian(content[20..]));
        }

        return content.Length > 2 && content[0] == 0xFF && FrameOf(content) is var at and > 0 ? (BinaryPrimitives.ReadUInt16BigEndian(content[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(content[(at + 5)..])) : (0, 0);
    }

    static (string?, TemplateProblem?) Png(ReadOnlySpan<byte> content) =>
        content.Length < 33 || !content[12..16].SequenceEqual("IHDR"u8) ? (null, Wrong("broken"))
        : Sized("png", BinaryPrimitives.ReadUInt32BigEndian(content[16..]), BinaryPrimitives.ReadUInt32BigEndian(content[20..]));

    // Four colours are printer's colours, which an archive's PDF does not take.
    static (string?, TemplateProblem?) Jpeg(ReadOnlySpan<byte> content) => FrameOf(content) switch
    {
        0 => (null, Wrong("broken")),
        var at when content[at + 9] == 4 => (null, Wrong("cmyk")),
        _ => SizeOf(content) is var (width, height) ? Sized("jpg", width, height) : default,
    };

    // Where the frame header begins (ITU T.81, B.2.2), which says the size and how many colours there are; 0 where there is none.
    static int FrameOf(ReadOnlySpan<byte> content)
    {
        for (var at = 2; at + 9 < content.Length && content[at] == 0xFF;)
        {
            var marker = content[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC)
            {
                return at;
            }

            at += marker == 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(content[(at + 2)..]);
        }

        return 0;
    }

    static (string?, TemplateProblem?) Sized(string kind, long width, long height) =>
        width is 0 || height is 0 ? (null, Wrong("broken")) : width > MostPixels || height > MostPixels ? (null, Wrong("too_many_pixels", MostPixels)) : (kind, null);

    static (string?, TemplateProblem?) Svg(byte[] content)
    {
        if (!Begin().IsMatch(Encoding.UTF8.GetString(content, 0, Math.Min(content.Length, 4096))))
        {
            return (null, Wrong("wrong_type"));
        }

        try
        {
            using var reader = XmlReader.Create(new MemoryStream(content, writable: false), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostBytes });
            var elements = XDocument.Load(reader).Descendants().ToList();
            return elements.Count > MostElements ? (null, Wrong("broken")) : elements.Select(Danger).FirstOrDefault(found => found is not null) is { } danger ? (null, danger) : ("svg", null);
        }
        catch (XmlException)
        {
            return (null, Wrong("broken"));
        }
    }

    static TemplateProblem? Danger(XElement element)
    {
        var name = element.Name.LocalName;
        if (string.Equals(name, "script", StringComparison.OrdinalIgnoreCase))
        {
            return Wrong("script");
        }

        // What drawing programs note about themselves stands in namespaces of their own and draws nothing.
        if (element.Name.NamespaceName is "http://www.w3.org/2000/svg" && !Drawing.Contains(name))
        {
            return Wrong("element", name);
        }

        foreach (var attribute in element.Attributes())
        {
            if (attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase) && attribute.Name.NamespaceName.Length == 0)
            {
                return Wrong("script");
            }

            if (attribute.Name.LocalName is "href" && !attribute.Value.TrimStart().StartsWith('#'))
            {
                return Wrong("link");
            }

            if (Reaches().IsMatch(attribute.Value))
            {
                return Wrong("link");
            }
        }

        return name is "style" && Reaches().IsMatch(element.Value) ? Wrong("link") : null;
    }

    static TemplateProblem Wrong(string what, params object[] arguments) => new("logo", "templates.logo." + what, arguments);

    [GeneratedRegex(@"\A[\uFEFF\s]*(<\?xml[^>]*>)?(\s|<!--.*?-->)*<([a-zA-Z]+:)?svg\b", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Begin();

    // url(#gradient) stays inside; every other address leads out.
    [GeneratedRegex(@"url\(\s*['""]?\s*(?!#)|@import|expression\(|javascript:", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reaches();
}

/// <summary>What is wrong with a template: where, and the text that says what to change.</summary>
/// <param name="Field">The field of the form.</param>
/// <param name="TextKey">The sentence.</param>
/// <param name="Arguments">What stands in it.</param>
public sealed record TemplateProblem(string Field, string TextKey, params IReadOnlyList<object> Arguments);
