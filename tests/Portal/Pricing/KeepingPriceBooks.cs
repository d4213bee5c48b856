using System.Net;
using Shouldly;
using Support;

namespace Portal.Tests.Pricing;

public sealed class KeepingPriceBooks(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task The_deal_desk_opens_a_book_sets_a_price_and_the_buyer_pays_it()
    {
        var brand = await portal.Given.TheBrand();
        var huaxin = await portal.Given.APerson(await portal.Given.APartner("Huaxin", "distributor", level: "gold"), "purchasing");
        await portal.Given.AProduct("BOOK-1");
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("deal_desk"));
        var today = DateOnly.FromDateTime(portal.Clock.Now.UtcDateTime);

        var book = await visitor.SubmitAsync("/prices/books/new", ("Facts.Code", "gold-26"), ("Facts.Name", "Gold 2026"), ("Facts.Currency", "CNY"), ("Facts.PartnerLevel", "gold"));
        var page = await visitor.SubmitAsync(book.Path, ("Form.Sku", "BOOK-1"), ("Form.Price", "96.00"));

        book.Path.ShouldBe($"/prices/books/{brand.Number}/GOLD-26");
        page.All("tbody td").ShouldContain("96.00");
        (await portal.Ask(huaxin, huaxin.Partner, brand, "CNY", today.ToString("yyyy-MM-dd"), ("BOOK-1", 1))).Single().UnitPrice.ShouldBe(96m);
    }

    [Fact]
    public async Task The_past_is_not_rewritten_on_the_screen()
    {
        var brand = await portal.Given.TheBrand();
        await portal.Given.ABook(brand, "PAST");
        await portal.Given.AProduct("PAST-1");
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        var page = await visitor.SubmitAsync($"/prices/books/{brand.Number}/PAST", ("Form.Sku", "PAST-9"), ("Form.Price", "-1"), ("Form.From", portal.Clock.Now.UtcDateTime.AddDays(-3).ToString("yyyy-MM-dd")));

        page.All(".field-problem").ShouldBe(["There is no product with this SKU.", "Give a price of zero or more with at most four decimals.", "Choose today or a later day; what has held is not rewritten."]);
    }

    [Fact]
    public async Task A_second_list_for_the_same_days_is_refused_with_a_sentence()
    {
        await portal.Given.ABook(await portal.Given.TheBrand(), "L1", kind: "list", currency: "JPY");
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        var page = await visitor.SubmitAsync("/prices/books/new", ("Facts.Code", "L2"), ("Facts.Name", "Second"), ("Facts.Kind", "list"), ("Facts.Currency", "JPY"));

        page.Text(".field-problem").ShouldBe("You have a list in this currency for these days already.");
    }

    [Fact]
    public async Task A_partners_administrator_keeps_the_own_books_and_sees_no_others()
    {
        var brand = await portal.Given.TheBrand();
        await portal.Given.ABook(brand, "SECRET");
        var huaxin = await portal.Given.ADistributor("Own books");
        var visitor = portal.SignIn(huaxin);

        await visitor.SubmitAsync("/prices/books/new", ("Facts.Code", "HX"), ("Facts.Name", "Our channel"));

        (await visitor.GetAsync("/prices")).All("tbody td:first-child").ShouldBe(["HX"]);
        (await visitor.GetAsync($"/prices/books/{brand.Number}/SECRET")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await visitor.GetAsync($"/prices/books/{brand.Number}/SECRET/edit")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await portal.SignIn(await portal.Given.APerson(huaxin.Partner, "sales")).GetAsync("/prices/books/new")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_book_of_a_territory_is_for_its_partners_alone_and_comes_before_one_for_all()
    {
        var brand = await portal.Given.TheBrand();
        await portal.Database.ExecuteAsync("insert into portal.territory (code, name, name_zh) values ('CN-WEST', 'West China', '西部'), ('CN-SOUTH', 'South China', '华南')");
        var (west, south) = (await portal.Given.ADistributor("Chengdu"), await portal.Given.ADistributor("Shenzhen"));
        await portal.Database.ExecuteAsync("""
            update portal.partner p set territory_id = t.territory_id from portal.territory t
            where (p.partner_id = @west and t.code = 'CN-WEST') or (p.partner_id = @south and t.code = 'CN-SOUTH')
            """, new { west = west.Partner.PartnerId, south = south.Partner.PartnerId });
        await portal.Given.AProduct("TERR-1");
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("deal_desk"));
        var today = portal.Clock.Now.UtcDateTime.ToString("yyyy-MM-dd");
        var all = await visitor.SubmitAsync("/prices/books/new", ("Facts.Code", "ALL-NET"), ("Facts.Name", "Everywhere"), ("Facts.Currency", "CNY"));
        await visitor.SubmitAsync(all.Path, ("Form.Sku", "TERR-1"), ("Form.Price", "90.00"));
        var book = await visitor.SubmitAsync("/prices/books/new", ("Facts.Code", "WEST-NET"), ("Facts.Name", "West"), ("Facts.Currency", "CNY"), ("Facts.Territory", "CN-WEST"));
        await visitor.SubmitAsync(book.Path, ("Form.Sku", "TERR-1"), ("Form.Price", "95.00"));

        (await portal.Ask(west, west.Partner, brand, "CNY", today, ("TERR-1", 1))).Single().UnitPrice.ShouldBe(95m);
        (await portal.Ask(south, south.Partner, brand, "CNY", today, ("TERR-1", 1))).Single().UnitPrice.ShouldBe(90m);
        book.Words.ShouldContain("West China");
        var wrong = await visitor.SubmitAsync("/prices/books/new", ("Facts.Code", "T9"), ("Facts.Name", "Nowhere"), ("Facts.Currency", "CNY"), ("Facts.Kind", "list"), ("Facts.Territory", "CN-WEST"));
        wrong.Text(".field-problem").ShouldStartWith("List prices and floors are for everyone");
    }

    [Fact]
    public async Task Floors_are_the_brands_to_set()
    {
        var partner = portal.SignIn(await portal.Given.ADistributor("No floors"));

        var refused = await partner.SubmitAsync("/prices/books/new", ("Facts.Code", "FLOOR"), ("Facts.Name", "Floor"), ("Facts.Kind", "floor"));

        refused.Text(".field-problem").ShouldBe("Floors are set by the brand; choose list or net prices.");
    }

    [Fact]
    public async Task A_promotion_is_added_and_gets_its_last_day()
    {
        var brand = await portal.Given.TheBrand();
        await portal.Given.AProduct("PROMO-1");
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        var wrong = await visitor.SubmitAsync("/prices/rules/new?effect=percent", ("Form.Code", "SPRING"), ("Form.Name", "Spring"), ("Form.Percent", "500"), ("Form.Skus", "PROMO-1"));
        var rule = await visitor.SubmitAsync("/prices/rules/new?effect=percent", ("Form.Code", "SPRING"), ("Form.Name", "Spring"), ("Form.Percent", "7.5"), ("Form.Skus", "PROMO-1, PROMO-1"), ("Form.MinQuantity", "11"), ("Form.MaxQuantity", "14"));
        var ended = await visitor.SubmitAsync(rule, ("lastDay", DateOnly.FromDateTime(portal.Clock.Now.UtcDateTime)));

        wrong.Text(".field-problem").ShouldBe("Give a discount between 0 and 100 per cent.");
        rule.Path.ShouldBe($"/prices/rules/{brand.Number}/SPRING");
        rule.Document.QuerySelector(".facts")!.TextContent.ShouldContain("7.5%");
        rule.Document.QuerySelector(".facts")!.TextContent.ShouldContain("11–14");
        ended.Text(".flash-done").ShouldContain("has its last day");
        (await visitor.GetAsync("/prices/rules?kind=promotion&state=in_force")).All("tbody td:first-child .number").ShouldBe(["SPRING"]);
    }

    [Fact]
    public async Task A_program_adds_a_promotion_and_reads_what_it_has_given()
    {
        var brand = await portal.Given.TheBrand();
        await portal.Given.AProduct("RULE-A");
        await portal.Given.AProduct("RULE-B");
        var desk = portal.Api(await portal.Given.AnApiClient(brand, "deal_desk"));

        var wrong = await desk.PostAsync("/api/v1/price-rules", new { code = "SET", name = "Set", effect = "bundle", skus = new[] { "RULE-A", "RULE-B" }, quantities = new[] { 1, 0 }, amountOff = 50, budget = 0, from = "2026-01-01" });
        wrong.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldBe(["currency", "skus", "budget"], ignoreOrder: true);

        var added = await desk.PostAsync("/api/v1/price-rules", new { code = "SET", name = "Set", effect = "bundle", skus = new[] { "RULE-A", "RULE-B" }, quantities = new[] { 1, 2 }, amountOff = 50, currency = "CNY", budget = 1000, from = "2026-01-01" });
        added.Status.ShouldBe(HttpStatusCode.Created);
        var rule = await desk.GetAsync($"/api/v1/price-rules/{brand.Number}/SET");
        rule.Json.GetProperty("rule").GetProperty("spent").GetDecimal().ShouldBe(0);
        rule.Json.GetProperty("products").EnumerateArray().Select(product => product.GetProperty("quantity").GetInt32()).ShouldBe([1, 2]);
        rule.Json.GetProperty("rule").TryGetProperty("priceRuleId", out _).ShouldBeFalse();

        var outsider = portal.Api(await portal.Given.AnApiClient((await portal.Given.ADistributor("Rule outsider")).Partner, "partner_admin"));
        (await outsider.GetAsync($"/api/v1/price-rules/{brand.Number}/SET")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await outsider.GetAsync("/api/v1/price-rules")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("amount", "Form.AmountOff", "15", "15.00 off each")]
    [InlineData("buy_get", "Form.Buy", "2", "buy 2, get 1 at −100%")]
    [InlineData("bundle", "Form.AmountOff", "50", "50.00 off together")]
    [InlineData("threshold", "Form.AmountOff", "100", "100.00 off from")]
    [InlineData("gift", "Form.Gift", "KIND-1", "1 × Product KIND-1 from")]
    public async Task Each_kind_of_promotion_has_its_form_and_says_what_it_gives(string effect, string field, string value, string says)
    {
        await portal.Given.TheBrand();
        if ((await portal.Database.ListAsync<long>("select count(*) from portal.product where sku = 'KIND-1'")).Single() == 0)
        {
            await portal.Given.AProduct("KIND-1");
        }

        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        (string, object?)[] typed = [("Form.Code", "KIND-" + effect), ("Form.Name", "Kind"), ("Form.Currency", "CNY"), ("Form.Skus", effect is "bundle" ? "KIND-1 2" : "KIND-1"), (field, value)];
        typed = effect switch
        {
            "buy_get" => [.. typed, ("Form.Get", "1")],
            "threshold" => [.. typed, ("Form.MinAmount", "1000")],
            "gift" => [.. typed, ("Form.Get", "1"), ("Form.MinAmount", "1000")],
            _ => typed,
        };

        var rule = await visitor.SubmitAsync($"/prices/rules/new?effect={effect}", typed);

        rule.Document.QuerySelector(".facts")!.TextContent.ShouldContain(says);
    }

    [Fact]
    public async Task Finance_enters_rates_and_the_deal_desk_reads_them()
    {
        await portal.Given.TheBrand();
        var finance = portal.SignIn(await portal.Given.SomebodyOfTheBrand("finance"));

        var page = await finance.SubmitAsync("/prices/rates", ("Form.Currency", "EUR"), ("Form.Rate", "1.0825"));
        var wrong = await finance.SubmitAsync("/prices/rates", ("Form.Currency", "EUR"), ("Form.Rate", "0"));

        page.All("tbody td").ShouldContain("1.0825");
        wrong.Text(".field-problem").ShouldContain("above zero");
        (await portal.SignIn(await portal.Given.SomebodyOfTheBrand("deal_desk")).GetAsync("/prices/rates")).Document.QuerySelector("main form[action='/prices/rates']").ShouldBeNull();
        (await portal.SignIn(await portal.Given.ADistributor("No rates")).GetAsync("/prices/rates")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_basket_is_priced_over_the_api_line_by_line()
    {
        var brand = await portal.Given.TheBrand();
        var huaxin = await portal.Given.ADistributor("Basket");
        await portal.Given.AnEntry(await portal.Given.ABook(brand, "LIST-CNY", kind: "list"), await portal.Given.AProduct("BASKET-1"), 19.99m);

        var priced = await portal.Api(huaxin).PostAsync("/api/v1/prices", new { lines = new[] { new { sku = "BASKET-1", quantity = 3 }, new { sku = "NONE", quantity = 1 } } });
        var customer = await portal.Api(huaxin).PostAsync("/api/v1/prices", new { endCustomer = true, lines = new[] { new { sku = "BASKET-1", quantity = 3 } } });

        priced.Status.ShouldBe(HttpStatusCode.OK);
        priced.Json.GetProperty("total").GetDecimal().ShouldBe(59.97m);
        priced.Json.GetProperty("complete").GetBoolean().ShouldBeFalse();
        priced.Json.GetProperty("lines")[0].GetProperty("steps")[0].GetProperty("rule").GetString().ShouldBe("LIST-CNY");
        priced.Json.GetProperty("lines")[1].GetProperty("refusal").GetString().ShouldBe("unknown_sku");
        priced.Text.ShouldNotContain("productId");
        customer.Json.GetProperty("complete").GetBoolean().ShouldBeTrue();
        (await portal.Api(huaxin).PostAsync("/api/v1/prices", new { lines = Array.Empty<object>() })).Problem.ShouldBe("invalid");
        (await portal.Api(huaxin).PostAsync("/api/v1/prices", new { buyer = "P-0000-0000-0000", lines = new[] { new { sku = "BASKET-1", quantity = 3 } } })).Problem.ShouldBe("not-found");
    }
}
