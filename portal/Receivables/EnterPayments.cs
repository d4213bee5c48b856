using System.Text.RegularExpressions;
using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Receivables;

/// <summary>
/// The seller's finance enters what buyers paid: one on the page, some by a program, many from a bank's file. The payer is known by number, code or name, or by an
/// invoice the reference names. What the reference or the exact amount says is matched at once; what is only a guess waits for a person.
/// </summary>
public sealed partial class EnterPayments(Db db, MatchCredits matching, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Enters payments to the own company; each is answered, in their order.</summary>
    /// <param name="typed">What was paid.</param>
    /// <param name="source"><c>typed</c>, <c>api</c> or <c>file</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<PaymentEntry>> RunAsync(IReadOnlyList<PaymentTyped> typed, string source, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync(3, async () =>
    {
        var (seller, may, today) = await db.OneAsync<(long?, bool, DateOnly)>("""
            select own.seller, app_keeps_books_of(own.seller), brand_day(@now)
            from (select coalesce(app_partner_id(), case when app_is_system() then (select partner_id from partner where partner_type = 'brand') end) as seller) as own
            """, new { now = clock.GetUtcNow().UtcDateTime }, ct);
        if (seller is not { } own || !may)
        {
            return typed.Select(_ => (PaymentEntry)new PaymentEntry.Refused([new("", "receivables.problem.not_yours")])).ToList();
        }

        var buyers = await BuyersAsync(own, typed, ct);
        var rows = typed.Select((payment, index) => new Row(payment, buyers[index], PublicNumber.New("PM"), [.. Problems(payment, buyers[index], today)])).ToList();
        var sound = rows.Where(row => row.Problems.Count == 0).ToList();
        if (sound.Count > 0)
        {
            await WriteAsync(own, sound, source, ct);
        }

        return rows.Select(row => row.Entry).ToList();
    }, ct);

    async Task WriteAsync(long seller, List<Row> rows, string source, CancellationToken ct)
    {
        var entered = (await db.ListAsync<(string Number, string EnteredAs)>("""
            select number, entered_as from payments_enter(@seller, @numbers, @buyers, @currencies, @amounts, @days, @payers, @references, @bankReferences, @source, @now)
            """, new
        {
            seller, source, now = clock.GetUtcNow().UtcDateTime,
            numbers = rows.Select(row => row.Number).ToArray(),
            buyers = rows.Select(row => row.Buyer!.PartnerId).ToArray(),
            currencies = rows.Select(row => row.Currency).ToArray(),
            amounts = rows.Select(row => row.Typed.Amount!.Value).ToArray(),
            days = rows.Select(row => row.Typed.PaidOn!.Value).ToArray(),
            payers = rows.Select(row => row.Typed.Payer).ToArray(),
            references = rows.Select(row => row.Typed.Reference).ToArray(),
            bankReferences = rows.Select(row => row.Typed.BankReference).ToArray(),
        }, ct)).ToDictionary(pair => pair.Number, pair => pair.EnteredAs, StringComparer.Ordinal);
        rows.ForEach(row => row.EnteredAs = entered[row.Number]);

        var fresh = rows.Where(row => row.IsFresh).ToList();
        await audit.RecordAsync([.. fresh.Select(row => new AuditAct("payment.entered", "payment", row.Number, [row.Buyer!.PartnerId, seller], new { row.Typed.Amount, row.Currency, row.Typed.PaidOn, row.Typed.Reference, source }))], ct);
        await MatchAsync(fresh, ct);
    }

    // All at once: what one payment uses is no longer open for the next.
    async Task MatchAsync(List<Row> fresh, CancellationToken ct)
    {
        if (fresh.Count == 0)
        {
            return;
        }

        // Whoever matches the same accounts meanwhile is waited for, so that what is read as open stays so.
        var accounts = await db.ListAsync<Account>("""
            select i.open_item_id, i.number, i.buyer_id, i.currency from open_item i where i.number = any (@numbers)
            """, new { numbers = fresh.Select(row => row.Number).ToArray() }, ct);
        var credits = accounts.Select(account => account.OpenItemId).ToArray();
        await db.ExecuteAsync("select receivables_hold(@credits)", new { credits }, ct);
        var open = (await matching.DebitsAsync(credits, ct)).ToDictionary(account => account.Key, account => account.ToList());
        var keys = accounts.ToDictionary(account => account.Number, account => account, StringComparer.Ordinal);
        var matches = new List<(long, long, decimal, string)>();
        foreach (var row in fresh)
        {
            var account = keys[row.Number];
            var debits = open.GetValueOrDefault((account.BuyerId, account.Currency)) ?? [];
            foreach (var match in PaymentMatching.Propose(row.Typed.Amount!.Value, row.Typed.Reference, debits, oldestToo: false))
            {
                matches.Add((match.Debit.OpenItemId, account.OpenItemId, match.Amount, match.How));
                debits[debits.IndexOf(match.Debit)] = match.Debit with { OpenAmount = match.Debit.OpenAmount - match.Amount };
                row.Matched += match.Amount;
            }
        }

        await matching.SettleAsync(matches, ct);
    }

    async Task<List<Buyer?>> BuyersAsync(long seller, IReadOnlyList<PaymentTyped> typed, CancellationToken ct)
    {
        var named = typed.SelectMany((payment, index) => DocumentNumber().Matches(payment.Reference?.ToUpperInvariant() ?? "").Select(match => (Place: index, Name: match.Value))).ToList();
        var found = (await db.ListAsync<(int Place, long PartnerId, string Currency)>("""
            with candidate as (
                select b.partner_id, b.currency, b.number, b.code, lower(b.name) as name, lower(b.name_latin) as name_latin
                from account_partners() b
                where b.partner_id <> @seller
                  and (b.upstream_id = @seller or b.partner_id in (select a.buyer_id from ledger_account a where a.seller_id = @seller))),
            guess as (
                select p.place::integer - 1 as place, c.partner_id, c.currency, case when p.payer in (c.number, c.code) then 1 else 2 end as rank
                from unnest(@payers) with ordinality as p (payer, place)
                join candidate c on p.payer in (c.number, c.code) or lower(p.payer) in (c.name, c.name_latin)
                union all
                select n.place, i.buyer_id, c.currency, 3
                from unnest(@places, @names) as n (place, name)
                join invoice i on i.seller_id = @seller and (i.legal_number = n.name or i.number = n.name)
                join candidate c on c.partner_id = i.buyer_id)
            -- two companies of one name, or invoices of two: nobody guesses which
            select place, min(partner_id) as partner_id, min(currency) as currency
            from (select g.*, rank() over (partition by g.place order by g.rank) as best from guess g) as g
            where best = 1
            group by place
            having count(distinct partner_id) = 1
            """, new
        {
            seller, payers = typed.Select(payment => payment.Payer).ToArray(),
            places = named.Select(pair => pair.Place).ToArray(), names = named.Select(pair => pair.Name).ToArray(),
        }, ct)).ToDictionary(row => row.Place, row => new Buyer(row.PartnerId, row.Currency));
        return [.. typed.Select((_, index) => found.GetValueOrDefault(index))];
    }

    static IEnumerable<FieldProblem> Problems(PaymentTyped payment, Buyer? buyer, DateOnly today)
    {
        if (buyer is null)
        {
            yield return new("payer", "receivables.problem.payer", payment.Payer ?? "");
        }

        var currency = payment.Currency ?? buyer?.Currency ?? "";
        if (payment.Currency is not null && !Pricing.Currencies.IsKnown(payment.Currency))
        {
            yield return new("currency", "receivables.problem.currency", payment.Currency);
        }

        if (!Amounts.IsPayable(payment.Amount, currency))
        {
            yield return new("amount", "receivables.problem.amount", currency);
        }

        if (payment.PaidOn is not { } day || day > today || day < today.AddYears(-10))
        {
            yield return new("paidOn", "receivables.problem.paid_on");
        }

        if (payment.Payer?.Length > 200)
        {
            yield return new("payer", "receivables.problem.too_long", 200);
        }

        if (payment.Reference?.Length > 300)
        {
            yield return new("reference", "receivables.problem.too_long", 300);
        }

        if (payment.BankReference?.Length > 100)
        {
            yield return new("bankReference", "receivables.problem.too_long", 100);
        }
    }

    [GeneratedRegex("[A-Z0-9]+(-[A-Z0-9]+)+", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex DocumentNumber();

    sealed record Buyer(long PartnerId, string Currency);

    sealed record Account(long OpenItemId, string Number, long BuyerId, string Currency);

    sealed class Row(PaymentTyped typed, Buyer? buyer, string number, IReadOnlyList<FieldProblem> problems)
    {
        public PaymentTyped Typed => typed;

        public Buyer? Buyer => buyer;

        public string Number => number;

        public IReadOnlyList<FieldProblem> Problems => problems;

        public string Currency => typed.Currency ?? buyer!.Currency;

        public string EnteredAs { get; set; } = "";

        public decimal Matched { get; set; }

        public bool IsFresh => EnteredAs == number;

        public PaymentEntry Entry => problems.Count > 0 ? new PaymentEntry.Refused(problems) : IsFresh ? new PaymentEntry.Entered(number, Matched, typed.Amount!.Value - Matched) : new PaymentEntry.Twice(EnteredAs);
    }
}

/// <summary>A payment as it is entered.</summary>
/// <param name="Payer">The buyer: its number, code or name; may be left out where the reference names an invoice.</param>
/// <param name="Currency">ISO 4217; the buyer's where nothing is said.</param>
/// <param name="Amount">How much.</param>
/// <param name="PaidOn">The day the money came.</param>
/// <param name="Reference">What the payer wrote.</param>
/// <param name="BankReference">The bank's own number of the transfer; tells two equal ones apart.</param>
public sealed record PaymentTyped(string? Payer, string? Currency, decimal? Amount, DateOnly? PaidOn, string? Reference, string? BankReference);

/// <summary>What became of a payment.</summary>
public abstract record PaymentEntry
{
    PaymentEntry()
    {
    }

    /// <summary>It is entered.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Matched">What was matched at once.</param>
    /// <param name="Left">What waits for a person.</param>
    public sealed record Entered(string Number, decimal Matched, decimal Left) : PaymentEntry;

    /// <summary>The same one was entered before.</summary>
    /// <param name="Number">The number it has.</param>
    public sealed record Twice(string Number) : PaymentEntry;

    /// <summary>It was not taken, for these reasons.</summary>
    /// <param name="Problems">What is wrong.</param>
    public sealed record Refused(IReadOnlyList<FieldProblem> Problems) : PaymentEntry;
}
