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
public sealed class AnswerChange(Db db, OrderWriting orders, OrderChanges changes, KpiFacts kpis, Outbox outbox, ChangeNews news)
{
    /// <summary>Agrees: the order is changed.</summary>
    public Task<OrderOutcome> AcceptAsync(string change, string? answer, CancellationToken ct) => WithinTheTermsAsync(async () =>
    {
        var (order, open, refused) = await TakeAsync(change, open => open.To, ct);
        if (refused is not null)
        {
            return refused;
        }

        if (OrderLifecycle.Find(OrderLifecycle.Change, open!.To, order!.Status) is null)
        {
            return new OrderOutcome.NotNow(order.Status);
        }

        var lines = await orders.LinesAsync(order.PurchaseOrderId, ct);
        if (Overtaken(open, lines) is { } late)
        {
            return late;
        }

        if (order.FromPlaceId is not null)
        {
            await kpis.TakeBackOrdersAsync([order.PurchaseOrderId], ct);
        }

        var free = await changes.AcceptAsync(change, answer, ct);
        await AddSubstitutesAsync(order, open, free, ct);
        var status = order.Status is OrderStatus.Submitted && !IsAllCalledOff(open, lines) ? OrderStatus.Submitted : After(await orders.LinesAsync(order.PurchaseOrderId, ct));
        await orders.AdvanceAsync(order, OrderLifecycle.Change, status, open.Reason, ct);
        if (order.FromPlaceId is not null)
        {
            await kpis.AddOrdersAsync([order.PurchaseOrderId], ct);
        }

        await news.AnsweredAsync(order, open, "accept_change", answer, ct);
        return new OrderOutcome.Done(order.Number, change);
    }, ct);

    /// <summary>Does not agree, and says why.</summary>
    public Task<OrderOutcome> DeclineAsync(string change, string? answer, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var (order, open, refused) = await TakeAsync(change, open => open.To, ct);
        if (refused is not null)
        {
            return refused;
        }

        if (Reason.Problem(answer) is { } problem)
        {
            return problem;
        }

        await changes.EndAsync(change, "declined", answer!.Trim(), ct);
        await news.AnsweredAsync(order!, open!, "decline_change", answer, ct);
        return new OrderOutcome.Done(order!.Number, change);
    }, ct);

    /// <summary>Whoever asked takes it back.</summary>
    public Task<OrderOutcome> WithdrawAsync(string change, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var (order, open, refused) = await TakeAsync(change, open => open.By, ct);
        if (refused is not null)
        {
            return refused;
        }

        await changes.EndAsync(change, "withdrawn", null, ct);
        await news.AnsweredAsync(order!, open!, "withdraw_change", null, ct);
        return new OrderOutcome.Done(order!.Number, change);
    }, ct);

    /// <summary>Asks the upstream for the same of the orders that were made for these lines, and agrees when it does.</summary>
    public Task<OrderOutcome> PassUpAsync(string change, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var (order, open, refused) = await TakeAsync(change, open => open.To, ct);
        if (refused is not null)
        {
            return refused;
        }

        var upwards = open!.By is Side.Buyer ? await changes.UpwardsAsync(change, ct) : [];
        if (upwards.Count == 0)
        {
            return OrderOutcome.Because("", "orders.change.problem.nothing_upwards");
        }

        foreach (var above in upwards.GroupBy(line => line.OrderNumber, StringComparer.Ordinal))
        {
            var taken = await orders.TakeAsync(above.Key, ct) ?? throw new InvalidOperationException($"Order {above.Key} is the seller's own.");
            var asked = new NewChange(PublicNumber.New("OC"), above.Key, Side.Buyer, open.Reason, [.. above.Select(line => new NewChangedLine(line.LineId, line.CallOff, line.NewDay))]) { PassedUpFrom = change };
            if (!await changes.InsertAsync(asked, ct))
            {
                return OrderOutcome.Because("", "orders.change.problem.one_open_upwards", above.Key);
            }

            await news.AskedAsync(taken, asked.Number, Side.Buyer, asked.Reason, new { change = asked.Number, asked.Reason }, ct);
        }

        await changes.WaitAsync(change, waits: true, ct);
        await news.PassedUpAsync(order!, change, ct);
        return new OrderOutcome.Done(order!.Number, change);
    }, ct);

    async Task<(OrderInHand? Order, OpenChange? Open, OrderOutcome? Refused)> TakeAsync(string change, Func<OpenChange, Side> who, CancellationToken ct)
    {
        // The order first, then what hangs on it: as in every act.
        if (await changes.OrderOfAsync(change, ct) is not { } number || await orders.TakeAsync(number, ct) is not { } order)
        {
            return (null, null, new OrderOutcome.NotFound());
        }

        if (await changes.OpenAsync(change, ct) is not { } open)
        {
            return (order, null, OrderOutcome.Because("", "orders.change.problem.over"));
        }

        return (order, open, order.IsOn(who(open)) && order.HasRoleOf(who(open)) ? null : new OrderOutcome.Forbidden());
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

    static string After(List<LineInHand> lines) =>
        OrderLifecycle.After(lines.Sum(line => (long)line.Quantity), lines.Sum(line => (long)line.Shipped), lines.Sum(line => (long)line.Received), lines.Sum(line => (long)line.Lost), lines.Sum(line => (long)line.Cancelled));

    async Task<OrderOutcome> WithinTheTermsAsync(Func<Task<OrderOutcome>> act, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(act, ct);
        }
        catch (PostgresException refused) when (refused.Violates(OrderWriting.TermsOfSaleAreKept))
        {
            return OrderOutcome.Because("", "orders.change.problem.terms");
        }
    }
}
