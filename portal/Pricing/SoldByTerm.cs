using Platform.Database;

namespace Portal.Pricing;

/// <summary>
/// Says of lines whether their products are sold by the term and how long each is had: a term of its own, the rest of a running subscription that it joins, or the term behind one that it renews.
/// Quotes and orders ask here, so that both hold a term by the same rules. How products are sold and what runs is kept by Subscriptions.
/// </summary>
public sealed class SoldByTerm(Db db, TimeProvider clock)
{
    /// <summary>How many days back a term may begin: what was agreed and is written down afterwards.</summary>
    public const int MostDaysBack = 31;

    /// <summary>No term begins later.</summary>
    public const int MostDaysAhead = 730;

    /// <summary>The terms of lines, in their order: null for what is not sold by the term, and for lines with a problem.</summary>
    /// <param name="asked">What was asked of each line.</param>
    /// <param name="customer">The key of the end customer it is for; null where a partner buys.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="buyer">The key of the partner that buys, from the one above it.</param>
    public Task<IReadOnlyList<AgreedTerm>> ReadAsync(IReadOnlyList<AskedTerm> asked, long? customer, CancellationToken ct, long? buyer = null) => db.TogetherAsync<IReadOnlyList<AgreedTerm>>(async () =>
    {
        var products = (await ProductsAsync([.. asked.Select(line => line.Sku).Distinct(StringComparer.OrdinalIgnoreCase)], ct)).ToDictionary(product => product.Sku, StringComparer.OrdinalIgnoreCase);
        if (products.Count == 0 && asked.All(line => line.IsNothing))
        {
            return [.. asked.Select(_ => AgreedTerm.None)];
        }

        var running = await RunningAsync([.. asked.Select(line => line.Subscription).OfType<string>().Distinct(StringComparer.Ordinal)], customer, buyer, ct);
        var today = await db.OneAsync<DateOnly>("select brand_day(@now)", new { now = clock.GetUtcNow().UtcDateTime }, ct);
        return [.. asked.Select(line => Agree(line, products.GetValueOrDefault(line.Sku), running, today))];
    }, ct);

    /// <summary>Those of the products that are sold by the term.</summary>
    public Task<List<ProductTerms>> ProductsAsync(IReadOnlyList<string> skus, CancellationToken ct) => db.ListAsync<ProductTerms>("""
        select p.sku, t.months, t.other_lengths, t.renews, t.notice_days, t.co_terminates from product_term t join product p using (product_id) where p.sku = any(@skus)
        """, new { skus = skus.ToArray() }, ct);

    async Task<Dictionary<string, RunningTerm>> RunningAsync(string[] numbers, long? customer, long? buyer, CancellationToken ct) => numbers.Length == 0 ? [] : (await db.ListAsync<RunningTerm>("""
        select s.number, p.sku, s.term_starts_on, s.ends_on
        from subscription s join product p using (product_id)
        where s.number = any(@numbers) and s.called_off_at is null
          and case when @customer::bigint is null then s.buyer_id = @buyer and s.seller_id = (select b.upstream_id from partner b where b.partner_id = @buyer) else s.end_customer_id = @customer end
        """, new { numbers, customer, buyer }, ct)).ToDictionary(one => one.Number, StringComparer.Ordinal);

    static AgreedTerm Agree(AskedTerm asked, ProductTerms? product, Dictionary<string, RunningTerm> running, DateOnly today)
    {
        if (product is null)
        {
            return asked.IsNothing ? AgreedTerm.None : new(null, null, asked.Start is not null ? "start" : asked.Months is not null ? "months" : "subscription", "pricing.term.not_sold", asked.Sku);
        }

        if (asked.Subscription is not null)
        {
            return running.GetValueOrDefault(asked.Subscription) is { } old && old.Sku.Equals(product.Sku, StringComparison.Ordinal)
                ? asked.Months is null ? Join(asked, product, old, today) : Renew(asked, product, old)
                : new(null, null, "subscription", "pricing.term.no_such_subscription", asked.Subscription, asked.Sku);
        }

        var months = asked.Months ?? product.Months[0];
        if (!product.Offers(months))
        {
            return WrongMonths(product);
        }

        // Where nobody says, from the first of next month.
        var start = asked.Start ?? new DateOnly(today.Year, today.Month, 1).AddMonths(1);
        return start < today.AddDays(-MostDaysBack) || start > today.AddDays(MostDaysAhead)
            ? new(null, null, "start", "pricing.term.start", today.AddDays(-MostDaysBack), today.AddDays(MostDaysAhead))
            : new(Term.Of(start, months), months);
    }

    // More of what runs: until its end, by its months.
    static AgreedTerm Join(AskedTerm asked, ProductTerms product, RunningTerm old, DateOnly today)
    {
        if (!product.CoTerminates)
        {
            return new(null, null, "subscription", "pricing.term.ends_by_itself", asked.Sku);
        }

        var earliest = old.TermStartsOn > today.AddDays(-MostDaysBack) ? old.TermStartsOn : today.AddDays(-MostDaysBack);
        var start = asked.Start ?? (old.TermStartsOn > today ? old.TermStartsOn : today);
        return start < earliest || start > old.EndsOn
            ? new(null, null, "start", "pricing.term.joins_within", earliest, old.EndsOn)
            : new(new(start, old.EndsOn, old.TermStartsOn), null);
    }

    // The next term begins the day after the last one.
    static AgreedTerm Renew(AskedTerm asked, ProductTerms product, RunningTerm old)
    {
        var start = old.EndsOn.AddDays(1);
        if (asked.Start is { } said && said != start)
        {
            return new(null, null, "start", "pricing.term.renews_on", start);
        }

        return product.Offers(asked.Months!.Value) ? new(Term.Of(start, asked.Months.Value), asked.Months)
            : WrongMonths(product);
    }

    static AgreedTerm WrongMonths(ProductTerms product) => product.OtherLengths
        ? new(null, null, "months", "pricing.term.months_from", product.Months.Min(), Term.MostMonths)
        : new(null, null, "months", "pricing.term.months", string.Join(" · ", product.Months), Term.MostMonths);

    sealed record RunningTerm(string Number, string Sku, DateOnly TermStartsOn, DateOnly EndsOn);
}

/// <summary>How a product is sold by the term.</summary>
public sealed record ProductTerms
{
    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>The lengths that are offered, in months; the first is the usual one.</summary>
    public int[] Months { get; init; } = [];

    /// <summary>Other lengths can be agreed, from the shortest of them on.</summary>
    public bool OtherLengths { get; init; }

    /// <summary><c>auto</c>, <c>offer</c> or <c>ends</c>: what happens at the end of a term.</summary>
    public string Renews { get; init; } = "";

    /// <summary>How many days before the end a renewal is offered.</summary>
    public int NoticeDays { get; init; }

    /// <summary>More of it ends together with what runs already.</summary>
    public bool CoTerminates { get; init; }

    /// <summary>It can be had for so many months.</summary>
    public bool Offers(int months) => OtherLengths ? months >= Months.Min() && months <= Term.MostMonths : Months.Contains(months);
}

/// <summary>What is asked of a line's term.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Start">The first day; null where nobody says.</param>
/// <param name="Months">For how many months; null for the usual ones, or to end with a subscription.</param>
/// <param name="Subscription">The number of the subscription that the line adds to (without months) or renews (with months).</param>
public sealed record AskedTerm(string Sku, DateOnly? Start, int? Months, string? Subscription)
{
    internal bool IsNothing => Start is null && Months is null && Subscription is null;
}

/// <summary>The term of a line, or what is wrong.</summary>
/// <param name="Term">How long it is had; null where it is not sold by the term.</param>
/// <param name="Months">For how many months; null where it ends with a subscription.</param>
/// <param name="Field">The field that is wrong: start, months or subscription.</param>
/// <param name="TextKey">Why, with the remedy.</param>
/// <param name="Arguments">Values for its placeholders.</param>
public sealed record AgreedTerm(Term? Term, int? Months, string? Field = null, string? TextKey = null, params IReadOnlyList<object> Arguments)
{
    /// <summary>No term.</summary>
    public static AgreedTerm None { get; } = new(null, null);
}
