using Platform.Audit;
using Portal.Stock;
using Portal.Tests.Orders;
using Portal.Web.Lists;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Stock;

public sealed class KeepingStock : OnATradingChain
{
    Task<MovementOutcome> Record(string person, string kind, string? note, params (string Sku, decimal? Quantity)[] lines)
    {
        var desk = Chain.At(person);
        return desk.Record.RunAsync(new(kind, note, [.. lines.Select(line => new SkuLine(line.Sku, line.Quantity))]), default);
    }

    StockStore StoreOf(string person) => new(Chain.At(person).Db);

    async Task<OfferedStock> Offered(string buyer, string sku) => (await StoreOf(buyer).OfferedAsync([sku], default)).Single();

    [Fact]
    public async Task Supply_sales_and_losses_are_recorded_by_whoever_holds_the_goods()
    {
        Assert.Equal(new MovementOutcome.Recorded(2), await Record("huaxin-buys", "supply", null, ("S-001", 10), ("S-002", 3)));
        Assert.Equal(new MovementOutcome.Recorded(1), await Record("huaxin-sells", "sale", null, ("S-001", 4)));
        Assert.Equal(new MovementOutcome.Recorded(1), await Record("huaxin-sells", "loss", "fell off the lorry", ("S-001", 1)));

        Assert.Equal((5, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
        var moves = await StoreOf("huaxin-looks").MovesAsync(new(false, ListQuery.Read("?q=S-001", StockStore.Moves)), default);
        Assert.Equal([("loss", "out", 1L, "fell off the lorry"), ("sale", "out", 4L, null), ("supply", "in", 10L, null)], moves.Rows.Select(row => (row.Kind, row.Direction, row.Quantity, row.Note)));
    }

    [Fact]
    public async Task Every_wrong_line_of_a_movement_has_its_message()
    {
        await Chain.GivenStockAsync("huaxin", "S-001", 5);

        var outcome = Assert.IsType<MovementOutcome.Wrong>(await Record("huaxin-sells", "loss", " ", ("S-001", 6), ("NOPE", 1), ("S-002", 0), ("S-002", 1.5m), ("S-002", 1e12m)));

        Assert.Equal(
            [
                (null, "stock.problem.note_missing"), (1, "stock.problem.more_than_available"), (2, "stock.problem.unknown_sku"),
                (3, "stock.problem.quantity_not_positive"), (4, "stock.problem.quantity_not_whole"), (5, "stock.problem.quantity_too_large"),
            ],
            outcome.Problems.Select(problem => (problem.Line, problem.TextKey)));
        Assert.IsType<MovementOutcome.Forbidden>(await Record("huaxin-looks", "supply", null, ("S-001", 1)));
    }

    [Fact]
    public async Task Two_lines_that_together_take_too_much_are_refused_by_the_database()
    {
        await Chain.GivenStockAsync("huaxin", "S-001", 5);

        var outcome = Assert.IsType<MovementOutcome.Wrong>(await Record("huaxin-sells", "sale", null, ("S-001", 3), ("S-001", 3)));

        Assert.Equal("stock.problem.not_enough", outcome.Problems.Single().TextKey);
        Assert.Equal((5, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Fact]
    public async Task What_is_reserved_for_a_buyer_is_not_sold_to_somebody_else()
    {
        await Chain.AConfirmedOrderAsync(("S-001", 5));

        Assert.IsType<MovementOutcome.Wrong>(await Record("north-admin", "sale", null, ("S-001", 1)));
    }

    [Fact]
    public async Task Of_parallel_sales_of_the_last_piece_one_succeeds()
    {
        await Chain.GivenStockAsync("huaxin", "S-001", 1);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Record("huaxin-sells", "sale", null, ("S-001", 1))));

        Assert.Single(outcomes.OfType<MovementOutcome.Recorded>());
        Assert.Equal((0, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(9, "few")]
    [InlineData(10, "some")]
    [InlineData(100, "plenty")]
    public async Task A_buyer_sees_its_sellers_stock_in_bands_where_nothing_else_was_chosen(int quantity, string band)
    {
        if (quantity > 0)
        {
            await Chain.GivenStockAsync("huaxin", "S-001", quantity);
        }

        var offered = await Offered("jiangnan-all", "S-001");

        Assert.Equal(("banded", band, null), (offered.Shows, offered.Band, offered.Available));
    }

    [Fact]
    public async Task The_seller_chooses_what_its_buyers_see()
    {
        await Chain.GivenStockAsync("jiangnan", "S-001", 42);
        var desk = Chain.At("jiangnan-all");
        var show = new ShowStock(desk.Db, new AuditTrail(desk.Db, TimeProvider.System), TimeProvider.System);

        Assert.True(await show.RunAsync("exact", default));
        Assert.Equal(42, (await Offered("wuxi-all", "S-001")).Available);
        Assert.True(await show.RunAsync("hidden", default));
        var hidden = await Offered("wuxi-all", "S-001");

        Assert.Equal(("hidden", null, null), (hidden.Shows, hidden.Band, hidden.Available));
        Assert.False(await show.RunAsync("everything", default));
        var seller = Chain.At("huaxin-sells");
        Assert.False(await new ShowStock(seller.Db, new AuditTrail(seller.Db, TimeProvider.System), TimeProvider.System).RunAsync("exact", default));
    }

    [Fact]
    public async Task A_partner_lists_its_own_stock_and_the_brand_lists_everybodys()
    {
        await Chain.GivenStockAsync("huaxin", "S-001", 5);
        await Chain.GivenStockAsync("eurodist", "S-002", 7);
        var query = ListQuery.Read("", StockStore.Balances);

        Assert.Equal(["S-001"], (await StoreOf("huaxin-looks").BalancesAsync(new(false, query), default)).Rows.Select(row => row.Sku));
        // asking for everybody's shows a partner its own all the same
        Assert.Equal(["S-001"], (await StoreOf("huaxin-looks").BalancesAsync(new(true, query), default)).Rows.Select(row => row.Sku));
        Assert.Equal(["S-001", "S-002"], (await StoreOf("north-finance").BalancesAsync(new(true, query), default)).Rows.Select(row => row.Sku));
        Assert.Empty((await StoreOf("north-finance").BalancesAsync(new(false, query), default)).Rows);
        Assert.Empty((await StoreOf("jiangnan-all").MovesAsync(new(false, ListQuery.Read("", StockStore.Moves)), default)).Rows);
    }
}
