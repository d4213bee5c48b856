using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Subscriptions;

/// <summary>The brand says how products are sold by the term. What was sold stays as it was; what is quoted and ordered from now on is sold so.</summary>
public sealed class KeepProductTerms(Db db, AuditTrail audit, ICurrentPerson me, TimeProvider clock)
{
    /// <summary>Those who keep them.</summary>
    public static IReadOnlyList<string> Keepers { get; } = ["brand_admin", "deal_desk"];

    /// <summary>What can happen at the end of a term.</summary>
    public static IReadOnlyList<string> Renewals { get; } = ["offer", "auto", "ends"];

    /// <summary>All products that are sold by the term.</summary>
    public Task<List<ProductTermRow>> AllAsync(CancellationToken ct) => db.ListAsync<ProductTermRow>("""
        select p.sku, p.name, p.name_zh, p.unit, t.months, t.other_lengths, t.renews, t.notice_days, t.co_terminates from product_term t join product p using (product_id) order by p.sku
        """, null, ct);

    /// <summary>Says it, in place of what was said before.</summary>
    public Task<SubscriptionOutcome> KeepAsync(ProductTermFacts said, CancellationToken ct) => db.InTransactionAsync<SubscriptionOutcome>(async () =>
    {
        if (!me.IsBrand || !me.Has(Keepers))
        {
            return new SubscriptionOutcome.Forbidden();
        }

        var unit = said.Sku is null ? null : await db.FindAsync<string>("select unit from product where sku = @Sku", new { said.Sku }, ct);
        if (said.Flaws(unit).ToList() is { Count: > 0 } flaws)
        {
            return new SubscriptionOutcome.Refused(flaws);
        }

        await WriteAsync(said, ct);
        await audit.RecordAsync("product_term.kept", "product", said.Sku!, null, new { said.Months, said.OtherLengths, said.Renews, said.NoticeDays, said.CoTerminates }, ct);
        return new SubscriptionOutcome.Done(said.Sku!);
    }, ct);

    /// <summary>Writes what is sound.</summary>
    internal Task WriteAsync(ProductTermFacts said, CancellationToken ct) => db.ExecuteAsync("""
        insert into product_term (product_id, months, other_lengths, renews, notice_days, co_terminates, changed_at)
        select product_id, @months, @OtherLengths, @Renews, @NoticeDays, @CoTerminates, @now from product where sku = @Sku
        on conflict (product_id) do update set months = excluded.months, other_lengths = excluded.other_lengths, renews = excluded.renews, notice_days = excluded.notice_days, co_terminates = excluded.co_terminates, changed_at = excluded.changed_at
        """, new { said.Sku, months = said.Months.ToArray(), said.OtherLengths, said.Renews, said.NoticeDays, said.CoTerminates, now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>Sells it no longer by the term; once more changes nothing.</summary>
    public Task<SubscriptionOutcome> DropAsync(string sku, CancellationToken ct) => db.InTransactionAsync<SubscriptionOutcome>(async () =>
    {
        if (!me.IsBrand || !me.Has(Keepers))
        {
            return new SubscriptionOutcome.Forbidden();
        }

        if (await db.ExecuteAsync("delete from product_term t using product p where p.product_id = t.product_id and p.sku = @sku", new { sku }, ct) == 0)
        {
            return new SubscriptionOutcome.NotFound();
        }

        await audit.RecordAsync("product_term.dropped", "product", sku, null, new { }, ct);
        return new SubscriptionOutcome.Done(sku);
    }, ct);
}

/// <summary>How a product is sold by the term, as it is said.</summary>
/// <param name="Sku">The product; its price has to be for a month or a year.</param>
/// <param name="Months">The lengths that are offered, 1 to 120 months, at most twelve; the first is the usual one.</param>
/// <param name="OtherLengths">Others can be agreed, from the shortest of them on.</param>
/// <param name="Renews"><c>offer</c>: the next term is offered; <c>auto</c>: it goes on by itself; <c>ends</c>.</param>
/// <param name="NoticeDays">How many days before the end the next term is offered, 0 to 365.</param>
/// <param name="CoTerminates">More of it ends together with what runs already.</param>
public sealed record ProductTermFacts(string? Sku, IReadOnlyList<int> Months, bool OtherLengths, string Renews = "offer", int NoticeDays = 30, bool CoTerminates = true)
{
    const int MostLengths = 12;
    const int MostNoticeDays = 365;

    /// <summary>What is typed for the lengths: numbers with anything between them; nothing where something else is among them.</summary>
    internal static IReadOnlyList<int> Lengths(string? typed)
    {
        var words = (typed ?? "").Normalize(System.Text.NormalizationForm.FormKC).Split([' ', ',', ';', '、', '·', '/'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var numbers = words.Select(word => int.TryParse(word, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0).Distinct().ToList();
        return numbers.Contains(0) ? [] : numbers;
    }

    internal IEnumerable<FieldProblem> Flaws(string? unit)
    {
        if (Sku is null || unit is null)
        {
            yield return new("sku", "subscriptions.problem.sku", Sku ?? "");
        }
        else if (Term.MonthsOf(unit) is null)
        {
            yield return new("sku", "subscriptions.problem.unit", Sku);
        }

        if (Months.Count is 0 or > MostLengths || Months.Any(months => months is < 1 or > Term.MostMonths))
        {
            yield return new("months", "subscriptions.problem.months", MostLengths, Term.MostMonths);
        }

        if (!KeepProductTerms.Renewals.Contains(Renews, StringComparer.Ordinal))
        {
            yield return new("renews", "subscriptions.problem.renews");
        }

        if (NoticeDays is < 0 or > MostNoticeDays)
        {
            yield return new("noticeDays", "subscriptions.problem.notice_days", MostNoticeDays);
        }
    }
}

/// <summary>How a product is sold by the term, in a list.</summary>
public sealed record ProductTermRow
{
    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>What its price is for.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The lengths that are offered.</summary>
    public int[] Months { get; init; } = [];

    /// <summary>Others can be agreed.</summary>
    public bool OtherLengths { get; init; }

    /// <summary>What happens at the end.</summary>
    public string Renews { get; init; } = "";

    /// <summary>How many days before the end the next term is offered.</summary>
    public int NoticeDays { get; init; }

    /// <summary>More of it ends together with what runs already.</summary>
    public bool CoTerminates { get; init; }
}
