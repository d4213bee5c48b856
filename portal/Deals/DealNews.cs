using Platform.Database;
using Portal.Notifications;

namespace Portal.Deals;

/// <summary>
/// Tells people what happened to a deal, by notification and by mail, each in their own language: in the transaction of the act, so
/// that nothing is told that did not happen.
/// </summary>
public sealed class DealNews(Db db, Notifier notifier, Letters letters)
{
    bool isSummedUp;

    /// <summary>Does something of which people are told together with more of its kind, by <see cref="TellOfFileAsync"/>: nobody is told of it by itself.</summary>
    public async Task<T> SummedUpAsync<T>(Func<Task<T>> work)
    {
        isSummedUp = true;
        try
        {
            return await work();
        }
        finally
        {
            isSummedUp = false;
        }
    }

    /// <summary>Tells of all that one file registered: each person of the queues once, with how many wait for them; and whoever gave the file, by mail.</summary>
    /// <param name="numbers">The deals that were submitted.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="personId">Who gave it.</param>
    /// <param name="link">The page that says what each row became.</param>
    /// <param name="now">The moment; it says whose deputies are at work.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task TellOfFileAsync(IReadOnlyCollection<string> numbers, string file, long personId, string link, DateTime now, CancellationToken ct)
    {
        if (numbers.Count == 0)
        {
            return;
        }

        var sum = await db.OneAsync<FileSum>("""
            select min(p.name) as partner_name, min(c.name) as customer_name, count(*) filter (where d.status = 'approved')::integer as approved,
                   count(*) filter (where d.status in ('submitted', 'under_review', 'information_requested'))::integer as waiting
            from deal d join partner p on p.partner_id = d.partner_id join end_customer c using (end_customer_id)
            where d.number = any(@numbers)
            """, new { numbers = numbers.ToArray() }, ct);
        foreach (var ofQueue in (await FileAudienceAsync(numbers, now, ct)).GroupBy(listener => listener.Waiting))
        {
            await (numbers.Count == 1
                ? TellAsync("submitted", [.. ofQueue], numbers.First(), [numbers.First(), sum.CustomerName, sum.PartnerName], null, ct)
                : TellAsync([.. ofQueue], "submitted_many", [sum.PartnerName, numbers.Count, ofQueue.Key], null, "/deals/reviews?mine=yes", ct));
        }

        var giver = await db.ListAsync<Listener>("""
            select p.person_id, p.email, coalesce(p.language, b.language) as language, false as is_actor from person p join partner b using (partner_id) where p.person_id = @personId and p.disabled_at is null
            """, new { personId }, ct);
        await letters.WriteAsync(giver, "deals.told.registered_many", [file, numbers.Count, sum.Approved, sum.Waiting], null, link, ct);
    }

    // Somebody who sits in two queues is told once, of what waits in both.
    Task<List<FileListener>> FileAudienceAsync(IReadOnlyCollection<string> numbers, DateTime now, CancellationToken ct) => db.ListAsync<FileListener>("""
        select a.person_id, a.email, a.language, a.is_actor, sum(q.waiting)::integer as waiting
        from (
            select s.queue, d.partner_id, count(*) as waiting from deal d join deal_approval_step s using (deal_id)
            where d.number = any(@numbers) and s.opened_at is not null and s.closed_at is null
            group by s.queue, d.partner_id
        ) q
        cross join lateral queue_audience(q.queue, q.partner_id, brand_day(@now)) a
        group by a.person_id, a.email, a.language, a.is_actor
        order by a.person_id
        """, new { numbers = numbers.ToArray(), now }, ct);

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
    public Task TellClaimantAsync(string what, ProtectedDeal deal, CancellationToken ct) => isSummedUp ? Task.CompletedTask
        : TellAsync(what, deal.DealId, deal.Number, [deal.Number, deal.CustomerName, deal.LastDay], null, ofBrand: false, ct);

    /// <summary>Tells the people of a queue, and who decides for them while they are away.</summary>
    /// <param name="what">The last part of the text's key: <c>submitted</c>.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="words">What was said with it, for the mail.</param>
    /// <param name="now">The moment; it says whose deputies are at work.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task TellQueueAsync(string what, Deal deal, string queue, string? words, DateTime now, CancellationToken ct)
    {
        if (!isSummedUp)
        {
            await TellAsync(what, await QueueAsync(queue, deal.PartnerId, now, ct), deal.Number, [deal.Number, deal.CustomerName, deal.PartnerName], words, ct);
        }
    }

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

    Task TellAsync(string what, IReadOnlyList<Listener> audience, string number, IReadOnlyList<object> values, string? words, CancellationToken ct) =>
        TellAsync(audience, what, values, words, $"/deals/{number}", ct);

    async Task TellAsync(IReadOnlyList<Listener> audience, string what, IReadOnlyList<object> values, string? words, string link, CancellationToken ct)
    {
        if (audience.Count == 0)
        {
            return;
        }

        await notifier.TellAsync(Recipients.Person([.. audience.Select(listener => listener.PersonId)]), $"deals.told.{what}", values, link, ct);
        await letters.WriteAsync(audience, $"deals.told.{what}", values, words, link, ct);
    }

    sealed record FileListener(long PersonId, string? Email, string Language, bool IsActor, int Waiting) : Listener(PersonId, Email, Language, IsActor);

    sealed record FileSum(string PartnerName, string CustomerName, int Approved, int Waiting);
}

/// <summary>A deal and the last day it is protected.</summary>
/// <param name="DealId">The key.</param>
/// <param name="Number">The number.</param>
/// <param name="PartnerId">The claimant.</param>
/// <param name="CustomerName">The customer.</param>
/// <param name="LastDay">The last protected day, for the brand.</param>
public sealed record ProtectedDeal(long DealId, string Number, long PartnerId, string CustomerName, DateOnly LastDay);
