using System.Text.Json;
using NpgsqlTypes;
using Platform.Database;
using Portal.Matching;

namespace Portal.Deals;

/// <summary>The statements by which deals are entered, changed, screened and protected; what lists and queues show stands in <see cref="DealLists"/> and <see cref="DealPages"/>.</summary>
public sealed class DealStore(Db db)
{
    /// <summary>The constraint that is the invariant of deal registration.</summary>
    public const string OneLiveClaim = "one_live_claim";

    /// <summary>The constraint that lets one extension request wait at a time.</summary>
    public const string OneOpenExtension = "one_open_extension_request";

    const string Rules = """
        y.protection_policy_id, y.number, y.protection_days, y.extension_days, y.extensions_at_most, y.reminder_days, y.recently_expired_days, y.screenings_per_day, y.stale_days, y.stale_warning_days,
               y.backdating_hours
        """;

    const string Terms = """
        select array(select product_line_id from product_line where code = any(@lines) order by code) as line_ids,
               (select territory_id from territory where code = @territory) as territory_id,
               brand_day(@now) as today,
               (select array_remove(array[p.name, p.name_latin], null) from partner p where p.partner_id = app_partner_id()) as own_names,
               app_partner_id() as partner_id,
               app_is_brand() as caller_is_brand,
               string_to_array(coalesce(current_setting('app.roles', true), ''), ',') as caller_roles
        """;

    /// <summary>How often the partner <c>p</c> had claims screened today, as far as it matters to the policy <c>y</c>.</summary>
    internal const string ScreeningsToday = """
        (select count(*)::integer from (
                    select from deal_screening s where s.partner_id = p.partner_id and s.screened_at >= brand_midnight(brand_day(@now)) limit y.screenings_per_day) used)
        """;

    /// <summary>A dispute about the deal <c>d</c> runs.</summary>
    internal const string IsDisputed = "exists (select from dispute_side s join dispute q using (dispute_id) where s.deal_id = d.deal_id and q.ended_at is null) as is_disputed";

    /// <summary>What <see cref="Lines"/> has of the deal <c>d</c>.</summary>
    internal const string LineColumns = """
        lines.line_ids, lines.product_lines, lines.line_names, lines.line_names_zh,
               lines.lost_line_ids, lines.lost_lines, lines.lost_line_names, lines.lost_line_names_zh, lines.lost_since, lines.lost_in
        """;

    /// <summary>The lines of the deal <c>d</c>, and those it lost.</summary>
    internal const string Lines = """
        cross join lateral (
            select array_agg(l.product_line_id order by l.code) filter (where dl.lost_at is null) as line_ids, array_agg(l.code order by l.code) filter (where dl.lost_at is null) as product_lines,
                   array_agg(l.name order by l.code) filter (where dl.lost_at is null) as line_names, array_agg(l.name_zh order by l.code) filter (where dl.lost_at is null) as line_names_zh,
                   coalesce(array_agg(l.product_line_id order by l.code) filter (where dl.lost_at is not null), '{}') as lost_line_ids,
                   coalesce(array_agg(l.code order by l.code) filter (where dl.lost_at is not null), '{}') as lost_lines,
                   coalesce(array_agg(l.name order by l.code) filter (where dl.lost_at is not null), '{}') as lost_line_names,
                   coalesce(array_agg(l.name_zh order by l.code) filter (where dl.lost_at is not null), '{}') as lost_line_names_zh,
                   coalesce(array_agg(dl.lost_at order by l.code) filter (where dl.lost_at is not null), '{}') as lost_since,
                   coalesce(array_agg(x.number order by l.code) filter (where dl.lost_at is not null), '{}') as lost_in
            from deal_product_line dl join product_line l using (product_line_id) left join dispute x on x.dispute_id = dl.lost_by
            where dl.deal_id = d.deal_id
        ) lines
        """;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    static readonly string PolicyOfCodes = PolicyToday("array(select product_line_id from product_line where code = any(@lines))") + "\nwhere p.partner_id = app_partner_id()";
    static readonly string PolicyOfLines = PolicyToday("@lines") + "\nwhere p.partner_id = @partnerId";

    static string PolicyToday(string lines) => $"""
        select {Rules},
               {ScreeningsToday} as screenings_today
        from partner p
        join protection_policy y on y.protection_policy_id = protection_policy_for(p.partner_level, {lines}, null, brand_day(@now))
        """;

    /// <summary>A deal as the caller may see it, with who the caller is.</summary>
    public Task<Deal?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Deal>($$"""
        select d.deal_id, d.number, d.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, p.partner_level, d.end_customer_id, c.number as customer_number,
               c.name as customer_name, c.customer_cluster_id, d.territory_id, t.code as territory, t.name as territory_name, t.name_zh as territory_name_zh,
               {{LineColumns}}, {{IsDisputed}}, d.status, d.amount, d.currency, d.expected_close, d.period_from, d.period_until,
               d.contact_name, d.contact_email, d.contact_phone, d.need, d.protected_from, d.protected_until, d.protection_policy_id, d.stale_warned_at, brand_day(d.protected_until - interval '1 microsecond') as last_protected_day,
               d.submitted_at, d.decided_at, d.closed_at, d.created_at, d.updated_at, d.version,
               app_is_brand() as caller_is_brand,
               string_to_array(coalesce(current_setting('app.roles', true), ''), ',')
               || case when app_is_brand() and d.status in ('submitted', 'under_review', 'information_requested') and exists (
                    select from deal_approval_step s
                    where s.deal_id = d.deal_id and s.opened_at is not null and s.closed_at is null
                      and (exists (select from seat_in_queue(s.queue, s.partner_id, null)) or (s.escalated_at is not null and exists (select from seat_in_queue(s.escalate_to, s.partner_id, null)))))
                  then array['approver'] when app_is_system() then array['approver'] else '{}'::text[] end as caller_roles
        from deal d
        join partner p using (partner_id)
        join end_customer c using (end_customer_id)
        join territory t on t.territory_id = d.territory_id
        {{Lines}}
        where d.number = @number
        """, new { number }, ct);

    /// <summary>What a registration is checked against: the lines and territory it names, the brand's day, the claimant's own name, and who is at work.</summary>
    public Task<DealTerms> TermsAsync(IReadOnlyList<string> lineCodes, string? territory, DateTime now, CancellationToken ct) =>
        db.OneAsync<DealTerms>(Terms, new { lines = lineCodes.ToArray(), territory, now }, ct);

    /// <summary>The same with the version of a policy that holds today for a claim of any amount on those lines by whoever is at work, null where that is no partner.</summary>
    public Task<(DealTerms Terms, ProtectionPolicy? Policy)> TermsAndPolicyAsync(IReadOnlyList<string> lineCodes, string? territory, DateTime now, CancellationToken ct) => db.ReadManyAsync(
        Terms + ";\n" + PolicyOfCodes, new { lines = lineCodes.ToArray(), territory, now }, async answers => (await answers.ReadSingleAsync<DealTerms>(), await answers.ReadSingleOrDefaultAsync<ProtectionPolicy>()), ct);

    /// <summary>
    /// The version of a policy that holds today for a partner's claim of any amount on those lines, and how much of it is used up: the most specific one, see
    /// <c>protection_policy_for</c>.
    /// </summary>
    public Task<ProtectionPolicy> PolicyAsync(long partnerId, IReadOnlyList<long> lineIds, DateTime now, CancellationToken ct) =>
        db.OneAsync<ProtectionPolicy>(PolicyOfLines, new { partnerId, lines = lineIds.ToArray(), now }, ct);

    /// <summary>The version that protects a deal; before its approval, the one that would today.</summary>
    public Task<ProtectionPolicy> PolicyAsync(Deal deal, DateTime now, CancellationToken ct) => db.OneAsync<ProtectionPolicy>($"""
        select {Rules}, 0 as screenings_today
        from protection_policy y
        where y.protection_policy_id = coalesce(@ProtectionPolicyId::bigint, (
            select protection_policy_for(p.partner_level, @LineIds, @Amount * rate_to_brand(@Currency, brand_day(@now)), brand_day(@now)) from partner p where p.partner_id = @PartnerId))
        """, new { deal.ProtectionPolicyId, deal.PartnerId, deal.LineIds, deal.Amount, deal.Currency, now }, ct);

    /// <summary>Keeps with a deal which version protects it, and when it will be looked at for being stale.</summary>
    public Task KeepPolicyAsync(long dealId, ProtectionPolicy policy, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update deal
        set protection_policy_id = @ProtectionPolicyId, stale_warned_at = null,
            stale_look_at = case when @StaleDays::integer is not null then brand_midnight(brand_day(@now) + @StaleDays::integer + 1) end
        where deal_id = @dealId
        """, new { dealId, policy.ProtectionPolicyId, policy.StaleDays, now }, ct);

    /// <summary>Enters a draft with its lines.</summary>
    public Task<long> InsertAsync(DealDraft draft, DateTime now, CancellationToken ct) => db.OneAsync<long>("""
        with entered as (
            insert into deal (number, partner_id, end_customer_id, territory_id, amount, currency, expected_close, period_from, period_until,
                              contact_name, contact_email, contact_phone, need, created_by, created_at, updated_at)
            values (@Number, @PartnerId, @EndCustomerId, @TerritoryId, @Amount, @Currency, @ExpectedClose, @PeriodFrom, @PeriodUntil,
                    @ContactName, @ContactEmail, @ContactPhone, @Need, app_person_id(), @now, @now)
            returning deal_id, partner_id
        ), lined as (
            insert into deal_product_line (deal_id, product_line_id, partner_id)
            select e.deal_id, l, e.partner_id from entered e cross join unnest(@LineIds) as l
        )
        select deal_id from entered
        """, new
    {
        draft.Number, draft.PartnerId, draft.EndCustomerId, draft.TerritoryId, draft.Amount, draft.Currency, draft.ExpectedClose, draft.PeriodFrom, draft.PeriodUntil,
        draft.ContactName, draft.ContactEmail, draft.ContactPhone, draft.Need, LineIds = draft.LineIds.ToArray(), now,
    }, ct);

    /// <summary>Changes a deal's fields and lines; null when somebody changed it since that version.</summary>
    public Task<int?> UpdateAsync(long dealId, int version, DealDraft draft, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        with changed as (
            update deal
            set end_customer_id = @EndCustomerId, territory_id = @TerritoryId, amount = @Amount, currency = @Currency, expected_close = @ExpectedClose,
                period_from = @PeriodFrom, period_until = @PeriodUntil, contact_name = @ContactName, contact_email = @ContactEmail,
                contact_phone = @ContactPhone, need = @Need, updated_at = @now, version = version + 1
            where deal_id = @dealId and version = @version
            returning deal_id, partner_id, version
        ), gone as (
            delete from deal_product_line l using changed c where l.deal_id = c.deal_id and l.product_line_id <> all (@LineIds) and l.lost_at is null
        ), come as (
            insert into deal_product_line (deal_id, product_line_id, partner_id)
            select c.deal_id, l, c.partner_id from changed c cross join unnest(@LineIds) as l
            on conflict do nothing
        )
        select version from changed
        """, new
    {
        dealId, version, draft.EndCustomerId, draft.TerritoryId, draft.Amount, draft.Currency, draft.ExpectedClose, draft.PeriodFrom, draft.PeriodUntil,
        draft.ContactName, draft.ContactEmail, draft.ContactPhone, draft.Need, LineIds = draft.LineIds.ToArray(), now,
    }, ct);

    /// <summary>
    /// Carries out an act: the new state and the act's row in the timeline, in one statement. Null when the deal is not at that version
    /// any more: somebody was faster.
    /// </summary>
    public Task<int?> MoveAsync(Deal deal, DealAct act, string? reason, DateTime now, CancellationToken ct, DateTime? protectedFrom = null, DateTime? protectedUntil = null) => db.FindAsync<int?>("""
        with moved as (
            update deal
            set status = @to,
                submitted_at = case when @act = 'submit' then @now else submitted_at end,
                decided_at = case when @to in ('approved', 'rejected', 'duplicate') and status <> @to then @now else decided_at end,
                closed_at = case when @over then @now end,
                protected_from = coalesce(@protectedFrom, protected_from),
                protected_until = coalesce(@protectedUntil, protected_until),
                reminded_at = case when @protectedUntil is null then reminded_at end,
                updated_at = @now, version = version + 1
            where deal_id = @DealId and version = @Version
            returning deal_id, partner_id, version
        ), acted as (
            insert into deal_act (deal_id, partner_id, act, from_status, to_status, reason, by_brand, person_id, happened_at)
            select deal_id, partner_id, @act, @from, @to, @reason, @byBrand, app_person_id(), @now from moved
        )
        select version from moved
        """, new
    {
        deal.DealId, deal.Version, act = act.Name, from = deal.Status, to = act.To ?? deal.Status, over = act.To is not null && DealLifecycle.IsOver(act.To),
        reason, byBrand = act.Side is DealSide.Brand or DealSide.Product, now, protectedFrom, protectedUntil,
    }, ct);

    /// <summary>
    /// Writes the claim of an approved deal: a row for each line and territory it covers. Where another live claim stands in the way, the
    /// database refuses with <see cref="OneLiveClaim"/>; the caller holds the customer's cluster, so that rivals wait instead of deadlocking.
    /// </summary>
    public Task InsertClaimAsync(long dealId, DateTime from, DateTime until, CancellationToken ct) => db.ExecuteAsync("""
        insert into deal_claim (deal_id, partner_id, end_customer_id, customer_cluster_id, product_line_id, territory_id, protection)
        select d.deal_id, d.partner_id, d.end_customer_id, c.customer_cluster_id, l.product_line_id, d.territory_id, tstzrange(@from, @until)
        from deal d join end_customer c using (end_customer_id) join deal_product_line l using (deal_id)
        where d.deal_id = @dealId
        """, new { dealId, from, until }, ct);

    /// <summary>Cuts the protection off now: the customer is free for others.</summary>
    public Task ReleaseClaimAsync(long dealId, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update deal_claim
        set protection = tstzrange(lower(protection), greatest(@now, lower(protection) + interval '1 microsecond'))
        where deal_id = @dealId and upper(protection) > @now
        """, new { dealId, now }, ct);

    /// <summary>Lengthens the protection.</summary>
    public Task ExtendClaimAsync(long dealId, DateTime until, CancellationToken ct) => db.ExecuteAsync("""
        update deal_claim set protection = tstzrange(lower(protection), @until) where deal_id = @dealId and over_at is null
        """, new { dealId, until }, ct);

    /// <summary>The moment at which the day after <paramref name="days"/> more days begins for the brand: a claim approved on 1 March for 90 days holds through 30 May.</summary>
    public Task<DateTime> EndOfDayAsync(DateTime from, int days, CancellationToken ct) =>
        db.OneAsync<DateTime>("select brand_midnight(brand_day(@from) + @days + 1)", new { from, days }, ct);

    /// <summary>The day a moment falls on for the brand.</summary>
    public Task<DateOnly> DayAsync(DateTime at, CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@at)", new { at }, ct);

    /// <summary>The first day on which the deal's customer is free of other claims, null where it is free now.</summary>
    public Task<DateOnly?> FreeFromAsync(Deal deal, DateTime now, CancellationToken ct) => FreeFromAsync(deal, deal.LineIds, deal.TerritoryId, now, ct);

    /// <summary>The first day on which the deal's customer is free of other claims on those lines and that territory, null where it is free now.</summary>
    public Task<DateOnly?> FreeFromAsync(Deal deal, IReadOnlyList<long> lineIds, long territoryId, DateTime now, CancellationToken ct) => db.FindAsync<DateOnly?>("""
        select free_from from claim_standing(array[@CustomerClusterId::bigint], @lines, @territoryId, @DealId, @now, interval '0')
        """, new { deal.CustomerClusterId, lines = lineIds.ToArray(), territoryId, deal.DealId, now }, ct);

    /// <summary>The moment the next day begins for the brand, when a partner has its screenings back.</summary>
    public Task<DateTime> NextDayAsync(DateTime now, CancellationToken ct) =>
        db.OneAsync<DateTime>("select brand_midnight(brand_day(@now) + 1)", new { now }, ct);

    /// <summary>How claims stand on clusters and on those of the same groups, without their holders, and the claimant's own deal there.</summary>
    /// <param name="clusterIds">The clusters.</param>
    /// <param name="groupsOf">Those of them whose groups are asked about as well.</param>
    /// <param name="asked">The claim.</param>
    /// <param name="recentlyDays">For how many days a claim that is over still counts.</param>
    /// <param name="now">The moment.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<Standing>> StandingAsync(IReadOnlyCollection<long> clusterIds, IReadOnlyCollection<long> groupsOf, AskedClaim asked, int recentlyDays, DateTime now, CancellationToken ct) => db.ListAsync<Standing>("""
        select customer_cluster_id, conflict, free_from, own_deal, kin, kin_is_direct
        from claim_standing_in_groups(@clusters, @groups, @PartnerId, @lines, @TerritoryId, @DealId, @now, make_interval(days => @recentlyDays))
        """, new { clusters = clusterIds.ToArray(), groups = groupsOf.ToArray(), lines = asked.LineIds.ToArray(), asked.TerritoryId, asked.DealId, asked.PartnerId, recentlyDays, now }, ct);

    /// <summary>Keeps the verdict and, for the reviewer, what led to it; goes out with the next statement or with the commit.</summary>
    public void KeepScreening(AskedClaim asked, Verdict verdict, IReadOnlyList<ScreenedCandidate> candidates, DateTime now) => db.Later("""
        with screened as (
            select nextval('deal_screening_deal_screening_id_seq') as id
        ), kept as (
            insert into deal_screening (deal_screening_id, deal_id, partner_id, screened_at, matcher, conflict, band, matched_fields, free_from, own_deal, blocked, asked_name, asked_customer_id)
            overriding system value
            select id, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 from screened
        )
        insert into deal_screening_evidence (deal_screening_id, partner_id, customers, bands, conflicts, scores, evidence)
        select id, $2, $13, $14, $15, $16, $17 from screened
        """,
        new() { Value = (object?)asked.DealId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
        new() { Value = asked.PartnerId },
        new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        new() { Value = SameCompany.Version },
        new() { Value = verdict.Conflict },
        new() { Value = verdict.Band },
        new() { Value = verdict.MatchedFields.ToArray() },
        new() { Value = (object?)verdict.FreeFrom ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date },
        new() { Value = (object?)verdict.OwnDeal ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        new() { Value = verdict.Blocked },
        new() { Value = asked.Company.Names[0] },
        new() { Value = (object?)asked.EndCustomerId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
        new() { Value = candidates.Select(candidate => candidate.EndCustomerId).ToArray() },
        new() { Value = candidates.Select(candidate => candidate.Judgement.Band.Word()).ToArray() },
        new() { Value = candidates.Select(candidate => candidate.Conflict).ToArray() },
        new() { Value = candidates.Select(candidate => candidate.Judgement.Score).ToArray() },
        new() { Value = candidates.Select(candidate => JsonSerializer.Serialize(candidate.Judgement.Evidence, Json)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });

    /// <summary>Writes a comment.</summary>
    public Task InsertCommentAsync(Deal deal, string stream, string body, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into deal_comment (deal_id, partner_id, stream, body, by_brand, person_id, written_at)
        values (@DealId, @PartnerId, @stream, @body, @CallerIsBrand, app_person_id(), @now)
        """, new { deal.DealId, deal.PartnerId, stream, body, deal.CallerIsBrand, now }, ct);

    /// <summary>Asks for a longer protection.</summary>
    public Task InsertExtensionAsync(Deal deal, int days, string reason, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into deal_extension (deal_id, partner_id, days, reason, requested_by, requested_at)
        values (@DealId, @PartnerId, @days, @reason, app_person_id(), @now)
        """, new { deal.DealId, deal.PartnerId, days, reason, now }, ct);

    /// <summary>How often a deal's protection was lengthened.</summary>
    public Task<int> ExtensionsGrantedAsync(long dealId, CancellationToken ct) =>
        db.OneAsync<int>("select count(*)::integer from deal_extension where deal_id = @dealId and granted", new { dealId }, ct);

    /// <summary>Decides the request that waits and answers how many days it asked for; null when none waits.</summary>
    public Task<int?> DecideExtensionAsync(long dealId, bool granted, string? answer, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        update deal_extension
        set granted = @granted, answer = @answer, decided_by = app_person_id(), decided_at = @now
        where deal_id = @dealId and granted is null
        returning days
        """, new { dealId, granted, answer, now }, ct);
}
