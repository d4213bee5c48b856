using Dapper;
using Platform.Database;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Alerts;

/// <summary>Reads alerts, each with what the reader's own company made of it, and keeps that. Row-level security decides which alerts are there.</summary>
public sealed class AlertStore(Db db, ICurrentPerson me, TimeProvider clock)
{
    /// <summary>The states by which a list is filtered; without one it shows what is to be done: open and taken.</summary>
    public static IReadOnlyList<string> States { get; } = ["open", "taken", "snoozed", "closed", "ended"];

    /// <summary>What may be asked of the list.</summary>
    public static ListShape Shape { get; } = new("alerts", "-ratio", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["partner"] = "p.name", ["kind"] = "a.kind", ["ratio"] = "a.ratio", ["raised"] = "a.raised_at",
    }, Tie: "a.alert_id desc", Filters: ["state", "kind", "partner", "mine"]);

    // A day put off is over when the brand's day has come.
    const string State = """
        case when a.ended_at is not null then 'ended' when h.state = 'snoozed' and h.snoozed_until <= (select brand_day(@now)) then 'open' else coalesce(h.state, 'open') end
        """;

    const string Columns = $"""
        a.alert_id, a.number, a.kind, a.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, a.subject, a.figure, a.threshold, a.ratio, a.facts::text as said, a.raised_at, a.ended_at,
        {State} as state, h.snoozed_until, h.reason, w.name as person_name, r.number as rule_number, r.name as rule_name, coalesce(h.version, 0) as version
        """;

    const string From = """
        from alert a
        join partner p using (partner_id)
        left join alert_rule r using (alert_rule_id)
        left join alert_handling h on h.alert_id = a.alert_id and h.partner_id = (select app_partner_id())
        left join person w on w.person_id = h.person_id
        """;

    // Mine: what I took, what names me, and what is my work: at the brand where I look after the partner or nobody does, or by my desk; at a partner by my roles.
    const string Mine = """
        (h.person_id = (select app_person_id()) and h.state = 'taken' or r.owner_person_id = (select app_person_id())
         or ((r.tells_brand or not (select app_is_brand())) and (a.kind = any (@desk)
             or (@manages and (exists (select from partner_channel_manager m where m.partner_id = a.partner_id and m.person_id = (select app_person_id()))
                               or not exists (select from partner_channel_manager m where m.partner_id = a.partner_id))))))
        """;

    const string Where = $"""
        where (case when @state::text is null then {State} in ('open', 'taken') else {State} = @state end)
          and (@kind::text is null or a.kind = @kind)
          and (@partner::text is null or p.number = @partner)
          and (@mine::text is null or {Mine})
          and (@words::text is null or a.number = upper(@words) or p.name ilike @within or p.name_latin ilike @within or a.subject ilike @within)
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One page of them.</summary>
    public Task<ListPage<Alert>> PageAsync(ListQuery query, CancellationToken ct) => db.PageAsync<Alert>(
        $"select {Columns} {From} {Where} order by {query.OrderBy} offset @Offset limit @Limit", $"select count(*) {From} {Where}", Arguments(query), ct);

    /// <summary>All of them, for a file.</summary>
    public IAsyncEnumerable<Alert> Stream(ListQuery query, CancellationToken ct) => db.StreamAsync<Alert>($"select {Columns} {From} {Where} order by {query.OrderBy}", Arguments(query), ct);

    /// <summary>In the order in which they were raised, for programs: those of a state, or all that hold.</summary>
    public Task<List<Alert>> AfterAsync(string? state, string? kind, AlertKey? after, int limit, CancellationToken ct) => db.ListAsync<Alert>($"""
        select {Columns} {From}
        where (case when @state::text is null then a.ended_at is null else {State} = @state end) and (@kind::text is null or a.kind = @kind)
          and (@raisedAt::timestamptz is null or (a.raised_at, a.number) > (@raisedAt, @number))
        order by a.raised_at, a.number
        limit @limit
        """, new { state, kind, raisedAt = after?.RaisedAt, number = after?.Number, limit, now = Now }, ct);

    /// <summary>One of them.</summary>
    public Task<Alert?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Alert>($"select {Columns} {From} where a.number = @number", new { number, now = Now }, ct);

    /// <summary>What happened to one, as far as the reader's company may know; the latest first.</summary>
    public Task<List<AlertStep>> StepsAsync(long alertId, CancellationToken ct) => db.ListAsync<AlertStep>("""
        select s.act, s.happened_at, w.name as person_name, b.name as company_name, b.name_latin as company_name_latin, s.snoozed_until, s.reason, s.figure
        from alert_step s
        left join person w on w.person_id = s.person_id
        left join partner b on b.partner_id = s.partner_id
        where s.alert_id = @alertId
        order by s.alert_step_id desc
        limit 200
        """, new { alertId }, ct);

    /// <summary>When the same was raised before.</summary>
    public Task<List<EarlierAlert>> EarlierAsync(Alert alert, CancellationToken ct) => db.ListAsync<EarlierAlert>("""
        select e.number, e.raised_at, e.ended_at, e.figure
        from alert e join alert a on a.alert_id = @AlertId and e.alert_rule_id = a.alert_rule_id and e.partner_id = a.partner_id and e.subject = a.subject and e.alert_id < a.alert_id
        order by e.alert_id desc
        limit 12
        """, new { alert.AlertId }, ct);

    /// <summary>The rows behind the figure, as far as the reader may see them by their own rights.</summary>
    public Task<List<AlertRow>> RowsAsync(Alert alert, DateOnly today, CancellationToken ct)
    {
        var facts = alert.Facts;
        var arguments = new DynamicParameters(new { partnerId = alert.PartnerId, today, from = facts.From, until = facts.Until, line = facts.Line, deal = facts.Deal, seller = facts.Seller, currency = facts.Currency });
        return db.ListAsync<AlertRow>(AlertKinds.Find(alert.Kind)!.Rows, arguments, ct);
    }

    /// <summary>The worst of the reader's own work, and how much of it there is.</summary>
    public Task<ListPage<Alert>> MineAsync(int atMost, CancellationToken ct)
    {
        const string where = $"where a.ended_at is null and {State} in ('open', 'taken') and {Mine}";
        return db.PageAsync<Alert>($"select {Columns} {From} {where} order by a.ratio desc, a.alert_id limit @atMost", $"select count(*) {From} {where}",
            new { atMost, now = Now, desk = AlertWork.AtTheDesk(me), manages = Manages }, ct);
    }

    /// <summary>How many of a partner's alerts stand, for its page.</summary>
    public Task<List<Alert>> OfPartnerAsync(long partnerId, CancellationToken ct) => db.ListAsync<Alert>($"""
        select {Columns} {From} where a.ended_at is null and a.partner_id = @partnerId and {State} in ('open', 'taken') order by a.ratio desc, a.alert_id limit 20
        """, new { partnerId, now = Now }, ct);

    /// <summary>Keeps what the reader's company makes of an alert that holds.</summary>
    /// <param name="number">Which.</param>
    /// <param name="version">How often it was dealt with when it was read; 0 for not yet.</param>
    /// <param name="handling">What they make of it.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The alert's key; null where somebody was faster, or it has ended meanwhile.</returns>
    public Task<long?> HandleAsync(string number, int version, Handling handling, CancellationToken ct) => db.FindAsync<long?>("""
        with handled as (
            insert into alert_handling as h (alert_id, partner_id, state, person_id, snoozed_until, reason, changed_at)
            select a.alert_id, app_partner_id(), @State, app_person_id(), @Until, @Reason, @now
            from alert a
            where a.number = @number and a.ended_at is null
              and (@version = 0 or exists (select from alert_handling e where e.alert_id = a.alert_id and e.partner_id = app_partner_id()))
            on conflict (alert_id, partner_id) do update
                set state = excluded.state, person_id = excluded.person_id, snoozed_until = excluded.snoozed_until, reason = excluded.reason, changed_at = excluded.changed_at, version = h.version + 1
                where h.version = @version
            returning alert_id
        ), stepped as (
            insert into alert_step (alert_id, partner_id, act, person_id, snoozed_until, reason, happened_at)
            select alert_id, app_partner_id(), @State, app_person_id(), @Until, @Reason, @now from handled
        )
        select alert_id from handled
        """, new { number, version, handling.State, handling.Until, handling.Reason, now = Now }, ct);

    object Arguments(ListQuery query) => new
    {
        state = query["state"] is { } state && States.Contains(state, StringComparer.Ordinal) ? state : null, kind = AlertKinds.Find(query["kind"])?.Name, partner = query["partner"], mine = query["mine"],
        words = query.Words, within = LikePattern.Within(query.Words), query.Offset, query.Limit, now = Now, desk = AlertWork.AtTheDesk(me), manages = Manages,
    };

    bool Manages => me.IsBrand && me.Has("channel_manager", "brand_admin");
}

/// <summary>Where a page of alerts ended.</summary>
public sealed record AlertKey(DateTime RaisedAt, string Number);

/// <summary>What a company makes of an alert.</summary>
/// <param name="State">open, taken, snoozed or closed.</param>
/// <param name="Until">The day on which what is put off comes back.</param>
/// <param name="Reason">Why it is put aside.</param>
public sealed record Handling(string State, DateOnly? Until, string? Reason);

/// <summary>An alert as one company sees it.</summary>
public sealed record Alert
{
    /// <summary>The key; never leaves the server.</summary>
    public long AlertId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>One of <see cref="AlertKinds"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The partner's key; never leaves the server.</summary>
    public long PartnerId { get; init; }

    /// <summary>The partner's number.</summary>
    public string PartnerNumber { get; init; } = "";

    /// <summary>The partner's name.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>What of the partner it is about.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The figure, in the kind's unit.</summary>
    public decimal Figure { get; init; }

    /// <summary>From which figure on the rule tells.</summary>
    public decimal Threshold { get; init; }

    /// <summary>How far past it; 1 at it.</summary>
    public decimal Ratio { get; init; }

    /// <summary>What the sentence says, as it is kept.</summary>
    public string Said { get; init; } = "{}";

    /// <summary>The same, read.</summary>
    public AlertFacts Facts => AlertFacts.Read(Said);

    /// <summary>Since when it holds.</summary>
    public DateTime RaisedAt { get; init; }

    /// <summary>Since when it holds no longer.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>open, taken, snoozed, closed or ended.</summary>
    public string State { get; init; } = "";

    /// <summary>The day on which what is put off comes back.</summary>
    public DateOnly? SnoozedUntil { get; init; }

    /// <summary>Why it was put aside.</summary>
    public string? Reason { get; init; }

    /// <summary>Who dealt with it last.</summary>
    public string? PersonName { get; init; }

    /// <summary>The rule's number, for the brand only.</summary>
    public string? RuleNumber { get; init; }

    /// <summary>The rule's name, for the brand only.</summary>
    public string? RuleName { get; init; }

    /// <summary>How often the reader's company dealt with it.</summary>
    public int Version { get; init; }

    /// <summary>So far past the threshold that it goes before other work.</summary>
    public bool IsUrgent => Ratio >= 1.5m;
}

/// <summary>Something that happened to an alert.</summary>
public sealed record AlertStep(string Act, DateTime HappenedAt, string? PersonName, string? CompanyName, string? CompanyNameLatin, DateOnly? SnoozedUntil, string? Reason, decimal? Figure);

/// <summary>The same condition, at an earlier time.</summary>
public sealed record EarlierAlert(string Number, DateTime RaisedAt, DateTime? EndedAt, decimal Figure);

/// <summary>A row behind an alert's figure.</summary>
public sealed record AlertRow
{
    /// <summary>What it is.</summary>
    public string Text { get; init; } = "";

    /// <summary>Its page.</summary>
    public string Link { get; init; } = "";

    /// <summary>Its day.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>Days: since the order before, of protection, overdue.</summary>
    public int? Days { get; init; }

    /// <summary>Pieces.</summary>
    public long? Pieces { get; init; }

    /// <summary>Money.</summary>
    public decimal? Amount { get; init; }

    /// <summary>ISO 4217.</summary>
    public string? Currency { get; init; }
}
