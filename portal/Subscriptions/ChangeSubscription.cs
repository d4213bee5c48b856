using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Notifications;
using Portal.Orders;
using Portal.Quotes;
using Portal.Web;

namespace Portal.Subscriptions;

/// <summary>What people do with a subscription. What costs something comes of a quote or an order, which these acts write; what is said of the end of the term is said here.</summary>
public sealed class ChangeSubscription(Db db, SubscriptionStore subscriptions, WorkOnQuote workOnQuote, QuoteStore quotes, AddToDraft addToDraft, OfferRenewals offerRenewals, AuditTrail audit, Notifier notifier, ICurrentPerson me)
{
    const int LongestReason = 1000;

    /// <summary>True where the person may change it: whoever sells, where the company sold it, and whoever buys, where it has it.</summary>
    public bool May(Subscription subscription) => (subscription.IsSeller && me.Has(QuoteLifecycle.RolesOf(QuoteSide.Seller))) || (subscription.IsBuyer && me.Has(QuoteLifecycle.RolesOf(QuoteSide.Buyer)));

    /// <summary>True where the person may add to it or have its next term offered: to a customer whoever sells, to a partner that partner's purchasing.</summary>
    public bool MaySell(Subscription subscription) => subscription.CustomerNumber is not null ? subscription.IsSeller && me.Has(QuoteLifecycle.RolesOf(QuoteSide.Seller)) : subscription.IsBuyer && me.Has(QuoteLifecycle.RolesOf(QuoteSide.Buyer));

    /// <summary>Lets it end with its term.</summary>
    public Task<SubscriptionOutcome> CancelAsync(string number, int? version, string? reason, CancellationToken ct) => WithAsync(number, version, async one =>
    {
        if (Typed.Trimmed(reason) is not { Length: <= LongestReason } why)
        {
            return new SubscriptionOutcome.Refused(new FieldProblem("reason", "subscriptions.problem.reason", LongestReason));
        }

        // A seller may take a notice that comes too late; the one who gives it may not give itself more time.
        if (one is { IsSeller: false, Renews: "auto" } && one.Today > one.NoticeBy)
        {
            return new SubscriptionOutcome.Refused(new FieldProblem("", "subscriptions.problem.notice_is_over", one.NoticeBy));
        }

        if (one.CancelledAt is not null)
        {
            return new SubscriptionOutcome.Done(number);
        }

        await subscriptions.ChangeAsync(one, one.NextQuantity, isCancelled: true, ct);
        return await DoneAsync(one, "cancelled", one.EndsOn, null, why, ct);
    }, ct);

    /// <summary>Takes the cancellation back.</summary>
    public Task<SubscriptionOutcome> KeepAsync(string number, int? version, CancellationToken ct) => WithAsync(number, version, async one =>
    {
        if (one.CancelledAt is null)
        {
            return new SubscriptionOutcome.Done(number);
        }

        await subscriptions.ChangeAsync(one, one.NextQuantity, isCancelled: false, ct);
        return await DoneAsync(one, "kept", one.EndsOn, null, null, ct);
    }, ct);

    /// <summary>Says with how many the next term begins: fewer than run, or as many. More is added, and paid, at once.</summary>
    public Task<SubscriptionOutcome> ReduceAsync(string number, int? version, decimal? quantity, CancellationToken ct) => WithAsync(number, version, async one =>
    {
        if (quantity is not >= 1 || quantity > one.QuantityAtEnd || decimal.Truncate(quantity.Value) != quantity)
        {
            return new SubscriptionOutcome.Refused(new FieldProblem("quantity", "subscriptions.problem.next_quantity", one.QuantityAtEnd));
        }

        var next = (int)quantity.Value;
        await subscriptions.ChangeAsync(one, next == one.QuantityAtEnd ? null : next, one.CancelledAt is not null, ct);
        return await DoneAsync(one, "reduced", one.EndsOn.AddDays(1), next, null, ct);
    }, ct);

    /// <summary>Writes what adds to it until the end of its term: a draft quote for the customer, or into a draft order.</summary>
    public Task<SubscriptionOutcome> AddAsync(string number, decimal? quantity, DateOnly? start, CancellationToken ct) => SellAsync(number, async one =>
    {
        if (quantity is not (>= 1 and <= 1_000_000) || decimal.Truncate(quantity.Value) != quantity)
        {
            return new SubscriptionOutcome.Refused(new FieldProblem("quantity", "quotes.problem.quantity"));
        }

        if (one.CustomerNumber is null)
        {
            return Ordered(one, await addToDraft.RunAsync(null, [new(one.Sku, quantity) { Start = start ?? First(one), Subscription = one.Number }], null, ct));
        }

        var today = await quotes.TodayAsync(ct);
        var validUntil = one.EndsOn < today.AddDays(PriceQuote.UsualDays) ? one.EndsOn : today.AddDays(PriceQuote.UsualDays);
        return Quoted(await workOnQuote.CreateAsync(new(one.CustomerNumber, null, validUntil, await quotes.LastTaxRateAsync(ct) * 100, null,
            [new(one.Sku, quantity, null) { Start = start ?? First(one), Subscription = one.Number }]), ct));
    }, ct);

    static DateOnly First(Subscription one) => one.TermStartsOn > one.Today ? one.TermStartsOn : one.Today;

    /// <summary>Writes the offer of its next term now, where that has not been done for this one.</summary>
    public Task<SubscriptionOutcome> RenewAsync(string number, CancellationToken ct) => SellAsync(number, async one =>
        one.RenewalQuote is { } quote ? new SubscriptionOutcome.Offered("quote", quote)
        : one.RenewalOrder is { } order ? new SubscriptionOutcome.Offered("order", order)
        : await offerRenewals.OfferAsync(one, ct), ct);

    Task<SubscriptionOutcome> SellAsync(string number, Func<Subscription, Task<SubscriptionOutcome>> sell, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (!await subscriptions.HoldAsync(number, ct) || await subscriptions.FindAsync(number, ct) is not { } one)
        {
            return new SubscriptionOutcome.NotFound();
        }

        return !MaySell(one) ? new SubscriptionOutcome.Forbidden() : !one.IsAlive ? Over(one) : await sell(one);
    }, ct);

    Task<SubscriptionOutcome> WithAsync(string number, int? version, Func<Subscription, Task<SubscriptionOutcome>> work, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (!await subscriptions.HoldAsync(number, ct) || await subscriptions.FindAsync(number, ct) is not { } one)
        {
            return new SubscriptionOutcome.NotFound();
        }

        return !May(one) ? new SubscriptionOutcome.Forbidden() : version is { } seen && seen != one.Version ? new SubscriptionOutcome.Stale() : !one.IsAlive ? Over(one) : await work(one);
    }, ct);

    static SubscriptionOutcome Over(Subscription one) => new SubscriptionOutcome.Refused(new FieldProblem("", "subscriptions.problem.over", one.EndsOn));

    async Task<SubscriptionOutcome> DoneAsync(Subscription one, string kind, DateOnly effectiveOn, int? quantity, string? reason, CancellationToken ct)
    {
        await subscriptions.NoteAsync(one, kind, effectiveOn, quantity, null, reason, ct);
        await audit.RecordAsync([new("subscription." + kind, "subscription", one.Number, one.BuyerId is { } buyer ? [one.SellerId, buyer] : [one.SellerId], new { effectiveOn, quantity, reason })], ct);
        if (one.BuyerId is { } other)
        {
            var to = one.IsSeller ? Recipients.Of(other, "purchasing", "partner_admin") : Recipients.Of(one.SellerId, "sales", "partner_admin");
            await notifier.TellAsync(to, "subscriptions.told." + kind, [one.Number, one.Holder, effectiveOn], "/subscriptions/" + one.Number, ct);
        }

        return new SubscriptionOutcome.Done(one.Number);
    }

    internal static SubscriptionOutcome Quoted(QuoteOutcome outcome) => outcome switch
    {
        QuoteOutcome.Done(var quote) => new SubscriptionOutcome.Offered("quote", quote),
        QuoteOutcome.Wrong(var problems) => new SubscriptionOutcome.Refused([.. problems.Select(problem => new FieldProblem(Field(problem.Field), problem.TextKey, [.. problem.Arguments]))]),
        _ => new SubscriptionOutcome.Forbidden(),
    };

    internal static SubscriptionOutcome Ordered(Subscription one, OrderOutcome outcome) => outcome switch
    {
        OrderOutcome.Done(var order, _) => new SubscriptionOutcome.Offered("order", order),
        OrderOutcome.Wrong(var problems) => new SubscriptionOutcome.Refused([.. problems.Select(problem => new FieldProblem(problem.Field, problem.TextKey, [.. problem.Arguments]))]),
        _ => new SubscriptionOutcome.Refused(new FieldProblem("", "subscriptions.problem.no_draft", one.Number)),
    };

    // lines[0].start is the start that was typed
    static string Field(string field) => field[(field.LastIndexOf('.') + 1)..];
}

/// <summary>How an act on a subscription ended.</summary>
public abstract record SubscriptionOutcome
{
    SubscriptionOutcome()
    {
    }

    /// <summary>It is done.</summary>
    public sealed record Done(string Number) : SubscriptionOutcome;

    /// <summary>A draft says it: what it costs is looked at there.</summary>
    /// <param name="Kind"><c>quote</c> or <c>order</c>.</param>
    /// <param name="Number">Which.</param>
    public sealed record Offered(string Kind, string Number) : SubscriptionOutcome;

    /// <summary>There is none for the person at work.</summary>
    public sealed record NotFound : SubscriptionOutcome;

    /// <summary>The person may not.</summary>
    public sealed record Forbidden : SubscriptionOutcome;

    /// <summary>It has changed since the person looked.</summary>
    public sealed record Stale : SubscriptionOutcome;

    /// <summary>What is wrong, with the remedy.</summary>
    public sealed record Refused(params IReadOnlyList<FieldProblem> Problems) : SubscriptionOutcome;
}
