namespace Portal.Documents.Typst;

/// <summary>The Typst package every document of the house imports: page, type, colours, tables, watermark.</summary>
static class HouseStyle
{
    /// <summary>What templates import it by: <c>#import "/house.typ": *</c>.</summary>
    public const string FileName = "house.typ";

    /// <summary>Its source.</summary>
    public static byte[] Source { get; } = Read();

    static byte[] Read()
    {
        using var stream = typeof(HouseStyle).Assembly.GetManifestResourceStream("Documents/Typst/" + FileName)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
