using Platform.Audit;
using Platform.Database;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Somebody of a queue is away and names who decides for them.</summary>
public sealed class NameDeputies(Db db, DeputyStore deputies, DealStore deals, ICurrentPerson me, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Names a deputy for a queue one sits in.</summary>
    public async Task<DealOutcome> NameAsync(string? queue, string? deputy, DateOnly? from, DateOnly? until, CancellationToken ct)
    {
        if (queue is null || !ApprovalFacts.Queues.Contains(queue, StringComparer.Ordinal) || !me.Has(queue))
        {
            return new DealOutcome.Invalid([new("queue", "approvals.invalid.own_queue")]);
        }

        var today = await deals.DayAsync(Now, ct);
        if (from is not { } first || until is not { } last || last < first || last < today || last.DayNumber - first.DayNumber > 366)
        {
            return new DealOutcome.Invalid([new("until", "approvals.invalid.days")]);
        }

        return await db.InTransactionAsync<DealOutcome>(async () =>
        {
            var number = PublicNumber.New("DP");
            if (string.IsNullOrWhiteSpace(deputy) || !await deputies.NameAsync(number, queue, deputy, first, last, Now, ct))
            {
                return new DealOutcome.Invalid([new("deputy", "approvals.invalid.deputy")]);
            }

            await audit.RecordAsync("approval_deputy.named", "approval_deputy", number, null, new { queue, deputy, from, until }, ct);
            return new DealOutcome.Done(number, 1);
        }, ct);
    }

    /// <summary>Ends it: one is back.</summary>
    public Task<DealOutcome> EndAsync(string number, CancellationToken ct) => db.InTransactionAsync<DealOutcome>(async () =>
    {
        if (!await deputies.EndAsync(number, Now, ct))
        {
            return new DealOutcome.Missing();
        }

        await audit.RecordAsync("approval_deputy.ended", "approval_deputy", number, null, new { number }, ct);
        return new DealOutcome.Done(number, 1);
    }, ct);
}

/// <summary>The statements about who decides for whom.</summary>
public sealed class DeputyStore(Db db)
{
    /// <summary>Deputies that are named now or later.</summary>
    public Task<List<Deputy>> ListAsync(DateTime now, CancellationToken ct) => db.ListAsync<Deputy>("""
        select d.number, d.queue, p.name as person, u.name as deputy_name, d.from_day, d.until_day, d.person_id = app_person_id() as is_own
        from approval_deputy d join person p using (person_id) join person u on u.person_id = d.deputy_id
        where d.ended_at is null and d.until_day >= brand_day(@now)
        order by d.from_day, d.approval_deputy_id
        """, new { now }, ct);

    /// <summary>The people of the brand who can be named, by number.</summary>
    public Task<List<(string Number, string Name)>> ColleaguesAsync(CancellationToken ct) => db.ListAsync<(string, string)>("""
        select p.number, p.name from person p join partner b using (partner_id)
        where b.partner_type = 'brand' and p.kind = 'person' and p.disabled_at is null and p.person_id is distinct from app_person_id()
          and exists (select from person_role r where r.person_id = p.person_id and r.role in ('deal_desk', 'channel_manager', 'finance', 'brand_admin'))
        order by p.name
        """, null, ct);

    /// <summary>Names a deputy; false where there is nobody of that number among the brand's people.</summary>
    public async Task<bool> NameAsync(string number, string queue, string deputy, DateOnly from, DateOnly until, DateTime now, CancellationToken ct) => await db.FindAsync<long?>("""
        insert into approval_deputy (number, queue, person_id, deputy_id, from_day, until_day, named_at)
        select @number, @queue, app_person_id(), p.person_id, @from, @until, @now
        from person p join partner b using (partner_id)
        where p.number = @deputy and b.partner_type = 'brand' and p.kind = 'person' and p.disabled_at is null and p.person_id <> app_person_id()
        returning approval_deputy_id
        """, new { number, queue, deputy, from, until, now }, ct) is not null;

    /// <summary>Ends it; false where it is nobody's that one may end.</summary>
    public async Task<bool> EndAsync(string number, DateTime now, CancellationToken ct) => await db.FindAsync<long?>("""
        update approval_deputy set ended_at = @now where number = @number and ended_at is null returning approval_deputy_id
        """, new { number, now }, ct) is not null;
}

/// <summary>Somebody decides for somebody else.</summary>
public sealed record Deputy(string Number, string Queue, string Person, string DeputyName, DateOnly FromDay, DateOnly UntilDay, bool IsOwn);
