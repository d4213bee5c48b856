using System.Globalization;
using Portal.Stock;
using Portal.Web;

namespace Portal.Returns;

/// <summary>A return as it is typed.</summary>
public sealed class ReturnForm
{
    /// <summary>The order whose goods are shown; nothing for all that arrived lately.</summary>
    public string? Order { get; set; }

    /// <summary><c>return</c> or <c>rotation</c>.</summary>
    public string? Kind { get; set; }

    /// <summary>Why.</summary>
    public string? Cause { get; set; }

    /// <summary>Why, in words.</summary>
    public string? Reason { get; set; }

    /// <summary>Nothing of it was opened.</summary>
    public bool IsUnopened { get; set; }

    /// <summary>The order that a rotation stands against.</summary>
    public string? AgainstOrder { get; set; }

    /// <summary>The lines.</summary>
    public List<ReturnFormLine> Lines { get; set; } = [];

    internal ReturnAsked Asked => new(Kind, Kind is "rotation" ? "slow" : Cause, Typed.Text(Reason), IsUnopened, Kind is "rotation" ? Typed.Text(AgainstOrder)?.ToUpperInvariant() : null,
        [.. Lines.Select(line => new ReturnLineAsked(line.Shipment, line.LineNumber, string.IsNullOrWhiteSpace(line.Quantity) ? 0 : SkuLines.Quantity(line.Quantity)))]);
}

/// <summary>A line of a return as it is typed; nothing is none.</summary>
public sealed class ReturnFormLine
{
    /// <summary>The shipment.</summary>
    public string? Shipment { get; set; }

    /// <summary>The order's line.</summary>
    public int LineNumber { get; set; }

    /// <summary>How many go back.</summary>
    public string? Quantity { get; set; }
}

/// <summary>What is typed on the page of a return: what is approved, sent or found.</summary>
public sealed class ReturnAnswerForm
{
    /// <summary>The version that the person saw.</summary>
    public int? Version { get; set; }

    /// <summary>Who carries it back.</summary>
    public string? Carrier { get; set; }

    /// <summary>The carrier's number.</summary>
    public string? TrackingNumber { get; set; }

    /// <summary>The code of the place that the goods leave; nothing for the place to which each came.</summary>
    public string? FromPlace { get; set; }

    /// <summary>The lines.</summary>
    public List<ReturnAnswerLine> Lines { get; set; } = [];
}

/// <summary>A line of that.</summary>
public sealed class ReturnAnswerLine
{
    /// <summary>The return's line.</summary>
    public int LineNumber { get; set; }

    /// <summary>Approved, sent, or found in good order.</summary>
    public string? Quantity { get; set; }

    /// <summary>Why not all of it.</summary>
    public string? Reason { get; set; }

    /// <summary>Found damaged.</summary>
    public string? Damaged { get; set; }

    /// <summary>Credited; nothing for what follows from the cause.</summary>
    public string? Credited { get; set; }

    /// <summary>How the pieces of its product are told apart.</summary>
    public string? Tracking { get; set; }

    /// <summary>The lots or serial numbers that go back, or that came sound.</summary>
    public string? Lots { get; set; }

    internal IReadOnlyList<Stock.LotPieces>? Pieces => Tracking is Stock.Tracked.Lot or Stock.Tracked.Serial ? Stock.LotLines.Read(Lots, Tracking is Stock.Tracked.Serial) : null;
}

/// <summary>A seller's rules as they are typed.</summary>
public sealed class ReturnPolicyForm
{
    /// <summary>Days to answer.</summary>
    public string? AnswerDays { get; set; }

    /// <summary>Takes goods back.</summary>
    public bool AcceptsReturns { get; set; }

    /// <summary>Days for returns.</summary>
    public string? ReturnDays { get; set; }

    /// <summary>Percent that may be rotated.</summary>
    public string? RotationPercent { get; set; }

    /// <summary>Of the purchases of so many months.</summary>
    public string? RotationMonths { get; set; }

    /// <summary>Days for rotations.</summary>
    public string? RotationDays { get; set; }

    /// <summary>The product lines; none for all.</summary>
    public List<string> RotationLines { get; set; } = [];

    /// <summary>Only against an order.</summary>
    public bool RotationNeedsOrder { get; set; }

    /// <summary>The version that the person saw.</summary>
    public int Version { get; set; }

    /// <summary>Rules as they would be typed.</summary>
    public static ReturnPolicyForm Of(ReturnPolicy policy) => new()
    {
        AnswerDays = Text(policy.AnswerDays), AcceptsReturns = policy.AcceptsReturns, ReturnDays = Text(policy.ReturnDays), RotationPercent = policy.RotationPercent.ToString("0.##", CultureInfo.InvariantCulture),
        RotationMonths = Text(policy.RotationMonths), RotationDays = Text(policy.RotationDays), RotationLines = [.. policy.RotationLines ?? []], RotationNeedsOrder = policy.RotationNeedsOrder, Version = policy.Version,
    };

    internal ReturnPolicy Policy => new()
    {
        AnswerDays = Number(AnswerDays), AcceptsReturns = AcceptsReturns, ReturnDays = Number(ReturnDays), RotationPercent = SkuLines.Quantity(RotationPercent?.Replace(',', '.')) ?? -1,
        RotationMonths = Number(RotationMonths), RotationDays = Number(RotationDays), RotationLines = RotationLines.Count == 0 ? null : [.. RotationLines], RotationNeedsOrder = RotationNeedsOrder, Version = Version,
    };

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static int Number(string? typed) => SkuLines.Quantity(typed) is { } number && number == decimal.Truncate(number) && Math.Abs(number) < 100_000 ? (int)number : -1;
}
