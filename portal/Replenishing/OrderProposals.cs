using Portal.Orders;
using Portal.Stock;

namespace Portal.Replenishing;

/// <summary>Makes a draft of an order of what was chosen from the proposals of a place; its goods go to the address of that place.</summary>
public sealed class OrderProposals(StockPlaces places, ShipToAddresses addresses, PlaceOrder placeOrder)
{
    /// <summary>Makes the draft.</summary>
    /// <param name="place">The code of the place; the default one where none is named.</param>
    /// <param name="lines">What is wanted.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<OrderOutcome> RunAsync(string? place, IReadOnlyList<SkuLine> lines, CancellationToken ct)
    {
        if (await places.KeyAsync(place, ct) is not { } key)
        {
            return OrderOutcome.Because("place", "stock.problem.place", place ?? "");
        }

        if (lines.Count == 0)
        {
            return OrderOutcome.Because("lines", "replenishing.problem.nothing_chosen");
        }

        var way = (await addresses.OfPlacesAsync([key], ct)).Single();
        return way.IsReached
            ? await placeOrder.CreateAsync(new(null, null, null, null, lines) { ShipTo = way.Address }, submit: false, ct)
            : OrderOutcome.Because("place", "replenishing.problem.no_address", way.Code);
    }
}
