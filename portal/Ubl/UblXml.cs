using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Portal.Ubl;

/// <summary>The namespaces of UBL 2.1, and the small words with which documents are written and read.</summary>
static class UblXml
{
    /// <summary>The largest document that is read.</summary>
    public const int MostBytes = 5 * 1024 * 1024;

    /// <summary>Under which scheme companies are known by their number here.</summary>
    public const string NumberScheme = "PartnerPortal";

    /// <summary>Under which scheme companies are known by the brand's code.</summary>
    public const string CodeScheme = "PartnerCode";

    /// <summary>The scheme of GTINs (ISO/IEC 6523).</summary>
    public const string GtinScheme = "0160";

    const string Root = "urn:oasis:names:specification:ubl:schema:xsd:";

    public static readonly XNamespace Cac = Root + "CommonAggregateComponents-2";

    public static readonly XNamespace Cbc = Root + "CommonBasicComponents-2";

    static readonly XmlReaderSettings Careful = new()
    {
        // A document is what was sent: no entity is looked up, and none is blown up.
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 0,
        MaxCharactersInDocument = MostBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
    };

    /// <summary>No document of UBL goes as deep.</summary>
    const int Deepest = 64;

    /// <summary>The namespace of a kind of document.</summary>
    public static XNamespace Of(string kind) => Root + kind + "-2";

    /// <summary>The kind of a document, or null where it is none of UBL 2.</summary>
    public static string? KindOf(XElement root) => root.Name.NamespaceName == Of(root.Name.LocalName).NamespaceName ? root.Name.LocalName : null;

    /// <summary>Reads a document.</summary>
    /// <exception cref="XmlException">It is not in order.</exception>
    public static XElement Read(string xml)
    {
        // What is nested deeper than any document needs would fill the stack of whoever reads its text.
        using (var first = XmlReader.Create(new StringReader(xml), Careful))
        {
            while (first.Read())
            {
                if (first.Depth > Deepest)
                {
                    throw new XmlException($"Elements are nested deeper than {Deepest}.");
                }
            }
        }

        using var reader = XmlReader.Create(new StringReader(xml), Careful);
        return XDocument.Load(reader).Root!;
    }

    /// <summary>A document as it is sent.</summary>
    public static XElement Document(string kind, params IEnumerable<XElement?> children) => new(Of(kind) + kind,
        new XAttribute("xmlns", Of(kind)), new XAttribute(XNamespace.Xmlns + "cac", Cac), new XAttribute(XNamespace.Xmlns + "cbc", Cbc),
        Say("UBLVersionID", "2.1"), children);

    /// <summary>A group of elements; none where nothing is in it.</summary>
    public static XElement? Group(string name, params IEnumerable<XElement?> children) => children.OfType<XElement>().ToList() is { Count: > 0 } there ? new(Cac + name, there) : null;

    /// <summary>A side of the document, which the standard asks for: written even where nothing of it may be seen any more, as of a company that went to another upstream.</summary>
    public static XElement Side(string name, XElement? party) => new(Cac + name, party);

    /// <summary>What the measure of a handling unit says (UNECE 6313): its gross weight.</summary>
    public const string GrossWeight = "AAB";

    /// <summary>A text; none where there is none.</summary>
    public static XElement? Say(string name, string? text, params IEnumerable<(string Name, string? Value)> attributes) => string.IsNullOrEmpty(text) ? null
        : new(Cbc + name, attributes.Where(attribute => attribute.Value is not null).Select(attribute => new XAttribute(attribute.Name, Clean(attribute.Value!))), Clean(text));

    /// <summary>A day.</summary>
    public static XElement? Say(string name, DateOnly? day) => Say(name, day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>A number.</summary>
    public static XElement? Say(string name, decimal? number, params IEnumerable<(string Name, string? Value)> attributes) => Say(name, number is { } value ? Number(value) : null, attributes);

    /// <summary>An amount with its currency.</summary>
    public static XElement? Amount(string name, decimal? amount, string? currency) => Say(name, amount, ("currencyID", currency));

    /// <summary>A quantity with its unit.</summary>
    public static XElement? Quantity(string name, UblQuantity? quantity) => Say(name, quantity?.Value, ("unitCode", quantity?.Unit));

    /// <summary>The text at the end of a way through groups: <c>Text(line, "Item", "SellersItemIdentification", "ID")</c>.</summary>
    public static string? Text(XElement? from, params ReadOnlySpan<string> way)
    {
        for (var at = 0; at < way.Length - 1; at++)
        {
            from = from?.Element(Cac + way[at]);
        }

        return from?.Element(Cbc + way[^1])?.Value.Trim() is { Length: > 0 } text ? text : null;
    }

    /// <summary>The number at the end of a way; null where there is none or it is no number.</summary>
    public static decimal? Number(XElement? from, params ReadOnlySpan<string> way) =>
        decimal.TryParse(Text(from, way), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The day at the end of a way; a zone behind it does not count.</summary>
    public static DateOnly? Day(XElement? from, params ReadOnlySpan<string> way) =>
        Text(from, way) is { Length: >= 10 } text && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    // What somebody pasted may hold signs that no XML can (XML 1.0, 2.2): they are left out rather than the document refused.
    static string Clean(string text) => text.All(XmlConvert.IsXmlChar) ? text : string.Concat(text.EnumerateRunes().Where(rune => !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value)));

    // As short as it can be: 10.5, not 10.5000.
    static string Number(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
