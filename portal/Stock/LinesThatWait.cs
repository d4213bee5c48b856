namespace Portal.Stock;

/// <summary>
/// What of the lines of confirmed orders waits for goods, in SQL, of a <c>purchase_order_line l</c>: one definition for giving goods out, ordering upwards, the outlook and replenishment.
/// </summary>
public static class LinesThatWait
{
    /// <summary>How much of a line waits: neither shipped, called off, reserved nor on its way straight to the buyer.</summary>
    public const string Pieces = "(l.quantity - l.shipped - l.cancelled - l.reserved - l.direct)";

    /// <summary>That something does, as the index <c>purchase_order_line_waiting</c> has it.</summary>
    public const string Waits = "l.shipped + l.cancelled + l.reserved + l.direct < l.quantity";

    /// <summary>That it is promised still: what ran out is reserved again by hand, and is neither given goods nor counted on until then.</summary>
    public const string TakesPart = "l.lapsed_at is null";
}
