using Platform.Audit;
using Platform.Database;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>Lines that a company orders again and again, under names (订货清单). Everybody of the company who orders uses and keeps them.</summary>
public sealed class OrderLists(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The longest name, in characters.</summary>
    public const int LongestName = 100;

    /// <summary>The lists of the company at work, by name.</summary>
    public Task<List<OrderListRow>> AllAsync(CancellationToken ct) => db.ListAsync<OrderListRow>("""
        select l.number, l.name, p.name as kept_by, l.kept_at, (select count(*) from order_list_line x where x.order_list_id = l.order_list_id)::int as lines
        from order_list l
        left join person p on p.person_id = l.kept_by
        where l.partner_id = app_partner_id()
        order by l.name
        """, null, ct);

    /// <summary>The lines of a list; null where the company has no such list.</summary>
    public async Task<List<SkuLine>?> LinesAsync(string number, CancellationToken ct)
    {
        var lines = await db.ListAsync<(string Sku, int Quantity)>("""
            select p.sku, x.quantity
            from order_list l
            join order_list_line x on x.order_list_id = l.order_list_id
            join product p on p.product_id = x.product_id
            where l.number = @number and l.partner_id = app_partner_id()
            order by x.line_number
            """, new { number }, ct);
        return lines.Count == 0 ? null : [.. lines.Select(line => new SkuLine(line.Sku, line.Quantity))];
    }

    /// <summary>Keeps lines under a name; what stood under it before is replaced.</summary>
    /// <param name="name">The name.</param>
    /// <param name="lines">Lines that were checked; those without a product or quantity are not kept.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderOutcome> KeepAsync(string? name, IReadOnlyList<CheckedLine> lines, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var kept = lines.Where(line => line.ProductId is not null && line.Asked.QuantityProblem is null).ToList();
        if (name?.Trim() is not { Length: > 0 and <= LongestName } called)
        {
            return OrderOutcome.Because("listName", "orders.problem.list_name", LongestName);
        }

        if (kept.Count == 0)
        {
            return OrderOutcome.Because("lines", "orders.problem.no_lines_to_keep");
        }

        if (await db.FindAsync<long?>("select partner_id from partner where partner_id = app_partner_id() and exists (select from unnest(@roles) as role where app_has_role(role))",
            new { roles = BuyerRoles.All.ToArray() }, ct) is not { } partner)
        {
            return new OrderOutcome.Forbidden();
        }

        var number = await db.OneAsync<string>("""
            with list as (
                insert into order_list as l (number, partner_id, name, kept_by, kept_at)
                values (@fresh, @partner, @called, app_person_id(), @now)
                on conflict on constraint an_order_list_is_named_once do update set kept_by = excluded.kept_by, kept_at = excluded.kept_at
                returning order_list_id, number),
            gone as (
                delete from order_list_line x using list where x.order_list_id = list.order_list_id and x.line_number > @count)
            select number from list
            """, new { fresh = PublicNumber.New("OL"), partner, called, now = clock.GetUtcNow().UtcDateTime, count = kept.Count }, ct);
        await db.ExecuteAsync("""
            insert into order_list_line (order_list_id, line_number, product_id, quantity)
            select l.order_list_id, line.line_number, line.product_id, line.quantity
            from order_list l cross join unnest(@products, @quantities) with ordinality as line (product_id, quantity, line_number)
            where l.number = @number
            on conflict (order_list_id, line_number) do update set product_id = excluded.product_id, quantity = excluded.quantity
            """, new { number, products = kept.Select(line => line.ProductId!.Value).ToArray(), quantities = kept.Select(line => (int)line.Asked.Quantity!.Value).ToArray() }, ct);
        await audit.RecordAsync("order.list_kept", "order_list", number, partner, new { name = called, lines = kept.Count }, ct);
        return new OrderOutcome.Done(number);
    }, ct);

    /// <summary>Drops a list; one that is not there counts as dropped.</summary>
    public Task DropAsync(string number, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await db.FindAsync<(long PartnerId, string Name)?>("delete from order_list where number = @number and partner_id = app_partner_id() returning partner_id, name", new { number }, ct) is { } gone)
        {
            await audit.RecordAsync("order.list_dropped", "order_list", number, gone.PartnerId, new { gone.Name }, ct);
        }
    }, ct);
}

/// <summary>A list among others.</summary>
public sealed record OrderListRow(string Number, string Name, string? KeptBy, DateTime KeptAt, int Lines);
