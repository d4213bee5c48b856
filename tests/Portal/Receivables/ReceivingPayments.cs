using Npgsql;
using Platform.Database;
using Portal.Receivables;
using Support;

namespace Portal.Tests.Receivables;

public sealed class ReceivingPayments(KeepingBooks books) : IClassFixture<KeepingBooks>
{
    static readonly OpenDebit[] Open =
    [
        new(1, "IN-AAAA-AAAA-AAAA", "2026-000001", "PO-AAAA-AAAA-AAAA", "HX-77", new(2026, 1, 10), 100m),
        new(2, "IN-BBBB-BBBB-BBBB", "2026-000002", "PO-BBBB-BBBB-BBBB", "12", new(2026, 2, 10), 50m),
        new(3, "IN-CCCC-CCCC-CCCC", "2026-000010", "PO-CCCC-CCCC-CCCC", null, new(2026, 1, 5), 70m),
    ];

    [Theory]
    [InlineData("100", "invoice 2026-000001", "1:100 reference")]
    [InlineData("120", "2026-000002 / 2026-000001", "1:100 reference, 2:20 reference")]
    [InlineData("100", "PO HX-77, thank you", "1:100 reference")]
    [InlineData("60", "in-bbbb-bbbb-bbbb", "2:50 reference, 3:10 oldest")]
    // exactly what is open of one
    [InlineData("50", null, "2:50 amount")]
    // a number within another is not that number, and two letters name nothing
    [InlineData("10", "X2026-000001 and 2026-0000019", "3:10 oldest")]
    [InlineData("10", "12 chairs", "3:10 oldest")]
    // the oldest first, and what nothing needs is left over
    [InlineData("500", null, "3:70 oldest, 1:100 oldest, 2:50 oldest")]
    public void A_payment_goes_to_what_it_names_then_to_its_amount_then_to_the_oldest(string amount, string? reference, string expected) =>
        Assert.Equal(expected, string.Join(", ", PaymentMatching.Propose(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), reference, Open, oldestToo: true)
            .Select(match => FormattableString.Invariant($"{match.Debit.OpenItemId}:{match.Amount} {match.How}"))));

    [Fact]
    public async Task What_names_its_invoice_is_matched_at_once_what_is_only_old_waits_for_a_person()
    {
        var buyer = await books.Given.ADistributor("Pays");
        var first = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-10", 1)))).Invoice;

        var named = Assert.IsType<PaymentEntry.Entered>(await books.PayAsync(buyer, 60m, $"part of {first.LegalNumber}"));
        var guess = Assert.IsType<PaymentEntry.Entered>(await books.PayAsync(buyer, 20m, "thank you"));

        Assert.Equal((60m, 0m, 0m, 20m), (named.Matched, named.Left, guess.Matched, guess.Left));
        Assert.Equal(first.GrossAmount - 60m, (await books.InvoiceAsync(first.Number)).Invoice.OpenAmount);
        var credit = (await books.AsAsync<MatchCredits, Credit?>(books.Finance, match => match.FindAsync(guess.Number, default)))!;
        Assert.Equal([(first.Number, 20m, "oldest")], (await books.AsAsync<MatchCredits, Proposal>(books.Finance, match => match.ProposeAsync(credit.OpenItemId, credit.OpenAmount, credit.Reference, default))).Matches.Select(match => (match.Debit.Number, match.Amount, match.How)));
    }

    [Fact]
    public async Task More_than_is_owed_stays_as_credit_on_account()
    {
        var buyer = await books.Given.ADistributor("Pays too much");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-01", 1)))).Invoice;

        Assert.Equal((11.31m, 88.69m), Assert.IsType<PaymentEntry.Entered>(await books.PayAsync(buyer, 100m, invoice.LegalNumber)) is var entered ? (entered.Matched, entered.Left) : default);

        var position = await books.PositionAsync(buyer);
        Assert.Equal((-88.69m, 88.69m), (position.Balance, position.OnAccount));
    }

    [Fact]
    public async Task The_same_transfer_is_entered_once_though_it_comes_many_times_at_once()
    {
        var buyer = await books.Given.ADistributor("Twice");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-10", 1)))).Invoice;

        var entries = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => books.PayAsync(buyer, 50m, invoice.LegalNumber)));

        var number = Assert.Single(entries.OfType<PaymentEntry.Entered>()).Number;
        Assert.All(entries.OfType<PaymentEntry.Twice>(), twice => Assert.Equal(number, twice.Number));
        Assert.Equal(invoice.GrossAmount - 50m, (await books.InvoiceAsync(invoice.Number)).Invoice.OpenAmount);
        // the bank's own number tells two equal ones apart
        Assert.IsType<PaymentEntry.Entered>(await books.PayAsync(buyer, 50m, invoice.LegalNumber, "BANK-2"));
    }

    [Fact]
    public async Task Two_clerks_match_the_same_money_once()
    {
        var buyer = await books.Given.ADistributor("Two clerks");
        var first = await books.InvoicedAsync(buyer, ("A-10", 1));
        var second = await books.InvoicedAsync(buyer, ("A-10", 1));
        var payment = await books.PaidAsync(buyer, 100m);

        var outcomes = await Task.WhenAll(new[] { first, second, first }.Select(invoice =>
            books.AsAsync<MatchCredits, BooksOutcome>(books.Finance, match => match.MatchAsync(payment, [new(invoice, 100m)], default))));

        Assert.Single(outcomes.OfType<BooksOutcome.Done>());
    }

    [Fact]
    public async Task A_wrong_match_is_taken_back_and_both_are_open_again()
    {
        var buyer = await books.Given.ADistributor("Wrong match");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-10", 1)))).Invoice;
        var payment = await books.PaidAsync(buyer, 40m, invoice.LegalNumber);

        Task<BooksOutcome> Unmatch(string? reason) => books.AsAsync<MatchCredits, BooksOutcome>(books.Finance, match => match.UnmatchAsync(payment, invoice.Number, reason, default));
        Assert.Equal(["receivables.problem.reason_missing"], KeepingBooks.Keys(await Unmatch(null)));
        Assert.IsType<BooksOutcome.Done>(await Unmatch("was for another one"));

        var page = await books.InvoiceAsync(invoice.Number);
        Assert.Equal(invoice.GrossAmount, page.Invoice.OpenAmount);
        Assert.Equal([(40m, false), (-40m, false)], page.Settlements.Select(row => (row.Amount, row.Holds)));
        Assert.IsType<BooksOutcome.NotFound>(await Unmatch("again"));
    }

    [Fact]
    public async Task A_payment_that_bounced_is_reversed_once_and_the_invoice_is_owed_again()
    {
        var buyer = await books.Given.ADistributor("Bounced");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-10", 1)))).Invoice;
        var payment = await books.PaidAsync(buyer, 40m, invoice.LegalNumber);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => books.AsAsync<MatchCredits, BooksOutcome>(books.Finance, match => match.ReverseAsync(payment, "bounced", default))));

        Assert.All(outcomes, outcome => Assert.IsType<BooksOutcome.Done>(outcome));
        var position = await books.PositionAsync(buyer);
        Assert.Equal((invoice.GrossAmount, 0m), (position.Balance, position.OnAccount));
        Assert.Equal(1, (await books.Database.ListAsync<long>("select count(*) from portal.payment_reversal r join portal.payment p using (payment_id) where p.number = @payment", new { payment })).Single());
    }

    [Fact]
    public async Task What_is_wrong_with_a_payment_is_named()
    {
        var buyer = await books.Given.ADistributor("Wrong payment");
        var stranger = await books.Given.AReseller("Of somebody else", buyer.Partner);
        var entries = await books.AsAsync<EnterPayments, List<PaymentEntry>>(books.Finance, enter => enter.RunAsync(
        [
            new("nobody", null, 10m, books.Clock.Today, null, null),
            new(buyer.Partner.Number, "XXQ", 10m, books.Clock.Today, null, null),
            new(buyer.Partner.Number, null, 10.005m, books.Clock.Today, null, null),
            new(buyer.Partner.Number, null, -1m, books.Clock.Today, null, null),
            new(buyer.Partner.Number, null, 1m, books.Clock.Today.AddDays(1), null, null),
            new(stranger.Partner.Number, null, 1m, books.Clock.Today, null, null),
            new("wrong PAYMENT", null, 1m, books.Clock.Today, null, null),
        ], "typed", default));

        Assert.Equal(["receivables.problem.payer", "receivables.problem.currency", "receivables.problem.amount", "receivables.problem.amount", "receivables.problem.paid_on", "receivables.problem.payer"],
            entries.Take(6).Select(entry => Assert.IsType<PaymentEntry.Refused>(entry).Problems[0].TextKey));
        Assert.IsType<PaymentEntry.Entered>(entries[6]);
    }

    [Fact]
    public async Task Only_the_sellers_finance_enters_payments_whatever_is_called()
    {
        var buyer = await books.Given.ADistributor("No finance");

        Assert.Equal("receivables.problem.not_yours", Assert.IsType<PaymentEntry.Refused>(await books.PayAsync(await books.Given.SomebodyOfTheBrand("channel_manager"), buyer, 1m, null, null, 0)).Problems[0].TextKey);
        foreach (var person in new[] { buyer, await books.Given.SomebodyOfTheBrand("channel_manager") })
        {
            var db = books.Database.As(Caller.Subject(TestIdentityProvider.Issuer, person.Subject));
            var refused = await Assert.ThrowsAsync<PostgresException>(() => db.ListAsync<string>(
                "select number from payments_enter(@seller, array['PM-X'], array[@buyer::bigint], array['CNY'], array[1::numeric], array['2026-03-01'::date], array[null::text], array[null::text], array[null::text], 'typed', now())",
                new { seller = books.Admin.Partner.PartnerId, buyer = buyer.Partner.PartnerId }, default));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            // the parts that trust their caller cannot be called at all
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync(
                "select ledger_post(1, now(), array[2::bigint], array['CNY'], array['payment'], array['X'], array['X'], array['2026-03-01'::date], array[1, 1], array['cash', 'receivable'], array[1::numeric, -1])", null, default))).SqlState);
        }
    }
}
