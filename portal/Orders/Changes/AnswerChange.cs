using Npgsql;
using Platform.Database;
using Platform.Outbox;
using Portal.Kpis;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// The other side agrees to a change or does not; whoever asked may take it back. A seller whose own order upwards it concerns may ask there first (向上级转申请):
/// it agrees then when the upstream does.
/// </summary>
public sealed class AnswerChange(Db db, OrderWriting orders, OrderChanges changes, PurchaseLimits limits, OrderBooks books, KpiFacts kpis, Outbox outbox, ChangeNews news)
{
    /// <summary>Agrees: the order is changed.</summary>
    /// <param name="number">The order.</param>
    /// <param name="change">The change.</param>
    /// <param name="answer">What the other side shall read; null for nothing.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderOutcome> AcceptAsync(string number, string change, string? answer, CancellationToken ct) => ActAsync(number, change, open => open.To, async (order, open) =>
    {
        if (answer?.Length > Reason.Longest)
        {
            return OrderOutcome.Because("reason", "orders.problem.reason_too_long", Reason.Longest);
        }

        if (OrderLifecycle.Find(OrderLifecycle.Change, open.To, order.Status) is null)
        {
            return new OrderOutcome.NotNow(order.Status);
        }

        var lines = await orders.LinesAsync(order.PurchaseOrderId, ct);
        if ((Overtaken(open, lines) ?? WithTheUpstream(open, lines)) is { } late)
        {
            return late;
        }

        var costsMore = CostsMore(open, lines);
        if (costsMore > 0 && await BeyondLimitAsync(lines, costsMore, ct) is { } beyond)
        {
            return beyond;
        }

        if (order.FromPlaceId is not null)
        {
            await kpis.TakeBackOrdersAsync([order.PurchaseOrderId], ct);
        }

        var free = await changes.AcceptAsync(change, answer, ct);
        await AddSubstitutesAsync(order, open, free, ct);
        if (costsMore > 0 && await books.BeforeApprovedAsync(order, ct) is { } tooMuch)
        {
            throw new NotAgreedException(tooMuch);
        }

        var status = order.Status is OrderStatus.Submitted && !IsAllCalledOff(open, lines) ? OrderStatus.Submitted : OrderLifecycle.After(await orders.LinesAsync(order.PurchaseOrderId, ct));
        await orders.AdvanceAsync(order, OrderLifecycle.Change, status, open.Reason, ct);
        if (order.FromPlaceId is not null)
        {
            await kpis.AddOrdersAsync([order.PurchaseOrderId], ct);
        }

        await news.AnsweredAsync(order, open, "accept_change", answer, ct);
        return new OrderOutcome.Done(order.Number, change);
    }, ct);

    /// <summary>Does not agree, and says why.</summary>
    public Task<OrderOutcome> DeclineAsync(string number, string change, string? answer, CancellationToken ct) => ActAsync(number, change, open => open.To, async (order, open) =>
    {
        if (Reason.Problem(answer) is { } problem)
        {
            return problem;
        }

        await changes.EndAsync(change, "declined", answer!.Trim(), ct);
        await news.AnsweredAsync(order, open, "decline_change", answer, ct);
        return new OrderOutcome.Done(order.Number, change);
    }, ct);

    /// <summary>Whoever asked takes it back.</summary>
    public Task<OrderOutcome> WithdrawAsync(string number, string change, CancellationToken ct) => ActAsync(number, change, open => open.By, async (order, open) =>
    {
        await changes.EndAsync(change, "withdrawn", null, ct);
        await news.AnsweredAsync(order, open, "withdraw_change", null, ct);
        return new OrderOutcome.Done(order.Number, change);
    }, ct);

    /// <summary>Asks the upstream to call the same off of the orders that were made for these lines, once, and agrees when it does.</summary>
    /// <param name="number">The order below.</param>
    /// <param name="change">What its buyer asks.</param>
    /// <param name="reason">Why, for the upstream to read: what the buyer wrote is the seller's to know.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderOutcome> PassUpAsync(string number, string change, string? reason, CancellationToken ct) => ActAsync(number, change, open => open.To, async (order, open) =>
    {
        if (OrderLifecycle.Find(OrderLifecycle.Change, open.To, order.Status) is null)
        {
            return new OrderOutcome.NotNow(order.Status);
        }

        if (Reason.Problem(reason) is { } problem)
        {
            return problem;
        }

        if (Overtaken(open, await orders.LinesAsync(order.PurchaseOrderId, ct)) is { } late)
        {
            return late;
        }

        if ((await changes.PassedUpAsync(change, ct)).Count > 0)
        {
            return OrderOutcome.Because("", "orders.change.problem.passed_up");
        }

        // Which orders it concerns is read, they are held, and only then what of them is open.
        var above = new Dictionary<string, OrderInHand>(StringComparer.Ordinal);
        foreach (var upwards in open.By is Side.Buyer ? (await changes.UpwardsAsync(change, ct)).Select(line => line.OrderNumber).Distinct(StringComparer.Ordinal) : [])
        {
            above[upwards] = await orders.TakeAsync(upwards, ct) ?? throw new InvalidOperationException($"Order {upwards} is the seller's own.");
        }

        if (above.Values.FirstOrDefault(taken => !taken.HasRoleOf(Side.Buyer)) is not null)
        {
            return new OrderOutcome.Forbidden();
        }

        var lines = above.Count > 0 ? (await changes.UpwardsAsync(change, ct)).FindAll(line => above.ContainsKey(line.OrderNumber)) : [];
        if (lines.Count == 0)
        {
            return OrderOutcome.Because("", "orders.change.problem.nothing_upwards");
        }

        foreach (var asked in lines.GroupBy(line => line.OrderNumber, StringComparer.Ordinal))
        {
            await AskAboveAsync(above[asked.Key], new(PublicNumber.New("OC"), asked.Key, Side.Buyer, reason!.Trim(), [.. asked.Select(line => new NewChangedLine(line.LineId, line.CallOff, null))]) { PassedUpFrom = change }, ct);
        }

        await changes.WaitAsync(change, waits: true, ct);
        await news.PassedUpAsync(order, change, ct);
        return new OrderOutcome.Done(number, change);
    }, ct);

    async Task AskAboveAsync(OrderInHand order, NewChange asked, CancellationToken ct)
    {
        if (!await changes.InsertAsync(asked, ct))
        {
            throw new NotAgreedException(OrderOutcome.Because("", "orders.change.problem.one_open_upwards", order.Number));
        }

        await news.AskedAsync(order, asked.Number, Side.Buyer, asked.Reason, new { change = asked.Number, asked.Reason }, ct);
    }

    // Since it was asked, goods may have been sent: what has left is called off no more.
    static OrderOutcome.Wrong? Overtaken(OpenChange open, List<LineInHand> lines)
    {
        var byKey = lines.ToDictionary(line => line.PurchaseOrderLineId);
        List<OrderProblem> problems =
        [
            .. open.Lines.Where(line => line.CallOff > byKey[line.LineId].Open)
                .Select(line => new OrderProblem(byKey[line.LineId].LineNumber, "callOff", "orders.change.problem.sent_meanwhile", byKey[line.LineId].Open, line.CallOff)),
        ];
        return problems.Count > 0 ? new(problems) : null;
    }

    // What the seller's upstream sends straight to the buyer is called off there, and then here: what nobody stops arrives.
    static OrderOutcome.Wrong? WithTheUpstream(OpenChange open, List<LineInHand> lines)
    {
        var byKey = lines.ToDictionary(line => line.PurchaseOrderLineId);
        List<OrderProblem> problems =
        [
            .. open.Lines.Where(line => line.CallOff > byKey[line.LineId].OwnOpen)
                .Select(line => new OrderProblem(byKey[line.LineId].LineNumber, "callOff", "orders.change.problem.sent_directly", byKey[line.LineId].Direct)),
        ];
        return problems.Count > 0 ? new(problems) : null;
    }

    async Task AddSubstitutesAsync(OrderInHand order, OpenChange open, List<(long PlaceId, long ProductId)> free, CancellationToken ct)
    {
        List<ChangedLine> substitutes = [.. open.Lines.Where(line => line.SubstituteId is not null)];
        if (substitutes.Count > 0)
        {
            await changes.AddSubstitutesAsync(order, substitutes, ct);
        }

        if (order.FromPlaceId is { } place)
        {
            long[] products = [.. free.Select(freed => freed.ProductId).Concat(substitutes.Select(line => line.SubstituteId!.Value)).Distinct().Order()];
            if (products.Length > 0)
            {
                await outbox.PutAsync(StockLedger.Freed, new FreedGoods(place, products), ct);
            }
        }
    }

    // An order that nobody has promised yet goes on waiting for its seller, as long as something of it is left.
    static bool IsAllCalledOff(OpenChange open, List<LineInHand> lines) =>
        !open.Lines.Any(line => line.SubstituteId is not null) && lines.Sum(line => (long)line.Open) == open.Lines.Sum(line => (long)line.CallOff);

    // What comes instead, less what it comes instead of.
    static decimal CostsMore(OpenChange open, List<LineInHand> lines)
    {
        var byKey = lines.ToDictionary(line => line.PurchaseOrderLineId);
        return open.Lines.Sum(line => (line.Amount ?? 0) - (byKey[line.LineId].Amount * line.CallOff / byKey[line.LineId].Quantity));
    }

    // Whoever agrees to more than they may order alone would go around the approval that such an order takes.
    async Task<OrderOutcome?> BeyondLimitAsync(List<LineInHand> lines, decimal costsMore, CancellationToken ct)
    {
        var parties = await orders.PartiesAsync(null, ct);
        var total = lines.Sum(line => line.Amount * (line.Quantity - line.Cancelled) / line.Quantity) + costsMore;
        return parties is not null && (total > parties.PerOrder || await limits.NeededAsync(parties, costsMore, ct) is not null) ? OrderOutcome.Because("", "orders.change.problem.beyond_limit") : null;
    }

    // An act on an open change by the side that may: all of it, or nothing. The order is taken first, then what hangs on it, as in every act.
    async Task<OrderOutcome> ActAsync(string number, string change, Func<OpenChange, Side> who, Func<OrderInHand, OpenChange, Task<OrderOutcome>> act, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionDespiteDeadlocksAsync<OrderOutcome>(3, async () =>
                await changes.OrderOfAsync(change, ct) != number || await orders.TakeAsync(number, ct) is not { } order ? new OrderOutcome.NotFound()
                : await changes.OpenAsync(change, ct) is not { } open ? OrderOutcome.Because("", "orders.change.problem.over")
                : !order.IsOn(who(open)) || !order.HasRoleOf(who(open)) ? new OrderOutcome.Forbidden()
                : await act(order, open), ct);
        }
        catch (NotAgreedException refused)
        {
            return refused.Outcome;
        }
        catch (PostgresException refused) when (refused.Violates(OrderWriting.TermsOfSaleAreKept))
        {
            return OrderOutcome.Because("", "orders.change.problem.terms");
        }
    }

    // Found out in the middle of an act: what it has written is undone.
    sealed class NotAgreedException(OrderOutcome outcome) : Exception
    {
        public OrderOutcome Outcome => outcome;
    }
}
