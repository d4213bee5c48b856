using Npgsql;
using Platform.Database;
using Portal.Pricing;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// A buyer writes an order: keeps it as a draft, changes the draft, or hands it to the seller. What goes beyond a limit of who writes it waits for
/// a word inside the company first.
/// </summary>
public sealed class PlaceOrder(Db db, OrderPricing pricing, OrderWriting orders, PurchaseLimits limits, OrderBooks books, OrderNews news)
{
    /// <summary>Writes a new order.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="submit">True to hand it to the seller at once, false to keep it as a draft.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<OrderOutcome> CreateAsync(OrderRequest request, bool submit, CancellationToken ct)
    {
        if (submit)
        {
            // What is handed in the database holds against the terms of sale itself, line by line. Whoever keeps them, nearly everybody, is not asked twice.
            try
            {
                return await WithinCreditAsync(async () => await WriteNewAsync(await pricing.CheckButTheTermsAsync(request, ct), submit, ct), ct);
            }
            catch (PostgresException refused) when (refused.Violates(OrderWriting.TermsOfSaleAreKept))
            {
                // Now which lines, and what mends them.
            }
        }

        return await WithinTheTermsAsync(async () => await WriteNewAsync(await pricing.CheckAsync(request, ct), submit, ct), ct);
    }

    /// <summary>Replaces what a draft holds.</summary>
    /// <param name="number">The draft.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="request">What is wanted now.</param>
    /// <param name="submit">True to hand it to the seller with it.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderOutcome> UpdateAsync(string number, int? version, OrderRequest request, bool submit, CancellationToken ct) => WithinTheTermsAsync(async () =>
    {
        var draft = await orders.TakeAsync(number, ct);
        var act = submit ? OrderLifecycle.Submit : OrderLifecycle.Edit;
        if (Permission.Refusal(draft, act, version, says: true) is { } refused)
        {
            return refused;
        }

        if (draft!.DropShips)
        {
            return OrderOutcome.Because("", "orders.problem.drop_ship_stays");
        }

        return await ReplaceAsync(draft, await pricing.CheckAsync(request, ct), submit, ct);
    }, ct);

    /// <summary>Hands a draft to the seller as it stands, at today's prices.</summary>
    /// <param name="number">The draft.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderOutcome> SubmitAsync(string number, int? version, CancellationToken ct) => WithinTheTermsAsync(async () =>
    {
        var draft = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(draft, OrderLifecycle.Submit, version) is { } refused)
        {
            return refused;
        }

        var head = await orders.DraftHeadAsync(draft!.PurchaseOrderId, ct);
        var lines = await orders.LinesAsync(draft.PurchaseOrderId, ct);
        var request = new OrderRequest(head.PoNumber, head.Note, null, null, [.. lines.Select(line => new SkuLine(line.Sku, line.Quantity) { Day = line.RequestedOn, Configuration = line.Configuration, Start = line.TermStart, Months = line.TermMonths, Subscription = line.Subscription })]) { ShipTo = head.ShipTo, Coupons = head.Coupons, Deal = head.Deal };
        return await ReplaceAsync(draft, await pricing.CheckAsync(request, ct), submit: true, ct);
    }, ct);

    /// <summary>The most coupons an order names.</summary>
    public const int MostCoupons = 10;

    // What was written of an order that credit refuses is taken back. Where others used up a promotion between the look at the prices and the writing, it is priced anew, without it:
    // a total that was seen and is another now is told.
    async Task<OrderOutcome> WithinCreditAsync(Func<Task<OrderOutcome>> place, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await db.InTransactionAsync(place, ct);
            }
            catch (NotPlacedException refused)
            {
                return refused.Outcome;
            }
            catch (PostgresException refused) when (OrderWriting.IsUsedUp(refused) && attempt < 3)
            {
                // Once more.
            }
            catch (PostgresException refused) when (OrderWriting.IsUsedUp(refused))
            {
                return OrderOutcome.Because("", "orders.problem.promotion_used_up");
            }
        }
    }

    // A rule may come into force between the check and the writing; then the database has the word.
    async Task<OrderOutcome> WithinTheTermsAsync(Func<Task<OrderOutcome>> place, CancellationToken ct)
    {
        try
        {
            return await WithinCreditAsync(place, ct);
        }
        catch (PostgresException refused) when (refused.Violates(OrderWriting.TermsOfSaleAreKept))
        {
            return OrderOutcome.Because("lines", "orders.problem.terms_changed");
        }
    }

    async Task<OrderOutcome> WriteNewAsync(CheckedOrder order, bool submit, CancellationToken ct) =>
        Refusal(order, submit) ?? await WriteAsync(order, PublicNumber.New("PO"), submit, written => orders.InsertAsync(written, ct), ct);

    async Task<OrderOutcome> ReplaceAsync(OrderInHand draft, CheckedOrder order, bool submit, CancellationToken ct)
    {
        if (Refusal(order, submit) is { } refusal)
        {
            return refusal;
        }

        if (order.Parties!.SellerId != draft.SellerId)
        {
            return OrderOutcome.Because("", "orders.problem.seller_changed", order.Parties.SellerName ?? "");
        }

        return await WriteAsync(order, draft.Number, submit, written => orders.ReplaceAsync(draft, written, ct), ct);
    }

    async Task<OrderOutcome> WriteAsync(CheckedOrder order, string number, bool submit, Func<NewOrder, Task<bool>> write, CancellationToken ct)
    {
        var needed = submit ? await limits.NeededAsync(order.Parties!, order.Total, ct) : null;
        var written = Written(order, number, StatusOf(submit, needed));
        if (!await write(written))
        {
            return await NumberUsedAsync(written, ct);
        }

        await TellAsync(written, needed, ct);
        if (submit && order.Uses.Count > 0)
        {
            await orders.TakePromotionsAsync(written, order.Uses, ct);
        }

        if (submit && order.Specials.Count > 0)
        {
            await orders.TakeSpecialPricesAsync(written, order.Specials, ct);
        }

        // Last of all: the buyer's other orders wait from here on until this one is committed.
        if (await books.SubmittedAsync(order.Parties!, written, ct) is { } beyond)
        {
            throw new NotPlacedException(beyond);
        }

        return new OrderOutcome.Done(number) { WaitsForApproval = needed is not null };
    }

    async Task TellAsync(NewOrder written, ApprovalNeeded? needed, CancellationToken ct)
    {
        await news.TellAsync(written.Number, written.BuyerId, written.SellerId, written.Status is OrderStatus.Draft ? OrderLifecycle.Edit : OrderLifecycle.Submit, written.Status, Details(written), ct);
        if (needed is not null)
        {
            await limits.AskAsync(written.Number, needed, ct);
            await news.TellOfApprovalAsync(written.Number, written.BuyerId, "ask", needed.ApproverId, ct);
        }
    }

    static string StatusOf(bool submit, ApprovalNeeded? needed) => !submit ? OrderStatus.Draft : needed is null ? OrderStatus.Submitted : OrderStatus.PendingApproval;

    static OrderOutcome? Refusal(CheckedOrder order, bool submit)
    {
        if (order.Parties is not { MayBuy: true })
        {
            return new OrderOutcome.Forbidden();
        }

        if (order.Problems.Count > 0)
        {
            return new OrderOutcome.Wrong(order.Problems);
        }

        if (submit && order.Lines.Count == 0)
        {
            return OrderOutcome.Because("lines", "orders.problem.no_lines");
        }

        if (order.Request.Coupons.Count > MostCoupons)
        {
            return OrderOutcome.Because("coupons", "orders.problem.too_many_coupons", MostCoupons);
        }

        if (submit && order.UselessCoupons is [var useless, ..])
        {
            return OrderOutcome.Because("coupons", "orders.problem.useless_coupon", useless);
        }

        if (submit && order.IsDealUseless)
        {
            return OrderOutcome.Because("deal", "orders.problem.useless_deal", order.Request.Deal!);
        }

        return submit && order.Request.ExpectedTotal is { } seen && seen != order.Total
            ? OrderOutcome.Because("expectedTotal", "orders.problem.prices_changed", seen, order.Total)
            : null;
    }

    static NewOrder Written(CheckedOrder order, string number, string status) => new(
        number, order.Parties!.BuyerId, order.Parties.SellerId!.Value, order.Request.PoNumber, order.Parties.Today, order.Parties.Currency,
        order.Request.Note, status, 
        // gifts are given when it is handed in: a draft is priced anew until then
        [.. order.Lines.Select(line => line.Priced!), .. status is OrderStatus.Draft ? [] : order.Gifts]) { ShipTo = order.Request.ShipTo, Coupons = Prices.Coupons(order.Request.Coupons), Deal = order.Request.Deal };

    static object Details(NewOrder order) => new { order.PoNumber, order.Currency, order.Total, Lines = order.Lines.Count };

    async Task<OrderOutcome> NumberUsedAsync(NewOrder order, CancellationToken ct) =>
        OrderOutcome.Because("poNumber", "orders.problem.po_number_used", order.PoNumber!, await orders.NumberOfAsync(order.PoNumber!, ct) ?? "");

    sealed class NotPlacedException(OrderOutcome outcome) : Exception
    {
        public OrderOutcome Outcome { get; } = outcome;
    }
}
