using Portal.Orders;
using Portal.Receivables;
using Portal.Stock;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

/// <summary>An order of ten: four are shipped and three of them received well on the second, one is called off on the fourth.</summary>
public sealed class CountingAPastDay : OnATradingChain
{
    [Fact]
    public async Task Orders_stock_and_money_are_what_they_were_at_the_end_of_each_day()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        var shipment = Document(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(1, 4)]), default));
        Document(await Chain.At("huaxin-buys").Receive.RunAsync(shipment, null, new(null, [new(1, 3, 0, 1, 0, 0, null)]), default));
        var change = Document(await Chain.At("huaxin-buys").AskForChange.RunAsync(number, null, new("too many", [new(1, 1, null, null)]), default));
        Number(await Chain.At("north-admin").AnswerChange.AcceptAsync(number, change, null, default));
        // The clock of the tests stands today; the papers are laid back to where the story has them.
        await Chain.Database.ExecuteAsync("""
            set session_replication_role = replica;
            update portal.purchase_order set submitted_at = '2026-03-01 02:00Z';
            update portal.purchase_order_step set happened_at = '2026-03-01 02:00Z';
            update portal.shipment set shipped_at = '2026-03-02 02:00Z';
            update portal.goods_receipt set received_at = '2026-03-02 03:00Z';
            update portal.order_change set answered_at = '2026-03-04 02:00Z';
            update portal.stock_move set moved_at = case kind when 'supply' then '2026-03-01 01:00Z'::timestamptz when 'shipment' then '2026-03-02 02:00Z' else '2026-03-02 03:00Z' end;
            update portal.ledger_journal set happened_on = '2026-03-02';
            update portal.open_item set happened_on = '2026-03-02';
            set session_replication_role = origin
            """);
        await Kpis.Facts.RecomputeAsync(Chain.Database);
        var db = Chain.TheProduct.Db;
        async Task<string> OrdersOnAsync(int day) => (await new OrdersOnDay(db).RunAsync(new(2026, 3, day), default)).Looked[12..];
        async Task<string> StockOnAsync(int day) => (await new StockOnDay(db).RunAsync(new(2026, 3, day), default)).Looked[12..];

        Assert.Equal("1 lines, 10 ordered = 0 shipped + 10 open + 0 cancelled, shipped = 0 received + 0 in transit + 0 lost", await OrdersOnAsync(1));
        Assert.Equal("1 lines, 10 ordered = 4 shipped + 6 open + 0 cancelled, shipped = 3 received + 0 in transit + 1 lost", await OrdersOnAsync(3));
        Assert.Equal("1 lines, 10 ordered = 4 shipped + 5 open + 1 cancelled, shipped = 3 received + 0 in transit + 1 lost", await OrdersOnAsync(4));
        Assert.Equal("10 on hand (0 of it reserved) + 0 in transit = 10 supplied - 0 sold - 0 lost", await StockOnAsync(1));
        Assert.Equal("9 on hand (0 of it reserved) + 0 in transit = 10 supplied - 0 sold - 1 lost", await StockOnAsync(2));
        Assert.Equal("2026-03-01: 0 accounts, owed nothing", (await new ReceivablesOnDay(db).RunAsync(new(2026, 3, 1), default)).Looked);
        Assert.Matches("1 accounts, owed [0-9.]+ CNY", (await new ReceivablesOnDay(db).RunAsync(new(2026, 3, 2), default)).Looked);
    }

    [Fact]
    public async Task A_paper_that_stands_in_the_ledger_at_another_moment_is_found_and_pieces_that_nobody_called_off_are_too()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        Document(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(1, 4)]), default));
        await Chain.Database.ExecuteAsync("set session_replication_role = replica; update portal.shipment set shipped_at = shipped_at - interval '2 days'; update portal.purchase_order_line set cancelled = 6, reserved = 0; set session_replication_role = origin");
        var db = Chain.TheProduct.Db;

        Assert.Contains((await new OrdersCheck(db).RunAsync(default)).Findings, finding => finding.StartsWith("SH-", StringComparison.Ordinal) && finding.Contains("the stock ledger says 4 at", StringComparison.Ordinal));
        Assert.Contains((await new OrdersOnDay(db).RunAsync(DateOnly.FromDateTime(DateTime.UtcNow).AddDays(1), default)).Findings, finding => finding.Contains("nobody said why 6 pieces were cancelled", StringComparison.Ordinal));

        await Chain.Database.ExecuteAsync("set session_replication_role = replica; update portal.shipment set shipped_at = shipped_at + interval '2 days'; update portal.purchase_order_line set cancelled = 0, reserved = 6; set session_replication_role = origin");
    }
}
