using System.Text.Json.Nodes;

namespace Identity.Scim;

/// <summary>JSON as SCIM means it: names of attributes in any letter case (RFC 7643, 2.1), paths with dots.</summary>
static class ScimJson
{
    const string SchemaPrefix = "urn:ietf:params:scim:schemas:core:2.0:";

    /// <summary>The name under which an object holds an attribute, or null.</summary>
    public static string? NameIn(JsonObject? node, string name) => node?.FirstOrDefault(member => string.Equals(member.Key, name, StringComparison.OrdinalIgnoreCase)).Key;

    /// <summary>The value at a path, or null. A list is looked into for the first value that has it.</summary>
    public static JsonNode? At(JsonNode? node, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (node is JsonArray list)
            {
                node = list.FirstOrDefault(value => value is JsonObject one && NameIn(one, name) is not null);
            }

            node = node is JsonObject holder && NameIn(holder, name) is { } actual ? holder[actual] : null;
        }

        return node;
    }

    /// <summary>A simple value as text; booleans as JSON writes them.</summary>
    public static string? Text(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    /// <summary>A path without the schema that may stand before it.</summary>
    public static string WithoutSchema(string path) =>
        path.StartsWith(SchemaPrefix, StringComparison.OrdinalIgnoreCase) && path.LastIndexOf(':') is var colon ? path[(colon + 1)..] : path;
}
