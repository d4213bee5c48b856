using Platform.Audit;
using Platform.Database;

namespace Portal.Orders;

/// <summary>Somebody who orders for a company, with what they may order alone.</summary>
public sealed record LimitedPerson
{
    /// <summary>The key; it never leaves the server.</summary>
    public long PersonId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Who it is.</summary>
    public string Name { get; init; } = "";

    /// <summary>True while the person is there and has a role that orders.</summary>
    public bool Orders { get; init; }

    /// <summary>The most a single order may come to, in the company's currency; null for no limit.</summary>
    public decimal? PerOrder { get; init; }

    /// <summary>The most that all orders of a calendar month may come to; null for no limit.</summary>
    public decimal? PerMonth { get; init; }

    /// <summary>Who is asked beyond that; null for the administrators.</summary>
    public long? ApproverId { get; init; }

    /// <summary>True where the person may approve an order of that amount.</summary>
    public bool MayApprove(decimal amount) => Orders && (PerOrder is not { } most || most >= amount);
}

/// <summary>Finds who approves an order, by walking up from who wrote it.</summary>
public static class Approver
{
    /// <summary>
    /// The first on the way up whose own limit for an order reaches the amount and who is still there; null where the way ends or goes in a circle:
    /// then any administrator who may.
    /// </summary>
    public static LimitedPerson? Find(IReadOnlyCollection<LimitedPerson> company, long personId, decimal amount)
    {
        var people = company.ToDictionary(person => person.PersonId);
        var seen = new HashSet<long> { personId };
        for (var next = people.GetValueOrDefault(personId)?.ApproverId; next is { } id && seen.Add(id) && people.TryGetValue(id, out var person); next = person.ApproverId)
        {
            if (person.MayApprove(amount))
            {
                return person;
            }
        }

        return null;
    }
}

/// <summary>Why an order needs somebody else's word.</summary>
/// <param name="Because"><c>per_order</c> or <c>per_month</c>.</param>
/// <param name="Limit">The limit that it went beyond.</param>
/// <param name="Amount">What it came to: the order, or the month with it.</param>
/// <param name="ApproverId">Who is asked; null for the administrators.</param>
public sealed record ApprovalNeeded(string Because, decimal Limit, decimal Amount, long? ApproverId);

/// <summary>Reads and keeps what people may order alone (采购限额).</summary>
public sealed class PurchaseLimits(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Everybody of the company at work who orders or has a limit, by name.</summary>
    public Task<List<LimitedPerson>> CompanyAsync(CancellationToken ct) => db.ListAsync<LimitedPerson>("""
        select p.person_id, p.number, p.name, l.per_order, l.per_month, l.approver_id,
               p.disabled_at is null and exists (select from person_role r where r.person_id = p.person_id and r.role = any (@roles)) as orders
        from person p
        left join purchase_limit l on l.person_id = p.person_id
        where p.partner_id = app_partner_id()
          and (l.person_id is not null or exists (select from person_role r where r.person_id = p.person_id and r.role = any (@roles)))
        order by p.name, p.person_id
        """, new { roles = BuyerRoles.All.ToArray() }, ct);

    /// <summary>Why the person at work needs somebody's word for an order of that total; null where they do not, and for the product itself.</summary>
    /// <param name="parties">Who orders, with the person's limits: whoever has none is not asked about in the database.</param>
    /// <param name="total">What the order comes to.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ApprovalNeeded?> NeededAsync(Parties parties, decimal total, CancellationToken ct)
    {
        if (total > parties.PerOrder)
        {
            return await AskAsync("per_order", parties.PerOrder.Value, total, total, ct);
        }

        if (parties.PerMonth is not { } most)
        {
            return null;
        }

        var month = await SpentAsync(new(parties.Today.Year, parties.Today.Month, 1), ct) + total;
        return month > most ? await AskAsync("per_month", most, month, total, ct) : null;
    }

    /// <summary>Writes that an order waits.</summary>
    public Task AskAsync(string orderNumber, ApprovalNeeded needed, CancellationToken ct) => db.ExecuteAsync("""
        insert into order_approval (purchase_order_id, buyer_id, seller_id, asked_by, approver_id, because, limit_amount, amount, asked_at)
        select o.purchase_order_id, o.buyer_id, o.seller_id, app_person_id(), @ApproverId, @Because, @Limit, @Amount, @now
        from purchase_order o
        where o.number = @orderNumber
        """, new { orderNumber, needed.ApproverId, needed.Because, needed.Limit, needed.Amount, now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>Sets what people of the company at work may order alone; those who are not named keep theirs.</summary>
    /// <returns>False where the person's roles do not allow it.</returns>
    public Task<bool> KeepAsync(IReadOnlyCollection<ChosenLimit> chosen, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var here = await db.FindAsync<(long PartnerId, string Number)?>("""
            select p.partner_id, p.number from partner p where p.partner_id = app_partner_id() and app_has_role('partner_admin')
            """, null, ct);
        if (here is not { } company)
        {
            return false;
        }

        await db.ExecuteAsync("""
            with chosen as (
                select * from unnest(@people, @perOrder, @perMonth, @approvers) as chosen (person_id, per_order, per_month, approver_id)),
            lifted as (
                delete from purchase_limit l using chosen c
                where l.person_id = c.person_id and c.per_order is null and c.per_month is null and c.approver_id is null)
            insert into purchase_limit as kept (person_id, partner_id, per_order, per_month, approver_id, changed_at)
            select c.person_id, @PartnerId, c.per_order, c.per_month, c.approver_id, @now
            from chosen c
            where num_nonnulls(c.per_order, c.per_month, c.approver_id) > 0
            on conflict (person_id) do update
            set per_order = excluded.per_order, per_month = excluded.per_month, approver_id = excluded.approver_id, changed_at = excluded.changed_at, version = kept.version + 1
            where (kept.per_order, kept.per_month, kept.approver_id) is distinct from (excluded.per_order, excluded.per_month, excluded.approver_id)
            """, new
        {
            company.PartnerId, now = clock.GetUtcNow().UtcDateTime,
            people = chosen.Select(limit => limit.PersonId).ToArray(),
            perOrder = chosen.Select(limit => limit.PerOrder).ToArray(),
            perMonth = chosen.Select(limit => limit.PerMonth).ToArray(),
            approvers = chosen.Select(limit => limit.ApproverId).ToArray(),
        }, ct);
        await audit.RecordAsync("order.limits", "partner", company.Number, company.PartnerId,
            new { people = chosen.Select(limit => limit.Number) }, ct); // how much is the company's own affair; the brand reads the audit too
        return true;
    }, ct);

    async Task<ApprovalNeeded> AskAsync(string because, decimal limit, decimal amount, decimal total, CancellationToken ct)
    {
        var me = await db.OneAsync<long>("select app_person_id()", null, ct);
        return new(because, limit, amount, Approver.Find(await CompanyAsync(ct), me, total)?.PersonId);
    }

    // Two orders of one person at the same moment: the second waits here and counts the first.
    async Task<decimal> SpentAsync(DateOnly month, CancellationToken ct)
    {
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('purchase_limit', app_person_id()))", null, ct);
        return await db.OneAsync<decimal>("""
            select coalesce(sum(total_amount), 0)
            from purchase_order
            where ordered_by = app_person_id() and ordered_on >= @month and ordered_on < (@month + interval '1 month')::date
              and status not in ('draft', 'cancelled', 'rejected')
            """, new { month }, ct);
    }
}

/// <summary>What an administrator sets for a person.</summary>
public sealed record ChosenLimit(long PersonId, string Number, decimal? PerOrder, decimal? PerMonth, long? ApproverId, string? ApproverNumber);
