using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Receivables;

/// <summary>The brand's finance keeps tax rules and the classes of products. A rule that has held stays; another takes its place from a day on.</summary>
public sealed class KeepTax(Db db, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>All rules by country, the one for all others first; the closest first within a country.</summary>
    public Task<List<TaxRule>> ListAsync(string? country, CancellationToken ct) => db.ListAsync<TaxRule>("""
        select r.seller_country, r.buyer_country, r.tax_class, r.rate, r.treatment, r.reason, r.reason_zh, lower(r.valid) as starts, upper(r.valid) - 1 as ends, r.valid @> brand_day(@now) as holds
        from tax_rule r
        where not isempty(r.valid) and (@country::text is null or r.seller_country = @country or r.seller_country is null)
        order by r.seller_country nulls first, r.buyer_country is distinct from r.seller_country, r.buyer_country nulls last, r.tax_class, lower(r.valid) desc
        limit 500
        """, new { country, now = Now }, ct);

    /// <summary>The countries that have rules of their own.</summary>
    public Task<List<string>> CountriesAsync(CancellationToken ct) => db.ListAsync<string>("select distinct seller_country from tax_rule where seller_country is not null order by 1", null, ct);

    /// <summary>Enters a rule from a day on.</summary>
    public Task<BooksOutcome> SetAsync(TaxRuleTyped typed, CancellationToken ct) => AsFinanceAsync(async today =>
    {
        var problems = Problems(typed, today).ToList();
        if (problems.Count > 0)
        {
            return new BooksOutcome.Wrong(problems);
        }

        await db.ExecuteAsync("select keep_tax_rule(@SellerCountry, @BuyerCountry, @TaxClass, @rate, @Treatment, @Reason, @ReasonZh, @from, @now)", new
        {
            typed.SellerCountry, typed.BuyerCountry, typed.TaxClass, typed.Treatment, typed.Reason, typed.ReasonZh, rate = (typed.Percent ?? 0) / 100, from = typed.From ?? today, now = Now,
        }, ct);
        await audit.RecordAsync("tax_rule.set", "tax_rule", TaxRule.KeyOf(typed.SellerCountry, typed.BuyerCountry, typed.TaxClass), null, typed, ct);
        return new BooksOutcome.Done("");
    }, ct);

    /// <summary>Ends the rule of those countries and goods with a day; nothing takes its place.</summary>
    public Task<BooksOutcome> EndAsync(TaxRuleEndTyped typed, CancellationToken ct) => AsFinanceAsync(async today =>
    {
        if (typed.LastDay is not { } lastDay || lastDay < today)
        {
            return BooksOutcome.Because("lastDay", "receivables.problem.past");
        }

        if (!await db.OneAsync<bool>("select end_tax_rule(@SellerCountry, @BuyerCountry, @TaxClass, @lastDay)", new { typed.SellerCountry, typed.BuyerCountry, typed.TaxClass, lastDay }, ct))
        {
            return BooksOutcome.Because("sellerCountry", "receivables.problem.no_rule");
        }

        await audit.RecordAsync("tax_rule.ended", "tax_rule", TaxRule.KeyOf(typed.SellerCountry, typed.BuyerCountry, typed.TaxClass), null, typed, ct);
        return new BooksOutcome.Done("");
    }, ct);

    /// <summary>Puts products into a tax class.</summary>
    public Task<BooksOutcome> ClassifyAsync(string? taxClass, IReadOnlyList<string> skus, CancellationToken ct) => AsFinanceAsync(async _ =>
    {
        if (taxClass is not ("standard" or "reduced" or "zero"))
        {
            return BooksOutcome.Because("taxClass", "receivables.problem.tax_class");
        }

        var unknown = await db.ListAsync<string>("select sku from unnest(@skus) as asked (sku) where not exists (select from product p where p.sku = asked.sku)", new { skus = skus.ToArray() }, ct);
        if (unknown.Count > 0 || skus.Count == 0)
        {
            return BooksOutcome.Because("skus", "receivables.problem.skus", string.Join(", ", unknown.Take(10)));
        }

        await db.OneAsync<int>("select keep_tax_class(@skus, @taxClass, @now)", new { skus = skus.ToArray(), taxClass, now = Now }, ct);
        await audit.RecordAsync("tax_class.set", "tax_class", taxClass, null, new { skus }, ct);
        return new BooksOutcome.Done(taxClass);
    }, ct);

    Task<BooksOutcome> AsFinanceAsync(Func<DateOnly, Task<BooksOutcome>> decide, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var (may, today) = await db.OneAsync<(bool, DateOnly)>("select app_has_role('finance') or app_has_role('brand_admin'), brand_day(@now)", new { now = Now }, ct);
        return may ? await decide(today) : new BooksOutcome.Forbidden();
    }, ct);

    static IEnumerable<FieldProblem> Problems(TaxRuleTyped typed, DateOnly today)
    {
        foreach (var (field, country) in new[] { ("sellerCountry", typed.SellerCountry), ("buyerCountry", typed.BuyerCountry) })
        {
            if (country is not null && (country.Length != 2 || !country.All(char.IsAsciiLetterUpper)))
            {
                yield return new(field, "receivables.problem.country");
            }
        }

        if (typed.TaxClass is not (null or "standard" or "reduced" or "zero"))
        {
            yield return new("taxClass", "receivables.problem.tax_class");
        }

        if (typed.Treatment is not ("taxed" or "reverse_charge" or "export" or "exempt" or "outside"))
        {
            yield return new("treatment", "receivables.problem.treatment");
        }
        else if (typed.Percent is not (null or (>= 0 and <= 100)) || (typed.Treatment is not "taxed" && typed.Percent is > 0) || (typed is { Treatment: "taxed", Percent: null }) || (typed.Percent is { } percent && decimal.Round(percent, 2) != percent))
        {
            yield return new("percent", "receivables.problem.percent");
        }

        foreach (var (field, reason) in new[] { ("reason", typed.Reason), ("reasonZh", typed.ReasonZh) })
        {
            if (reason is not { Length: >= 1 and <= 300 })
            {
                yield return new(field, "receivables.problem.tax_reason");
            }
        }

        if (typed.From is { } from && from < today)
        {
            yield return new("from", "receivables.problem.past");
        }
    }
}

/// <summary>A tax rule.</summary>
public sealed record TaxRule
{
    /// <summary>From where; null for every country without rules of its own.</summary>
    public string? SellerCountry { get; init; }

    /// <summary>To where; null for all other countries.</summary>
    public string? BuyerCountry { get; init; }

    /// <summary>For which goods; null for all.</summary>
    public string? TaxClass { get; init; }

    /// <summary>The rate, as a share of one.</summary>
    public decimal Rate { get; init; }

    /// <summary><c>taxed</c>, <c>reverse_charge</c>, <c>export</c>, <c>exempt</c> or <c>outside</c>.</summary>
    public string Treatment { get; init; } = "";

    /// <summary>The words on the invoice.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The same in Chinese.</summary>
    public string ReasonZh { get; init; } = "";

    /// <summary>The first day.</summary>
    public DateOnly Starts { get; init; }

    /// <summary>The last day; null for one that holds until another.</summary>
    public DateOnly? Ends { get; init; }

    /// <summary>True where it holds today.</summary>
    public bool Holds { get; init; }

    /// <summary>The rule for all countries that have none of their own, without a tax: as long as it holds, nothing is ever refused for want of a rule.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool CatchesAll => this is { Holds: true, SellerCountry: null, BuyerCountry: null, TaxClass: null, Treatment: "outside" };

    /// <summary>Its countries and goods in one word, a star for all.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Key => KeyOf(SellerCountry, BuyerCountry, TaxClass);

    internal static string KeyOf(string? sellerCountry, string? buyerCountry, string? taxClass) => $"{sellerCountry ?? "*"} {buyerCountry ?? "*"} {taxClass ?? "*"}";
}

/// <summary>Which rule ends, and when.</summary>
/// <param name="SellerCountry">Two letters; null for every country without rules of its own.</param>
/// <param name="BuyerCountry">Two letters; null for all other countries.</param>
/// <param name="TaxClass"><c>standard</c>, <c>reduced</c>, <c>zero</c>; null for all.</param>
/// <param name="LastDay">The last day on which it holds; today or later.</param>
public sealed record TaxRuleEndTyped(string? SellerCountry, string? BuyerCountry, string? TaxClass, DateOnly? LastDay);

/// <summary>A tax rule as it is entered.</summary>
/// <param name="SellerCountry">Two letters; null for every country without rules of its own.</param>
/// <param name="BuyerCountry">Two letters; null for all other countries.</param>
/// <param name="TaxClass"><c>standard</c>, <c>reduced</c>, <c>zero</c>; null for all.</param>
/// <param name="Percent">The rate in percent; what is taxed has one, and nothing else has.</param>
/// <param name="Treatment"><c>taxed</c>, <c>reverse_charge</c>, <c>export</c>, <c>exempt</c> or <c>outside</c>.</param>
/// <param name="Reason">The words on the invoice.</param>
/// <param name="ReasonZh">The same in Chinese.</param>
/// <param name="From">The first day; today where nothing is said.</param>
public sealed record TaxRuleTyped(string? SellerCountry, string? BuyerCountry, string? TaxClass, decimal? Percent, string? Treatment, string? Reason, string? ReasonZh, DateOnly? From);
