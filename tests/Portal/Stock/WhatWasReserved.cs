using Npgsql;
using Portal.Orders;
using Portal.Stock;
using Portal.Tests.Orders;
using Portal.Web.Lists;
using Support;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Stock;

/// <summary>The clock of the tests begins on 2 March at 17:00 in the brand's zone.</summary>
public sealed class WhatWasReserved : OnATradingChain
{
    readonly TestClock clock = new();

    Desk Seller => Chain.At("north-admin", clock);

    async Task SupplyAsync(string sku, int quantity, string partner = "north")
    {
        var desk = new Desk(Chain.TheProduct.Db, clock);
        var place = await desk.Db.OneAsync<long>("select stock_place_of(partner_id) from partner where code = @partner", new { partner }, default);
        await desk.Db.InTransactionAsync(async () => await desk.Ledger.RecordAsync("supply", place, await LinesAsync(desk, sku, quantity), clock.Now, "opening stock", default), default);
    }

    async Task<(Desk Desk, long Place)> AtWorkAsync(string subject = "north-admin")
    {
        var desk = Chain.At(subject, clock);
        return (desk, await desk.Db.OneAsync<long>("select stock_place_of(app_partner_id())", null, default));
    }

    static async Task<StockLines> LinesAsync(Desk desk, string sku, int quantity) =>
        new([await desk.Db.OneAsync<long>("select product_id from product where sku = @sku", new { sku }, default)], [quantity]);

    // What the company had at the end of a day of March: place, on hand, reserved, available.
    async Task<List<(string Place, long OnHand, long? Reserved, long? Available)>> OnAsync(int day, string subject = "north-admin") =>
        [.. (await new OutlookStore(Chain.At(subject).Db, clock).AsOfAfterAsync(new(2026, 3, day), null, null, 50, default)).Select(row => (row.Place, row.OnHand, row.Reserved, row.Available))];

    Task<List<(long Change, long Reserved, bool IsBehind)>> LogAsync() =>
        Chain.Database.ListAsync<(long, long, bool)>("select change, reserved, is_behind from stock_reserved order by stock_reserved_id");

    void Tomorrow() => clock.Advance(TimeSpan.FromDays(1));

    [Fact]
    public async Task Every_act_tells_what_it_promised_or_gave_back_from_its_own_day_on()
    {
        Done(await Seller.Places.AddAsync(new("EAST", "East", "warehouse", true, false), default));
        await SupplyAsync("S-001", 20);
        Tomorrow(); // 3: promised
        var order = Number(await Chain.At("huaxin-buys", clock).Place.CreateAsync(Order(("S-001", 10)), submit: true, default));
        Number(await Seller.Answer.ConfirmAsync(order, null, default));
        Tomorrow(); // 4: shipped
        Document(await Seller.Ship.RunAsync(order, null, new(null, null, [new(1, 2)]), default));
        Tomorrow(); // 5: called off, by both
        var change = Document(await Chain.At("huaxin-buys", clock).AskForChange.RunAsync(order, null, new("too many", [new(1, 1, null, null)]), default));
        Number(await Seller.AnswerChange.AcceptAsync(order, change, null, default));
        Tomorrow(); // 6: what is free goes to another place
        Done(await Seller.Transfers.SendAsync(new(null, "EAST", AtOnce: true, null, [new("S-001", 9)]), default));
        Tomorrow(); // 7: less is there than is promised
        var count = Done(await Seller.Counts.BeginAsync(new("MAIN", ["S-001"]), default));
        Done((await Seller.Counts.EnterAsync(count, [new("S-001", 4, "missing")], null, afresh: true, default)).Outcome);
        Done(await Seller.Counts.HandInAsync(count, null, default));
        Done((await Seller.Counts.PostAsync(count, null, default)).Outcome);
        Tomorrow(); // 8: the rest is cancelled
        Number(await Seller.Cancel.RunAsync(order, null, "production stopped", default));

        Assert.Empty(await OnAsync(1));
        Assert.Equal([("MAIN", 20, 0, 20)], await OnAsync(2));
        Assert.Equal([("MAIN", 20, 10, 10)], await OnAsync(3));
        Assert.Equal([("MAIN", 18, 8, 10)], await OnAsync(4));
        Assert.Equal([("MAIN", 18, 7, 11)], await OnAsync(5));
        Assert.Equal([("EAST", 9, 0, 9), ("MAIN", 9, 7, 2)], await OnAsync(6));
        Assert.Equal([("EAST", 9, 0, 9), ("MAIN", 4, 4, 0)], await OnAsync(7));
        Assert.Equal([("EAST", 9, 0, 9), ("MAIN", 4, 0, 4)], await OnAsync(8));
        Assert.Equal([(10, 10, false), (-2, 8, false), (-1, 7, false), (-3, 4, false), (-4, 0, false)], await LogAsync());
        Assert.Equal("2026-03-07: 13 on hand (4 of it reserved) + 2 in transit = 20 supplied - 0 sold - 5 lost", (await new StockOnDay(Chain.TheProduct.Db).RunAsync(new(2026, 3, 7), default)).Looked);
        Assert.Equal("MAIN", (await new OutlookStore(Chain.At("north-admin").Db, clock).AsOfAsync(new(2026, 3, 7), ListQuery.Read("sort=-reserved", OutlookStore.AsOfShape), default)).Rows[0].Place);
    }

    [Fact]
    public async Task What_changes_twice_in_one_transaction_is_told_as_it_was_left_and_what_is_undone_is_not_told()
    {
        await SupplyAsync("S-001", 10);
        Tomorrow();
        var (desk, place) = await AtWorkAsync();
        var (five, two) = (await LinesAsync(desk, "S-001", 5), await LinesAsync(desk, "S-001", 2));

        await desk.Db.InTransactionAsync(async () =>
        {
            Assert.Empty(await desk.Ledger.ReserveAsync(place, five, default));
            Assert.Equal(2, (await desk.Ledger.ReserveUpToAsync(place, two, default)).Single().Value);
            await desk.Ledger.ReleaseAsync(place, five, default, tells: false);
            await Assert.ThrowsAsync<InvalidOperationException>(() => desk.Db.InTransactionAsync(async () =>
            {
                await desk.Ledger.ReleaseAsync(place, two, default, tells: false);
                throw new InvalidOperationException("undone");
            }, default));
        }, default);
        Assert.Equal(("MAIN", 10, 2, 8), (await OnAsync(3)).Single());
        Assert.Single(await desk.Ledger.ReserveAsync(place, await LinesAsync(desk, "S-001", 9), default));

        Assert.Equal([(5, 5, false), (2, 7, false), (-5, 2, false)], await LogAsync());
        Assert.Equal(("MAIN", 10, 0, 10), (await OnAsync(2)).Single());
        await desk.Ledger.ReleaseAsync(place, two, default, tells: false);
    }

    [Theory]
    [InlineData(-10, false)]
    [InlineData(-50 * 60, true)]
    public async Task A_clock_that_jumps_back_does_not_make_the_log_contradict_the_balance(int minutes, bool isBehind)
    {
        await SupplyAsync("S-001", 10);
        Tomorrow();
        Tomorrow();
        Tomorrow();
        var (desk, place) = await AtWorkAsync();
        Assert.Empty(await desk.Ledger.ReserveAsync(place, await LinesAsync(desk, "S-001", 6), default));
        clock.Advance(TimeSpan.FromMinutes(minutes));
        await desk.Ledger.ReleaseAsync(place, await LinesAsync(desk, "S-001", 4), default, tells: false);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(await desk.Ledger.ReserveAsync(place, await LinesAsync(desk, "S-001", 1), default));

        Assert.Equal([(6, 6, false), (-4, 2, isBehind), (1, 3, isBehind)], await LogAsync());
        Assert.Equal(("MAIN", 10, 3, 7), (await OnAsync(5)).Single());
        Assert.Equal(("MAIN", 10, 3, 7), (await OnAsync(31)).Single());
        Assert.Equal(("MAIN", 10, 0, 10), (await OnAsync(3)).Single()); // not less than nothing, where more was given back than promised
        Assert.Equal(("MAIN", 10, 0, 10), (await OnAsync(2)).Single());
        Assert.Empty((await new StockCheck(Chain.TheProduct.Db).RunAsync(default)).Findings);

        // the clock goes right again
        clock.Now = new(2026, 3, 9, 9, 0, 0, TimeSpan.Zero);
        await desk.Ledger.ReleaseAsync(place, await LinesAsync(desk, "S-001", 3), default, tells: false);
        Assert.Equal((3, 0), ((await OnAsync(8)).Single().Reserved, (await OnAsync(9)).Single().Reserved));
    }

    [Fact]
    public async Task What_is_promised_for_a_past_day_counts_from_that_day_on_beside_what_was_promised_later()
    {
        await SupplyAsync("S-001", 20);
        clock.Now = new(2026, 3, 6, 9, 0, 0, TimeSpan.Zero);
        var (desk, place) = await AtWorkAsync();
        Assert.Empty(await desk.Ledger.ReserveAsync(place, await LinesAsync(desk, "S-001", 4), default));
        foreach (var (day, change) in new[] { (3, 5), (4, -3), (3, 1), (5, -2) })
        {
            clock.Now = new(2026, 3, day, 9, 0, 0, TimeSpan.Zero);
            var lines = await LinesAsync(desk, "S-001", Math.Abs(change));
            await (change > 0 ? desk.Ledger.ReserveAsync(place, lines, default) : desk.Ledger.ReleaseAsync(place, lines, default, tells: false));
        }

        Assert.Equal("0 6 3 1 5 5", await ReservedAsync());
        clock.Now = new(2026, 3, 7, 9, 0, 0, TimeSpan.Zero);
        await desk.Ledger.ReleaseAsync(place, await LinesAsync(desk, "S-001", 5), default, tells: false);
        Assert.Equal("0 6 3 1 5 0", await ReservedAsync());
        async Task<string> ReservedAsync() => string.Join(' ', await Task.WhenAll(Enumerable.Range(2, 6).Select(async day => (await OnAsync(day)).Single().Reserved)));
        Assert.Contains("20 on hand (1 of it reserved)", (await new StockOnDay(Chain.TheProduct.Db).RunAsync(new(2026, 3, 5), default)).Looked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goods_do_not_leave_before_they_were_given_back()
    {
        await SupplyAsync("S-001", 5);
        Tomorrow();
        var (desk, place) = await AtWorkAsync();
        Assert.Empty(await desk.Ledger.ReserveAsync(place, await LinesAsync(desk, "S-001", 5), default));
        await desk.Ledger.ReleaseAsync(place, await LinesAsync(desk, "S-001", 5), default, tells: false);
        clock.Advance(TimeSpan.FromMinutes(-30)); // another portal, half an hour behind, sells what the first has set free
        await desk.Ledger.RecordAsync("sale", place, await LinesAsync(desk, "S-001", 5), clock.Now, null, default);

        Assert.Equal([true], await Chain.Database.ListAsync<bool>("select m.moved_at >= max(r.at) from stock_move m join stock_reserved r using (product_id) where m.kind = 'sale' group by m.stock_move_id"));
    }

    [Fact]
    public async Task Of_days_before_the_log_began_it_is_not_known_what_was_reserved()
    {
        await SupplyAsync("S-001", 5);
        await Chain.Database.ExecuteAsync("create or replace function portal.stock_reserved_known_since() returns timestamptz language sql stable as $$ select timestamptz '2026-03-04 03:00Z' $$");

        Assert.Equal(("MAIN", 5, null, null), (await OnAsync(2)).Single());
        Assert.Equal(("MAIN", 5, null, null), (await OnAsync(3)).Single());
        Assert.Equal(("MAIN", 5, 0, 5), (await OnAsync(4)).Single());
        Assert.Equal(new DateOnly(2026, 3, 4), await new OutlookStore(Seller.Db, clock).ReservedKnownFromAsync(default));
        Assert.Contains("5 on hand (reserved is not known)", (await new StockOnDay(Chain.TheProduct.Db).RunAsync(new(2026, 3, 3), default)).Looked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_sees_the_balance_sees_what_was_reserved_of_it_and_nobody_alters_it()
    {
        await SupplyAsync("S-001", 5, "huaxin");
        var (desk, place) = await AtWorkAsync("huaxin-sells");
        Assert.Empty(await desk.Ledger.ReserveAsync(place, await LinesAsync(desk, "S-001", 5), default));
        foreach (var (subject, rows) in new[] { ("huaxin-looks", 1), ("north-admin", 1), ("eurodist-all", 0), ("jiangnan-all", 0), ("wuxi-all", 0) })
        {
            Assert.Equal((subject, rows), (subject, await Chain.At(subject).Db.OneAsync<int>("select count(*)::integer from stock_reserved", null, default)));
        }

        Assert.Equal(("MAIN", 5, 5, 0), (await OnAsync(2, "huaxin-looks")).Single());
        Assert.Empty(await OnAsync(2, "eurodist-all"));
        foreach (var statement in new[] { "update stock_reserved set reserved = 0", "delete from stock_reserved", "insert into stock_reserved (stock_place_id, product_id, at, change, reserved, on_hand, is_behind) select stock_place_id, product_id, now(), -5, 0, 5, false from stock_reserved" })
        {
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => desk.Db.ExecuteAsync(statement, null, default))).SqlState);
        }

        await using var owner = await Chain.Database.OpenAsync("owner");
        await using var command = new NpgsqlCommand("delete from portal.stock_reserved", owner);
        Assert.Contains("append-only", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).MessageText, StringComparison.Ordinal);
        await desk.Ledger.ReleaseAsync(place, await LinesAsync(desk, "S-001", 5), default, tells: false);
    }

    [Theory]
    [InlineData("update portal.stock_reserved set reserved = 1 where change = 2", "1 reserved at", "and 4 before that changed by 2")]
    [InlineData("delete from portal.stock_reserved where change = 2", "1 reserved at", "and 4 before that changed by -5")]
    [InlineData("delete from portal.stock_reserved where change = -5", "the balance says 1 reserved, the last row of its log 6", null)]
    [InlineData("update portal.stock_reserved set at = at - interval '2 days' where change = 2", "6 reserved at", "written after what was reserved at")]
    [InlineData("alter table portal.stock_reserved drop constraint what_was_reserved_was_on_hand; update portal.stock_reserved set on_hand = 3 where change = 2", "6 reserved at", "of 3 on hand")]
    [InlineData("update portal.stock_balance set reserved = 2 where reserved = 1", "the balance says 2 reserved, the last row of its log 1", null)]
    public async Task A_log_that_somebody_changed_by_hand_is_found(string damage, string says, string? andSays)
    {
        await SupplyAsync("S-001", 10);
        var (desk, place) = await AtWorkAsync();
        foreach (var change in new[] { 4, 2, -5 })
        {
            Tomorrow();
            var lines = await LinesAsync(desk, "S-001", Math.Abs(change));
            await (change > 0 ? desk.Ledger.ReserveAsync(place, lines, default) : desk.Ledger.ReleaseAsync(place, lines, default, tells: false));
        }

        Assert.Empty((await new StockCheck(Chain.TheProduct.Db).RunAsync(default)).Findings);
        await Chain.Database.ExecuteAsync($"set session_replication_role = replica; {damage}");

        Assert.Contains((await new StockCheck(Chain.TheProduct.Db).RunAsync(default)).Findings,
            finding => finding.StartsWith("S-001 of P-NORTH, place MAIN: " + says, StringComparison.Ordinal) && (andSays is null || finding.Contains(andSays, StringComparison.Ordinal)));
        // No order is behind these promises.
        await Chain.Database.ExecuteAsync("""
            set session_replication_role = replica;
            delete from portal.stock_reserved;
            update portal.stock_balance set reserved = 0
            """);
    }

    static string Done(StockOutcome outcome) => Assert.IsType<StockOutcome.Done>(outcome).Number;
}
