namespace Portal.Stock;

/// <summary>Whoever has promised goods of places to somebody, and can take promises back: the orders.</summary>
public interface IReservations
{
    /// <summary>Takes promises back, those that count least first, because the goods are not there; whoever is concerned is told.</summary>
    /// <param name="placeId">The place; the caller holds its goods.</param>
    /// <param name="tooMuch">How much more of each product is promised than will be there; a product stands once.</param>
    /// <param name="because">The document that showed it.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The numbers of the orders that lost something.</returns>
    Task<IReadOnlyList<string>> TakeBackAsync(long placeId, StockLines tooMuch, string because, CancellationToken ct);
}
