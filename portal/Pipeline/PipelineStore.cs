using Platform.Database;
using Portal.Customers;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Pipeline;

/// <summary>The statements about the pipeline: where open deals stand, their next steps, what is expected of them, and how deals ended.</summary>
public sealed class PipelineStore(Db db, ICurrentPerson me)
{
    /// <summary>How many cards a column of the board shows; the rest is in the list.</summary>
    public const int CardsInColumn = 50;

    /// <summary>What may be asked of the list, the board and the forecast.</summary>
    public static readonly ListShape Shape = new("pipeline", "close", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["close"] = "v.expected_close", ["customer"] = "c.name", ["partner"] = "p.name", ["amount"] = "v.amount", ["stage"] = "v.position", ["since"] = "v.stage_since", ["due"] = "next.due",
    }, Tie: "v.deal_id", Filters: ["stage", "line", "territory", "partner", "stuck", "due"]);

    // What was last said about what comes next, whether on the card or with an activity; a step that was done and taken away is said as well.
    const string Next = """
        left join lateral (
            select x.step, x.due from (
                select v.next_step as step, v.next_step_due as due, v.next_step_at as at where v.next_step_at is not null
                union all
                select a.next_step, a.next_step_due, a.recorded_at from deal_activity_current a where a.deal_id = v.deal_id and a.next_step is not null
            ) x order by x.at desc limit 1
        ) next on true
        """;

    const string Columns = """
        v.deal_id, v.number, v.partner_id, p.name as partner_name, p.name_latin as partner_name_latin, c.name as customer_name, v.status, v.amount, v.currency, v.expected_close,
        v.pipeline_stage_id, v.stage, v.stage_name, v.stage_name_zh, v.probability, v.forecast, v.stage_since, v.stage_version,
        (brand_day(@now) - brand_day(v.stage_since)) as days_in_stage, v.stage_since < @now - make_interval(days => v.stuck_days) as is_stuck, next.step as next_step, next.due as next_step_due
        """;

    const string From = "from pipeline_deal v join partner p on p.partner_id = v.partner_id join end_customer c on c.end_customer_id = v.end_customer_id";

    string Where(ListQuery query) => string.Concat(
        me is { IsKnown: true, IsBrand: false } ? " where v.partner_id = app_partner_id()" : " where true",
        query["stage"] is null ? "" : " and v.stage = @stage",
        query["line"] is null ? "" : " and exists (select from deal_product_line l join product_line n using (product_line_id) where l.deal_id = v.deal_id and n.code = @line and l.lost_at is null)",
        query["territory"] is null ? "" : " and v.territory_id = (select territory_id from territory where code = @territory)",
        query["partner"] is null ? "" : " and v.partner_id = (select partner_id from partner where number = @partner)",
        query["stuck"] is "yes" ? " and v.stage_since < @now - make_interval(days => v.stuck_days)" : "",
        query["due"] is "overdue" ? " and next.due < brand_day(@now)" : "",
        query.Words is null ? "" : " and (v.number = upper(@words) or v.end_customer_id in (select customers_like(@pattern, @stem, 5000)))");

    // Where only what is filtered is counted, next steps are looked up for the filter that reads them.
    static string NextIfAsked(ListQuery query) => query["due"] is null ? "" : Next;

    static object Arguments(ListQuery query, DateTime now) => new
    {
        stage = query["stage"], line = query["line"], territory = query["territory"], partner = query["partner"], words = query.Words,
        pattern = CustomerLists.Pattern(query.Words), stem = CustomerLists.Stem(query.Words), now, query.Offset, query.Limit, CardsInColumn,
    };

    const string StageColumns = "s.pipeline_stage_id, s.code, s.name, s.name_zh, s.position, s.probability, s.forecast, s.stuck_days, s.retired_at is not null as is_retired, s.version";

    const string StageOrder = "s.retired_at is not null, s.position, s.pipeline_stage_id";

    /// <summary>The stages, those that are retired last.</summary>
    public Task<List<PipelineStage>> StagesAsync(CancellationToken ct) =>
        db.ListAsync<PipelineStage>($"select {StageColumns} from pipeline_stage s order by {StageOrder}", null, ct);

    /// <summary>The same, each with how many open deals the reader sees in it.</summary>
    public Task<List<PipelineStage>> StagesWithDealsAsync(CancellationToken ct) => db.ListAsync<PipelineStage>($"""
        select {StageColumns}, coalesce(o.deals, 0) as deals
        from pipeline_stage s left join (select pipeline_stage_id, count(*)::integer as deals from pipeline_deal group by pipeline_stage_id) o using (pipeline_stage_id)
        order by {StageOrder}
        """, null, ct);

    /// <summary>The reasons for winning and losing.</summary>
    public Task<List<CloseReason>> ReasonsAsync(CancellationToken ct) => db.ListAsync<CloseReason>("""
        select close_reason_id, outcome, code, name, name_zh, position, retired_at is not null as is_retired, version
        from close_reason order by outcome, retired_at is not null, position, close_reason_id
        """, null, ct);

    /// <summary>The cards of the board: of each stage those that close first.</summary>
    public Task<List<PipelineDeal>> CardsAsync(ListQuery query, DateTime now, CancellationToken ct) => db.ListAsync<PipelineDeal>($"""
        select * from (
            select {Columns}, row_number() over (partition by v.pipeline_stage_id order by v.expected_close, v.deal_id) as place
            {From} {Next} {Where(query)}
        ) card
        where place <= @CardsInColumn
        order by pipeline_stage_id, place
        """, Arguments(query, now), ct);

    /// <summary>How much stands in each stage, in each currency and in the brand's.</summary>
    public Task<List<StageSum>> SumsAsync(ListQuery query, DateTime now, CancellationToken ct) => db.ListAsync<StageSum>($"""
        with open as (
            select v.pipeline_stage_id, v.currency, count(*)::integer as deals, sum(v.amount) as amount from pipeline_deal v {NextIfAsked(query)} {Where(query)} group by v.pipeline_stage_id, v.currency
        )
        select o.pipeline_stage_id, o.currency, o.deals, o.amount, round(o.amount * rate_to_brand(o.currency, brand_day(@now)), 2) as in_brand from open o
        """, Arguments(query, now), ct);

    /// <summary>One page of the list.</summary>
    public Task<ListPage<PipelineDeal>> PageAsync(ListQuery query, DateTime now, CancellationToken ct) => db.PageAsync<PipelineDeal>(
        $"select {Columns} {From} {Next} {Where(query)} order by {query.OrderBy} offset @Offset limit @Limit",
        $"select count(*) from pipeline_deal v {NextIfAsked(query)} {Where(query)}", Arguments(query, now), ct);

    /// <summary>All rows of the list, for a file.</summary>
    public IAsyncEnumerable<PipelineDeal> StreamAsync(ListQuery query, DateTime now, CancellationToken ct) =>
        db.StreamAsync<PipelineDeal>($"select {Columns} {From} {Next} {Where(query)} order by {query.OrderBy}", Arguments(query, now), ct);

    /// <summary>Open deals in the order of their numbers, for programs.</summary>
    public Task<List<PipelineDeal>> AfterAsync(string? stage, string? after, int limit, DateTime now, CancellationToken ct) => db.ListAsync<PipelineDeal>($"""
        select {Columns} {From} {Next}
        where (@stage::text is null or v.stage = @stage) and (@after::text is null or v.number > @after)
        order by v.number limit @limit
        """, new { stage, after, limit, now }, ct);

    /// <summary>One open deal; null where it is not open, or somebody else's.</summary>
    public Task<PipelineDeal?> FindAsync(string number, DateTime now, CancellationToken ct) =>
        db.FindAsync<PipelineDeal>($"select {Columns} {From} {Next} where v.number = @number", new { number, now }, ct);

    /// <summary>How many open deals of the partner at work are stuck, and of how many the next step is overdue.</summary>
    public Task<(int Stuck, int Due)> WaitingAsync(DateTime now, CancellationToken ct) => db.OneAsync<(int, int)>($"""
        select count(*) filter (where v.stage_since < @now - make_interval(days => v.stuck_days))::integer, count(*) filter (where next.due < brand_day(@now))::integer
        from pipeline_deal v {Next}
        where v.partner_id = app_partner_id()
        """, new { now }, ct);

    /// <summary>What is expected by month, currency and category; what should have closed before this month stands in it as overdue.</summary>
    public Task<List<ForecastRow>> ForecastAsync(ListQuery query, DateTime now, CancellationToken ct) => db.ListAsync<ForecastRow>($"""
        with open as (
            select greatest(date_trunc('month', v.expected_close), date_trunc('month', brand_day(@now)))::date as month, v.currency, v.forecast,
                   count(*)::integer as deals, count(*) filter (where v.expected_close < brand_day(@now))::integer as overdue,
                   sum(v.amount) as amount, sum(round(v.amount * v.probability, 2)) as weighted
            from pipeline_deal v {NextIfAsked(query)} {Where(query)}
            group by 1, 2, 3
        ), rate as (
            select c.currency, rate_to_brand(c.currency, brand_day(@now)) as rate from (select distinct currency from open) c
        )
        select o.month, o.currency, o.forecast, o.deals, o.overdue, o.amount, o.weighted, round(o.amount * r.rate, 2) as amount_in_brand, round(o.weighted * r.rate, 2) as weighted_in_brand
        from open o join rate r using (currency)
        order by o.month, o.currency, array_position(array['commit', 'best_case', 'pipeline'], o.forecast)
        """, Arguments(query, now), ct);

    /// <summary>How deals ended since a day: by outcome and reason; those that were ended without one stand under none.</summary>
    public Task<List<OutcomeRow>> OutcomesAsync(string? partner, DateOnly from, DateTime now, CancellationToken ct) => db.ListAsync<OutcomeRow>($"""
        with ended as (
            select d.status as outcome, k.close_reason_id, d.currency, count(*)::integer as deals, sum(d.amount) as amount
            from deal d left join deal_closing k on k.deal_id = d.deal_id and k.outcome = d.status
            where d.status in ('won', 'lost') and d.closed_at >= brand_midnight(@from) and (@partner::text is null or d.partner_id = (select partner_id from partner where number = @partner))
              {(me is { IsKnown: true, IsBrand: false } ? "and d.partner_id = app_partner_id()" : "")}
            group by 1, 2, 3
        )
        select e.outcome, r.name, r.name_zh, sum(e.deals)::integer as deals, sum(round(e.amount * rate_to_brand(e.currency, brand_day(@now)), 2)) as in_brand
        from ended e left join close_reason r using (close_reason_id)
        group by e.outcome, r.close_reason_id, r.name, r.name_zh, r.position
        order by e.outcome desc, deals desc, r.position nulls last
        """, new { partner, from, now }, ct);

    /// <summary>How long deals stayed in each stage before they left it, and how many went back.</summary>
    public Task<List<StagePace>> PaceAsync(DateOnly from, CancellationToken ct) => db.ListAsync<StagePace>($"""
        select s.name, s.name_zh, count(*)::integer as moves, round(avg(m.days_there), 1) as days, count(*) filter (where t.position < s.position)::integer as back
        from deal_stage_move m join pipeline_stage s on s.pipeline_stage_id = m.from_stage_id join pipeline_stage t on t.pipeline_stage_id = m.to_stage_id
        where m.moved_at >= brand_midnight(@from) {(me is { IsKnown: true, IsBrand: false } ? "and m.partner_id = app_partner_id()" : "")}
        group by s.pipeline_stage_id, s.name, s.name_zh, s.position
        order by s.position
        """, new { from }, ct);

    /// <summary>The stages a deal went through, the newest move first.</summary>
    public Task<List<StageMove>> MovesAsync(long dealId, CancellationToken ct) => db.ListAsync<StageMove>("""
        select f.name as from_name, f.name_zh as from_name_zh, t.name as to_name, t.name_zh as to_name_zh, m.days_there, p.name as person, m.moved_at
        from deal_stage_move m join pipeline_stage f on f.pipeline_stage_id = m.from_stage_id join pipeline_stage t on t.pipeline_stage_id = m.to_stage_id left join person p on p.person_id = m.person_id
        where m.deal_id = @dealId
        order by m.deal_stage_move_id desc
        """, new { dealId }, ct);

    /// <summary>How a deal ended, where a reason was given.</summary>
    public Task<DealClosing?> ClosingAsync(long dealId, CancellationToken ct) => db.FindAsync<DealClosing>("""
        select k.outcome, r.name, r.name_zh, k.note, k.competitor, k.closed_at from deal_closing k join close_reason r using (close_reason_id) join deal d using (deal_id)
        where k.deal_id = @dealId and k.outcome = d.status
        """, new { dealId }, ct);

    /// <summary>
    /// Moves a deal, or says what comes next, or both; a move is noted with the days the deal had been where it was. Null when somebody was faster, or the stage takes nobody in.
    /// </summary>
    public Task<int?> WriteAsync(PipelineDeal deal, string stage, string? nextStep, DateOnly? due, bool stepChanges, int version, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        with target as (
            select pipeline_stage_id from pipeline_stage where code = @stage and (retired_at is null or pipeline_stage_id = @PipelineStageId)
        ), written as (
            insert into deal_stage as s (deal_id, partner_id, pipeline_stage_id, since, next_step, next_step_due, next_step_at, updated_at)
            select @DealId, @PartnerId, t.pipeline_stage_id, case when t.pipeline_stage_id = @PipelineStageId then @StageSince else @now end,
                   case when @stepChanges then @nextStep::text end, case when @stepChanges then @due::date end, case when @stepChanges then @now end, @now
            from target t
            where @version = 0 or exists (select from deal_stage e where e.deal_id = @DealId)
            on conflict (deal_id) do update
            set pipeline_stage_id = excluded.pipeline_stage_id, since = excluded.since,
                next_step = case when @stepChanges then excluded.next_step else s.next_step end,
                next_step_due = case when @stepChanges then excluded.next_step_due else s.next_step_due end,
                next_step_at = case when @stepChanges then excluded.next_step_at else s.next_step_at end,
                updated_at = excluded.updated_at, version = s.version + 1
            where s.version = @version
            returning s.deal_id, s.partner_id, s.pipeline_stage_id, s.version
        ), moved as (
            insert into deal_stage_move (deal_id, partner_id, from_stage_id, to_stage_id, days_there, person_id, moved_at)
            select deal_id, partner_id, @PipelineStageId, pipeline_stage_id, greatest(0, brand_day(@now) - brand_day(@StageSince)), app_person_id(), @now
            from written where pipeline_stage_id <> @PipelineStageId
        )
        select version from written
        """, new { deal.DealId, deal.PartnerId, deal.PipelineStageId, deal.StageSince, stage, nextStep, due, stepChanges, version, now }, ct);

    /// <summary>Notes why a deal ended; where a win was refused, the next word holds.</summary>
    public Task InsertClosingAsync(PipelineDeal deal, string outcome, CloseReason reason, string? note, string? competitor, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into deal_closing (deal_id, partner_id, outcome, close_reason_id, note, competitor, from_stage_id, person_id, closed_at)
        values (@DealId, @PartnerId, @outcome, @CloseReasonId, @note, @competitor, @PipelineStageId, app_person_id(), @now)
        on conflict (deal_id) do update
        set outcome = excluded.outcome, close_reason_id = excluded.close_reason_id, note = excluded.note, competitor = excluded.competitor, from_stage_id = excluded.from_stage_id,
            person_id = excluded.person_id, closed_at = excluded.closed_at
        """, new { deal.DealId, deal.PartnerId, deal.PipelineStageId, outcome, reason.CloseReasonId, note, competitor, now }, ct);

    /// <summary>Adds a stage; false where there is one of that code.</summary>
    public async Task<bool> InsertStageAsync(PipelineStage stage, CancellationToken ct) => await db.ExecuteAsync("""
        insert into pipeline_stage (code, name, name_zh, position, probability, forecast, stuck_days)
        values (@Code, @Name, @NameZh, @Position, @Probability, @Forecast, @StuckDays) on conflict (code) do nothing
        """, stage, ct) == 1;

    /// <summary>Changes a stage; false when somebody was faster. One with open deals, and the last one, cannot be retired.</summary>
    public async Task<bool> UpdateStageAsync(PipelineStage stage, bool retire, DateTime now, CancellationToken ct) => await db.ExecuteAsync("""
        update pipeline_stage s
        set name = @Name, name_zh = @NameZh, position = @Position, probability = @Probability, forecast = @Forecast, stuck_days = @StuckDays,
            retired_at = case when @retire then coalesce(retired_at, @now) end, version = version + 1
        where code = @Code and version = @Version
        """, new { stage.Code, stage.Name, stage.NameZh, stage.Position, stage.Probability, stage.Forecast, stage.StuckDays, stage.Version, retire, now }, ct) == 1;

    /// <summary>Adds a reason; false where there is one of that code.</summary>
    public async Task<bool> InsertReasonAsync(CloseReason reason, CancellationToken ct) => await db.ExecuteAsync("""
        insert into close_reason (outcome, code, name, name_zh, position) values (@Outcome, @Code, @Name, @NameZh, @Position) on conflict (outcome, code) do nothing
        """, reason, ct) == 1;

    /// <summary>Changes a reason; false when somebody was faster.</summary>
    public async Task<bool> UpdateReasonAsync(CloseReason reason, bool retire, DateTime now, CancellationToken ct) => await db.ExecuteAsync("""
        update close_reason set name = @Name, name_zh = @NameZh, position = @Position, retired_at = case when @retire then coalesce(retired_at, @now) end, version = version + 1
        where outcome = @Outcome and code = @Code and version = @Version
        """, new { reason.Outcome, reason.Code, reason.Name, reason.NameZh, reason.Position, reason.Version, retire, now }, ct) == 1;
}

/// <summary>What stands in a stage in one currency.</summary>
public sealed record StageSum(long PipelineStageId, string Currency, int Deals, decimal Amount, decimal? InBrand);

/// <summary>What is expected in a month, in one currency and category; amounts in the brand's currency are null where finance entered no rate.</summary>
public sealed record ForecastRow(DateOnly Month, string Currency, string Forecast, int Deals, int Overdue, decimal Amount, decimal Weighted, decimal? AmountInBrand, decimal? WeightedInBrand);

/// <summary>How many deals ended that way for that reason; names null where none was given.</summary>
public sealed record OutcomeRow(string Outcome, string? Name, string? NameZh, int Deals, decimal? InBrand);

/// <summary>How long deals stay in a stage.</summary>
public sealed record StagePace(string Name, string NameZh, int Moves, decimal Days, int Back);

/// <summary>A deal passed from one stage to another.</summary>
public sealed record StageMove(string FromName, string FromNameZh, string ToName, string ToNameZh, int DaysThere, string? Person, DateTime MovedAt);

/// <summary>Why a deal ended.</summary>
public sealed record DealClosing(string Outcome, string Name, string NameZh, string? Note, string? Competitor, DateTime ClosedAt);
