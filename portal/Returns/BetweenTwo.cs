using Portal.Orders;

namespace Portal.Returns;

/// <summary>What lies between a buyer and its seller, and on which side of it the person at work is.</summary>
public abstract record BetweenTwo
{
    /// <summary>The buyer's key; it never leaves the server.</summary>
    public long BuyerId { get; init; }

    /// <summary>The seller's key; it never leaves the server.</summary>
    public long SellerId { get; init; }

    /// <summary>The buyer's name.</summary>
    public string? BuyerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? BuyerNameLatin { get; init; }

    /// <summary>The seller's name.</summary>
    public string? SellerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>True when the person at work is on the buyer's side.</summary>
    public bool IsBuyer { get; init; }

    /// <summary>True when the person at work is on the seller's side.</summary>
    public bool IsSeller { get; init; }

    /// <summary>The side of the person at work; null for the brand looking at its partners' affairs.</summary>
    public Side? Side => IsBuyer ? Orders.Side.Buyer : IsSeller ? Orders.Side.Seller : null;
}
