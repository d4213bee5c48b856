using System.Text.Json;

namespace Portal.Pricing;

/// <summary>The steps of a price as they are kept with a line of an order or a quote.</summary>
public static class KeptSteps
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads them; none where none were kept.</summary>
    public static IReadOnlyList<PriceStep> Read(string json) => JsonSerializer.Deserialize<List<PriceStep>>(json, Json) ?? [];

    /// <summary>Writes them.</summary>
    public static string Write(IReadOnlyList<PriceStep> steps) => JsonSerializer.Serialize(steps, Json);
}
