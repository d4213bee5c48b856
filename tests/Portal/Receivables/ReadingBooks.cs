using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Receivables;
using Support;

namespace Portal.Tests.Receivables;

/// <summary>What the books say of the past. The clock moves on from test to test; each looks at days of its own.</summary>
public sealed class ReadingBooks(KeepingBooks books) : IClassFixture<KeepingBooks>
{
    async Task<AgeingRow?> AgeingAsync(TestPerson buyer, DateOnly day, DateTime? known = null) =>
        (await books.AsAsync<AccountStore, List<AgeingRow>>(books.Finance, store => store.AgeingAsync(day, known, "seller", default))).SingleOrDefault(row => row.PartnerNumber == buyer.Partner.Number);

    async Task<Statement> StatementAsync(TestPerson reader, TestPartner other, DateOnly from, DateOnly to, DateTime? known = null)
    {
        var pair = (await books.AsAsync<AccountStore, AccountPair?>(reader, store => store.PairAsync(other.Number, default)))!;
        return await books.AsAsync<AccountStore, Statement>(reader, store => store.StatementAsync(pair, new("CNY", from, to, known), default));
    }

    Task<int> RemindAsync() => books.InScopeAsync(Caller.System("job:remind"), services => services.GetRequiredService<RemindBuyers>().RunAsync(default));

    Task<List<(string Subject, string Text)>> MailsAsync(string address) => books.Database.ListAsync<(string, string)>("""
        select payload ->> 'subject', payload ->> 'text' from portal.outbox_message where kind = 'mail' and payload ->> 'to' = @address order by outbox_message_id
        """, new { address });

    [Fact]
    public async Task A_statement_and_an_ageing_can_be_made_again_as_they_were_known()
    {
        var buyer = await books.Given.ADistributor("Statement");
        var day = books.Clock.Today;
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-01", 1)))).Invoice; // 11.31, due in 30 days
        books.Clock.Advance(TimeSpan.FromDays(40));
        var before = books.Clock.Now.UtcDateTime.AddMinutes(-1);
        await books.PaidAsync(buyer, 5m, invoice.LegalNumber, daysAgo: 35);

        Assert.Equal((11.31m, 0m), await AgeingAsync(buyer, day) is { } first ? (first.NotDue, first.Days30) : default);
        Assert.Equal((6.31m, 0m), await AgeingAsync(buyer, day.AddDays(10)) is { } paid ? (paid.NotDue, paid.Days30) : default);
        Assert.Equal((0m, 6.31m), await AgeingAsync(buyer, day.AddDays(40)) is { } late ? (late.NotDue, late.Days30) : default);
        Assert.Equal((0m, 11.31m), await AgeingAsync(buyer, day.AddDays(40), before) is { } known ? (known.NotDue, known.Days30) : default);
        Assert.Equal(6.31m, (await AgeingAsync(buyer, day.AddDays(30 + 181)))!.Older);
        Assert.Null(await AgeingAsync(buyer, day.AddDays(-1)));

        var statement = await StatementAsync(books.Finance, buyer.Partner, day.AddDays(1), day.AddDays(40));
        Assert.Equal((11.31m, 6.31m), (statement.Opening, statement.Closing));
        Assert.Equal([(day.AddDays(5), "payment", 5m, 6.31m)], statement.Rows.Select(row => (row.HappenedOn, row.Kind, row.Credit ?? 0, row.Balance)));
        Assert.Equal(11.31m, (await StatementAsync(books.Finance, buyer.Partner, day, day.AddDays(40), before)).Closing);
        // the buyer reads the same from its side
        Assert.Equal((11.31m, 6.31m), await StatementAsync(buyer, books.Admin.Partner, day.AddDays(1), day.AddDays(40)) is var own ? (own.Opening, own.Closing) : default);
    }

    [Theory]
    [InlineData(0, "not_due")]
    [InlineData(1, "days30")]
    [InlineData(30, "days30")]
    [InlineData(31, "days60")]
    [InlineData(60, "days60")]
    [InlineData(61, "days90")]
    [InlineData(90, "days90")]
    [InlineData(91, "days180")]
    [InlineData(180, "days180")]
    [InlineData(181, "older")]
    public async Task Each_age_has_its_bucket(int overdue, string bucket)
    {
        var buyer = await books.Given.ADistributor($"Buckets {overdue}");
        var due = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-01", 1)))).Invoice.DueOn;

        var row = (await AgeingAsync(buyer, due.AddDays(overdue)))!;

        Assert.Equal(AgeingPage.Buckets.Select(one => one == bucket ? 11.31m : 0m), row.Buckets);
        Assert.Equal(11.31m, row.Total);
    }

    [Fact]
    public async Task Credit_on_account_stands_beside_the_buckets_and_all_of_it_is_the_ledgers_balance()
    {
        var buyer = await books.Given.ADistributor("On account");
        await books.InvoicedAsync(buyer, ("A-10", 1));
        await books.PaidAsync(buyer, 13.11m);

        var row = (await AgeingAsync(buyer, books.Clock.Today))!;

        Assert.Equal((113.11m, -13.11m, 100m), (row.NotDue, row.OnAccount, row.Total));
        Assert.Equal(row.Total, (await books.PositionAsync(buyer)).Balance);
    }

    [Fact]
    public async Task Only_the_last_level_is_called_the_last()
    {
        var buyer = await books.Given.ADistributor("Four levels");
        await books.Database.ExecuteAsync("update portal.person set email = 'buyer@four.example', language = 'en' where person_id = @PersonId", buyer);
        await books.DecideAsync(credit => credit.SetRemindersAsync([3, 10, 20, 30], default));
        await books.InvoicedAsync(buyer, ("A-01", 1));
        foreach (var (days, begins) in new[] { (33, "Northlight reminds you of"), (7, "Northlight reminds you again"), (10, "Northlight reminds you again"), (10, "Last reminder by Northlight") })
        {
            books.Clock.Advance(TimeSpan.FromDays(days));
            await RemindAsync();
            Assert.StartsWith(begins, (await MailsAsync("buyer@four.example"))[^1].Subject, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_account_stays_in_sight_of_both_sides_when_the_buyer_was_moved()
    {
        var (seller, other) = (await books.Given.ADistributor("Old seller"), await books.Given.ADistributor("New seller"));
        var buyer = await books.Given.AReseller("Moved buyer", seller.Partner);
        await DecideAsync(credit => credit.SetPolicyAsync(new(["submit"], true, "hold", null, "test"), default));
        await DecideAsync(credit => credit.SetLimitAsync(buyer.Partner.Number, new(100m, null, null, null, "test"), default));
        var order = await books.SubmittedAsync(buyer, ("A-10", 1)); // 100.10 and 13.01 tax
        await books.Database.ExecuteAsync("""
            insert into portal.ledger_account (seller_id, buyer_id, currency, kind) values (@seller, @buyer, 'CNY', 'receivable')
            """, new { seller = seller.Partner.PartnerId, buyer = buyer.Partner.PartnerId });
        await books.Database.ExecuteAsync("set local search_path = portal, public; update portal.partner set upstream_id = @upstream where partner_id = @moved", new { upstream = other.Partner.PartnerId, moved = buyer.Partner.PartnerId });

        Assert.Equal([(buyer.Partner.Number, 113.11m)], (await PositionsAsync(seller, "seller")).Select(position => (position.PartnerNumber, position.OpenOrders)));
        Assert.Contains((seller.Partner.Number, 113.11m), (await PositionsAsync(buyer, "buyer")).Select(position => (position.PartnerNumber, position.OpenOrders)));
        Assert.Equal([(order, "Moved buyer")], (await books.AsAsync<ReceivablesStore, List<HeldOrder>>(seller, store => store.HeldOrdersAsync(default))).Select(held => (held.Number, held.PartnerName)));
        Assert.Equal((true, false), (await PairAsync(seller, buyer))!.IsSeller is var sells && (await PairAsync(buyer, seller))!.IsSeller is var buys ? (sells, buys) : default);
        var payment = Assert.IsType<PaymentEntry.Entered>(await books.PayAsync(seller, buyer, 5m, null, null, 0)).Number;
        Assert.Contains("Moved buyer", (await books.SignIn(seller).GetAsync($"/receivables/payments?partner={buyer.Partner.Number}")).Text("table"), StringComparison.Ordinal);
        Assert.Contains("Old seller", (await books.SignIn(buyer).GetAsync($"/receivables/payments/{payment}")).Words, StringComparison.Ordinal);
        Assert.Equal(-5m, (await books.AsAsync<AccountStore, List<AgeingRow>>(seller, store => store.AgeingAsync(books.Clock.Today, null, "seller", default))).Single().Total);
        await DecideAsync(credit => credit.HoldAsync(buyer.Partner.Number, "moved", default));
        // and of nobody else
        Assert.Null(await PairAsync(other, seller));
        Assert.Null(await PairAsync(await books.Given.ADistributor("Not in it"), buyer));
        Assert.Equal(0m, await books.Database.As(Caller.Subject(TestIdentityProvider.Issuer, other.Subject)).OneAsync<decimal>(
            "select open_orders_value(@seller, @buyer, 'CNY', array['submitted'], null, @day::date)", new { seller = seller.Partner.PartnerId, buyer = buyer.Partner.PartnerId, day = books.Clock.Today }, default));

        async Task DecideAsync(Func<KeepCredit, Task<BooksOutcome>> decide) => Assert.IsType<BooksOutcome.Done>(await books.AsAsync(seller, decide));

        Task<List<Position>> PositionsAsync(TestPerson reader, string side) => books.AsAsync<AccountStore, List<Position>>(reader, store => store.PositionsAsync(side, default));

        Task<AccountPair?> PairAsync(TestPerson reader, TestPerson with) => books.AsAsync<AccountStore, AccountPair?>(reader, store => store.PairAsync(with.Partner.Number, default));
    }

    [Fact]
    public async Task Overdue_invoices_are_reminded_of_once_at_each_level_in_the_readers_language()
    {
        var buyer = await books.Given.ADistributor("Reminded");
        await books.Database.ExecuteAsync("update portal.person set email = 'buyer@reminded.example', language = 'zh-CN' where person_id = @PersonId", buyer);
        Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.SetRemindersAsync([3, 15], default)));
        Assert.Equal(["receivables.problem.levels"], KeepingBooks.Keys(await books.DecideAsync(credit => credit.SetRemindersAsync([15, 3], default))));
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-01", 1)))).Invoice;
        await books.InvoicedAsync(buyer, ("A-10", 1));

        Assert.Empty(await RemindedAsync()); // nothing is overdue
        books.Clock.Advance(TimeSpan.FromDays(33));
        var (subject, text) = Assert.Single(await RemindedAsync());
        Assert.Equal("Northlight 提醒：您有 2 张发票已逾期，共计 124.42 CNY。", subject);
        Assert.Contains(invoice.LegalNumber, text, StringComparison.Ordinal);
        Assert.Empty(await RemindedAsync());

        await books.PaidAsync(buyer, invoice.GrossAmount, invoice.LegalNumber);
        books.Clock.Advance(TimeSpan.FromDays(12));
        Assert.Equal("Northlight 再次提醒：您有 1 张发票逾期较久，共计 113.11 CNY，请尽快付款。", Assert.Single(await RemindedAsync()).Subject);

        // The job runs; what it wrote to this buyer.
        async Task<List<(string Subject, string Text)>> RemindedAsync()
        {
            var before = (await MailsAsync("buyer@reminded.example")).Count;
            await RemindAsync();
            return [.. (await MailsAsync("buyer@reminded.example")).Skip(before)];
        }
    }
}
