using System.Net;
using Portal.Tests.Orders;
using Portal.Tests.Pricing;
using Shouldly;
using Support;

namespace Portal.Tests.Catalog;

public sealed class KeepingProducts(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task The_brand_adds_a_product_and_changes_it()
    {
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        await visitor.SubmitAsync("/catalog/lines", ("code", "desk"), ("name", "Smart desks"), ("nameZh", "智能办公桌"));

        var page = await visitor.SubmitAsync("/catalog/new", ("Form.Facts.Sku", "SD/140-W"), ("Form.Facts.Name", "Rise desk 140"), ("Form.Facts.NameZh", "升降桌 140"), ("Form.Facts.Line", "DESK"), ("Form.Facts.Cost", "1692.80"), ("Form.Facts.CostCurrency", "CNY"));
        var changed = await visitor.SubmitAsync("/catalog/SD%2F140-W/edit", ("Form.Facts.Status", "discontinued"));

        page.Text("h1").ShouldBe("Rise desk 140");
        page.Document.Body!.TextContent.ShouldContain("1,692.80");
        changed.Text(".flash-done").ShouldContain("SD/140-W is saved.");
        (await portal.Database.ListAsync<string>("select action from audit_entry where subject_kind = 'product' and subject_number = 'SD/140-W' order by audit_entry_id")).ShouldBe(["product.added", "product.changed"]);
    }

    [Fact]
    public async Task A_sku_is_given_once()
    {
        await portal.Given.AProduct("ONCE-1");
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        var page = await visitor.SubmitAsync("/catalog/new", ("Form.Facts.Sku", "ONCE-1"), ("Form.Facts.Name", "Twice"), ("Form.Facts.Line", "DESK"));
        var nonsense = await visitor.SubmitAsync("/catalog/new", ("Form.Facts.Sku", "桌子 1"), ("Form.Facts.Name", ""), ("Form.Facts.Line", ""));

        page.Text(".field-problem").ShouldBe("There is a product with this SKU already.");
        nonsense.All(".field-problem").Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_partner_sees_what_it_pays_and_never_the_cost()
    {
        var huaxin = await portal.Given.APerson(await portal.Given.APartner("Huaxin", "distributor", level: "gold"), "purchasing");
        var brand = await portal.Given.TheBrand();
        var desk = await portal.Given.AProduct("SEEN-1");
        await portal.Given.AnEntry(await portal.Given.ABook(brand, "LIST-CNY", kind: "list"), desk, 3680m);
        await portal.Given.AnEntry(await portal.Given.ABook(brand, "GOLD-CNY", level: "gold"), desk, 2796.80m);
        await portal.Given.ARule(brand, "VOL-10", 0.02m, kind: "volume", min: 10);
        await portal.Database.ExecuteAsync("insert into product_cost values (@desk, 'CNY', 1234.56)", new { desk });
        var visitor = portal.SignIn(huaxin);

        var list = await visitor.GetAsync("/catalog?q=SEEN-1");
        var page = await visitor.GetAsync("/catalog/SEEN-1?quantity=10");

        list.All("tbody td.text-end").ShouldBe(["3,680.00", "2,796.80"]);
        page.All(".price-steps li").ShouldBe(["List price Book LIST-CNY 3,680.00 CNY", "Price book Book GOLD-CNY 2,796.80 CNY", "Volume break Rule VOL-10 −2% 2,740.86 CNY"]);
        page.Text(".price-total").ShouldEndWith("CNY 27,408.60");
        page.Document.Body!.TextContent.ShouldNotContain("1,234.56");
        (await visitor.GetAsync("/catalog/SEEN-1/edit")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await portal.Api(huaxin).GetAsync("/api/v1/products/SEEN-1")).Text.ShouldNotContain("cost");

        visitor.Language = "zh-CN";
        (await visitor.GetAsync("/catalog/SEEN-1")).Text("h1").ShouldBe("产品 SEEN-1");
    }

    [Fact]
    public async Task The_brand_sees_what_any_partner_pays_and_a_partner_only_its_own_buyers()
    {
        var brand = await portal.Given.TheBrand();
        var huaxin = await portal.Given.ADistributor("Asked Huaxin");
        var jiangnan = await portal.Given.AReseller("Asked Jiangnan", huaxin.Partner);
        var rival = await portal.Given.ADistributor("Asked rival");
        var desk = await portal.Given.AProduct("ASKED-1");
        await portal.Given.AnEntry(await portal.Given.ABook(brand, "MINE", buyer: huaxin.Partner), desk, 777m);
        await portal.Given.AnEntry(await portal.Given.ABook(huaxin.Partner, "HX"), desk, 888m);

        (await Explained(await portal.Given.SomebodyOfTheBrand("deal_desk"), huaxin)).ShouldContain("777.00");
        (await Explained(huaxin, jiangnan)).ShouldContain("888.00");
        (await Explained(rival, huaxin)).ShouldNotContain("777");
        (await Explained(jiangnan, huaxin)).ShouldNotContain("777");

        async Task<string> Explained(TestPerson who, TestPerson buyer) =>
            (await portal.SignIn(who).GetAsync($"/catalog/ASKED-1?buyer={buyer.Partner.Number}")).Document.QuerySelector("[aria-labelledby=price]")!.TextContent;
    }

    [Fact]
    public async Task Products_over_the_api()
    {
        var brand = portal.Api(await portal.Given.AnApiClient(await portal.Given.TheBrand(), "brand_admin"));
        var partner = portal.Api(await portal.Given.ADistributor("Reader"));
        await portal.Given.AProduct("API-0", line: "API");
        var body = new { sku = "API/1", name = "One", line = "API", cost = 5.5m, costCurrency = "EUR" };

        var created = await brand.PostAsync("/api/v1/products", body);
        created.Status.ShouldBe(HttpStatusCode.Created);
        created.Header("Location").ShouldBe("/api/v1/products/API%2F1");
        created.Json.GetProperty("cost").GetDecimal().ShouldBe(5.5m);
        (await brand.PutAsync("/api/v1/products/API%2F1", body with { name = "Uno" }, 1)).Json.GetProperty("name").GetString().ShouldBe("Uno");
        (await brand.PutAsync("/api/v1/products/API%2F1", body, 1)).Problem.ShouldBe("stale");
        (await brand.PostAsync("/api/v1/products", body with { line = "NONE", sku = "API/2" })).Json.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("line");
        (await partner.PostAsync("/api/v1/products", body)).Problem.ShouldBe("forbidden");
        (await partner.GetAsync("/api/v1/products?line=API&limit=1")).Json.GetProperty("items")[0].GetProperty("sku").GetString().ShouldBe("API-0");
        (await partner.GetAsync("/api/v1/products/NONE")).Problem.ShouldBe("not-found");
    }

    [Fact]
    public async Task A_product_becomes_a_service_when_nobody_has_pieces_of_it_and_no_service_has_lots()
    {
        await portal.Given.AProduct("SERVICE-1");
        await portal.Given.AProduct("SERVICE-2");
        await portal.Given.Stock(await portal.Given.TheBrand(), "SERVICE-1", 3);
        var admin = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var visitor = portal.SignIn(admin);

        var refused = await visitor.SubmitAsync("/catalog/SERVICE-1/edit", ("Form.Facts.KeptInStock", "false"));
        var kept = await visitor.SubmitAsync("/catalog/SERVICE-2/edit", ("Form.Facts.KeptInStock", "false"));
        var tracked = await visitor.SubmitAsync("/catalog/SERVICE-2/edit", ("Form.Facts.Tracking", "lot"));

        refused.Words.ShouldContain("3 pieces in 1 place");
        kept.Words.ShouldContain("No, it is performed");
        tracked.Words.ShouldContain("What has lots or serial numbers is kept in stock");
        (await portal.Api(admin).GetAsync("/api/v1/products/SERVICE-1")).Json.GetProperty("keptInStock").GetBoolean().ShouldBeTrue();
        var service = await portal.Api(admin).GetAsync("/api/v1/products/SERVICE-2");
        service.Json.GetProperty("keptInStock").GetBoolean().ShouldBeFalse();
        // Who says nothing of it leaves it as it is.
        await portal.Api(admin).PutAsync("/api/v1/products/SERVICE-2", new { name = "Service", line = service.Json.GetProperty("line").GetString() }, service.Json.GetProperty("version").GetInt32());
        (await portal.Api(admin).GetAsync("/api/v1/products/SERVICE-2")).Json.GetProperty("keptInStock").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task The_list_is_exported_with_the_prices_of_the_own_company()
    {
        var person = await portal.Given.ADistributor("Exporter");
        await portal.Given.AProduct("EXPORT-1");

        var file = await portal.SignIn(person).GetAsync("/catalog/export?q=EXPORT");

        file.Bytes[..2].ShouldBe("PK"u8.ToArray());
    }
}
