using Platform.Database;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>Adds lines to a draft, as somebody does who walks through the catalog: the one named, else the newest that the person has begun, else a new one.</summary>
public sealed class AddToDraft(Db db, OrderWriting orders, PlaceOrder placeOrder)
{
    /// <summary>Adds them; a product that stands in the draft already, without a day of its own, gets more.</summary>
    /// <param name="draft">The draft's number, or <see cref="AnotherThan"/> one; null for the newest.</param>
    /// <param name="lines">What is added.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderOutcome> RunAsync(string? draft, IReadOnlyList<SkuLine> lines, CancellationToken ct) => RunAsync(draft, lines, null, ct);

    /// <summary>Adds them in place of the lines of a configuration, where they stand in the draft.</summary>
    /// <param name="draft">The draft's number, or <see cref="AnotherThan"/> one; null for the newest.</param>
    /// <param name="lines">What is added.</param>
    /// <param name="insteadOf">The configuration whose lines are taken out of the draft; null for none.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderOutcome> RunAsync(string? draft, IReadOnlyList<SkuLine> lines, string? insteadOf, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var number = (await MeantAsync(draft, ct))?.Number ?? (IsAnother(draft) ? null : draft);
        if (number is null)
        {
            return await placeOrder.CreateAsync(new(null, null, null, null, lines), submit: false, ct);
        }

        // Two clicks at once: the second one waits here, and finds the line of the first.
        var taken = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(taken, OrderLifecycle.Edit, null, says: true) is { } refused)
        {
            return refused;
        }

        var head = await orders.DraftHeadAsync(taken!.PurchaseOrderId, ct);
        var there = (await orders.LinesAsync(taken.PurchaseOrderId, ct)).Select(line => new SkuLine(line.Sku, line.Quantity) { Day = line.RequestedOn, Configuration = line.Configuration, Start = line.TermStart, Months = line.TermMonths, Subscription = line.Subscription })
            .Where(line => insteadOf is null || line.Configuration != insteadOf).ToList();
        var touched = lines.Select(line => Add(there, line)).ToHashSet();
        return await placeOrder.UpdateAsync(number, null, new(head.PoNumber, head.Note, null, null, there) { ShipTo = head.ShipTo, Coupons = head.Coupons, Deal = head.Deal }, submit: false, ct) is OrderOutcome.Wrong wrong
            ? Of(wrong, touched, number)
            : new OrderOutcome.Done(number);
    }, ct);

    /// <summary>Stands for another draft than this one: one that is yet to be begun, or has been meanwhile.</summary>
    public static string AnotherThan(string number) => Another + number;

    /// <summary>The draft that is meant; null where it is yet to be begun, or there is none of that number.</summary>
    public async Task<DraftInHand?> MeantAsync(string? draft, CancellationToken ct) => draft switch
    {
        null => await NewestAsync(ct),
        _ when IsAnother(draft) => await NewestAsync(ct) is { } newest && draft != AnotherThan(newest.Number) ? newest : null,
        _ => await FindAsync(draft, ct),
    };

    const string Another = "new.";

    static bool IsAnother(string? draft) => draft?.StartsWith(Another, StringComparison.Ordinal) is true;

    /// <summary>The newest draft that the person at work has begun, for no quote and for nobody's missing goods; null where there is none.</summary>
    public Task<DraftInHand?> NewestAsync(CancellationToken ct) => db.FindAsync<DraftInHand>("""
        select o.number, o.line_count, o.total_amount, o.currency
        from purchase_order o
        where o.buyer_id = app_partner_id() and o.status = 'draft'
          and not exists (select from order_of_quote x where x.purchase_order_id = o.purchase_order_id) and not exists (select from order_supply s where s.purchase_order_id = o.purchase_order_id)
          and app_person_id() = (select s.person_id from purchase_order_step s where s.purchase_order_id = o.purchase_order_id order by s.purchase_order_step_id limit 1)
        order by o.purchase_order_id desc
        limit 1
        """, null, ct);

    /// <summary>A draft of the company at work; null where it has none of that number.</summary>
    public Task<DraftInHand?> FindAsync(string number, CancellationToken ct) => db.FindAsync<DraftInHand>("""
        select o.number, o.line_count, o.total_amount, o.currency
        from purchase_order o
        where o.buyer_id = app_partner_id() and o.status = 'draft' and o.number = @number
        """, new { number }, ct);

    static int Add(List<SkuLine> there, SkuLine line)
    {
        var place = there.FindIndex(other => other.IsLike(line));
        if (place >= 0 && line.Quantity is { } more)
        {
            there[place] = there[place] with { Quantity = there[place].Quantity + more };
            return place + 1;
        }

        there.Add(line);
        return there.Count;
    }

    // What is wrong with the added line is said as such; what was wrong with the draft before is looked at there.
    static OrderOutcome Of(OrderOutcome.Wrong wrong, HashSet<int> touched, string number) =>
        wrong.Problems.Where(problem => problem.Line is { } line && touched.Contains(line)).Select(problem => problem with { Line = null }).ToList() is { Count: > 0 } ofTheLines
            ? new OrderOutcome.Wrong(ofTheLines)
            : OrderOutcome.Because("", "orders.problem.draft_is_wrong", number);
}

/// <summary>A draft that lines are added to.</summary>
/// <param name="Number">Its number.</param>
/// <param name="LineCount">How many lines it has.</param>
/// <param name="TotalAmount">What they come to.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record DraftInHand(string Number, int LineCount, decimal TotalAmount, string Currency);
