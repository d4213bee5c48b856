using System.Net;
using Support;

namespace Portal.Tests.Subscriptions;

/// <summary>Terms on the lines of quotes and orders: what is said, what it costs, and where it stands.</summary>
public sealed class SellingByTheTerm(SubscribingPartner given) : IClassFixture<SubscribingPartner>
{
    readonly Quotes.QuotingPartner portal = given.Portal;

    static string Errors(ApiAnswer answer) => string.Join("; ", answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));

    [Fact]
    public async Task A_line_sold_by_the_term_says_from_when_until_when_and_costs_all_of_it()
    {
        var start = given.NextMonth;
        var number = (await given.QuoteAsync(new { sku = "SEAT", quantity = 5, start, months = 12, discount = 10 }, new { sku = "D-2", quantity = 1 })).Json.GetProperty("number").GetString()!;

        var quote = (await portal.Api(portal.Sales).GetAsync($"/api/v1/quotes/{number}")).Json;
        var line = quote.GetProperty("lines")[0];
        Assert.Equal((1152m, 1036.80m, 5184m), (line.GetProperty("price").GetDecimal(), line.GetProperty("unitPrice").GetDecimal(), line.GetProperty("amount").GetDecimal()));
        Assert.Equal(($"{start:yyyy-MM-dd}", $"{start.AddMonths(12).AddDays(-1):yyyy-MM-dd}", 12), (line.GetProperty("start").GetString(), line.GetProperty("end").GetString(), line.GetProperty("months").GetInt32()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, quote.GetProperty("lines")[1].GetProperty("start").ValueKind);
        var page = await portal.SignIn(portal.Sales).GetAsync($"/quotes/{number}");
        Assert.EndsWith("12 months", page.Text("[data-term]"), StringComparison.Ordinal);

        // nothing said: the usual months from the first of next month
        var usual = (await given.QuoteAsync(new { sku = "SEAT", quantity = 1 })).Json.GetProperty("number").GetString()!;
        var said = (await portal.Api(portal.Sales).GetAsync($"/api/v1/quotes/{usual}")).Json.GetProperty("lines")[0];
        Assert.Equal(($"{given.NextMonth:yyyy-MM-dd}", 12, 1152m), (said.GetProperty("start").GetString(), said.GetProperty("months").GetInt32(), said.GetProperty("price").GetDecimal()));
    }

    [Fact]
    public async Task What_does_not_go_is_said_at_its_field()
    {
        var today = portal.Clock.Today;

        Assert.Equal("lines[0].months", Errors(await given.QuoteAsync(new { sku = "SEAT", quantity = 1, months = 7 })));
        Assert.Equal("lines[0].start", Errors(await given.QuoteAsync(new { sku = "SEAT", quantity = 1, start = today.AddDays(-40) })));
        Assert.Equal("lines[0].start", Errors(await given.QuoteAsync(new { sku = "SEAT", quantity = 1, start = today.AddDays(900) })));
        Assert.Equal("lines[0].months; lines[1].subscription", Errors(await given.QuoteAsync(new { sku = "D-1", quantity = 1, months = 12 }, new { sku = "SEAT", quantity = 1, subscription = "SB-NOPE" })));
        var form = await portal.SignIn(portal.Sales).SubmitAsync("/quotes/new", ("Customer", "C-YUNQI"), ("TaxRate", "6"), ("Lines[0].Sku", "SEAT"), ("Lines[0].Quantity", 1), ("Lines[0].Months", 7));
        Assert.Contains("12 · 1 · 24", form.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_keeps_the_term_and_a_copy_of_an_old_quote_begins_anew()
    {
        var sales = portal.SignIn(portal.Sales);
        var start = portal.Clock.Today.AddDays(3);
        var number = (await given.QuoteAsync(new { sku = "SEAT", quantity = 2, start, months = 1 })).Json.GetProperty("number").GetString()!;

        var edit = await sales.GetAsync($"/quotes/{number}/edit");
        Assert.Equal(($"{start:yyyy-MM-dd}", "1"), (edit.Document.QuerySelector("[name='Lines[0].Start']")!.GetAttribute("value"), edit.Document.QuerySelector("[name='Lines[0].Months']")!.GetAttribute("value")));
        await sales.SubmitAsync($"/quotes/{number}/edit", ("Lines[0].Quantity", 3));
        Assert.Equal([$"3 {start:yyyy-MM-dd} 288.00"], await portal.Database.ListAsync<string>("""
            select l.quantity || ' ' || l.term_start || ' ' || l.amount::numeric(12, 2) from portal.quote q join portal.quote_revision r using (quote_id) join portal.quote_line l using (quote_revision_id) where q.number = @number
            """, new { number }));
        await portal.Database.ExecuteAsync("update portal.quote_line l set term_start = term_start - 60, term_end = term_end - 60 from portal.quote q join portal.quote_revision r using (quote_id) where r.quote_revision_id = l.quote_revision_id and q.number = @number", new { number });
        var copy = (await portal.Api(portal.Sales).PostAsync($"/api/v1/quotes/{number}/copies", new { })).Json.GetProperty("number").GetString()!;
        Assert.Equal($"{given.NextMonth:yyyy-MM-dd}", (await portal.Api(portal.Sales).GetAsync($"/api/v1/quotes/{copy}")).Json.GetProperty("lines")[0].GetProperty("start").GetString());
    }

    [Fact]
    public async Task The_offer_shows_the_term_on_its_page_and_in_its_workbook()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = (await given.QuoteAsync(new { sku = "SEAT", quantity = 5, start = given.NextMonth, months = 12 }, new { sku = "D-2", quantity = 1 })).Json.GetProperty("number").GetString()!;
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), "form[action$=sending]");
        var page = await portal.Anonymous().GetAsync(await Quotes.QuotingPartner.LinkAsync(sales, number));
        Assert.EndsWith("12 months", page.Text("[data-term]"), StringComparison.Ordinal);

        var file = await sales.GetAsync($"/quotes/{number}/revisions/1/xlsx?language=en");
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(file.Bytes));
        var words = string.Concat(zip.Entries.Where(entry => entry.FullName.EndsWith(".xml", StringComparison.Ordinal)).Select(Text));
        Assert.Contains(">From<", words, StringComparison.Ordinal);
        Assert.Contains(">Until<", words, StringComparison.Ordinal);
        var pdf = await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language=zh-CN");
        Assert.Equal(HttpStatusCode.OK, pdf.Status);

        static string Text(System.IO.Compression.ZipArchiveEntry entry)
        {
            using var reader = new StreamReader(entry.Open());
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public async Task What_was_sold_by_the_term_is_ordered_for_the_same_time_and_confirmed_it_runs_for_the_partner()
    {
        var quote = await given.SoldAsync(new { sku = "SEAT", quantity = 4, start = given.NextMonth, months = 12 });
        var sales = portal.SignIn(portal.Sales);

        var form = await sales.GetAsync($"/orders/new?quote={quote}");

        Assert.Equal($"SEAT 4 {given.NextMonth:yyyy-MM-dd}/P12M", form.Document.QuerySelector("textarea[name=Lines]")!.TextContent.Trim());
        Assert.Contains("4,608.00", form.Text("#order-check tfoot"), StringComparison.Ordinal);
        var order = (await sales.PressAsync(form, "button[value=submit]")).Text("h1");
        await portal.Database.ExecuteAsync("""
            update portal.purchase_order o set status = 'confirmed', confirmed_at = now(), from_place_id = coalesce(o.from_place_id, portal.stock_place_of(o.seller_id), o.to_place_id) where number = @order
            """, new { order });
        Assert.Equal([$"begin 4 {given.NextMonth:yyyy-MM-dd} {given.NextMonth.AddMonths(12).AddDays(-1):yyyy-MM-dd} 4608.00"], await given.PartsAsync((await given.OfAsync(order)).Single()));
        var line = (await portal.Api(portal.Sales).GetAsync($"/api/v1/orders/{order}")).Json.GetProperty("lines")[0];
        Assert.Equal(12, line.GetProperty("months").GetInt32());
    }
}
