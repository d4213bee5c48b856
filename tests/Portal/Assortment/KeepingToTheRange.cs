using Npgsql;
using Platform.Database;
using Portal.Assortment;
using Portal.Orders;
using Portal.Tests.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Assortment;

public sealed class KeepingToTheRange(TradingChain chain) : IClassFixture<TradingChain>
{
    [Fact]
    public async Task Where_no_rule_speaks_everything_is_sold_and_an_excluded_product_is_refused_with_a_remedy()
    {
        await RuleAsync("north-admin", new() { Effect = "exclude", Skus = ["S-001"], PartnerType = "distributor" });

        var outcome = await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1), ("S-002", 1)), submit: true, default);
        var below = await chain.At("jiangnan-all").Place.CreateAsync(Order(("S-001", 1)), submit: true, default);

        var problem = Assert.Single(Assert.IsType<OrderOutcome.Wrong>(outcome).Problems);
        Assert.Equal((1, "sku", "orders.problem.not_in_range"), (problem.Line, problem.Field, problem.TextKey));
        Assert.Equal(["S-001", "北光"], problem.Arguments);
        // the brand's own range says nothing of what its distributors sell on
        Assert.IsType<OrderOutcome.Done>(below);
    }

    [Fact]
    public async Task The_closest_rule_wins_by_whom_then_by_what_and_a_tie_excludes()
    {
        await RuleAsync("north-admin", new() { Effect = "exclude", Skus = ["S-003", "S-004", "S-005", "S-006"] });
        await RuleAsync("north-admin", new() { Effect = "allow", Line = "DESK", PartnerType = "distributor" });
        await RuleAsync("north-admin", new() { Effect = "exclude", Skus = ["S-004"], PartnerType = "distributor" });
        await RuleAsync("north-admin", new() { Effect = "allow", Skus = ["S-004"], Buyer = "huaxin" });
        await RuleAsync("north-admin", new() { Effect = "allow", Skus = ["S-006"], PartnerType = "distributor" });
        await RuleAsync("north-admin", new() { Effect = "exclude", Skus = ["S-006"], PartnerLevel = "registered" });

        Assert.Equal([true, true, true, false], await SoldAsync("huaxin-buys", "S-003", "S-004", "S-005", "S-006"));
        Assert.Equal([true, false, true, false], await SoldAsync("eurodist-all", "S-003", "S-004", "S-005", "S-006"));
    }

    [Fact]
    public async Task A_rule_of_the_brand_for_the_channel_holds_below_and_is_not_loosened_there()
    {
        await RuleAsync("north-admin", new() { Effect = "exclude", Skus = ["S-007"], PartnerType = "store", WholeChannel = true });
        await RuleAsync("jiangnan-all", new() { Effect = "allow", Skus = ["S-007"], Buyer = "wuxi" });
        await RuleAsync("jiangnan-all", new() { Effect = "exclude", Skus = ["S-008"], WholeChannel = true });

        Assert.Equal([false, false, true], await SoldAsync("wuxi-all", "S-007", "S-008", "S-009"));
        Assert.Equal([true, true], await SoldAsync("jiangnan-all", "S-007", "S-008"));
        Assert.Equal([true, true], await SoldAsync("huaxin-buys", "S-007", "S-008"));
    }

    [Fact]
    public async Task A_rule_holds_from_its_first_to_its_last_day()
    {
        var today = await chain.At("north-admin").Db.OneAsync<DateOnly>("select brand_day(now())", null, default);
        await RuleAsync("north-admin", new() { Effect = "exclude", Skus = ["S-010"], PartnerType = "distributor", From = today.AddDays(1) });
        var held = await RuleAsync("north-admin", new() { Effect = "exclude", Skus = ["S-011"], PartnerType = "distributor" });
        var desk = chain.At("north-admin");
        var end = new EndRange(desk.Db, desk.Ranges, new(desk.Db, TimeProvider.System));

        Assert.Equal([true, false], await SoldAsync("huaxin-buys", "S-010", "S-011"));
        Assert.IsType<AssortmentOutcome.Stale>(await end.RunAsync(held, 7, null, default));
        Assert.IsType<AssortmentOutcome.Done>(await end.RunAsync(held, 1, null, default));
        Assert.Equal([true, true], await SoldAsync("huaxin-buys", "S-010", "S-011"));
        Assert.Equal("past", (await desk.Ranges.FindAsync(held, default))!.State);
        Assert.IsType<AssortmentOutcome.NotThere>(await new EndRange(chain.At("huaxin-buys").Db, chain.At("huaxin-buys").Ranges, new(desk.Db, TimeProvider.System)).RunAsync(held, 2, null, default));
    }

    [Fact]
    public async Task Rules_are_the_sellers_affair()
    {
        var number = await RuleAsync("north-admin", new() { Effect = "exclude", Skus = ["S-012"], Buyer = "eurodist" });

        Assert.Null(await chain.At("huaxin-sells").Ranges.FindAsync(number, default));
        Assert.IsType<AssortmentOutcome.Forbidden>(await chain.At("huaxin-sells").AddRange.RunAsync(new() { Effect = "exclude" }, default));
        Assert.Empty(await chain.At("huaxin-buys").Db.ListAsync<bool>("""
            select v.sellable from sellable_verdicts(array(select partner_id from partner), (select upstream_id from partner where code = 'huaxin'), current_date, null) v
            """, null, default));
        var wrong = Assert.IsType<AssortmentOutcome.Refused>(await chain.At("north-admin").AddRange.RunAsync(
            new() { Effect = "sometimes", Skus = ["S-001", "NOPE"], Line = "DESK", Buyer = "nobody", PartnerLevel = "gold", From = new(2020, 1, 1), Until = new(2019, 1, 1) }, default));
        Assert.Equal(["Effect", "Skus", "Buyer", "From", "Until", "Buyer", "Skus"], wrong.Problems.Select(problem => problem.Field));
    }

    [Fact]
    public async Task The_preview_says_what_a_partner_may_buy_and_who_may_buy_a_product()
    {
        var rule = await RuleAsync("huaxin-admin", new() { Effect = "exclude", Skus = ["S-013", "S-014"], Buyer = "jiangnan" });
        var preview = new RangePreview(chain.At("huaxin-admin").Db, TimeProvider.System);

        var range = (await preview.OfBuyerAsync("jiangnan", null, default))!;
        var buyers = (await preview.OfProductAsync("S-013", null, default))!;

        Assert.Equal([("DESK", 41L, 39L)], range.Lines.Select(line => (line.Code, line.Products, line.Sellable)));
        Assert.Equal([rule], range.Lines[0].ExcludedBy);
        Assert.Equal([("江南办公", false, rule)], buyers.Buyers.Select(buyer => (buyer.Name, buyer.MayBuy, buyer.Rule)));
        // neither somebody else's buyer nor one's own seller
        Assert.Null(await preview.OfBuyerAsync("eurodist", null, default));
        Assert.Null(await preview.OfBuyerAsync("north", null, default));
    }

    [Fact]
    public async Task The_database_refuses_what_goes_to_a_seller_against_its_range_and_lets_drafts_and_history_be()
    {
        var draft = Number(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-015", 1)), submit: false, default));
        await RuleAsync("north-admin", new() { Effect = "exclude", Skus = ["S-015"], PartnerType = "distributor" });
        var desk = chain.At("huaxin-buys");

        var bypassed = await Assert.ThrowsAsync<PostgresException>(() => desk.Db.ExecuteAsync("update purchase_order set status = 'submitted', submitted_at = now() where number = @draft", new { draft }, default));
        var submitted = await desk.Place.SubmitAsync(draft, null, default);

        Assert.True(bypassed.Violates("an_order_keeps_the_terms_of_sale"));
        Assert.Equal([(1, "orders.problem.not_in_range")], Problems(submitted).Select(problem => (problem.Line!.Value, problem.Key)));
        Assert.Equal("draft", (await desk.HeadAsync(draft)).Status);
    }

    async Task<string> RuleAsync(string person, RangeFacts facts)
    {
        var desk = person is "huaxin-admin" ? await HuaxinsAdminAsync() : chain.At(person);
        return Assert.IsType<AssortmentOutcome.Done>(await desk.AddRange.RunAsync(facts, default)).Number;
    }

    async Task<Desk> HuaxinsAdminAsync()
    {
        await chain.Database.ExecuteAsync("""
            insert into person (number, partner_id, issuer, subject, name, created_at)
            select 'U-HUAXIN-ADMIN', partner_id, @Issuer, 'huaxin-admin', 'Ada', now() from partner where code = 'huaxin';
            insert into person_role (person_id, role) select person_id, 'partner_admin' from person where subject = 'huaxin-admin'
            """, new { Issuer });
        return chain.At("huaxin-admin");
    }

    async Task<List<bool>> SoldAsync(string person, params string[] skus)
    {
        var terms = await chain.At(person).Terms.ForAsync(null, skus, default);
        return [.. skus.Select(sku => terms[sku].IsSellable)];
    }
}
