using System.Net;
using Portal.Tests.Documents;
using Support;

namespace Portal.Tests.Quotes;

public sealed class OfferingChoices(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    // Three desks in a group, a lamp that can be had on top, and one desk that can be had instead of the three.
    static readonly (string, object?)[] Lines =
    [
        ("Customer", "C-YUNQI"), ("TaxRate", "0"),
        ("Lines[0].Sku", "D-1"), ("Lines[0].Quantity", "3"), ("Lines[0].Section", "开放办公区"),
        ("Lines[1].Sku", "D-1"), ("Lines[1].Quantity", "1"), ("Lines[1].Choice", "alternative"),
        ("Lines[2].Sku", "D-2"), ("Lines[2].Quantity", "7"), ("Lines[2].Section", "会议室"),
        ("Lines[3].Sku", "D-2"), ("Lines[3].Quantity", "2"), ("Lines[3].Choice", "optional"),
    ];

    [Fact]
    public async Task Only_what_is_included_counts_in_the_totals_and_is_ordered()
    {
        var number = await OfferedAsync();
        var page = await portal.SignIn(portal.Sales).GetAsync($"/quotes/{number}");

        // 3 × 1,999.99 + 7 × 80.05
        Assert.Equal("CNY 6,560.32", page.Text("[data-total]"));
        Assert.Equal(["included", "alternative", "included", "optional"], page.Document.QuerySelectorAll("[data-choice]").Select(row => row.GetAttribute("data-choice")));
        Assert.Contains("instead of line 1", page.Text("[data-choice=alternative]"), StringComparison.Ordinal);
        Assert.Contains("会议室", page.Words, StringComparison.Ordinal);

        var told = (await portal.Api(portal.Sales).GetAsync($"/api/v1/quotes/{number}")).Json.GetProperty("lines");
        Assert.Equal((1, "alternative"), (told[1].GetProperty("alternativeTo").GetInt32(), told[1].GetProperty("choice").GetString()));
        Assert.Equal("会议室", told[2].GetProperty("section").GetString());
    }

    [Theory]
    [InlineData("Lines[0].Choice", "alternative", "Lines[0].Choice", "An alternative stands below the line it can replace")]
    [InlineData("Lines[0].Choice", "perhaps", "Lines[0].Choice", "included, optional or alternative")]
    [InlineData("Lines[0].Section", "long", "Lines[0].Section", "120")]
    public async Task A_choice_that_cannot_be_is_told_at_its_line(string field, string typed, string told, string words)
    {
        var page = await portal.SignIn(portal.Sales).SubmitAsync("/quotes/new",
            ("Customer", "C-YUNQI"), ("TaxRate", "0"), ("Lines[0].Sku", "D-1"), ("Lines[0].Quantity", "1"), (field, typed == "long" ? new string('x', 121) : typed));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains(words, page.Text($"[data-valmsg-for='{told}']"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_offer_of_choices_alone_is_no_offer()
    {
        var refused = await portal.Api(portal.Sales).PostAsync("/api/v1/quotes", new
        {
            customer = "C-YUNQI", validUntil = portal.Clock.GetUtcNow().AddDays(20).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), taxRate = 0, lines = new[] { new { sku = "D-1", quantity = 1, choice = "optional" } },
        });

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("At least one line has to be included", refused.Text, StringComparison.Ordinal);
    }

    [FactWithProgram("pdftotext")]
    public async Task Paper_shows_groups_with_their_subtotals_and_the_choices_apart_from_the_total()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await SentAsync(sales);

        var words = await QuotingACustomer.WordsOfAsync((await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language=en")).Bytes);

        Assert.Contains("开放办公区", words, StringComparison.Ordinal);
        Assert.Contains("5,999.97", words, StringComparison.Ordinal);
        Assert.Contains("6,560.32", words, StringComparison.Ordinal);
        Assert.True(words.IndexOf("You can also have", StringComparison.Ordinal) > words.IndexOf("6,560.32", StringComparison.Ordinal));
        Assert.Contains("instead of line 1", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_customer_ticks_what_it_wants_and_the_seller_reads_it_in_the_thread_and_answers()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await SentAsync(sales);
        var address = await QuotingPartner.LinkAsync(sales, number);
        var customer = portal.Anonymous();

        var offer = await customer.GetAsync(address);
        Assert.Equal(2, offer.Document.QuerySelectorAll("input[name='Ask.Choices']").Length);
        await customer.PostAsync($"{address}/request", ("Ask.Asker", "王敏"), ("Ask.Choices", "4"), ("Ask.Choices", "2"), ("Ask.Words", "Delivery in March, please."),
            ("__RequestVerificationToken", offer.Document.QuerySelector("input[name='__RequestVerificationToken']")!.GetAttribute("value")!));

        var page = await sales.GetAsync($"/quotes/{number}");
        Assert.Contains("With line 4: Lamp (D-2)", page.Words, StringComparison.Ordinal);
        Assert.Contains("Instead of line 1 line 2: Standing desk (D-1)", page.Words, StringComparison.Ordinal);
        Assert.Contains("Delivery in March, please.", page.Words, StringComparison.Ordinal);

        await sales.PressAsync(page, "button[name=audience][value=customer]", ("words", "March it will be."));
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), "button[name=audience][value=approval]", ("words", "Between us: watch the margin."));

        var read = (await customer.GetAsync(address)).Words;
        Assert.Contains("March it will be.", read, StringComparison.Ordinal);
        Assert.DoesNotContain("Between us", read, StringComparison.Ordinal);
        Assert.Contains("Between us", (await portal.SignIn(portal.DealDesk).GetAsync($"/quotes/{number}")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_is_mailed_to_those_who_have_a_link_and_an_address()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await SentAsync(sales);
        await portal.Api(portal.Sales).PostAsync($"/api/v1/quotes/{number}/mails", new { to = new[] { new { name = "王敏", email = "wang@yunqi.example" } }, cc = Array.Empty<string>(), language = "zh-CN", withExcel = false });

        var said = await portal.Api(portal.Sales).PostAsync($"/api/v1/quotes/{number}/comments", new { audience = "customer", words = "We have found a cheaper lamp." });

        Assert.Equal(HttpStatusCode.NoContent, said.Status);
        Assert.Equal([("wang@yunqi.example", $"关于报价单 {number}")], await portal.Database.ListAsync<(string, string)>(
            "select m.to_email, m.subject from portal.quote_mail m join portal.quote q using (quote_id) where q.number = @number and m.kind = 'reply'", new { number }));
    }

    [Fact]
    public async Task Nobody_else_says_something_and_a_draft_is_not_spoken_of_to_the_customer()
    {
        var number = await OfferedAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).PostAsync($"/api/v1/quotes/{number}/comments", new { audience = "approval", words = "Hello" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.DealDesk).PostAsync($"/api/v1/quotes/{number}/comments", new { audience = "customer", words = "Hello" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await portal.Api(portal.Sales).PostAsync($"/api/v1/quotes/{number}/comments", new { audience = "customer", words = "Hello" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.Api(portal.Sales).PostAsync($"/api/v1/quotes/{number}/comments", new { audience = "approval", words = " " })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.Api(portal.Sales).PostAsync($"/api/v1/quotes/{number}/comments", new { audience = "everybody", words = "Hello" })).Status);
    }

    [Fact]
    public async Task A_copy_has_the_same_lines_at_todays_prices_and_belongs_to_its_own_company()
    {
        var number = await OfferedAsync();
        var sales = portal.SignIn(portal.Sales);

        var form = await sales.GetAsync($"/quotes/new?from={number}");
        Assert.Equal(("D-1", "alternative", "会议室"), (form.Value("Lines[1].Sku"), form.Value("Lines[1].Choice"), form.Value("Lines[2].Section")));
        var copy = await sales.SubmitAsync(form, ("TaxRate", "0"));
        Assert.NotEqual($"/quotes/{number}", copy.Path);
        Assert.Equal("CNY 6,560.32", copy.Text("[data-total]"));

        var byApi = await portal.Api(portal.Sales).PostAsync($"/api/v1/quotes/{number}/copies", new { });
        Assert.Equal(HttpStatusCode.Created, byApi.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Rival).GetAsync($"/quotes/new?from={number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).PostAsync($"/api/v1/quotes/{number}/copies", new { })).Status);
    }

    [Fact]
    public async Task The_margin_is_what_is_left_of_the_buying_price_and_only_sellers_and_the_deal_desk_see_it()
    {
        var number = await portal.DraftAsync(portal.SignIn(portal.Sales), ("D-1", 2, 5m));

        // Without books of its own the distributor buys and sells at list: what is taken off by hand comes out of its own pocket.
        var margin = (await portal.Api(portal.Sales).GetAsync($"/api/v1/quotes/{number}/margin")).Json;
        Assert.Equal((3999.98m, -200.00m), (margin.GetProperty("cost").GetDecimal(), margin.GetProperty("amount").GetDecimal()));
        Assert.Contains("-200.00", (await portal.SignIn(portal.DealDesk).GetAsync($"/quotes/{number}")).Text("[data-margin]"), StringComparison.Ordinal);
        Assert.False((await portal.SignIn(await portal.Given.APerson(portal.Sales.Partner, "viewer")).GetAsync($"/quotes/{number}")).Has("[data-margin]"));
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).GetAsync($"/api/v1/quotes/{number}/margin")).Status);
    }

    [Fact]
    public async Task A_margin_below_what_the_brand_asks_for_goes_to_the_deal_desk_with_its_reason()
    {
        var admin = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        var form = await admin.GetAsync("/quotes/authority");
        var wrong = await admin.SubmitAsync(form, ("Levels[0].Most", "101"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        var level = (await portal.Database.ListAsync<string>("select partner_level from portal.partner where partner_id = @PartnerId", new { portal.Sales.Partner.PartnerId })).Single();
        var row = form.Document.QuerySelectorAll("input[name$='.Level']").Select(input => input.GetAttribute("value")).ToList().IndexOf(level);
        await admin.SubmitAsync(form, ($"Levels[{row}].LeastMargin", "2"));
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.DraftAsync(sales, ("D-2", 1, null));

        var draft = await sales.GetAsync($"/quotes/{number}");
        Assert.Contains("The margin is 0%; it should be 2% at least.", draft.Text("[data-reasons]"), StringComparison.Ordinal);
        var sent = await sales.PressAsync(draft, $"form[action='/quotes/{number}/sending']");

        Assert.Equal("pending_approval", await portal.StatusAsync(number));
        Assert.Contains("The margin is 0%", (await portal.SignIn(portal.DealDesk).GetAsync($"/quotes/{number}")).Text("[data-reasons]"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await sales.GetAsync("/quotes/authority")).Status);
        await admin.SubmitAsync(await admin.GetAsync("/quotes/authority"), ($"Levels[{row}].LeastMargin", ""));
    }

    [Fact]
    public async Task What_is_taken_off_by_hand_below_the_brands_floor_goes_to_the_deal_desk()
    {
        await portal.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into product (sku, name, name_zh, product_line_id, created_at) select 'D-3', 'Chair', '座椅', product_line_id, now() from product_line where code = 'DESK';
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at) select b.price_book_id, p.product_id, 1000, '[2020-01-01,)', now() from price_book b, product p where b.code = 'LIST' and p.sku = 'D-3';
            insert into price_book (seller_id, code, name, kind, currency, audience, valid, created_at) select partner_id, 'FLOOR', 'Floor', 'floor', 'CNY', 'everyone', '[2020-01-01,)', now() from partner where partner_type = 'brand';
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at) select b.price_book_id, p.product_id, 990, '[2020-01-01,)', now() from price_book b, product p where b.code = 'FLOOR' and p.sku = 'D-3';
            """);
        var sales = portal.SignIn(portal.Sales);

        var above = await sales.GetAsync($"/quotes/{await portal.DraftAsync(sales, ("D-3", 1, 1m))}");
        var below = await sales.GetAsync($"/quotes/{await portal.DraftAsync(sales, ("D-3", 1, 2m))}");

        Assert.False(above.Has("[data-reasons]"));
        Assert.Contains("980.00 a piece is below the floor of 990.00", below.Text("[data-reasons]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workbook_that_comes_back_keeps_groups_and_choices()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await OfferedAsync();
        // Below the head stand a heading, two desks, a heading, two lamps. The first desks become five.
        var changed = Spreadsheets.Edited(await WorkingInExcel.CopyAsync(sales, number), sheet => sheet.Put("D10", 5));

        var taken = await sales.PressAsync(await WorkingInExcel.UploadAsync(sales, number, changed), "form[action$='/confirmation']");

        Assert.Equal("CNY 10,560.30", taken.Text("[data-total]"));
        var lines = await portal.Database.ListAsync<string>("""
            select concat_ws('|', l.line_number, l.section, l.choice, l.alternative_to) from portal.quote_line l join portal.quote_revision r using (quote_revision_id) join portal.quote q using (quote_id) where q.number = @number order by l.line_number
            """, new { number });

        Assert.Equal(["1|开放办公区|included", "2|alternative|1", "3|会议室|included", "4|optional"], lines);
    }

    async Task<string> OfferedAsync()
    {
        var page = await portal.SignIn(portal.Sales).SubmitAsync("/quotes/new", Lines);
        Assert.StartsWith("/quotes/Q-", page.Path, StringComparison.Ordinal);
        return page.Path["/quotes/".Length..];
    }

    async Task<string> SentAsync(Visitor sales)
    {
        var number = await OfferedAsync();
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/sending']");
        return number;
    }
}
