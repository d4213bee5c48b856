using Npgsql;
using Platform.Database;
using Portal.Orders;
using Portal.Receivables;
using Support;

namespace Portal.Tests.Receivables;

public sealed class GrantingCredit(KeepingBooks books) : IClassFixture<KeepingBooks>, IAsyncLifetime
{
    static readonly PolicyTyped Refusing = new(["submit", "ship"], true, "refuse", null, "test");

    // Each test begins with the same policy; the latest row holds.
    public async Task InitializeAsync() => Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.SetPolicyAsync(Refusing, default)));

    public Task DisposeAsync() => Task.CompletedTask;

    Task<BooksOutcome> LimitAsync(TestPerson buyer, decimal amount) => books.DecideAsync(credit => credit.SetLimitAsync(buyer.Partner.Number, new(amount, null, null, null, "test"), default));

    Task<BooksOutcome> PolicyAsync(PolicyTyped policy) => books.DecideAsync(credit => credit.SetPolicyAsync(policy, default));

    [Fact]
    public async Task An_order_beyond_the_limit_is_refused_with_limit_used_and_missing()
    {
        var buyer = await books.Given.ADistributor("Beyond");
        Assert.IsType<BooksOutcome.Done>(await LimitAsync(buyer, 300m));
        await books.SubmittedAsync(buyer, ("A-10", 2)); // 200.20 and 26.03 tax

        var refused = KeepingBooks.Problem(await books.SubmitAsync(buyer, ("A-10", 1)));

        Assert.Equal("receivables.gate.limit.buyer", refused.TextKey);
        Assert.Equal(["CNY 113.11", "CNY 300.00", "CNY 226.23", "CNY 39.34"], refused.Arguments.Select(value => ((string)value).Replace('\u00A0', ' ')));
        // what was written of the refused one is gone, whoever looks
        Assert.Equal([(1L, 1L)], await books.Database.ListAsync<(long, long)>("""
            select count(*), (select count(*) from portal.audit_entry a where a.action like 'order.%' and max(o.buyer_id) = any (a.partner_ids)) from portal.purchase_order o join portal.partner b on b.partner_id = o.buyer_id where b.number = @Number
            """, new { buyer.Partner.Number }));
        Assert.Equal((300m, 226.23m, 0m), await books.PositionAsync(buyer) is var position ? (position.LimitAmount, position.OpenOrders, position.Balance) : default);
        await books.SubmittedAsync(buyer, ("A-01", 6)); // 67.87 fit
    }

    [Fact]
    public async Task Of_orders_at_once_no_more_pass_than_the_limit_has_room_for()
    {
        var buyer = await books.Given.ADistributor("Race");
        await LimitAsync(buyer, 250m);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => books.SubmitAsync(buyer, ("A-10", 1)))); // 113.11 each

        Assert.Equal(2, outcomes.OfType<OrderOutcome.Done>().Count());
        Assert.All(outcomes.OfType<OrderOutcome.Wrong>(), wrong => Assert.Equal("receivables.gate.limit.buyer", wrong.Problems.Single().TextKey));
    }

    [Fact]
    public async Task What_open_orders_come_to_at_most_is_never_less_than_what_they_come_to_and_an_order_that_fits_only_by_counting_passes()
    {
        var buyer = await books.Given.ADistributor("At most");
        await LimitAsync(buyer, 1000m);
        var order = await books.SubmittedAsync(buyer, ("ODD", 7), ("A-10", 5), ("A-01", 1)); // 2.33, 500.50 and 10.01, and tax
        Assert.IsType<OrderOutcome.Done>(await books.ConfirmAsync(order));
        await books.ShipAsync(order, (1, 3), (2, 4));
        await books.SubmittedAsync(buyer, ("ODD", 1));

        // What is shipped is owed and counts with its order too, until somebody looks closely.
        var (counted, atMost) = (await OpenAsync("value", ""), await OpenAsync("at_most", ", 0, 0"));

        Assert.InRange(counted, 0.01m, atMost);
        Assert.Equal(counted, (await books.PositionAsync(buyer)).OpenOrders);
        var owed = (await books.PositionAsync(buyer)).Balance;
        Assert.True(owed + atMost + 113.11m > 1000m);
        Assert.True(owed + counted + 113.11m <= 1000m);
        await books.SubmittedAsync(buyer, ("A-10", 1));

        Task<decimal> OpenAsync(string how, string more) => books.Database.As(Caller.Subject(TestIdentityProvider.Issuer, buyer.Subject)).OneAsync<decimal>($"""
            select open_orders_{how}(b.upstream_id, b.partner_id, b.currency, array['submitted', 'confirmed', 'partially_shipped'], null, @day::date{more}) from partner b where b.partner_id = app_partner_id()
            """, new { day = books.Clock.Today }, default);
    }

    [Fact]
    public async Task A_payment_makes_room_and_an_invoice_uses_what_its_order_used()
    {
        var buyer = await books.Given.ADistributor("Room");
        await LimitAsync(buyer, 230m);
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-10", 2)))).Invoice;
        Assert.Equal((226.23m, 0m), await books.PositionAsync(buyer) is var position ? (position.Balance, position.OpenOrders) : default);
        Assert.IsType<OrderOutcome.Wrong>(await books.SubmitAsync(buyer, ("A-01", 1)));

        await books.PaidAsync(buyer, 100m, invoice.LegalNumber);

        await books.SubmittedAsync(buyer, ("A-01", 1));
    }

    [Fact]
    public async Task Where_the_policy_says_so_the_order_is_taken_and_waits_for_finance()
    {
        await PolicyAsync(Refusing with { WhenExceeded = "hold" });
        var buyer = await books.Given.ADistributor("Waits");
        await LimitAsync(buyer, 100m);

        var order = await books.SubmittedAsync(buyer, ("A-10", 1));
        Assert.Equal("receivables.gate.order.seller", KeepingBooks.Problem(await books.ConfirmAsync(order)).TextKey);
        Assert.Contains(order, (await books.AsAsync<ReceivablesStore, List<HeldOrder>>(books.Finance, store => store.HeldOrdersAsync(default))).Select(held => held.Number));

        Assert.IsType<BooksOutcome.Forbidden>(await books.AsAsync<KeepCredit, BooksOutcome>(buyer, credit => credit.ReleaseAsync(order, "please", default)));
        Assert.Equal(["receivables.problem.reason_missing"], KeepingBooks.Keys(await books.DecideAsync(credit => credit.ReleaseAsync(order, null, default))));
        Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.ReleaseAsync(order, "paid tomorrow", default)));

        Assert.IsType<OrderOutcome.Done>(await books.ConfirmAsync(order));
        Assert.IsType<OrderOutcome.Done>(await books.ShipAsync(order, (1, 1)));
    }

    [Fact]
    public async Task What_was_promised_before_is_stopped_at_the_door_when_the_limit_sank()
    {
        var buyer = await books.Given.ADistributor("Sank");
        await LimitAsync(buyer, 1000m);
        var order = await books.SubmittedAsync(buyer, ("A-10", 2));
        await books.ConfirmAsync(order);
        await LimitAsync(buyer, 100m);

        var refused = KeepingBooks.Problem(await books.ShipAsync(order, (1, 2)));

        Assert.Equal(("receivables.gate.limit.seller", "CNY 126.23"), (refused.TextKey, ((string)refused.Arguments[3]).Replace('\u00A0', ' ')));
        Assert.Empty(await books.InvoicesAsync(order));
    }

    [Fact]
    public async Task Somebody_who_owes_for_too_long_is_stopped()
    {
        await PolicyAsync(Refusing with { OverdueDays = 10 });
        var buyer = await books.Given.ADistributor("Late");
        await books.DecideAsync(credit => credit.SetTermsAsync(buyer.Partner.Number, new(0, false, null, "cash"), default));
        var invoice = await books.InvoicedAsync(buyer, ("A-01", 1));
        // as if it had been written earlier: time does not pass for the other tests
        await books.Database.ExecuteAsync("update portal.open_item set due_on = due_on - 11 where number = @invoice", new { invoice });

        var refused = KeepingBooks.Problem(await books.SubmitAsync(buyer, ("A-01", 1)));

        Assert.Equal(("receivables.gate.overdue.buyer", 11), (refused.TextKey, (int)refused.Arguments[1]));
    }

    [Fact]
    public async Task A_hold_by_hand_stops_a_buyer_until_it_is_ended()
    {
        var buyer = await books.Given.ADistributor("Held");
        Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.HoldAsync(buyer.Partner.Number, "cheque returned", default)));

        var refused = KeepingBooks.Problem(await books.SubmitAsync(buyer, ("A-01", 1)));
        Assert.Equal(("receivables.gate.hold.buyer", "cheque returned"), (refused.TextKey, refused.Arguments[0]));

        Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.EndHoldAsync(buyer.Partner.Number, "settled", default)));
        await books.SubmittedAsync(buyer, ("A-01", 1));
    }

    [Fact]
    public async Task The_latest_decision_whose_days_fit_holds()
    {
        var buyer = await books.Given.ADistributor("Versions");
        await LimitAsync(buyer, 100m);
        await books.DecideAsync(credit => credit.SetLimitAsync(buyer.Partner.Number, new(500m, null, books.Clock.Today, books.Clock.Today.AddDays(7), "fair"), default));

        var limits = await books.Database.ListAsync<decimal?>("""
            set local search_path = portal, public;
            select credit_limit_at(@seller, @buyer, 'CNY', @today::date + d) from unnest(array[0, 7, 8]) as d
            """, new { seller = books.Admin.Partner.PartnerId, buyer = buyer.Partner.PartnerId, today = books.Clock.Today });

        Assert.Equal([500m, 500m, 100m], limits);
        Assert.Equal(["receivables.problem.past"], KeepingBooks.Keys(await books.DecideAsync(credit => credit.SetLimitAsync(buyer.Partner.Number, new(1m, null, books.Clock.Today.AddDays(-1), null, "late"), default))));
    }

    [Fact]
    public async Task A_limit_that_ended_or_is_in_another_currency_lends_nothing()
    {
        var (late, abroad) = (await books.Given.ADistributor("Ended limit"), await books.Given.ADistributor("Other currency"));
        await books.Database.ExecuteAsync("""
            insert into portal.credit_limit (seller_id, buyer_id, currency, amount, valid, reason, set_at) values (@seller, @buyer, 'CNY', 500, '[2026-01-01,2026-02-01)', 'for January', @now)
            """, new { seller = books.Admin.Partner.PartnerId, buyer = late.Partner.PartnerId, now = books.Clock.Now.UtcDateTime });
        Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.SetLimitAsync(abroad.Partner.Number, new(500m, "USD", null, null, "in dollars"), default)));

        foreach (var buyer in new[] { late, abroad })
        {
            var refused = KeepingBooks.Problem(await books.SubmitAsync(buyer, ("A-01", 1)));
            Assert.Equal(("receivables.gate.no_limit.buyer", "CNY"), (refused.TextKey, refused.Arguments[1]));
        }

        await books.PaidAsync(late, 12m); // 11.31 are paid in advance
        await books.SubmittedAsync(late, ("A-01", 1));
        Assert.Equal(0m, (await books.PositionAsync(late)).LimitAmount);
    }

    [Fact]
    public async Task A_release_does_not_outlast_a_later_hold()
    {
        await PolicyAsync(Refusing with { WhenExceeded = "hold" });
        var buyer = await books.Given.ADistributor("Held later");
        await LimitAsync(buyer, 100m);
        var order = await books.SubmittedAsync(buyer, ("A-10", 1));
        Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.ReleaseAsync(order, "paid tomorrow", default)));
        Assert.IsType<OrderOutcome.Done>(await books.ConfirmAsync(order));
        await PolicyAsync(Refusing);
        books.Clock.Advance(TimeSpan.FromMinutes(1));
        await books.DecideAsync(credit => credit.HoldAsync(buyer.Partner.Number, "bankrupt", default));

        Assert.Equal("receivables.gate.hold.seller", KeepingBooks.Problem(await books.ShipAsync(order, (1, 1))).TextKey);

        await books.DecideAsync(credit => credit.EndHoldAsync(buyer.Partner.Number, "it was another", default));
        Assert.IsType<OrderOutcome.Done>(await books.ShipAsync(order, (1, 1)));
    }

    [Fact]
    public async Task Of_two_releases_at_once_one_is_recorded_and_told()
    {
        await PolicyAsync(Refusing with { WhenExceeded = "hold" });
        var buyer = await books.Given.ADistributor("Two releases");
        await LimitAsync(buyer, 100m);
        var order = await books.SubmittedAsync(buyer, ("A-10", 1));

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => books.DecideAsync(credit => credit.ReleaseAsync(order, "fine", default)))), outcome => Assert.IsType<BooksOutcome.Done>(outcome));

        Assert.Single(await books.Database.ListAsync<string>("select action from portal.audit_entry where subject_number = @order and action = 'order.credit_released'", new { order }));
    }

    [Fact]
    public async Task Nobody_grants_credit_to_itself_or_reads_what_is_between_others()
    {
        var (buyer, other) = (await books.Given.ADistributor("Greedy"), await books.Given.ADistributor("Curious"));
        await LimitAsync(buyer, 10m);
        await books.InvoicedAsync(other, ("A-01", 1));

        Assert.IsType<BooksOutcome.NotFound>(await books.AsAsync<KeepCredit, BooksOutcome>(buyer, credit => credit.SetLimitAsync(buyer.Partner.Number, new(1e6m, null, null, null, "mine"), default)));
        Assert.IsType<BooksOutcome.NotFound>(await books.AsAsync<KeepCredit, BooksOutcome>(buyer, credit => credit.SetLimitAsync(other.Partner.Number, new(1e6m, null, null, null, "mine"), default)));
        var db = books.Database.As(Caller.Subject(TestIdentityProvider.Issuer, buyer.Subject));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync(
            "select credit_set_limit(@seller, @buyer, 'CNY', 1000000, '[2026-01-01,)', 'mine', now())", new { seller = books.Admin.Partner.PartnerId, buyer = buyer.Partner.PartnerId }, default))).SqlState);
        foreach (var table in new[] { "invoice", "invoice_line", "open_item", "ledger_account", "ledger_journal", "ledger_entry", "payment", "settlement" })
        {
            Assert.Equal(0, await db.OneAsync<long>($"select count(*) from {table}", null, default));
        }

        Assert.Equal([10m], await db.ListAsync<decimal>("select amount from credit_limit", null, default));
    }
}
