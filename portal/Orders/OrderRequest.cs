using Portal.Stock;

namespace Portal.Orders;

/// <summary>What somebody wants to order.</summary>
/// <param name="PoNumber">The buyer's own number.</param>
/// <param name="Note">What the seller should know.</param>
/// <param name="Currency">The currency the buyer expects; null for its own.</param>
/// <param name="ExpectedTotal">The total the buyer has seen; a different one stops the submission. Null where nobody looked.</param>
/// <param name="Lines">SKUs and quantities, as typed.</param>
public sealed record OrderRequest(string? PoNumber, string? Note, string? Currency, decimal? ExpectedTotal, IReadOnlyList<SkuLine> Lines)
{
    /// <summary>The day by which all of it is wanted; a line may say another.</summary>
    public DateOnly? RequestedOn { get; init; }

    /// <summary>The number of the address where the goods go; null for the company's default.</summary>
    public string? ShipTo { get; init; }

    /// <summary>The codes of coupons, as typed.</summary>
    public IReadOnlyList<string> Coupons { get; init; } = [];

    /// <summary>The number of the deal whose special prices count; null for none.</summary>
    public string? Deal { get; init; }

    /// <summary>The deal is named by the product: where none of its special prices holds, the order is written without it.</summary>
    internal bool DealIfItHelps { get; init; }

    /// <summary>For whom the product itself orders; without meaning for a person, who orders for the own company.</summary>
    internal long? BuyerId { get; init; }
}
