using System.Text;
using System.Text.Json;

namespace Portal.Tests.Documents;

/// <summary>What somebody who does not see reads of a PDF: the tags of its logical structure, in order, as qpdf finds them in the file.</summary>
sealed class TagTree
{
    readonly JsonElement objects;
    readonly List<string> lines = [];

    TagTree(JsonElement objects)
    {
        this.objects = objects;
        Catalog = Value(Value(objects.GetProperty("trailer").GetProperty("value").GetProperty("/Root")));
        Walk(Value(Catalog.GetProperty("/StructTreeRoot")).GetProperty("/K"), 0);
    }

    /// <summary>The document's catalog.</summary>
    public JsonElement Catalog { get; }

    /// <summary>The tags, one a line, indented by their depth: <c>Figure "what it shows"</c>.</summary>
    public IReadOnlyList<string> Lines => lines;

    /// <summary>How often a tag stands in the tree.</summary>
    public int Count(string tag) => lines.Count(line => line.Trim().Split(' ')[0] == tag);

    /// <summary>The bookmarks, in order.</summary>
    public IReadOnlyList<string> Bookmarks => [.. Siblings(Value(Catalog.GetProperty("/Outlines")))];

    public static async Task<TagTree> ReadAsync(string file)
    {
        using var read = JsonDocument.Parse(await Programs.RunAsync("qpdf", "--json=2", "--json-stream-data=none", file));
        return new(read.RootElement.GetProperty("qpdf")[1].Clone());
    }

    /// <summary>The metadata of the file as they stand in it.</summary>
    public static string Metadata(byte[] pdf)
    {
        var text = Encoding.UTF8.GetString(pdf);
        var begin = text.IndexOf("<?xpacket begin", StringComparison.Ordinal);
        return text[begin..text.IndexOf("<?xpacket end", begin, StringComparison.Ordinal)];
    }

    void Walk(JsonElement kids, int depth)
    {
        foreach (var kid in kids.ValueKind == JsonValueKind.Array ? kids.EnumerateArray().ToArray() : [kids])
        {
            var element = Value(kid);
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("/S", out var tag))
            {
                continue; // a piece of text
            }

            lines.Add(new string(' ', depth * 2) + tag.GetString()![1..] + (element.TryGetProperty("/Alt", out var alt) ? $" \"{Text(alt)}\"" : ""));
            if (element.TryGetProperty("/K", out var inner))
            {
                Walk(inner, depth + 1);
            }
        }
    }

    IEnumerable<string> Siblings(JsonElement parent)
    {
        for (var at = parent.TryGetProperty("/First", out var first) ? Value(first) : default; at.ValueKind == JsonValueKind.Object; at = at.TryGetProperty("/Next", out var next) ? Value(next) : default)
        {
            yield return Text(at.GetProperty("/Title"));
            foreach (var inner in Siblings(at))
            {
                yield return inner;
            }
        }
    }

    static string Text(JsonElement text) => text.GetString()![2..]; // "u:" before what is text

    JsonElement Value(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && element.GetString()!.EndsWith(" R", StringComparison.Ordinal) && objects.TryGetProperty("obj:" + element.GetString(), out var found)
            ? found.TryGetProperty("value", out var value) ? value : found.GetProperty("stream").GetProperty("dict")
            : element;
}
