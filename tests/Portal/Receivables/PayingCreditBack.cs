using System.Net;
using Npgsql;
using Portal.Receivables;
using Support;

namespace Portal.Tests.Receivables;

/// <summary>Credit on account is paid back to a buyer: never more than is left, in balance, undone by an opposite entry.</summary>
public sealed class PayingCreditBack(KeepingBooks portal) : IClassFixture<KeepingBooks>
{
    async Task<TestPerson> WithCreditAsync(string name, decimal credit)
    {
        var buyer = await portal.Given.ADistributor(name);
        var number = await portal.InvoicedAsync(buyer, ("A-10", 2));
        await portal.PaidAsync(buyer, 226.23m + credit, (await portal.InvoiceAsync(number)).Invoice.LegalNumber);
        return buyer;
    }

    Task<BooksOutcome> PayBackAsync(TestPerson buyer, decimal? amount, string? bank = null, string? reason = "overpaid", TestPerson? by = null) =>
        portal.AsAsync<PayBack, BooksOutcome>(by ?? portal.Finance, act => act.RunAsync(buyer.Partner.Number, new(amount, null, portal.Clock.Today, bank, reason), default));

    [Fact]
    public async Task What_is_left_is_paid_back_on_the_account_page_and_undone_there_again()
    {
        var buyer = await WithCreditAsync("Overpays", 73.77m);
        var finance = portal.SignIn(portal.Finance);
        var account = $"/receivables/accounts/{buyer.Partner.Number}";

        var refused = await finance.PressAsync(await finance.GetAsync(account), "form[action$=payouts]", ("payoutAmount", "73.78"), ("payoutPaidOn", $"{portal.Clock.Today:yyyy-MM-dd}"), ("payoutReason", "overpaid"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("At most CNY\u00A073.77 is left to be paid back.", refused.Document.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal("73.78", refused.Value("payoutAmount"));
        var done = await finance.PressAsync(refused, "form[action$=payouts]", ("payoutAmount", "73.77"), ("payoutPaidOn", $"{portal.Clock.Today:yyyy-MM-dd}"), ("payoutReason", "overpaid"));
        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Equal((0m, 0m), (await BalanceAsync(buyer), (await portal.PositionAsync(buyer)).OnAccount));

        // both sides read it on the statement, and the seller undoes it on its page
        var statement = await portal.SignIn(buyer).GetAsync($"/receivables/accounts/{portal.Finance.Partner.Number}/statement");
        Assert.Contains("Paid back", statement.Text("tbody"), StringComparison.Ordinal);
        var number = (await portal.Database.ListAsync<string>("select p.number from portal.payout p where p.buyer_id = @buyer", new { buyer = buyer.Partner.PartnerId })).Single();
        var listed = await finance.GetAsync("/receivables/payments?state=payout");
        Assert.Contains(number, listed.Text("tbody"), StringComparison.Ordinal);
        var payout = await finance.GetAsync($"/receivables/payments/{number}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await finance.PressAsync(payout, "form[action$=undoing]", ("undoReason", " "))).Status);
        payout = await finance.GetAsync($"/receivables/payments/{number}");
        var undone = await finance.PressAsync(payout, "form[action$=undoing]", ("undoReason", "the transfer came back"));
        Assert.Contains("the transfer came back", undone.Document.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal((-73.77m, 73.77m), (await BalanceAsync(buyer), (await portal.PositionAsync(buyer)).OnAccount));
        Assert.Contains("Payment back undone", (await portal.SignIn(buyer).GetAsync($"/receivables/accounts/{portal.Finance.Partner.Number}/statement")).Text("tbody"), StringComparison.Ordinal);

        // a second click changes nothing
        Assert.IsType<BooksOutcome.Done>(await portal.AsAsync<PayBack, BooksOutcome>(portal.Finance, act => act.UndoAsync(number, "again", default)));
        Assert.Equal(-73.77m, await BalanceAsync(buyer));
        Assert.Equal([], await portal.FindingsAsync());
    }

    [Fact]
    public async Task Credit_pays_for_open_invoices_first()
    {
        var buyer = await WithCreditAsync("Owes again", 100m);
        await portal.InvoicedAsync(buyer, ("A-10", 1));

        // 113.11 are owed for the second invoice
        Assert.Equal(["receivables.problem.no_credit_left"], KeepingBooks.Keys(await PayBackAsync(buyer, 1m)));
        await portal.PaidAsync(buyer, 50m, "more on account");
        Assert.Equal(["receivables.problem.more_than_credit"], KeepingBooks.Keys(await PayBackAsync(buyer, 36.90m)));
        Assert.IsType<BooksOutcome.Done>(await PayBackAsync(buyer, 36.89m));
        Assert.Equal(0m, await BalanceAsync(buyer));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_its_remedy()
    {
        var buyer = await WithCreditAsync("Types oddly", 10m);

        Assert.Equal(["receivables.problem.amount"], KeepingBooks.Keys(await PayBackAsync(buyer, 0.001m)));
        Assert.Equal(["receivables.problem.amount"], KeepingBooks.Keys(await PayBackAsync(buyer, null)));
        Assert.Equal(["receivables.problem.reason_missing"], KeepingBooks.Keys(await PayBackAsync(buyer, 1m, reason: null)));
        Assert.IsType<BooksOutcome.Done>(await PayBackAsync(buyer, 1m, "BANK-1"));
        Assert.Equal(["receivables.problem.payout_twice"], KeepingBooks.Keys(await PayBackAsync(buyer, 1m, "BANK-1")));
        Assert.IsType<BooksOutcome.NotFound>(await PayBackAsync(buyer, 1m, by: await portal.Given.ADistributor("Not its seller")));
        Assert.IsType<BooksOutcome.Forbidden>(await PayBackAsync(buyer, 1m, by: await portal.Given.SomebodyOfTheBrand("channel_manager")));

        var program = portal.Api(await portal.Given.AnApiClient(portal.Finance.Partner, "finance"));
        var paid = await program.PostAsync($"/api/v1/receivables/accounts/{buyer.Partner.Number}/payouts", new { amount = 2m, paidOn = portal.Clock.Today, reason = "by program" });
        Assert.Equal(HttpStatusCode.Created, paid.Status);
        var number = paid.Json.GetProperty("number").GetString();
        Assert.Equal(("payout", 2m), ((await program.GetAsync($"/api/v1/receivables/payments/{number}")).Json.GetProperty("kind").GetString(), (await program.GetAsync($"/api/v1/receivables/payments/{number}")).Json.GetProperty("amount").GetDecimal()));
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(await portal.Given.AnApiClient(buyer.Partner, "purchasing")).PostAsync($"/api/v1/receivables/payouts/{number}/undoing", new { reason = "mine" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsync($"/api/v1/receivables/payouts/{number}/undoing", new { reason = "wrong account" })).Status);

        // the database itself lets nobody else in
        var refused = await Assert.ThrowsAsync<PostgresException>(() => portal.AsAsync<Platform.Database.Db, int>(buyer, db => db.ExecuteAsync(
            "select payout_enter(@seller, @buyer, 'CNY', 1, current_date, null, 'mine', 'PB-FORGED', now())", new { seller = portal.Finance.Partner.PartnerId, buyer = buyer.Partner.PartnerId }, default)));
        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task Two_who_pay_the_same_credit_back_at_once_pay_it_once()
    {
        var buyer = await WithCreditAsync("Raced for", 40m);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PayBackAsync(buyer, 40m)));

        Assert.Single(outcomes, outcome => outcome is BooksOutcome.Done);
        Assert.Equal(3, outcomes.Count(outcome => outcome is BooksOutcome.Wrong));
        Assert.Equal(0m, await BalanceAsync(buyer));
    }

    async Task<decimal> BalanceAsync(TestPerson buyer) => (await portal.PositionAsync(buyer)).Balance;
}
