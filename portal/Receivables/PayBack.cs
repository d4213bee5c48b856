using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Web.Display;

namespace Portal.Receivables;

/// <summary>The seller records that it paid a buyer's credit on account back (退款), never more than is left of it when all invoices are paid; and undoes such an entry by an opposite one.</summary>
public sealed class PayBack(Db db, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Records what was paid back.</summary>
    /// <param name="partnerNumber">The buyer.</param>
    /// <param name="typed">How much, when and why.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<BooksOutcome> RunAsync(string partnerNumber, PayoutTyped typed, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<BooksOutcome>(3, async () =>
    {
        var pair = await db.FindAsync<Pair>("""
            select own.partner_id as seller_id, b.partner_id as buyer_id, b.currency, app_keeps_books_of(own.partner_id) as may, brand_day(@Now) as today
            from (select app_partner_id() as partner_id) as own
            join account_partners() b on b.number = @partnerNumber
            where b.upstream_id = own.partner_id or exists (select from ledger_account a where a.seller_id = own.partner_id and a.buyer_id = b.partner_id)
            """, new { partnerNumber, Now }, ct);
        if (pair is null)
        {
            return new BooksOutcome.NotFound();
        }

        if (!pair.May)
        {
            return new BooksOutcome.Forbidden();
        }

        var currency = typed.Currency ?? pair.Currency;
        if (Problems(typed, currency, pair.Today).ToList() is { Count: > 0 } problems)
        {
            return new BooksOutcome.Wrong(problems);
        }

        var entered = await db.OneAsync<Entered>("""
            select outcome, remaining, entered_as from payout_enter(@SellerId, @BuyerId, @currency, @Amount, @PaidOn, @BankReference, @Reason, @number, @Now)
            """, new { pair.SellerId, pair.BuyerId, currency, typed.Amount, typed.PaidOn, typed.BankReference, typed.Reason, number = PublicNumber.New("PB"), Now }, ct);
        switch (entered.Outcome)
        {
            case "done":
                await audit.RecordAsync([new("payout.entered", "payment", entered.EnteredAs!, [pair.BuyerId, pair.SellerId], new { typed.Amount, currency, typed.PaidOn, typed.BankReference, typed.Reason })], ct);
                return new BooksOutcome.Done(entered.EnteredAs!);
            case "twice":
                return BooksOutcome.Because("bankReference", "receivables.problem.payout_twice", entered.EnteredAs!);
            default:
                return entered.Remaining == 0
                    ? BooksOutcome.Because("amount", "receivables.problem.no_credit_left", currency)
                    : BooksOutcome.Because("amount", "receivables.problem.more_than_credit", Formats.Of(new Money(entered.Remaining!.Value, currency)));
        }
    }, ct);

    /// <summary>Undoes a payout: the credit is on account again.</summary>
    /// <param name="number">The payout.</param>
    /// <param name="reason">Why; the buyer reads it.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<BooksOutcome> UndoAsync(string number, string? reason, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<BooksOutcome>(3, async () =>
    {
        if (await db.FindAsync<Paid>("select payout_id, seller_id, buyer_id, app_keeps_books_of(seller_id) as may from payout where number = @number", new { number }, ct) is not { } paid)
        {
            return new BooksOutcome.NotFound();
        }

        if (!paid.May)
        {
            return new BooksOutcome.Forbidden();
        }

        if (BooksOutcome.ReasonProblem(reason, 1000) is { } problem)
        {
            return problem;
        }

        if (await db.OneAsync<bool>("select payout_undo(@PayoutId, @reversal, @reason, @Now)", new { paid.PayoutId, reversal = PublicNumber.New("PV"), reason, Now }, ct))
        {
            await audit.RecordAsync([new("payout.undone", "payment", number, [paid.BuyerId, paid.SellerId], new { reason })], ct);
        }

        return new BooksOutcome.Done(number);
    }, ct);

    static IEnumerable<FieldProblem> Problems(PayoutTyped typed, string currency, DateOnly today)
    {
        if (typed.Currency is not null && !Pricing.Currencies.IsKnown(typed.Currency))
        {
            yield return new("currency", "receivables.problem.currency", typed.Currency);
        }
        else if (!Amounts.IsPayable(typed.Amount, currency))
        {
            yield return new("amount", "receivables.problem.amount", currency);
        }

        if (typed.PaidOn is not { } day || day > today || day < today.AddYears(-10))
        {
            yield return new("paidOn", "receivables.problem.payout_on");
        }

        if (typed.BankReference?.Length > 100)
        {
            yield return new("bankReference", "receivables.problem.too_long", 100);
        }

        if (BooksOutcome.ReasonProblem(typed.Reason, 1000) is { } reason)
        {
            yield return reason.Problems[0];
        }
    }

    sealed record Pair(long SellerId, long BuyerId, string Currency, bool May, DateOnly Today);

    sealed record Entered(string Outcome, decimal? Remaining, string? EnteredAs);

    sealed record Paid(long PayoutId, long SellerId, long BuyerId, bool May);
}

/// <summary>What was paid back.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Currency">ISO 4217; the buyer's where nothing is said.</param>
/// <param name="PaidOn">When.</param>
/// <param name="BankReference">The bank's number of the transfer.</param>
/// <param name="Reason">Why; the buyer reads it.</param>
public sealed record PayoutTyped(decimal? Amount, string? Currency, DateOnly? PaidOn, string? BankReference, string? Reason);
