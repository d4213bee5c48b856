using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Platform.Web;
using Portal.Web.Display;

namespace Portal.Receivables;

/// <summary>
/// May an order go on? Asked by the acts on orders, in their transaction, at the points the seller's policy names. Whoever asks keeps the
/// buyer's other orders waiting until the transaction ends, so that two cannot both fit into what is left of a limit.
/// </summary>
public sealed class CreditGate(Db db, AuditTrail audit, Outbox outbox, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Asks for an order as it is being written, in detail: somebody is shown what is used of the limit.</summary>
    /// <param name="sellerId">Who would deliver.</param>
    /// <param name="buyerId">Who orders.</param>
    /// <param name="currency">ISO 4217.</param>
    /// <param name="lines">Product and net amount of each line.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<CreditVerdict> CheckNewAsync(long sellerId, long buyerId, string currency, IReadOnlyList<(long ProductId, decimal Amount)> lines, CancellationToken ct) => db.OneAsync<CreditVerdict>("""
        select g.outcome, g.why, g.limit_amount, g.exposure, g.order_amount, g.overdue, g.overdue_days, g.hold_reason, @currency as currency, null::text as untaxed
        from credit_gate(@sellerId, @buyerId, @currency, null, @products, @amounts, 'submit', @now, true) g
        """, new { sellerId, buyerId, currency, products = lines.Select(line => line.ProductId).ToArray(), amounts = lines.Select(line => line.Amount).ToArray(), now = Now }, ct);

    /// <summary>Asks for an order that was written in this transaction and goes to the seller; what lets it through with room to spare is not counted to the cent.</summary>
    /// <param name="number">The order.</param>
    /// <param name="sellerId">Who would deliver.</param>
    /// <param name="buyerId">Who orders.</param>
    /// <param name="currency">ISO 4217.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<CreditVerdict> CheckWrittenAsync(string number, long sellerId, long buyerId, string currency, CancellationToken ct) => db.OneAsync<CreditVerdict>("""
        select g.outcome, g.why, g.limit_amount, g.exposure, g.order_amount, g.overdue, g.overdue_days, g.hold_reason, @currency as currency, null::text as untaxed
        from credit_gate(@sellerId, @buyerId, @currency, (select o.purchase_order_id from purchase_order o where o.number = @number), null, null, 'submit', @now, false) g
        """, new { number, sellerId, buyerId, currency, now = Now }, ct);

    /// <summary>Asks for an order that is to be confirmed or shipped.</summary>
    /// <param name="orderId">The order, taken to work on.</param>
    /// <param name="sellerId">Who delivers.</param>
    /// <param name="buyerId">Who ordered.</param>
    /// <param name="currency">ISO 4217.</param>
    /// <param name="point"><c>confirm</c> or <c>ship</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<CreditVerdict> CheckAsync(long orderId, long sellerId, long buyerId, string currency, string point, CancellationToken ct) => db.OneAsync<CreditVerdict>("""
        select g.outcome, g.why, g.limit_amount, g.exposure, g.order_amount, g.overdue, g.overdue_days, g.hold_reason, @currency as currency,
               case when @point = 'ship' then (select min(u.seller_country || ' → ' || u.buyer_country) from untaxed_countries(@orderId, brand_day(@now)) u) end as untaxed
        from credit_gate(@sellerId, @buyerId, @currency, @orderId, null, null, @point, @now, false) g
        """, new { orderId, sellerId, buyerId, currency, point, now = Now }, ct);

    /// <summary>Asks for goods that are ordered, promised and delivered in one: at every point that the policy names.</summary>
    /// <param name="sellerId">Who delivers.</param>
    /// <param name="buyerId">Who takes them.</param>
    /// <param name="currency">ISO 4217.</param>
    /// <param name="lines">Product and net amount of each line.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<CreditVerdict> CheckAtOnceAsync(long sellerId, long buyerId, string currency, IReadOnlyList<(long ProductId, decimal Amount)> lines, CancellationToken ct) => db.OneAsync<CreditVerdict>("""
        select g.outcome, g.why, g.limit_amount, g.exposure, g.order_amount, g.overdue, g.overdue_days, g.hold_reason, @currency as currency, null::text as untaxed
        from unnest(array['submit', 'confirm', 'ship']) with ordinality as p (point, place)
        cross join lateral credit_gate(@sellerId, @buyerId, @currency, null, @products, @amounts, p.point, @now, false) g
        order by g.outcome = 'pass', p.place
        limit 1
        """, new { sellerId, buyerId, currency, products = lines.Select(line => line.ProductId).ToArray(), amounts = lines.Select(line => line.Amount).ToArray(), now = Now }, ct);

    /// <summary>Lets an order wait for the seller's finance.</summary>
    /// <param name="orderNumber">The order.</param>
    /// <param name="sellerId">Who delivers.</param>
    /// <param name="buyerId">Who ordered.</param>
    /// <param name="point">Where it stopped: <c>submit</c>, <c>confirm</c> or <c>ship</c>.</param>
    /// <param name="verdict">Why.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task HoldAsync(string orderNumber, long sellerId, long buyerId, string point, CreditVerdict verdict, CancellationToken ct)
    {
        await db.ExecuteAsync("select credit_hold_order(@orderNumber, @point, @Why, @LimitAmount, @Exposure, @OrderAmount, @now)",
            new { orderNumber, point, verdict.Why, verdict.LimitAmount, verdict.Exposure, verdict.OrderAmount, now = Now }, ct);
        await audit.RecordAsync([new("order.credit_held", "order", orderNumber, [buyerId, sellerId], new { point, verdict.Why, verdict.LimitAmount, verdict.Exposure, verdict.OrderAmount })], ct);
        await outbox.PutAsync(TellOfCredit.HeldKind, new OrderOnHold(orderNumber, sellerId, buyerId), ct);
    }
}

/// <summary>What the gate says, with the figures that say why.</summary>
public sealed record CreditVerdict
{
    /// <summary><c>pass</c>, <c>refuse</c>, <c>hold</c>, or <c>held</c> where the order has been waiting since earlier.</summary>
    public string Outcome { get; init; } = "pass";

    /// <summary><c>limit</c>, <c>overdue</c>, <c>hold</c> or <c>order</c>; null where it passes.</summary>
    public string? Why { get; init; }

    /// <summary>The limit; null where none holds in this currency.</summary>
    public decimal? LimitAmount { get; init; }

    /// <summary>What is used of it: open orders and unpaid invoices less credits, without this order; null where it passes and was not asked for in detail.</summary>
    public decimal? Exposure { get; init; }

    /// <summary>What this order comes to, tax included.</summary>
    public decimal OrderAmount { get; init; }

    /// <summary>What is overdue beyond the policy's days.</summary>
    public decimal? Overdue { get; init; }

    /// <summary>For how long the oldest of it has been.</summary>
    public int? OverdueDays { get; init; }

    /// <summary>Why finance stopped the buyer.</summary>
    public string? HoldReason { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Two countries between which no tax rule holds: what is sent there could not be invoiced.</summary>
    public string? Untaxed { get; init; }

    /// <summary>The order may go on.</summary>
    public bool Passes => Outcome is "pass";

    /// <summary>The order is to wait for the seller's finance.</summary>
    public bool Holds => Outcome is "hold";

    /// <summary>How much of the order does not fit.</summary>
    public decimal Missing => Math.Max(0, (Exposure ?? 0) + OrderAmount - (LimitAmount ?? 0));

    /// <summary>The sentence for one side, with its own figures and what that side can do.</summary>
    /// <param name="toBuyer">The buyer reads it; else the seller.</param>
    public FieldProblem Problem(bool toBuyer)
    {
        var side = toBuyer ? "buyer" : "seller";
        return Why switch
        {
            "limit" when LimitAmount is null => new("", $"receivables.gate.no_limit.{side}", Of(OrderAmount), Currency, Of(Missing)),
            "limit" => new("", $"receivables.gate.limit.{side}", Of(OrderAmount), Of(LimitAmount ?? 0), Of(Exposure ?? 0), Of(Missing)),
            "overdue" => new("", $"receivables.gate.overdue.{side}", Of(Overdue ?? 0), OverdueDays ?? 0),
            "hold" => new("", $"receivables.gate.hold.{side}", HoldReason ?? ""),
            _ => new("", $"receivables.gate.order.{side}"),
        };
    }

    string Of(decimal amount) => Formats.Of(new Money(amount, Currency));
}
