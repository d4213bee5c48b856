using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Portal.Tests.Documents;
using Support;

namespace Portal.Tests.Quotes;

public sealed class QuotingACustomer(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    [Fact]
    public async Task Totals_are_sums_of_rounded_lines_and_tax_comes_on_top()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.DraftAsync(sales, ("D-1", 3, 3m), ("D-2", 7, null));

        var page = await sales.GetAsync($"/quotes/{number}");

        // 1,999.99 less 3 % is 1,939.99 (rounded), three of them 5,819.97; seven lamps 560.35; 13 % of 6,380.32 is 829.44.
        Assert.Equal("CNY 7,209.76", page.Text("[data-total]"));
    }

    [Fact]
    public async Task What_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost()
    {
        var page = await portal.SignIn(portal.Sales).SubmitAsync("/quotes/new",
            ("Customer", "C-YUNQI"), ("Lines[0].Sku", "D-1"), ("Lines[0].Quantity", "0"), ("Lines[2].Sku", "NOPE"), ("Lines[2].Quantity", "2"), ("Terms", "30 days net"));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Equal("The quantity is a whole number from 1 to 1,000,000.", page.Text("[data-valmsg-for='Lines[0].Quantity']"));
        Assert.NotEqual("", page.Text("[data-valmsg-for='Lines[2].Sku']"));
        Assert.Equal("NOPE", page.Value("Lines[2].Sku"));
        Assert.Equal("30 days net", page.Value("Terms"));
    }

    [Fact]
    public async Task Pasted_lines_count_like_typed_ones()
    {
        var sales = portal.SignIn(portal.Sales);

        var page = await sales.SubmitAsync("/quotes/new", ("Customer", "C-YUNQI"), ("TaxRate", "0"), ("Pasted", "D-1\t2\nD-2 10 5%\n\n"));

        Assert.Equal("CNY 4,760.48", page.Text("[data-total]"));
    }

    [Fact]
    public async Task A_double_click_makes_one_quote()
    {
        var sales = portal.SignIn(portal.Sales);
        var form = await sales.GetAsync("/quotes/new");
        (string, object?)[] fields = [("Customer", "C-YUNQI"), ("TaxRate", "0"), ("Terms", "clicked twice"), ("Lines[0].Sku", "D-2"), ("Lines[0].Quantity", 1)];

        var pages = await Task.WhenAll(sales.SubmitAsync(form, fields), sales.SubmitAsync(form, fields));

        Assert.Equal(pages[0].Path, pages[1].Path);
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.quote_revision where terms = 'clicked twice'"));
    }

    [Fact]
    public async Task The_first_quote_of_an_approved_deal_makes_it_a_converted_one()
    {
        await portal.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into territory (code, name, name_zh) values ('CN-EAST', 'East China', '华东');
            insert into deal (number, partner_id, end_customer_id, territory_id, status, amount, currency, expected_close, submitted_at, decided_at, protected_from, protected_until, created_at, updated_at)
            select 'D-QUOTED', @PartnerId, end_customer_id, territory_id, 'approved', 5000, 'CNY', current_date + 30, @now, @now, @now, @now + interval '90 days', @now, @now
            from end_customer, territory;
            insert into deal_product_line (deal_id, product_line_id, partner_id) select deal_id, product_line_id, partner_id from deal, product_line;
            """, new { portal.Sales.Partner.PartnerId, now = portal.Clock.GetUtcNow().UtcDateTime });
        var sales = portal.SignIn(portal.Sales);

        Assert.True((await sales.GetAsync("/deals/D-QUOTED")).Has("a[href='/quotes/new?deal=D-QUOTED']"));
        var form = await sales.GetAsync("/quotes/new?deal=D-QUOTED");
        Assert.Equal("D-QUOTED", form.Value("Deal"));
        var draft = await sales.SubmitAsync(form, ("TaxRate", "13"), ("Lines[0].Sku", "D-1"), ("Lines[0].Quantity", 2));
        Assert.Contains("Approved", (await sales.GetAsync("/deals/D-QUOTED")).Words, StringComparison.Ordinal);

        await sales.PressAsync(draft, $"form[action='{draft.Path}/sending']");

        Assert.Equal(["converted"], await portal.Database.ListAsync<string>("select status from portal.deal where number = 'D-QUOTED'"));
    }

    [Fact]
    public async Task A_discount_beyond_the_authority_goes_to_the_deal_desk_first()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.DraftAsync(sales, ("D-1", 1, 20m));

        var sent = await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/sending']");
        Assert.Contains("At the deal desk", sent.Words, StringComparison.Ordinal);
        var desk = portal.SignIn(portal.DealDesk);
        var approved = await desk.PressAsync(await desk.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/decision']");
        Assert.Contains("Approved", approved.Words, StringComparison.Ordinal);
        var last = await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/sending']");

        Assert.Contains("Sent", last.Words, StringComparison.Ordinal);
        Assert.Equal([1L], await portal.Database.ListAsync<long>("""
            select count(*) from portal.quote_act a join portal.quote q using (quote_id) where q.number = @number and a.to_status = 'sent'
            """, new { number }));
    }

    [Fact]
    public async Task A_sent_revision_cannot_be_changed_even_at_the_database_and_a_new_one_begins_from_it()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await SentAsync(sales, ("D-1", 1, null));

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => portal.Database.ExecuteAsync(
            "set search_path = portal, public; update quote_revision r set net_total = 1, grand_total = 1 + tax_total from quote q where q.quote_id = r.quote_id and q.number = @number", new { number }));
        Assert.Equal("a_sent_revision_stays", refused.ConstraintName);

        var revised = await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/revisions']");
        Assert.Contains("revision 2", revised.Words, StringComparison.Ordinal);
    }

    [FactWithProgram("pdftotext")]
    public async Task The_pdf_says_the_screens_total_in_both_languages_and_stays_the_same_bytes()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await SentAsync(sales, ("D-1", 3, 3m), ("D-2", 7, null));

        var first = await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language=zh-CN");
        var second = await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language=zh-CN");
        var english = await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language=en");

        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal("application/pdf", first.Header("Content-Type"));
        var words = await WordsOfAsync(first.Bytes);
        Assert.Contains("杭州云栖科技有限公司", words, StringComparison.Ordinal);
        Assert.Contains("升降桌", words, StringComparison.Ordinal);
        Assert.Contains("7,209.76", words, StringComparison.Ordinal);
        Assert.Contains("Standing desk", await WordsOfAsync(english.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_workbook_holds_the_total_as_a_formula_with_its_value()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await SentAsync(sales, ("D-1", 3, 3m), ("D-2", 7, null));

        var file = await sales.GetAsync($"/quotes/{number}/revisions/1/xlsx?language=en");

        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(file.Bytes));
        using var sheet = new StreamReader(zip.GetEntry("xl/worksheets/sheet1.xml")!.Open());
        var xml = await sheet.ReadToEndAsync();
        var values = XDocument.Parse(xml).Descendants().Where(cell => cell.Name.LocalName == "c" && cell.Elements().Any(part => part.Name.LocalName == "f"))
            .ToDictionary(cell => Part(cell, "f"), cell => decimal.Parse(Part(cell, "v"), CultureInfo.InvariantCulture));
        Assert.Equal(6380.32m, values["ROUND(SUM(H9:H10),2)"]);
        Assert.Equal(7209.76m, values["ROUND(H11+H12,2)"]);

        static string Part(XElement cell, string name) => cell.Elements().Single(part => part.Name.LocalName == name).Value;
    }

    [Fact]
    public async Task A_draft_has_no_file_and_another_partner_finds_nothing()
    {
        var sales = portal.SignIn(portal.Sales);
        var draft = await portal.DraftAsync(sales, ("D-1", 1, null));
        var sent = await SentAsync(sales, ("D-1", 1, null));
        var rival = portal.SignIn(portal.Rival);

        Assert.Equal(HttpStatusCode.NotFound, (await sales.GetAsync($"/quotes/{draft}/revisions/1/pdf")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/quotes/{sent}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/quotes/{sent}/revisions/1/pdf")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).GetAsync($"/api/v1/quotes/{sent}")).Status);
    }

    [Fact]
    public async Task A_program_writes_reads_and_sends_a_quote()
    {
        var api = portal.Api(portal.Sales);
        var request = new { customer = "C-YUNQI", validUntil = portal.Clock.GetUtcNow().AddDays(10).ToString("yyyy-MM-dd"), taxRate = 13, lines = new[] { new { sku = "D-2", quantity = 2 } } };

        var made = await api.PostAsync("/api/v1/quotes", request, key: "quote-1");
        var again = await api.PostAsync("/api/v1/quotes", request, key: "quote-1");
        var number = made.Json.GetProperty("number").GetString();
        var sent = await api.PostAsync($"/api/v1/quotes/{number}/sending", null, key: "send-1");
        var read = await api.GetAsync($"/api/v1/quotes/{number}");

        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(made.Text, again.Text);
        Assert.Equal("sent", sent.Json.GetProperty("status").GetString());
        Assert.Equal(180.91m, read.Json.GetProperty("grandTotal").GetDecimal());
    }

    [Fact]
    public async Task A_program_is_told_each_wrong_line_with_its_remedy()
    {
        var answer = await portal.Api(portal.Sales).PostAsync("/api/v1/quotes", new { customer = "C-NONE", validUntil = "2020-01-01", taxRate = 200, lines = new[] { new { sku = "NOPE", quantity = -1 } } }, key: "quote-wrong");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("invalid", answer.Problem);
        foreach (var field in new[] { "customer", "validUntil", "taxRate", "lines[0].sku", "lines[0].quantity" })
        {
            Assert.Contains(field, answer.Text, StringComparison.Ordinal);
        }
    }

    async Task<string> SentAsync(Visitor sales, params (string Sku, int Quantity, decimal? Discount)[] lines)
    {
        var number = await portal.DraftAsync(sales, lines);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/sending']");
        return number;
    }

    internal static async Task<string> WordsOfAsync(byte[] pdf)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllBytesAsync(path, pdf);
        try
        {
            return await Programs.RunAsync("pdftotext", "-layout", path, "-");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
