using Platform.Database;
using Portal.Customers;
using Portal.Deals;
using Portal.Search;
using Portal.Start;
using Portal.Web;

namespace Portal.Leads;

/// <summary>What of leads waits: answers and the pool for a partner, handing out for the brand.</summary>
sealed class LeadsWaiting(Db db, ICurrentPerson me, TimeProvider clock) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        if (me.IsBrand)
        {
            return me.Has("channel_manager")
                ? [new("leads.waiting.new", await db.OneAsync<int>("select count(*)::integer from lead where status = 'new'", null, ct), "/leads?status=new", "target-arrow")]
                : [];
        }

        if (!me.Has("sales", "partner_admin"))
        {
            return [];
        }

        var (offered, pool) = await db.OneAsync<(int, int)>("""
            select (select count(*)::integer from lead where partner_id = app_partner_id() and status = 'offered'), (select count(*)::integer from lead_pool(@now))
            """, new { now = clock.GetUtcNow().UtcDateTime }, ct);
        return
        [
            new("leads.waiting.offered", offered, "/leads?status=offered", "target-arrow") { IsUrgent = true },
            new("leads.waiting.pool", pool, "/leads/pool", "users-group"),
        ];
    }
}

/// <summary>Leads in the search box.</summary>
sealed class LeadSearch(Db db) : ISearchSource
{
    public string TextKey => "leads.leads";

    public int Order => 15;

    public string ListFor(string words) => "/leads?q=" + Uri.EscapeDataString(words);

    public async Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
        [.. (await db.ListAsync<(string Number, string Company)>("""
            select number, company from lead where number = upper(@words) or company ilike @pattern order by updated_at desc limit @limit
            """, new { words, pattern = LikePattern.Within(words), limit }, ct)).Select(lead => new SearchHit(lead.Company, lead.Number, $"/leads/{lead.Number}"))];
}

/// <summary>The lead that a deal came from, on the deal's page.</summary>
sealed class LeadOfDeal(Db db) : IDealPart
{
    public bool IsAside => true;

    public int Order => 20;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct) => await db.FindAsync<LeadOrigin>("""
        select l.number, l.source, l.created_at from lead l where l.deal_id = @DealId
        """, new { deal.DealId }, ct) is { } lead ? new("/Leads/_LeadOfDeal.cshtml", lead) : null;
}

/// <summary>Where a deal came from.</summary>
/// <param name="Number">The lead.</param>
/// <param name="Source">Where the lead came from.</param>
/// <param name="CreatedAt">When the brand entered it.</param>
public sealed record LeadOrigin(string Number, string? Source, DateTime CreatedAt);
