using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Quotes;
using Portal.Quotes.Templates;
using Portal.Tests.Documents;
using Portal.Verify;
using Support;

namespace Portal.Tests.Quotes;

/// <summary>A template designed on its page by somebody who is no programmer, and what comes of it on paper and in Excel.</summary>
public sealed class DesigningATemplate(QuotingPartner portal) : IClassFixture<QuotingPartner>, IAsyncLifetime
{
    const string Drawing = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path d="M4 4 H36 V36 H4 Z" fill="#a6192e"/></svg>""";

    static readonly (string, object?)[] Colours = [("Own", "colours"), ("Accent", "#7a1022"), ("Ink", "#201010"), ("Ground", "#fff4f4")];

    TestPerson admin = null!, partner = null!;

    public async Task InitializeAsync()
    {
        admin = await portal.Given.SomebodyOfTheBrand("brand_admin");
        partner = await portal.Given.APerson(portal.Sales.Partner, "partner_admin");
        // Each test begins where nobody has designed anything that counts.
        await portal.Database.ExecuteAsync("update portal.quote_template set is_active = false");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [FactWithProgram("pdftotext")]
    public async Task Texts_columns_and_sections_shape_the_paper_in_both_languages()
    {
        var visitor = portal.SignIn(partner);
        await UseAsync(visitor, await KeepAsync(visitor, [
            .. Shown("Columns", "product", "quantity", "amount"), .. Shown("Sections", "parties", "lines", "totals", "closing"), ("Own", "words"),
            ("TitleEn", "Proposal"), ("TitleZh", "建议书"), ("ClosingEn", "For {customer}: {total} until {valid_until}"), ("ClosingZh", "致 {customer}：{total}"),
        ]));
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);

        var english = await Pictures.WordsOfAsync((await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language=en")).Bytes);
        var chinese = await Pictures.WordsOfAsync((await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language=zh-CN")).Bytes);

        Assert.Contains("Proposal", english, StringComparison.Ordinal);
        Assert.Contains("For 杭州云栖科技有限公司: CNY 7,209.76 until", english.Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.DoesNotContain("Unit price", english, StringComparison.Ordinal);
        Assert.DoesNotContain("signature", english, StringComparison.Ordinal);
        Assert.Contains("建议书", chinese, StringComparison.Ordinal);
        Assert.Contains("致 杭州云栖科技有限公司：CNY 7,209.76", chinese.Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sent_quote_keeps_the_look_it_was_sent_with()
    {
        var visitor = portal.SignIn(partner);
        var sales = portal.SignIn(portal.Sales);
        var plain = await portal.SentAsync(sales);
        await UseAsync(visitor, await KeepAsync(visitor, [("Own", "words"), ("TitleEn", "First")]));
        var first = await portal.SentAsync(sales);
        await UseAsync(visitor, await KeepAsync(visitor, [("Own", "words"), ("TitleEn", "Second")]));
        var second = await portal.SentAsync(sales);

        // Opened only now: the file is made of what was frozen, whatever counts today.
        Assert.Contains("Quotation", await WordsAsync(sales, plain), StringComparison.Ordinal);
        Assert.Contains("First", await WordsAsync(sales, first), StringComparison.Ordinal);
        Assert.Contains("Second", await WordsAsync(sales, second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_owner_one_revision_counts_and_an_older_one_can_count_again()
    {
        var visitor = portal.SignIn(partner);
        var older = await KeepAsync(visitor, [("Own", "words"), ("TitleEn", "Older")]);
        var newer = await KeepAsync(visitor, [("Own", "words"), ("TitleEn", "Newer")]);
        await UseAsync(visitor, older);
        await UseAsync(visitor, newer);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(turn => UseAsync(portal.SignIn(partner), turn % 2 == 0 ? older : newer)));
        var page = await UseAsync(visitor, older);

        Assert.Equal([older], await portal.Database.ListAsync<string>("select number from portal.quote_template where partner_id = @PartnerId and is_active", new { portal.Sales.Partner.PartnerId }));
        Assert.Contains("In use", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_refuses_a_second_one_that_counts_and_every_change_of_a_design()
    {
        var visitor = portal.SignIn(partner);
        await UseAsync(visitor, await KeepAsync(visitor, Colours));
        await KeepAsync(visitor, Colours);

        var second = await Record.ExceptionAsync(() => portal.Database.ExecuteAsync("update portal.quote_template set is_active = true where partner_id = @PartnerId", new { portal.Sales.Partner.PartnerId }));

        Assert.Contains("one_active_template_per_owner", second!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_counts_without_having_been_made_to_count_is_found()
    {
        var visitor = portal.SignIn(await portal.Given.APerson(portal.Rival.Partner, "partner_admin"));
        var number = await KeepAsync(visitor, Colours);
        await UseAsync(visitor, number);

        Assert.DoesNotContain(await FindingsAsync(), finding => finding.Contains(portal.Rival.Partner.Number, StringComparison.Ordinal));
        await portal.Database.ExecuteAsync("update portal.quote_template set is_active = false where number = @number", new { number });
        var found = Assert.Single(await FindingsAsync(), finding => finding.Contains(portal.Rival.Partner.Number, StringComparison.Ordinal));
        Assert.Contains($"{number} counts, what counts is none", found, StringComparison.Ordinal);

        Task<List<string>> FindingsAsync() => portal.InScopeAsync(Caller.System("test"), async services =>
        {
            var findings = new List<string>();
            foreach (var check in services.GetServices<ICheck>().Where(check => check.Name == "quotes"))
            {
                findings.AddRange((await check.RunAsync(CancellationToken.None)).Findings);
            }

            return findings;
        });
    }

    [Fact]
    public async Task Partners_have_their_own_only_in_the_parts_that_the_brand_leaves_open()
    {
        var brand = portal.SignIn(admin);
        await UseAsync(brand, await KeepAsync(brand, [.. Colours, ("Own", "words"), ("TitleEn", "Of the brand"), ("Open", "colours")]));
        var visitor = portal.SignIn(partner);
        var form = await visitor.GetAsync("/quote-templates/new");
        var forged = await visitor.SubmitAsync(form, [.. Colours, ("Own", "words"), ("Note", "forged")]);
        await UseAsync(visitor, forged.Path.Split('/')[^1]);
        var sales = portal.SignIn(portal.Sales);

        var words = await WordsAsync(sales, await portal.SentAsync(sales));

        Assert.False(form.Has("[name=TitleEn]"));
        Assert.Contains("The brand has set these for everybody", form.Words, StringComparison.Ordinal);
        Assert.Contains("Of the brand", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_partner_finds_no_template_and_a_seller_without_the_role_no_page()
    {
        var number = await KeepAsync(portal.SignIn(partner), Colours);
        var rival = portal.SignIn(await portal.Given.APerson(portal.Rival.Partner, "partner_admin"));

        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/quote-templates/{number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/quote-templates/new?from={number}")).Status);
        Assert.DoesNotContain(number, (await rival.GetAsync("/quote-templates")).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(await portal.Given.APerson(portal.Sales.Partner, "sales")).GetAsync("/quote-templates")).Status);
    }

    [Fact]
    public async Task A_placeholder_that_does_not_exist_is_named_with_those_that_do()
    {
        var visitor = portal.SignIn(partner);

        var page = await visitor.SubmitAsync("/quote-templates/new", [("Own", "words"), ("IntroEn", "Dear {customr}, about {total}"), ("IntroZh", "尊敬的 {客户}")]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains("{customr} is no placeholder. Known are {customer}, {seller}, {number},", page.Words, StringComparison.Ordinal);
        Assert.Contains("{客户} is no placeholder.", page.Words, StringComparison.Ordinal);
        Assert.Equal("Dear {customr}, about {total}", page.Document.QuerySelector("[name=IntroEn]")!.TextContent.Trim());
    }

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "contains a script")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><path d=\"M0 0\"/></svg>", "contains a script")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><foreignObject/></svg>", "contains \"foreignObject\"")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><use href=\"http://evil.example/a.svg#x\"/></svg>", "takes something from another address")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><rect style=\"fill:url(http://evil.example/x)\"/></svg>", "takes something from another address")]
    [InlineData("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>", "no PNG, JPEG or SVG")]
    [InlineData("<html><svg/></html>", "no PNG, JPEG or SVG")]
    [InlineData("GIF89a, renamed to png", "no PNG, JPEG or SVG")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><path", "the file is damaged")]
    public async Task A_logo_that_is_no_plain_picture_is_refused_with_what_to_do(string content, string words)
    {
        var page = await portal.SignIn(partner).SubmitAsync("/quote-templates/new", [("Own", "logo"), ("LogoFile", new TestFile("logo.png", Encoding.UTF8.GetBytes(content), "image/png"))]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains(words, page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_logo_is_bounded_in_bytes_and_in_pixels()
    {
        var visitor = portal.SignIn(partner);
        async Task<Page> WithAsync(byte[] logo) => await visitor.SubmitAsync("/quote-templates/new", [("Own", "logo"), ("LogoFile", new TestFile("logo.png", logo, "image/png"))]);

        Assert.Contains("larger than 1 MB", (await WithAsync(new byte[LogoFile.MostBytes + 1])).Words, StringComparison.Ordinal);
        var huge = await WithAsync(new byte[50 * 1024 * 1024]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, huge.Status);
        Assert.Contains("1 MB at most", Encoding.UTF8.GetString(huge.Bytes), StringComparison.Ordinal);
        var wide = Pictures.Blank(40, 40);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(wide.AsSpan(16), 60_000);
        Assert.Contains("more than 4000 pixels", (await WithAsync(wide)).Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Accent", "#ffee00", "cannot be read well")]
    [InlineData("Ink", "red", "is no colour")]
    public async Task Colours_are_colours_and_can_be_read(string field, string colour, string words)
    {
        var page = await portal.SignIn(partner).SubmitAsync("/quote-templates/new", [.. Colours.Where(one => one.Item1 != field), (field, colour)]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains(words, page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quote_cannot_do_without_its_amounts_its_parties_or_a_place_for_the_product()
    {
        var visitor = portal.SignIn(partner);

        Assert.Contains("A quote needs the column Amount.", (await visitor.SubmitAsync("/quote-templates/new", Shown("Columns", "product", "quantity"))).Words, StringComparison.Ordinal);
        Assert.Contains("A quote needs the section Customer and seller.", (await visitor.SubmitAsync("/quote-templates/new", Shown("Sections", "lines", "totals"))).Words, StringComparison.Ordinal);
        var wide = await visitor.SubmitAsync("/quote-templates/new", [.. Shown("Columns", "product", "quantity", "amount"), ("Columns[1].WidthMm", "90"), ("Columns[2].WidthMm", "90"), ("Columns[6].WidthMm", "90")]);
        Assert.Contains("Leave the product its place", wide.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terms_of_20_000_characters_are_set_and_longer_ones_refused()
    {
        var visitor = portal.SignIn(partner);
        var sentence = "货到验收合格后三十日内付清全款。";
        var terms = string.Concat(Enumerable.Repeat(sentence, 20_000 / sentence.Length));

        await UseAsync(visitor, await KeepAsync(visitor, [("Own", "terms"), ("TermsZh", terms)]));
        var longer = await visitor.SubmitAsync("/quote-templates/new", [("Own", "terms"), ("TermsZh", terms + terms)]);

        Assert.Contains("At most 20000 characters", longer.Words.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var sales = portal.SignIn(portal.Sales);
        var words = await WordsAsync(sales, await portal.SentAsync(sales), "zh-CN");
        Assert.Equal(20_000 / sentence.Length, words.Count(letter => letter == '验'));
    }

    [Fact]
    public async Task What_a_template_adds_to_the_terms_stands_on_the_paper_and_where_it_is_accepted()
    {
        var visitor = portal.SignIn(partner);
        await UseAsync(visitor, await KeepAsync(visitor, [("Own", "terms"), ("TermsEn", "Paid within 33 days.")]));

        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);

        Assert.Contains("Paid within 33 days.", await WordsAsync(sales, number, "en"), StringComparison.Ordinal);
        Assert.Contains("Paid within 33 days.", (await portal.Anonymous().GetAsync(await QuotingPartner.LinkAsync(sales, number))).Text("[data-terms]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_preview_is_a_picture_with_a_watermark_and_works_without_script()
    {
        var visitor = portal.SignIn(partner);
        (string, object?)[] design = [.. Colours, ("Own", "logo"), ("LogoFile", new TestFile("logo.svg", Encoding.UTF8.GetBytes(Drawing), "image/svg+xml"))];

        var page = await visitor.PressAsync(await visitor.GetAsync("/quote-templates/new"), "button[name=Preview]", design);

        var picture = page.Document.QuerySelector("#template-preview img")!.GetAttribute("src")!;
        Assert.StartsWith("data:image/svg+xml;base64,", picture, StringComparison.Ordinal);
        var drawn = Encoding.UTF8.GetString(Convert.FromBase64String(picture.Split(',')[1]));
        Assert.Contains("#7a1022", drawn, StringComparison.OrdinalIgnoreCase);
        // The sample has two pages. The paper of the second would lie over the first: there is one below both.
        Assert.Contains("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>", drawn, StringComparison.Ordinal);
        Assert.DoesNotContain("fill=\"#ffffff\" fill-rule=\"nonzero\" d=\"M 0 0v", drawn, StringComparison.Ordinal);
        Assert.Equal(0, (await portal.Database.ListAsync<int>("select count(*)::int from portal.quote_template where partner_id = @PartnerId and note = 'drawn'", new { portal.Sales.Partner.PartnerId })).Single());
    }

    [Fact]
    public async Task The_same_look_shapes_the_workbook_whose_formulas_still_come_to_the_total()
    {
        var visitor = portal.SignIn(partner);
        await UseAsync(visitor, await KeepAsync(visitor, [.. Colours, .. Shown("Columns", "amount", "product", "quantity", "unitPrice"), ("Own", "logo"), ("LogoFile", new TestFile("x", Pictures.Stroke(120, 40), "image/png"))]));
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);

        var file = (await sales.GetAsync($"/quotes/{number}/revisions/1/xlsx?language=en")).Bytes;

        using var zip = new ZipArchive(new MemoryStream(file));
        var sheet = Read(zip, "xl/worksheets/sheet1.xml");
        Assert.Contains("ROUND(D9*E9,2)", sheet, StringComparison.Ordinal);
        Assert.Contains("ROUND(SUM(A9:A10),2)", sheet, StringComparison.Ordinal);
        Assert.Contains("7209.76", sheet, StringComparison.Ordinal);
        Assert.Contains("7A1022", Read(zip, "xl/styles.xml"), StringComparison.Ordinal);
        Assert.Equal(Pictures.Stroke(120, 40), ReadBytes(zip, "xl/media/image1.png"));
        using var book = DocumentFormat.OpenXml.Packaging.SpreadsheetDocument.Open(new MemoryStream(file), false);
        Assert.Empty(new DocumentFormat.OpenXml.Validation.OpenXmlValidator().Validate(book).Select(error => $"{error.Path?.XPath}: {error.Description}"));
    }

    [Fact]
    public async Task A_drawn_logo_reaches_the_workbook_in_pixels_that_are_made_once()
    {
        var visitor = portal.SignIn(partner);
        await UseAsync(visitor, await KeepAsync(visitor, [("Own", "logo"), ("LogoFile", new TestFile("logo.svg", Encoding.UTF8.GetBytes(Drawing), "image/svg+xml"))]));
        var sales = portal.SignIn(portal.Sales);
        var pictures = new List<byte[]>();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var number = await portal.SentAsync(sales);
            var file = (await sales.GetAsync($"/quotes/{number}/revisions/1/xlsx?language=en")).Bytes;
            using var zip = new ZipArchive(new MemoryStream(file));
            pictures.Add(ReadBytes(zip, "xl/media/image1.png"));
            using var book = DocumentFormat.OpenXml.Packaging.SpreadsheetDocument.Open(new MemoryStream(file), false);
            Assert.Empty(new DocumentFormat.OpenXml.Validation.OpenXmlValidator().Validate(book).Select(error => $"{error.Path?.XPath}: {error.Description}"));
        }

        var (width, height) = LogoFile.SizeOf(pictures[0]);
        Assert.True(width >= 160 && width == height, $"{width} × {height}");
        Assert.Equal(pictures[0], pictures[1]);
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.quote_logo_picture where content = @picture", new { picture = pictures[0] }));
    }

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0 H4\"/></svg>", null)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\" height=\"100%\"><path d=\"M0 0 H4\"/></svg>", null)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 0 40\"/>", null)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0,0 120,40\" width=\"3cm\"/>", "240")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40mm\" height=\"20mm\"/>", "160")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4000 10\"/>", "800")]
    public void A_drawing_is_framed_by_what_it_says_of_its_size(string drawing, string? width)
    {
        var framed = LogoInPixels.Framed(Encoding.UTF8.GetBytes(drawing));

        Assert.Equal(width, framed is null ? null : System.Xml.Linq.XDocument.Parse(Encoding.UTF8.GetString(framed)).Root!.Attribute("width")!.Value.Split('.')[0]);
    }

    [FactWithProgram("pdftotext")]
    public async Task Where_the_look_says_so_a_line_tells_how_its_price_came_about_on_paper_and_in_the_workbook_and_else_nothing_is_kept_of_it()
    {
        await portal.Database.ExecuteAsync("""
            insert into portal.price_rule (seller_id, code, name, name_zh, kind, discount_rate, audience, covers, whole_channel, valid, created_at)
            select partner_id, 'SPRING', 'Spring sale', '春季促销', 'promotion', 0.1, 'everyone', 'all', true, '[2020-01-01,)', now() from portal.partner where partner_type = 'brand'
            """);
        var visitor = portal.SignIn(partner);
        var sales = portal.SignIn(portal.Sales);
        var plain = await portal.SentAsync(sales, ("D-2", 7, null));
        var columns = QuoteTemplateForm.Of(new(), QuoteDesign.Product).Columns;
        await UseAsync(visitor, await KeepAsync(visitor, [.. Shown("Columns", "product", "quantity", "amount"), ($"Columns[{columns.FindIndex(row => row.Key == "product")}].Format", "sku_steps")]));
        var number = await portal.SentAsync(sales, ("D-2", 7, null));
        await portal.Database.ExecuteAsync("update portal.price_rule set valid = 'empty' where code = 'SPRING'");

        var (english, chinese) = (await WordsAsync(sales, number), await WordsAsync(sales, number, "zh-CN"));
        Assert.Matches(@"80\.05 · Spring sale\s72\.0[45]", english);
        Assert.Matches(@"80\.05 · 春季促销\s72\.0[45]", chinese);
        Assert.Contains("D-2", english, StringComparison.Ordinal);
        Assert.DoesNotContain("Spring sale", await WordsAsync(sales, plain), StringComparison.Ordinal);
        Assert.Equal([false, true], await portal.Database.ListAsync<bool>("select r.frozen::text like '%Spring sale%' from portal.quote q join portal.quote_revision r using (quote_id) where q.number in (@plain, @number) order by q.number = @number", new { plain, number }));

        foreach (var (quote, shows) in new[] { (plain, false), (number, true) })
        {
            var file = (await sales.GetAsync($"/quotes/{quote}/revisions/1/xlsx?language=en")).Bytes;
            using var zip = new ZipArchive(new MemoryStream(file));
            var texts = string.Concat(zip.Entries.Where(entry => entry.FullName.EndsWith(".xml", StringComparison.Ordinal)).Select(entry => Read(zip, entry.FullName)));
            Assert.Equal(shows, texts.Contains("How the price came about", StringComparison.Ordinal));
            Assert.Equal(shows, texts.Contains("Spring sale", StringComparison.Ordinal));
            using var book = DocumentFormat.OpenXml.Packaging.SpreadsheetDocument.Open(new MemoryStream(file), false);
            Assert.Empty(new DocumentFormat.OpenXml.Validation.OpenXmlValidator().Validate(book).Select(error => $"{error.Path?.XPath}: {error.Description}"));
        }
    }

    [Fact]
    public async Task Only_the_brand_writes_source_and_its_mistakes_are_told_with_their_line()
    {
        var brand = portal.SignIn(admin);
        var wrong = await brand.SubmitAsync("/quote-templates/new", [("IsExpert", true), ("Source", QuoteFiles.ProductTemplate + "\n#let total = 1 +\n")]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Matches(@"Line \d+, column \d+: expected expression", wrong.Words);
        Assert.False((await portal.SignIn(partner).GetAsync("/quote-templates/new")).Has("[name=Source]"));
    }

    [Theory]
    [InlineData("#read(\"/etc/passwd\")", "file not found")]
    [InlineData("#import \"@preview/cetz:0.4.2\": canvas", "failed to download package")]
    [InlineData("#let n = 0\n#while n >= 0 { n += 1 }", "loop seems to be infinite")]
    [InlineData("#datetime.today().display()", "does not read the clock")]
    [InlineData("#image(\"/logo.svg\")", "file not found")]
    public async Task A_source_that_reaches_out_or_never_ends_is_refused(string source, string words)
    {
        var page = await portal.SignIn(admin).SubmitAsync("/quote-templates/new", [("IsExpert", true), ("Source", source)]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains(words, page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experts_source_typesets_the_quotes_that_are_sent_with_it()
    {
        var brand = portal.SignIn(admin);
        await UseAsync(brand, await KeepAsync(brand, [("IsExpert", true), ("Source", QuoteFiles.ProductTemplate + "\n#data.customer.name: written by an expert\n")]));
        var sales = portal.SignIn(portal.Sales);

        Assert.Contains("written by an expert", await WordsAsync(sales, await portal.SentAsync(sales)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_read_the_revisions_and_let_one_count()
    {
        var number = await KeepAsync(portal.SignIn(partner), [.. Colours, ("Note", "By program")]);
        var api = portal.Api(partner);

        var list = (await api.GetAsync("/api/v1/quote-templates")).Json;
        var activated = await api.PostAsync($"/api/v1/quote-templates/{number}/activation", null);
        var one = (await api.GetAsync($"/api/v1/quote-templates/{number}")).Json;

        Assert.Contains(list.GetProperty("items").EnumerateArray(), item => item.GetProperty("number").GetString() == number);
        Assert.Equal(HttpStatusCode.NoContent, activated.Status);
        Assert.True(one.GetProperty("active").GetBoolean());
        Assert.Equal("#7a1022", one.GetProperty("design").GetProperty("colours").GetProperty("accent").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(await portal.Given.APerson(portal.Rival.Partner, "partner_admin")).PostAsync($"/api/v1/quote-templates/{number}/activation", null)).Status);
    }

    /// <summary>The fields that show these columns or sections, in this order, and no others.</summary>
    static (string, object?)[] Shown(string part, params string[] keys)
    {
        var form = QuoteTemplateForm.Of(new(), QuoteDesign.Product);
        var all = part == "Columns" ? form.Columns.ConvertAll(row => row.Key!) : form.Sections.ConvertAll(row => row.Key!);
        return [("Own", part.ToLowerInvariant()), .. all.SelectMany((key, index) => new (string, object?)[]
        {
            ($"{part}[{index}].Shown", keys.Contains(key)), ($"{part}[{index}].Position", keys.Contains(key) ? (Array.IndexOf(keys, key) + 1).ToString(CultureInfo.InvariantCulture) : ""),
        })];
    }

    static async Task<string> KeepAsync(Visitor visitor, IEnumerable<(string, object?)> fields)
    {
        var page = await visitor.SubmitAsync("/quote-templates/new", fields);
        Assert.True(page.Path.StartsWith("/quote-templates/QT-", StringComparison.Ordinal), page.Words);
        return page.Path.Split('/')[^1];
    }

    static async Task<Page> UseAsync(Visitor visitor, string number)
    {
        var page = await visitor.GetAsync($"/quote-templates/{number}");
        return page.Has($"form[action='/quote-templates/{number}/activation']") ? await visitor.PressAsync(page, $"form[action='/quote-templates/{number}/activation']") : page;
    }

    static async Task<string> WordsAsync(Visitor sales, string number, string language = "en") =>
        await Pictures.WordsOfAsync((await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language={language}")).Bytes);

    static string Read(ZipArchive zip, string entry) => Encoding.UTF8.GetString(ReadBytes(zip, entry));

    static byte[] ReadBytes(ZipArchive zip, string entry)
    {
        using var stream = zip.GetEntry(entry)!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
