using Platform.Database;
using Portal.Customers;
using Portal.Web.Lists;

namespace Portal.Deals;

/// <summary>The reviewers' queue: what waits, with its clock; and where in it one deal stands.</summary>
public sealed class ReviewLists(Db db)
{
    /// <summary>What may be asked of the queue. What is due first stands first; a deal without a clock counts from its submission.</summary>
    public static readonly ListShape Shape = new("reviews", "due", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["due"] = Due, ["submitted"] = "d.submitted_at", ["customer"] = "c.name", ["partner"] = "p.name", ["amount"] = "d.amount * coalesce(rate_to_brand(d.currency, brand_day(@now)), 1)",
    }, Tie: "d.deal_id", Filters: ["mine", "clock", "queue", "band", "status", "line", "territory"]);

    const string Due = "coalesce(s.due_at, d.submitted_at)";

    const string From = """
        from deal d join end_customer c using (end_customer_id) join partner p on p.partner_id = d.partner_id join territory t on t.territory_id = d.territory_id
        left join deal_approval_step s on s.deal_id = d.deal_id and s.opened_at is not null and s.closed_at is null
        """;

    const string Columns = """
        d.deal_id, d.number, d.version, c.name as customer_name, c.number as customer_number, p.name as partner_name, p.name_latin as partner_name_latin, d.status, d.amount, d.currency,
        t.name as territory_name, t.name_zh as territory_name_zh, d.expected_close, d.submitted_at, d.protected_until, d.updated_at,
        s.queue, case when s.escalated_at is not null then s.escalate_to end as escalated_to, s.due_at, s.working, s.step, s.round
        """;

    // What only the rows of the page need.
    static readonly string Beside = $"""
        screened_band(page.deal_id) as band,
        (select count(*)::integer from deal_screening_candidate k where k.deal_screening_id = (select max(x.deal_screening_id) from deal_screening x where x.deal_id = page.deal_id)) as candidates,
        (select count(*)::integer from deal_approval_step n where n.deal_id = page.deal_id and n.round = page.round) as steps,
        {ApprovalStore.MinutesLeft("page")} as minutes_left,
        array(select n.name from deal_product_line l join product_line n using (product_line_id) where l.deal_id = page.deal_id order by n.code) as line_names,
        array(select n.name_zh from deal_product_line l join product_line n using (product_line_id) where l.deal_id = page.deal_id order by n.code) as line_names_zh
        """;

    /// <summary>One page of the queue.</summary>
    public Task<ListPage<ReviewRow>> PageAsync(ListQuery query, DateTime now, CancellationToken ct) => db.PageAsync<ReviewRow>($"""
        with page as (select {Columns} {From} {Where(query)} order by {query.OrderBy} offset @Offset limit @Limit)
        select page.*, {Beside} from page
        """, $"select count(*) {From} {Where(query)}", Arguments(query, now), ct);

    /// <summary>Where a deal stands in the queue as it was filtered and sorted, and what stands before and after it.</summary>
    public Task<QueuePlace> PlaceAsync(ListQuery query, string number, DateTime now, CancellationToken ct) => db.OneAsync<QueuePlace>($"""
        with queue as (
            select d.number, row_number() over asked as place, lag(d.number) over asked as before, lead(d.number) over asked as after
            {From} {Where(query)}
            window asked as (order by {query.OrderBy})
        )
        select here.place::integer, (select count(*)::integer from queue) as total, here.before, here.after, (select q.number from queue q where q.place = 1) as first
        from (select 1) one left join queue here on here.number = @number
        """, Arguments(query, now, number), ct);

    /// <summary>The queue for programs, what is due first first: the next so many after a place in that order.</summary>
    /// <param name="query">The filters.</param>
    /// <param name="after">The last one that was read: when it was due, and its number.</param>
    /// <param name="limit">How many.</param>
    /// <param name="now">The moment.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<ReviewRow>> AfterAsync(ListQuery query, (DateTime Due, string Number)? after, int limit, DateTime now, CancellationToken ct) => db.ListAsync<ReviewRow>($"""
        with page as (
            select {Columns}, {Due} as due_order {From} {Where(query)} and (@afterDue::timestamptz is null or ({Due}, d.number) > (@afterDue, @afterNumber))
            order by {Due}, d.number
            limit @take
        )
        select page.*, {Beside} from page order by page.due_order, page.number
        """, Arguments(query, now, null, after, limit), ct);

    /// <summary>What stands behind the address of a deal's review, so that the page knows the queue one came from.</summary>
    public static string Suffix(ListQuery query) => query.View is "?" ? "" : query.View;

    // Only what was asked stands in the statement, so that nobody pays for a filter that is not set.
    static string Where(ListQuery query) => string.Concat(
        "where d.status in ('submitted', 'under_review')",
        query["mine"] is null ? "" : $" and {ApprovalStore.Waits} and exists ({ApprovalStore.Seat})",
        query["clock"] switch { "overdue" => " and s.due_at < @now", "today" => " and s.due_at < brand_midnight(brand_day(@now) + 1)", _ => "" },
        query["queue"] is null ? "" : " and (s.queue = @queue or (s.escalated_at is not null and s.escalate_to = @queue))",
        query["band"] is null ? "" : " and screened_band(d.deal_id) = @band",
        query["status"] is null ? "" : " and d.status = @status",
        query["line"] is null ? "" : " and exists (select from deal_product_line l join product_line n using (product_line_id) where l.deal_id = d.deal_id and n.code = @line)",
        query["territory"] is null ? "" : " and t.code = @territory",
        query.Words is null ? "" : " and (d.number = upper(@words) or d.end_customer_id in (select customers_like(@pattern, @stem, 5000)))");

    static object Arguments(ListQuery query, DateTime now, string? number = null, (DateTime Due, string Number)? after = null, int take = 0) => new
    {
        queue = query["queue"], band = query["band"], status = query["status"], line = query["line"], territory = query["territory"],
        words = query.Words, pattern = CustomerLists.Pattern(query.Words), stem = CustomerLists.Stem(query.Words),
        now, number, afterDue = after?.Due, afterNumber = after?.Number, take, query.Offset, query.Limit,
    };
}

/// <summary>A deal in the review queue.</summary>
public sealed class ReviewRow : DealRow
{
    /// <summary>How often the deal was changed.</summary>
    public int Version { get; init; }

    /// <summary>How sure the matcher is that the customer is known already.</summary>
    public string Band { get; init; } = "none";

    /// <summary>How many known companies it may be.</summary>
    public int Candidates { get; init; }

    /// <summary>The queue whose step waits; null where the deal has no step.</summary>
    public string? Queue { get; init; }

    /// <summary>The queue that has it as well because its time was up.</summary>
    public string? EscalatedTo { get; init; }

    /// <summary>The step that waits.</summary>
    public int? Step { get; init; }

    /// <summary>Of so many.</summary>
    public int Steps { get; init; }

    /// <summary>When its time is up.</summary>
    public DateTime? DueAt { get; init; }

    /// <summary>Its time is counted in hours of work.</summary>
    public bool? Working { get; init; }

    /// <summary>How much of it is left, in minutes of that kind; below 0 it is overdue by so many.</summary>
    public int? MinutesLeft { get; init; }

    /// <summary>Its clock as pages show it.</summary>
    internal StepClock? Clock => MinutesLeft is { } minutes ? new(minutes, Working is true, DueAt) : null;
}

/// <summary>Where a deal stands in the queue.</summary>
public sealed record QueuePlace
{
    /// <summary>Its place, from 1; null where it is not in the queue.</summary>
    public int? Place { get; init; }

    /// <summary>How many wait.</summary>
    public int Total { get; init; }

    /// <summary>The one before it.</summary>
    public string? Before { get; init; }

    /// <summary>The one after it.</summary>
    public string? After { get; init; }

    /// <summary>The first of all.</summary>
    public string? First { get; init; }

    /// <summary>What a reviewer looks at after this one: the next, else from the beginning; null when nothing else waits.</summary>
    public string? NextAfter(string number) => After ?? (string.Equals(First, number, StringComparison.Ordinal) ? null : First);
}

/// <summary>The clock of a step.</summary>
/// <param name="MinutesLeft">How much time is left; below 0 it is overdue by so many minutes.</param>
/// <param name="Working">Minutes of work, not of the clock.</param>
/// <param name="DueAt">When its time is up.</param>
public sealed record StepClock(int MinutesLeft, bool Working, DateTime? DueAt)
{
    const int WorkingDay = 8 * 60, Day = 24 * 60;

    /// <summary>Its time is up.</summary>
    public bool IsOverdue => MinutesLeft < 0;

    /// <summary>Half a working day or less is left.</summary>
    public bool IsSoon => MinutesLeft is >= 0 and <= WorkingDay / 2;

    /// <summary>How much is left, or over: the part of a text's key that names the unit, and the number.</summary>
    public (string Unit, int Count) Words => (Math.Abs(MinutesLeft), Working) switch
    {
        ( < 60, true) => ("working_minutes", Math.Abs(MinutesLeft)),
        ( < 60, false) => ("minutes", Math.Abs(MinutesLeft)),
        ( < 2 * WorkingDay, true) => ("working_hours", Math.Abs(MinutesLeft) / 60),
        (var minutes, true) => ("working_days", minutes / WorkingDay),
        ( < 2 * Day, false) => ("hours", Math.Abs(MinutesLeft) / 60),
        (var minutes, false) => ("days", minutes / Day),
    };
}
