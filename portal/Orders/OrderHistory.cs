using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using Platform.Audit;
using Platform.Database;
using Portal.Kpis;

namespace Portal.Orders;

/// <summary>
/// Enters orders that were placed and delivered before the portal knew of them, any number at once: closed, shipped and received in
/// full, each from the buyer's upstream, with the stock moves and KPI facts they mean. All calls of one history belong into one
/// transaction: <see cref="BeginAsync"/>, <see cref="AddAsync"/> (as often as needed), <see cref="CheckAsync"/>, <see cref="WriteAsync"/>.
/// </summary>
public sealed class OrderHistory(Db db, KpiFacts kpis, AuditTrail audit, TimeProvider clock)
{
    const int KpisAtOnce = 5000;

    /// <summary>Makes room for the lines of one history; they are gone at the end of the transaction.</summary>
    /// <exception cref="InvalidOperationException">No transaction is open.</exception>
    public Task BeginAsync(CancellationToken ct) => !db.IsInTransaction
        ? throw new InvalidOperationException("A history is entered in one transaction.")
        : db.ExecuteAsync("""
            create temporary table history_line (
                row_number   bigint not null,
                order_number text not null,
                ordered_on   date not null,
                buyer_code   text not null,
                line_number  integer not null,
                sku          text not null,
                quantity     numeric not null,
                unit_price   numeric not null,
                line_amount  numeric,
                currency     text,
                is_readable  boolean not null
            ) on commit drop
            """, null, ct);

    /// <summary>Adds lines, with COPY.</summary>
    /// <returns>How many.</returns>
    public async Task<long> AddAsync(IAsyncEnumerable<HistoricLine> lines, CancellationToken ct)
    {
        await using var writer = await db.CopyAsync("""
            copy pg_temp.history_line (row_number, order_number, ordered_on, buyer_code, line_number, sku, quantity, unit_price, line_amount, currency, is_readable) from stdin (format binary)
            """, ct);
        var count = 0L;
        await foreach (var line in lines.WithCancellation(ct))
        {
            await CopyAsync(writer, line, ct);
            count++;
        }

        await writer.CompleteAsync(ct);
        return count;
    }

    /// <summary>Looks for what is wrong with the lines that were added, each with its row, column and remedy; the first ones up to <paramref name="limit"/>.</summary>
    public async Task<List<HistoryProblem>> CheckAsync(int limit, CancellationToken ct)
    {
        var problems = new List<HistoryProblem>();
        await foreach (var problem in ProblemsAsync(ct))
        {
            problems.Add(problem);
            if (problems.Count == limit)
            {
                break;
            }
        }

        return problems;
    }

    /// <summary>The same, all of them, by row.</summary>
    public async IAsyncEnumerable<HistoryProblem> ProblemsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await db.ExecuteAsync(PrepareSql, new { now = clock.GetUtcNow().UtcDateTime }, ct);
        await foreach (var problem in db.StreamAsync<HistoryProblem>("""
            select row_number as row, column_name as "column", text_key, value
            from history_problem
            order by row_number, column_name
            """, null, ct))
        {
            yield return problem;
        }
    }

    /// <summary>Leaves out every order with a wrong line or one that could not be read; the others are whole.</summary>
    /// <returns>The rows that are left out though nothing is wrong with them.</returns>
    public Task<List<LeftOut>> LeaveOutWrongAsync(CancellationToken ct) => db.ListAsync<LeftOut>("""
        with wrong as (
            select l.buyer_code, l.order_number from history_line l join history_problem p on p.row_number = l.row_number
            union
            select u.buyer_code, u.order_number from history_unreadable u),
        left_out as (
            delete from history_line l
            using wrong
            where l.buyer_code = wrong.buyer_code and l.order_number = wrong.order_number
            returning l.row_number, l.order_number),
        forgotten as (
            delete from history_problem)
        select o.row_number as row, o.order_number
        from left_out o
        where not exists (select from history_problem p where p.row_number = o.row_number)
        order by o.row_number
        """, null, ct);

    /// <summary>Writes the orders. Call it when <see cref="CheckAsync"/> found nothing, or after <see cref="LeaveOutWrongAsync"/>.</summary>
    /// <param name="source">Where they come from, as the audit names it: the number of the import.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<HistoryWritten> WriteAsync(string source, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var orders = await db.OneAsync<int>(OrdersSql, new { now }, ct);
        await db.ExecuteAsync("""
            update history_order set number = named.number
            from unnest(@places, @numbers) as named (place, number)
            where history_order.place = named.place
            """, new { places = Enumerable.Range(1, orders).ToArray(), numbers = Enumerable.Range(1, orders).Select(_ => PublicNumber.New("PO")).ToArray() }, ct);
        var lines = await db.OneAsync<long>(WriteSql, new { now }, ct);
        var moves = await db.OneAsync<long>("select stock_deliver_history(@now)", new { now }, ct);
        var ids = await db.ListAsync<long>("select purchase_order_id from history_order", null, ct);
        foreach (var some in ids.Chunk(KpisAtOnce))
        {
            await kpis.AddOrdersAsync(some, ct);
        }

        await audit.RecordAsync("orders.history_entered", "history", source, null, new { orders, lines, moves }, ct);
        await db.ExecuteAsync("drop table history_line, history_known, history_problem, history_unreadable, history_order, stock_delivery", null, ct);
        return new(orders, lines, moves);
    }

    static async Task CopyAsync(NpgsqlBinaryImporter writer, HistoricLine line, CancellationToken ct)
    {
        await writer.StartRowAsync(ct);
        await writer.WriteAsync(line.Row, NpgsqlDbType.Bigint, ct);
        await writer.WriteAsync(line.OrderNumber, NpgsqlDbType.Text, ct);
        await writer.WriteAsync(line.OrderedOn, NpgsqlDbType.Date, ct);
        await writer.WriteAsync(line.BuyerCode, NpgsqlDbType.Text, ct);
        await writer.WriteAsync(line.Line, NpgsqlDbType.Integer, ct);
        await writer.WriteAsync(line.Sku, NpgsqlDbType.Text, ct);
        await writer.WriteAsync(line.Quantity, NpgsqlDbType.Numeric, ct);
        await writer.WriteAsync(line.UnitPrice, NpgsqlDbType.Numeric, ct);
        await WriteOptionalAsync(writer, line.LineAmount, NpgsqlDbType.Numeric, ct);
        await WriteOptionalAsync(writer, line.Currency, NpgsqlDbType.Text, ct);
        await writer.WriteAsync(!line.IsUnreadable, NpgsqlDbType.Boolean, ct);
    }

    static Task WriteOptionalAsync<T>(NpgsqlBinaryImporter writer, T? value, NpgsqlDbType type, CancellationToken ct) =>
        value is null ? writer.WriteNullAsync(ct) : writer.WriteAsync<object>(value, type, ct);

    const string PrepareSql = """
        create temporary table history_unreadable on commit drop as
        select distinct buyer_code, order_number from history_line where not is_readable;
        delete from history_line where not is_readable;

        create temporary table history_known on commit drop as
        select l.row_number, l.order_number, l.line_number, l.ordered_on, l.quantity, l.unit_price, l.line_amount, b.partner_id as buyer_id, b.upstream_id as seller_id,
               coalesce(l.currency, b.currency) as currency, c.minor_units, p.product_id
        from history_line l
        left join partner b on b.code = l.buyer_code
        left join product p on p.sku = l.sku
        left join currency c on c.code = coalesce(l.currency, b.currency);
        create index on history_known (buyer_id, order_number);
        analyze history_known;

        create temporary table history_problem on commit drop as
        select l.row_number, 'buyer_code' as column_name, 'orders.history.unknown_buyer' as text_key, l.buyer_code as value
        from history_line l join history_known k using (row_number) where k.buyer_id is null
        union all
        select l.row_number, 'buyer_code', 'orders.history.no_upstream', l.buyer_code
        from history_line l join history_known k using (row_number) where k.buyer_id is not null and k.seller_id is null
        union all
        select l.row_number, 'sku', 'orders.history.unknown_sku', l.sku
        from history_line l join history_known k using (row_number) where k.product_id is null
        union all
        select l.row_number, 'sku', 'orders.history.tracked', l.sku
        from history_line l join history_known k using (row_number) join product p on p.product_id = k.product_id and p.is_tracked
        union all
        select l.row_number, 'currency', 'orders.history.unknown_currency', l.currency
        from history_line l join history_known k using (row_number) where l.currency is not null and k.minor_units is null
        union all
        select k.row_number, 'currency', 'orders.history.two_currencies', k.currency
        from history_known k
        join (select buyer_id, order_number, min(currency) as first_currency from history_known group by buyer_id, order_number having min(currency) <> max(currency)) as mixed using (buyer_id, order_number)
        where k.minor_units is not null and k.currency <> mixed.first_currency
        union all
        -- without a rate the sale would be in no figure of the brand's, and nobody would know
        select k.row_number, 'currency', 'orders.history.no_rate', k.currency || ' ' || k.ordered_on
        from history_known k
        join (select currency, ordered_on from history_known where minor_units is not null group by currency, ordered_on having rate_to_brand(currency, ordered_on) is null) as rateless using (currency, ordered_on)
        union all
        select row_number, 'quantity', 'orders.history.quantity', quantity::text
        from history_line where quantity <> trunc(quantity) or quantity not between 1 and 1000000
        union all
        select row_number, 'unit_price', 'orders.history.unit_price', unit_price::text
        from history_line where unit_price < 0 or unit_price <> round(unit_price, 4) or unit_price * quantity >= 10000000000000
        union all
        select k.row_number, 'line_amount', 'orders.history.line_amount', k.line_amount::text
        from history_known k where k.line_amount is not null and k.minor_units is not null and round(k.line_amount, k.minor_units) <> round(k.quantity * k.unit_price, k.minor_units)
        union all
        select row_number, 'order_date', 'orders.history.future', case when isfinite(ordered_on) then ordered_on::text else '9999-12-31' end
        from history_line where ordered_on > (select brand_day(@now))
        union all
        select l.row_number, 'line', 'orders.history.line_twice', l.line_number::text
        from history_line l
        join (select buyer_code, order_number, line_number from history_line group by buyer_code, order_number, line_number having count(*) > 1) as repeated using (buyer_code, order_number, line_number)
        union all
        select row_number, 'line', 'orders.history.line_number', line_number::text
        from history_line where line_number not between 1 and 2000
        union all
        select l.row_number, 'order_date', 'orders.history.two_days', l.ordered_on::text
        from history_line l
        join (select buyer_code, order_number, min(ordered_on) as first_day from history_line group by buyer_code, order_number having min(ordered_on) <> max(ordered_on)) as split using (buyer_code, order_number)
        where l.ordered_on <> split.first_day
        union all
        select k.row_number, 'order_number', 'orders.history.known_already', k.order_number
        from history_known k where exists (select from purchase_order o where o.buyer_id = k.buyer_id and o.external_number = k.order_number)
        """;

    const string OrdersSql = """
        create temporary table history_order on commit drop as
        select row_number() over (order by min(ordered_on), buyer_id, order_number)::integer as place, order_number, buyer_id, min(seller_id) as seller_id, min(ordered_on) as ordered_on,
               min(currency) as currency, min(minor_units) as minor_units, count(*)::integer as line_count, sum(round(quantity * unit_price, minor_units)) as total,
               null::text as number, null::bigint as purchase_order_id, null::bigint as from_place_id, null::bigint as to_place_id, null::timestamptz as ordered_at
        from history_known
        where row_number in (select row_number from history_line)
        group by buyer_id, order_number;
        update history_order set from_place_id = stock_place_of(seller_id), to_place_id = stock_place_of(buyer_id), ordered_at = least(brand_midnight(ordered_on), @now);
        create index on history_order (buyer_id, order_number);
        analyze history_order;
        select count(*)::integer from history_order
        """;

    const string WriteSql = """
        with placed as (
            insert into purchase_order (number, buyer_id, seller_id, external_number, origin, ordered_on, currency, line_count, total_amount, status,
                                        from_place_id, to_place_id, created_at, submitted_at, confirmed_at)
            select number, buyer_id, seller_id, order_number, 'history', ordered_on, currency, line_count, total, 'closed',
                   from_place_id, to_place_id, @now, ordered_at, ordered_at
            from history_order
            order by place
            returning purchase_order_id, number)
        update history_order set purchase_order_id = placed.purchase_order_id from placed where history_order.number = placed.number;

        insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, happened_at)
        select purchase_order_id, buyer_id, seller_id, 'import', 'closed', app_partner_id(), app_person_id(), @now
        from history_order
        order by purchase_order_id;

        create temporary table stock_delivery on commit drop as
        select o.number as order_number, o.from_place_id, o.to_place_id, k.product_id, k.quantity::bigint as quantity, o.ordered_at as moved_at
        from history_order o join history_known k on k.buyer_id = o.buyer_id and k.order_number = o.order_number
        -- what is not kept in stock was performed
        join product p on p.product_id = k.product_id and p.kept_in_stock;
        grant select on stock_delivery to portal_definer;

        with line as (
            insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, shipped, received, unit_price, amount, from_stock)
            select o.purchase_order_id, o.buyer_id, o.seller_id, k.line_number, k.product_id, k.quantity::integer, k.quantity::integer, k.quantity::integer,
                   k.unit_price, round(k.quantity * k.unit_price, o.minor_units), p.kept_in_stock
            from history_order o join history_known k on k.buyer_id = o.buyer_id and k.order_number = o.order_number join product p on p.product_id = k.product_id
            order by o.purchase_order_id, k.line_number
            returning 1)
        select count(*) from line
        """;
}

/// <summary>A line of an order of the past, as a file has it.</summary>
/// <param name="Row">Its row in the file.</param>
/// <param name="OrderNumber">The order's number there.</param>
/// <param name="OrderedOn">The day of the order.</param>
/// <param name="BuyerCode">The buyer's code; the seller is its upstream.</param>
/// <param name="Line">Its place in the order.</param>
/// <param name="Sku">The product; a discontinued one is right here.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitPrice">What one cost.</param>
/// <param name="LineAmount">Quantity times price, checked where it is there.</param>
/// <param name="Currency">ISO 4217; the buyer's own where it is absent.</param>
public sealed record HistoricLine(
    long Row, string OrderNumber, DateOnly OrderedOn, string BuyerCode, int Line, string Sku, decimal Quantity, decimal UnitPrice, decimal? LineAmount, string? Currency)
{
    /// <summary>The row could not be read: it stands for the order it belongs to, as far as that is known, and is never written.</summary>
    public bool IsUnreadable { get; init; }
}

/// <summary>A line that is left out because another of its order is wrong.</summary>
/// <param name="Row">Its row in the file.</param>
/// <param name="OrderNumber">The order's number there.</param>
public sealed record LeftOut(long Row, string OrderNumber);

/// <summary>What is wrong with a row of a history.</summary>
/// <param name="Row">The row in the file.</param>
/// <param name="Column">The column.</param>
/// <param name="TextKey">The text key of a sentence with the remedy; its placeholder is the value.</param>
/// <param name="Value">What stands there.</param>
public sealed record HistoryProblem(long Row, string Column, string TextKey, string? Value);

/// <summary>What a history came to.</summary>
/// <param name="Orders">Orders written.</param>
/// <param name="Lines">Their lines.</param>
/// <param name="Moves">Stock moves, with the supply that was needed.</param>
public sealed record HistoryWritten(int Orders, long Lines, long Moves);
