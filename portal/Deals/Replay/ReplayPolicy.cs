using System.Text.Json;
using Platform.Audit;
using Platform.Database;
using Platform.Jobs;

namespace Portal.Deals;

/// <summary>What a replay found.</summary>
public sealed record ReplayResult
{
    /// <summary>The first day looked at.</summary>
    public DateOnly From { get; init; }

    /// <summary>The last.</summary>
    public DateOnly Until { get; init; }

    /// <summary>How many registrations were played through.</summary>
    public int Registrations { get; init; }

    /// <summary>By level.</summary>
    public IReadOnlyList<ReplayedLevel> Levels { get; init; } = [];

    /// <summary>The registrations whose fate differs.</summary>
    public IReadOnlyList<ReplayedDeal> Deals { get; init; } = [];
}

/// <summary>What changes for the partners of a level.</summary>
/// <param name="Level">The level.</param>
/// <param name="Registrations">Registrations played through.</param>
/// <param name="Gained">Protected under the draft only.</param>
/// <param name="Lost">Protected under the policies that held only.</param>
/// <param name="ConflictsCreated">Finds the customer taken under the draft only.</param>
/// <param name="ConflictsAvoided">Finds the customer taken under the policies that held only.</param>
/// <param name="Released">Released under the draft because nothing was done.</param>
/// <param name="ReleasedBefore">The same under the policies that held.</param>
/// <param name="NoRoom">No room under the draft.</param>
/// <param name="NoRoomBefore">The same under the policies that held.</param>
public sealed record ReplayedLevel(string Level, int Registrations, int Gained, int Lost, int ConflictsCreated, int ConflictsAvoided, int Released, int ReleasedBefore, int NoRoom, int NoRoomBefore);

/// <summary>A registration whose fate differs.</summary>
/// <param name="Number">The deal.</param>
/// <param name="CustomerName">Its customer.</param>
/// <param name="PartnerName">Its partner.</param>
/// <param name="Level">The partner's level.</param>
/// <param name="SubmittedAt">When it was submitted.</param>
/// <param name="Before"><c>unchanged</c>, <c>no_room</c>, <c>taken</c>, <c>protected</c> or <c>released</c> under the policies that held.</param>
/// <param name="After">The same under the draft.</param>
public sealed record ReplayedDeal(string Number, string CustomerName, string PartnerName, string Level, DateTime SubmittedAt, string Before, string After)
{
    /// <summary><c>gained</c>, <c>lost</c>, or null where it is about a conflict or a release only.</summary>
    public string? Claim => (Held(Before), Held(After)) switch { (false, true) => "gained", (true, false) => "lost", _ => null };

    /// <summary><c>created</c> or <c>avoided</c>.</summary>
    public string? Conflict => (Before is "taken", After is "taken") switch { (false, true) => "created", (true, false) => "avoided", _ => null };

    static bool Held(string fate) => fate is "protected" or "released";
}

/// <summary>A replay as it is stored.</summary>
public sealed record PolicyReplay(string Number, string PolicyNumber, int PolicyVersion, int Months, string Status, decimal Progress, DateTime AskedAt, DateTime? EndedAt, string? ResultJson)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>What it found.</summary>
    public ReplayResult? Result => ResultJson is null ? null : JsonSerializer.Deserialize<ReplayResult>(ResultJson, Json);
}

/// <summary>Plays the real registrations of the last months through a draft of a protection policy. Reads deals, writes none.</summary>
public sealed class ReplayPolicy(Db db, PolicyStore policies, DealStore deals, AuditTrail audit, TimeProvider clock) : IScheduledJob
{
    // Up to so many are played through while the page waits: well below a second.
    const int AtOnce = 4000;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Asks for one. A short one is done when this answers, a long one by the product, with its progress to be seen.</summary>
    public async Task<DealOutcome> AskAsync(string policyNumber, int? months, CancellationToken ct)
    {
        if (await policies.FindAsync(policyNumber, Now, ct) is not { } policy)
        {
            return new DealOutcome.Missing();
        }

        if (!policy.IsDraft)
        {
            return new DealOutcome.Refused("replays.refused.published");
        }

        if (months is not (>= 3 and <= 24))
        {
            return new DealOutcome.Invalid([new("months", "policies.invalid.number", 3, 24)]);
        }

        var number = PublicNumber.New("PR");
        await db.InTransactionAsync(async () =>
        {
            await db.ExecuteAsync("""
                insert into policy_replay (number, protection_policy_id, policy_version, months, asked_by, asked_at) values (@number, @ProtectionPolicyId, @Version, @months, app_person_id(), @now)
                """, new { number, policy.ProtectionPolicyId, policy.Version, months, now = Now }, ct);
            await audit.RecordAsync("protection_policy.replayed", "protection_policy", policyNumber, null, new { replay = number, months }, ct);
        }, ct);
        if (await db.OneAsync<long>("select count(*) from (select from deal where submitted_at >= @since limit @most) submitted", new { since = Since(months.Value).AddYears(-1), most = AtOnce + 1 }, ct) <= AtOnce)
        {
            await RunAsync(new Taken(number, policyNumber, months.Value), ct);
        }

        return new DealOutcome.Done(number, 1);
    }

    /// <summary>The replay of that number.</summary>
    public Task<PolicyReplay?> FindAsync(string number, CancellationToken ct) => db.FindAsync<PolicyReplay>("""
        select r.number, y.number as policy_number, r.policy_version, r.months, r.status, r.progress, r.asked_at, r.ended_at, r.result::text as result_json
        from policy_replay r join protection_policy y using (protection_policy_id)
        where r.number = @number
        """, new { number }, ct);

    /// <summary>The last replays of a policy.</summary>
    public Task<List<PolicyReplay>> OfPolicyAsync(string policyNumber, CancellationToken ct) => db.ListAsync<PolicyReplay>("""
        select r.number, y.number as policy_number, r.policy_version, r.months, r.status, r.progress, r.asked_at, r.ended_at, null::text as result_json
        from policy_replay r join protection_policy y using (protection_policy_id)
        where y.number = @policyNumber
        order by r.policy_replay_id desc limit 10
        """, new { policyNumber }, ct);

    /// <summary>Runs all that wait, one after the other; one whose machine stopped is taken up again.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (await TakeAsync(ct) is { } taken)
        {
            await RunAsync(taken, ct);
        }
    }

    async Task RunAsync(Taken taken, CancellationToken ct)
    {
        var draft = await policies.FindAsync(taken.Policy, Now, ct) ?? throw new InvalidOperationException($"Replay {taken.Number} is of a policy that is gone.");
        var result = await PlayAsync(draft, taken.Months, share => ProgressAsync(taken.Number, share, ct), ct);
        await db.ExecuteAsync("update policy_replay set status = 'done', progress = 1, ended_at = @now, result = @result::jsonb, lease_until = null where number = @Number",
            new { taken.Number, now = Now, result = JsonSerializer.Serialize(result, Json) }, ct);
    }

    Task<Taken?> TakeAsync(CancellationToken ct) => db.FindAsync<Taken>("""
        with next as (
            select policy_replay_id from policy_replay
            where status = 'waiting' or (status = 'running' and lease_until < @now)
            order by policy_replay_id limit 1 for update skip locked
        )
        update policy_replay r set status = 'running', lease_until = @lease, progress = 0
        from next, protection_policy y
        where r.policy_replay_id = next.policy_replay_id and y.protection_policy_id = r.protection_policy_id
        returning r.number, y.number as policy, r.months
        """, new { now = Now, lease = Now.AddMinutes(5) }, ct);

    Task ProgressAsync(string number, decimal share, CancellationToken ct) =>
        db.ExecuteAsync("update policy_replay set progress = @share, lease_until = @lease where number = @number", new { number, share, lease = Now.AddMinutes(5) }, ct);

    async Task<ReplayResult> PlayAsync(PolicyVersion draft, int months, Func<decimal, Task> progress, CancellationToken ct)
    {
        var (now, since) = (Now, Since(months));
        var registrations = await RegistrationsAsync(since.AddYears(-1), now, ct);
        await progress(0.2m);
        var closings = await db.ListAsync<Closing>("""
            select d.partner_id, d.closed_at, d.status = 'won' as won from deal d where d.status in ('won', 'lost', 'expired') and d.closed_at >= @since and d.closed_at <= @now
            """, new { since = since.AddYears(-6), now }, ct);
        var zone = await db.OneAsync<string>("select time_zone from partner where partner_type = 'brand'", null, ct);
        var held = (await policies.ListAsync(now, ct)).Where(policy => !policy.IsDraft).ToList();
        await progress(0.3m);
        var brandZone = Web.Display.Formats.Zone(zone);
        var before = new Replay(registrations, closings, held, brandZone).Run();
        await progress(0.65m);
        var after = new Replay(registrations, closings, InThePlaceOf(held, draft), brandZone).Run();
        await progress(0.95m);
        return Compare(before, after, since, await deals.DayAsync(since, ct), await deals.DayAsync(now, ct));
    }

    /// <summary>The policies as if the draft had always held for its case.</summary>
    public static IReadOnlyList<PolicyVersion> InThePlaceOf(IEnumerable<PolicyVersion> held, PolicyVersion draft) =>
    [
        .. held.Where(policy => (policy.PartnerLevel, policy.ProductLine, policy.AmountFrom, policy.AmountUntil) != (draft.PartnerLevel, draft.ProductLine, draft.AmountFrom, draft.AmountUntil)),
        draft with { EffectiveFrom = DateOnly.MinValue },
    ];

    /// <summary>What differs, of what was submitted since then.</summary>
    public static ReplayResult Compare(IReadOnlyList<Fortune> before, IReadOnlyList<Fortune> after, DateTime since, DateOnly from, DateOnly until)
    {
        var pairs = before.Zip(after).Where(pair => pair.First.Registration.SubmittedAt >= since)
            .Select(pair => (Before: pair.First, After: pair.Second, Deal: new ReplayedDeal(
                pair.First.Registration.Number, pair.First.Registration.CustomerName, pair.First.Registration.PartnerName, pair.First.Registration.Level, pair.First.Registration.SubmittedAt, Word(pair.First), Word(pair.Second))))
            .ToList();
        return new()
        {
            From = from,
            Until = until,
            Registrations = pairs.Count,
            Levels = [.. PolicyFacts.Levels.Select(level => pairs.Where(pair => pair.Deal.Level == level).ToList()).Where(some => some.Count > 0).Select(some => new ReplayedLevel(
                some[0].Deal.Level, some.Count, some.Count(pair => pair.Deal.Claim is "gained"), some.Count(pair => pair.Deal.Claim is "lost"),
                some.Count(pair => pair.Deal.Conflict is "created"), some.Count(pair => pair.Deal.Conflict is "avoided"),
                some.Count(pair => pair.After.IsReleased), some.Count(pair => pair.Before.IsReleased), some.Count(pair => pair.After.Fate is Fate.NoRoom), some.Count(pair => pair.Before.Fate is Fate.NoRoom)))],
            Deals = [.. pairs.Where(pair => pair.Deal.Before != pair.Deal.After).Select(pair => pair.Deal).OrderBy(deal => deal.SubmittedAt).ThenBy(deal => deal.Number, StringComparer.Ordinal)],
        };
    }

    static string Word(Fortune fortune) => fortune switch
    {
        { IsReleased: true } => "released",
        { Fate: Fate.Protected } => "protected",
        { Fate: Fate.Taken } => "taken",
        { Fate: Fate.NoRoom } => "no_room",
        _ => "unchanged",
    };

    sealed record Taken(string Number, string Policy, int Months);

    DateTime Since(int months) => Now.AddMonths(-months);

    // Everything that was submitted, and drafts that were refused because the customer was taken: those are what another policy may let in.
    Task<List<Registration>> RegistrationsAsync(DateTime since, DateTime now, CancellationToken ct) => db.ListAsync<Registration>("""
        with tried as (
            select d.*, coalesce(d.submitted_at, blocked.at) as tried_at
            from deal d
            left join lateral (select min(s.screened_at) as at from deal_screening s where s.deal_id = d.deal_id and s.blocked and d.submitted_at is null) blocked on true
            where coalesce(d.submitted_at, blocked.at) between @since and @now
        )
        select d.deal_id, d.number, c.name as customer_name, p.name as partner_name, d.partner_id, p.partner_level as level, c.customer_cluster_id as cluster_id, d.territory_id,
               array(select l.code from deal_product_line dl join product_line l using (product_line_id) where dl.deal_id = d.deal_id order by l.code) as lines,
               d.amount * rate_to_brand(d.currency, brand_day(d.tried_at)) as amount, d.tried_at as submitted_at,
               coalesce(d.protected_from, d.decided_at, case when d.status = 'withdrawn' and d.submitted_at is not null then d.closed_at end) as decided_at,
               d.status = 'rejected' or (d.status = 'withdrawn' and d.submitted_at is not null and d.protected_from is null) as was_refused,
               d.status in ('submitted', 'under_review', 'information_requested') as waits,
               case when d.protected_from is not null and d.status in ('won', 'lost', 'withdrawn') then d.closed_at end as ended_at,
               (select coalesce(sum(x.days), 0)::integer from deal_extension x where x.deal_id = d.deal_id and x.granted) as extended_days,
               array(select e.at from (
                   select a.happened_at as at from deal_activity_current a where a.deal_id = d.deal_id and a.kind in ('meeting', 'visit')
                   union all select q.happened_at from quote_event_of_deal q where q.deal_id = d.deal_id) e order by e.at) as alive_at
        from tried d join end_customer c using (end_customer_id) join partner p on p.partner_id = d.partner_id
        order by d.tried_at, d.deal_id
        """, new { since, now }, ct);
}
