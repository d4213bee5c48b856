using System.Globalization;
using Platform.Database;
using Portal.Orders;

namespace Portal.Ubl;

/// <summary>Ships what the seller's program says it has sent in a UBL DespatchAdvice.</summary>
public sealed class TakeUblDespatch(Db db, ShipOrder shipOrder)
{
    /// <summary>Takes it in.</summary>
    public async Task<UblOutcome> RunAsync(UblDespatchAdvice advice, CancellationToken ct)
    {
        if (await SoldOrder.FindAsync(db, advice.OrderId, advice.SalesOrderId, ct) is not { } order)
        {
            return new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.order", advice.SalesOrderId ?? advice.OrderId)]);
        }

        var unreadable = advice.Lines.Where(line => !IsNumber(line.OrderLineId)).Select(line => UblProblemSaid.Of(line.Id, "orderLineReference", "ubl.problem.line_id", line.OrderLineId ?? "")).ToList();
        if (unreadable.Count > 0)
        {
            return new UblOutcome.Refused(unreadable);
        }

        // A line of the order may be in several places of the advice, one for each batch.
        var lines = advice.Lines.GroupBy(line => int.Parse(line.OrderLineId!, CultureInfo.InvariantCulture))
            .Select(group => new DispatchedLine(group.Key, group.All(line => line.Delivered.Value is not null) ? group.Sum(line => line.Delivered.Value) : null));
        return SoldOrder.Of(await shipOrder.RunAsync(order, null, new(advice.Carrier, advice.TrackingNumber, [.. lines]), ct), "shipped");
    }

    static bool IsNumber(string? line) => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
