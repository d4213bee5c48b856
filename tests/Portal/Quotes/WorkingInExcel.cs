using System.Net;
using DocumentFormat.OpenXml.Spreadsheet;
using Portal.Tests.Documents;
using Support;
using Page = Support.Page;

namespace Portal.Tests.Quotes;

public sealed class WorkingInExcel(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    [Fact]
    public async Task A_changed_workbook_is_shown_as_a_comparison_and_becomes_the_next_revision_in_one_act()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var changed = Spreadsheets.Edited(await CopyAsync(sales, number), sheet =>
        {
            sheet.Put("D9", 5);
            sheet.Put("F9", 0.02m);
            sheet.Put("D10", 0);
            sheet.Put("B11", "D-2");
            sheet.Put("D11", "1,000");
            sheet.Put("F11", "5 %");
            sheet.Put("E9", 0.01m); // a price typed over is not read
        });

        var shown = await UploadAsync(sales, number, changed);

        Assert.Equal(HttpStatusCode.OK, shown.Status);
        Assert.Equal(["3 5", "7 1,000"], shown.All("tr[data-change=changed] td:nth-child(3)"));
        Assert.Equal(["1,999.99", "80.05"], shown.All("tr[data-change=changed] td:nth-child(4)"));
        Assert.Equal(["3% 2%", "0% 5%"], shown.All("tr[data-change=changed] td:nth-child(5)"));
        Assert.Equal("1", await FirstAsync(number, "select current_revision"));

        var taken = await sales.PressAsync(shown, "form[action$='/confirmation']");

        // 1,999.99 less 2 % is 1,959.99, five of them 9,799.95; 80.05 less 5 % is 76.05, a thousand of them 76,050.00.
        Assert.Equal("CNY 97,010.44", taken.Text("[data-total]"));
        Assert.Contains("revision 2", taken.Words, StringComparison.Ordinal);
        Assert.Equal("draft", await portal.StatusAsync(number));
        var again = await sales.PressAsync(shown, "form[action$='/confirmation']");
        Assert.Equal($"/quotes/{number}", again.Path);
        Assert.Equal("2", await FirstAsync(number, "select current_revision"));
    }

    [Fact]
    public async Task A_draft_is_changed_in_place_and_its_copy_of_before_is_refused_then()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.DraftAsync(sales, ("D-1", 1, null), ("D-2", 2, null));
        var copy = await CopyAsync(sales, number);
        var changed = Spreadsheets.Edited(copy, sheet => sheet.Put("D10", 4));

        await sales.PressAsync(await UploadAsync(sales, number, changed), "form[action$='/confirmation']");
        var stale = await UploadAsync(sales, number, changed);

        Assert.Equal("1", await FirstAsync(number, "select current_revision"));
        Assert.Equal("4", await FirstAsync(number, "select max(l.quantity)", "join portal.quote_revision r using (quote_id) join portal.quote_line l using (quote_revision_id)"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stale.Status);
        Assert.StartsWith("The draft has changed since this workbook was downloaded", stale.Text("#file-problem"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_wrong_row_is_told_with_field_and_remedy_and_nothing_changes()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var wrong = Spreadsheets.Edited(await CopyAsync(sales, number), sheet =>
        {
            sheet.Put("D9", -3);
            sheet.Put("F10", 5);
            sheet.Put("B11", "NOPE");
            sheet.Put("D11", 1);
            sheet.Put("B12", "D-1");
            sheet.Put("D12", "many");
            sheet.Put("D13", 2);
            sheet.Put("B14", "D-2");
            sheet.Put("B15", "D-2");
            sheet.Put("D15", 1.5m);
        });

        var shown = await UploadAsync(sales, number, wrong);

        Assert.Equal(["rows[9].quantity", "rows[10].discount", "rows[11].sku", "rows[12].quantity", "rows[13].sku", "rows[14].quantity", "rows[15].quantity"],
            shown.Document.QuerySelectorAll("tr[data-problem]").Select(row => row.GetAttribute("data-problem")));
        Assert.Contains("The quantity is a whole number from 1 to 1,000,000.", shown.Words, StringComparison.Ordinal);
        Assert.Contains("“many” is no number.", shown.Words, StringComparison.Ordinal);
        Assert.False(shown.Has("form[action$='/confirmation']"));
        Assert.Equal("1", await FirstAsync(number, "select current_revision"));
        // What was read is kept: the page can be looked at again.
        Assert.Equal(HttpStatusCode.OK, (await sales.GetAsync(shown.Path)).Status);
    }

    [Fact]
    public async Task A_workbook_of_another_quote_of_an_earlier_revision_and_an_altered_one_are_told_apart()
    {
        var sales = portal.SignIn(portal.Sales);
        var (number, other) = (await portal.SentAsync(sales), await portal.SentAsync(sales));
        var copy = await CopyAsync(sales, number);

        Assert.Contains($"The file was made of quote {number}, and this is {other}.", (await UploadAsync(sales, other, copy)).Text("#file-problem"), StringComparison.Ordinal);
        var altered = Spreadsheets.Edited(copy, sheet => sheet.Put("B5", new string('0', 64)), sheet: 1);
        Assert.StartsWith("What the file says of its origin is not what the portal wrote", (await UploadAsync(sales, number, altered)).Text("#file-problem"), StringComparison.Ordinal);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/revisions']");
        Assert.StartsWith("The file was made of revision 1, and the quote is at revision 2.", (await UploadAsync(sales, number, copy)).Text("#file-problem"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merged_cells_other_files_and_files_without_origin_are_refused_with_the_remedy()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var merged = Spreadsheets.Edited(await CopyAsync(sales, number), sheet => sheet.InsertAfter(new MergeCells(new MergeCell { Reference = "B9:B10" }), sheet.GetFirstChild<SheetProtection>()));

        Assert.StartsWith("Cells are merged (B9:B10)", (await UploadAsync(sales, number, merged)).Text("#file-problem"), StringComparison.Ordinal);
        Assert.StartsWith("This is no .xlsx workbook.", (await UploadAsync(sales, number, "SKU,Qty\nD-1,1"u8.ToArray(), "lines.csv")).Text("#file-problem"), StringComparison.Ordinal);
        var foreign = await Portal.Documents.Excel.ExcelBook.MakeAsync(new("x", "x", DateTimeOffset.UnixEpoch), book =>
        {
            var sheet = book.AddSheet("Lines", new());
            sheet.Row(Portal.Documents.Excel.ExcelCell.Text("SKU"), Portal.Documents.Excel.ExcelCell.Text("Qty"), Portal.Documents.Excel.ExcelCell.Text("Discount"));
            sheet.Row(Portal.Documents.Excel.ExcelCell.Text("D-1"), Portal.Documents.Excel.ExcelCell.Whole(1));
        }, default);
        Assert.StartsWith("The file does not say of which quote it was made.", (await UploadAsync(sales, number, foreign)).Text("#file-problem"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_fetches_the_copy_brings_it_back_or_sees_the_upload()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var shown = await UploadAsync(sales, number, Spreadsheets.Edited(await CopyAsync(sales, number), sheet => sheet.Put("D9", 1)));
        var rival = portal.SignIn(portal.Rival);
        var desk = portal.SignIn(portal.DealDesk);

        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/quotes/{number}/working-copy")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync(shown.Path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).GetAsync($"/api/v1{shown.Path}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).SendAsync(HttpMethod.Post, $"/api/v1{shown.Path}/confirmation", new { }, ("If-Match", "\"1\""), ("Idempotency-Key", "rival"))).Status);
        // The brand sees the quote, and does not write it for the partner.
        Assert.Equal(HttpStatusCode.Forbidden, (await desk.GetAsync($"/quotes/{number}/working-copy")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.GetAsync(shown.Path)).Status);
    }

    [Fact]
    public async Task A_quote_that_was_accepted_takes_no_workbook_any_more()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var shown = await UploadAsync(sales, number, Spreadsheets.Edited(await CopyAsync(sales, number), sheet => sheet.Put("D9", 1)));
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/answer']");

        var late = await sales.PressAsync(shown, "form[action$='/confirmation']");

        Assert.Equal("accepted", await portal.StatusAsync(number));
        Assert.Contains("Somebody changed this quote meanwhile", late.Words, StringComparison.Ordinal);
        Assert.Equal("1", await FirstAsync(number, "select current_revision"));
    }

    [Fact]
    public async Task What_was_not_shown_is_not_taken()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var shown = await UploadAsync(sales, number, Spreadsheets.Edited(await CopyAsync(sales, number), sheet => sheet.Put("D9", 2)));

        var refused = await sales.PressAsync(shown, "form[action$='/confirmation']", ("grandTotal", "1"));

        Assert.Contains("Prices have changed since you looked", refused.Words, StringComparison.Ordinal);
        Assert.Equal("1", await FirstAsync(number, "select current_revision"));
    }

    [FactWithPython("openpyxl")]
    public async Task A_program_fetches_changes_uploads_and_confirms()
    {
        var api = portal.Api(portal.Sales);
        var number = await portal.SentAsync(portal.SignIn(portal.Sales));
        var file = await Spreadsheets.FileAsync(await (await api.GetAsync($"/api/v1/quotes/{number}/working-copy?language=zh-CN")).Response.Content.ReadAsByteArrayAsync());
        await Programs.RunAsync(Python.With("openpyxl")!, "-c", """
            import sys, openpyxl
            book = openpyxl.load_workbook(sys.argv[1])
            sheet = book.worksheets[0]
            sheet['D9'] = 4
            sheet['B11'] = 'D-1'
            sheet['D11'] = 1
            sheet['I9'] = 'a note beside the table'
            book.save(sys.argv[1])
            """, file);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(file)), "file", "报价.xlsx" } };
        File.Delete(file);

        var made = await api.PostAsync($"/api/v1/quotes/{number}/uploads", form);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var after = made.Json.GetProperty("changes").GetProperty("after");
        var confirmed = await api.SendAsync(HttpMethod.Post, $"{made.Response.Headers.Location!.AbsolutePath}/confirmation", new { grandTotal = after.GetProperty("grandTotal").GetDecimal() },
            ("If-Match", $"\"{made.Json.GetProperty("version").GetInt32()}\""), ("Idempotency-Key", "confirm-" + number));

        Assert.Equal(HttpStatusCode.OK, confirmed.Status);
        Assert.Equal(2, confirmed.Json.GetProperty("revision").GetInt32());
        // 3 % off four, one at its price, seven lamps: 7,759.96 + 1,999.99 + 560.35, and 13 % on it.
        Assert.Equal(11661.94m, confirmed.Json.GetProperty("grandTotal").GetDecimal());
    }

    internal static async Task<byte[]> CopyAsync(Visitor visitor, string number)
    {
        var copy = await visitor.GetAsync($"/quotes/{number}/working-copy?language=en");
        Assert.Equal(HttpStatusCode.OK, copy.Status);
        return copy.Bytes;
    }

    internal static Task<Page> UploadAsync(Visitor visitor, string number, byte[] file, string name = "changed.xlsx") =>
        visitor.SubmitAsync($"/quotes/{number}/uploads/new", ("file", new TestFile(name, file)));

    async Task<string> FirstAsync(string number, string select, string join = "") =>
        (await portal.Database.ListAsync<string>($"{select}::text from portal.quote q {join} where q.number = @number", new { number })).Single();
}
