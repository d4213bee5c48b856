using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Web.Display;

namespace Portal.Receivables;

/// <summary>The seller's finance says which invoices a payment or a credit note pays for, takes that back, or reverses a payment as a whole.</summary>
public sealed class MatchCredits(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The name of the constraint that lets nothing be matched beyond what is open.</summary>
    public const string NoMoreThanIsOpen = "no_more_is_matched_than_is_open";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>What is open on the account of a payment or credit note, and what of it the credit is probably for.</summary>
    /// <param name="creditItemId">Its open item.</param>
    /// <param name="openAmount">What has not been matched of it.</param>
    /// <param name="reference">What the payer wrote.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Proposal> ProposeAsync(long creditItemId, decimal openAmount, string? reference, CancellationToken ct)
    {
        var open = await DebitsAsync(creditItemId, ct);
        return new(open, PaymentMatching.Propose(openAmount, reference, open, oldestToo: true));
    }

    /// <summary>Matches a payment or credit note with invoices, each with its amount.</summary>
    /// <param name="creditNumber">The payment or credit note.</param>
    /// <param name="parts">Invoices and amounts; an amount of nothing is left out.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<BooksOutcome> MatchAsync(string creditNumber, IReadOnlyList<MatchTyped> parts, CancellationToken ct)
    {
        if (parts.Any(part => part is null))
        {
            return BooksOutcome.Because("parts", "receivables.problem.empty_entry");
        }

        try
        {
            return await db.InTransactionDespiteDeadlocksAsync<BooksOutcome>(3, async () =>
            {
                var credit = await FindAsync(creditNumber, ct);
                if (Refusal(credit) is { } refused)
                {
                    return refused;
                }

                var debits = (await DebitsAsync(credit!.OpenItemId, ct)).ToDictionary(debit => debit.Number, StringComparer.Ordinal);
                var wanted = parts.Where(part => part.Amount is not (null or 0)).ToList();
                if (Problems(credit, wanted, debits).ToList() is { Count: > 0 } problems)
                {
                    return new BooksOutcome.Wrong(problems);
                }

                var proposed = PaymentMatching.Propose(credit.OpenAmount, credit.Reference, [.. debits.Values], oldestToo: false).ToDictionary(match => match.Debit.Number, match => match.How, StringComparer.Ordinal);
                await SettleAsync([.. wanted.Select(part => (debits[part.Invoice!].OpenItemId, credit.OpenItemId, part.Amount!.Value, proposed.GetValueOrDefault(part.Invoice!, "hand")))], ct);
                await audit.RecordAsync([new("payment.matched", "payment", creditNumber, [credit.BuyerId, credit.SellerId], new { parts = wanted })], ct);
                return new BooksOutcome.Done(creditNumber);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(NoMoreThanIsOpen))
        {
            return BooksOutcome.Because("", "receivables.problem.matched_meanwhile");
        }
    }

    /// <summary>Takes back what was matched between a payment or credit note and an invoice.</summary>
    public Task<BooksOutcome> UnmatchAsync(string creditNumber, string invoiceNumber, string? reason, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<BooksOutcome>(3, async () =>
    {
        var credit = await FindAsync(creditNumber, ct);
        if (Refusal(credit) is { } refused)
        {
            return refused;
        }

        if (BooksOutcome.ReasonProblem(reason, 1000) is { } problem)
        {
            return problem;
        }

        var debit = await db.FindAsync<long?>("select open_item_id from open_item where number = @invoiceNumber and seller_id = @SellerId and kind = 'invoice'", new { invoiceNumber, credit!.SellerId }, ct);
        if (debit is null || await db.OneAsync<decimal>("select receivables_unsettle(@debit, @credit, @reason, @now)", new { debit, credit = credit!.OpenItemId, reason, now = Now }, ct) == 0)
        {
            return new BooksOutcome.NotFound();
        }

        await audit.RecordAsync([new("payment.unmatched", "payment", creditNumber, [credit.BuyerId, credit.SellerId], new { invoice = invoiceNumber, reason })], ct);
        return new BooksOutcome.Done(creditNumber);
    }, ct);

    /// <summary>Reverses a payment that bounced or was entered by mistake: what it paid for is open again.</summary>
    public Task<BooksOutcome> ReverseAsync(string paymentNumber, string? reason, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<BooksOutcome>(3, async () =>
    {
        var credit = await FindAsync(paymentNumber, ct);
        if (Refusal(credit) is { } refused)
        {
            return refused;
        }

        if (credit!.PaymentId is not { } payment)
        {
            return new BooksOutcome.NotFound();
        }

        if (BooksOutcome.ReasonProblem(reason, 1000) is { } problem)
        {
            return problem;
        }

        if (await db.OneAsync<bool>("select payment_reverse(@payment, @number, @reason, @now)", new { payment, number = PublicNumber.New("PR"), reason, now = Now }, ct))
        {
            await audit.RecordAsync([new("payment.reversed", "payment", paymentNumber, [credit.BuyerId, credit.SellerId], new { reason })], ct);
        }

        return new BooksOutcome.Done(paymentNumber);
    }, ct);

    /// <summary>A payment or credit note with what is open of it, or null where there is none for the person at work.</summary>
    public Task<Credit?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Credit>("""
        select i.open_item_id, i.seller_id, i.buyer_id, i.currency, i.open_amount, i.payment_id, p.reference, app_keeps_books_of(i.seller_id) as may
        from open_item i
        left join payment p on p.payment_id = i.payment_id
        where i.number = @number and i.side = 'credit'
        """, new { number }, ct);

    /// <summary>What is open on the accounts of some credits, account by account; the earliest due first.</summary>
    internal async Task<ILookup<(long BuyerId, string Currency), OpenDebit>> DebitsAsync(long[] credits, CancellationToken ct) => (await db.ListAsync<AccountDebit>("""
        select d.buyer_id, d.currency, d.open_item_id, d.number, d.legal_number, o.number as order_number, o.po_number, d.due_on, d.open_amount
        from (select distinct seller_id, buyer_id, currency from open_item where open_item_id = any (@credits)) as account
        join open_item d on d.seller_id = account.seller_id and d.buyer_id = account.buyer_id and d.currency = account.currency and d.kind = 'invoice' and d.open_amount > 0
        join invoice i on i.invoice_id = d.invoice_id
        join purchase_order o on o.purchase_order_id = i.purchase_order_id
        order by d.due_on, d.open_item_id
        """, new { credits }, ct)).ToLookup(debit => (debit.BuyerId, debit.Currency), debit => debit.Open);

    /// <summary>Writes matches, all with one statement.</summary>
    internal Task SettleAsync(IReadOnlyList<(long Debit, long Credit, decimal Amount, string How)> matches, CancellationToken ct) => matches.Count == 0
        ? Task.CompletedTask
        : db.ExecuteAsync("select receivables_settle(@debits, @credits, @amounts, @ways, @now)", new
        {
            debits = matches.Select(match => match.Debit).ToArray(), credits = matches.Select(match => match.Credit).ToArray(), amounts = matches.Select(match => match.Amount).ToArray(),
            ways = matches.Select(match => match.How).ToArray(), now = Now,
        }, ct);

    async Task<List<OpenDebit>> DebitsAsync(long credit, CancellationToken ct) => [.. (await DebitsAsync([credit], ct)).SelectMany(account => account)];

    static BooksOutcome? Refusal(Credit? credit) => credit switch
    {
        null => new BooksOutcome.NotFound(),
        { May: false } => new BooksOutcome.Forbidden(),
        _ => null,
    };

    static IEnumerable<FieldProblem> Problems(Credit credit, List<MatchTyped> wanted, Dictionary<string, OpenDebit> debits)
    {
        if (wanted.Count == 0)
        {
            yield return new("parts", "receivables.problem.no_match");
        }

        foreach (var part in wanted)
        {
            if (part.Invoice is null || !debits.TryGetValue(part.Invoice, out var debit))
            {
                yield return new("parts", "receivables.problem.not_open", part.Invoice ?? "");
            }
            else if (!Amounts.IsPayable(part.Amount, credit.Currency))
            {
                yield return new("parts", "receivables.problem.amount", credit.Currency);
            }
            else if (part.Amount > debit.OpenAmount)
            {
                yield return new("parts", "receivables.problem.more_than_open", part.Invoice, Formats.Of(new Money(debit.OpenAmount, credit.Currency)));
            }
        }

        if (wanted.GroupBy(part => part.Invoice, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            yield return new("parts", "receivables.problem.invoice_twice", twice.Key ?? "");
        }

        if (wanted.Sum(part => part.Amount ?? 0) > credit.OpenAmount)
        {
            yield return new("parts", "receivables.problem.more_than_left", Formats.Of(new Money(credit.OpenAmount, credit.Currency)));
        }
    }

    sealed record AccountDebit(long BuyerId, string Currency, long OpenItemId, string Number, string? LegalNumber, string? OrderNumber, string? PoNumber, DateOnly DueOn, decimal OpenAmount)
    {
        public OpenDebit Open => new(OpenItemId, Number, LegalNumber, OrderNumber, PoNumber, DueOn, OpenAmount);
    }
}

/// <summary>What a payment or credit note can be matched with.</summary>
/// <param name="Open">Everything that is open on its account.</param>
/// <param name="Matches">What of it the credit is probably for.</param>
public sealed record Proposal(IReadOnlyList<OpenDebit> Open, IReadOnlyList<ProposedMatch> Matches);

/// <summary>So much goes to that invoice.</summary>
/// <param name="Invoice">The invoice's public number.</param>
/// <param name="Amount">How much.</param>
public sealed record MatchTyped(string? Invoice, decimal? Amount);

/// <summary>A payment or credit note with what is open of it.</summary>
public sealed record Credit
{
    /// <summary>The key.</summary>
    public long OpenItemId { get; init; }

    /// <summary>Whose books.</summary>
    public long SellerId { get; init; }

    /// <summary>Who paid.</summary>
    public long BuyerId { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    /// <summary>What has not been matched.</summary>
    public decimal OpenAmount { get; init; }

    /// <summary>The payment's key; null for a credit note.</summary>
    public long? PaymentId { get; init; }

    /// <summary>What the payer wrote.</summary>
    public string? Reference { get; init; }

    /// <summary>The person at work keeps these books.</summary>
    public bool May { get; init; }
}
