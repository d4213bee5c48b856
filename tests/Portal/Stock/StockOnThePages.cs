using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Portal.Tests.Orders;
using Support;

namespace Portal.Tests.Stock;

public sealed class StockOnThePages(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if ((await portal.Database.ListAsync<long>("select count(*) from portal.product")).Single() == 0)
        {
            await portal.Given.Products();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    async Task<(Visitor Admin, TestPartner Partner)> ADistributor(string name)
    {
        var buyer = await portal.Given.ADistributor(name);
        return (portal.SignIn(await portal.Given.APerson(buyer.Partner, "partner_admin")), buyer.Partner);
    }

    [Fact]
    public async Task An_administrator_opens_a_shop_moves_goods_there_and_counts_them_with_the_sheet()
    {
        var (admin, partner) = await ADistributor("华信 places");
        await portal.Given.Stock(partner, "A-01", 10);

        var wrong = await admin.SubmitAsync("/stock/places/new", ("Code", "上海"), ("Name", "Shop"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "上海"), (wrong.Status, wrong.Value("Code")));
        Assert.Contains("SHOP Nanjing Road", (await admin.SubmitAsync("/stock/places/new", ("Code", "shop"), ("Name", "Nanjing Road"), ("Type", "store"))).Words);
        var sent = await admin.SubmitAsync("/stock/transfers/new", ("To", "SHOP"), ("Lines", "A-01 4"));
        Assert.Contains("is on its way", sent.Text(".flash"));
        var came = await admin.SubmitAsync(sent, ("Lines[0].Quantity", "3"));
        Assert.Contains("has been received", came.Text(".flash"));
        Assert.Contains("SHOP", (await admin.GetAsync("/stock?place=SHOP")).Text("tbody"));

        var count = await admin.SubmitAsync("/stock/counts/new", ("Place", "SHOP"));
        var number = count.Text("h1");
        Assert.Equal("PK", Encoding.ASCII.GetString((await admin.GetAsync($"/stock/counts/{number}/sheet")).Bytes[..2]));
        var read = await admin.PressAsync(count, "form[action$=file] button", ("file", new TestFile("count.csv", Encoding.UTF8.GetBytes("sku,counted,reason\nA-01,2,Missing\nA-02,1,\nNOPE,1,\nA-03,few,\n"))));
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Contains("2 lines of the file taken", read.Words);
        Assert.Contains("Line 4: There is no product NOPE", read.Words);
        var handedIn = await admin.PressAsync(await admin.GetAsync($"/stock/counts/{number}"), "button[value=hand-in]");
        Assert.Contains("To be reviewed", handedIn.Text(".badge"));
        var posted = await admin.PressAsync(handedIn, "form[action$=posting]");
        Assert.Contains("has been posted", posted.Text(".flash"));
        Assert.Contains("Missing", (await admin.GetAsync("/stock/moves?place=SHOP&q=A-01")).Text("tbody"));
        // who only looks finds no way to change anything
        var viewer = portal.SignIn(await portal.Given.APerson(partner, "viewer"));
        Assert.False((await viewer.GetAsync($"/stock/counts/{number}")).Has("button[value=stay]"));
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/stock/counts/new")).Status);
    }

    [Fact]
    public async Task A_program_keeps_places_moves_goods_and_counts_them()
    {
        var buyer = await portal.Given.ADistributor("API stock");
        var api = portal.Api(await portal.Given.AnApiClient(buyer.Partner, "partner_admin"));
        var stranger = portal.Api(await portal.Given.AnApiClient((await portal.Given.ADistributor("API other")).Partner, "partner_admin"));
        await portal.Given.Stock(buyer.Partner, "A-02", 6);

        Assert.Equal(HttpStatusCode.Created, (await api.PostAsync("/api/v1/stock/places", new { code = "EAST", name = "East" })).Status);
        Assert.Equal(["EAST", "MAIN"], (await api.GetAsync("/api/v1/stock/places")).Json.GetProperty("items").EnumerateArray().Select(place => place.GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync("/api/v1/stock/places/EAST", new { name = "Far East", isOffered = false }, 1)).Status);
        Assert.Equal("stale", (await api.PutAsync("/api/v1/stock/places/EAST", new { name = "Far East" }, 1)).Problem);
        var sent = await api.PostAsync("/api/v1/stock/transfers", new { to = "EAST", lines = new[] { new { sku = "A-02", quantity = 2 } } });
        var transfer = sent.Json.GetProperty("number").GetString();
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/api/v1/stock/transfers/{transfer}")).Status);
        Assert.Equal("received", (await api.PostAsync($"/api/v1/stock/transfers/{transfer}/receipt", null)).Json.GetProperty("transfer").GetProperty("status").GetString());

        var count = (await api.PostAsync("/api/v1/stock/counts", new { place = "EAST", isBlind = true })).Json.GetProperty("number").GetString();
        var entered = await api.PostAsync($"/api/v1/stock/counts/{count}/lines", new { lines = new[] { new { sku = "A-02", counted = 3, reason = "found" }, new { sku = "NOPE", counted = 1, reason = "found" } } });
        Assert.Equal((1, "lines[1].sku"), (entered.Json.GetProperty("kept").GetInt32(), entered.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        var version = (await api.GetAsync($"/api/v1/stock/counts/{count}")).Header("ETag")!;
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.SendAsync(HttpMethod.Post, $"/api/v1/stock/counts/{count}/submission", null, ("If-Match", version))).Status);
        var handedIn = await api.SendAsync(HttpMethod.Post, $"/api/v1/stock/counts/{count}/submission", null, ("If-Match", version));
        var posted = await api.SendAsync(HttpMethod.Post, $"/api/v1/stock/counts/{count}/posting", null, ("If-Match", handedIn.Header("ETag")!));
        Assert.Equal((HttpStatusCode.OK, 1), (posted.Status, posted.Json.GetProperty("differences").GetInt32()));
        Assert.Equal("stock-state", (await api.SendAsync(HttpMethod.Post, $"/api/v1/stock/counts/{count}/posting", null, ("If-Match", handedIn.Header("ETag")!))).Problem);
        Assert.Equal((7, 3), ((await api.GetAsync("/api/v1/stock")).Json.GetProperty("items")[0].GetProperty("onHand").GetInt32(), (await api.GetAsync("/api/v1/stock?place=EAST")).Json.GetProperty("items")[0].GetProperty("onHand").GetInt32()));
    }

    [Fact]
    public async Task What_lacks_is_proposed_for_the_day_on_which_it_will_be_there_and_anybody_of_the_company_looks_ahead()
    {
        var buyer = await portal.Given.ADistributor("华信 ahead");
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var (clerk, seller) = (portal.SignIn(buyer), portal.SignIn(brand));
        var order = await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-09 3"));
        var form = await seller.GetAsync($"/orders/{order.Text("h1")}/confirmation/new");
        Assert.Contains("Nothing is on order for it.", form.Words);
        await portal.Given.Stock(brand.Partner, "A-09", 3);
        Assert.DoesNotContain("Nothing is on order", (await seller.GetAsync($"/orders/{order.Text("h1")}/confirmation/new")).Words);
        await seller.SubmitAsync($"/orders/{order.Text("h1")}/confirmation/new", ("Lines[0].Quantity", "3"));

        // the reseller asks for what its distributor has on order
        var reseller = portal.SignIn(await portal.Given.AReseller("江南 ahead", buyer.Partner));
        var asked = await reseller.PressAsync(await reseller.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-09 2"));
        var sales = portal.SignIn(await portal.Given.APerson(buyer.Partner, "sales"));
        var answer = await sales.GetAsync($"/orders/{asked.Text("h1")}/confirmation/new");
        Assert.Contains("There will be enough on", answer.Words);
        Assert.Matches("^[0-9]{4}-", answer.Value("Lines[0].PromisedOn"));

        var api = portal.Api(await portal.Given.AnApiClient(buyer.Partner, "viewer"));
        var available = (await api.GetAsync("/api/v1/stock/A-09/available?on=2099-01-01&quantity=3")).Json;
        Assert.Equal((0, 3, 3, "order"), (available.GetProperty("onHand").GetInt32(), available.GetProperty("incoming").GetInt32(), available.GetProperty("availableToPromise").GetInt32(), available.GetProperty("events")[0].GetProperty("kind").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/stock/NOPE/available")).Status);
        Assert.Contains("Confirmed by the supplier", (await sales.GetAsync("/stock/outlook/A-09?on=2099-01-01")).Words);
        Assert.Contains("A-09", (await sales.GetAsync("/stock/outlook")).Text("tbody"));
        Assert.DoesNotContain("A-09", (await sales.GetAsync("/stock/as-of?on=2020-01-01")).Words);
    }
    [Fact]
    public async Task The_stock_of_a_past_day_tells_what_was_reserved_and_says_where_it_does_not_know()
    {
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var (seller, clerk) = (portal.SignIn(brand), portal.SignIn(await portal.Given.ADistributor("华信 as of")));
        await portal.Given.Stock(brand.Partner, "A-08", 5);
        var order = await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-08 3"));
        await seller.SubmitAsync($"/orders/{order.Text("h1")}/confirmation/new", ("Lines[0].Quantity", "3"));
        var today = portal.Clock.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var api = portal.Api(await portal.Given.AnApiClient(brand.Partner, "brand_admin"));
        async Task<string> RowAsync() => string.Join(' ', (await seller.GetAsync($"/stock/as-of?on={today}&q=A-08")).Document.QuerySelectorAll("tbody tr td").Skip(2).Select(cell => cell.TextContent.Trim()));
        async Task<string> ExportAsync() => (await seller.GetAsync($"/stock/as-of/export?on={today}&q=A-08&format=csv")).Body;
        async Task<JsonElement> ApiAsync() => (await api.GetAsync($"/api/v1/stock/as-of?on={today}")).Json.GetProperty("items").EnumerateArray().Single(row => row.GetProperty("sku").GetString() == "A-08");

        Assert.Equal("MAIN 5 3 2 0", await RowAsync());
        Assert.DoesNotContain("is known from", (await seller.GetAsync("/stock/as-of")).Words);
        Assert.Contains(",MAIN,5,3,2,0", await ExportAsync(), StringComparison.Ordinal);
        Assert.Equal((3, 2), ((await ApiAsync()).GetProperty("reserved").GetInt32(), (await ApiAsync()).GetProperty("available").GetInt32()));

        // a portal that was upgraded the day after
        await portal.Database.ExecuteAsync("create or replace function portal.stock_reserved_known_since() returns timestamptz language sql stable as $$ select timestamptz '2026-03-05 03:00Z' $$");
        Assert.Contains("What was reserved is known from 5 Mar 2026 on. Of earlier days it is not known.", (await seller.GetAsync("/stock/as-of")).Words);
        Assert.Equal("MAIN 5 not known not known 0", await RowAsync());
        Assert.Contains(",MAIN,5,not known,not known,0", await ExportAsync(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await ApiAsync()).GetProperty("reserved").ValueKind);
        await portal.Database.ExecuteAsync("create or replace function portal.stock_reserved_known_since() returns timestamptz language sql stable as $$ select null::timestamptz $$");
    }
}
