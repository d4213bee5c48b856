using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Orders;
using Portal.Receivables;
using Portal.Stock;
using Portal.Tests.Orders;
using Portal.Verify;
using Support;

namespace Portal.Tests.Receivables;

/// <summary>A brand in China with its finance, its sales and goods enough; buyers come with each test. When all is done the books must add up.</summary>
public class KeepingBooks : PortalApp
{
    public TestPerson Finance { get; private set; } = null!;

    public TestPerson Admin { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Given.Products();
        await Database.ExecuteAsync("""
            insert into portal.product (sku, name, product_line_id, status, created_at) select 'ODD', 'Odd', product_line_id, 'active', @now from portal.product_line;
            insert into portal.price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select b.price_book_id, p.product_id, 0.3333, '[2020-01-01,)', @now from portal.price_book b, portal.product p where p.sku = 'ODD';
            """, new { now = Clock.Now.UtcDateTime });
        Finance = await Given.SomebodyOfTheBrand("finance");
        Admin = await Given.SomebodyOfTheBrand("brand_admin");
        foreach (var sku in new[] { "A-01", "A-10", "A-20", "ODD" })
        {
            await Given.Stock(Admin.Partner, sku, 100_000);
        }
    }

    public override async Task DisposeAsync()
    {
        var findings = await FindingsAsync();
        await base.DisposeAsync();
        Assert.Equal([], findings);
    }

    /// <summary>What <c>verify money</c> and <c>verify orders</c> say.</summary>
    public Task<List<string>> FindingsAsync() => InScopeAsync(Caller.System("test"), async services =>
    {
        var findings = new List<string>();
        foreach (var check in services.GetServices<ICheck>().Where(check => check.Name is "money" or "orders" or "stock"))
        {
            findings.AddRange((await check.RunAsync(default)).Findings);
        }

        return findings;
    });

    /// <summary>Does something with a part of the product, as that person.</summary>
    public Task<T> AsAsync<TPart, T>(TestPerson person, Func<TPart, Task<T>> work)
        where TPart : notnull =>
        InScopeAsync(Caller.Subject(TestIdentityProvider.Issuer, person.Subject), services => work(services.GetRequiredService<TPart>()));

    public Task<OrderOutcome> SubmitAsync(TestPerson buyer, params (string Sku, decimal Quantity)[] lines) =>
        AsAsync<PlaceOrder, OrderOutcome>(buyer, place => place.CreateAsync(new(null, null, null, null, [.. lines.Select(line => new SkuLine(line.Sku, line.Quantity))]), submit: true, default));

    public async Task<string> SubmittedAsync(TestPerson buyer, params (string Sku, decimal Quantity)[] lines) => Assert.IsType<OrderOutcome.Done>(await SubmitAsync(buyer, lines)).Number;

    public Task<OrderOutcome> ConfirmAsync(string order) => AsAsync<AnswerOrder, OrderOutcome>(Admin, answer => answer.ConfirmAsync(order, null, default));

    public Task<OrderOutcome> ShipAsync(string order, params (int Line, decimal Quantity)[] lines) =>
        AsAsync<ShipOrder, OrderOutcome>(Admin, ship => ship.RunAsync(order, null, new(null, null, [.. lines.Select(line => new DispatchedLine(line.Line, line.Quantity))]), default));

    /// <summary>Orders, confirms and ships, all of it at once.</summary>
    /// <returns>The invoice's public number.</returns>
    public async Task<string> InvoicedAsync(TestPerson buyer, params (string Sku, decimal Quantity)[] lines)
    {
        var order = await SubmittedAsync(buyer, lines);
        Assert.IsType<OrderOutcome.Done>(await ConfirmAsync(order));
        Assert.IsType<OrderOutcome.Done>(await ShipAsync(order, [.. lines.Select((line, index) => (index + 1, line.Quantity))]));
        return (await InvoicesAsync(order)).Single().Number;
    }

    public Task<List<InvoiceRow>> InvoicesAsync(string order) => AsAsync<ReceivablesStore, List<InvoiceRow>>(Finance, store => store.OfOrderAsync(order, default));

    public async Task<InvoicePage> InvoiceAsync(string number) => (await AsAsync<ReceivablesStore, InvoicePage?>(Finance, store => store.InvoiceAsync(number, default)))!;

    public Task<PaymentEntry> PayAsync(TestPerson buyer, decimal amount, string? reference = null, string? bankReference = null, int daysAgo = 0) => PayAsync(Finance, buyer, amount, reference, bankReference, daysAgo);

    public async Task<PaymentEntry> PayAsync(TestPerson enters, TestPerson buyer, decimal amount, string? reference, string? bankReference, int daysAgo) =>
        (await AsAsync<EnterPayments, List<PaymentEntry>>(enters, enter => enter.RunAsync([new(buyer.Partner.Number, null, amount, Clock.Today.AddDays(-daysAgo), reference, bankReference)], "typed", default))).Single();

    public async Task<string> PaidAsync(TestPerson buyer, decimal amount, string? reference = null, int daysAgo = 0) => Assert.IsType<PaymentEntry.Entered>(await PayAsync(buyer, amount, reference, daysAgo: daysAgo)).Number;

    public Task<BooksOutcome> CreditAsync(string invoice, CreditNoteTyped typed) => AsAsync<IssueCreditNote, BooksOutcome>(Finance, act => act.RunAsync(invoice, typed, default));

    public Task<BooksOutcome> DecideAsync(Func<KeepCredit, Task<BooksOutcome>> decide) => AsAsync(Finance, decide);

    public async Task<Position> PositionAsync(TestPerson buyer) => (await AsAsync<AccountStore, List<Position>>(Finance, store => store.PositionsAsync("seller", default))).Single(position => position.PartnerNumber == buyer.Partner.Number);

    public static IEnumerable<string> Keys(BooksOutcome outcome) => Assert.IsType<BooksOutcome.Wrong>(outcome).Problems.Select(problem => problem.TextKey);

    public static OrderProblem Problem(OrderOutcome outcome) => Assert.IsType<OrderOutcome.Wrong>(outcome).Problems.Single();
}
