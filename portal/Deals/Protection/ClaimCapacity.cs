using Npgsql;
using Platform.Audit;
using Platform.Database;
using Portal.Notifications;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Deals;

/// <summary>How many open claims a partner has and may have, and where the number comes from.</summary>
public sealed record ClaimCapacity
{
    /// <summary>What the policy gives partners of the level; null where it sets no number.</summary>
    public int? Base { get; init; }

    /// <summary>The win rate is that of so many months.</summary>
    public int Months { get; init; }

    /// <summary>It counts from so many decided deals on.</summary>
    public int DecidedLeast { get; init; }

    /// <summary>Deals won in that time.</summary>
    public int Won { get; init; }

    /// <summary>Deals won, lost or expired in that time.</summary>
    public int Decided { get; init; }

    /// <summary>What the capacity is multiplied by.</summary>
    public decimal Factor { get; init; }

    /// <summary>Never below.</summary>
    public int? Lowest { get; init; }

    /// <summary>Never above, but for what was allowed besides.</summary>
    public int? Highest { get; init; }

    /// <summary>What the brand allowed besides, for a time.</summary>
    public int Extra { get; init; }

    /// <summary>How many it may have; null for any number.</summary>
    public int? Capacity { get; init; }

    /// <summary>How many it has.</summary>
    public int Open { get; init; }

    /// <summary>There is room for one more.</summary>
    public bool HasRoom => Capacity is not { } most || Open < most;
}

/// <summary>An open claim, and since when nothing has kept it alive.</summary>
public sealed class OpenClaim : DealRow
{
    /// <summary>The last meeting, visit, quote or order; else the approval.</summary>
    public DateTime? AliveAt { get; init; }

    /// <summary>When it falls stale or is released.</summary>
    public DateTime? StaleLookAt { get; init; }

    /// <summary>When it was warned of.</summary>
    public DateTime? StaleWarnedAt { get; init; }
}

/// <summary>A partner's request for more open claims.</summary>
public sealed record ClaimAllowance(string Number, string PartnerNumber, string PartnerName, string? PartnerNameLatin, int Asked, string Reason, DateTime RequestedAt, int? Granted, DateOnly? Until, string? Answer);

/// <summary>A partner's place in the list of capacities.</summary>
public sealed record CapacityOfPartner(string PartnerNumber, string PartnerName, string? PartnerNameLatin, string PartnerLevel, int? Capacity, int Open, int Won, int Decided, decimal Factor, int Extra);

/// <summary>The statements about capacity.</summary>
public sealed class CapacityStore(Db db)
{
    /// <summary>The rule by which the database lets no partner have more open claims than it may.</summary>
    public const string HasRoom = "a_partner_has_room_for_its_claims";

    /// <summary>The constraint that lets one request wait at a time.</summary>
    public const string OneOpenRequest = "one_open_allowance_request";

    /// <summary>How a partner stands.</summary>
    public Task<ClaimCapacity> FindAsync(long partnerId, DateTime now, CancellationToken ct) => db.OneAsync<ClaimCapacity>("select * from claim_capacity(@partnerId, @now)", new { partnerId, now }, ct);

    /// <summary>A partner's open claims, those first that nothing has kept alive for longest.</summary>
    public Task<List<OpenClaim>> OpenAsync(long partnerId, DateTime now, int limit, CancellationToken ct) => db.ListAsync<OpenClaim>("""
        with open as (
            select d.* from deal d
            where d.partner_id = @partnerId and (d.status in ('submitted', 'under_review', 'information_requested') or (d.status in ('approved', 'converted') and d.protected_until > @now))
        )
        select d.number, c.name as customer_name, c.number as customer_number, d.status, d.amount, d.currency, d.expected_close, d.submitted_at, d.protected_until, d.updated_at,
               greatest(d.protected_from, l.happened_at) as alive_at, d.stale_look_at, d.stale_warned_at
        from open d
        join end_customer c using (end_customer_id)
        left join last_deal_activity(array(select deal_id from open)) l using (deal_id)
        order by greatest(d.protected_from, l.happened_at, d.submitted_at), d.deal_id
        limit @limit
        """, new { partnerId, now, limit }, ct);

    /// <summary>All partners with open claims whose level has a capacity, the fullest first; for the brand.</summary>
    public Task<List<CapacityOfPartner>> ListAsync(DateTime now, CancellationToken ct) => db.ListAsync<CapacityOfPartner>("""
        select p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, p.partner_level, c.capacity, c.open, c.won, c.decided, c.factor, c.extra
        from (select distinct d.partner_id from deal d where d.status in ('submitted', 'under_review', 'information_requested', 'approved', 'converted')) holding
        join partner p using (partner_id)
        cross join lateral claim_capacity(p.partner_id, @now) c
        order by c.open::numeric / c.capacity desc nulls last, c.open desc, p.partner_id
        limit 500
        """, new { now }, ct);

    /// <summary>The requests that wait, then what was allowed, the newest first; a partner sees its own.</summary>
    public Task<List<ClaimAllowance>> AllowancesAsync(CancellationToken ct) => db.ListAsync<ClaimAllowance>("""
        select a.number, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, a.asked, a.reason, a.requested_at, a.granted, a.until, a.answer
        from claim_allowance a join partner p using (partner_id)
        where app_is_brand() or a.partner_id = app_partner_id()
        order by a.granted is not null, a.claim_allowance_id desc
        limit 100
        """, null, ct);

    /// <summary>Asks for more.</summary>
    public Task InsertAsync(string number, long partnerId, int asked, string reason, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into claim_allowance (number, partner_id, asked, reason, requested_by, requested_at) values (@number, @partnerId, @asked, @reason, app_person_id(), @now)
        """, new { number, partnerId, asked, reason, now }, ct);

    /// <summary>Decides a request and answers whose it was; null when it does not wait any more.</summary>
    public Task<long?> DecideAsync(string number, int granted, DateOnly? until, string? answer, DateTime now, CancellationToken ct) => db.FindAsync<long?>("""
        update claim_allowance set granted = @granted, until = @until, answer = @answer, decided_by = app_person_id(), decided_at = @now
        where number = @number and granted is null
        returning partner_id
        """, new { number, granted, until, answer, now }, ct);
}

/// <summary>A partner asks for more open claims than its capacity; the brand allows some for a time, or none with a reason.</summary>
public sealed class AllowMoreClaims(Db db, CapacityStore capacities, DealStore deals, ICurrentPerson me, AuditTrail audit, Notifier notifier, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Asks.</summary>
    public async Task<DealOutcome> RequestAsync(int? asked, string? reason, CancellationToken ct)
    {
        if (me.IsBrand || !me.Has("sales", "partner_admin"))
        {
            return new DealOutcome.Forbidden();
        }

        if (asked is not (>= 1 and <= 100_000))
        {
            return new DealOutcome.Invalid([new("asked", "policies.invalid.number", 1, 100_000)]);
        }

        if (DealTyped.Text(reason) is not { Length: <= 2000 } why)
        {
            return new DealOutcome.Invalid([new("reason", "deals.invalid.reason")]);
        }

        try
        {
            return await db.InTransactionAsync(async () =>
            {
                var number = PublicNumber.New("CA");
                await capacities.InsertAsync(number, me.PartnerId, asked.Value, why, Now, ct);
                await audit.RecordAsync("claim_allowance.requested", "claim_allowance", number, me.PartnerId, new { asked, reason = why }, ct);
                await notifier.TellAsync(Recipients.Brand("brand_admin") + Recipients.ManagersOf(me.PartnerId), "capacity.told.requested", [me.PartnerName, asked.Value], "/deals/capacity", ct);
                return new DealOutcome.Done(number, 1);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(CapacityStore.OneOpenRequest))
        {
            return new DealOutcome.Refused("capacity.refused.waits");
        }
    }

    /// <summary>Decides: so many more until that day; 0 refuses and needs an answer.</summary>
    public async Task<DealOutcome> DecideAsync(string number, int? granted, DateOnly? until, string? answer, CancellationToken ct)
    {
        var today = await deals.DayAsync(Now, ct);
        if (granted is not (>= 0 and <= 100_000))
        {
            return new DealOutcome.Invalid([new("granted", "policies.invalid.number", 0, 100_000)]);
        }

        if (granted > 0 && (until is not { } day || day < today || day > today.AddYears(3)))
        {
            return new DealOutcome.Invalid([new("until", "capacity.invalid.until")]);
        }

        if ((granted == 0 && DealTyped.Text(answer) is null) || answer?.Length > 2000)
        {
            return new DealOutcome.Invalid([new("answer", "deals.invalid.reason")]);
        }

        return await db.InTransactionAsync<DealOutcome>(async () =>
        {
            if (await capacities.DecideAsync(number, granted.Value, granted > 0 ? until : null, DealTyped.Text(answer), Now, ct) is not { } partner)
            {
                return new DealOutcome.Refused("capacity.refused.decided");
            }

            await audit.RecordAsync("claim_allowance.decided", "claim_allowance", number, partner, new { granted, until, answer }, ct);
            await notifier.TellAsync(Recipients.Of(partner, "sales", "partner_admin"), granted > 0 ? "capacity.told.granted" : "capacity.told.refused", granted > 0 ? [granted.Value, until!.Value] : [], "/deals/capacity", ct);
            return new DealOutcome.Done(number, 1);
        }, ct);
    }
}

/// <summary>Says to a partner that is at its capacity what it can do about it.</summary>
public sealed class RoomForClaims(CapacityStore capacities, TimeProvider clock)
{
    /// <summary>The refusal: how many there are, for which of them nothing was done for longest, and that more can be asked for.</summary>
    public async Task<DealOutcome> RefusalAsync(long partnerId, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var capacity = await capacities.FindAsync(partnerId, now, ct);
        var idle = (await capacities.OpenAsync(partnerId, now, 3, ct)).Select(claim => claim.Number);
        return new DealOutcome.Refused("capacity.refused.full", Formats.Number(capacity.Open), Formats.Number(capacity.Capacity ?? capacity.Open), string.Join(", ", idle));
    }
}
