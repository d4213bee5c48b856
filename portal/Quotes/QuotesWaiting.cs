using Platform.Database;
using Portal.Start;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>Quotes that wait for the person at work: discounts for the deal desk, approved ones, those the customer wants changed and those about to expire for the seller.</summary>
public sealed class QuotesWaiting(Db db, TimeProvider clock, ICurrentPerson me) : IWaitingSource
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        var counts = await db.OneAsync<Counts>("""
            select count(*) filter (where q.status = 'pending_approval')::int as pending,
                   count(*) filter (where q.status = 'approved' and q.partner_id = @PartnerId)::int as approved,
                   count(*) filter (where q.status = 'sent' and q.partner_id = @PartnerId and exists (select from quote_request a where a.quote_id = q.quote_id and a.revision = q.current_revision))::int as changes_asked,
                   count(*) filter (where q.status = 'sent' and q.partner_id = @PartnerId and r.valid_until between brand_day(@now) and brand_day(@now) + 7)::int as expiring
            from quote q join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision
            where q.status in ('pending_approval', 'approved', 'sent')
            """, new { me.PartnerId, now = clock.GetUtcNow().UtcDateTime }, ct);
        var waiting = new List<Waiting>();
        if (me.Has(QuoteLifecycle.RolesOf(QuoteSide.DealDesk)))
        {
            waiting.Add(new("quotes.waiting.pending", counts.Pending, "/quotes?status=pending_approval", "file-invoice"));
        }

        if (me.Has(QuoteLifecycle.RolesOf(QuoteSide.Seller)))
        {
            waiting.Add(new("quotes.waiting.approved", counts.Approved, "/quotes?status=approved", "file-invoice"));
            waiting.Add(new("quotes.waiting.changes_asked", counts.ChangesAsked, "/quotes?status=changes_asked", "message"));
            waiting.Add(new("quotes.waiting.expiring", counts.Expiring, "/quotes?status=sent&sort=valid", "clock") { IsUrgent = true });
        }

        return waiting;
    }

    sealed record Counts(int Pending, int Approved, int ChangesAsked, int Expiring);
}
