using Platform.Database;
using Portal.Notifications;

namespace Portal.Leads;

/// <summary>Tells people what became of a lead, by notification and by mail, each in their own language, in the transaction of the act.</summary>
public sealed class LeadNews(Db db, Notifier notifier, Letters letters)
{
    /// <summary>Tells a partner's sales people.</summary>
    /// <param name="what">The last part of the text's key: <c>offered</c>.</param>
    /// <param name="number">The lead.</param>
    /// <param name="company">The company.</param>
    /// <param name="partnerId">The partner.</param>
    /// <param name="words">What was said with it.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="day">The last day to answer.</param>
    public async Task TellPartnerAsync(string what, string number, string company, long partnerId, string? words, CancellationToken ct, DateOnly? day = null)
    {
        IReadOnlyList<object> values = day is { } until ? [number, company, until] : [number, company];
        // What was taken back or returned is not the partner's any more: its page would not open.
        var link = what is "offered" or "warned" ? $"/leads/{number}" : "/leads";
        await notifier.TellAsync(Recipients.Of(partnerId, "sales", "partner_admin"), $"leads.told.{what}", values, link, ct);
        await WriteAsync(partnerId, $"leads.told.{what}", values, words, link, ct);
    }

    /// <summary>Tells those of the brand who hand leads out.</summary>
    public Task TellBrandAsync(string what, Lead lead, string? words, CancellationToken ct) => TellBrandAsync(what, lead.Number, $"{lead.Company} ({lead.PartnerName})", words, ct);

    /// <summary>Tells those of the brand who hand leads out.</summary>
    public async Task TellBrandAsync(string what, string number, string company, string? words, CancellationToken ct)
    {
        await notifier.TellAsync(Recipients.Brand("channel_manager"), $"leads.told_brand.{what}", [number, company], $"/leads/{number}", ct);
        await WriteAsync(null, $"leads.told_brand.{what}", [number, company], words, $"/leads/{number}", ct);
    }

    /// <summary>Tells a partner's sales people of several leads at once.</summary>
    public async Task TellOfManyAsync(long partnerId, int howMany, DateOnly day, CancellationToken ct)
    {
        await notifier.TellAsync(Recipients.Of(partnerId, "sales", "partner_admin"), "leads.told.offered_many", [howMany, day], "/leads?status=offered", ct);
        await WriteAsync(partnerId, "leads.told.offered_many", [howMany, day], null, "/leads?status=offered", ct);
    }

    /// <summary>Rings at the partners that may take leads of a territory from the pool; no mail, for it concerns many.</summary>
    public async Task TellPoolAsync(string territory, IReadOnlyList<long> partners, CancellationToken ct)
    {
        var all = partners.Select(partner => Recipients.Of(partner, "sales", "partner_admin")).Aggregate((some, others) => some + others);
        await notifier.TellAsync(all, "leads.told.opened", [territory], "/leads/pool", ct);
    }

    async Task WriteAsync(long? partnerId, string textKey, IReadOnlyList<object> values, string? words, string link, CancellationToken ct) =>
        await letters.WriteAsync(await db.ListAsync<Listener>("select person_id, email, language, is_actor from lead_audience(@partnerId)", new { partnerId }, ct), textKey, values, words, link, ct);
}
