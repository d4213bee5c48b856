using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Texts;

namespace Portal.Audit;

/// <summary>What stands in the audit, in words.</summary>
public static class AuditWords
{
    /// <summary>The kinds of records, in the order of the menu.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "deal", "customer", "cluster_act", "customer_group", "dispute", "working_day",
        "lead", "receipt_key", "pipeline_stage", "close_reason",
        "probing_alert", "probing_rule", "quote", "quote_template", "bundle", "configuration", "subscription", "order", "history", "invoice", "payment", "reminder", "tax_rule", "tax_class", "stock", "product", "product_line", "price_book", "price_rule", "exchange_rate", "kpi", "target_proposal", "scorecard", "alert", "alert_rule", "level_rules", "level_review", "level_proposal", "partner", "person", "import",
        "protection_policy", "approval_policy", "claim_allowance", "approval_deputy",
    ];

    static readonly Dictionary<string, string> Pages = new(StringComparer.Ordinal)
    {
        ["deal"] = "/deals/", ["lead"] = "/leads/", ["dispute"] = "/disputes/", ["probing_alert"] = "/probing/", ["alert"] = "/alerts/", ["alert_rule"] = "/alerts/rules/", ["customer"] = "/customers/", ["quote"] = "/quotes/", ["quote_template"] = "/quote-templates/", ["bundle"] = "/configure/bundles/", ["configuration"] = "/configure/made/", ["subscription"] = "/subscriptions/", ["order"] = "/orders/", ["invoice"] = "/receivables/invoices/", ["payment"] = "/receivables/payments/", ["product"] = "/catalog/", ["partner"] = "/partners/", ["import"] = "/imports/",
        ["protection_policy"] = "/deals/policies/", ["approval_policy"] = "/deals/approvals/policies/",
    };

    /// <summary>The kinds to choose from.</summary>
    public static IEnumerable<SelectListItem> KindOptions(Texts t) => Kinds.Select(kind => new SelectListItem(Kind(t, kind), kind));

    /// <summary>The kind of a record.</summary>
    public static string Kind(Texts t, string kind) => t.Find($"audit.kind.{kind}") ?? kind;

    /// <summary>What was done; the name it has in the database where a newer version of the product wrote it.</summary>
    public static string Action(Texts t, string action) => t.Find($"audit.action.{action}") ?? action;

    /// <summary>Who did it.</summary>
    public static string Actor(Texts t, AuditRow row) => row switch
    {
        { ActorName: { } name } => name,
        _ when row.Actor.StartsWith("U-", StringComparison.Ordinal) => t["audit.somebody"],
        // Somebody at a customer, who has no account: the link is all that is known for certain.
        _ when row.Actor.StartsWith("link:", StringComparison.Ordinal) => t["audit.by_link", row.Actor["link:".Length..]],
        _ => t["audit.product_itself"],
    };

    /// <summary>The record's own page; null where it has none.</summary>
    public static string? Page(AuditRow row) => Pages.TryGetValue(row.SubjectKind, out var page) ? page + Uri.EscapeDataString(row.SubjectNumber) : null;

    /// <summary>What changed, one value a line with its path: <c>before.amount</c>, <c>lines.2.sku</c>.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Details(string json)
    {
        using var document = JsonDocument.Parse(json);
        var lines = new List<KeyValuePair<string, string>>();
        Walk(document.RootElement, "", lines);
        return lines;
    }

    static void Walk(JsonElement element, string path, List<KeyValuePair<string, string>> lines)
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
                var place = 0;
                foreach (var entry in element.EnumerateArray())
                {
                    Walk(entry, $"{path}.{++place}", lines);
                }

                break;
            case JsonValueKind.Null:
                break;
            default:
                lines.Add(new(path, element.ToString()));
                break;
        }
    }
}
