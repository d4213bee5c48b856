using System.Text.Json;
using Platform.Texts;

namespace Identity.Administration.Audit;

/// <summary>What stands in the audit, in words.</summary>
static class AuditWords
{
    /// <summary>What was done; the name it has in the database where there are no words for it.</summary>
    public static string Action(Texts t, string action) => t.Find($"audit.action.{action}") ?? action;

    /// <summary>What kind of thing it was done to; the name it has in the database where there are no words for it.</summary>
    public static string Kind(Texts t, string kind) => t.Find($"audit.kind.{kind}") ?? kind;

    /// <summary>Who did it.</summary>
    public static string Actor(Texts t, AuditRow row) => row switch
    {
        { ActorName: { } name } => name,
        _ when row.Actor.StartsWith("account:", StringComparison.Ordinal) => t["audit.somebody"],
        _ => t["audit.product"],
    };

    /// <summary>The page of what it was done to; null where it has none.</summary>
    public static string? Page(AuditRow row) => row switch
    {
        { SubjectName: null } => null,
        { SubjectKind: "account" } => "/admin/people/" + Uri.EscapeDataString(row.SubjectNumber),
        { SubjectKind: "client" } => "/admin/clients/" + Uri.EscapeDataString(row.SubjectNumber),
        _ => null,
    };

    /// <summary>What changed, one value a line with its path: <c>changes.requireDPoP.after</c>.</summary>
    public static IReadOnlyList<(string Path, string Value)> Details(string json)
    {
        using var document = JsonDocument.Parse(json);
        var lines = new List<(string, string)>();
        Walk(document.RootElement, "", lines);
        return lines;
    }

    static void Walk(JsonElement element, string path, List<(string, string)> lines)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Walk(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", lines);
                }

                break;
            case JsonValueKind.Array:
                lines.Add((path, string.Join(", ", element.EnumerateArray().Select(entry => entry.ToString()))));
                break;
            case JsonValueKind.Null:
                break;
            default:
                lines.Add((path, element.ToString()));
                break;
        }
    }
}
