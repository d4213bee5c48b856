using Npgsql;
using Platform.Database;
using Platform.Web;
using Portal.Orders;

namespace Portal.Returns;

/// <summary>The buyer files a case about what differed at a receipt, both sides speak about it, and what they agree to is carried out at once: goods sent again, a credit note, a surplus taken over.</summary>
public sealed class SettleDiscrepancy(Db db, CaseStore cases, OrderWriting orders, SettleDelivery settle, CreditPieces credit, AgreedByBoth agreed, ReturnNews news)
{
    /// <summary>Files a case.</summary>
    /// <param name="asked">What about, and what is wanted.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ReturnOutcome> FileAsync(CaseAsked asked, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<ReturnOutcome>(async () =>
            {
                if (await cases.DifferenceAsync(asked.Receipt ?? "", asked.LineNumber, asked.Kind ?? "", ct) is not { } about || await orders.TakeAsync(about.OrderNumber, ct) is not { } order)
                {
                    return new ReturnOutcome.NotFound();
                }

                if (!order.IsBuyer || !order.MayBuy)
                {
                    return new ReturnOutcome.Forbidden();
                }

                if (Problems(asked, about, order).ToList() is { Count: > 0 } problems)
                {
                    return new ReturnOutcome.Wrong(problems);
                }

                if (asked.Path is "send_again" && await cases.CreditedAsync(about.ShipmentLineId, (int)asked.Quantity!.Value, ct) is { } credited)
                {
                    return credited;
                }

                var number = PublicNumber.New("DC");
                await cases.InsertAsync(number, about, (int)asked.Quantity!.Value, asked.Path!, asked.Reason!, ct);
                await cases.StepAsync(number, CaseLifecycle.File, CaseLifecycle.Open, asked.Path, asked.Reason, null, ct);
                await news.TellAsync("discrepancy", CaseLifecycle.File, number, order.BuyerId, order.SellerId, tellsSeller: true, new { order = order.Number, about.Kind, asked.Quantity, asked.Path, asked.Reason }, ct);
                return new ReturnOutcome.Done(number);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates("a_discrepancy_is_settled_once"))
        {
            return ReturnOutcome.Because("receipt", "returns.problem.case_exists");
        }
    }

    /// <summary>One of the acts of <see cref="CaseLifecycle"/> after the filing.</summary>
    /// <param name="number">The case.</param>
    /// <param name="version">The version the person saw.</param>
    /// <param name="act">The act.</param>
    /// <param name="path">What is offered instead (dispute) or wanted now (renew).</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<ReturnOutcome> RunAsync(string number, int? version, string act, string? path, string? reason, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<ReturnOutcome>(3, async () =>
    {
        // The order first, as in every act on goods.
        if (await cases.FindAsync(number, ct) is not { } seen || await orders.TakeAsync(seen.OrderNumber, ct) is not { } order || await cases.TakeAsync(number, ct) is not { } found)
        {
            return new ReturnOutcome.NotFound();
        }

        if (Refusal(found, order, act, version) is { } refused)
        {
            return refused;
        }

        var step = CaseLifecycle.Find(act, found.Side!.Value, found)!;
        if (ReturnOutcome.ReasonProblem(reason, step.NeedsReason) is { } unreasoned)
        {
            return unreasoned;
        }

        if (path is not null && !CaseLifecycle.PathsOf(found.Kind).Contains(path))
        {
            return ReturnOutcome.Because("path", "returns.problem.path");
        }

        var settledAs = step.To is CaseLifecycle.Settled ? act is CaseLifecycle.Accept ? found.Wanted : found.Offered : null;
        var (document, problem) = settledAs is null ? (null, null) : await agreed.CarryOutAsync(() => CarryOutAsync(found, order, settledAs, ct), ct);
        if (problem is not null)
        {
            return problem;
        }

        await cases.AdvanceAsync(found, step.To, act is CaseLifecycle.Renew ? path : null, act is CaseLifecycle.Dispute ? path : null, settledAs, ct);
        await cases.StepAsync(number, act, step.To, settledAs ?? path, reason, document, ct);
        await news.TellAsync("discrepancy", act, number, found.BuyerId, found.SellerId, tellsSeller: step.By is Side.Buyer, new { order = order.Number, path = settledAs ?? path, reason, document }, ct);
        return new ReturnOutcome.Done(number);
    }, ct);

    async Task<(string? Document, ReturnOutcome? Problem)> CarryOutAsync(DiscrepancyCase found, OrderInHand order, string path, CancellationToken ct)
    {
        switch (path)
        {
            case "credit":
                var (pieces, missing) = await credit.FindAsync([(found.ShipmentLineId, found.Quantity)], ct);
                return missing is { } less
                    ? (null, ReturnOutcome.Because("path", "returns.problem.nothing_to_credit", less.Sku, less.Left))
                    : (string.Join(", ", await credit.WriteAsync(pieces, found.Reason, ct)), null);
            case "send_again":
                return await cases.CreditedAsync(found.ShipmentLineId, found.Quantity, ct) is { } credited ? (null, credited)
                    : Answer(await settle.SendAgainAsync(order, found.PurchaseOrderLineId, found.Quantity, found.Number, ct));
            case "take_over":
                return Answer(await settle.TakeOverAsync(order, found.PurchaseOrderLineId, found.Quantity, found.Number, ct));
            default:
                return (null, null);
        }
    }

    static (string? Document, ReturnOutcome? Problem) Answer(OrderOutcome outcome) => outcome switch
    {
        OrderOutcome.Done done => (done.Document, null),
        OrderOutcome.NotNow => (null, ReturnOutcome.Because("path", "returns.problem.order_is_over")),
        OrderOutcome.Wrong(var problems) => (null, new ReturnOutcome.Wrong([.. problems.Select(problem => new FieldProblem("path", problem.TextKey, problem.Arguments))])),
        _ => throw new InvalidOperationException($"What both agreed to was not carried out: {outcome}"),
    };

    static ReturnOutcome? Refusal(DiscrepancyCase found, OrderInHand order, string act, int? version)
    {
        var by = CaseLifecycle.Transitions.First(step => step.Act == act).By;
        return found.Side != by || !order.HasRoleOf(by) ? new ReturnOutcome.Forbidden()
            : CaseLifecycle.IsDone(act, found.Status) ? new ReturnOutcome.Done(found.Number)
            : version is { } seen && seen != found.Version ? new ReturnOutcome.Stale()
            : CaseLifecycle.Find(act, by, found) is null ? new ReturnOutcome.NotNow(found.Status)
            : null;
    }

    static IEnumerable<FieldProblem> Problems(CaseAsked asked, FoundDifference about, OrderInHand order)
    {
        if (about.CaseNumber is { } exists)
        {
            yield return new("receipt", "returns.problem.case_exists_as", exists);
        }

        if (asked.Quantity is not { } quantity || quantity <= 0 || quantity != decimal.Truncate(quantity) || quantity > about.Quantity)
        {
            yield return new("quantity", "returns.problem.case_quantity", about.Quantity);
        }

        if (asked.Path is null || !CaseLifecycle.PathsOf(about.Kind).Contains(asked.Path))
        {
            yield return new("path", "returns.problem.path");
        }
        else if (asked.Path is "send_again" or "take_over" && order.Status is OrderStatus.Closed)
        {
            yield return new("path", "returns.problem.order_is_over");
        }

        if (ReturnOutcome.ReasonProblem(asked.Reason) is { } reason)
        {
            yield return reason.Problems[0];
        }
    }
}

/// <summary>What a buyer wants for a discrepancy.</summary>
/// <param name="Receipt">The goods receipt.</param>
/// <param name="LineNumber">The order's line.</param>
/// <param name="Kind"><c>short</c>, <c>damaged</c>, <c>wrong</c> or <c>over</c>.</param>
/// <param name="Quantity">Of how many pieces; at most what the receipt found.</param>
/// <param name="Path">What for: <c>send_again</c>, <c>credit</c> or <c>write_off</c>; for a surplus <c>take_over</c> or <c>send_back</c>.</param>
/// <param name="Reason">Why; the seller reads it.</param>
public sealed record CaseAsked(string? Receipt, int LineNumber, string? Kind, decimal? Quantity, string? Path, string? Reason);
