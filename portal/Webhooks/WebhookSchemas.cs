using System.Text.Json.Nodes;

namespace Portal.Webhooks;

/// <summary>
/// The payloads as JSON Schema (2020-12), version 1. Each field is named with what it holds; a question mark stands for null as well. Fields may be added to a version, so readers pass over those they do not know.
/// </summary>
public static class WebhookSchemas
{
    static readonly IReadOnlyList<string> Both = ["side:side", "number:string", "buyer:company", "seller:company"];

    static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Records = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["company"] = ["number:string", "name:string"],
        ["order"] = [.. Both, "poNumber:string?", "status:string", "version:integer", "orderedOn:date", "currency:string", "totalAmount:number", "note:string?", "shipTo:any?", "submittedAt:time?", "confirmedAt:time?", "reason:string?", "lines:orderLine[]"],
        ["orderLine"] =
        [
            "lineNumber:integer", "sku:string", "name:string", "unit:string", "quantity:integer", "open:integer", "reserved:integer", "shipped:integer", "received:integer", "lost:integer", "cancelled:integer",
            "requestedOn:date?", "promisedOn:date?", "unitPrice:number", "amount:number",
        ],
        ["shipment"] = [.. Both, "order:string", "poNumber:string?", "shippedAt:time", "carrier:string?", "trackingNumber:string?", "lines:shipmentLine[]", "parcels:parcel[]"],
        ["parcel"] = ["parcelNumber:integer", "carrier:string?", "trackingNumber:string?", "weightKg:number?", "lines:parcelLine[]"],
        ["parcelLine"] = ["lineNumber:integer", "sku:string", "quantity:integer"],
        ["shipmentLine"] = ["lineNumber:integer", "sku:string", "quantity:integer", "received:integer", "lost:integer", "lots:lot[]"],
        ["lot"] = ["code:string", "quantity:integer", "bestBefore:date?"],
        ["receipt"] = [.. Both, "shipment:string", "order:string", "poNumber:string?", "receivedAt:time", "note:string?", "lines:receiptLine[]", "discrepancies:receiptDiscrepancy[]"],
        ["receiptLine"] = ["lineNumber:integer", "sku:string", "received:integer"],
        ["receiptDiscrepancy"] = ["lineNumber:integer", "sku:string", "kind:string", "quantity:integer", "note:string?"],
        ["invoice"] =
        [
            .. Both, "legalNumber:string", "order:string", "poNumber:string?", "shipment:string", "issuedOn:date", "dueOn:date", "currency:string", "netAmount:number", "taxAmount:number", "grossAmount:number", "lines:invoiceLine[]",
        ],
        ["invoiceLine"] = ["lineNumber:integer", "sku:string", "name:string", "quantity:integer", "unitPrice:number", "netAmount:number", "taxRate:number", "taxAmount:number"],
        ["credit_note"] = [.. Both, "legalNumber:string", "invoice:string", "kind:string", "reason:string", "issuedOn:date", "currency:string", "netAmount:number", "taxAmount:number", "grossAmount:number", "lines:creditNoteLine[]"],
        ["creditNoteLine"] = ["lineNumber:integer", "sku:string", "quantity:integer", "netAmount:number", "taxAmount:number"],
        ["payment"] = [.. Both, "currency:string", "amount:number", "paidOn:date", "reference:string?", "isReversed:boolean"],
        ["payout"] = [.. Both, "currency:string", "amount:number", "paidOn:date", "bankReference:string?", "reason:string", "isUndone:boolean"],
        ["return"] = [.. Both, "status:string", "version:integer", "kind:string", "cause:string", "reason:string", "currency:string", "amount:number", "carrier:string?", "trackingNumber:string?", "creditNotes:string?", "lines:returnLine[]"],
        ["returnLine"] = ["lineNumber:integer", "sku:string", "quantity:integer", "approved:integer?", "sent:integer?", "sound:integer?", "damaged:integer?", "credited:integer?"],
        ["discrepancy"] =
        [
            .. Both, "status:string", "version:integer", "order:string", "shipment:string", "lineNumber:integer", "sku:string", "kind:string", "quantity:integer", "wanted:string", "offered:string?", "settledAs:string?", "reason:string", "answerBy:date",
        ],
        ["stock"] = ["side:side", "partner:company", "place:string?", "items:stockItem[]"],
        ["stockItem"] = ["sku:string", "onHand:integer", "reserved:integer", "available:integer", "inTransit:integer"],
        ["quote"] =
        [
            "side:side", "number:string", "status:string", "version:integer", "revision:integer", "partner:company", "customer:company", "deal:string?", "currency:string", "netTotal:number", "taxTotal:number", "grandTotal:number",
            "validUntil:date", "link:string?", "by:string?", "reason:string?", "sha256:string",
        ],
        ["subscription"] =
        [
            "side:side", "number:string", "version:integer", "happening:string", "effectiveOn:date", "seller:company", "buyer:company?", "customer:company?", "sku:string", "name:string", "quantity:integer", "nextQuantity:integer?", "startsOn:date", "termStartsOn:date",
            "endsOn:date", "termMonths:integer", "currency:string", "termAmount:number", "renews:string", "cancelledAt:time?", "calledOffAt:time?", "source:string?", "reason:string?",
        ],
        ["alert"] = ["side:side", "number:string", "kind:string", "partner:company", "subject:string?", "figure:number", "threshold:number", "raisedAt:time", "endedAt:time?"],
        ["deal"] =
        [
            "side:side", "number:string", "status:string", "version:integer", "partner:company", "customer:company", "amount:number", "currency:string", "expectedClose:date", "protectedFrom:time?", "protectedUntil:time?", "productLines:string[]",
        ],
    };

    /// <summary>The schema of one event.</summary>
    public static JsonObject Of(WebhookEventType type) => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = type.Name,
        ["type"] = "object",
        ["required"] = new JsonArray("id", "type", "version", "timestamp", "data"),
        ["properties"] = new JsonObject
        {
            ["id"] = Kind("string"),
            ["type"] = new JsonObject { ["const"] = type.Name },
            ["version"] = new JsonObject { ["const"] = 1 },
            ["timestamp"] = Kind("time"),
            ["data"] = Record(type.Subject),
        },
    };

    static JsonObject Record(string name)
    {
        var properties = new JsonObject();
        foreach (var field in Records[name])
        {
            var (key, kind) = field.Split(':') is [var first, var second] ? (first, second) : throw new InvalidOperationException(field);
            properties[key] = Kind(kind);
        }

        return new() { ["type"] = "object", ["required"] = new JsonArray([.. properties.Select(property => JsonValue.Create(property.Key))]), ["properties"] = properties };
    }

    static JsonObject Kind(string kind) => kind switch
    {
        "any?" => [],
        "side" => new() { ["enum"] = new JsonArray("buyer", "seller", "partner", "own", "channel") },
        "date" => new() { ["type"] = "string", ["format"] = "date" },
        "time" => new() { ["type"] = "string", ["format"] = "date-time" },
        "string" or "integer" or "number" or "boolean" => new() { ["type"] = kind },
        _ when kind.EndsWith("[]", StringComparison.Ordinal) => new() { ["type"] = "array", ["items"] = Kind(kind[..^2]) },
        _ when kind.EndsWith('?') => new() { ["anyOf"] = new JsonArray(Kind(kind[..^1]), new JsonObject { ["type"] = "null" }) },
        _ => Record(kind),
    };
}
