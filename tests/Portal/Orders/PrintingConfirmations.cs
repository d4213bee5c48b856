using System.Net;
using Portal.Tests.Documents;
using Support;

namespace Portal.Tests.Orders;

/// <summary>The order confirmation as PDF, and its editions.</summary>
public sealed class PrintingConfirmations(PackingAndPicking.Warehouse portal) : IClassFixture<PackingAndPicking.Warehouse>
{
    [Fact]
    public async Task What_was_promised_is_the_same_paper_for_both_sides_until_the_promise_changes()
    {
        var person = await portal.Given.ADistributor("Reads its confirmation");
        var (buyer, seller) = (portal.SignIn(person), portal.SignIn(portal.Brand));
        var number = await portal.ConfirmedAsync(buyer, "A-01 3\nA-02 2");
        var address = (await buyer.GetAsync($"/orders/{number}")).Document.QuerySelector("a[href$='/confirmation/pdf']")!.GetAttribute("href")! + "?language=zh-CN";

        var first = await seller.GetAsync(address);
        await portal.Database.ExecuteAsync("update portal.partner set name = 'Renamed' where number = @number", new { number = person.Partner.Number });
        Assert.Equal(("application/pdf", HttpStatusCode.OK), (first.Header("Content-Type"), first.Status));
        Assert.Equal(first.Bytes, (await buyer.GetAsync(address)).Bytes);

        await portal.Database.ExecuteAsync("update portal.purchase_order_line l set promised_on = date '2027-01-20' from portal.purchase_order o where o.purchase_order_id = l.purchase_order_id and o.number = @number and l.line_number = 2", new { number });
        var next = await buyer.GetAsync(address);
        Assert.NotEqual(first.Bytes, next.Bytes);
        Assert.Contains("-2.pdf", next.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.Contains("Edition 1 of", (await buyer.GetAsync($"/orders/{number}")).Text("main"), StringComparison.Ordinal);

        var program = await portal.ProgramOfAsync(person);
        var kept = await program.GetAsync($"/api/v1/orders/{number}/confirmation/pdf?edition=1&language=zh-CN");
        Assert.Equal((HttpStatusCode.OK, first.Header("ETag")), (kept.Status, kept.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync($"/api/v1/orders/{number}/confirmation/pdf?edition=3")).Status);
    }

    [Fact]
    public async Task Nothing_is_confirmed_on_paper_before_the_seller_did_and_to_nobody_else()
    {
        var person = await portal.Given.ADistributor("Waits for its confirmation");
        var buyer = portal.SignIn(person);
        var waiting = (await buyer.PressAsync(await buyer.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-01 1"))).Text("h1");
        Assert.Null((await buyer.GetAsync($"/orders/{waiting}")).Document.QuerySelector("a[href*='/confirmation/pdf']"));
        Assert.Equal(HttpStatusCode.NotFound, (await buyer.GetAsync($"/orders/{waiting}/confirmation/pdf")).Status);

        var promised = await portal.ConfirmedAsync(buyer, "A-01 1");
        var stranger = await portal.Given.ADistributor("Reads no confirmation");
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(stranger).GetAsync($"/orders/{promised}/confirmation/pdf")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await (await portal.ProgramOfAsync(stranger)).GetAsync($"/api/v1/orders/{promised}/confirmation/pdf")).Status);
    }

    [FactWithProgram("pdftotext")]
    public async Task Figures_and_days_stand_on_it_as_on_the_page()
    {
        var buyer = portal.SignIn(await portal.Given.ADistributor("Checks its confirmation"));
        var seller = portal.SignIn(portal.Brand);
        var number = (await buyer.PressAsync(await buyer.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-01 3\nA-02 2"))).Text("h1");
        var form = await seller.GetAsync($"/orders/{number}/confirmation/new");
        await seller.SubmitAsync(form, ("Lines[0].Quantity", "1"), ("Lines[0].Reason", "being replaced"));

        using var file = new PdfFile((await buyer.GetAsync($"/orders/{number}/confirmation/pdf?language=en")).Bytes);
        var text = string.Join(' ', (await Programs.RunAsync("pdftotext", "-raw", file.Path, "-")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains("2 not delivered: being replaced", text, StringComparison.Ordinal);
        // one of A-01 at 10.01 and two of A-02 at 20.02
        Assert.Contains("CNY 50.05", text, StringComparison.Ordinal);
        Assert.Contains(number, text, StringComparison.Ordinal);
    }
}
