using System.Text.Json;
using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Rows;
using Platform.Web;
using Portal.Web;

namespace Portal.Pricing;

/// <summary>Adds a volume break or a promotion of the own company. Its terms stay as they are; it ends, and another takes its place.</summary>
public sealed class AddPriceRule(Db db, PriceRuleStore rules, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>Adds it.</summary>
    public async Task<PricingOutcome> RunAsync(PriceRuleFacts entered, CancellationToken ct)
    {
        var facts = entered.Tidied();
        facts = facts with { WholeChannel = facts.WholeChannel && me.IsBrand };
        if (facts.Flaws().ToList() is { Count: > 0 } flaws)
        {
            return new PricingOutcome.Refused(flaws);
        }

        try
        {
            return await db.InTransactionAsync<PricingOutcome>(async () =>
            {
                if (await rules.UnknownAsync(facts.Skus, ct) is { Count: > 0 } unknown)
                {
                    return new PricingOutcome.Refused(new FieldProblem(nameof(facts.Skus), "pricing.refused.unknown_skus", string.Join(", ", unknown.Take(10))));
                }

                if (await rules.NotFoundAsync(facts, ct) is { Count: > 0 } missing)
                {
                    return new PricingOutcome.Refused([.. missing.Select(field => new FieldProblem(field, field switch
                    {
                        nameof(facts.Gift) => "pricing.refused.gift_unknown",
                        nameof(facts.Territory) => "pricing.refused.territory_unknown",
                        _ => "pricing.refused.partner_unknown",
                    }))]);
                }

                if (await rules.InsertAsync(facts, ct) is not { } priceRuleId)
                {
                    return new PricingOutcome.Refused(new FieldProblem(nameof(facts.Line), "pricing.refused.line_unknown"));
                }

                await rules.NameProductsAsync(priceRuleId, facts.Skus, facts.Quantities, ct);
                await audit.RecordAsync("price_rule.added", "price_rule", facts.Code!, null, facts, ct);
                return new PricingOutcome.Done();
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates("a_price_rule_code_is_the_sellers_own"))
        {
            return new PricingOutcome.Refused(new FieldProblem(nameof(facts.Code), "pricing.refused.code_taken"));
        }
    }
}

/// <summary>Gives a rule its last day.</summary>
public sealed class EndPriceRule(Db db, PriceRuleStore rules, AuditTrail audit)
{
    /// <summary>Ends it, not before yesterday: what held in the past is not rewritten.</summary>
    public Task<PricingOutcome> RunAsync(PriceRule rule, int version, DateOnly? lastDay, DateOnly today, CancellationToken ct) => db.InTransactionAsync<PricingOutcome>(async () =>
    {
        if (lastDay is null || lastDay < today.AddDays(-1))
        {
            return new PricingOutcome.Refused(new FieldProblem("LastDay", "pricing.refused.last_day_past"));
        }

        if (await rules.EndAsync(rule.PriceRuleId, version, lastDay.Value, ct) is null)
        {
            return new PricingOutcome.Stale();
        }

        await audit.RecordAsync("price_rule.ended", "price_rule", rule.Code, null, new { lastDay }, ct);
        return new PricingOutcome.Done();
    }, ct);
}

/// <summary>One volume break or promotion of a file or of another system.</summary>
/// <param name="Row">Its number as the giver counts, for refusals.</param>
/// <param name="Facts">What is said about it; kind and audience may be written as files do.</param>
public sealed record PromotionRow(long Row, PriceRuleFacts Facts);

/// <summary>
/// Takes many promotions at once, by their codes. One that is there with the same terms stays; one with other terms is refused, because a
/// price that was given must remain explainable.
/// </summary>
public sealed class AddPromotions(Db db, PriceRuleStore rules, AuditTrail audit)
{
    /// <summary>Adds them in one transaction (the caller's, where one is open); answers the rows that were refused.</summary>
    public Task<IReadOnlyList<RowRefusal>> AddPromotionsAsync(IReadOnlyCollection<PromotionRow> rows, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var refusals = new List<RowRefusal>();
        var there = await ThereAsync(rows, ct);
        var unknown = (await rules.UnknownAsync([.. rows.SelectMany(row => row.Facts.Skus).Select(sku => sku.Trim()).Distinct(StringComparer.Ordinal)], ct)).ToHashSet(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            await AddAsync(row, there, unknown, refusals, ct);
        }

        return (IReadOnlyList<RowRefusal>)refusals;
    }, ct);

    async Task AddAsync(PromotionRow row, Dictionary<string, Terms> there, HashSet<string> unknown, List<RowRefusal> refusals, CancellationToken ct)
    {
        var facts = row.Facts.Tidied();
        facts = facts with { Kind = KindFrom(facts.Kind), Audience = AudienceFrom(facts.Audience) };
        var flaws = facts.Flaws().Select(flaw => new RowRefusal(row.Row, JsonNamingPolicy.SnakeCaseLower.ConvertName(flaw.Field), flaw.TextKey, flaw.Arguments)).ToList();
        if (facts.Skus.Where(unknown.Contains).ToList() is { Count: > 0 } missing)
        {
            flaws.Add(new(row.Row, "skus", "pricing.refused.unknown_skus", string.Join(", ", missing.Take(10))));
        }

        if (flaws.Count > 0)
        {
            refusals.AddRange(flaws);
            return;
        }

        var terms = Terms.Of(facts);
        if (there.TryGetValue(facts.Code!, out var known))
        {
            if (!known.SameAs(terms))
            {
                refusals.Add(new(row.Row, "code", "pricing.refused.other_terms", facts.Code!));
            }

            return;
        }

        if (await rules.InsertAsync(facts, ct) is not { } priceRuleId)
        {
            refusals.Add(new(row.Row, "line", "pricing.refused.line_unknown"));
            return;
        }

        await rules.NameProductsAsync(priceRuleId, facts.Skus, [], ct);
        await audit.RecordAsync("price_rule.added", "price_rule", facts.Code!, null, new { facts.Name, facts.Kind, facts.Rate, facts.From, facts.Until, import = true }, ct);
        there.Add(facts.Code!, terms);
    }

    async Task<Dictionary<string, Terms>> ThereAsync(IReadOnlyCollection<PromotionRow> rows, CancellationToken ct) =>
        (await db.ListAsync<Terms>("""
            select r.code, r.kind, r.effect = 'percent' and r.counts = 'line' and r.combines = 'best' and r.buyer_id is null and r.territory_id is null
                       and num_nulls(r.coupon, r.exclusion_group, r.partner_level, r.partner_type, r.budget, r.most_orders, r.most_per_buyer) = 7 as is_plain, r.discount_rate as rate, r.min_quantity, r.max_quantity, r.audience, lower(r.valid) as "from", upper(r.valid) - 1 as until, l.code as line,
                   array(select p.sku from price_rule_product x join product p on p.product_id = x.product_id where x.price_rule_id = r.price_rule_id) as skus
            from price_rule r
            left join product_line l on l.product_line_id = r.product_line_id
            where r.code = any (@codes) and r.seller_id = coalesce(app_partner_id(), (select partner_id from partner where partner_type = 'brand'))
            """, new { codes = rows.Select(row => row.Facts.Tidied().Code).OfType<string>().ToArray() }, ct))
        .ToDictionary(terms => terms.Code, StringComparer.Ordinal);

    static string KindFrom(string? text) => (text ?? "").Trim().ToLowerInvariant() switch
    {
        "volume" or "volume discount" or "批量折扣" or "数量折扣" => "volume",
        _ => "promotion",
    };

    static string AudienceFrom(string? text) => (text ?? "").Trim().ToLowerInvariant() switch
    {
        "" or "partners" or "partner" or "reseller" or "伙伴" => "partners",
        "end_customers" or "customer" or "end customer" or "终端客户" => "end_customers",
        "everyone" or "no discount" or "所有" or "全部" => "everyone",
        var other => other,
    };

    sealed record Terms
    {
        public string Code { get; init; } = "";
        public string Kind { get; init; } = "";

        // a share off each line and nothing else, which is all a file can say
        public bool IsPlain { get; init; } = true;
        public decimal Rate { get; init; }
        public decimal MinQuantity { get; init; }
        public decimal? MaxQuantity { get; init; }
        public string Audience { get; init; } = "";
        public DateOnly? From { get; init; }
        public DateOnly? Until { get; init; }
        public string? Line { get; init; }
        public string[] Skus { get; init; } = [];

        public static Terms Of(PriceRuleFacts facts) => new()
        {
            Code = facts.Code!, Kind = facts.Kind!, Rate = facts.Rate!.Value, MinQuantity = facts.MinQuantity, MaxQuantity = facts.MaxQuantity, Audience = facts.Audience!, From = facts.From, Until = facts.Until,
            Line = facts.Line, Skus = [.. facts.Skus],
        };

        public bool SameAs(Terms other) => (this with { Skus = [] }) == (other with { Skus = [] }) && Skus.ToHashSet(StringComparer.Ordinal).SetEquals(other.Skus);
    }
}
