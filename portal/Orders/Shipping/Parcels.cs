using Platform.Database;

namespace Portal.Orders;

/// <summary>The parcels of shipments (包裹): what is wrong with how goods are packed, and the statements that write and read them.</summary>
public sealed class Parcels(Db db)
{
    /// <summary>No shipment has more parcels than this.</summary>
    public const int Most = 200;

    /// <summary>No parcel is heavier, in kilograms.</summary>
    public const int Heaviest = 99_999;

    /// <summary>What is wrong with the parcels of a dispatch whose lines are in order: each is named, and together they hold what is sent.</summary>
    public static IEnumerable<OrderProblem> Problems(Dispatch dispatch, IReadOnlyCollection<LineInHand> lines)
    {
        if (dispatch.Parcels.Count > Most)
        {
            yield return new(null, "parcels", "orders.problem.too_many_parcels", Most);
            yield break;
        }

        for (var index = 0; index < dispatch.Parcels.Count; index++)
        {
            foreach (var problem in Problems(dispatch.Parcels[index], index))
            {
                yield return problem;
            }
        }

        var packed = dispatch.Parcels.SelectMany(parcel => parcel.Lines).GroupBy(line => line.LineNumber).ToDictionary(group => group.Key, group => group.Sum(line => line.Quantity ?? 0));
        var sent = dispatch.Lines.GroupBy(line => line.LineNumber).ToDictionary(group => group.Key, group => group.Sum(line => line.Quantity ?? 0));
        if (dispatch.Parcels.Count == 0)
        {
            yield break;
        }

        foreach (var number in sent.Keys.Union(packed.Keys).Order())
        {
            if (sent.GetValueOrDefault(number) is var goes && packed.GetValueOrDefault(number) is var holds && goes != holds)
            {
                yield return new(number, "quantity", "orders.problem.parcels_differ", lines.FirstOrDefault(line => line.LineNumber == number)?.Sku ?? "", goes, holds);
            }
        }
    }

    static IEnumerable<OrderProblem> Problems(DispatchedParcel parcel, int index)
    {
        var place = index + 1;
        if (parcel.Carrier?.Length > 100 || parcel.TrackingNumber?.Length > 100)
        {
            yield return new(null, $"parcels[{index}].carrier", "orders.problem.parcel_carrier", place, 100);
        }

        if (parcel.HasNoSuchWeight || parcel.WeightKg is <= 0 or > Heaviest || (parcel.WeightKg is { } weight && decimal.Round(weight, 3) != weight))
        {
            yield return new(null, $"parcels[{index}].weightKg", "orders.problem.parcel_weight", place, Heaviest);
        }

        if (parcel.Lines.Any(line => line.Quantity is not { } quantity || quantity < 0 || quantity != decimal.Truncate(quantity)) || parcel.Lines.GroupBy(line => line.LineNumber).Any(group => group.Count() > 1))
        {
            yield return new(null, $"parcels[{index}].lines", "orders.problem.parcel_quantity", place);
        }
        else if (!parcel.Lines.Any(line => line.Quantity > 0))
        {
            yield return new(null, $"parcels[{index}].lines", "orders.problem.parcel_empty", place);
        }
    }

    /// <summary>Writes the parcels of a shipment that was just written.</summary>
    public Task InsertAsync(string shipmentNumber, IReadOnlyList<DispatchedParcel> parcels, CancellationToken ct)
    {
        var held = parcels.SelectMany((parcel, index) => parcel.Lines.Where(line => line.Quantity > 0).Select(line => (Parcel: index + 1, line.LineNumber, Quantity: (int)line.Quantity!.Value))).ToList();
        return db.ExecuteAsync("""
            insert into parcel (shipment_id, parcel_number, carrier, tracking_number, weight_kg)
            select s.shipment_id, p.place, p.carrier, p.tracking_number, p.weight
            from shipment s cross join unnest(@carriers, @trackingNumbers, @weights) with ordinality as p (carrier, tracking_number, weight, place)
            where s.number = @shipmentNumber
            order by p.place;
            insert into parcel_line (parcel_id, shipment_line_id, quantity)
            select p.parcel_id, sl.shipment_line_id, held.quantity
            from unnest(@parcels, @lines, @quantities) as held (parcel, line, quantity)
            join shipment s on s.number = @shipmentNumber
            join parcel p on p.shipment_id = s.shipment_id and p.parcel_number = held.parcel
            join purchase_order_line l on l.purchase_order_id = s.purchase_order_id and l.line_number = held.line
            join shipment_line sl on sl.shipment_id = s.shipment_id and sl.purchase_order_line_id = l.purchase_order_line_id
            """, new
        {
            shipmentNumber,
            carriers = parcels.Select(parcel => parcel.Carrier).ToArray(),
            trackingNumbers = parcels.Select(parcel => parcel.TrackingNumber).ToArray(),
            weights = parcels.Select(parcel => parcel.WeightKg).ToArray(),
            parcels = held.Select(line => line.Parcel).ToArray(),
            lines = held.Select(line => line.LineNumber).ToArray(),
            quantities = held.Select(line => line.Quantity).ToArray(),
        }, ct);
    }

    /// <summary>The parcels of all shipments of an order, or of one shipment, with what each holds.</summary>
    internal static async Task<ILookup<string, ParcelShown>> FindAsync(Db db, long? purchaseOrderId, long? shipmentId, CancellationToken ct)
    {
        var rows = await db.ListAsync<PackedRow>("""
            select s.number as shipment_number, p.parcel_number, p.carrier, p.tracking_number, p.weight_kg, l.line_number, x.sku, pl.quantity
            from shipment s
            join parcel p on p.shipment_id = s.shipment_id
            join parcel_line pl on pl.parcel_id = p.parcel_id
            join shipment_line sl on sl.shipment_line_id = pl.shipment_line_id
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product x on x.product_id = l.product_id
            where (@purchaseOrderId::bigint is null or s.purchase_order_id = @purchaseOrderId) and (@shipmentId::bigint is null or s.shipment_id = @shipmentId)
            order by s.shipment_id, p.parcel_number, l.line_number
            """, new { purchaseOrderId, shipmentId }, ct);
        return rows.GroupBy(row => (row.ShipmentNumber, row.ParcelNumber)).ToLookup(parcel => parcel.Key.ShipmentNumber, parcel => new ParcelShown(
            parcel.Key.ParcelNumber, parcel.First().Carrier, parcel.First().TrackingNumber, parcel.First().WeightKg, [.. parcel.Select(row => new PackedLine(row.LineNumber, row.Sku, row.Quantity))]), StringComparer.Ordinal);
    }

    sealed record PackedRow(string ShipmentNumber, int ParcelNumber, string? Carrier, string? TrackingNumber, decimal? WeightKg, int LineNumber, string Sku, int Quantity);
}

/// <summary>A parcel as it is sent.</summary>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's number.</param>
/// <param name="WeightKg">What it weighs, in kilograms.</param>
/// <param name="Lines">How much of which line it holds.</param>
public sealed record DispatchedParcel(string? Carrier, string? TrackingNumber, decimal? WeightKg, IReadOnlyList<DispatchedLine> Lines)
{
    /// <summary>True where something was typed that is no weight.</summary>
    public bool HasNoSuchWeight { get; init; }
}

/// <summary>A parcel of a shipment.</summary>
/// <param name="ParcelNumber">Its place, from 1.</param>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's number.</param>
/// <param name="WeightKg">What it weighs, in kilograms.</param>
/// <param name="Lines">What it holds.</param>
public sealed record ParcelShown(int ParcelNumber, string? Carrier, string? TrackingNumber, decimal? WeightKg, IReadOnlyList<PackedLine> Lines);

/// <summary>What a parcel holds of a line.</summary>
public sealed record PackedLine(int LineNumber, string Sku, int Quantity);
