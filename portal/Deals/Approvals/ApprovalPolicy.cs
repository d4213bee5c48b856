using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Deals;

/// <summary>A step that a policy asks for.</summary>
public sealed record PolicyStep
{
    /// <summary><c>deal_desk</c>, <c>channel_manager</c>, <c>finance</c> or <c>brand_admin</c>.</summary>
    public string? Queue { get; init; }

    /// <summary>How many of it have to approve.</summary>
    public int Approvers { get; init; } = 1;

    /// <summary>In so many hours.</summary>
    public int Hours { get; init; } = 16;

    /// <summary>Hours of work: Monday to Friday, 9 to 17 in the brand's zone.</summary>
    public bool Working { get; init; } = true;

    /// <summary>To whom it goes besides when they do not.</summary>
    public string? EscalateTo { get; init; } = "brand_admin";
}

/// <summary>What a version of an approval policy says: the case it is for, and who decides there.</summary>
public record ApprovalFacts
{
    /// <summary>The queues there are.</summary>
    public static IReadOnlyList<string> Queues { get; } = ["deal_desk", "channel_manager", "finance", "brand_admin"];

    /// <summary>The bands of a screening.</summary>
    public static IReadOnlyList<string> Bands { get; } = ["none", "possible", "likely", "related", "certain"];

    /// <summary>The first day it holds.</summary>
    public DateOnly? EffectiveFrom { get; init; }

    /// <summary>The level.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The code of the product line.</summary>
    public string? ProductLine { get; init; }

    /// <summary>The code of the territory.</summary>
    public string? Territory { get; init; }

    /// <summary>Deals of at least this amount, in the brand's currency.</summary>
    public decimal? AmountFrom { get; init; }

    /// <summary>Deals below this amount.</summary>
    public decimal? AmountUntil { get; init; }

    /// <summary>How sure the screening was.</summary>
    public string? Band { get; init; }

    /// <summary>From its day on nothing special holds for the case.</summary>
    public bool Lapses { get; init; }

    /// <summary>The policy approves by itself; for the band <c>none</c> only.</summary>
    public bool AutoApprove { get; init; }

    /// <summary>The steps, in their order.</summary>
    public IReadOnlyList<PolicyStep> Steps { get; init; } = [];

    /// <summary>Why this version.</summary>
    public string? Note { get; init; }

    /// <summary>It is for a part of the registrations only.</summary>
    public bool IsForAll => PartnerLevel is null && ProductLine is null && Territory is null && AmountFrom is null && AmountUntil is null && Band is null;

    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<FieldProblem> Check(DateOnly today, bool lineIsKnown, bool territoryIsKnown)
    {
        var problems = new List<FieldProblem>();
        void Wrong(bool isWrong, string field, string key, params IReadOnlyList<object> arguments)
        {
            if (isWrong)
            {
                problems.Add(new(field, key, arguments));
            }
        }

        Wrong(EffectiveFrom is not { } from || from < today || from > today.AddYears(5), "effectiveFrom", "policies.invalid.effective_from");
        Wrong(PartnerLevel is not null && !PolicyFacts.Levels.Contains(PartnerLevel, StringComparer.Ordinal), "partnerLevel", "policies.invalid.level", string.Join(", ", PolicyFacts.Levels));
        Wrong(!lineIsKnown, "productLine", "deals.invalid.unknown_line");
        Wrong(!territoryIsKnown, "territory", "deals.invalid.territory");
        Wrong(AmountFrom < 0 || AmountUntil <= (AmountFrom ?? 0) || AmountFrom >= 1_000_000_000_000m || AmountUntil >= 1_000_000_000_000m, "amountUntil", "policies.invalid.amounts");
        Wrong(Band is not null && !Bands.Contains(Band, StringComparer.Ordinal), "band", "policies.invalid.level", string.Join(", ", Bands));
        Wrong(AutoApprove && Band is not "none", "autoApprove", "approvals.invalid.auto");
        Wrong(Lapses && IsForAll, "lapses", "policies.invalid.lapses");
        Wrong(!Lapses && !AutoApprove && Steps.Count == 0, "steps", "approvals.invalid.no_steps");
        Wrong(Steps.Count > 6 || Steps.Any(step => !Queues.Contains(step.Queue, StringComparer.Ordinal) || !Queues.Contains(step.EscalateTo, StringComparer.Ordinal) || step.Approvers is < 1 or > 5 || step.Hours is < 1 or > 2000),
            "steps", "approvals.invalid.steps");
        Wrong(Note?.Length > 2000, "note", "customers.invalid.too_long", 2000);
        return problems;
    }
}

/// <summary>A version of an approval policy as it is stored.</summary>
public sealed record ApprovalVersion : ApprovalFacts
{
    /// <summary>The number.</summary>
    public string Number { get; init; } = "";

    /// <summary><c>draft</c>, <c>coming</c>, <c>in_force</c> or <c>superseded</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>The line's name in English.</summary>
    public string? LineName { get; init; }

    /// <summary>The line's name in Chinese.</summary>
    public string? LineNameZh { get; init; }

    /// <summary>The territory's name in English.</summary>
    public string? TerritoryName { get; init; }

    /// <summary>The territory's name in Chinese.</summary>
    public string? TerritoryNameZh { get; init; }

    /// <summary>When it was published.</summary>
    public DateTime? PublishedAt { get; init; }

    /// <summary>How often the draft was changed.</summary>
    public int Version { get; init; }

    /// <summary>It can still be changed.</summary>
    public bool IsDraft => State is "draft";
}

/// <summary>The statements about versions of approval policies.</summary>
public sealed class ApprovalPolicyStore(Db db)
{
    /// <summary>The index that lets one published version of a case begin on a day.</summary>
    public const string OneADay = "one_approval_policy_for_a_case_and_day";

    const string Select = """
        select y.number, y.effective_from, y.partner_level, l.code as product_line, l.name as line_name, l.name_zh as line_name_zh, t.code as territory, t.name as territory_name, t.name_zh as territory_name_zh,
               y.amount_from, y.amount_until, y.band, y.lapses, y.auto_approve, y.queues, y.approvers, y.hours, y.working, y.escalate_to, y.note, y.published_at, y.version,
               case when y.status = 'draft' then 'draft'
                    when y.effective_from > brand_day(@now) then 'coming'
                    when exists (select from approval_policy n where n.status = 'published' and n.effective_from > y.effective_from and n.effective_from <= brand_day(@now)
                                 and (n.partner_level, n.product_line_id, n.territory_id, n.amount_from, n.amount_until, n.band)
                                     is not distinct from (y.partner_level, y.product_line_id, y.territory_id, y.amount_from, y.amount_until, y.band)) then 'superseded'
                    else 'in_force' end as state
        from approval_policy y left join product_line l using (product_line_id) left join territory t on t.territory_id = y.territory_id
        """;

    /// <summary>All versions.</summary>
    public async Task<List<ApprovalVersion>> ListAsync(DateTime now, CancellationToken ct) => [.. (await db.ListAsync<Row>($"""
        select * from ({Select}) y
        order by array_position(array['draft', 'coming', 'in_force', 'superseded'], y.state), y.partner_level nulls first, y.product_line nulls first, y.amount_from nulls first, y.effective_from desc
        limit 1000
        """, new { now }, ct)).Select(row => row.AsVersion())];

    /// <summary>The version of that number.</summary>
    public async Task<ApprovalVersion?> FindAsync(string number, DateTime now, CancellationToken ct) => (await db.FindAsync<Row>($"{Select} where y.number = @number", new { number, now }, ct))?.AsVersion();

    /// <summary>The keys of a line and a territory; null where there is none of that code.</summary>
    public Task<(long? Line, long? Territory)> KeysAsync(string? line, string? territory, CancellationToken ct) => db.OneAsync<(long?, long?)>("""
        select (select product_line_id from product_line where code = @line), (select territory_id from territory where code = @territory)
        """, new { line, territory }, ct);

    /// <summary>Enters a draft.</summary>
    public Task InsertAsync(string number, ApprovalFacts facts, (long? Line, long? Territory) keys, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into approval_policy (number, status, effective_from, partner_level, product_line_id, territory_id, amount_from, amount_until, band, lapses, auto_approve, queues, approvers, hours, working,
            escalate_to, note, created_by, created_at)
        values (@number, 'draft', @EffectiveFrom, @PartnerLevel, @line, @territory, @AmountFrom, @AmountUntil, @Band, @Lapses, @AutoApprove, @queues, @approvers, @hours, @working, @escalateTo, @note, app_person_id(), @now)
        """, Values(number, facts, keys, 0, now), ct);

    /// <summary>Changes a draft; null when it is not at that version any more, or published.</summary>
    public Task<int?> UpdateAsync(string number, int version, ApprovalFacts facts, (long? Line, long? Territory) keys, CancellationToken ct) => db.FindAsync<int?>("""
        update approval_policy
        set effective_from = @EffectiveFrom, partner_level = @PartnerLevel, product_line_id = @line, territory_id = @territory, amount_from = @AmountFrom, amount_until = @AmountUntil, band = @Band,
            lapses = @Lapses, auto_approve = @AutoApprove, queues = @queues, approvers = @approvers, hours = @hours, working = @working, escalate_to = @escalateTo, note = @note, version = version + 1
        where number = @number and version = @version and status = 'draft'
        returning version
        """, Values(number, facts, keys, version, default), ct);

    /// <summary>Publishes a draft; null when it is not at that version any more, or published.</summary>
    public Task<int?> PublishAsync(string number, int version, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        update approval_policy set status = 'published', published_by = app_person_id(), published_at = @now, version = version + 1
        where number = @number and version = @version and status = 'draft'
        returning version
        """, new { number, version, now }, ct);

    /// <summary>Throws a draft away; null when it is not at that version any more, or published.</summary>
    public Task<int?> DeleteAsync(string number, int version, CancellationToken ct) =>
        db.FindAsync<int?>("delete from approval_policy where number = @number and version = @version and status = 'draft' returning version", new { number, version }, ct);

    static object Values(string number, ApprovalFacts facts, (long? Line, long? Territory) keys, int version, DateTime now) => new
    {
        number, version, now, line = keys.Line, territory = keys.Territory, facts.EffectiveFrom, facts.PartnerLevel, facts.AmountFrom, facts.AmountUntil, facts.Band, facts.Lapses, facts.AutoApprove,
        queues = facts.Steps.Select(step => step.Queue!).ToArray(), approvers = facts.Steps.Select(step => step.Approvers).ToArray(), hours = facts.Steps.Select(step => step.Hours).ToArray(),
        working = facts.Steps.Select(step => step.Working).ToArray(), escalateTo = facts.Steps.Select(step => step.EscalateTo!).ToArray(), note = DealTyped.Text(facts.Note),
    };

    // The arrays of a row become the steps they are.
    sealed class Row
    {
        public string Number { get; init; } = "";
        public DateOnly EffectiveFrom { get; init; }
        public string? PartnerLevel { get; init; }
        public string? ProductLine { get; init; }
        public string? LineName { get; init; }
        public string? LineNameZh { get; init; }
        public string? Territory { get; init; }
        public string? TerritoryName { get; init; }
        public string? TerritoryNameZh { get; init; }
        public decimal? AmountFrom { get; init; }
        public decimal? AmountUntil { get; init; }
        public string? Band { get; init; }
        public bool Lapses { get; init; }
        public bool AutoApprove { get; init; }
        public string[] Queues { get; init; } = [];
        public int[] Approvers { get; init; } = [];
        public int[] Hours { get; init; } = [];
        public bool[] Working { get; init; } = [];
        public string[] EscalateTo { get; init; } = [];
        public string? Note { get; init; }
        public DateTime? PublishedAt { get; init; }
        public int Version { get; init; }
        public string State { get; init; } = "";

        public ApprovalVersion AsVersion() => new()
        {
            Number = Number, EffectiveFrom = EffectiveFrom, PartnerLevel = PartnerLevel, ProductLine = ProductLine, LineName = LineName, LineNameZh = LineNameZh, Territory = Territory,
            TerritoryName = TerritoryName, TerritoryNameZh = TerritoryNameZh, AmountFrom = AmountFrom, AmountUntil = AmountUntil, Band = Band, Lapses = Lapses, AutoApprove = AutoApprove, Note = Note,
            PublishedAt = PublishedAt, Version = Version, State = State,
            Steps = [.. Queues.Select((queue, at) => new PolicyStep { Queue = queue, Approvers = Approvers[at], Hours = Hours[at], Working = Working[at], EscalateTo = EscalateTo[at] })],
        };
    }
}

/// <summary>The brand's administrators draft, change, publish and throw away versions of approval policies. What is published stays.</summary>
public sealed class KeepApprovalPolicies(Db db, ApprovalPolicyStore policies, DealStore deals, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Drafts a version.</summary>
    public Task<DealOutcome> DraftAsync(ApprovalFacts facts, CancellationToken ct) => CheckedAsync(facts, async keys =>
    {
        var number = PublicNumber.New("AP");
        await policies.InsertAsync(number, facts, keys, Now, ct);
        await audit.RecordAsync("approval_policy.drafted", "approval_policy", number, null, facts, ct);
        return new DealOutcome.Done(number, 1);
    }, ct);

    /// <summary>Changes a draft.</summary>
    public Task<DealOutcome> ChangeAsync(string number, int version, ApprovalFacts facts, CancellationToken ct) => CheckedAsync(facts, async keys =>
        await DraftOnlyAsync(number, async () => await policies.UpdateAsync(number, version, facts, keys, ct), "approval_policy.changed", facts, ct), ct);

    /// <summary>Publishes a draft: from its day on registrations of its case are decided by it.</summary>
    public async Task<DealOutcome> PublishAsync(string number, int version, CancellationToken ct)
    {
        if (await policies.FindAsync(number, Now, ct) is { IsDraft: true } draft && draft.EffectiveFrom < await deals.DayAsync(Now, ct))
        {
            return new DealOutcome.Refused("policies.refused.day_is_past");
        }

        try
        {
            return await db.InTransactionAsync(() => DraftOnlyAsync(number, () => policies.PublishAsync(number, version, Now, ct), "approval_policy.published", new { number }, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(ApprovalPolicyStore.OneADay))
        {
            return new DealOutcome.Refused("policies.refused.same_day");
        }
    }

    /// <summary>Throws a draft away.</summary>
    public Task<DealOutcome> DiscardAsync(string number, int version, CancellationToken ct) =>
        db.InTransactionAsync(() => DraftOnlyAsync(number, () => policies.DeleteAsync(number, version, ct), "approval_policy.discarded", new { number }, ct), ct);

    async Task<DealOutcome> CheckedAsync(ApprovalFacts facts, Func<(long?, long?), Task<DealOutcome>> work, CancellationToken ct)
    {
        var keys = await policies.KeysAsync(facts.ProductLine, facts.Territory, ct);
        return facts.Check(await deals.DayAsync(Now, ct), facts.ProductLine is null == keys.Line is null, facts.Territory is null == keys.Territory is null) is { Count: > 0 } problems
            ? new DealOutcome.Invalid(problems)
            : await db.InTransactionAsync(() => work(keys), ct);
    }

    async Task<DealOutcome> DraftOnlyAsync(string number, Func<Task<int?>> change, string action, object details, CancellationToken ct)
    {
        switch (await policies.FindAsync(number, Now, ct))
        {
            case null:
                return new DealOutcome.Missing();
            case { IsDraft: false }:
                return new DealOutcome.Refused("policies.refused.published");
            default:
                if (await change() is not { } next)
                {
                    return new DealOutcome.Stale();
                }

                await audit.RecordAsync(action, "approval_policy", number, null, details, ct);
                return new DealOutcome.Done(number, next);
        }
    }
}
