using System.Globalization;
using Platform.Database;
using Portal.Orders;
using Portal.Stock;

namespace Portal.Ubl;

/// <summary>Ships what the seller's program says it has sent in a UBL DespatchAdvice, packed as it says.</summary>
public sealed class TakeUblDespatch(Db db, ShipOrder shipOrder)
{
    /// <summary>Takes it in.</summary>
    public async Task<UblOutcome> RunAsync(UblDespatchAdvice advice, CancellationToken ct)
    {
        if (await SoldOrder.FindAsync(db, advice.OrderId, advice.SalesOrderId, advice.Buyer, ct) is not { } order)
        {
            return new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.order", advice.SalesOrderId ?? advice.OrderId)]);
        }

        // What goes straight to somebody further down is delivered to them, and not to the buyer.
        var buyer = order.DropShips ? new UblParty(null, null, null) : advice.Buyer;
        var problems = order.Differences(advice.OrderId, advice.Seller, "despatchSupplierParty", buyer, "deliveryCustomerParty").Concat(advice.Lines.SelectMany(line => Problems(line, order)))
            .Concat(advice.Parcels.SelectMany(parcel => parcel.Lines).Where(line => !IsNumber(line.OrderLineId)).Select(line => UblProblemSaid.Of(line.Id, "transportHandlingUnit", "ubl.problem.line_id", line.OrderLineId ?? ""))).ToList();
        if (problems.Count > 0)
        {
            return new UblOutcome.Refused(problems);
        }

        var dispatch = new Dispatch(advice.Carrier, advice.TrackingNumber, Lines(advice.Lines)) { Parcels = [.. advice.Parcels.Select(parcel => new DispatchedParcel(parcel.Carrier ?? advice.Carrier, parcel.TrackingNumber, parcel.WeightKg, Lines(parcel.Lines)))] };
        return SoldOrder.Of(await shipOrder.RunAsync(order.Number, null, dispatch, ct), "shipped");
    }

    // A line of the order may be in several places of the advice, one for each batch.
    static IReadOnlyList<DispatchedLine> Lines(IReadOnlyList<UblDespatchLine> lines) => [.. lines.GroupBy(line => int.Parse(line.OrderLineId!, CultureInfo.InvariantCulture))
        .Select(group => new DispatchedLine(group.Key, group.All(line => line.Delivered.Value is not null) ? group.Sum(line => line.Delivered.Value) : null)
        {
            Lots = group.Any(line => line.Instances.Count > 0) ? [.. group.SelectMany(Lots)] : null,
        })];

    // A serial number is one piece; a lot that stands alone on its line is all of it.
    static IEnumerable<LotPieces> Lots(UblDespatchLine line) => line.Instances.Select(instance =>
        new LotPieces(instance.Serial ?? instance.Lot, instance.Serial is null && line.Instances.Count == 1 ? line.Delivered.Value : null, instance.BestBefore, instance.MadeOn));

    static IEnumerable<UblProblemSaid> Problems(UblDespatchLine line, SoldOrder order) => int.TryParse(line.OrderLineId, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? order.Differences(line.Id, number, line.Item, line.Delivered.Unit)
        : [UblProblemSaid.Of(line.Id, "orderLineReference", "ubl.problem.line_id", line.OrderLineId ?? "")];

    static bool IsNumber(string? line) => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
