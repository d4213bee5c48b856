using Platform.Database;

namespace Portal.Receivables;

/// <summary>Reads accounts between a seller and a buyer: where they stand today, what the statement of a period says, and how old what is owed was on any day.</summary>
public sealed class AccountStore(Db db, TimeProvider clock)
{
    const string PositionColumns = """
        other.number as partner_number, other.name as partner_name, other.name_latin as partner_name_latin, p.currency, p.limit_amount, p.balance, p.open_orders, p.overdue, p.oldest_due, p.on_account, p.held
        """;

    static readonly DateTime Forever = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The accounts of a side: what buyers owe the own company, or what it owes its sellers.</summary>
    public Task<List<Position>> PositionsAsync(string side, CancellationToken ct) => side is "seller"
        ? db.ListAsync<Position>($"""
            select {PositionColumns}
            from credit_positions(app_partner_id(), null, brand_day(@Now)) p
            join account_partners() other on other.partner_id = p.buyer_id
            order by p.overdue desc, p.balance + p.open_orders desc, other.name
            """, new { Now }, ct)
        : db.ListAsync<Position>($"""
            select {PositionColumns}
            from (select seller_id from ledger_account where buyer_id = app_partner_id() union select seller_id from credit_limit where buyer_id = app_partner_id()
                  union select upstream_id from partner where partner_id = app_partner_id() and upstream_id is not null) as s
            join account_partners() other on other.partner_id = s.seller_id
            cross join lateral credit_positions(s.seller_id, app_partner_id(), brand_day(@Now)) p
            order by other.name, p.currency
            """, new { Now }, ct);

    /// <summary>The buyers that owe the own company something, who is overdue with most first; as many as a field can propose.</summary>
    public Task<List<OwingBuyer>> OwingAsync(CancellationToken ct) => db.ListAsync<OwingBuyer>("""
        select other.number, other.name
        from ledger_account a
        join account_partners() other on other.partner_id = a.buyer_id
        left join lateral (
            select sum(i.open_amount) as amount
            from open_item i
            where i.seller_id = a.seller_id and i.buyer_id = a.buyer_id and i.currency = a.currency and i.side = 'debit' and i.open_amount > 0 and i.due_on < (select brand_day(@Now))) as overdue on true
        where a.seller_id = app_partner_id() and a.kind = 'receivable' and a.balance > 0
        order by overdue.amount desc nulls last, a.balance desc, other.name
        limit 200
        """, new { Now }, ct);

    /// <summary>The pair of the own company and another one, whichever of them sells; null where they have nothing with each other.</summary>
    public Task<AccountPair?> PairAsync(string partnerNumber, CancellationToken ct) => db.FindAsync<AccountPair>("""
        select pair.seller_id, pair.buyer_id, other.number as partner_number, other.name as partner_name, other.name_latin as partner_name_latin, pair.currency,
               pair.seller_id = me.partner_id as is_seller, app_keeps_books_of(pair.seller_id) as may_write, brand_day(@Now) as today
        from partner me
        join account_partners() other on other.number = @partnerNumber and other.partner_id <> me.partner_id
        cross join lateral (values (me.partner_id, other.partner_id, other.currency, other.upstream_id), (other.partner_id, me.partner_id, me.currency, me.upstream_id)) as pair (seller_id, buyer_id, currency, upstream_id)
        where me.partner_id = app_partner_id()
          and (pair.upstream_id = pair.seller_id or exists (select from ledger_account a where a.seller_id = pair.seller_id and a.buyer_id = pair.buyer_id))
        order by pair.upstream_id is not distinct from pair.seller_id desc
        limit 1
        """, new { partnerNumber, Now }, ct);

    /// <summary>Where a pair stands today, a row for each currency.</summary>
    public Task<List<Position>> PositionsAsync(AccountPair pair, CancellationToken ct) => db.ListAsync<Position>($"""
        select {PositionColumns}
        from credit_positions(@SellerId, @BuyerId, brand_day(@Now)) p
        join account_partners() other on other.number = @PartnerNumber
        order by p.currency
        """, new { pair.SellerId, pair.BuyerId, pair.PartnerNumber, Now }, ct);

    /// <summary>What was decided about a pair's credit and terms, the newest first; a buyer reads what holds for it.</summary>
    public Task<List<CreditDecision>> DecisionsAsync(AccountPair pair, CancellationToken ct) => db.ListAsync<CreditDecision>("""
        select 'limit' as kind, l.currency, l.amount, lower(l.valid) as starts, upper(l.valid) - 1 as ends, null::integer as days, null::boolean as end_of_month, l.reason, p.name as person_name, l.set_at
        from credit_limit l left join person p on p.person_id = l.person_id where l.seller_id = @SellerId and l.buyer_id = @BuyerId
        union all
        select 'hold', null, null, null, null, null, null, h.reason, p.name, h.placed_at from credit_hold h left join person p on p.person_id = h.person_id where h.seller_id = @SellerId and h.buyer_id = @BuyerId
        union all
        select 'hold_end', null, null, null, null, null, null, e.reason, p.name, e.ended_at from credit_hold_end e left join person p on p.person_id = e.person_id where e.seller_id = @SellerId and e.buyer_id = @BuyerId
        union all
        select 'terms', null, null, t.valid_from, null, t.days_net, t.end_of_month, t.reason, p.name, t.set_at from payment_term t left join person p on p.person_id = t.person_id where t.seller_id = @SellerId and t.buyer_id = @BuyerId
        union all
        select 'reminder', null, null, null, null, r.level, null, r.number, null, r.sent_at from reminder r where r.seller_id = @SellerId and r.buyer_id = @BuyerId
        order by set_at desc
        limit 100
        """, new { pair.SellerId, pair.BuyerId }, ct);

    /// <summary>
    /// The statement of a period: opening balance, every movement with the balance after it, closing balance. With a moment, as it was known then:
    /// what was recorded later is left out, so that a statement once sent can be made again.
    /// </summary>
    public Task<Statement> StatementAsync(AccountPair pair, StatementAsked asked, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var arguments = new { pair.SellerId, pair.BuyerId, asked.Currency, asked.From, asked.To, known = asked.Known ?? Forever };
        var opening = await db.OneAsync<decimal>("""
            select coalesce(sum(e.amount), 0)
            from ledger_account a
            join ledger_entry e on e.ledger_account_id = a.ledger_account_id
            join ledger_journal j on j.ledger_journal_id = e.ledger_journal_id
            where a.seller_id = @SellerId and a.buyer_id = @BuyerId and a.currency = @Currency and a.kind = 'receivable' and j.happened_on < @From and j.recorded_at <= @known
            """, arguments, ct);
        var rows = await db.ListAsync<StatementRow>("""
            select j.happened_on, j.kind, j.document_number, j.legal_number, case when e.amount > 0 then e.amount end as debit, case when e.amount <= 0 then -e.amount end as credit,
                   @opening + sum(e.amount) over (order by j.happened_on, j.ledger_journal_id) as balance, i.due_on
            from ledger_account a
            join ledger_entry e on e.ledger_account_id = a.ledger_account_id
            join ledger_journal j on j.ledger_journal_id = e.ledger_journal_id
            left join invoice i on i.number = j.document_number and j.kind = 'invoice'
            where a.seller_id = @SellerId and a.buyer_id = @BuyerId and a.currency = @Currency and a.kind = 'receivable' and j.happened_on between @From and @To and j.recorded_at <= @known
            order by j.happened_on, j.ledger_journal_id
            """, new { arguments.SellerId, arguments.BuyerId, arguments.Currency, arguments.From, arguments.To, arguments.known, opening }, ct);
        return new Statement(asked, opening, rows, rows.Count > 0 ? rows[^1].Balance : opening);
    }, ct);

    /// <summary>How old what buyers owe was on a day, by buyer and currency, as it was known at a moment; sums to the ledger's balance of that day.</summary>
    /// <param name="day">The day.</param>
    /// <param name="known">The moment; null for what is known now.</param>
    /// <param name="side"><c>seller</c> or <c>buyer</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<AgeingRow>> AgeingAsync(DateOnly day, DateTime? known, string side, CancellationToken ct) => db.ListAsync<AgeingRow>("""
        with settled as (
            select s.debit_item_id, s.credit_item_id, s.amount
            from settlement s
            where case @side when 'seller' then s.seller_id = app_partner_id() else s.buyer_id = app_partner_id() end and s.happened_on <= @day and s.recorded_at <= @known),
        matched as (
            select item, sum(amount) as amount from (select debit_item_id as item, amount from settled union all select credit_item_id, amount from settled) as ends group by item),
        item as (
            select case @side when 'seller' then i.buyer_id else i.seller_id end as other_id, i.currency, i.side, i.kind, @day - i.due_on as days, i.amount - coalesce(m.amount, 0) as open
            from open_item i
            left join matched m on m.item = i.open_item_id
            where case @side when 'seller' then i.seller_id = app_partner_id() else i.buyer_id = app_partner_id() end and i.happened_on <= @day and i.recorded_at <= @known)
        select other.number as partner_number, other.name as partner_name, other.name_latin as partner_name_latin, i.currency,
               coalesce(sum(i.open) filter (where i.side = 'debit' and i.days <= 0), 0) as not_due,
               coalesce(sum(i.open) filter (where i.side = 'debit' and i.days between 1 and 30), 0) as days30,
               coalesce(sum(i.open) filter (where i.side = 'debit' and i.days between 31 and 60), 0) as days60,
               coalesce(sum(i.open) filter (where i.side = 'debit' and i.days between 61 and 90), 0) as days90,
               coalesce(sum(i.open) filter (where i.side = 'debit' and i.days between 91 and 180), 0) as days180,
               coalesce(sum(i.open) filter (where i.side = 'debit' and i.days > 180), 0) as older,
               coalesce(-sum(i.open) filter (where i.side = 'credit'), 0) as on_account,
               coalesce(sum(case i.side when 'debit' then i.open else -i.open end), 0) as total
        from item i
        join account_partners() other on other.partner_id = i.other_id
        where i.open <> 0
        group by other.partner_id, other.number, other.name, other.name_latin, i.currency
        order by i.currency, sum(case i.side when 'debit' then i.open else -i.open end) desc, other.name
        """, new { day = Web.Typed.Nearest(day), side, known = known ?? Forever }, ct);

    /// <summary>Where and how the own company checks credit, its general terms and its reminders.</summary>
    public Task<BooksSettings> SettingsAsync(CancellationToken ct) => db.OneAsync<BooksSettings>("""
        select p.checked_at, p.counts_submitted, p.when_exceeded, p.overdue_days, coalesce(t.days_net, 30) as days_net, coalesce(t.end_of_month, false) as end_of_month,
               coalesce((select r.level_days from reminder_policy r where r.seller_id = app_partner_id() order by r.reminder_policy_id desc limit 1), '{}') as level_days,
               (select b.details from bank_detail b where b.seller_id = app_partner_id() order by b.bank_detail_id desc limit 1) as bank_details
        from credit_policy_of(app_partner_id()) p
        left join lateral (select t.days_net, t.end_of_month from payment_term t where t.seller_id = app_partner_id() and t.buyer_id is null and t.valid_from <= brand_day(@Now) order by t.valid_from desc, t.payment_term_id desc limit 1) as t on true
        """, new { Now }, ct);
}

/// <summary>Where an account stands today.</summary>
public sealed record Position(
    string PartnerNumber, string PartnerName, string? PartnerNameLatin, string Currency, decimal? LimitAmount, decimal Balance, decimal OpenOrders, decimal Overdue, DateOnly? OldestDue, decimal OnAccount, bool Held)
{
    /// <summary>What is lent and promised: unpaid invoices less credits, and open orders.</summary>
    public decimal Exposure => Balance + OpenOrders;

    /// <summary>The credit on account that is left when all that is owed is paid: what can be paid back.</summary>
    public decimal CreditLeft => Math.Max(0, -Balance);

    /// <summary>What is left of the limit; null where there is none.</summary>
    public decimal? Available => LimitAmount - Exposure;
}

/// <summary>A buyer that owes something.</summary>
public sealed record OwingBuyer(string Number, string Name);

/// <summary>The own company and another one that buy from or sell to each other.</summary>
public sealed record AccountPair(long SellerId, long BuyerId, string PartnerNumber, string PartnerName, string? PartnerNameLatin, string Currency, bool IsSeller, bool MayWrite, DateOnly Today);

/// <summary>A decision about credit.</summary>
public sealed record CreditDecision(string Kind, string? Currency, decimal? Amount, DateOnly? Starts, DateOnly? Ends, int? Days, bool? EndOfMonth, string Reason, string? PersonName, DateTime SetAt);

/// <summary>Which statement is wanted.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Known">As it was known at this moment; null for now.</param>
public sealed record StatementAsked(string Currency, DateOnly From, DateOnly To, DateTime? Known);

/// <summary>The statement of a period.</summary>
public sealed record Statement(StatementAsked Asked, decimal Opening, IReadOnlyList<StatementRow> Rows, decimal Closing);

/// <summary>A movement on a statement.</summary>
public sealed record StatementRow(DateOnly HappenedOn, string Kind, string DocumentNumber, string? LegalNumber, decimal? Debit, decimal? Credit, decimal Balance, DateOnly? DueOn);

/// <summary>What a partner owed on a day, by how long it was overdue.</summary>
public sealed record AgeingRow(
    string PartnerNumber, string PartnerName, string? PartnerNameLatin, string Currency, decimal NotDue, decimal Days30, decimal Days60, decimal Days90, decimal Days180, decimal Older, decimal OnAccount, decimal Total)
{
    /// <summary>The amounts by age, the youngest first.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<decimal> Buckets => [NotDue, Days30, Days60, Days90, Days180, Older];
}

/// <summary>How the own company keeps its receivables.</summary>
public sealed record BooksSettings
{
    /// <summary>Where credit is checked.</summary>
    public string[] CheckedAt { get; init; } = [];

    /// <summary>Orders count from their submission on.</summary>
    public bool CountsSubmitted { get; init; }

    /// <summary><c>refuse</c> or <c>hold</c>.</summary>
    public string WhenExceeded { get; init; } = "";

    /// <summary>Stops buyers who owe something for more days than that.</summary>
    public int? OverdueDays { get; init; }

    /// <summary>Days until an invoice is due, where a buyer has no terms of its own.</summary>
    public int DaysNet { get; init; }

    /// <summary>At the end of that month.</summary>
    public bool EndOfMonth { get; init; }

    /// <summary>After how many overdue days buyers are reminded.</summary>
    public int[] LevelDays { get; init; } = [];

    /// <summary>Where buyers pay, as invoices print it.</summary>
    public string? BankDetails { get; init; }
}
