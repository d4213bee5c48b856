using Portal.Pricing;

namespace Portal.Quotes;

/// <summary>The price of a line with the way it came about.</summary>
/// <param name="Line">The line.</param>
/// <param name="Currency">The quote's currency.</param>
public sealed record QuotePriceShown(QuoteLine Line, string Currency)
{
    /// <summary>The steps.</summary>
    public IReadOnlyList<PriceStep> Steps { get; } = KeptSteps.Read(Line.PriceSteps);
}
