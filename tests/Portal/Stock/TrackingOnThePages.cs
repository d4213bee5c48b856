using System.Net;
using Portal.Tests.Orders;
using Support;

namespace Portal.Tests.Stock;

/// <summary>Lots and serial numbers as people and programs meet them.</summary>
public sealed class TrackingOnThePages(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
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
    public async Task A_brand_tracks_a_product_ships_its_lots_and_calls_them_back()
    {
        var (brand, buyer) = (await portal.Given.SomebodyOfTheBrand("brand_admin"), await portal.Given.ADistributor("华信 lots"));
        var (seller, clerk) = (portal.SignIn(brand), portal.SignIn(buyer));
        await portal.Given.Stock(brand.Partner, "A-31", 2);

        // tracked while there is some: it has to be said
        var refused = await seller.SubmitAsync("/catalog/A-31/edit", ("Form.Facts.Tracking", "lot"));
        Assert.Contains("2 pieces are in stock or on the way in 1 place.", refused.Words);
        Assert.Contains("By lot", (await seller.SubmitAsync("/catalog/A-31/edit", ("Form.Facts.Tracking", "lot"), ("Form.Facts.HoldsUnnamed", "true"))).Words);
        var named = await seller.SubmitAsync("/stock/lots/naming?sku=A-31", ("Lots", "B-1 2 2031-03-31"));
        Assert.Contains("Pieces of A-31 are named.", named.Text(".flash"));
        var wrong = await seller.SubmitAsync("/stock/moves/new", ("Kind", "supply"), ("Lots", "A-31 B-1 5 2031-04-30"));
        Assert.Contains("is known with others: B-1", wrong.Words);
        Assert.Contains("1 line recorded", (await seller.SubmitAsync("/stock/moves/new", ("Kind", "supply"), ("Lots", "A-31 b-2 5 2030-04-30"))).Text(".flash"));

        var number = (await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-31 6"))).Text("h1");
        await seller.PressAsync(await seller.GetAsync($"/orders/{number}"), "form[action$=confirmation]");
        var form = await seller.GetAsync($"/orders/{number}/shipments/new");
        Assert.Equal("B-2 5\nB-1 1", form.Document.QuerySelector("textarea")!.TextContent.Trim().ReplaceLineEndings("\n"));
        Assert.Contains("are 3 pieces, the line is 6", (await seller.SubmitAsync(form, ("Lines[0].Lots", "B-1 1\nB-2 2"))).Words);
        var sent = await seller.SubmitAsync(form, ("Lines[0].Lots", "B-1 2\nB-2 4"));
        Assert.Contains("best before 31 Mar 2031", sent.Words);
        var shipment = sent.All(".card-title")[0].Split(' ')[^1];
        var unclear = await clerk.SubmitAsync($"/shipments/{shipment}/receipts/new", ("Lines[0].Received", "5"), ("Lines[0].Short", "1"));
        Assert.Contains("Say which lots or serial numbers of A-31 came", unclear.Words);
        Assert.Contains("Received", (await clerk.SubmitAsync(unclear, ("Lines[0].LotsShort", "b-1"))).Text(".badge"));

        Assert.Contains("B-1", (await clerk.GetAsync("/stock/lots?q=b-")).Text("tbody"));
        Assert.DoesNotContain("B-1", (await clerk.GetAsync("/stock/lots?days=30")).Document.Body!.TextContent);
        var trace = await clerk.GetAsync("/stock/trace?code=b-1");
        Assert.Contains("Shipped", trace.Words);
        Assert.DoesNotContain("Whom to call back", trace.Words);
        var recall = await seller.GetAsync("/stock/trace?code=B-1");
        Assert.Contains("华信 lots", recall.Words);
        Assert.Equal(HttpStatusCode.OK, (await seller.GetOnlyAsync("/stock/trace/recall/export?code=B-1&sku=A-31")).Status);
        Assert.Contains("put right", (await seller.PressAsync(recall, "form[action$=days]", ("bestBefore", "2031-05-31"))).Text(".flash"));
        Assert.Equal(HttpStatusCode.Forbidden, (await clerk.GetAsync("/stock/lots/channel")).Status);
        var stranger = portal.SignIn(await portal.Given.ADistributor("Other lots"));
        Assert.Contains("No such lot or serial number", (await stranger.GetAsync("/stock/trace?code=B-1")).Words);
        Assert.Equal(HttpStatusCode.OK, (await clerk.GetOnlyAsync($"/shipments/{shipment}/delivery-note?language=zh-CN")).Status);
    }

    [Fact]
    public async Task A_program_scans_serial_numbers_in_and_out()
    {
        var (brand, buyer) = (await portal.Given.SomebodyOfTheBrand("brand_admin"), await portal.Given.ADistributor("API lots"));
        var (seller, shop) = (portal.Api(await portal.Given.AnApiClient(brand.Partner, "brand_admin")), portal.Api(await portal.Given.AnApiClient(buyer.Partner, "partner_admin")));
        var product = (await seller.GetAsync("/api/v1/products/A-32")).Json;
        var changed = await seller.PutAsync("/api/v1/products/A-32", new { name = "Desk A-32", line = "DESK", tracking = "serial" }, product.GetProperty("version").GetInt32());
        Assert.Equal((HttpStatusCode.OK, "serial"), (changed.Status, changed.Json.GetProperty("tracking").GetString()));
        // a program that says nothing of it leaves it as it is
        Assert.Equal("serial", (await seller.PutAsync("/api/v1/products/A-32", new { name = "Desk A-32", line = "DESK" }, product.GetProperty("version").GetInt32() + 1)).Json.GetProperty("tracking").GetString());

        var lots = new[] { new { sku = "A-32", code = "SN-1" }, new { sku = "A-32", code = "SN-2" }, new { sku = "A-32", code = "SN-3" } };
        Assert.Equal(HttpStatusCode.Created, (await seller.PostAsync("/api/v1/stock/movements", new { kind = "supply", lots })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await seller.PostAsync("/api/v1/stock/movements", new { kind = "supply", lots })).Status);
        Assert.Equal(["SN-1", "SN-2"], (await seller.GetAsync("/api/v1/stock/lots/proposal?sku=A-32&quantity=2")).Json.GetProperty("lots").EnumerateArray().Select(lot => lot.GetProperty("code").GetString()));

        var order = (await shop.PostAsync("/api/v1/orders", new { submit = true, lines = new[] { new { sku = "A-32", quantity = 2 } } })).Json.GetProperty("number").GetString();
        await seller.SendAsync(HttpMethod.Post, $"/api/v1/orders/{order}/confirmation", null, ("If-Match", "\"1\""));
        var shipment = (await seller.PostAsync($"/api/v1/orders/{order}/shipments", new { lines = new[] { new { lineNumber = 1, quantity = 2, lots = new[] { new { code = "SN-3" }, new { code = "SN-1" } } } } })).Json.GetProperty("number").GetString();
        Assert.Equal(["SN-1", "SN-3"], (await shop.GetAsync($"/api/v1/shipments/{shipment}")).Json.GetProperty("lines")[0].GetProperty("lots").EnumerateArray().Select(lot => lot.GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.Created, (await shop.PostAsync($"/api/v1/shipments/{shipment}/receipts", new { lines = new[] { new { lineNumber = 1, received = 1, damaged = 1, lots = new[] { new { code = "SN-3", damaged = 1 } } } } })).Status);

        Assert.Equal([("SN-1", 1L)], (await shop.GetAsync("/api/v1/stock/lots")).Json.GetProperty("items").EnumerateArray().Select(lot => (lot.GetProperty("code").GetString(), lot.GetProperty("onHand").GetInt64())));
        Assert.Equal(["shipment", "receipt"], (await shop.GetAsync("/api/v1/stock/trace?code=sn-1")).Json.GetProperty("items")[0].GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("kind").GetString()));
        Assert.Equal(2, (await seller.GetAsync("/api/v1/stock/recall?code=SN-1&sku=A-32")).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.GetAsync("/api/v1/stock/recall?code=SN-1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.GetAsync("/api/v1/stock/trace?code=SN-2")).Status);
    }
}
