using System.Net;
using Portal.Tests.Orders;
using Support;

namespace Portal.Tests.Assortment;

public sealed class RangesOnThePages(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if ((await portal.Database.ListAsync<long>("select count(*) from portal.product")).Single() == 0)
        {
            await portal.Given.Products();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_seller_keeps_products_from_a_partner_sees_what_that_comes_to_and_the_buyers_pages_know_it()
    {
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var buyer = await portal.Given.ADistributor("华信 range");
        var (seller, clerk) = (portal.SignIn(brand), portal.SignIn(buyer));
        await portal.Database.ExecuteAsync("update portal.product set order_multiple = 12, pack_size = 12, lead_days = 3 where sku = 'A-12'; update portal.product set successor_id = (select product_id from portal.product where sku = 'A-02') where sku = 'OLD-1'", new { });

        var wrong = await seller.SubmitAsync("/catalog/ranges/new", ("Form.Effect", "exclude"), ("Form.Skus", "A-01 NOPE"), ("Form.Buyer", buyer.Partner.Number));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal("There are no products with these SKUs: NOPE. Check them, or take them out.", wrong.Text(".field-problem"));
        Assert.Equal("A-01 NOPE", wrong.Document.QuerySelector("textarea[name='Form.Skus']")!.TextContent.Trim());
        var rule = await seller.SubmitAsync("/catalog/ranges/new", ("Form.Effect", "exclude"), ("Form.Skus", "A-01"), ("Form.Buyer", buyer.Partner.Number), ("Form.Note", "trial only"));
        Assert.Contains("Not sold", rule.Text(".facts"));

        var asked = await seller.GetAsync($"/catalog/ranges?buyer={buyer.Partner.Number}&sku=A-01");
        Assert.Contains("No", asked.All("table tbody tr td").First(cell => cell is "No" or "Yes"));
        Assert.Contains(rule.Text("h1"), asked.Document.Body!.TextContent);

        var page = await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=check]", ("Lines", "A-01 3\nA-12 30\nOLD-1 1\nA-02 1"));
        Assert.Equal(
            ["Northlight does not sell A-01 to your company. Take the line out, or ask your contact there to open it for you.", "Multiple of 12: 24 or 36.", "OLD-1 is discontinued; A-02 takes its place. Order that one, or take the line out."],
            page.All(".is-wrong .field-problem"));
        Assert.Contains("pack of 12 · in multiples of 12 · sent in 3 days", page.Text(".terms-of-sale"));
        Assert.Equal(["Take A-01 out", "Order 24", "Order 36", "Order A-02 instead", "Take OLD-1 out"], page.All("button[name=Mend]:not([value=all])"));
        var mended = await clerk.PressAsync(page, "button[value=all]");
        Assert.Equal("A-01 3\nA-12 36\nA-02 1\nA-02 1", mended.Document.QuerySelector("textarea[name=Lines]")!.TextContent.Trim());
        var found = await clerk.GetAsync("/orders/products?find=A-0");
        Assert.DoesNotContain("A-01", found.Text("#found-products"));
        Assert.Contains("A-02", found.Text("#found-products"));

        // neither a buyer nor another seller learns the rules
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(await portal.Given.APerson(buyer.Partner, "purchasing")).GetAsync("/catalog/ranges")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(await portal.Given.APerson(buyer.Partner, "partner_admin")).GetAsync("/catalog/ranges/" + rule.Text("h1"))).Status);
    }

    [Fact]
    public async Task Terms_that_are_refused_stand_in_their_fields_again_with_what_is_wrong()
    {
        var seller = portal.SignIn(await portal.Given.APerson(await portal.Given.APartner("Dealer typed", "distributor"), "partner_admin"));
        var product = await seller.GetAsync("/catalog/A-34");

        var refused = await seller.SubmitAsync(product, ("minQuantity", "10"), ("orderMultiple", "0"), ("leadDays", "4"));

        Assert.Equal(("10", "0", "4"), (refused.Value("minQuantity"), refused.Value("orderMultiple"), refused.Value("leadDays")));
        Assert.True(refused.Has(".field-problem"));
        // Shown once: whoever comes back sees what holds.
        Assert.Equal("", (await seller.GetAsync("/catalog/A-34")).Value("minQuantity"));
        Assert.Equal("6", (await seller.SubmitAsync(refused, ("minQuantity", "12"), ("orderMultiple", "6"), ("leadDays", ""))).Value("orderMultiple"));
    }

    [Fact]
    public async Task Programs_keep_ranges_and_terms()
    {
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var dealer = await portal.Given.APerson(await portal.Given.APartner("Dealer terms", "distributor"), "partner_admin");
        var api = portal.Api(brand);

        var made = await api.PostAsync("/api/v1/sellable-rules", new { effect = "exclude", skus = new[] { "A-33" }, buyer = dealer.Partner.Number });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var number = made.Json.GetProperty("number").GetString();
        Assert.False((await portal.Api(dealer).GetAsync("/api/v1/terms-of-sale?sku=A-33&sku=NOPE")).Json.GetProperty("items").EnumerateArray().Single().GetProperty("sellable").GetBoolean());
        Assert.Equal(39, (await api.GetAsync($"/api/v1/sellable-rules/of-buyer?buyer={dealer.Partner.Number}")).Json.GetProperty("lines")[0].GetProperty("sellable").GetInt64());
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(dealer).GetAsync("/api/v1/sellable-rules/" + number)).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await portal.Api(dealer).PutAsync("/api/v1/terms-of-sale/A-33", new { minQuantity = 5, orderMultiple = 5 }, null)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.Api(dealer).PutAsync("/api/v1/terms-of-sale/A-33", new { minQuantity = 0 }, null)).Status);
    }
}
