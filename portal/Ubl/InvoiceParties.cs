using System.Text.Json;

namespace Portal.Ubl;

/// <summary>Seller and buyer as an invoice keeps them from its day.</summary>
sealed record InvoiceParties(UblParty Seller, UblParty Buyer)
{
    public static InvoiceParties Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new(Of(document.RootElement.GetProperty("seller")), Of(document.RootElement.GetProperty("buyer")));
    }

    static UblParty Of(JsonElement party) => new(Text(party, "number"), null, Text(party, "name"), new(null, Text(party, "address"), null, null, null, Text(party, "country")));

    static string? Text(JsonElement party, string name) => party.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } text ? text : null;
}
