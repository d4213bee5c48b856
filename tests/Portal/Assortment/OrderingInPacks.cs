using Npgsql;
using Platform.Database;
using Portal.Assortment;
using Portal.Orders;
using Portal.Tests.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Assortment;

public sealed class OrderingInPacks(TradingChain chain) : IClassFixture<TradingChain>
{
    [Theory]
    [InlineData(1, 1, 0, "1")]
    [InlineData(1, 1, 1.5, "1,2")]
    [InlineData(1, 12, 30, "24,36")]
    [InlineData(1, 12, 5, "12")]
    [InlineData(20, 12, 5, "24")]
    [InlineData(20, 12, 25, "24,36")]
    [InlineData(20, 12, -3, "24")]
    [InlineData(1, 12, 1_000_000_000_000d, "")]
    [InlineData(1, 700_000, 999_999, "700000")]
    public void The_nearest_quantities_that_are_sold(int min, int multiple, double asked, string near) =>
        Assert.Equal(near, string.Join(',', new TermsOfSale { MinQuantity = min, OrderMultiple = multiple }.Near((decimal)asked)));

    [Fact]
    public async Task Quantities_that_are_not_sold_are_told_the_next_ones()
    {
        await SoldAsync("S-020", min: 20, multiple: 12);

        var found = await chain.At("huaxin-buys").Pricing.CheckAsync(Order(("S-020", 5), ("S-020", 30), ("S-020", 36), ("S-020", 0), ("S-020", 24.5m), ("S-020", 1_000_000_000_000m), ("OLD-1", 1)), default);

        Assert.Equal(
            [
                (1, "orders.problem.below_minimum", "24|24"), (2, "orders.problem.not_a_multiple", "12|24|36"), (4, "stock.problem.quantity_not_positive", "1000000"),
                (5, "stock.problem.quantity_not_whole", "1000000"), (6, "stock.problem.quantity_too_large", "1000000"), (7, "orders.problem.discontinued", "OLD-1"),
            ],
            found.Problems.Select(problem => (problem.Line!.Value, problem.TextKey, string.Join('|', problem.Arguments))));
        Assert.Equal(["24", "24 36", "", "24", "24 36", "", "drop"], found.Lines.Select(line => string.Join(' ', line.Remedies.Select(remedy => remedy is LineRemedy.Order order ? $"{order.Quantity}" : "drop"))));
    }

    [Fact]
    public async Task All_lines_are_mended_at_once()
    {
        await SoldAsync("S-021", min: 1, multiple: 10);
        await chain.Database.ExecuteAsync("update product set successor_id = (select product_id from product where sku = 'S-022') where sku = 'OLD-1'", new { });
        var form = new OrderForm { Lines = "S-021 7\nOLD-1 2\nS-023 1 2030-01-02\nNOPE 1", Mend = "all" };

        form.MendLines(await chain.At("huaxin-buys").Pricing.CheckAsync(form.Request, default));

        Assert.Equal("S-021 10\nS-022 2\nS-023 1 2030-01-02\nNOPE 1", form.Lines);
        form.Mend = "4.1";
        form.MendLines(await chain.At("huaxin-buys").Pricing.CheckAsync(form.Request, default));
        Assert.Equal("S-021 10\nS-022 2\nS-023 1 2030-01-02", form.Lines);
        await chain.Database.ExecuteAsync("update product set successor_id = null where sku = 'OLD-1'", new { });
    }

    [Fact]
    public async Task A_seller_says_otherwise_than_the_product_and_takes_it_back()
    {
        await SoldAsync("S-024", min: 6, multiple: 6);
        var seller = chain.At("jiangnan-all");

        Assert.IsType<AssortmentOutcome.Done>(await seller.Terms.KeepAsync("S-024", new() { MinQuantity = 1, OrderMultiple = 1, LeadDays = 2 }, default));
        Assert.IsType<OrderOutcome.Done>(await chain.At("wuxi-all").Place.CreateAsync(Order(("S-024", 1)), submit: true, default));
        Assert.Equal([(1, "orders.problem.below_minimum")], Problems(await seller.Place.CreateAsync(Order(("S-024", 1)), submit: true, default)).Select(problem => (problem.Line!.Value, problem.Key)));
        Assert.IsType<AssortmentOutcome.Forbidden>(await chain.At("huaxin-sells").Terms.KeepAsync("S-024", new(), default));
        Assert.IsType<AssortmentOutcome.Refused>(await seller.Terms.KeepAsync("S-024", new() { MinQuantity = 0 }, default));
        Assert.IsType<AssortmentOutcome.Done>(await seller.Terms.KeepAsync("S-024", null, default));
        Assert.IsType<OrderOutcome.Wrong>(await chain.At("wuxi-all").Place.CreateAsync(Order(("S-024", 1)), submit: true, default));
    }

    [Fact]
    public async Task What_is_ordered_upwards_is_rounded_up_to_what_the_upstream_sells()
    {
        await SoldAsync("S-025", min: 1, multiple: 10);
        await chain.Database.ExecuteAsync("insert into seller_terms (seller_id, product_id, min_quantity, order_multiple, changed_at) select b.partner_id, p.product_id, 1, 1, now() from partner b, product p where b.code = 'jiangnan' and p.sku = 'S-025'", new { });
        var number = Number(await chain.At("wuxi-all").Place.CreateAsync(Order(("S-025", 13)), submit: true, default));
        Number(await chain.At("jiangnan-all").Answer.ConfirmAsync(number, null, [new(1, 13, null, null)], default));

        var upwards = Number(await chain.At("jiangnan-all").Upwards.RunAsync(number, submit: true, null, default));

        Assert.Equal([("S-025", 20)], (await chain.At("jiangnan-all").Orders.FindAsync(upwards, default))!.Lines.Select(line => (line.Sku, line.Quantity)));
    }

    [Fact]
    public async Task The_database_refuses_a_submitted_line_that_is_no_multiple()
    {
        var draft = Number(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-026", 7)), submit: false, default));
        await SoldAsync("S-026", min: 1, multiple: 5);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => chain.At("huaxin-buys").Db.ExecuteAsync("update purchase_order set status = 'pending_approval' where number = @draft", new { draft }, default));

        Assert.True(refused.Violates("an_order_keeps_the_terms_of_sale"));
        Assert.Contains("S-026", refused.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_both_sides_agree_to_later_is_free()
    {
        await SoldAsync("S-027", min: 1, multiple: 5);
        var number = Number(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-028", 1)), submit: true, default));

        await chain.At("huaxin-buys").Db.ExecuteAsync("""
            insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, unit_price, amount)
            select o.purchase_order_id, o.buyer_id, o.seller_id, 2, p.product_id, 3, 1, 3 from purchase_order o, product p where o.number = @number and p.sku = 'S-027'
            """, new { number }, default);

        Assert.Equal(2, (await chain.At("huaxin-buys").Orders.FindAsync(number, default))!.Lines.Count);
    }

    Task SoldAsync(string sku, int min, int multiple) => chain.Database.ExecuteAsync("update product set min_quantity = @min, order_multiple = @multiple where sku = @sku", new { sku, min, multiple });
}
