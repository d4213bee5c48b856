using Platform.Database;
using Portal.Notifications;
using Portal.Web.Lists;

namespace Portal.Probing;

/// <summary>Every statement about partners that may be fishing, and the numbers from which on they may.</summary>
public sealed class ProbingStore(Db db)
{
    /// <summary>What may be asked of the list of alerts.</summary>
    public static readonly ListShape Shape = new("probing", "-raised", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["partner"] = "p.name", ["day"] = "a.day", ["asks"] = "a.asks", ["raised"] = "a.raised_at",
    }, Tie: "a.probing_alert_id desc", Filters: ["state", "partner"]);

    // Partners above this many are told of five minutes later.
    const int MostAtOnce = 200;

    const string Columns = """
        a.probing_alert_id, a.number, a.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, a.day, a.patterns, a.asks, a.figures, a.raised_at,
        a.assessment, w.name as assessed_by, a.assessed_at, a.version
        """;

    const string From = "from probing_alert a join partner p using (partner_id) left join person w on w.person_id = a.assessed_by";

    /// <summary>Raises alerts for the partners whose screenings look like fishing now; one a partner and day. Those raised already take the newer figures.</summary>
    /// <returns>Those that are new.</returns>
    public Task<List<RaisedAlert>> AlertAsync(DateTime now, CancellationToken ct) => db.ListAsync<RaisedAlert>("""
        with found as (
            select *, row_number() over (order by partner_id) as place from probing_patterns(@now)
        ), raised as (
            insert into probing_alert (number, partner_id, day, patterns, asks, figures, raised_at)
            select (@numbers)[place], partner_id, day, patterns, asks, figures, @now from found where place <= cardinality(@numbers)
            on conflict on constraint one_alert_a_partner_and_day do update
                set patterns = excluded.patterns, asks = excluded.asks, figures = excluded.figures
                where cardinality(excluded.patterns) >= cardinality(probing_alert.patterns)
            returning number, partner_id, asks, xmax = 0 as fresh
        )
        select r.number, p.name as partner_name, r.asks from raised r join partner p using (partner_id) where r.fresh order by r.number
        """, new { now, numbers = Enumerable.Range(0, MostAtOnce).Select(_ => PublicNumber.New("PA")).ToArray() }, ct);

    /// <summary>Whom to tell: the deal desk and the administrators of the brand.</summary>
    public Task<List<Listener>> AudienceAsync(CancellationToken ct) => db.ListAsync<Listener>("""
        select distinct on (w.email, coalesce(w.language, b.language)) w.person_id, w.email, coalesce(w.language, b.language) as language, false as is_actor
        from person w join partner b using (partner_id) join person_role r using (person_id)
        where b.partner_type = 'brand' and w.kind = 'person' and w.disabled_at is null and w.email is not null and r.role in ('deal_desk', 'brand_admin')
        order by w.email, coalesce(w.language, b.language), w.person_id
        """, null, ct);

    /// <summary>One page of the alerts.</summary>
    public Task<ListPage<ProbingAlert>> PageAsync(ListQuery query, CancellationToken ct)
    {
        const string where = """
            where (@state::text is null or (@state = 'open') = (a.assessed_at is null))
              and (@partner::text is null or p.number = @partner)
              and (@words::text is null or p.name ilike '%' || @pattern || '%' or a.number = upper(@words))
            """;
        return db.PageAsync<ProbingAlert>($"select {Columns} {From} {where} order by {query.OrderBy} offset @Offset limit @Limit", $"select count(*) {From} {where}",
            new { state = query["state"], partner = query["partner"], words = query.Words, pattern = LikePattern.Of(query.Words), query.Offset, query.Limit }, ct);
    }

    /// <summary>Alerts in the order in which they were raised, for programs.</summary>
    public Task<List<ProbingAlert>> AfterAsync((DateTime RaisedAt, string Number)? after, int limit, CancellationToken ct) => db.ListAsync<ProbingAlert>($"""
        select {Columns} {From}
        where @raisedAt::timestamptz is null or (a.raised_at, a.number) > (@raisedAt, @number)
        order by a.raised_at, a.number
        limit @limit
        """, new { raisedAt = after?.RaisedAt, number = after?.Number, limit }, ct);

    /// <summary>An alert.</summary>
    public Task<ProbingAlert?> FindAsync(string number, CancellationToken ct) => db.FindAsync<ProbingAlert>($"select {Columns} {From} where a.number = @number", new { number }, ct);

    /// <summary>What the partner asked for in the week up to the end of the alert's day, the newest first.</summary>
    public Task<List<Ask>> AsksAsync(ProbingAlert alert, CancellationToken ct) => db.ListAsync<Ask>("""
        select s.screened_at, d.number as deal_number, coalesce(s.asked_name, c.name) as asked_name, s.band, s.conflict, s.blocked, d.status as deal_status,
               s.screened_at >= brand_midnight(@Day) as of_the_day,
               (select count(*)::integer from deal_screening_candidate k where k.deal_screening_id = s.deal_screening_id and k.band <> 'possible') as companies
        from deal_screening s left join deal d using (deal_id) left join end_customer c on c.end_customer_id = coalesce(s.asked_customer_id, d.end_customer_id)
        where s.partner_id = @PartnerId and s.screened_at >= brand_midnight(@Day - 6) and s.screened_at < brand_midnight(@Day + 1)
        order by s.screened_at desc, s.deal_screening_id desc
        limit 500
        """, new { alert.PartnerId, alert.Day }, ct);

    /// <summary>Keeps what the brand made of an alert; false when somebody was faster.</summary>
    public async Task<bool> AssessAsync(long alertId, string assessment, DateTime now, CancellationToken ct) => await db.ExecuteAsync("""
        update probing_alert set assessment = @assessment, assessed_by = app_person_id(), assessed_at = @now, version = version + 1
        where probing_alert_id = @alertId and assessed_at is null
        """, new { alertId, assessment, now }, ct) == 1;

    /// <summary>The numbers.</summary>
    public Task<ProbingRule> RuleAsync(CancellationToken ct) => db.OneAsync<ProbingRule>("""
        select quota_percent, quota_minutes, hits, hits_days, names, names_days, night_asks, night_from, night_until, version from probing_rule
        """, null, ct);

    /// <summary>Changes the numbers; null when somebody did since that version.</summary>
    public Task<int?> ChangeRuleAsync(ProbingRule rule, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        update probing_rule
        set quota_percent = @QuotaPercent, quota_minutes = @QuotaMinutes, hits = @Hits, hits_days = @HitsDays, names = @Names, names_days = @NamesDays,
            night_asks = @NightAsks, night_from = @NightFrom, night_until = @NightUntil, changed_by = app_person_id(), changed_at = @now, version = version + 1
        where version = @Version
        returning version
        """, new { rule.QuotaPercent, rule.QuotaMinutes, rule.Hits, rule.HitsDays, rule.Names, rule.NamesDays, rule.NightAsks, rule.NightFrom, rule.NightUntil, rule.Version, now }, ct);
}

/// <summary>A partner's day that looks like fishing.</summary>
public sealed class ProbingAlert
{
    /// <summary>The key; never leaves the server.</summary>
    public long ProbingAlertId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The partner; never leaves the server.</summary>
    public long PartnerId { get; init; }

    /// <summary>The partner's number.</summary>
    public string PartnerNumber { get; init; } = "";

    /// <summary>The partner's name.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>The brand's day.</summary>
    public DateOnly Day { get; init; }

    /// <summary>What it looked like: <c>quota</c>, <c>hits</c>, <c>names</c>, <c>night</c>.</summary>
    public string[] Patterns { get; init; } = [];

    /// <summary>How often the partner asked that day.</summary>
    public int Asks { get; init; }

    /// <summary>The figure of each pattern.</summary>
    public int[] Figures { get; init; } = [];

    /// <summary>When the brand was told.</summary>
    public DateTime RaisedAt { get; init; }

    /// <summary>What the brand made of it.</summary>
    public string? Assessment { get; init; }

    /// <summary>Who looked at it.</summary>
    public string? AssessedBy { get; init; }

    /// <summary>When.</summary>
    public DateTime? AssessedAt { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Version { get; init; }
}

/// <summary>An alert that was just raised.</summary>
/// <param name="Number">Its number.</param>
/// <param name="PartnerName">The partner.</param>
/// <param name="Asks">How often it asked.</param>
public sealed record RaisedAlert(string Number, string PartnerName, int Asks);

/// <summary>Something a partner asked for, and what it was told.</summary>
public sealed class Ask
{
    /// <summary>When.</summary>
    public DateTime ScreenedAt { get; init; }

    /// <summary>The deal it was asked with; null where it was asked beforehand.</summary>
    public string? DealNumber { get; init; }

    /// <summary>The customer's name as it was asked for.</summary>
    public string AskedName { get; init; } = "";

    /// <summary>The band of the answer.</summary>
    public string Band { get; init; } = "";

    /// <summary>The class of conflict of the answer.</summary>
    public string Conflict { get; init; } = "";

    /// <summary>The claim was not taken in.</summary>
    public bool Blocked { get; init; }

    /// <summary>Where the deal stands now.</summary>
    public string? DealStatus { get; init; }

    /// <summary>It was asked on the day of the alert.</summary>
    public bool OfTheDay { get; init; }

    /// <summary>How many known companies it may be.</summary>
    public int Companies { get; init; }
}

/// <summary>From which numbers on the brand is told.</summary>
/// <param name="QuotaPercent">So much of the day's quota,</param>
/// <param name="QuotaMinutes">used up within so many minutes.</param>
/// <param name="Hits">So many different companies found taken,</param>
/// <param name="HitsDays">within so many days, by registrations that were not pursued.</param>
/// <param name="Names">One registration screened under so many names,</param>
/// <param name="NamesDays">within so many days.</param>
/// <param name="NightAsks">So many screenings in one night,</param>
/// <param name="NightFrom">from this hour,</param>
/// <param name="NightUntil">to this hour of the brand's clock.</param>
/// <param name="Version">How often they were changed.</param>
public sealed record ProbingRule(int QuotaPercent, int QuotaMinutes, int Hits, int HitsDays, int Names, int NamesDays, int NightAsks, int NightFrom, int NightUntil, int Version);
