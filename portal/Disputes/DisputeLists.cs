using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Database;
using Platform.Texts;
using Portal.Customers;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Disputes;

/// <summary>The list of disputes the caller may see.</summary>
public sealed class DisputeLists(Db db)
{
    /// <summary>What may be asked of it.</summary>
    public static readonly ListShape Shape = new("disputes", "due", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "d.number", ["customer"] = "c.name", ["partner"] = "p.name", ["status"] = "d.status", ["opened"] = "d.opened_at", ["due"] = "d.due_at", ["updated"] = "d.updated_at",
    }, Tie: "d.dispute_id", Filters: ["status", "kind", "overdue"]);

    // A partner's policies leave it its own side; of both the brand is shown the claimant's.
    const string From = """
        from dispute d
        join lateral (select s.* from dispute_side s where s.dispute_id = d.dispute_id order by s.side limit 1) s on true
        join deal l using (deal_id) join end_customer c on c.end_customer_id = s.end_customer_id join partner p on p.partner_id = s.partner_id
        where (@status::text is null or case @status when 'running' then d.ended_at is null else d.status = @status end)
          and (@kind::text is null or d.kind = @kind)
          and (not @overdue or (d.ended_at is null and d.due_at <= @now))
          and (@words::text is null or d.number = upper(@words) or l.number = upper(@words) or s.end_customer_id in (select customers_like(@pattern, @stem, 5000)))
        """;

    /// <summary>One page of it.</summary>
    public Task<ListPage<DisputeRow>> PageAsync(ListQuery query, DateTime now, CancellationToken ct) => db.PageAsync<DisputeRow>($"""
        select d.number, d.kind, d.status, s.side, l.number as deal_number, p.name as partner_name, p.name_latin as partner_name_latin, c.name as customer_name, d.opened_at,
               brand_day(d.due_at - interval '1 microsecond') as due_day, case when d.ended_at is null then dispute_days_left(d.due_at, @now) else 0 end as days_left, d.updated_at
        {From}
        order by {query.OrderBy}
        offset @Offset limit @Limit
        """, $"select count(*) {From}", new
    {
        status = query["status"], kind = query["kind"], overdue = query["overdue"] is "yes", words = query.Words, pattern = CustomerLists.Pattern(query.Words), stem = CustomerLists.Stem(query.Words),
        now, query.Offset, query.Limit,
    }, ct);
}

/// <summary>How disputes are called on the screen.</summary>
public static class DisputeWords
{
    /// <summary>How a state feels.</summary>
    public static Tone Tone(string status) => status switch
    {
        "open" or "awaiting_evidence" => Web.Display.Tone.Waiting,
        "upheld" or "overturned" => Web.Display.Tone.Good,
        _ => Web.Display.Tone.Neutral,
    };

    /// <summary>The states to choose from.</summary>
    public static IReadOnlyList<SelectListItem> StatusOptions(Texts t) =>
        [new(t["disputes.status.running"], "running"), .. DisputeLifecycle.States.Select(status => new SelectListItem(t[$"disputes.status.{status}"], status))];

    /// <summary>The kinds to choose from.</summary>
    public static IReadOnlyList<SelectListItem> KindOptions(Texts t) => [new(t["disputes.kind.claim"], "claim"), new(t["disputes.kind.meeting"], "meeting")];

    /// <summary>How much time is left.</summary>
    public static string Left(int days, Texts t) => days switch { < 0 => t["disputes.overdue"], 0 => t["disputes.last_day"], _ => t["disputes.days_left", days] };

    /// <summary>Why it ended as it did.</summary>
    public static string? Decision(Dispute dispute, Texts t) => dispute is { Status: "void", Decision: { } key } ? t[key] : dispute.Decision;
}
