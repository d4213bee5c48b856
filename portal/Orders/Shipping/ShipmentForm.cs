using System.Globalization;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>A shipment as it is typed: the first parcel, which is all of it where there is no other, and the further ones.</summary>
public sealed class ShipmentForm
{
    /// <summary>More are not typed on the page; programs may send as many as <see cref="Parcels.Most"/>.</summary>
    public const int MostParcels = 12;

    /// <summary>Who carries the first parcel.</summary>
    public string? Carrier { get; set; }

    /// <summary>The carrier's number of it.</summary>
    public string? TrackingNumber { get; set; }

    /// <summary>What it weighs, in kilograms.</summary>
    public string? WeightKg { get; set; }

    /// <summary>The version of the order that the person saw.</summary>
    public int? Version { get; set; }

    /// <summary>The further parcels.</summary>
    public List<ParcelForm> More { get; set; } = [];

    /// <summary>The lines.</summary>
    public List<ShipmentFormLine> Lines { get; set; } = [];

    /// <summary>Everything that is reserved, in one parcel.</summary>
    public static ShipmentForm Of(OrderPage page) => new()
    {
        Version = page.Order.Version,
        Lines = [.. page.Lines.Where(line => line.Open > 0).Select(line => new ShipmentFormLine { LineNumber = line.LineNumber, Quantity = FormattableString.Invariant($"{line.Reserved}") })],
    };

    /// <summary>The same with one more parcel.</summary>
    public ShipmentForm WithOneMore()
    {
        if (More.Count + 1 < MostParcels)
        {
            More.Add(new() { Carrier = More.Count > 0 ? More[^1].Carrier : Carrier });
        }

        return this;
    }

    /// <summary>The same with the lots and serial numbers that would be taken for its lines.</summary>
    /// <param name="page">The order.</param>
    /// <param name="proposed">What would be taken, by the number of the line; nothing for products that are not tracked.</param>
    public ShipmentForm WithLots(OrderPage page, ILookup<int, LotPieces> proposed)
    {
        foreach (var line in Lines)
        {
            line.Tracking = page.Lines.FirstOrDefault(ordered => ordered.LineNumber == line.LineNumber)?.Tracking;
            line.Lots = line.Proposed = LotLines.Write(proposed[line.LineNumber], line.Tracking is Tracked.Serial);
        }

        return this;
    }

    internal Dispatch Dispatch => new(Typed.Trimmed(Carrier), Typed.Trimmed(TrackingNumber), [.. Lines.Select(line => new DispatchedLine(line.LineNumber, Sum(line)) { Lots = line.Pieces })])
    {
        Parcels = More.Count == 0 && Typed.Trimmed(WeightKg) is null ? [] : [Parcel(Carrier, TrackingNumber, WeightKg, line => line.Quantity), .. More.Select((parcel, index) => Parcel(parcel.Carrier, parcel.TrackingNumber, parcel.WeightKg, line => line.More.ElementAtOrDefault(index)))],
    };

    decimal? Sum(ShipmentFormLine line) => Count(line.Quantity) + Enumerable.Range(0, More.Count).Select(index => Count(line.More.ElementAtOrDefault(index))).Aggregate((decimal?)0, (sum, next) => sum + next);

    DispatchedParcel Parcel(string? carrier, string? trackingNumber, string? weight, Func<ShipmentFormLine, string?> typed) =>
        new(Typed.Trimmed(carrier), Typed.Trimmed(trackingNumber), Weight(weight), [.. Lines.Select(line => new DispatchedLine(line.LineNumber, Count(typed(line)))).Where(line => line.Quantity is not 0)])
        {
            HasNoSuchWeight = Typed.Trimmed(weight) is not null && Weight(weight) is null,
        };

    // Half of the world writes 2,5 and the other 2.5; nobody weighs a parcel in thousands.
    static decimal? Weight(string? typed) => decimal.TryParse(Typed.Trimmed(typed)?.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) ? weight : null;

    static decimal? Count(string? typed) => string.IsNullOrWhiteSpace(typed) ? 0 : SkuLines.Quantity(typed);
}

/// <summary>A further parcel as it is typed.</summary>
public sealed class ParcelForm
{
    /// <summary>Who carries it.</summary>
    public string? Carrier { get; set; }

    /// <summary>The carrier's number.</summary>
    public string? TrackingNumber { get; set; }

    /// <summary>What it weighs, in kilograms.</summary>
    public string? WeightKg { get; set; }
}

/// <summary>A line of a shipment as it is typed.</summary>
public sealed class ShipmentFormLine
{
    /// <summary>The order's line.</summary>
    public int LineNumber { get; set; }

    /// <summary>How many go in the first parcel; nothing is none.</summary>
    public string? Quantity { get; set; }

    /// <summary>How many go in each further parcel.</summary>
    public List<string?> More { get; set; } = [];

    /// <summary>How the pieces of its product are told apart.</summary>
    public string? Tracking { get; set; }

    /// <summary>Which lots or serial numbers go, a row each.</summary>
    public string? Lots { get; set; }

    /// <summary>The lots that were proposed; what was left as it was goes as the ledger proposes it then.</summary>
    public string? Proposed { get; set; }

    internal IReadOnlyList<LotPieces>? Pieces => Tracking is Tracked.Lot or Tracked.Serial && Plain(Lots) != Plain(Proposed) ? LotLines.Read(Lots, Tracking is Tracked.Serial) : null;

    // Browsers send line ends of their own.
    static string Plain(string? typed) => (typed ?? "").ReplaceLineEndings("\n").Trim();
}
