using Npgsql;
using Platform.Database;

namespace Portal.Orders;

/// <summary>Reads and writes what was asked to be changed of orders.</summary>
public sealed class OrderChanges(Db db, TimeProvider clock)
{
    /// <summary>The name of the index that lets one change of an order be open at a time.</summary>
    const string OneOpen = "an_order_has_one_open_change";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Writes what a side asks for.</summary>
    /// <returns>False where something else is open already; then nothing is written.</returns>
    public async Task<bool> InsertAsync(NewChange change, CancellationToken ct)
    {
        try
        {
            await db.InTransactionAsync(() => db.ExecuteAsync("""
                with asked as (
                    insert into order_change (number, purchase_order_id, buyer_id, seller_id, asked_by_side, reason, passed_up_from, asked_by, asked_at)
                    select @Number, o.purchase_order_id, o.buyer_id, o.seller_id, @side, @Reason, (select p.order_change_id from order_change p where p.number = @PassedUpFrom), app_person_id(), @now
                    from purchase_order o where o.number = @OrderNumber
                    returning order_change_id)
                select order_change_id from asked
                """, new { change.Number, change.OrderNumber, side = change.By is Side.Buyer ? "buyer" : "seller", change.Reason, change.PassedUpFrom, now = Now }, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(OneOpen))
        {
            return false;
        }

        await db.ExecuteAsync("""
            insert into order_change_line (order_change_id, purchase_order_line_id, call_off, new_day, substitute_id, unit_price, amount, price_steps, term_start, term_end, term_months)
            select c.order_change_id, l.id, l.call_off, l.new_day, l.substitute_id, l.unit_price, l.amount, l.price_steps::jsonb, l.term_start, l.term_end, l.term_months
            from order_change c cross join unnest(@lines, @callOffs, @days, @substitutes, @prices, @amounts, @steps, @starts, @ends, @months) as l (id, call_off, new_day, substitute_id, unit_price, amount, price_steps, term_start, term_end, term_months)
            where c.number = @Number
            """, new
        {
            change.Number,
            lines = change.Lines.Select(line => line.LineId).ToArray(),
            callOffs = change.Lines.Select(line => line.CallOff).ToArray(),
            days = change.Lines.Select(line => line.NewDay).ToArray(),
            substitutes = change.Lines.Select(line => line.Substitute?.ProductId).ToArray(),
            prices = change.Lines.Select(line => line.Substitute?.UnitPrice).ToArray(),
            amounts = change.Lines.Select(line => line.Substitute?.Amount).ToArray(),
            steps = change.Lines.Select(line => line.Substitute?.PriceSteps).ToArray(),
            starts = change.Lines.Select(line => line.Substitute?.TermStart).ToArray(),
            ends = change.Lines.Select(line => line.Substitute?.TermEnd).ToArray(),
            months = change.Lines.Select(line => line.Substitute?.TermMonths).ToArray(),
        }, ct);
        return true;
    }

    /// <summary>The changes of an order as its page shows them, the newest first.</summary>
    public Task<List<ChangeRow>> OfOrderAsync(long purchaseOrderId, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var changes = await db.ListAsync<ChangeRow>("""
            select c.number, c.asked_by_side, c.reason, c.status, c.answer, c.waits_for_upstream, asked.name as asked_by, c.asked_at, answered.name as answered_by, c.answered_at,
                   c.passed_up_from is not null as was_passed_up,
                   coalesce(case c.asked_by_side when 'buyer' then c.seller_id else c.buyer_id end = app_partner_id(), false) as is_to_answer,
                   coalesce(case c.asked_by_side when 'buyer' then c.buyer_id else c.seller_id end = app_partner_id(), false) as is_mine
            from order_change c
            left join person asked on asked.person_id = c.asked_by
            left join person answered on answered.person_id = c.answered_by
            where c.purchase_order_id = @purchaseOrderId
            order by c.order_change_id desc
            """, new { purchaseOrderId }, ct);
        if (changes.Count == 0)
        {
            return changes;
        }

        var lines = (await db.ListAsync<ChangedLineRow>("""
            select c.number, l.line_number, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, k.call_off, k.new_day, coalesce(l.promised_on, l.requested_on) as day,
                   i.sku as substitute, i.name as substitute_name, coalesce(i.name_zh, i.name) as substitute_name_zh, k.unit_price, l.unit_price as price_before, o.currency, k.term_start, k.term_end, k.term_months
            from order_change c
            join purchase_order o on o.purchase_order_id = c.purchase_order_id
            join order_change_line k on k.order_change_id = c.order_change_id
            join purchase_order_line l on l.purchase_order_line_id = k.purchase_order_line_id
            join product p on p.product_id = l.product_id
            left join product i on i.product_id = k.substitute_id
            where c.purchase_order_id = @purchaseOrderId
            order by l.line_number
            """, new { purchaseOrderId }, ct)).ToLookup(line => line.Number, StringComparer.Ordinal);
        // Asked further up it is once.
        var upwards = changes.Find(change => change is { Status: "open", IsToAnswer: true, AskedBySide: "buyer" }) is { } open && (await PassedUpAsync(open.Number, ct)).Count == 0 ? await UpwardsAsync(open.Number, ct) : [];
        return changes.ConvertAll(change => change with { Lines = [.. lines[change.Number]], OrdersUpwards = change.Status is "open" ? [.. upwards.Select(up => up.OrderNumber).Distinct(StringComparer.Ordinal)] : [] });
    }, ct);

    /// <summary>A change that is open, of an order that was taken.</summary>
    public async Task<OpenChange?> OpenAsync(string number, CancellationToken ct)
    {
        var change = await db.FindAsync<OpenChange>("""
            select c.number, c.asked_by_side, c.reason, c.waits_for_upstream, o.number as order_number, parent.number as passed_up_from
            from order_change c
            join purchase_order o on o.purchase_order_id = c.purchase_order_id
            left join order_change parent on parent.order_change_id = c.passed_up_from
            where c.number = @number and c.status = 'open'
            """, new { number }, ct);
        return change is null ? null : change with
        {
            Lines = await db.ListAsync<ChangedLine>("""
                select k.purchase_order_line_id as line_id, k.call_off, k.new_day, k.substitute_id, k.unit_price, k.amount, k.price_steps::text, k.term_start, k.term_end, k.term_months
                from order_change c join order_change_line k on k.order_change_id = c.order_change_id
                where c.number = @number
                order by k.purchase_order_line_id
                """, new { number }, ct),
        };
    }

    /// <summary>The order that a change is of, as far as the person at work may see it.</summary>
    public Task<string?> OrderOfAsync(string number, CancellationToken ct) => db.FindAsync<string>("""
        select o.number from order_change c join purchase_order o on o.purchase_order_id = c.purchase_order_id where c.number = @number
        """, new { number }, ct);

    /// <summary>Carries out an open change on the lines of its order.</summary>
    /// <returns>The goods that are free again.</returns>
    public Task<List<(long PlaceId, long ProductId)>> AcceptAsync(string number, string? answer, CancellationToken ct) =>
        db.ListAsync<(long, long)>("select place_id, product_id from order_accept_change(@number, @answer, @now)", new { number, answer, now = Now }, ct);

    /// <summary>Adds what comes instead to an order that was taken.</summary>
    public Task AddSubstitutesAsync(OrderInHand order, IReadOnlyCollection<ChangedLine> substitutes, CancellationToken ct) => db.ExecuteAsync("""
        with line as (
            insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, requested_on, promised_on, unit_price, amount, price_steps, term_start, term_end, term_months, from_stock, reserved)
            select @PurchaseOrderId, @BuyerId, @SellerId, (select max(m.line_number) from purchase_order_line m where m.purchase_order_id = @PurchaseOrderId) + s.position,
                   s.product_id, s.quantity, old.requested_on, old.promised_on, s.unit_price, s.amount, s.price_steps::jsonb, s.term_start, s.term_end, s.term_months,
                   -- what needs no stock may be performed as soon as it is promised
                   p.kept_in_stock or not @isPromised, case when @isPromised and not p.kept_in_stock then s.quantity else 0 end
            from unnest(@lines, @products, @quantities, @prices, @amounts, @steps, @starts, @ends, @months) with ordinality as s (line_id, product_id, quantity, unit_price, amount, price_steps, term_start, term_end, term_months, position)
            join purchase_order_line old on old.purchase_order_line_id = s.line_id
            join product p on p.product_id = s.product_id
            returning amount)
        update purchase_order
        set line_count = line_count + (select count(*) from line), total_amount = total_amount + (select sum(amount) from line)
        where purchase_order_id = @PurchaseOrderId
        """, new
    {
        order.PurchaseOrderId, order.BuyerId, order.SellerId, isPromised = order.FromPlaceId is not null,
        lines = substitutes.Select(line => line.LineId).ToArray(),
        products = substitutes.Select(line => line.SubstituteId!.Value).ToArray(),
        quantities = substitutes.Select(line => line.CallOff).ToArray(),
        prices = substitutes.Select(line => line.UnitPrice!.Value).ToArray(),
        amounts = substitutes.Select(line => line.Amount!.Value).ToArray(),
        steps = substitutes.Select(line => line.PriceSteps).ToArray(),
        starts = substitutes.Select(line => line.TermStart).ToArray(),
        ends = substitutes.Select(line => line.TermEnd).ToArray(),
        months = substitutes.Select(line => line.TermMonths).ToArray(),
    }, ct);

    /// <summary>Ends an open change without carrying it out.</summary>
    /// <returns>False where it is not open any more.</returns>
    public async Task<bool> EndAsync(string number, string status, string? answer, CancellationToken ct) => await db.ExecuteAsync("""
        update order_change
        set status = @status, answer = @answer, answered_by = app_person_id(), answered_at = @now, waits_for_upstream = false
        where number = @number and status = 'open'
        """, new { number, status, answer, now = Now }, ct) == 1;

    /// <summary>Says whether an open change waits for a word from further up.</summary>
    public Task WaitAsync(string number, bool waits, CancellationToken ct) =>
        db.ExecuteAsync("update order_change set waits_for_upstream = @waits where number = @number and status = 'open'", new { number, waits }, ct);

    /// <summary>
    /// What of the pieces called off with an open change could be called off of orders that were made upwards for its lines: dealt out over these orders, no more of each than was ordered for the line and is open
    /// there, then over the lines of the product.
    /// </summary>
    public Task<List<UpwardsLine>> UpwardsAsync(string number, CancellationToken ct) => db.ListAsync<UpwardsLine>("""
        with above as (
            select s.purchase_order_id, k.purchase_order_line_id as for_line_id, l.product_id, k.call_off,
                   least(s.quantity, (select coalesce(sum(x.quantity - x.shipped - x.cancelled), 0) from purchase_order_line x where x.purchase_order_id = s.purchase_order_id and x.product_id = l.product_id and x.replaces_line_id is null)) as can_be
            from order_change c
            join order_change_line k on k.order_change_id = c.order_change_id
            join purchase_order_line l on l.purchase_order_line_id = k.purchase_order_line_id
            join order_supply s on s.for_line_id = k.purchase_order_line_id
            join purchase_order up on up.purchase_order_id = s.purchase_order_id and up.status in ('submitted', 'confirmed', 'partially_shipped')
            where c.number = @number and c.status = 'open'),
        dealt as (
            select purchase_order_id, product_id,
                   sum(greatest(0, least(can_be, call_off - before))) as call_off
            from (select above.*, coalesce(sum(can_be) over (partition by for_line_id order by purchase_order_id rows between unbounded preceding and 1 preceding), 0) as before from above) as in_turn
            group by purchase_order_id, product_id),
        line as (
            select o.number as order_number, x.purchase_order_id, x.purchase_order_line_id as line_id, dealt.call_off, x.quantity - x.shipped - x.cancelled as open,
                   coalesce(sum(x.quantity - x.shipped - x.cancelled) over (partition by x.purchase_order_id, x.product_id order by x.line_number rows between unbounded preceding and 1 preceding), 0) as before
            from dealt
            join purchase_order o on o.purchase_order_id = dealt.purchase_order_id
            join purchase_order_line x on x.purchase_order_id = dealt.purchase_order_id and x.product_id = dealt.product_id and x.replaces_line_id is null)
        select order_number, line_id, least(open, call_off - before)::int as call_off
        from line
        where open > 0 and call_off > before
        order by purchase_order_id, line_id
        """, new { number }, ct);

    /// <summary>For the product: which lines below wait for goods that come later than they were promised, now that the seller above moved its day.</summary>
    public Task<List<LaterLine>> LaterBelowAsync(string number, CancellationToken ct) => db.ListAsync<LaterLine>("""
        select o.number as order_number, l.purchase_order_line_id as line_id, max(k.new_day) as new_day
        from order_change c
        join order_change_line k on k.order_change_id = c.order_change_id and k.new_day is not null
        join purchase_order_line x on x.purchase_order_line_id = k.purchase_order_line_id
        join order_supply s on s.purchase_order_id = c.purchase_order_id
        join purchase_order_line l on l.purchase_order_line_id = s.for_line_id and l.product_id = x.product_id and l.shipped + l.cancelled + l.reserved < l.quantity
        join purchase_order o on o.purchase_order_id = l.purchase_order_id and o.status in ('confirmed', 'partially_shipped')
        where c.number = @number and c.status = 'accepted' and (l.promised_on is null or l.promised_on < k.new_day)
        group by o.purchase_order_id, o.number, l.purchase_order_line_id
        order by o.purchase_order_id, l.purchase_order_line_id
        """, new { number }, ct);

    /// <summary>What of a change was asked further up, and what was said to it there.</summary>
    public Task<List<(string Number, string Status)>> PassedUpAsync(string number, CancellationToken ct) => db.ListAsync<(string, string)>("""
        select child.number, child.status from order_change child join order_change parent on parent.order_change_id = child.passed_up_from where parent.number = @number order by child.order_change_id
        """, new { number }, ct);

    /// <summary>For the product: the open change of an order of which nothing can be changed any more, by what became of it.</summary>
    public Task<string?> LapsedAsync(string orderNumber, CancellationToken ct) => db.FindAsync<string>("""
        select c.number
        from order_change c join purchase_order o on o.purchase_order_id = c.purchase_order_id
        where o.number = @orderNumber and c.status = 'open' and o.status not in ('submitted', 'confirmed', 'partially_shipped')
        """, new { orderNumber }, ct);

    /// <summary>For the product: the change below that waits for this one.</summary>
    public Task<string?> WaitingBelowAsync(string number, CancellationToken ct) => db.FindAsync<string>("""
        select parent.number
        from order_change c join order_change parent on parent.order_change_id = c.passed_up_from
        where c.number = @number and parent.status = 'open' and parent.waits_for_upstream
        """, new { number }, ct);

    /// <summary>How many changes wait for the answer of the person's company.</summary>
    public Task<(long AsSeller, long AsBuyer)> ToAnswerAsync(CancellationToken ct) => db.OneAsync<(long, long)>("""
        select count(*) filter (where c.seller_id = app_partner_id() and c.asked_by_side = 'buyer'), count(*) filter (where c.buyer_id = app_partner_id() and c.asked_by_side = 'seller')
        from order_change c join purchase_order o on o.purchase_order_id = c.purchase_order_id
        where c.status = 'open' and o.status in ('submitted', 'confirmed', 'partially_shipped')
        """, null, ct);
}
