using Platform.Database;
using Portal.Search;
using Portal.Start;
using Portal.Web;

namespace Portal.Deals;

/// <summary>What of deals waits for the person at work: reviews and extensions for the desk, questions and endings for the claimant.</summary>
sealed class DealsWaiting(Db db, ICurrentPerson me, TimeProvider clock) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        if (me.Has("deal_desk"))
        {
            var desk = await db.OneAsync<(int Reviews, int Extensions, int Amendments, int Wins, bool Overdue)>("""
                select count(*)::integer, (select count(*)::integer from deal_extension where granted is null), (select count(*)::integer from deal_amendment where granted is null),
                       (select count(*)::integer from deal_outcome_review where confirmed is null), exists (select from deal_approval_step where opened_at is not null and closed_at is null and due_at < @now)
                from deal where status in ('submitted', 'under_review')
                """, new { now = clock.GetUtcNow().UtcDateTime }, ct);
            return
            [
                new("deals.waiting.review", desk.Reviews, "/deals/reviews", "file-certificate") { IsUrgent = desk.Overdue },
                new("deals.waiting.extensions", desk.Extensions, "/deals?extension=waiting", "calendar-plus"),
                new("deals.waiting.amendments", desk.Amendments, "/deals?amendment=waiting", "pencil"),
                new("deals.waiting.wins", desk.Wins, "/deals?outcome=waiting", "trophy"),
            ];
        }

        if (me.IsBrand || !me.Has("sales", "partner_admin"))
        {
            return [];
        }

        var own = await db.OneAsync<(int Questions, int Ending, int Drafts, int Stale)>("""
            select count(*) filter (where status = 'information_requested')::integer,
                   count(*) filter (where status in ('approved', 'converted') and protected_until > @now and protected_until <= @now + interval '14 days')::integer,
                   count(*) filter (where status = 'draft')::integer,
                   count(*) filter (where status in ('approved', 'converted') and stale_warned_at is not null)::integer
            from deal
            where partner_id = app_partner_id() and status in ('information_requested', 'approved', 'converted', 'draft')
            """, new { now = clock.GetUtcNow().UtcDateTime }, ct);
        return
        [
            new("deals.waiting.questions", own.Questions, "/deals?status=information_requested", "message-question") { IsUrgent = true },
            new("deals.waiting.ending", own.Ending, "/deals?ending=14&sort=protected", "clock-exclamation") { IsUrgent = true },
            new("deals.waiting.stale", own.Stale, "/deals?stale=warned", "alarm") { IsUrgent = true },
            new("deals.waiting.drafts", own.Drafts, "/deals?status=draft", "pencil"),
        ];
    }
}

/// <summary>Deals in the search box.</summary>
sealed class DealSearch(Db db) : ISearchSource
{
    public string TextKey => "deals.deals";

    public int Order => 10;

    public string ListFor(string words) => "/deals?q=" + Uri.EscapeDataString(words);

    public async Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
        [.. (await db.ListAsync<(string Number, string CustomerName, string PartnerName)>("""
            select d.number, c.name, p.name
            from deal d join end_customer c using (end_customer_id) join partner p on p.partner_id = d.partner_id
            where d.number = upper(@words) or d.end_customer_id in (select customers_like(@pattern, @stem, 100))
            order by d.updated_at desc
            limit @limit
            """, new { words, pattern = Customers.CustomerLists.Pattern(words), stem = Customers.CustomerLists.Stem(words), limit }, ct))
            .Select(deal => new SearchHit(deal.CustomerName, $"{deal.PartnerName} · {deal.Number}", $"/deals/{deal.Number}"))];
}
