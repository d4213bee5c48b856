using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Portal.Notifications;
using Portal.Orders;
using Portal.Pricing;
using Portal.Quotes;
using Portal.Stock;

namespace Portal.Subscriptions;

/// <summary>
/// Offers the next term of what ends soon, once for each term, and tells whoever sold it: to a customer by a draft quote, to a partner that buys by a draft order, at the prices of today. What a customer has with one seller and ends
/// on one day stands in one quote. What was taken off by hand is taken off again, and asks the deal desk like any other discount when the quote is sent. What renews by itself goes on the day after its end; what ended is told.
/// </summary>
public sealed class OfferRenewals(Db db, SubscriptionStore subscriptions, WorkOnQuote workOnQuote, PlaceOrder placeOrder, Prices prices, AuditTrail audit, Notifier notifier, TimeProvider clock) : IScheduledJob
{
    const int AtOnce = 50;
    const int LeastDaysToAnswer = 14;

    const string Columns = """
        select s.subscription_id, s.number, s.seller_id, s.end_customer_id, s.buyer_id, s.owner_id, s.currency, s.ends_on, s.term_months, p.sku, c.number as customer_number, coalesce(c.name, b.name) as holder,
               coalesce(s.next_quantity, (select sum(x.quantity) from subscription_part x where x.subscription_id = s.subscription_id and x.ends_on = s.ends_on))::int as next
        """;

    const string From = """
        from subscription s
        join product p using (product_id)
        left join partner b on b.partner_id = s.buyer_id
        left join end_customer c on c.end_customer_id = s.end_customer_id
        """;

    // Nobody is asked: the next term follows by itself.
    const string GoesOn = "s.renews = 'auto' and s.cancelled_at is null and s.end_customer_id is not null";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken ct)
    {
        await db.InPortionsAsync(AtOnce, () => OfferSomeAsync(ct), ct);
        await db.InPortionsAsync(AtOnce, () => GoOnSomeAsync(ct), ct);
        await db.InPortionsAsync(AtOnce, () => EndSomeAsync(ct), ct);
    }

    /// <summary>Offers the next term of one that somebody holds, before its time.</summary>
    public async Task<SubscriptionOutcome> OfferAsync(Subscription one, CancellationToken ct)
    {
        var due = (await DueAsync(one.SubscriptionId, ct)).Single();
        var outcome = one.CustomerNumber is not null
            ? ChangeSubscription.Quoted(await workOnQuote.CreateAsync(await RequestAsync([due], ct), ct))
            : ChangeSubscription.Ordered(one, await placeOrder.CreateAsync(Request([due]), submit: false, ct));
        if (outcome is SubscriptionOutcome.Offered offered)
        {
            await RememberAsync([due], offered, null, ct);
        }

        return outcome;
    }

    async Task<int> OfferSomeAsync(CancellationToken ct)
    {
        var due = await DueAsync(null, ct);
        foreach (var group in due.GroupBy(one => (one.SellerId, one.EndCustomerId, one.BuyerId, one.Currency, one.EndsOn)))
        {
            await OfferGroupAsync([.. group], ct);
        }

        return due.Count;
    }

    // What cannot be offered any more, such as a product that is no longer sold, keeps nothing from the others.
    async Task OfferGroupAsync(List<DueRenewal> group, CancellationToken ct)
    {
        while (group.Count > 0)
        {
            var (outcome, wrong) = await TryAsync(group, ct);
            if (outcome is SubscriptionOutcome.Offered offered)
            {
                await RememberAsync(group, offered, null, ct);
                await TellAsync(group, "subscriptions.told.offered", $"/{offered.Kind}s/{offered.Number}", ct);
                return;
            }

            var problem = outcome is SubscriptionOutcome.Refused([var first, ..]) ? first.TextKey : "subscriptions.problem.no_draft";
            List<DueRenewal> failed = wrong is { } at && at < group.Count ? [group[at]] : group;
            await RememberAsync(failed, null, problem, ct);
            await TellAsync(failed, "subscriptions.told.not_offered", "/subscriptions/" + failed[0].Number, ct);
            group = [.. group.Except(failed)];
        }
    }

    async Task<(SubscriptionOutcome Outcome, int? Wrong)> TryAsync(List<DueRenewal> group, CancellationToken ct)
    {
        if (group[0].BuyerId is not null)
        {
            var ordered = await placeOrder.CreateAsync(Request(group), submit: false, ct);
            return (ChangeSubscription.Ordered(group[0].AsSubscription, ordered), ordered is OrderOutcome.Wrong { Problems: [{ Line: { } line }, ..] } ? line - 1 : null);
        }

        var quoted = await workOnQuote.CreateForAsync(group[0].SellerId, await RequestAsync(group, ct), ct);
        return (ChangeSubscription.Quoted(quoted), quoted is QuoteOutcome.Wrong([{ Field: var field }, ..]) && field.StartsWith("lines[", StringComparison.Ordinal)
            ? int.Parse(field.AsSpan(6, field.IndexOf(']', StringComparison.Ordinal) - 6), System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    static OrderRequest Request(IEnumerable<DueRenewal> group) => new(null, null, null, null, [.. group.Select(one => new SkuLine(one.Sku, one.Next) { Months = one.TermMonths, Subscription = one.Number })]) { BuyerId = group.First().BuyerId };

    async Task<QuoteRequest> RequestAsync(IReadOnlyList<DueRenewal> group, CancellationToken ct)
    {
        var today = await subscriptions.TodayAsync(ct);
        // It holds until the end of the term; where that is near, long enough to be answered.
        var validUntil = new[] { group[0].EndsOn, today.AddDays(LeastDaysToAnswer) }.Max();
        return new(group[0].CustomerNumber, null, validUntil < today.AddDays(PriceQuote.MostDays) ? validUntil : today.AddDays(PriceQuote.MostDays), group[0].TaxRate * 100, null,
            [.. group.Select(one => new QuoteRequestLine(one.Sku, one.Next, one.Discount == 0 ? null : one.Discount * 100) { Months = one.TermMonths, Subscription = one.Number })]);
    }

    Task<List<DueRenewal>> DueAsync(long? one, CancellationToken ct) => db.ListAsync<DueRenewal>($"""
        {Columns},
               coalesce(sold.tax_rate, (select r.tax_rate from quote q join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision where q.partner_id = s.seller_id order by q.quote_id desc limit 1), 0) as tax_rate, coalesce(sold.discount, 0) as discount
        {From}
        left join lateral (
            select l.discount, r.tax_rate from subscription_part x join quote_line l using (quote_line_id) join quote_revision r using (quote_revision_id)
            where x.subscription_id = s.subscription_id and x.kind <> 'addition' order by x.ends_on desc limit 1) sold on true
        where case when @one::bigint is null then
                  s.renews in ('offer', 'auto') and s.cancelled_at is null and s.called_off_at is null and brand_day(@Now) between s.ends_on - s.notice_days and s.ends_on
                  and not exists (select from subscription_renewal n where n.subscription_id = s.subscription_id and n.ends_on = s.ends_on)
              else s.subscription_id = @one end
        order by s.seller_id, s.ends_on, s.subscription_id limit @AtOnce
        for update of s skip locked
        """, new { one, Now, AtOnce }, ct);

    async Task RememberAsync(IReadOnlyList<DueRenewal> group, SubscriptionOutcome.Offered? offered, string? problem, CancellationToken ct)
    {
        // By hand what could not be offered before is tried again; what was offered stays as it was.
        await db.ExecuteAsync("""
            insert into subscription_renewal (subscription_id, ends_on, seller_id, buyer_id, quote_id, purchase_order_id, problem, made_at)
            select s.subscription_id, s.ends_on, s.seller_id, s.buyer_id, (select q.quote_id from quote q where q.number = @quote), (select o.purchase_order_id from purchase_order o where o.number = @order), @problem, @Now
            from subscription s where s.subscription_id = any(@ids)
            on conflict on constraint a_term_is_offered_anew_once do update set quote_id = excluded.quote_id, purchase_order_id = excluded.purchase_order_id, problem = excluded.problem, made_at = excluded.made_at
            where subscription_renewal.problem is not null;
            insert into subscription_event (subscription_id, seller_id, buyer_id, kind, effective_on, quantity, source, person_id, happened_at)
            select s.subscription_id, s.seller_id, s.buyer_id, 'offered', s.ends_on + 1, g.next, coalesce(@quote, @order), app_person_id(), @Now
            from unnest(@ids, @next) as g (id, next) join subscription s on s.subscription_id = g.id where @problem::text is null
            """, new
        {
            ids = group.Select(one => one.SubscriptionId).ToArray(), next = group.Select(one => one.Next).ToArray(), problem, Now,
            quote = offered is { Kind: "quote" } ? offered.Number : null, order = offered is { Kind: "order" } ? offered.Number : null,
        }, ct);
        await audit.RecordAsync([.. group.Select(one => new AuditAct(problem is null ? "subscription.offered" : "subscription.not_offered", "subscription", one.Number, one.BuyerId is { } buyer ? [one.SellerId, buyer] : [one.SellerId], new { one.EndsOn, one.Next, offered?.Kind, offered = offered?.Number, problem }))], ct);
    }

    // Whoever sold it, or those who sell there; a partner that buys is told as well, it is its draft.
    async Task TellAsync(IReadOnlyList<DueRenewal> group, string textKey, string link, CancellationToken ct)
    {
        foreach (var one in group)
        {
            var to = one.BuyerId is { } buyer ? Recipients.Of(buyer, "purchasing", "partner_admin")
                : one.OwnerId is { } owner ? Recipients.Person(owner) : Recipients.Of(one.SellerId, "sales", "partner_admin");
            await notifier.TellAsync(to, textKey, [one.Number, one.Holder, one.EndsOn], link, ct);
        }
    }

    async Task<int> GoOnSomeAsync(CancellationToken ct)
    {
        var over = await OverAsync(GoesOn, ct);
        var today = await subscriptions.TodayAsync(ct);
        foreach (var group in over.GroupBy(one => (one.SellerId, one.Currency)))
        {
            var list = group.ToList();
            var terms = list.ConvertAll(one => Term.Of(one.EndsOn.AddDays(1), one.TermMonths));
            var priced = await prices.ForAsync(null, group.Key.SellerId, group.Key.Currency, today, [.. list.Select((one, at) => new AskedLine(one.Sku, one.Next) { Term = terms[at] })], ct);
            // what has no price any more does not go on
            var held = list.Select((one, at) => (One: one, Price: priced[at], Until: terms[at].End)).Where(one => one.Price.Refusal is null).ToList();
            var went = (await db.ListAsync<long>("""
                select g.id
                from unnest(@ids, @ends, @next, @until, @months, @prices, @amounts) with ordinality as g (id, ends, next, until, months, price, amount, place)
                where subscription_goes_on(g.id, g.ends, g.next, g.until, g.months, g.price, g.amount, @Now)
                order by g.place
                """, new
            {
                ids = held.Select(one => one.One.SubscriptionId).ToArray(), ends = held.Select(one => one.One.EndsOn).ToArray(), next = held.Select(one => one.One.Next).ToArray(), until = held.Select(one => one.Until).ToArray(),
                months = held.Select(one => one.One.TermMonths).ToArray(), prices = held.Select(one => one.Price.UnitPrice).ToArray(), amounts = held.Select(one => one.Price.LineAmount).ToArray(), Now,
            }, ct)).ToHashSet();
            await EndAsync(list.FindAll(one => !went.Contains(one.SubscriptionId)), ct);
            var gone = held.FindAll(one => went.Contains(one.One.SubscriptionId));
            await audit.RecordAsync([.. gone.Select(one => new AuditAct("subscription.went_on", "subscription", one.One.Number, [one.One.SellerId], new { until = one.Until, one.One.Next, one.Price.LineAmount }))], ct);
            foreach (var one in gone)
            {
                await TellAsync([one.One], "subscriptions.told.went_on", "/subscriptions/" + one.One.Number, ct);
            }
        }

        return over.Count;
    }

    async Task<int> EndSomeAsync(CancellationToken ct)
    {
        var over = await OverAsync($"not ({GoesOn})", ct);
        await EndAsync(over, ct);
        return over.Count;
    }

    async Task EndAsync(IReadOnlyList<DueRenewal> over, CancellationToken ct)
    {
        if (over.Count == 0)
        {
            return;
        }

        await db.ExecuteAsync("""
            insert into subscription_event (subscription_id, seller_id, buyer_id, kind, effective_on, happened_at)
            select s.subscription_id, s.seller_id, s.buyer_id, 'ended', s.ends_on, @Now from subscription s where s.subscription_id = any(@ids)
            on conflict do nothing
            """, new { ids = over.Select(one => one.SubscriptionId).ToArray(), Now }, ct);
        await audit.RecordAsync([.. over.Select(one => new AuditAct("subscription.ended", "subscription", one.Number, one.BuyerId is { } buyer ? [one.SellerId, buyer] : [one.SellerId], new { one.EndsOn }))], ct);
        foreach (var one in over)
        {
            await TellAsync([one], "subscriptions.told.ended", "/subscriptions/" + one.Number, ct);
        }
    }

    // What has ended and was not told yet.
    Task<List<DueRenewal>> OverAsync(string which, CancellationToken ct) => db.ListAsync<DueRenewal>($"""
        {Columns}, 0.0 as tax_rate, 0.0 as discount
        {From}
        where s.ends_on < brand_day(@Now) and s.called_off_at is null and {which} and not exists (select from subscription_event e where e.subscription_id = s.subscription_id and e.kind = 'ended' and e.effective_on = s.ends_on)
        order by s.subscription_id limit @AtOnce
        for update of s skip locked
        """, new { Now, AtOnce }, ct);

    sealed record DueRenewal
    {
        public long SubscriptionId { get; init; }
        public string Number { get; init; } = "";
        public long SellerId { get; init; }
        public long? EndCustomerId { get; init; }
        public long? BuyerId { get; init; }
        public long? OwnerId { get; init; }
        public string Currency { get; init; } = "";
        public DateOnly EndsOn { get; init; }
        public int TermMonths { get; init; }
        public string Sku { get; init; } = "";
        public string? CustomerNumber { get; init; }
        public string Holder { get; init; } = "";
        public int Next { get; init; }
        public decimal TaxRate { get; init; }
        public decimal Discount { get; init; }

        public Subscription AsSubscription => new() { Number = Number };
    }
}
