using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Platform.Outbox;
using Portal.Orders;
using Portal.Receivables;
using Portal.Returns;
using Portal.Stock;
using Portal.Tests.Receivables;
using Support;

namespace Portal.Tests.Returns;

/// <summary>Goods that go back, and slow ones that are rotated. When all is done the books must add up.</summary>
public sealed class ReturningGoods(ReturningGoods.Rules books) : IClassFixture<ReturningGoods.Rules>
{
    /// <summary>The brand takes goods back within 30 days, and a quarter of what was bought in the last three months is rotated, against an order.</summary>
    public sealed class Rules : KeepingBooks
    {
        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            Assert.IsType<ReturnOutcome.Done>(await AsAsync<ReturnPolicies, ReturnOutcome>(Admin, policies => policies.KeepAsync(new() { AnswerDays = 5, AcceptsReturns = true, ReturnDays = 30, RotationPercent = 25, RotationMonths = 3, RotationDays = 90, RotationNeedsOrder = true }, default)));
        }
    }

    // Laid back, and to where it was: in the end papers and stock ledger are checked against each other.
    Task ReceivedAsync(string shipment, int daysAgo) => books.Database.ExecuteAsync("""
        update portal.goods_receipt r set received_at = @now - @daysAgo * interval '1 day'
        from portal.shipment s where s.shipment_id = r.shipment_id and s.number = @shipment
        """, new { shipment, daysAgo, now = books.Clock.Now.UtcDateTime });

    /// <summary>Ten pieces of A-10 at 100.10 that arrived.</summary>
    async Task<(string Order, string Shipment)> GotAsync(TestPerson buyer)
    {
        var order = await books.SubmittedAsync(buyer, ("A-10", 10));
        return (order, await ArrivedAsync(buyer, order));
    }

    async Task<string> ArrivedAsync(TestPerson buyer, string order)
    {
        Assert.IsType<OrderOutcome.Done>(await books.ConfirmAsync(order));
        var shipment = Assert.IsType<OrderOutcome.Done>(await books.ShipAsync(order, (1, 10))).Document!;
        Assert.IsType<OrderOutcome.Done>(await books.AsAsync<ReceiveShipment, OrderOutcome>(buyer, receive => receive.RunAsync(shipment, null, new(null, [new ArrivedLine(1, 10, 0, 0, 0, 0, null)]), default)));
        return shipment;
    }

    Task<ReturnOutcome> AskAsync(TestPerson buyer, string shipment, decimal? quantity, string cause = "faulty", string? reason = "hinges break") =>
        books.AsAsync<RequestReturn, ReturnOutcome>(buyer, request => request.RunAsync(new("return", cause, reason, false, null, [new(shipment, 1, quantity)]), default));

    Task<ReturnOutcome> RotateAsync(TestPerson buyer, string shipment, decimal? quantity, string? against, bool unopened = true) =>
        books.AsAsync<RequestReturn, ReturnOutcome>(buyer, request => request.RunAsync(new("rotation", "slow", "does not sell", unopened, against, [new(shipment, 1, quantity)]), default));

    Task<ReturnOutcome> DoAsync(TestPerson person, Func<HandleReturn, Task<ReturnOutcome>> act) => books.AsAsync(person, act);

    async Task<ReturnPage> PageAsync(TestPerson person, string number) => (await books.AsAsync<ReturnStore, ReturnPage?>(person, store => store.FindAsync(number, default)))!;

    async Task<(long OnHand, long InTransit)> StockAsync(TestPerson person) => (await books.Database.ListAsync<(long, long)>("""
        select b.on_hand, b.in_transit from portal.stock_balance b join portal.stock_place p using (stock_place_id) join portal.product x using (product_id) where p.partner_id = @id and p.kind = 'own' and x.sku = 'A-10'
        """, new { id = person.Partner.PartnerId })).Single();

    static string Number(ReturnOutcome outcome) => Assert.IsType<ReturnOutcome.Done>(outcome).Number;

    static IEnumerable<string> Keys(ReturnOutcome outcome) => Assert.IsType<ReturnOutcome.Wrong>(outcome).Problems.Select(problem => problem.TextKey);

    [Fact]
    public async Task Goods_go_back_by_line_and_sound_ones_are_in_stock_again_and_credited_as_they_were_paid()
    {
        var buyer = await books.Given.ADistributor("Returns some");
        var (order, shipment) = await GotAsync(buyer);
        var before = await StockAsync(books.Admin);
        var number = Number(await AskAsync(buyer, shipment, 6));

        Assert.Equal(["returns.problem.approved_quantity"], Keys(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [new(1, 7, null)], default))));
        Assert.Equal(["returns.problem.refused_without_reason"], Keys(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [new(1, 5, " ")], default))));
        Assert.Equal(["returns.problem.nothing_approved"], Keys(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [new(1, 0, "none")], default))));
        Number(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [new(1, 5, "one was opened")], default)));
        Assert.Equal(["returns.problem.sent_quantity"], Keys(await DoAsync(buyer, act => act.SendAsync(number, null, new("顺丰", "SF-9", [new(1, 6)]), default))));
        Number(await DoAsync(buyer, act => act.SendAsync(number, null, new("顺丰", "SF-9", []), default)));
        Assert.Equal((5L, 0L), await StockAsync(buyer));
        Assert.Equal((before.OnHand, before.InTransit + 5), await StockAsync(books.Admin));
        Assert.Equal(["returns.problem.inspected"], Keys(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [new(1, 4, 2, null)], default))));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [new(1, 3, 1, null)], default)));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [new(1, 5, 0, null)], default))); // a second click

        Assert.Equal((before.OnHand + 3, before.InTransit), await StockAsync(books.Admin));
        var page = await PageAsync(buyer, number);
        Assert.Equal(("settled", "SF-9", 4), (page.Head.Status, page.Head.TrackingNumber, page.Lines[0].Credited));
        // faulty goods: the damaged one is credited too, the missing one is not
        var invoice = await books.InvoiceAsync((await books.InvoicesAsync(order)).Single().Number);
        Assert.Equal((4, 452.45m), (invoice.Lines[0].Credited, invoice.CreditNotes.Single().GrossAmount));
        Assert.Equal(page.Head.CreditNotes, invoice.CreditNotes.Single().Number);
        Assert.Equal(["request", "approve", "send", "inspect"], page.Steps.Select(step => step.Act));
        // five of ten went back: five are left
        Assert.Equal(["returns.problem.return_quantity"], Keys(await AskAsync(buyer, shipment, 6)));
    }

    [Fact]
    public async Task Only_serial_numbers_that_were_delivered_on_the_line_go_back_and_the_seller_names_the_sound_ones()
    {
        await books.Database.ExecuteAsync("update portal.product set tracking = 'serial', tracked_since = @now where sku = 'A-39'", new { now = books.Clock.Now.UtcDateTime });
        var buyer = await books.Given.ADistributor("Returns numbers");
        Assert.IsType<MovementOutcome.Recorded>(await books.AsAsync<RecordMovement, MovementOutcome>(books.Admin, record => record.RunAsync(new("supply", null, null, Lots: [.. new[] { "N-1", "N-2", "N-3", "N-4" }.Select(code => new SkuLot("A-39", code))]), default)));
        Assert.IsType<MovementOutcome.Recorded>(await books.AsAsync<RecordMovement, MovementOutcome>(buyer, record => record.RunAsync(new("supply", null, null, Lots: [new("A-39", "N-9")]), default)));
        var order = await books.SubmittedAsync(buyer, ("A-39", 3));
        Assert.IsType<OrderOutcome.Done>(await books.ConfirmAsync(order));
        var shipment = Assert.IsType<OrderOutcome.Done>(await books.ShipAsync(order, (1, 3))).Document!;
        Assert.IsType<OrderOutcome.Done>(await books.AsAsync<ReceiveShipment, OrderOutcome>(buyer, receive => receive.RunAsync(shipment, null, new(null, [new ArrivedLine(1, 3, 0, 0, 0, 0, null)]), default)));
        var number = Number(await AskAsync(buyer, shipment, 2));
        Number(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [], default)));

        ReturnDispatch Back(params string[] codes) => new(null, null, [new(1, codes.Length) { Lots = [.. codes.Select(code => new LotPieces(code))] }]);
        Assert.Equal(["stock.lots.not_delivered"], Keys(await DoAsync(buyer, act => act.SendAsync(number, null, Back("N-1", "N-9"), default))));
        Assert.Equal(["stock.lots.not_there"], Keys(await DoAsync(buyer, act => act.SendAsync(number, null, Back("N-1", "N-4"), default))));
        Number(await DoAsync(buyer, act => act.SendAsync(number, null, Back("N-3", "N-1"), default)));
        Assert.Equal(["stock.lots.say_which"], Keys(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [new(1, 1, 1, null)], default))));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [new LineInspection(1, 1, 1, null) { Lots = [new("N-1")] }], default)));

        Assert.Equal([("N-1", 1), ("N-3", 0)], (await PageAsync(buyer, number)).Lots.SelectMany(lot => lot).Select(lot => (lot.Code, lot.Sound ?? -1)));
        Assert.Equal(["N-1 brand", "N-2 distributor", "N-4 brand", "N-9 distributor"], await books.Database.ListAsync<string>("""
            select format('%s %s', l.code, h.partner_type)
            from portal.stock_lot_balance b join portal.stock_lot l using (stock_lot_id) join portal.stock_place p using (stock_place_id) join portal.partner h using (partner_id)
            where b.on_hand > 0 and l.code like 'N-%' order by l.code
            """));
    }

    [Fact]
    public async Task Goods_leave_from_where_they_came_in_or_from_the_place_that_is_chosen()
    {
        var buyer = await books.Given.APerson((await books.Given.ADistributor("Returns from a shop")).Partner, "partner_admin");
        Assert.IsType<StockOutcome.Done>(await books.AsAsync<StockPlaces, StockOutcome>(buyer, places => places.AddAsync(new("SHOP", "Shop", "store"), default)));
        Assert.IsType<ShipToOutcome.Done>(await books.AsAsync<ShipToAddresses, ShipToOutcome>(buyer, book => book.KeepAsync(null, null, new() { Name = "Main", CountryCode = "CN", City = "无锡", Address = "1" }, default)));
        var address = Assert.IsType<ShipToOutcome.Done>(await books.AsAsync<ShipToAddresses, ShipToOutcome>(buyer, book => book.KeepAsync(null, null, new() { Name = "Shop", CountryCode = "CN", City = "无锡", Address = "1", Place = "SHOP" }, default))).Number;
        var (_, toMain) = await GotAsync(buyer, null);
        var (_, toShop) = await GotAsync(buyer, address);
        Assert.Equal((10L, 10L), (await InPlaceAsync(buyer, "MAIN"), await InPlaceAsync(buyer, "SHOP")));

        var both = Number(await books.AsAsync<RequestReturn, ReturnOutcome>(buyer, request => request.RunAsync(new("return", "faulty", "hinges break", false, null, [new(toMain, 1, 2), new(toShop, 1, 3)]), default)));
        Number(await DoAsync(books.Admin, act => act.ApproveAsync(both, null, [], default)));
        Assert.Equal(["orders.problem.no_such_place"], Keys(await DoAsync(buyer, act => act.SendAsync(both, null, new(null, null, [], "NOPE"), default))));
        Number(await DoAsync(buyer, act => act.SendAsync(both, null, new(null, null, []), default)));
        Assert.Equal((8L, 7L), (await InPlaceAsync(buyer, "MAIN"), await InPlaceAsync(buyer, "SHOP")));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(both, null, [], default)));

        // All of it stands in the shop by now: not enough in the other place, and nothing is set aside in either.
        Assert.IsType<StockOutcome.Done>(await books.AsAsync<TransferGoods, StockOutcome>(buyer, transfers => transfers.SendAsync(new("MAIN", "SHOP", AtOnce: true, null, [new("A-10", 8)]), default)));
        var second = Number(await books.AsAsync<RequestReturn, ReturnOutcome>(buyer, request => request.RunAsync(new("return", "faulty", "hinges break", false, null, [new(toMain, 1, 2), new(toShop, 1, 3)]), default)));
        Number(await DoAsync(books.Admin, act => act.ApproveAsync(second, null, [], default)));
        Assert.Equal(["returns.problem.not_in_stock"], Keys(await DoAsync(buyer, act => act.SendAsync(second, null, new(null, null, []), default))));
        Assert.Equal(0L, (await books.Database.ListAsync<long>("select sum(b.reserved)::bigint from portal.stock_balance b join portal.stock_place p using (stock_place_id) where p.partner_id = @id", new { id = buyer.Partner.PartnerId })).Single());
        var visitor = books.SignIn(buyer);
        Assert.Contains("On its way back", (await visitor.PressAsync(await visitor.GetAsync($"/returns/{second}"), "form[action$=dispatch] button", ("FromPlace", "SHOP"))).Text(".facts"));
        Assert.Equal((0L, 10L), (await InPlaceAsync(buyer, "MAIN"), await InPlaceAsync(buyer, "SHOP")));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(second, null, [], default)));
    }

    async Task<(string Order, string Shipment)> GotAsync(TestPerson buyer, string? address)
    {
        var order = Assert.IsType<OrderOutcome.Done>(await books.AsAsync<PlaceOrder, OrderOutcome>(buyer, place => place.CreateAsync(new(null, null, null, null, [new("A-10", 10)]) { ShipTo = address }, submit: true, default))).Number;
        return (order, await ArrivedAsync(buyer, order));
    }

    async Task<long> InPlaceAsync(TestPerson person, string code) => (await books.Database.ListAsync<long>("""
        select coalesce(sum(b.on_hand), 0)::bigint from portal.stock_balance b join portal.stock_place p using (stock_place_id) join portal.product x using (product_id) where p.partner_id = @id and p.code = @code and x.sku = 'A-10'
        """, new { id = person.Partner.PartnerId, code })).Single();

    [Fact]
    public async Task No_piece_goes_back_twice_whoever_asks_at_the_same_moment()
    {
        var buyer = await books.Given.ADistributor("Returns at once");
        var (_, shipment) = await GotAsync(buyer);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AskAsync(buyer, shipment, 6)));

        Assert.Single(outcomes.OfType<ReturnOutcome.Done>());
        var number = outcomes.OfType<ReturnOutcome.Done>().Single().Number;
        Number(await DoAsync(buyer, act => act.EndAsync(number, null, ReturnLifecycle.Withdraw, "sold them", default)));
        var second = Number(await AskAsync(buyer, shipment, 10));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => books.AsAsync<Db, int>(buyer, db => db.ExecuteAsync("""
            with another as (
                insert into return_order (number, buyer_id, seller_id, kind, cause, reason, currency, amount, answer_by, requested_at)
                select 'RT-X', buyer_id, seller_id, kind, cause, reason, currency, amount, answer_by, requested_at from return_order where number = @second
                returning return_order_id, buyer_id, seller_id)
            insert into return_order_line (return_order_id, buyer_id, seller_id, line_number, shipment_line_id, product_id, unit_price, quantity, held)
            select a.return_order_id, a.buyer_id, a.seller_id, 1, l.shipment_line_id, l.product_id, 1, 1, 1
            from another a cross join return_order_line l join return_order r on r.return_order_id = l.return_order_id
            where r.number = @second
            """, new { second }, default)));
        Assert.Equal("no_piece_is_returned_twice", refused.ConstraintName);
        // who answered and who sends are two
        var cheat = await Assert.ThrowsAsync<PostgresException>(() => books.AsAsync<Db, int>(buyer, db => db.ExecuteAsync("update return_order set status = 'approved' where number = @second", new { second }, default)));
        Assert.Equal("a_return_moves_by_its_sides", cheat.ConstraintName);
        Assert.IsType<ReturnOutcome.Done>(await DoAsync(books.Admin, act => act.EndAsync(second, null, ReturnLifecycle.Refuse, "all of them?", default)));
        Number(await AskAsync(buyer, shipment, 1));
    }

    [Fact]
    public async Task What_does_not_keep_the_rules_is_named_with_its_remedy()
    {
        var buyer = await books.Given.ADistributor("Late");
        var viewer = await books.Given.APerson(buyer.Partner, "viewer");
        var stranger = await books.Given.ADistributor("Others goods");
        var (_, shipment) = await GotAsync(buyer);

        Assert.IsType<ReturnOutcome.Forbidden>(await AskAsync(viewer, shipment, 1));
        Assert.Equal(["returns.problem.no_such_goods"], Keys(await AskAsync(stranger, shipment, 1)));
        Assert.Equal(["returns.problem.cause", "returns.problem.reason_missing", "returns.problem.return_quantity"], Keys(await AskAsync(buyer, shipment, 1.5m, "slow", null)));
        Assert.Equal(["returns.problem.nothing_to_return"], Keys(await AskAsync(buyer, shipment, 0)));
        await ReceivedAsync(shipment, daysAgo: 40);
        Assert.Equal(["returns.problem.too_late"], Keys(await AskAsync(buyer, shipment, 1)));
        await ReceivedAsync(shipment, daysAgo: 0);

        // sold on: what is not there cannot be sent
        var (_, other) = await GotAsync(buyer);
        var number = Number(await AskAsync(buyer, other, 10));
        Assert.IsType<ReturnOutcome.Forbidden>(await DoAsync(buyer, act => act.ApproveAsync(number, null, [], default)));
        Assert.IsType<ReturnOutcome.Forbidden>(await DoAsync(books.Finance, act => act.ApproveAsync(number, null, [], default)));
        Assert.IsType<ReturnOutcome.NotFound>(await DoAsync(stranger, act => act.ApproveAsync(number, null, [], default)));
        Number(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [], default)));
        Assert.IsType<ReturnOutcome.NotNow>(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [], default)));
        Assert.IsType<ReturnOutcome.Stale>(await DoAsync(buyer, act => act.SendAsync(number, 1, new(null, null, []), default)));
        await books.AsAsync<Portal.Stock.RecordMovement, Portal.Stock.MovementOutcome>(buyer, record => record.RunAsync(new("sale", null, [new("A-10", 15)]), default));
        Assert.Equal(["returns.problem.not_in_stock"], Keys(await DoAsync(buyer, act => act.SendAsync(number, null, new(null, null, []), default))));
        Number(await DoAsync(buyer, act => act.SendAsync(number, null, new(null, null, [new(1, 5)]), default)));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [], default)));
    }

    [Fact]
    public async Task Slow_goods_are_rotated_within_a_share_of_the_purchases_against_an_order()
    {
        var buyer = await books.Given.ADistributor("Rotates");
        var (_, shipment) = await GotAsync(buyer); // 1,001.00 bought, so 250.25 may be rotated: two pieces
        Assert.Equal(["returns.problem.opened"], Keys(await RotateAsync(buyer, shipment, 2, null, unopened: false)));
        Assert.Equal(["returns.problem.order_needed"], Keys(await RotateAsync(buyer, shipment, 2, null)));
        Assert.Equal(["returns.problem.rotation_limit"], Keys(await RotateAsync(buyer, shipment, 3, null)));
        Assert.Equal(["returns.problem.no_such_order"], Keys(await RotateAsync(buyer, shipment, 2, "PO-NONE")));
        var (small, large) = (await books.SubmittedAsync(buyer, ("A-01", 1)), await books.SubmittedAsync(buyer, ("A-20", 1)));
        Assert.Equal(["returns.problem.order_too_small"], Keys(await RotateAsync(buyer, shipment, 1, small)));

        var number = Number(await RotateAsync(buyer, shipment, 1, large));

        Assert.Equal(["returns.problem.order_used"], Keys(await RotateAsync(buyer, shipment, 1, large)));
        Number(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [], default)));
        Number(await DoAsync(buyer, act => act.SendAsync(number, null, new(null, null, []), default)));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [new(1, 0, 1, null)], default)));
        var page = await PageAsync(buyer, number);
        Assert.Equal(("settled", 0, (string?)null), (page.Head.Status, page.Lines[0].Credited, page.Head.CreditNotes)); // opened after all: written off, not credited
    }

    [Fact]
    public async Task What_was_rotated_counts_once_against_the_limit()
    {
        var buyer = await books.Given.ADistributor("Rotates twice");
        var (_, shipment) = await GotAsync(buyer); // 250.25 may be rotated: two pieces at 100.10
        var number = Number(await RotateAsync(buyer, shipment, 1, (await books.SubmittedAsync(buyer, ("A-20", 1)))));
        Number(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [], default)));
        Number(await DoAsync(buyer, act => act.SendAsync(number, null, new(null, null, []), default)));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [], default)));
        Assert.NotNull((await PageAsync(buyer, number)).Head.CreditNotes);

        // 150.15 are left. Were the credit note counted as bought less too, it would be 125.13; another credit lowers what was bought.
        var (_, more) = await GotAsync(buyer); // and 250.25 more
        var against = await books.SubmittedAsync(buyer, ("A-20", 10));
        Assert.Equal(["returns.problem.rotation_limit"], Keys(await RotateAsync(buyer, more, 5, against)));
        Number(await RotateAsync(buyer, more, 4, against)); // 400.40 of 400.40
    }

    [Fact]
    public async Task Whoever_a_return_waits_for_too_long_is_reminded_once_at_each_step()
    {
        var buyer = await books.Given.ADistributor("Is reminded");
        var (_, shipment) = await GotAsync(buyer);
        var number = Number(await AskAsync(buyer, shipment, 2));

        Assert.Empty(await RemindedAsync(number));
        await LateAsync(number);
        Assert.Equal([("remind_requested", true)], await RemindedAsync(number));
        Assert.Equal([("remind_requested", true)], await RemindedAsync(number)); // once
        Number(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [], default)));
        await LateAsync(number);
        Assert.Equal([("remind_requested", true), ("remind_approved", false)], await RemindedAsync(number));
        Number(await DoAsync(buyer, act => act.SendAsync(number, null, new(null, null, []), default)));
        await LateAsync(number);
        Assert.Equal([("remind_requested", true), ("remind_approved", false), ("remind_sent", true)], await RemindedAsync(number));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [], default)));
        Assert.Equal(3, (await RemindedAsync(number)).Count);
        while (await books.Services.GetRequiredService<OutboxDelivery>().DeliverDueAsync(default) > 0)
        {
        }

        Assert.Contains(number, (await books.SignIn(buyer).GetAsync("/notifications")).Words);
    }

    Task LateAsync(string number) => books.Database.ExecuteAsync("update portal.return_order set answer_by = @day where number = @number", new { number, day = books.Clock.Today.AddDays(-1) });

    // What the outbox has been told of it.
    async Task<List<(string Act, bool TellsSeller)>> RemindedAsync(string number)
    {
        await books.InScopeAsync(Caller.System("test"), async services =>
        {
            await ActivatorUtilities.CreateInstance<RemindOfCases>(services).RunAsync(default);
            return 0;
        });
        return await books.Database.ListAsync<(string, bool)>("""
            select payload ->> 'act', (payload ->> 'tellsSeller')::boolean from portal.outbox_message where kind = 'return.step' and payload ->> 'number' = @number and payload ->> 'act' like 'remind%' order by outbox_message_id
            """, new { number });
    }

    [Fact]
    public async Task What_cannot_be_credited_is_not_taken_in_either()
    {
        var buyer = await books.Given.ADistributor("Credited already");
        var (order, shipment) = await GotAsync(buyer);
        var number = Number(await AskAsync(buyer, shipment, 2));
        Number(await DoAsync(books.Admin, act => act.ApproveAsync(number, null, [], default)));
        Number(await DoAsync(buyer, act => act.SendAsync(number, null, new(null, null, []), default)));
        Assert.IsType<BooksOutcome.Done>(await books.CreditAsync((await books.InvoicesAsync(order)).Single().Number, new("lines", [new(1, 9)], null, "by hand")));

        Assert.Equal(["returns.problem.nothing_to_credit"], Keys(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [], default))));
        Assert.Equal(("sent", (int?)null), ((await PageAsync(buyer, number)).Head.Status, (await PageAsync(buyer, number)).Lines[0].Sound));
        Number(await DoAsync(books.Admin, act => act.InspectAsync(number, null, [new(1, 2, 0, 1)], default)));
    }

    [Fact]
    public async Task A_return_goes_its_way_on_the_pages_of_both_sides()
    {
        var buyer = await books.Given.ADistributor("Returns on pages");
        var (order, _) = await GotAsync(buyer);
        var (clerk, seller) = (books.SignIn(buyer), books.SignIn(books.Admin));
        var form = await clerk.GetAsync((await clerk.GetAsync($"/orders/{order}")).Document.QuerySelector("a[href^='/returns/new']")!.GetAttribute("href")!);
        Assert.Contains("within 30 days", form.Words);

        var wrong = await clerk.SubmitAsync(form, ("Lines[0].Quantity", "11"), ("Reason", "too wide"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal("A-10: write a whole number up to 10, as many as can go back.", wrong.Text(".flash-problem"));
        var asked = await clerk.SubmitAsync(wrong, ("Lines[0].Quantity", "2"), ("Cause", "not_needed"));
        var number = asked.Path.Split('/')[^1];
        Assert.Contains("Requested", asked.Text(".facts"));
        Assert.Contains(number, (await seller.GetAsync("/returns?status=waiting")).Words);
        Assert.Contains("Returns to answer", (await seller.GetAsync("/")).Words);
        Assert.Contains("Approved", (await seller.PressAsync(await seller.GetAsync($"/returns/{number}"), "form[action$=approval] button")).Text(".facts"));
        Assert.Contains("On its way back", (await clerk.PressAsync(await clerk.GetAsync($"/returns/{number}"), "form[action$=dispatch] button", ("Carrier", "DHL"))).Text(".facts"));
        var settled = await seller.PressAsync(await seller.GetAsync($"/returns/{number}"), "form[action$=inspection] button");
        Assert.Contains("CN-", settled.Text(".facts"));
        clerk.Language = "zh-CN";
        Assert.Contains("已完成", (await clerk.GetAsync($"/orders/{order}")).Words);
        Assert.Equal(HttpStatusCode.NotFound, (await books.SignIn(await books.Given.ADistributor("Not these returns")).GetAsync($"/returns/{number}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await books.SignIn(await books.Given.APerson(buyer.Partner, "sales")).GetAsync("/returns/policy")).Status);
        var rules = await clerk.SubmitAsync("/returns/policy", ("AnswerDays", "0"), ("RotationPercent", "120"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, rules.Status);
        Assert.Contains("已保存", (await clerk.SubmitAsync(rules, ("AnswerDays", "7"), ("RotationPercent", "12.5"))).Words);
    }

    [Fact]
    public async Task A_program_returns_goods_with_the_version_it_read()
    {
        var buyer = await books.Given.ADistributor("Returns by program");
        var (order, shipment) = await GotAsync(buyer);
        var (buys, sells) = (books.Api(await books.Given.AnApiClient(buyer.Partner, "purchasing")), books.Api(await books.Given.AnApiClient(books.Admin.Partner, "brand_admin")));
        var left = (await buys.GetAsync($"/api/v1/returns/returnable?order={order}")).Json.GetProperty("items")[0];
        Assert.Equal((shipment, 10), (left.GetProperty("shipment").GetString(), left.GetProperty("quantity").GetInt32()));

        var refused = await buys.PostAsync("/api/v1/returns", new { kind = "return", cause = "faulty", reason = "x", lines = new object[] { new { shipment, lineNumber = 1, quantity = 3 }, new { shipment, lineNumber = 2, quantity = 1 } } });
        Assert.Equal((HttpStatusCode.BadRequest, "lines[1].quantity"), (refused.Status, refused.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        var asked = await buys.PostAsync("/api/v1/returns", new { kind = "return", cause = "wrong", reason = "black, not white", lines = new[] { new { shipment, lineNumber = 1, quantity = 3 } } });
        Assert.Equal(HttpStatusCode.Created, asked.Status);
        var address = $"/api/v1/returns/{asked.Json.GetProperty("number").GetString()}";
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await sells.PostAsync(address + "/approval", null)).Status);
        Assert.Equal("approved", (await sells.SendAsync(HttpMethod.Post, address + "/approval", null, ("If-Match", "\"1\""))).Json.GetProperty("status").GetString());
        Assert.Equal("fromPlace", (await buys.SendAsync(HttpMethod.Post, address + "/dispatch", new { fromPlace = "NOPE" }, ("If-Match", "\"2\""))).Json.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal("sent", (await buys.SendAsync(HttpMethod.Post, address + "/dispatch", new { carrier = "DHL", fromPlace = "main" }, ("If-Match", "\"2\""))).Json.GetProperty("status").GetString());
        var settled = await sells.SendAsync(HttpMethod.Post, address + "/inspection", new { lines = new[] { new { lineNumber = 1, sound = 2, credited = 2 } } }, ("If-Match", "\"3\""));
        Assert.Equal(("settled", 2, 0), (settled.Json.GetProperty("status").GetString(), settled.Json.GetProperty("lines")[0].GetProperty("credited").GetInt32(), settled.Json.GetProperty("lines")[0].GetProperty("damaged").GetInt32()));
        Assert.Equal("settled", (await buys.GetAsync("/api/v1/returns?status=settled")).Json.GetProperty("items")[0].GetProperty("status").GetString());
        Assert.Equal((25m, HttpStatusCode.PreconditionFailed), ((await sells.GetAsync("/api/v1/return-policy")).Json.GetProperty("rotationPercent").GetDecimal(),
            (await sells.SendAsync(HttpMethod.Put, "/api/v1/return-policy", new { answerDays = 3, acceptsReturns = true, returnDays = 14, rotationPercent = 10, rotationMonths = 6, rotationDays = 60, rotationNeedsOrder = false }, ("If-Match", "\"0\""))).Status));
    }
}
