using System.Globalization;
using System.Net;
using Portal.Receivables;
using Portal.Tests.Imports;
using Support;

namespace Portal.Tests.Receivables;

/// <summary>The pages, the API and the files, as finance and buyers use them.</summary>
public sealed class WorkingWithBooks(KeepingBooks books) : IClassFixture<KeepingBooks>
{
    [Fact]
    public async Task Finance_enters_a_payment_matches_it_and_takes_it_back()
    {
        var buyer = await books.Given.ADistributor("Page pays");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-10", 1)))).Invoice;
        var finance = books.SignIn(books.Finance);

        var form = await finance.GetAsync($"/receivables/payments/new?payer={buyer.Partner.Number}");
        var wrong = await finance.SubmitAsync(form, ("Amount", "-5"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("Write an amount above 0", wrong.Words, StringComparison.Ordinal);
        var page = await finance.SubmitAsync(form, ("Amount", "50"), ("Reference", "thank you"));
        Assert.Contains("Look at what is proposed", page.Text(".flash"), StringComparison.Ordinal);
        Assert.Equal("50", page.Document.QuerySelector("input[name='Parts[0].Amount']")!.GetAttribute("value"));
        Assert.Contains("The oldest", page.Words, StringComparison.Ordinal);

        page = await finance.PressAsync(page, "form[action$='/matches'] button");
        Assert.Contains("The amounts are matched", page.Text(".flash"), StringComparison.Ordinal);
        Assert.Equal(invoice.GrossAmount - 50m, (await books.InvoiceAsync(invoice.Number)).Invoice.OpenAmount);
        page = await finance.PressAsync(page, "form[action$='/unmatchings'] button", ("invoice", invoice.Number), ("reason", "of another buyer"));
        Assert.Contains("open again", page.Text(".flash"), StringComparison.Ordinal);
        page = await finance.PressAsync(page, "form[action$='/reversal'] button[type=submit]", ("reversalReason", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        page = await finance.PressAsync(page, "form[action$='/reversal'] button[type=submit]", ("reversalReason", "bounced"));
        Assert.Contains("The payment is reversed", page.Text(".flash"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finance_credits_lost_goods_sets_a_limit_and_reads_every_page()
    {
        var buyer = await books.Given.ADistributor("Page reads");
        var invoice = await books.InvoicedAsync(buyer, ("A-01", 5));
        var finance = books.SignIn(books.Finance);

        var form = await finance.GetAsync($"/receivables/invoices/{invoice}/credit-notes/new");
        var refused = await finance.SubmitAsync(form, ("Kind", "lines"), ("Lines[0].Quantity", "6"), ("Reason", "lost"));
        Assert.Contains("Of line 1 no more than 5 can be taken back.", refused.Words, StringComparison.Ordinal);
        var page = await finance.SubmitAsync(form, ("Kind", "lines"), ("Lines[0].Quantity", "2"), ("Reason", "lost"));
        Assert.Contains("is written", page.Text(".flash"), StringComparison.Ordinal);
        Assert.Contains("lost", page.Words, StringComparison.Ordinal);

        var account = await finance.GetAsync($"/receivables/accounts/{buyer.Partner.Number}");
        account = await finance.PressAsync(account, "form[action$='/limits'] button[type=submit]", ("limitAmount", "1000"), ("limitReason", ""));
        Assert.Contains("Say why.", account.Words, StringComparison.Ordinal);
        account = await finance.PressAsync(account, "form[action$='/limits'] button[type=submit]", ("limitAmount", "1000"), ("limitReason", "annual review"));
        Assert.Contains("1,000.00", account.Text(".facts"), StringComparison.Ordinal);

        var order = (await books.InvoiceAsync(invoice)).Invoice.OrderNumber;
        foreach (var path in new[]
        {
            "/receivables", "/receivables/invoices", "/receivables/invoices?state=overdue&q=2026", "/receivables/payments?state=credit_note", "/receivables/ageing", "/receivables/ageing?on=2026-03-31&known=2026-03-02",
            "/receivables/settings", "/receivables/tax?country=DE", $"/receivables/accounts/{buyer.Partner.Number}/statement", $"/orders/{order}",
            "/receivables/accounts/export", "/receivables/invoices/seller/export", "/receivables/payments/seller/export", "/receivables/ageing/export", $"/receivables/accounts/{buyer.Partner.Number}/statement/export",
        })
        {
            Assert.True((await finance.GetAsync(path)).Status is HttpStatusCode.OK, path);
        }

        Assert.Contains("2026-", (await finance.GetAsync($"/receivables/accounts/{buyer.Partner.Number}/statement/export?format=csv")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tax_rule_takes_the_place_of_the_one_before_from_its_first_day_on()
    {
        var finance = books.SignIn(books.Finance);
        var form = await finance.GetAsync("/receivables/tax?country=GB");

        var refused = await finance.SubmitAsync(form, ("Rule.SellerCountry", "gb"), ("Rule.BuyerCountry", "GBR"), ("Rule.TaxClass", "standard"), ("Rule.Treatment", "taxed"), ("Rule.Percent", "21"), ("Rule.Reason", "VAT 21%"), ("Rule.ReasonZh", "增值税 21%"));
        Assert.Contains("Write two capital letters", refused.Words, StringComparison.Ordinal);
        var page = await finance.SubmitAsync(form, ("Rule.SellerCountry", "gb"), ("Rule.BuyerCountry", "gb"), ("Rule.TaxClass", "standard"), ("Rule.Treatment", "taxed"), ("Rule.Percent", "21"), ("Rule.Reason", "VAT 21%"), ("Rule.ReasonZh", "增值税 21%"));

        Assert.Contains("are kept", page.Text(".flash"), StringComparison.Ordinal);
        Assert.Equal([0.20m, 0.21m], await books.Database.ListAsync<decimal>(
            "set local search_path = portal, public; select r.rate from unnest(array[-1, 0]) as d cross join lateral tax_for('GB', 'GB', 'standard', @today::date + d) r order by d", new { today = books.Clock.Today }));
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_at_its_field_and_kept_and_nothing_is_written()
    {
        var buyer = await books.Given.ADistributor("Unreadable");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-01", 5), ("A-10", 5)))).Invoice;
        var payment = await books.PaidAsync(buyer, 7m);
        var finance = books.SignIn(books.Finance);

        var page = await finance.SubmitAsync(await finance.GetAsync($"/receivables/invoices/{invoice.Number}/credit-notes/new"), ("Kind", "lines"), ("Lines[0].Quantity", "2"), ("Lines[1].Quantity", "3 pieces"), ("Reason", "lost"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "3 pieces", "2"), (page.Status, Value("Lines[1].Quantity"), Value("Lines[0].Quantity")));
        Assert.Contains("3 pieces", page.Text(".field-problem"), StringComparison.Ordinal);
        Assert.Empty((await books.InvoiceAsync(invoice.Number)).CreditNotes);

        page = await finance.PressAsync(await finance.GetAsync($"/receivables/payments/{payment}"), "form[action$='/matches'] button", ("Parts[0].Amount", "7 yuan"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "7 yuan"), (page.Status, Value("Parts[0].Amount")));

        page = await finance.PressAsync(await finance.GetAsync("/receivables/settings"), "form[action$='/policy'] button", ("OverdueDays", "30 days"), ("PolicyReason", "strict"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "30 days"), (page.Status, Value("OverdueDays")));

        page = await finance.PressAsync(await finance.GetAsync($"/receivables/accounts/{buyer.Partner.Number}"), "form[action$='/limits'] button[type=submit]", ("limitAmount", "100"), ("limitUntil", "soon"), ("limitReason", "review"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "100"), (page.Status, Value("limitAmount")));
        Assert.Null((await books.PositionAsync(buyer)).LimitAmount);

        var tax = await finance.GetAsync("/receivables/tax?country=SG");
        foreach (var (typed, says) in new[] { ("13%", "13%"), ("", "Write the rate in percent") })
        {
            page = await finance.PressAsync(tax, "form[action='/receivables/tax'][method=post] button",
                ("Rule.SellerCountry", "SG"), ("Rule.BuyerCountry", "SG"), ("Rule.TaxClass", "standard"), ("Rule.Treatment", "taxed"), ("Rule.Percent", typed), ("Rule.Reason", "GST"), ("Rule.ReasonZh", "商品及服务税"));
            Assert.Equal((HttpStatusCode.UnprocessableEntity, typed), (page.Status, Value("Rule.Percent") ?? ""));
            Assert.Contains(says, page.Text(".field-problem"), StringComparison.Ordinal);
        }

        Assert.Single(await books.Database.ListAsync<decimal>("select rate from portal.tax_rule where seller_country = 'SG' and buyer_country = 'SG' and tax_class = 'standard'"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await finance.GetAsync($"/receivables/accounts/{buyer.Partner.Number}/statement?from=never")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await finance.GetAsync("/receivables/ageing/export?on=never")).Status);

        string? Value(string name) => page.Document.QuerySelector($"input[name='{name}']")!.GetAttribute("value");
    }

    [Fact]
    public async Task A_rule_is_ended_with_a_day_and_the_page_says_while_one_catches_all()
    {
        var finance = books.SignIn(books.Finance);
        var tax = await finance.GetAsync("/receivables/tax?country=KR");
        Assert.Contains("for all countries without rules of their own still holds", tax.Words, StringComparison.Ordinal);

        var page = await finance.PressAsync(tax, "form[action$='/tax/ends'] button", ("End.Rule", "* * *"), ("End.LastDay", "2020-01-01"));
        Assert.Contains("Choose today or a later day", page.Words, StringComparison.Ordinal);
        page = await finance.PressAsync(tax, "form[action$='/tax/ends'] button", ("End.Rule", "* * *"), ("End.LastDay", books.Clock.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

        Assert.Contains("are kept", page.Words, StringComparison.Ordinal);
        Assert.Equal([0], await books.Database.ListAsync<int>(
            "set local search_path = portal, public; select d from unnest(array[0, 1]) as d cross join lateral tax_for('BR', 'BR', 'standard', @today::date + d) r", new { today = books.Clock.Today }));
        var api = books.Api(await books.Given.AnApiClient(books.Admin.Partner, "finance"));
        Assert.Equal(HttpStatusCode.BadRequest, (await api.PostAsync("/api/v1/receivables/tax-rules/ends", new { sellerCountry = "ZZ", lastDay = books.Clock.Today })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await api.PostAsync("/api/v1/receivables/tax-rules/ends", new { sellerCountry = "KR", buyerCountry = "KR", taxClass = "zero", lastDay = books.Clock.Today })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.PostAsync("/api/v1/receivables/tax-rules", new { sellerCountry = "KR", treatment = "taxed", reason = "VAT", reasonZh = "增值税" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await books.SignIn(await books.Given.ADistributor("Ends no rule")).PressAsync(tax, "form[action$='/tax/ends'] button")).Status);
    }

    [Fact]
    public async Task An_order_shows_its_invoices_to_those_who_read_the_books()
    {
        var buyer = await books.Given.ADistributor("Order reader");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-01", 1)))).Invoice;

        foreach (var (person, reads) in new[] { (await books.Given.APerson(buyer.Partner, "purchasing"), true), (await books.Given.APerson(buyer.Partner, "sales"), false), (books.Finance, true) })
        {
            var page = await books.SignIn(person).GetAsync($"/orders/{invoice.OrderNumber}");
            Assert.Equal((HttpStatusCode.OK, reads), (page.Status, page.Words.Contains(invoice.LegalNumber, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_buyer_reads_its_own_account_and_nobody_elses()
    {
        var buyer = await books.Given.ADistributor("Reader");
        var purchasing = await books.Given.APerson(buyer.Partner, "purchasing");
        var other = books.SignIn(await books.Given.ADistributor("Other reader"));
        var invoice = await books.InvoicedAsync(buyer, ("A-01", 1));
        var reader = books.SignIn(purchasing);

        Assert.Equal("/receivables/payable", (await reader.GetAsync("/receivables")).Path);
        Assert.Contains("11.31", (await reader.GetAsync("/receivables/payable")).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync($"/receivables/invoices/{invoice}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync($"/receivables/accounts/{books.Admin.Partner.Number}/statement")).Status);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("/receivables/payments/sent")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync("/receivables/payments")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync("/receivables/settings")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/receivables/invoices/{invoice}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/receivables/accounts/{buyer.Partner.Number}")).Status);
        // sales of the buyer sell; what their company owes is not theirs to read
        Assert.Equal(HttpStatusCode.NotFound, (await books.SignIn(await books.Given.APerson(buyer.Partner, "sales")).GetAsync($"/receivables/invoices/{invoice}")).Status);
    }

    [Fact]
    public async Task The_order_form_says_what_is_left_of_the_credit_and_the_order_page_lets_finance_release()
    {
        var buyer = await books.Given.ADistributor("Form credit");
        await books.DecideAsync(credit => credit.SetPolicyAsync(new(["submit"], true, "hold", null, "test"), default));
        await books.DecideAsync(credit => credit.SetLimitAsync(buyer.Partner.Number, new(100m, null, null, null, "test"), default));
        var clerk = books.SignIn(buyer);

        var form = await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=check]", ("Lines", "A-01 1"));
        Assert.Contains("88.69", form.Text("#order-check"), StringComparison.Ordinal);
        form = await clerk.PressAsync(form, "button[value=check]", ("Lines", "A-10 1"));
        Assert.Contains("does not fit into your credit", form.Text("#order-check"), StringComparison.Ordinal);
        var order = await clerk.PressAsync(form, "button[value=submit]");
        Assert.Contains("Waits for the seller's finance", order.Words, StringComparison.Ordinal);

        var number = order.Path.Split('/')[^1];
        var finance = books.SignIn(books.Finance);
        var page = await finance.PressAsync(await finance.GetAsync($"/orders/{number}"), "form[action^='/receivables/releases'] button[type=submit]", ("releaseReason", "paid by cheque"));
        Assert.Contains("is released", page.Text(".flash"), StringComparison.Ordinal);
        Assert.DoesNotContain("Waits for the seller's finance", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_reads_invoices_enters_payments_and_writes_credit_notes()
    {
        var buyer = await books.Given.ADistributor("API books");
        var number = await books.InvoicedAsync(buyer, ("A-10", 1));
        var (finance, own) = (books.Api(await books.Given.AnApiClient(books.Admin.Partner, "finance")), books.Api(await books.Given.AnApiClient(buyer.Partner, "purchasing")));

        var invoice = (await own.GetAsync($"/api/v1/receivables/invoices/{number}")).Json;
        Assert.Equal((113.11m, "taxed"), (invoice.GetProperty("grossAmount").GetDecimal(), invoice.GetProperty("lines")[0].GetProperty("treatment").GetString()));
        Assert.Equal(number, (await own.GetAsync("/api/v1/receivables/invoices?side=buyer&state=open")).Json.GetProperty("items")[0].GetProperty("number").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await own.GetAsync("/api/v1/receivables/invoices")).Status);

        object payment = new { payer = buyer.Partner.Number, amount = 100m, paidOn = books.Clock.Today, reference = invoice.GetProperty("legalNumber").GetString() };
        Assert.Equal(HttpStatusCode.Forbidden, (await own.PostAsync("/api/v1/receivables/payments", payment)).Status);
        var entered = await finance.PostAsync("/api/v1/receivables/payments", payment);
        Assert.Equal((HttpStatusCode.Created, 100m, 0m), (entered.Status, entered.Json.GetProperty("matched").GetDecimal(), entered.Json.GetProperty("left").GetDecimal()));
        Assert.Equal((HttpStatusCode.Conflict, "payment-twice"), await finance.PostAsync("/api/v1/receivables/payments", payment) is var twice ? (twice.Status, twice.Problem) : default);

        Assert.Equal((HttpStatusCode.BadRequest, true), await finance.PostAsync($"/api/v1/receivables/invoices/{number}/credit-notes", new { kind = "lines", lines = new object?[] { null }, reason = "rebate" }) is var emptyLine ? (emptyLine.Status, emptyLine.Json.GetProperty("errors")[0].GetProperty("field").GetString() is "lines") : default);
        Assert.Equal((HttpStatusCode.BadRequest, true), await finance.PostAsync($"/api/v1/receivables/payments/{entered.Json.GetProperty("number").GetString()}/matches", new { parts = new object?[] { null } }) is var emptyPart ? (emptyPart.Status, emptyPart.Json.GetProperty("errors")[0].GetProperty("field").GetString() is "parts") : default);
        var note = await finance.PostAsync($"/api/v1/receivables/invoices/{number}/credit-notes", new { kind = "amount", amount = 13.11m, reason = "rebate" });
        Assert.Equal(HttpStatusCode.Created, note.Status);
        Assert.Equal(0m, (await own.GetAsync($"/api/v1/receivables/invoices/{number}")).Json.GetProperty("openAmount").GetDecimal());
        var statement = (await own.GetAsync($"/api/v1/receivables/accounts/{books.Admin.Partner.Number}/statement?from=2026-01-01&to=2026-12-31")).Json;
        Assert.Equal((0m, 3), (statement.GetProperty("closing").GetDecimal(), statement.GetProperty("rows").GetArrayLength()));
        Assert.Equal(HttpStatusCode.NoContent, (await finance.PostAsync($"/api/v1/receivables/accounts/{buyer.Partner.Number}/limits", new { amount = 500m, reason = "review" })).Status);
        Assert.Equal(500m, (await own.GetAsync("/api/v1/receivables/accounts?side=buyer")).Json.GetProperty("items")[0].GetProperty("limitAmount").GetDecimal());
        Assert.Equal(HttpStatusCode.Forbidden, (await own.PostAsync($"/api/v1/receivables/accounts/{buyer.Partner.Number}/limits", new { amount = 500m, reason = "review" })).Status);
    }

    [Fact]
    public async Task A_banks_file_becomes_payments_and_the_same_file_again_none()
    {
        var buyer = await books.Given.ADistributor("File pays");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-10", 1)))).Invoice;
        var desk = new ImportDesk(books, books.Finance);
        var day = books.Clock.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var file = $"date,amount,payer,reference,transaction_id\n{day},60.00,,part of {invoice.LegalNumber},B-1\n{day},53.11,{buyer.Partner.Number},,B-2\n{day},1.00,nobody,,B-3\n";

        var import = await desk.ImportAsync("payments", file, leaveOutWrong: true);
        Assert.Equal(("done", 2L, 1L), (import.Status, import.RowsTaken, import.RowsRefused));
        Assert.Equal(0m, (await books.InvoiceAsync(invoice.Number)).Invoice.OpenAmount);

        var again = await desk.ImportAsync("payments", file, leaveOutWrong: true);
        Assert.Equal(3L, again.RowsRefused);
        Assert.Equal(2L, (await books.Database.ListAsync<long>("select count(*) from portal.payment where buyer_id = @id", new { id = buyer.Partner.PartnerId })).Single());
    }
}
