using Platform.Database;

namespace Portal.Kpis;

/// <summary>What partners propose as targets, and what the brand answers; each side sees its own.</summary>
public sealed class TargetProposals(Db db)
{
    /// <summary>The index that lets one proposal be open for a target.</summary>
    public const string OneOpen = "one_open_proposal_for_a_target";

    const string Columns = """
        select r.number, k.number as kpi_number, k.name as kpi_name, k.name_zh as kpi_name_zh, coalesce(v.unit, 'count') as unit, r.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin,
               r.period, r.starts_on, r.held, r.proposed, r.reason, r.status, r.counter, r.answer, r.proposed_at, r.proposed_by, a.name as proposed_by_name, r.answered_at, r.answered_by, b.name as answered_by_name,
               r.closed_at, r.version
        from kpi_target_proposal r
        join kpi_definition k using (kpi_definition_id)
        join partner p on p.partner_id = r.partner_id
        left join lateral (select v.unit from kpi_version v where v.kpi_definition_id = r.kpi_definition_id and v.status = 'published' order by v.ordinal desc limit 1) v on true
        left join person a on a.number = r.proposed_by
        left join person b on b.number = r.answered_by
        """;

    /// <summary>The last ones that one may see: those that wait first.</summary>
    /// <param name="status">Only those in this state; null is all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<TargetProposal>> ListAsync(string? status, int limit, CancellationToken ct) => db.ListAsync<TargetProposal>($"""
        {Columns}
        where @status::text is null or r.status = @status
        order by r.status in ('open', 'countered') desc, r.proposed_at desc, r.kpi_target_proposal_id desc
        limit @limit
        """, new { status, limit }, ct);

    /// <summary>The one of that number, or null.</summary>
    public Task<TargetProposal?> FindAsync(string number, CancellationToken ct) => db.FindAsync<TargetProposal>($"{Columns} where r.number = @number", new { number }, ct);

    /// <summary>The target that holds for a partner itself, the level it had when the period began or its territory; null for none.</summary>
    public Task<decimal?> HeldAsync(long definition, long partnerId, Period period, CancellationToken ct) => db.FindAsync<decimal?>("""
        select t.value
        from kpi_target t join partner p on p.partner_id = @partnerId
        left join lateral (
            select c.from_level from partner_level_change c where c.partner_id = p.partner_id and c.on_day > @held order by c.on_day, c.partner_level_change_id limit 1) since on true
        where t.kpi_definition_id = @definition and t.superseded_at is null and t.starts_on = @start and t.period = @kind
          and (t.partner_id = p.partner_id or t.partner_level = coalesce(since.from_level, p.partner_level) or t.territory_id = p.territory_id)
        order by t.partner_id is null, t.partner_level is null
        limit 1
        """, new { definition, partnerId, start = period.Start, held = period.HeldOn, kind = period.KindName }, ct);

    /// <summary>Adds one.</summary>
    public Task AddAsync(string number, long definition, long partnerId, Period period, decimal? held, decimal proposed, string reason, string by, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into kpi_target_proposal (number, kpi_definition_id, partner_id, period, starts_on, held, proposed, reason, proposed_at, proposed_by)
        values (@number, @definition, @partnerId, @kind, @start, @held, @proposed, @reason, @now, @by)
        """, new { number, definition, partnerId, kind = period.KindName, start = period.Start, held, proposed, reason, now, by }, ct);

    /// <summary>The brand's answer; false where it was answered or withdrawn meanwhile.</summary>
    public async Task<bool> AnswerAsync(string number, int version, string status, decimal? counter, string? answer, string by, DateTime now, CancellationToken ct) => await db.ExecuteAsync("""
        update kpi_target_proposal
        set status = @status, counter = @counter, answer = @answer, answered_at = @now, answered_by = @by, version = version + 1,
            closed_at = case when @status <> 'countered' then @now end, closed_by = case when @status <> 'countered' then @by end
        where number = @number and version = @version and status = 'open'
        """, new { number, version, status, counter, answer, by, now }, ct) == 1;

    /// <summary>The partner's last word: it accepts the counter, or withdraws; false where something changed meanwhile.</summary>
    public async Task<bool> CloseAsync(string number, int version, string status, string by, DateTime now, CancellationToken ct) => await db.ExecuteAsync("""
        update kpi_target_proposal set status = @status, closed_at = @now, closed_by = @by, version = version + 1
        where number = @number and version = @version and (status = 'countered' or (status = 'open' and @status = 'withdrawn'))
        """, new { number, version, status, by, now }, ct) == 1;
}

/// <summary>A proposal of another target.</summary>
public sealed record TargetProposal(
    string Number, string KpiNumber, string KpiName, string KpiNameZh, string Unit, long PartnerId, string PartnerNumber, string PartnerName, string? PartnerNameLatin,
    string Period, DateOnly StartsOn, decimal? Held, decimal Proposed, string Reason, string Status, decimal? Counter, string? Answer, DateTime ProposedAt, string ProposedBy, string? ProposedByName,
    DateTime? AnsweredAt, string? AnsweredBy, string? AnsweredByName, DateTime? ClosedAt, int Version)
{
    /// <summary>The period it is about.</summary>
    public Period Of => Kpis.Period.From(Kpis.Period.ParseKind(Period)!.Value, StartsOn);
}
