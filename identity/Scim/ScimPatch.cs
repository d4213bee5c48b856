using System.Text.Json.Nodes;

namespace Identity.Scim;

/// <summary>Carries the operations of a PATCH (RFC 7644, 3.5.2) out on a resource as JSON; the result is then stored like one that was sent whole.</summary>
static class ScimPatch
{
    const int MostOperations = 100;
    const string Schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    /// <summary>What no directory changes.</summary>
    static readonly string[] ReadOnly = ["id", "meta", "groups", "schemas"];

    static readonly string[] Lists = ["emails", "roles", "members"];

    /// <summary>Changes the resource in place.</summary>
    /// <exception cref="ScimException">An operation is malformed, names what is not there, or what may not change.</exception>
    public static void Apply(JsonObject resource, JsonObject request)
    {
        if (ScimJson.At(request, "schemas") is not JsonArray schemas || !schemas.Any(schema => ScimJson.Text(schema) == Schema))
        {
            throw ScimException.InvalidSyntax($"A PATCH has the schema {Schema}.");
        }

        if (ScimJson.At(request, "Operations") is not JsonArray { Count: > 0 and <= MostOperations } operations)
        {
            throw ScimException.InvalidSyntax($"A PATCH has 1 to {MostOperations} Operations.");
        }

        foreach (var operation in operations)
        {
            var op = ScimJson.Text(ScimJson.At(operation, "op"))?.ToLowerInvariant();
            if (op is not ("add" or "replace" or "remove"))
            {
                throw ScimException.InvalidSyntax("An operation is add, replace or remove.");
            }

            Apply(resource, op, ScimJson.Text(ScimJson.At(operation, "path")), ScimJson.At(operation, "value"));
        }
    }

    static void Apply(JsonObject resource, string op, string? path, JsonNode? value)
    {
        if (path is { Length: > 0 })
        {
            Change(resource, op, ScimPath.Read(path), value);
        }
        else if (op is "remove")
        {
            throw ScimException.NoTarget("A remove needs a path.");
        }
        else
        {
            foreach (var (name, each) in value as JsonObject ?? throw ScimException.InvalidSyntax("Without a path the value is an object."))
            {
                // Some directories write paths where names of attributes belong.
                Change(resource, op, ScimPath.Read(name), each);
            }
        }
    }

    static void Change(JsonObject resource, string op, ScimPath path, JsonNode? value)
    {
        if (ReadOnly.Contains(path.Attribute, StringComparer.OrdinalIgnoreCase))
        {
            throw ScimException.Mutability($"The attribute {path.Attribute} is read-only.");
        }

        var name = ScimJson.NameIn(resource, path.Attribute) ?? path.Attribute;
        if (path.Filter is not null)
        {
            ChangePicked(resource, name, op, path, value);
        }
        else if (path.Sub is not null)
        {
            ChangeSub(resource, name, op, path.Sub, value);
        }
        else if (op is "remove")
        {
            Remove(resource, name, value);
        }
        else if (Lists.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            resource[name] = op is "add" ? Joined(resource[name] as JsonArray, Values(value)) : Joined(null, Values(value));
        }
        else if (value is JsonObject changes && resource[name] is JsonObject whole)
        {
            foreach (var (sub, each) in changes)
            {
                whole[ScimJson.NameIn(whole, sub) ?? sub] = each?.DeepClone();
            }
        }
        else
        {
            resource[name] = value?.DeepClone();
        }
    }

    static void ChangeSub(JsonObject resource, string name, string op, string sub, JsonNode? value)
    {
        if (resource[name] is JsonArray list)
        {
            foreach (var each in list.OfType<JsonObject>())
            {
                Set(each, op, sub, value);
            }

            return;
        }

        resource[name] ??= new JsonObject();
        Set(resource[name] as JsonObject ?? throw ScimException.InvalidPath($"The attribute {name} has no parts."), op, sub, value);
    }

    static void ChangePicked(JsonObject resource, string name, string op, ScimPath path, JsonNode? value)
    {
        var list = resource[name] as JsonArray;
        var picked = list?.OfType<JsonObject>().Where(path.Filter!.Holds).ToList() ?? [];
        if (picked.Count == 0)
        {
            if (op is "remove")
            {
                return; // what is gone already is gone
            }

            // emails[type eq "work"].value on somebody without such an address adds it, which directories rely on.
            if (path is not { Sub: not null, Filter: ScimFilter.Compare { Operator: "eq", Value: string wanted } equal } || list is null && !Lists.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw ScimException.NoTarget($"No value of {name} fits the path.");
            }

            resource[name] = list ??= [];
            list.Add(new JsonObject { [equal.Attribute] = wanted, [path.Sub] = value?.DeepClone() });
            return;
        }

        foreach (var each in picked)
        {
            if (path.Sub is not null)
            {
                Set(each, op, path.Sub, value);
            }
            else if (op is "remove")
            {
                list!.Remove(each);
            }
            else
            {
                foreach (var (sub, part) in value as JsonObject ?? throw ScimException.InvalidSyntax("The value is an object."))
                {
                    Set(each, op, sub, part);
                }
            }
        }
    }

    static void Set(JsonObject holder, string op, string sub, JsonNode? value)
    {
        var name = ScimJson.NameIn(holder, sub) ?? sub;
        if (op is "remove")
        {
            holder.Remove(name);
        }
        else
        {
            holder[name] = value?.DeepClone();
        }
    }

    // Some directories name the values to be removed beside the path.
    static void Remove(JsonObject resource, string name, JsonNode? value)
    {
        if (value is null || resource[name] is not JsonArray list)
        {
            resource.Remove(name);
            return;
        }

        var gone = Values(value).Select(each => ScimJson.Text(ScimJson.At(each, "value"))).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var each in list.Where(each => gone.Contains(ScimJson.Text(ScimJson.At(each, "value")))).ToList())
        {
            list.Remove(each);
        }
    }

    static JsonArray Joined(JsonArray? before, IEnumerable<JsonNode> more)
    {
        var all = new JsonArray();
        var seen = new HashSet<string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var each in more.Concat(before?.OfType<JsonNode>() ?? []))
        {
            if (seen.Add(ScimJson.Text(ScimJson.At(each, "value"))))
            {
                all.Add(each.DeepClone());
            }
        }

        return all;
    }

    // One value, several, or texts where objects belong.
    static IEnumerable<JsonNode> Values(JsonNode? value) => value switch
    {
        null => [],
        JsonArray list => list.OfType<JsonNode>().Select(each => each is JsonValue ? new JsonObject { ["value"] = each.DeepClone() } : each),
        JsonValue => [new JsonObject { ["value"] = value.DeepClone() }],
        _ => [value],
    };
}

/// <summary>A path of a PATCH: an attribute, perhaps with a filter in brackets, perhaps with a part of it (RFC 7644, figure 7).</summary>
sealed record ScimPath(string Attribute, ScimFilter? Filter, string? Sub)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="ScimException">invalidPath.</exception>
    public static ScimPath Read(string path)
    {
        var text = ScimJson.WithoutSchema(path.Trim());
        if (text.IndexOf('[', StringComparison.Ordinal) is > 0 and var open)
        {
            var close = text.LastIndexOf(']');
            return close > open && text[(close + 1)..] is "" or ['.', _, ..]
                ? new(text[..open], ScimFilterParser.Read(text[(open + 1)..close]), close + 1 < text.Length ? text[(close + 2)..] : null)
                : throw ScimException.InvalidPath("The path has a bracket that is not closed.");
        }

        return text.Split('.') switch
        {
            [{ Length: > 0 } only] => new(only, null, null),
            [{ Length: > 0 } name, { Length: > 0 } sub] => new(name, null, sub),
            _ => throw ScimException.InvalidPath("A path is an attribute, or an attribute and a part of it."),
        };
    }
}
