using Platform.Database;
using Portal.Notifications;

namespace Portal.Deals;

/// <summary>
/// Tells people what happened to a deal, by notification and by mail, each in their own language: in the transaction of the act, so
/// that nothing is told that did not happen.
/// </summary>
public sealed class DealNews(Db db, Notifier notifier, Letters letters)
{
    /// <summary>Tells the brand's deal desk.</summary>
    /// <param name="what">The last part of the text's key: <c>submitted</c>.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="words">What was said with it, for the mail: a reason, a remark.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task TellDealDeskAsync(string what, Deal deal, string? words, CancellationToken ct) =>
        TellAsync(what, deal.DealId, deal.Number, [deal.Number, deal.CustomerName, deal.PartnerName], words, ofBrand: true, ct);

    /// <summary>Tells whoever registered it, or the partner's sales people where that person is gone.</summary>
    /// <param name="what">The last part of the text's key: <c>rejected</c>.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="words">What was said with it, for the mail: a reason, a remark.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task TellClaimantAsync(string what, Deal deal, string? words, CancellationToken ct) =>
        TellAsync(what, deal.DealId, deal.Number, [deal.Number, deal.CustomerName], words, ofBrand: false, ct);

    /// <summary>Tells whoever registered it up to which day its protection goes.</summary>
    /// <param name="what">The last part of the text's key: <c>approved</c>.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task TellClaimantAsync(string what, ProtectedDeal deal, CancellationToken ct) =>
        TellAsync(what, deal.DealId, deal.Number, [deal.Number, deal.CustomerName, deal.LastDay], null, ofBrand: false, ct);

    /// <summary>Tells the people of a queue, and who decides for them while they are away.</summary>
    /// <param name="what">The last part of the text's key: <c>submitted</c>.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="words">What was said with it, for the mail.</param>
    /// <param name="now">The moment; it says whose deputies are at work.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task TellQueueAsync(string what, Deal deal, string queue, string? words, DateTime now, CancellationToken ct) =>
        await TellAsync(what, await QueueAsync(queue, deal.PartnerId, now, ct), deal.Number, [deal.Number, deal.CustomerName, deal.PartnerName], words, ct);

    /// <summary>Tells the people of a queue that a review is overdue.</summary>
    /// <param name="what">The last part of the text's key: <c>review_overdue</c>.</param>
    /// <param name="step">The step that waits.</param>
    /// <param name="queue">The queue that is told.</param>
    /// <param name="now">The moment.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task TellQueueAsync(string what, OverdueStep step, string queue, DateTime now, CancellationToken ct) =>
        await TellAsync(what, await QueueAsync(queue, step.PartnerId, now, ct), step.Number, [step.Number, step.CustomerName, step.PartnerName], null, ct);

    Task<List<Listener>> QueueAsync(string queue, long partnerId, DateTime now, CancellationToken ct) =>
        db.ListAsync<Listener>("select person_id, email, language, is_actor from queue_audience(@queue, @partnerId, brand_day(@now))", new { queue, partnerId, now }, ct);

    async Task TellAsync(string what, long dealId, string number, IReadOnlyList<object> values, string? words, bool ofBrand, CancellationToken ct) =>
        await TellAsync(what, await db.ListAsync<Listener>("select person_id, email, language, is_actor from deal_audience(@dealId, @ofBrand)", new { dealId, ofBrand }, ct), number, values, words, ct);

    async Task TellAsync(string what, List<Listener> audience, string number, IReadOnlyList<object> values, string? words, CancellationToken ct)
    {
        if (audience.Count == 0)
        {
            return;
        }

        await notifier.TellAsync(Recipients.Person([.. audience.Select(listener => listener.PersonId)]), $"deals.told.{what}", values, $"/deals/{number}", ct);
        await letters.WriteAsync(audience, $"deals.told.{what}", values, words, $"/deals/{number}", ct);
    }
}

/// <summary>A deal and the last day it is protected.</summary>
/// <param name="DealId">The key.</param>
/// <param name="Number">The number.</param>
/// <param name="PartnerId">The claimant.</param>
/// <param name="CustomerName">The customer.</param>
/// <param name="LastDay">The last protected day, for the brand.</param>
public sealed record ProtectedDeal(long DealId, string Number, long PartnerId, string CustomerName, DateOnly LastDay);
