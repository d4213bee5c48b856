using System.Net;
using System.Text.Json;
using Support;

namespace Portal.Tests.Receivables;

/// <summary>Invoices, credit notes and statements as PDF.</summary>
public sealed class PrintingInvoices(KeepingBooks portal) : IClassFixture<KeepingBooks>
{
    [Fact]
    public async Task An_invoice_is_frozen_once_and_the_same_bytes_for_both_sides_ever_after()
    {
        var person = await portal.Given.ADistributor("Reads its invoice");
        var number = await portal.InvoicedAsync(person, ("A-10", 2), ("ODD", 7));
        var finance = portal.SignIn(portal.Finance);
        await finance.PressAsync(await finance.GetAsync("/receivables/settings"), "form[action$=bank]", ("BankDetails", "Northlight\nIBAN DE00 1234"));
        var page = await finance.GetAsync($"/receivables/invoices/{number}");
        var address = page.Document.QuerySelector("a[href$='/pdf']")!.GetAttribute("href")!;

        var first = await finance.GetAsync(address + "?language=zh-CN");
        await finance.PressAsync(await finance.GetAsync("/receivables/settings"), "form[action$=bank]", ("BankDetails", "Elsewhere"));
        await portal.Database.ExecuteAsync("update portal.partner set name = 'Renamed' where number = @number", new { number = person.Partner.Number });
        var second = await portal.SignIn(person).GetAsync(address + "?language=zh-CN");

        Assert.Equal(("application/pdf", HttpStatusCode.OK), (first.Header("Content-Type"), second.Status));
        Assert.Equal(first.Bytes, second.Bytes);
        var program = portal.Api(await portal.Given.AnApiClient(person.Partner, "purchasing"));
        var english = await program.GetAsync("/api/v1" + address + "?language=en");
        Assert.Equal(HttpStatusCode.OK, english.Status);
        Assert.NotEqual(first.Header("ETag"), english.Header("ETag"));
        Assert.Equal(HttpStatusCode.NotModified, (await program.SendAsync(HttpMethod.Get, "/api/v1" + address + "?language=en", null, ("If-None-Match", english.Header("ETag")!))).Status);

        // what was frozen before the bank and the name changed is what the English one says too
        var content = JsonDocument.Parse((await portal.Database.ListAsync<string>("select p.content::text from portal.invoice_paper p join portal.open_item i using (open_item_id) where i.number = @number", new { number })).Single()).RootElement;
        Assert.Equal(("Reads its invoice", "Northlight\nIBAN DE00 1234", 2), (content.GetProperty("buyer").GetProperty("name").GetString(), content.GetProperty("bank").GetString(), content.GetProperty("lines").GetArrayLength()));
        Assert.Equal(2.33m + 200.2m, content.GetProperty("netAmount").GetDecimal());

        var stranger = await portal.Given.ADistributor("Reads no invoice");
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(stranger).GetAsync(address)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(await portal.Given.AnApiClient(stranger.Partner, "partner_admin")).GetAsync("/api/v1" + address)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(await portal.Given.APerson(person.Partner, "viewer")).GetAsync(address)).Status);
    }

    [Fact]
    public async Task A_credit_note_says_which_invoice_it_takes_back_and_why()
    {
        var person = await portal.Given.ADistributor("Reads its credit note");
        var number = await portal.InvoicedAsync(person, ("A-10", 2), ("A-20", 1));
        var note = Assert.IsType<Portal.Receivables.BooksOutcome.Done>(await portal.CreditAsync(number, new("lines", [new(2, 1)], null, "came dented"))).Number;
        var legal = (await portal.InvoiceAsync(number)).Invoice.LegalNumber;

        var pdf = await portal.SignIn(person).GetAsync($"/receivables/payments/{note}/pdf");

        Assert.Equal(("application/pdf", HttpStatusCode.OK), (pdf.Header("Content-Type"), pdf.Status));
        var content = JsonDocument.Parse((await portal.Database.ListAsync<string>("select p.content::text from portal.invoice_paper p join portal.open_item i using (open_item_id) where i.number = @note", new { note })).Single()).RootElement;
        Assert.Equal((legal, "came dented", "A-20", 1), (content.GetProperty("ofInvoice").GetString(), content.GetProperty("reason").GetString(), content.GetProperty("lines")[0].GetProperty("sku").GetString(), content.GetProperty("lines").GetArrayLength()));
        // a payment has no paper
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(person).GetAsync($"/receivables/payments/{await portal.PaidAsync(person, 5m)}/pdf")).Status);
    }

    [Fact]
    public async Task A_statement_is_the_same_paper_again_for_the_same_period()
    {
        var person = await portal.Given.ADistributor("Reads its statement");
        await portal.InvoicedAsync(person, ("A-10", 2));
        var finance = portal.SignIn(portal.Finance);
        var address = $"/receivables/accounts/{person.Partner.Number}/statement/pdf?from={portal.Clock.Today.AddDays(-5):yyyy-MM-dd}&to={portal.Clock.Today:yyyy-MM-dd}";

        var (first, again) = (await finance.GetAsync(address), await finance.GetAsync(address));

        Assert.Equal(("application/pdf", HttpStatusCode.OK), (first.Header("Content-Type"), first.Status));
        Assert.Equal(first.Bytes, again.Bytes);
        Assert.Equal(HttpStatusCode.OK, (await portal.Api(await portal.Given.AnApiClient(portal.Finance.Partner, "finance")).GetAsync("/api/v1" + address + "&language=zh-CN")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(await portal.Given.ADistributor("Reads no statement")).GetAsync(address)).Status);
    }
}
