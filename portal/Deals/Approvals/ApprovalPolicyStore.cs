using Platform.Database;

namespace Portal.Deals;

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
