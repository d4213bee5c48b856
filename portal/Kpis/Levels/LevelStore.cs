using Platform.Database;

namespace Portal.Kpis;

/// <summary>Rules for levels, reviews and what they propose.</summary>
public sealed class LevelStore(Db db)
{
    const string Rules = """
        select level_rules_id, number, period, window_periods, least_periods, silver_reach, silver_keep, gold_reach, gold_keep, platinum_reach, platinum_keep, lower(valid) as valid_from, upper(valid) as valid_until from level_rules
        """;

    const string Proposals = """
        select r.number, v.number as review_number, r.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, p.partner_type, p.partner_level as level_now,
               r.period, r.starts_on, r.from_level, r.to_level, r.score, r.limit_score, r.scores, r.status, r.effective_on, r.reason, r.decided_at, r.decided_by, d.name as decided_by_name, r.applied_at, r.version
        from level_proposal r
        join partner p on p.partner_id = r.partner_id
        left join level_review v on v.level_review_id = r.level_review_id
        left join person d on d.number = r.decided_by
        """;

    /// <summary>The rules that hold on a day, or null.</summary>
    public Task<LevelRules?> RulesAsync(DateOnly day, CancellationToken ct) => db.FindAsync<LevelRules>($"{Rules} where valid @> @day", new { day }, ct);

    /// <summary>Lets rules hold from a day on: what held until then ends there, and what was to begin then or later never holds.</summary>
    public Task KeepRulesAsync(string number, NewLevelRules rules, DateOnly from, string by, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update level_rules set valid = case when lower(valid) < @from then daterange(lower(valid), @from) else 'empty' end where not isempty(valid) and (upper(valid) is null or upper(valid) > @from);
        insert into level_rules (number, period, window_periods, least_periods, silver_reach, silver_keep, gold_reach, gold_keep, platinum_reach, platinum_keep, valid, created_at, created_by)
        values (@number, @Period, @Window, @Least, @SilverReach, @SilverKeep, @GoldReach, @GoldKeep, @PlatinumReach, @PlatinumKeep, daterange(@from, null), @now, @by)
        """, new
    {
        number, from, by, now, rules.Period, rules.Window, rules.Least, rules.SilverReach, rules.SilverKeep, rules.GoldReach, rules.GoldKeep, rules.PlatinumReach, rules.PlatinumKeep,
    }, ct);

    /// <summary>The reviews, the latest first.</summary>
    public Task<List<LevelReview>> ReviewsAsync(int limit, CancellationToken ct) => db.ListAsync<LevelReview>($"{Reviews("true")} order by v.starts_on desc, v.period limit @limit", new { limit }, ct);

    /// <summary>The review of that number, or null.</summary>
    public Task<LevelReview?> ReviewAsync(string number, CancellationToken ct) => db.FindAsync<LevelReview>(Reviews("v.number = @number"), new { number }, ct);

    static string Reviews(string where) => $"""
        select v.number, v.period, v.starts_on, v.scored, v.run_at, who.name as run_by_name, count(r.*) filter (where r.status = 'open')::integer as open, count(r.*) filter (where r.status in ('confirmed', 'lapsed'))::integer as confirmed,
               count(r.*) filter (where r.status = 'rejected')::integer as rejected
        from level_review v left join level_proposal r using (level_review_id) left join person who on who.number = v.run_by
        where {where}
        group by v.level_review_id, who.name
        """;

    /// <summary>From here to the end of the transaction nobody else runs a review.</summary>
    public Task HoldAsync(CancellationToken ct) => db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('level_review', 0))", null, ct);

    /// <summary>The first day of the last period of which there is a review of a kind, or null.</summary>
    public Task<DateOnly?> LastReviewedAsync(string period, CancellationToken ct) => db.FindAsync<DateOnly?>("select max(starts_on) from level_review where period = @period", new { period }, ct);

    /// <summary>Writes a review down, or that it was run again; answers its number.</summary>
    public Task<string> PutReviewAsync(string number, long rules, Period last, int scored, string by, DateTime now, CancellationToken ct) => db.OneAsync<string>("""
        insert into level_review as v (number, level_rules_id, period, starts_on, scored, run_at, run_by) values (@number, @rules, @kind, @start, @scored, @now, @by)
        on conflict on constraint one_review_of_a_period do update set level_rules_id = excluded.level_rules_id, scored = excluded.scored, run_at = excluded.run_at, run_by = excluded.run_by
        returning v.number
        """, new { number, rules, kind = last.KindName, start = last.Start, scored, now, by }, ct);

    /// <summary>
    /// Brings the open proposals up to date: those that are proposed again with the same score stay, the others make way, and what is new is added. Who was decided on in this review, or waits for an earlier decision to take effect,
    /// is not proposed again; nor is who is shut out. Answers how many were added.
    /// </summary>
    public async Task<int> ProposeAsync(string review, IReadOnlyList<NewLevelProposal> proposals, DateTime now, CancellationToken ct)
    {
        var args = new
        {
            review, now,
            numbers = proposals.Select(one => one.Number).ToArray(), partners = proposals.Select(one => one.PartnerId).ToArray(), from = proposals.Select(one => one.From).ToArray(), to = proposals.Select(one => one.To).ToArray(),
            scores = proposals.Select(one => one.Score).ToArray(), limits = proposals.Select(one => one.Limit).ToArray(), parts = proposals.Select(one => "{" + string.Join(',', one.Scores.Select(score => score.ToString(System.Globalization.CultureInfo.InvariantCulture))) + "}").ToArray(),
        };
        const string Asked = "unnest(@numbers, @partners, @from, @to, @scores, @limits, @parts) as n (number, partner_id, from_level, to_level, score, limit_score, scores)";
        await db.ExecuteAsync($"""
            update level_proposal r set status = 'replaced', version = r.version + 1
            where r.status = 'open' and not exists (
                select from {Asked} join level_review v on v.number = @review
                where n.partner_id = r.partner_id and v.level_review_id = r.level_review_id and (n.from_level, n.to_level, n.score, n.limit_score) = (r.from_level, r.to_level, r.score, r.limit_score))
            """, args, ct);
        return await db.ExecuteAsync($"""
            insert into level_proposal (number, level_review_id, partner_id, period, starts_on, from_level, to_level, score, limit_score, scores, proposed_at)
            select n.number, v.level_review_id, n.partner_id, v.period, v.starts_on, n.from_level, n.to_level, n.score, n.limit_score, n.scores::numeric[], @now
            from {Asked} join level_review v on v.number = @review join partner p on p.partner_id = n.partner_id and p.status = 'active'
            where not exists (select from level_proposal r where r.partner_id = n.partner_id
                and ((r.level_review_id = v.level_review_id and r.status <> 'replaced') or (r.status = 'confirmed' and r.applied_at is null)))
            """, args, ct);
    }

    /// <summary>What a review proposes, promotions first, the highest score first.</summary>
    public Task<List<LevelProposal>> ProposalsAsync(string review, CancellationToken ct) => db.ListAsync<LevelProposal>($"""
        {Proposals} where v.number = @review and r.status <> 'replaced'
        order by array_position(array['registered', 'silver', 'gold', 'platinum'], r.to_level) > array_position(array['registered', 'silver', 'gold', 'platinum'], r.from_level) desc, r.score desc, p.name, r.level_proposal_id
        """, new { review }, ct);

    /// <summary>What was decided on a partner's level, the last first; the partner itself sees what was confirmed.</summary>
    public Task<List<LevelProposal>> OfPartnerAsync(long partnerId, CancellationToken ct) => db.ListAsync<LevelProposal>($"""
        {Proposals} where r.partner_id = @partnerId and r.status in ('confirmed', 'lapsed') order by r.effective_on desc, r.level_proposal_id desc limit 20
        """, new { partnerId }, ct);

    /// <summary>Proposals by their numbers, locked together with their partners until the transaction ends.</summary>
    public Task<List<LevelProposal>> LockAsync(IReadOnlyCollection<string> numbers, CancellationToken ct) => db.ListAsync<LevelProposal>($"""
        {Proposals} where r.number = any (@numbers) order by r.partner_id for no key update of r, p
        """, new { numbers = numbers.ToArray() }, ct);

    /// <summary>Those whose day has come, locked.</summary>
    public Task<List<LevelProposal>> LockDueAsync(DateOnly today, CancellationToken ct) => db.ListAsync<LevelProposal>($"""
        {Proposals} where r.status = 'confirmed' and r.applied_at is null and r.effective_on <= @today order by r.partner_id for no key update of r, p
        """, new { today }, ct);

    /// <summary>Confirms or rejects.</summary>
    public Task DecideAsync(IReadOnlyCollection<string> numbers, string status, DateOnly? effectiveOn, string? reason, string by, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update level_proposal set status = @status, effective_on = @effectiveOn, reason = @reason, decided_at = @now, decided_by = @by, version = version + 1 where number = any (@numbers) and status = 'open'
        """, new { numbers = numbers.ToArray(), status, effectiveOn, reason, by, now }, ct);

    /// <summary>Writes down that confirmed ones took effect or, where the level had been changed by hand meanwhile, that they did not.</summary>
    public Task SettleAsync(IReadOnlyCollection<string> applied, IReadOnlyCollection<string> lapsed, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update level_proposal set applied_at = case when number = any (@applied) then @now end, status = case when number = any (@applied) then 'confirmed' else 'lapsed' end, version = version + 1
        where (number = any (@applied) or number = any (@lapsed)) and status = 'confirmed' and applied_at is null
        """, new { applied = applied.ToArray(), lapsed = lapsed.ToArray(), now }, ct);
}

/// <summary>A look at all partners' levels.</summary>
public sealed record LevelReview(string Number, string Period, DateOnly StartsOn, int Scored, DateTime RunAt, string? RunByName, int Open, int Confirmed, int Rejected)
{
    /// <summary>The last period of its window.</summary>
    public Period Last => Kpis.Period.From(Kpis.Period.ParseKind(Period)!.Value, StartsOn);
}

/// <summary>A step to another level that a review comes to.</summary>
public sealed record NewLevelProposal(string Number, long PartnerId, string From, string To, decimal Score, decimal Limit, IReadOnlyList<decimal> Scores);

/// <summary>A promotion or demotion, proposed or decided.</summary>
public sealed class LevelProposal
{
    /// <summary>Its number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The review's number; null for whoever may not see reviews.</summary>
    public string? ReviewNumber { get; init; }

    /// <summary>The partner.</summary>
    public long PartnerId { get; init; }

    /// <summary>Its number.</summary>
    public string PartnerNumber { get; init; } = "";

    /// <summary>Its name.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>Its name in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>Its type.</summary>
    public string PartnerType { get; init; } = "";

    /// <summary>The level it has now.</summary>
    public string LevelNow { get; init; } = "";

    /// <summary>The kind of period.</summary>
    public string Period { get; init; } = "";

    /// <summary>The first day of the window's last period.</summary>
    public DateOnly StartsOn { get; init; }

    /// <summary>The level it had.</summary>
    public string FromLevel { get; init; } = "";

    /// <summary>The level that is proposed.</summary>
    public string ToLevel { get; init; } = "";

    /// <summary>The average over the window.</summary>
    public decimal Score { get; init; }

    /// <summary>The average that was reached or missed.</summary>
    public decimal LimitScore { get; init; }

    /// <summary>The points of the scored periods.</summary>
    public decimal[] Scores { get; init; } = [];

    /// <summary>open, confirmed, rejected or lapsed.</summary>
    public string Status { get; init; } = "";

    /// <summary>The first day of the new level.</summary>
    public DateOnly? EffectiveOn { get; init; }

    /// <summary>Why it was rejected, or what was said with the confirmation.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTime? DecidedAt { get; init; }

    /// <summary>By whom.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>That person's name.</summary>
    public string? DecidedByName { get; init; }

    /// <summary>When it took effect.</summary>
    public DateTime? AppliedAt { get; init; }

    /// <summary>Its version.</summary>
    public int Version { get; init; }

    /// <summary>The last period of the window.</summary>
    public Period Last => Kpis.Period.From(Kpis.Period.ParseKind(Period)!.Value, StartsOn);

    /// <summary>True for a step up.</summary>
    public bool IsPromotion => LevelRules.IsPromotion(FromLevel, ToLevel);
}
