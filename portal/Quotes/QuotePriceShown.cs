using System.Text.Json;
using Portal.Pricing;

namespace Portal.Quotes;

/// <summary>The price of a line with the way it came about.</summary>
/// <param name="Line">The line.</param>
/// <param name="Currency">The quote's currency.</param>
public sealed record QuotePriceShown(QuoteLine Line, string Currency)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The steps.</summary>
    public IReadOnlyList<PriceStep> Steps { get; } = Read(Line.PriceSteps);

    /// <summary>Reads steps as they are kept.</summary>
    internal static IReadOnlyList<PriceStep> Read(string steps) => JsonSerializer.Deserialize<List<PriceStep>>(steps, Json) ?? [];
}
