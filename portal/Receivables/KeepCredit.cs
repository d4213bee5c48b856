using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Platform.Web;

namespace Portal.Receivables;

/// <summary>
/// The decisions of a seller's finance about credit: limits with their days, holds by hand, the release of an order that waits, where credit is checked,
/// when invoices are due and when buyers are reminded. Each is a row of its own with who, when and why; none is ever changed.
/// </summary>
public sealed class KeepCredit(Db db, AuditTrail audit, Outbox outbox, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Sets the limit of a buyer in a currency from a day on, or for some days.</summary>
    public Task<BooksOutcome> SetLimitAsync(string buyerNumber, LimitTyped typed, CancellationToken ct) => ForBuyerAsync(buyerNumber, typed.Reason, async pair =>
    {
        var problems = LimitProblems(typed, pair).ToList();
        if (problems.Count > 0)
        {
            return new BooksOutcome.Wrong(problems);
        }

        await db.ExecuteAsync("select credit_set_limit(@SellerId, @BuyerId, @currency, @Amount, daterange(@from, @until, '[]'), @Reason, @now)", new
        {
            pair.SellerId, pair.BuyerId, typed.Amount, typed.Reason, currency = typed.Currency ?? pair.Currency, from = typed.From ?? pair.Today, until = typed.Until, now = Now,
        }, ct);
        await RecordAsync("credit.limit_set", pair, typed, ct);
        return new BooksOutcome.Done(buyerNumber);
    }, ct);

    /// <summary>Stops a buyer by hand.</summary>
    public Task<BooksOutcome> HoldAsync(string buyerNumber, string? reason, CancellationToken ct) => ForBuyerAsync(buyerNumber, reason, async pair =>
    {
        await db.ExecuteAsync("select credit_place_hold(@SellerId, @BuyerId, @reason, @now)", new { pair.SellerId, pair.BuyerId, reason, now = Now }, ct);
        await RecordAsync("credit.held", pair, new { reason }, ct);
        return new BooksOutcome.Done(buyerNumber);
    }, ct);

    /// <summary>Lets a buyer go on that was stopped by hand.</summary>
    public Task<BooksOutcome> EndHoldAsync(string buyerNumber, string? reason, CancellationToken ct) => ForBuyerAsync(buyerNumber, reason, async pair =>
    {
        if (await db.OneAsync<int>("select credit_end_hold(@SellerId, @BuyerId, @reason, @now)", new { pair.SellerId, pair.BuyerId, reason, now = Now }, ct) > 0)
        {
            await RecordAsync("credit.hold_ended", pair, new { reason }, ct);
        }

        return new BooksOutcome.Done(buyerNumber);
    }, ct);

    /// <summary>Says when a buyer's invoices are due; without a buyer, those of all that have no terms of their own.</summary>
    public Task<BooksOutcome> SetTermsAsync(string? buyerNumber, TermsTyped typed, CancellationToken ct) => ForBuyerAsync(buyerNumber, typed.Reason, async pair =>
    {
        if (typed.DaysNet is not (>= 0 and <= 365))
        {
            return BooksOutcome.Because("daysNet", "receivables.problem.days");
        }

        if (typed.From is { } from && from < pair.Today)
        {
            return BooksOutcome.Because("from", "receivables.problem.past");
        }

        await db.ExecuteAsync("select keep_payment_term(@SellerId, @buyer, @DaysNet, @EndOfMonth, @from, @Reason, @now)", new
        {
            pair.SellerId, buyer = buyerNumber is null ? null : (long?)pair.BuyerId, typed.DaysNet, typed.EndOfMonth, typed.Reason, from = typed.From ?? pair.Today, now = Now,
        }, ct);
        await RecordAsync("credit.terms_set", pair, typed, ct);
        return new BooksOutcome.Done(buyerNumber ?? "");
    }, ct);

    /// <summary>Says where credit is checked, what counts and what happens beyond it.</summary>
    public Task<BooksOutcome> SetPolicyAsync(PolicyTyped typed, CancellationToken ct) => ForBuyerAsync(null, typed.Reason, async pair =>
    {
        var problems = PolicyProblems(typed).ToList();
        if (problems.Count > 0)
        {
            return new BooksOutcome.Wrong(problems);
        }

        await db.ExecuteAsync("select credit_keep_policy(@SellerId, @points, @CountsSubmitted, @WhenExceeded, @OverdueDays, @Reason, @now)", new
        {
            pair.SellerId, points = typed.CheckedAt.ToArray(), typed.CountsSubmitted, typed.WhenExceeded, typed.OverdueDays, typed.Reason, now = Now,
        }, ct);
        await RecordAsync("credit.policy_set", pair, typed, ct);
        return new BooksOutcome.Done("");
    }, ct);

    /// <summary>Says after how many overdue days buyers are reminded, level by level; none: nobody is reminded.</summary>
    public Task<BooksOutcome> SetRemindersAsync(IReadOnlyList<int> days, CancellationToken ct) => ForBuyerAsync(null, async pair =>
    {
        if (days.Count > 5 || days.Any(day => day is < 1 or > 365) || !days.SequenceEqual(days.Order().Distinct()))
        {
            return BooksOutcome.Because("levelDays", "receivables.problem.levels");
        }

        await db.ExecuteAsync("select keep_reminder_policy(@SellerId, @days, @now)", new { pair.SellerId, days = days.ToArray(), now = Now }, ct);
        await RecordAsync("credit.reminders_set", pair, new { days }, ct);
        return new BooksOutcome.Done("");
    }, ct);

    /// <summary>Says where buyers pay, as invoices print it from now on; nothing takes it off.</summary>
    public Task<BooksOutcome> SetBankDetailsAsync(string? details, CancellationToken ct) => ForBuyerAsync(null, async pair =>
    {
        var written = (details ?? "").Trim().ReplaceLineEndings("\n");
        if (written.Length > 600)
        {
            return BooksOutcome.Because("bankDetails", "receivables.problem.too_long", 600);
        }

        await db.ExecuteAsync("select keep_bank_details(@SellerId, @written, @now)", new { pair.SellerId, written, now = Now }, ct);
        await RecordAsync("credit.bank_details_set", pair, new { details = written }, ct);
        return new BooksOutcome.Done("");
    }, ct);

    /// <summary>Lets an order pass that waits for finance; up to what it came to when it was stopped.</summary>
    public Task<BooksOutcome> ReleaseAsync(string orderNumber, string? reason, CancellationToken ct) => db.InTransactionAsync<BooksOutcome>(async () =>
    {
        if (await db.FindAsync<HeldOrder>("""
            select purchase_order_id as order_id, seller_id, buyer_id, app_keeps_books_of(seller_id) as may from purchase_order where number = @orderNumber
            """, new { orderNumber }, ct) is not { } held)
        {
            return new BooksOutcome.NotFound();
        }

        if (!held.May)
        {
            return new BooksOutcome.Forbidden();
        }

        if (BooksOutcome.ReasonProblem(reason) is { } problem)
        {
            return problem;
        }

        if (await db.OneAsync<bool>("select credit_release_order(@OrderId, @reason, @now)", new { held.OrderId, reason, now = Now }, ct))
        {
            await audit.RecordAsync([new("order.credit_released", "order", orderNumber, [held.BuyerId, held.SellerId], new { reason })], ct);
            await outbox.PutAsync(TellOfCredit.ReleasedKind, new OrderOnHold(orderNumber, held.SellerId, held.BuyerId), ct);
        }

        return new BooksOutcome.Done(orderNumber);
    }, ct);

    Task<BooksOutcome> ForBuyerAsync(string? buyerNumber, string? reason, Func<Pair, Task<BooksOutcome>> decide, CancellationToken ct) =>
        ForBuyerAsync(buyerNumber, async pair => BooksOutcome.ReasonProblem(reason) is { } problem ? problem : await decide(pair), ct);

    // The seller is the company of whoever decides; a buyer is one it sells to, or has sold to.
    Task<BooksOutcome> ForBuyerAsync(string? buyerNumber, Func<Pair, Task<BooksOutcome>> decide, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var pair = await db.FindAsync<Pair>("""
            select s.partner_id as seller_id, b.partner_id as buyer_id, coalesce(b.number, s.number) as number, coalesce(b.currency, s.currency) as currency, brand_day(@now) as today, app_keeps_books_of(s.partner_id) as may
            from partner s
            left join account_partners() b on b.number = @buyerNumber and b.partner_id <> s.partner_id
                and (b.upstream_id = s.partner_id or exists (select from ledger_account a where a.seller_id = s.partner_id and a.buyer_id = b.partner_id))
            where s.partner_id = app_partner_id() and (@buyerNumber::text is null or b.partner_id is not null)
            """, new { buyerNumber, now = Now }, ct);
        if (pair is null)
        {
            return new BooksOutcome.NotFound();
        }

        return pair.May ? await decide(pair) : new BooksOutcome.Forbidden();
    }, ct);

    Task RecordAsync(string action, Pair pair, object details, CancellationToken ct) =>
        audit.RecordAsync([new(action, "partner", pair.Number, pair.BuyerId is { } buyer ? [buyer, pair.SellerId] : [pair.SellerId], details)], ct);

    static IEnumerable<FieldProblem> LimitProblems(LimitTyped typed, Pair pair)
    {
        var currency = typed.Currency ?? pair.Currency;
        if (!Pricing.Currencies.IsKnown(currency))
        {
            yield return new("currency", "receivables.problem.currency", currency);
        }
        else if (typed.Amount is not 0 && !Amounts.IsPayable(typed.Amount, currency))
        {
            yield return new("amount", "receivables.problem.limit", currency);
        }

        if (typed.From is { } from && from < pair.Today)
        {
            yield return new("from", "receivables.problem.past");
        }

        if (typed.Until is { } until && until < (typed.From ?? pair.Today))
        {
            yield return new("until", "receivables.problem.until");
        }
    }

    static IEnumerable<FieldProblem> PolicyProblems(PolicyTyped typed)
    {
        if (typed.CheckedAt.Any(point => point is not ("submit" or "confirm" or "ship")))
        {
            yield return new("checkedAt", "receivables.problem.points");
        }

        if (typed.WhenExceeded is not ("refuse" or "hold"))
        {
            yield return new("whenExceeded", "receivables.problem.when_exceeded");
        }

        if (typed.OverdueDays is not (null or (>= 0 and <= 365)))
        {
            yield return new("overdueDays", "receivables.problem.days");
        }
    }

    sealed record HeldOrder(long OrderId, long SellerId, long BuyerId, bool May);

    sealed record Pair
    {
        public long SellerId { get; init; }

        public long? BuyerId { get; init; }

        public string Number { get; init; } = "";

        public string Currency { get; init; } = "";

        public DateOnly Today { get; init; }

        public bool May { get; init; }
    }
}

/// <summary>A limit.</summary>
/// <param name="Amount">How much the seller lends; 0 for cash in advance.</param>
/// <param name="Currency">ISO 4217; the buyer's where nothing is said.</param>
/// <param name="From">The first day; today where nothing is said.</param>
/// <param name="Until">The last day; without one until another decision.</param>
/// <param name="Reason">Why.</param>
public sealed record LimitTyped(decimal? Amount, string? Currency, DateOnly? From, DateOnly? Until, string? Reason);

/// <summary>When invoices are due.</summary>
/// <param name="DaysNet">So many days after the invoice's own.</param>
/// <param name="EndOfMonth">At the end of the month in which that day lies.</param>
/// <param name="From">For invoices from this day on; today where nothing is said.</param>
/// <param name="Reason">Why.</param>
public sealed record TermsTyped(int? DaysNet, bool EndOfMonth, DateOnly? From, string? Reason);

/// <summary>Where and how credit is checked.</summary>
/// <param name="CheckedAt">Some of <c>submit</c>, <c>confirm</c>, <c>ship</c>; none: nowhere.</param>
/// <param name="CountsSubmitted">Orders count from their submission on, not only from the confirmation.</param>
/// <param name="WhenExceeded"><c>refuse</c>, or <c>hold</c> for a release by finance.</param>
/// <param name="OverdueDays">Stops buyers who owe something for more days than that; null: none.</param>
/// <param name="Reason">Why.</param>
public sealed record PolicyTyped(IReadOnlyList<string> CheckedAt, bool CountsSubmitted, string? WhenExceeded, int? OverdueDays, string? Reason);
