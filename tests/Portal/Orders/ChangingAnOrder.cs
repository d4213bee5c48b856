using Npgsql;
using Portal.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

public sealed class ChangingAnOrder : OnATradingChain
{
    static DateOnly InTwoWeeks => DateOnly.FromDateTime(DateTime.UtcNow).AddDays(14);

    [Fact]
    public async Task Nothing_changes_until_the_seller_agrees_and_then_what_was_reserved_is_free()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10), ("S-002", 4));
        var change = await AskedAsync("huaxin-buys", number, new SaidOfChange(1, 6, InTwoWeeks, null), new SaidOfChange(2, null, null, null));
        Assert.Equal((10, 10, 0), await Chain.StockOfAsync("north", "S-001"));

        Number(await Chain.At("north-admin").AnswerChange.AcceptAsync(number, change, null, default));

        var order = (await Chain.At("huaxin-buys").Orders.FindAsync(number, default))!;
        Assert.Equal([(4, 6, 4, InTwoWeeks), (4, 0, 4, null)], order.Lines.Select(line => (line.Open, line.Cancelled, line.Reserved, line.PromisedOn)));
        Assert.Equal((10, 4, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal("confirmed", order.Order.Status);
        Assert.Equal([(null, "orders.change.problem.over")], Problems(await Chain.At("north-admin").AnswerChange.AcceptAsync(number, change, null, default)));
    }

    [Fact]
    public async Task Where_all_is_called_off_the_order_is_over()
    {
        var confirmed = await Chain.AConfirmedOrderAsync(("S-001", 10));
        Number(await Chain.At("north-admin").AnswerChange.AcceptAsync(confirmed, await AskedAsync("huaxin-buys", confirmed, new SaidOfChange(1, 10, null, null)), null, default));
        var submitted = Number(await Chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 3)), submit: true, default));
        Number(await Chain.At("north-admin").AnswerChange.AcceptAsync(submitted, await AskedAsync("huaxin-buys", submitted, new SaidOfChange(1, 2, null, null)), null, default));

        Assert.Equal("cancelled", (await Chain.At("huaxin-buys").HeadAsync(confirmed)).Status);
        Assert.Equal("submitted", (await Chain.At("huaxin-buys").HeadAsync(submitted)).Status);
        Assert.Equal((10, 0, 0), await Chain.StockOfAsync("north", "S-001"));
        // What is left of an order that nobody has promised yet is all that is promised then.
        Assert.Equal([(1, "orders.problem.more_than_ordered")], Problems(await Chain.At("north-admin").Answer.ConfirmAsync(submitted, null, [new(1, 2, null, null)], default)));
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(submitted, null, default));
        Assert.Equal((10, 1, 0), await Chain.StockOfAsync("north", "S-001"));
    }

    [Fact]
    public async Task A_seller_offers_something_else_at_its_price_and_the_buyer_has_the_word()
    {
        await Chain.GivenStockAsync("north", "S-003", 50);
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        var before = await Chain.At("huaxin-buys").HeadAsync(number);
        var change = await AskedAsync("north-admin", number, new SaidOfChange(1, 4, null, "S-003"));
        Assert.IsType<OrderOutcome.Forbidden>(await Chain.At("north-admin").AnswerChange.AcceptAsync(number, change, null, default));
        Assert.IsType<OrderOutcome.Forbidden>(await Chain.At("huaxin-looks").AnswerChange.AcceptAsync(number, change, null, default));
        Assert.IsType<OrderOutcome.NotFound>(await Chain.At("eurodist-all").AnswerChange.AcceptAsync(number, change, null, default));

        Assert.IsType<OrderOutcome.NotFound>(await Chain.At("huaxin-buys").AnswerChange.AcceptAsync("PO-OTHER", change, null, default));
        // Whoever may order for less has to ask: 100.10 were ordered, 180.18 it is with what comes instead.
        await LimitAsync(150m);
        Assert.Equal([(null, "orders.change.problem.beyond_limit")], Problems(await Chain.At("huaxin-buys").AnswerChange.AcceptAsync(number, change, null, default)));
        await LimitAsync(200m);

        Number(await Chain.At("huaxin-buys").AnswerChange.AcceptAsync(number, change, null, default));

        var order = (await Chain.At("huaxin-buys").Orders.FindAsync(number, default))!;
        Assert.Equal([("S-001", 10, 4, 10.01m), ("S-003", 4, 0, 30.03m)], order.Lines.Select(line => (line.Sku, line.Quantity, line.Cancelled, line.UnitPrice)));
        Assert.Equal((before.TotalAmount + 120.12m, 2), (order.Order.TotalAmount, order.Order.LineCount));
        Assert.Equal((10, 6, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal(1, await Chain.At("north-admin").Allocate.RunAsync(null, default));
        Assert.Equal((50, 4, 0), await Chain.StockOfAsync("north", "S-003"));
    }

    [Fact]
    public async Task What_was_sent_meanwhile_is_not_called_off_any_more()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        var change = await AskedAsync("huaxin-buys", number, new SaidOfChange(1, 6, null, null));
        Document(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(1, 7)]), default));

        Assert.Equal([(1, "orders.change.problem.sent_meanwhile")], Problems(await Chain.At("north-admin").AnswerChange.AcceptAsync(number, change, null, default)));
        Document(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(1, 3)]), default));
        Assert.IsType<OrderOutcome.NotNow>(await Chain.At("north-admin").AnswerChange.AcceptAsync(number, change, null, default));
        Assert.Equal([(null, "orders.problem.reason_missing")], Problems(await Chain.At("north-admin").AnswerChange.DeclineAsync(number, change, " ", default)));
        Number(await Chain.At("north-admin").AnswerChange.DeclineAsync(number, change, "sent already", default));
    }

    [Fact]
    public async Task Whoever_asked_takes_it_back_and_one_change_is_open_at_a_time()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Chain.At("huaxin-buys").AskForChange.RunAsync(number, null, new("too many", [new(1, 1, null, null)]), default)));
        var change = Assert.Single(outcomes.OfType<OrderOutcome.Done>()).Document!;
        Assert.All(outcomes.OfType<OrderOutcome.Wrong>(), wrong => Assert.Equal("orders.change.problem.one_open", wrong.Problems.Single().TextKey));

        Assert.IsType<OrderOutcome.Forbidden>(await Chain.At("north-admin").AnswerChange.WithdrawAsync(number, change, default));
        Number(await Chain.At("huaxin-buys").AnswerChange.WithdrawAsync(number, change, default));

        Assert.Equal((10, 10, 0), await Chain.StockOfAsync("north", "S-001"));
        await AskedAsync("north-admin", number, new SaidOfChange(1, null, InTwoWeeks, null));
    }

    [Theory]
    [InlineData("huaxin-buys", 1, 11.0, 0, null, "callOff", "orders.change.problem.more_than_open")]
    [InlineData("huaxin-buys", 1, 2.5, 0, null, "callOff", "orders.change.problem.quantity")]
    [InlineData("huaxin-buys", 1, -1.0, 0, null, "callOff", "orders.change.problem.quantity")]
    [InlineData("huaxin-buys", 1, 1.0, -2, null, "day", "orders.problem.promised_day")]
    [InlineData("huaxin-buys", 1, 1.0, 0, "S-002", "sku", "orders.change.problem.substitute_by_buyer")]
    [InlineData("huaxin-buys", 7, 1.0, 0, null, "lineNumber", "orders.problem.no_such_line")]
    [InlineData("north-admin", 1, null, 0, "S-002", "callOff", "orders.change.problem.instead_of_how_many")]
    [InlineData("north-admin", 1, 2.0, 0, "NOPE", "sku", "orders.change.problem.no_such_substitute")]
    [InlineData("north-admin", 1, 2.0, 0, "NEW-1", "sku", "orders.change.problem.no_such_substitute")]
    [InlineData("north-admin", 1, 2.0, 0, "S-001", "sku", "orders.change.problem.the_same")]
    public async Task What_cannot_be_is_said_at_its_field(string subject, int line, double? callOff, int daysAhead, string? sku, string field, string problem)
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        var today = (await Chain.Database.ListAsync<DateOnly>("select portal.brand_day(now())"))[0];

        var outcome = await Chain.At(subject).AskForChange.RunAsync(number, null, new("because", [new(line, (decimal?)callOff, daysAhead == 0 ? null : today.AddDays(daysAhead), sku)]), default);

        Assert.Equal([(line, field, problem)], Assert.IsType<OrderOutcome.Wrong>(outcome).Problems.Select(said => (said.Line ?? 0, said.Field, said.TextKey)));
        Assert.Equal([(null, "orders.problem.reason_missing"), (null, "orders.change.problem.nothing")], Problems(await Chain.At(subject).AskForChange.RunAsync(number, null, new("", []), default)));
    }

    [Fact]
    public async Task The_database_lets_nobody_agree_with_themselves()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        var change = await AskedAsync("huaxin-buys", number, new SaidOfChange(1, 6, null, null));

        foreach (var statement in new[] { "select from order_accept_change(@change, null, now())", "update order_change set status = 'accepted', answered_at = now() where number = @change", "update order_change set status = 'declined', answer = 'no', answered_at = now() where number = @change" })
        {
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => Chain.At("huaxin-buys").Db.ExecuteAsync(statement, new { change }, default))).SqlState);
        }
    }

    Task LimitAsync(decimal perOrder) => Chain.Database.ExecuteAsync("""
        insert into portal.purchase_limit (person_id, partner_id, per_order, changed_at) select person_id, partner_id, @perOrder, now() from portal.person where subject = 'huaxin-buys'
        on conflict (person_id) do update set per_order = excluded.per_order
        """, new { perOrder });

    async Task<string> AskedAsync(string subject, string number, params SaidOfChange[] said) => Document(await Chain.At(subject).AskForChange.RunAsync(number, null, new("plans have changed", said), default));
}
