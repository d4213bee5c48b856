using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Orders;
using Portal.Receivables;
using Portal.Returns;
using Portal.Tests.Receivables;
using Support;

namespace Portal.Tests.Returns;

/// <summary>What was short, damaged, wrong or too much at a receipt, and how both sides settle it. When all is done the books must add up.</summary>
public sealed class SettlingDiscrepancies(KeepingBooks books) : IClassFixture<KeepingBooks>
{
    /// <summary>Ten pieces of A-10 at 100.10 that were sent, and came as said.</summary>
    async Task<(string Order, string Receipt)> CameAsync(TestPerson buyer, int good, int missing = 0, int damaged = 0, int wrong = 0, int over = 0)
    {
        var order = await books.SubmittedAsync(buyer, ("A-10", 10));
        Assert.IsType<OrderOutcome.Done>(await books.ConfirmAsync(order));
        var shipment = Assert.IsType<OrderOutcome.Done>(await books.ShipAsync(order, (1, 10))).Document!;
        return (order, await ReceivedAsync(buyer, shipment, new ArrivedLine(1, good, missing, damaged, wrong, over, null)));
    }

    async Task<string> ReceivedAsync(TestPerson buyer, string shipment, ArrivedLine line) =>
        Assert.IsType<OrderOutcome.Done>(await books.AsAsync<ReceiveShipment, OrderOutcome>(buyer, receive => receive.RunAsync(shipment, null, new(null, [line]), default))).Document!;

    Task<ReturnOutcome> FileAsync(TestPerson buyer, string receipt, string kind, decimal? quantity, string? path, string? reason = "see photo") =>
        books.AsAsync<SettleDiscrepancy, ReturnOutcome>(buyer, settle => settle.FileAsync(new(receipt, 1, kind, quantity, path, reason), default));

    async Task<string> FiledAsync(TestPerson buyer, string receipt, string kind, decimal quantity, string path) => Assert.IsType<ReturnOutcome.Done>(await FileAsync(buyer, receipt, kind, quantity, path)).Number;

    Task<ReturnOutcome> ActAsync(TestPerson person, string number, string act, string? path = null, string? reason = "because") =>
        books.AsAsync<SettleDiscrepancy, ReturnOutcome>(person, settle => settle.RunAsync(number, null, act, path, reason, default));

    Task<OrderPage?> OrderAsync(TestPerson person, string number) => books.AsAsync<OrderStore, OrderPage?>(person, store => store.FindAsync(number, default));

    static IEnumerable<string> Keys(ReturnOutcome outcome) => Assert.IsType<ReturnOutcome.Wrong>(outcome).Problems.Select(problem => problem.TextKey);

    [Fact]
    public async Task Lost_pieces_are_sent_again_and_cost_nothing_and_the_order_stays_open_until_it_is_settled()
    {
        var buyer = await books.Given.ADistributor("Sent again");
        var (order, receipt) = await CameAsync(buyer, good: 8, missing: 2);
        var number = await FiledAsync(buyer, receipt, "short", 2, "send_again");
        Assert.Equal("orders.problem.running_case", KeepingBooks.Problem(await books.AsAsync<CloseOrder, OrderOutcome>(buyer, close => close.RunAsync(order, null, default))).TextKey);

        Assert.IsType<ReturnOutcome.Done>(await ActAsync(books.Admin, number, "accept", reason: null));
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(books.Admin, number, "accept", reason: null)); // a second click

        var page = (await OrderAsync(buyer, order))!;
        Assert.Equal(("partially_shipped", 1001.00m, 2), (page.Order.Status, page.Order.TotalAmount, page.Order.LineCount));
        Assert.Equal((2, 2, 0m, 2), (page.Lines[1].Quantity, page.Lines[1].Reserved, page.Lines[1].Amount, page.Lines[1].Open));
        var again = Assert.IsType<OrderOutcome.Done>(await books.ShipAsync(order, (2, 2))).Document!;
        await ReceivedAsync(buyer, again, new ArrivedLine(2, 1, 0, 1, 0, 0, null));
        Assert.Equal([1131.13m, 0m], (await books.InvoicesAsync(order)).OrderBy(invoice => invoice.Number == again).ThenByDescending(invoice => invoice.GrossAmount).Select(invoice => invoice.GrossAmount));

        // what was lost once more is credited at the price of the line that it replaced
        var once = await books.AsAsync<CaseStore, List<FoundDifference>>(buyer, store => store.DifferencesAsync(page.Order.PurchaseOrderId, default));
        var second = Assert.IsType<ReturnOutcome.Done>(await books.AsAsync<SettleDiscrepancy, ReturnOutcome>(buyer, settle => settle.FileAsync(new(once[1].ReceiptNumber, 2, "damaged", 1, "credit", "broken again"), default))).Number;
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(books.Admin, second, "accept"));
        Assert.Equal(1131.13m - 113.11m, (await books.InvoicesAsync(order)).Sum(invoice => invoice.OpenAmount));
        Assert.IsType<OrderOutcome.Done>(await books.AsAsync<CloseOrder, OrderOutcome>(buyer, close => close.RunAsync(order, null, default)));
    }

    [Fact]
    public async Task A_credit_is_written_at_the_price_that_was_paid_and_a_discrepancy_is_settled_once()
    {
        var buyer = await books.Given.ADistributor("Credited");
        var (order, receipt) = await CameAsync(buyer, good: 7, damaged: 3);

        Assert.Equal(["returns.problem.case_quantity", "returns.problem.path", "returns.problem.reason_missing"], Keys(await FileAsync(buyer, receipt, "damaged", 4, "take_over", " ")));
        var number = await FiledAsync(buyer, receipt, "damaged", 3, "credit");
        Assert.Equal(["returns.problem.case_exists_as"], Keys(await FileAsync(buyer, receipt, "damaged", 1, "credit")));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ActAsync(books.Admin, number, "accept")));

        Assert.All(outcomes, outcome => Assert.IsType<ReturnOutcome.Done>(outcome));
        var invoice = await books.InvoiceAsync((await books.InvoicesAsync(order)).Single().Number);
        Assert.Equal((3, 339.34m), (invoice.Lines[0].Credited, invoice.CreditNotes.Single().GrossAmount));
        Assert.Equal(["returns.problem.case_exists_as"], Keys(await FileAsync(buyer, receipt, "damaged", 1, "credit")));
    }

    [Fact]
    public async Task What_finance_credited_before_is_not_credited_again()
    {
        var buyer = await books.Given.ADistributor("Credited before");
        var (order, receipt) = await CameAsync(buyer, good: 8, missing: 2);
        var invoice = (await books.InvoicesAsync(order)).Single().Number;
        Assert.IsType<BooksOutcome.Done>(await books.CreditAsync(invoice, new("lines", [new(1, 9)], null, "by hand")));
        var number = await FiledAsync(buyer, receipt, "short", 2, "credit");

        Assert.Equal(["returns.problem.nothing_to_credit"], Keys(await ActAsync(books.Admin, number, "accept")));
        Assert.Equal("open", (await books.AsAsync<CaseStore, DiscrepancyCase?>(buyer, store => store.FindAsync(number, default)))!.Status);
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(buyer, number, "withdraw"));
        Assert.IsType<ReturnOutcome.NotNow>(await ActAsync(books.Admin, number, "accept"));
    }

    [Fact]
    public async Task A_seller_disputes_and_offers_and_a_clerk_of_the_buyer_agrees()
    {
        var buyer = await books.Given.ADistributor("Agrees");
        var clerk = await books.Given.APerson(buyer.Partner, "purchasing");
        var (order, receipt) = await CameAsync(buyer, good: 9, wrong: 1);
        var number = await FiledAsync(clerk, receipt, "wrong", 1, "credit");

        Assert.Equal(["returns.problem.reason_missing"], Keys(await ActAsync(books.Admin, number, "dispute", "send_again", null)));
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(books.Admin, number, "dispute"));
        Assert.IsType<ReturnOutcome.NotNow>(await ActAsync(clerk, number, "agree")); // nothing is offered
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(clerk, number, "renew", "write_off"));
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(books.Admin, number, "dispute", "credit"));
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(clerk, number, "agree", reason: null));

        var found = (await books.AsAsync<CaseStore, DiscrepancyCase?>(clerk, store => store.FindAsync(number, default)))!;
        Assert.Equal(("settled", "credit"), (found.Status, found.SettledAs));
        Assert.Equal(["file", "dispute", "renew", "dispute", "agree"], (await books.AsAsync<CaseStore, List<CaseStep>>(books.Admin, store => store.StepsAsync(found.DiscrepancyCaseId, default))).Select(step => step.Act));
        Assert.Equal(113.11m, (await books.InvoiceAsync((await books.InvoicesAsync(order)).Single().Number)).CreditNotes.Single().GrossAmount);
        // the rights by which it was carried out are gone
        var invoice = (await books.InvoicesAsync(order)).Single().Number;
        Assert.IsType<BooksOutcome.Forbidden>(await books.AsAsync<IssueCreditNote, BooksOutcome>(clerk, act => act.RunAsync(invoice, new("whole", [], null, "mine"), default)));
    }

    [Fact]
    public async Task A_surplus_is_taken_over_at_full_price_and_both_stocks_know_it()
    {
        var buyer = await books.Given.ADistributor("Takes over");
        var (order, receipt) = await CameAsync(buyer, good: 10, over: 2);
        var number = await FiledAsync(buyer, receipt, "over", 2, "take_over");

        Assert.IsType<ReturnOutcome.Done>(await ActAsync(books.Admin, number, "accept"));

        var page = (await OrderAsync(buyer, order))!;
        Assert.Equal(("received", 1201.20m), (page.Order.Status, page.Order.TotalAmount));
        Assert.Equal((2, 2, 2, 200.20m), (page.Lines[1].Quantity, page.Lines[1].Shipped, page.Lines[1].Received, page.Lines[1].Amount));
        Assert.Equal([226.23m, 1131.13m], (await books.InvoicesAsync(order)).Select(invoice => invoice.GrossAmount).Order());
        Assert.Equal([12L], await books.Database.ListAsync<long>("select b.on_hand from portal.stock_balance b join portal.stock_place p using (stock_place_id) where p.partner_id = @id and p.kind = 'own'", new { id = buyer.Partner.PartnerId }));
    }

    [Fact]
    public async Task A_surplus_that_does_not_fit_into_the_buyers_credit_is_not_taken_over()
    {
        var buyer = await books.Given.ADistributor("Takes too much");
        var (order, receipt) = await CameAsync(buyer, good: 10, over: 2);
        var number = await FiledAsync(buyer, receipt, "over", 2, "take_over");
        // 1,131.13 is owed, and the surplus comes to 226.23.
        Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.SetLimitAsync(buyer.Partner.Number, new(1300m, "CNY", null, null, "small"), default)));

        Assert.Equal(["receivables.gate.limit.seller"], Keys(await ActAsync(books.Admin, number, "accept")));

        Assert.Equal((1, 1001.00m), (await OrderAsync(buyer, order))!.Order is var head ? (head.LineCount, head.TotalAmount) : default);
        Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.SetLimitAsync(buyer.Partner.Number, new(1400m, "CNY", null, null, "enough"), default)));
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(books.Admin, number, "accept"));
    }

    [Fact]
    public async Task Pieces_that_were_credited_by_hand_are_not_sent_again()
    {
        var buyer = await books.Given.ADistributor("Credited by hand");
        var (order, receipt) = await CameAsync(buyer, good: 8, missing: 2);
        var number = await FiledAsync(buyer, receipt, "short", 2, "send_again");
        Assert.IsType<BooksOutcome.Done>(await books.CreditAsync((await books.InvoicesAsync(order)).Single().Number, new("lines", [new(1, 1)], null, "one of the missing two")));

        Assert.Equal(["returns.problem.credited_already"], Keys(await ActAsync(books.Admin, number, "accept", reason: null)));

        Assert.Single((await OrderAsync(buyer, order))!.Lines);
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(buyer, number, "withdraw"));
        Assert.Equal(["returns.problem.credited_already"], Keys(await FileAsync(buyer, receipt, "short", 2, "send_again")));
        var one = await FiledAsync(buyer, receipt, "short", 1, "send_again");
        // The credit note and the agreement at the same moment: the money goes back or the piece comes, not both.
        var invoice = (await books.InvoicesAsync(order)).Single().Number;
        var (agreed, credited) = (ActAsync(books.Admin, one, "accept", reason: null), books.CreditAsync(invoice, new("lines", [new(1, 1)], null, "the other one")));
        await Task.WhenAll(agreed, credited);
        if (await agreed is ReturnOutcome.Done)
        {
            Assert.Equal(1, (await OrderAsync(buyer, order))!.Lines[1].Quantity);
        }
        else
        {
            Assert.Single((await OrderAsync(buyer, order))!.Lines);
        }
    }

    [Fact]
    public async Task Others_see_nothing_the_wrong_side_does_nothing_and_the_database_says_so_too()
    {
        var buyer = await books.Given.ADistributor("Guarded");
        var stranger = await books.Given.ADistributor("Stranger");
        var viewer = await books.Given.APerson(buyer.Partner, "viewer");
        var (_, receipt) = await CameAsync(buyer, good: 8, missing: 2);
        Assert.IsType<ReturnOutcome.NotFound>(await FileAsync(stranger, receipt, "short", 1, "credit"));
        Assert.IsType<ReturnOutcome.Forbidden>(await FileAsync(viewer, receipt, "short", 1, "credit"));
        Assert.IsType<ReturnOutcome.Forbidden>(await FileAsync(books.Admin, receipt, "short", 1, "credit"));
        var number = await FiledAsync(buyer, receipt, "short", 2, "credit");

        Assert.IsType<ReturnOutcome.NotFound>(await ActAsync(stranger, number, "accept"));
        Assert.IsType<ReturnOutcome.Forbidden>(await ActAsync(buyer, number, "accept"));
        Assert.IsType<ReturnOutcome.Forbidden>(await ActAsync(books.Finance, number, "accept"));
        Assert.IsType<ReturnOutcome.Forbidden>(await ActAsync(books.Admin, number, "withdraw"));
        foreach (var (statement, constraint) in new[]
        {
            ("update discrepancy_case set status = 'settled', settled_as = 'credit', closed_at = now() where number = @number", "a_case_is_settled_by_the_other_side"),
            ("insert into discrepancy_case (number, receipt_discrepancy_id, shipment_line_id, purchase_order_id, buyer_id, seller_id, kind, quantity, wanted, reason, answer_by, opened_at) select 'DC-X', receipt_discrepancy_id, shipment_line_id, purchase_order_id, buyer_id, seller_id, kind, 3, wanted, reason, answer_by, opened_at from discrepancy_case where number = @number", "a_case_claims_no_more_than_differed"),
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => books.AsAsync<Db, int>(buyer, db => db.ExecuteAsync(statement, new { number }, default)));
            Assert.Equal(constraint, refused.ConstraintName);
        }

        var again = await Assert.ThrowsAsync<PostgresException>(() => books.Database.ExecuteAsync("""
            insert into portal.purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, unit_price, amount, replaces_line_id)
            select l.purchase_order_id, l.buyer_id, l.seller_id, 99, l.product_id, 3, 0, 0, l.purchase_order_line_id
            from portal.purchase_order_line l join portal.discrepancy_case c using (purchase_order_id) where c.number = @number
            """, new { number }));
        Assert.Equal("no_more_is_sent_again_than_was_lost", again.ConstraintName);
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(buyer, number, "withdraw"));
    }

    [Fact]
    public async Task Both_sides_settle_it_on_the_pages_with_photos_and_who_must_act_is_told()
    {
        var buyer = await books.Given.ADistributor("On pages");
        var (order, receipt) = await CameAsync(buyer, good: 9, damaged: 1);
        var (clerk, seller) = (books.SignIn(buyer), books.SignIn(books.Admin));
        var form = await clerk.GetAsync((await clerk.GetAsync($"/orders/{order}")).Document.QuerySelector("a[href^='/discrepancies/new']")!.GetAttribute("href")!);

        var wrong = await clerk.SubmitAsync(form, ("Quantity", "2"), ("Path", "credit"), ("Reason", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(["Write a whole number from 1 to 1, as many as the receipt found.", "Say why; the other side reads it."], wrong.All(".invalid-feedback, .field-problem, .field-validation-error").Where(words => words.Length > 0).Distinct());
        var filed = await clerk.SubmitAsync(wrong, ("Quantity", "1"), ("Reason", "crushed"));
        Assert.Contains("With the seller", filed.Text(".facts"));
        var number = filed.Path.Split('/')[^1];

        Assert.Contains(number, (await seller.GetAsync("/discrepancies?status=waiting")).Words);
        Assert.Contains("Discrepancies to answer", (await seller.GetAsync("/")).Words);
        var settled = await seller.PressAsync(await seller.GetAsync($"/discrepancies/{number}"), "form[action$=acceptance]");
        Assert.Contains("Settled", settled.Text(".facts"));
        Assert.Contains("crushed", (await clerk.GetAsync($"/discrepancies/{number}")).Words);
        Assert.Equal(HttpStatusCode.NotFound, (await books.SignIn(await books.Given.ADistributor("Not on these pages")).GetAsync($"/discrepancies/{number}")).Status);
        Assert.Contains("CN-", settled.Text(".timeline-list"));
        clerk.Language = "zh-CN";
        Assert.Contains("已处理", (await clerk.GetAsync($"/orders/{order}")).Words);
    }

    [Fact]
    public async Task A_program_settles_with_the_version_it_read_and_adds_papers_of_the_carrier()
    {
        var buyer = await books.Given.ADistributor("By program");
        var (order, receipt) = await CameAsync(buyer, good: 9, missing: 1);
        var (buys, sells) = (books.Api(await books.Given.AnApiClient(buyer.Partner, "purchasing")), books.Api(await books.Given.AnApiClient(books.Admin.Partner, "brand_admin")));

        var filed = await buys.PostAsync("/api/v1/discrepancies", new { receipt, lineNumber = 1, kind = "short", quantity = 1, path = "credit", reason = "one box fewer" });
        Assert.Equal(HttpStatusCode.Created, filed.Status);
        var address = $"/api/v1/discrepancies/{filed.Json.GetProperty("number").GetString()}";
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await sells.PostAsync(address + "/acceptance", null)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await sells.SendAsync(HttpMethod.Post, address + "/acceptance", null, ("If-Match", "\"7\""))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await buys.SendAsync(HttpMethod.Post, address + "/acceptance", null, ("If-Match", "\"1\""))).Status);
        var settled = await sells.SendAsync(HttpMethod.Post, address + "/acceptance", null, ("If-Match", "\"1\""));
        Assert.Equal(("settled", "credit"), (settled.Json.GetProperty("status").GetString(), settled.Json.GetProperty("settledAs").GetString()));
        Assert.Equal("settled", (await buys.GetAsync("/api/v1/discrepancies?status=settled")).Json.GetProperty("items")[0].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await buys.GetAsync("/api/v1/discrepancies?status=lost")).Status);

        // the carrier's paper: told from its content, seen by both, kept from others
        var shipment = (await OrderAsync(buyer, order))!.Shipments[0].Head.Number;
        async Task<ApiAnswer> AddAsync(ApiClient client, string content)
        {
            var file = new ByteArrayContent([.. System.Text.Encoding.Latin1.GetBytes(content)]);
            file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            return await client.SendAsync(HttpMethod.Post, $"/api/v1/shipments/{shipment}/files", new MultipartFormDataContent { { file, "files", "signed.pdf" } }, ("Idempotency-Key", Guid.NewGuid().ToString()));
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await AddAsync(buys, "MZ a program")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await AddAsync(buys, "sku,quantity\nA-10,1\n")).Status);
        var added = await AddAsync(buys, "%PDF-1.7 signed");
        Assert.Equal(HttpStatusCode.OK, added.Status);
        var paper = $"/api/v1/delivery-files/{added.Json.GetProperty("items")[0].GetProperty("number").GetString()}";
        Assert.Equal("%PDF-1.7 signed", (await sells.GetAsync(paper)).Text);
        Assert.Contains("signed.pdf", (await books.SignIn(books.Admin).GetAsync($"/orders/{order}")).Words);
        var others = books.Api(await books.Given.AnApiClient((await books.Given.ADistributor("Other program")).Partner, "purchasing"));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound), ((await others.GetAsync(paper)).Status, (await others.GetAsync(address)).Status, (await AddAsync(others, "%PDF-1.7 forged")).Status));
        Assert.Equal(HttpStatusCode.Forbidden, (await sells.SendAsync(HttpMethod.Delete, paper, null)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await buys.SendAsync(HttpMethod.Delete, paper, null)).Status);
    }

    [Fact]
    public async Task Whoever_is_asked_too_long_is_reminded_once()
    {
        var buyer = await books.Given.ADistributor("Waits long");
        var (_, receipt) = await CameAsync(buyer, good: 9, missing: 1);
        var number = await FiledAsync(buyer, receipt, "short", 1, "write_off");
        await books.Database.ExecuteAsync("alter table portal.discrepancy_case disable trigger user; update portal.discrepancy_case set answer_by = answer_by - 30 where number = @number; alter table portal.discrepancy_case enable trigger user", new { number });
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await books.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<RemindOfCases>().RunAsync(default));
        }

        Assert.Equal([1L], await books.Database.ListAsync<long>("select count(*) from portal.outbox_message where kind = 'return.step' and payload ->> 'act' = 'remind' and payload ->> 'number' = @number", new { number }));
        Assert.True((await books.AsAsync<CaseStore, DiscrepancyCase?>(buyer, store => store.FindAsync(number, default)))!.IsLate);
        Assert.IsType<ReturnOutcome.Done>(await ActAsync(books.Admin, number, "accept"));
    }
}
