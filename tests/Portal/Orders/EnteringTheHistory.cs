using Portal.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

public sealed class EnteringTheHistory : OnATradingChain
{
    static HistoricLine Line(long row, string order, string day, string buyer, int line, string sku, decimal quantity, decimal price = 1m, decimal? amount = null, string? currency = null) =>
        new(row, order, DateOnly.Parse(day), buyer, line, sku, quantity, price, amount ?? quantity * price, currency);

    static async IAsyncEnumerable<HistoricLine> Rows(IEnumerable<HistoricLine> lines)
    {
        foreach (var line in lines)
        {
            yield return line;
        }

        await Task.CompletedTask;
    }

    Task<(List<HistoryProblem> Problems, HistoryWritten? Written)> Enter(params HistoricLine[] lines) => Enter(leaveOutWrong: false, lines);

    async Task<(List<HistoryProblem> Problems, HistoryWritten? Written)> Enter(bool leaveOutWrong, params HistoricLine[] lines)
    {
        var desk = Chain.TheProduct;
        return await desk.Db.InTransactionAsync<(List<HistoryProblem>, HistoryWritten?)>(async () =>
        {
            await desk.History.BeginAsync(default);
            await desk.History.AddAsync(Rows(lines), default);
            var problems = await desk.History.CheckAsync(100, default);
            if (leaveOutWrong)
            {
                await desk.History.LeaveOutWrongAsync(default);
            }

            return (problems, problems.Count == 0 || leaveOutWrong ? await desk.History.WriteAsync("IM-TEST", default) : null);
        }, default);
    }

    [Fact]
    public async Task Orders_of_the_past_are_closed_and_delivered_in_full()
    {
        var (problems, written) = await Enter(
            Line(1, "SO1", "2018-03-01", "huaxin", 1, "S-001", 10, 9.5m), Line(2, "SO1", "2018-03-01", "huaxin", 2, "OLD-1", 2, 0.3333m, 0.67m),
            Line(3, "SO2", "2018-04-01", "jiangnan", 1, "S-001", 4, 11m));

        Assert.Empty(problems);
        Assert.Equal((2, 3L), (written!.Orders, written.Lines));
        var orders = await Chain.At("north-finance").Orders.ListAsync(new("channel", Portal.Web.Lists.ListQuery.Read("", OrderStore.Shape("all"))), default);
        Assert.Equal(
            [("SO2", "江南办公", "华信", new DateOnly(2018, 4, 1), 44m, "closed"), ("SO1", "华信", "北光", new DateOnly(2018, 3, 1), 95.67m, "closed")],
            orders.Rows.Select(row => (row.ExternalNumber, row.BuyerName, row.SellerName, row.OrderedOn, row.TotalAmount, row.Status)));
    }

    [Fact]
    public async Task The_last_of_all_days_lies_in_the_future_like_any_other()
    {
        var (problems, _) = await Enter(Line(7, "SO1", "9999-12-31", "huaxin", 1, "S-001", 10));

        Assert.Equal([new HistoryProblem(7, "order_date", "orders.history.future", "9999-12-31")], problems.Where(problem => problem.Column == "order_date"));
    }

    [Fact]
    public async Task A_seller_had_what_it_sold_and_supply_is_entered_only_for_what_is_missing()
    {
        await Enter(
            Line(1, "SO1", "2018-03-01", "huaxin", 1, "S-001", 10),
            Line(2, "SO2", "2018-04-01", "jiangnan", 1, "S-001", 4),
            Line(3, "SO3", "2018-05-01", "jiangnan", 1, "S-001", 9));

        // Huaxin bought 10 and sold 13; the 3 it must have had from elsewhere come in when they were needed.
        Assert.Equal((0, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
        Assert.Equal((13, 0, 0), await Chain.StockOfAsync("jiangnan", "S-001"));
        Assert.Equal([("north", 10L, "2018-03-01"), ("huaxin", 3L, "2018-05-01")], await Chain.Database.ListAsync<(string, long, string)>("""
            select p.code, m.quantity, to_char(m.moved_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD')
            from stock_move m join stock_place s on s.stock_place_id = m.to_place_id join partner p on p.partner_id = s.partner_id
            where m.kind = 'supply' order by m.moved_at
            """));
    }

    [Fact]
    public async Task An_older_history_that_comes_later_still_leaves_no_place_below_nothing()
    {
        await Enter(Line(1, "SO1", "2018-03-01", "huaxin", 1, "S-001", 10), Line(2, "SO2", "2018-04-01", "jiangnan", 1, "S-001", 10));

        await Enter(Line(1, "SO0", "2018-03-15", "jiangnan", 1, "S-001", 5));

        Assert.Equal((15, 0, 0), await Chain.StockOfAsync("jiangnan", "S-001"));
    }

    [Fact]
    public async Task What_is_promised_today_is_not_sold_by_the_past()
    {
        await Chain.AConfirmedOrderAsync(("S-001", 5));

        await Enter(Line(1, "SO1", "2018-03-01", "eurodist", 1, "S-001", 10));

        Assert.Equal((5, 5, 0), await Chain.StockOfAsync("north", "S-001"));
    }

    [Fact]
    public async Task Every_wrong_row_is_named_with_its_column()
    {
        await Enter(Line(1, "KNOWN", "2018-03-01", "huaxin", 1, "S-001", 1));

        var (problems, written) = await Enter(
            Line(2, "A", "2018-03-01", "nobody", 1, "S-001", 1), Line(3, "B", "2018-03-01", "huaxin", 1, "NOPE", 1), Line(4, "C", "2018-03-01", "huaxin", 1, "S-001", 0),
            Line(5, "D", "2018-03-01", "huaxin", 1, "S-001", 1.5m), Line(6, "E", "2018-03-01", "huaxin", 1, "S-001", 2, 3m, 7m), Line(7, "F", "2999-01-01", "huaxin", 1, "S-001", 1),
            Line(8, "G", "2018-03-01", "huaxin", 1, "S-001", 1), Line(9, "G", "2018-03-01", "huaxin", 1, "S-002", 1), Line(10, "H", "2018-03-01", "huaxin", 1, "S-001", 1),
            Line(11, "H", "2018-03-02", "huaxin", 2, "S-001", 1), Line(12, "KNOWN", "2018-03-01", "huaxin", 1, "S-001", 1), Line(13, "I", "2018-03-01", "north", 1, "S-001", 1),
            Line(14, "J", "2018-03-01", "huaxin", 1, "S-001", 1, -1m), Line(15, "K", "2018-03-01", "huaxin", 1, "S-001", 1, currency: "XXX"),
            Line(16, "L", "2018-03-01", "huaxin", 1, "S-001", 1, currency: "CNY"), Line(17, "L", "2018-03-01", "huaxin", 2, "S-001", 1, currency: "USD"),
            Line(18, "M", "2018-03-01", "huaxin", 1, "S-001", 1, currency: "EUR"));

        Assert.Null(written);
        Assert.Equal(
            [
                (2, "buyer_code"), (3, "sku"), (4, "quantity"), (5, "quantity"), (6, "line_amount"), (7, "order_date"), (8, "line"), (9, "line"), (11, "order_date"),
                (12, "order_number"), (13, "buyer_code"), (14, "unit_price"), (15, "currency"), (17, "currency"), (17, "currency"), (18, "currency"),
            ],
            problems.Select(problem => ((int)problem.Row, problem.Column)));
    }

    [Fact]
    public async Task Orders_with_a_wrong_line_can_be_left_out_whole()
    {
        var (problems, written) = await Enter(leaveOutWrong: true,
            Line(1, "A", "2018-03-01", "huaxin", 1, "S-001", 1), Line(2, "A", "2018-03-01", "huaxin", 2, "NOPE", 1), Line(3, "B", "2018-03-01", "huaxin", 1, "S-001", 2));

        Assert.Single(problems);
        Assert.Equal((1, 1L), (written!.Orders, written.Lines));
        Assert.Equal((2, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
    }
}
