using System.Net;
using System.Text.Json;
using Support;

namespace Portal.Tests.Orders;

public sealed class OrderingOverTheApi(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if ((await portal.Database.ListAsync<long>("select count(*) from portal.product")).Single() == 0)
        {
            await portal.Given.Products();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    static object Asked(string? po, bool submit, params (string Sku, object Quantity)[] lines) => new { poNumber = po, submit, lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }) };

    async Task<(ApiClient Buyer, ApiClient Seller, TestPartner Brand)> Sides(string name)
    {
        var buyer = await portal.Given.ADistributor(name);
        var seller = await portal.Given.AnApiClient(await portal.Given.TheBrand(), "brand_admin");
        return (portal.Api(await portal.Given.AnApiClient(buyer.Partner, "purchasing")), portal.Api(seller), seller.Partner);
    }

    [Fact]
    public async Task A_program_takes_an_order_all_the_way()
    {
        var (buyer, seller, brand) = await Sides("API whole way");
        await portal.Given.Stock(brand, "A-01", 10);

        var placed = await buyer.PostAsync("/api/v1/orders", Asked("ERP-1", true, ("A-01", 10)));
        Assert.Equal((HttpStatusCode.Created, "\"1\"", "submitted"), (placed.Status, placed.Header("ETag"), placed.Json.GetProperty("status").GetString()));
        var number = placed.Json.GetProperty("number").GetString();
        Assert.Equal($"/api/v1/orders/{number}", new Uri(placed.Header("Location")!).AbsolutePath);

        var confirmed = await seller.SendAsync(HttpMethod.Post, $"/api/v1/orders/{number}/confirmation", null, ("If-Match", "\"1\""));
        Assert.Equal((HttpStatusCode.OK, "confirmed"), (confirmed.Status, confirmed.Json.GetProperty("status").GetString()));

        var shipment = await seller.PostAsync($"/api/v1/orders/{number}/shipments", new { carrier = "SF", lines = new[] { new { lineNumber = 1, quantity = 10 } } });
        Assert.Equal(HttpStatusCode.Created, shipment.Status);
        var receipt = await buyer.PostAsync($"/api/v1/shipments/{shipment.Json.GetProperty("number").GetString()}/receipts", new { lines = new[] { new { lineNumber = 1, received = 9, damaged = 1 } } });
        Assert.Equal(HttpStatusCode.Created, receipt.Status);

        var order = (await buyer.GetAsync($"/api/v1/orders/{number}")).Json;
        Assert.Equal(("received", 100.10m, 9, 1), (order.GetProperty("status").GetString(), order.GetProperty("totalAmount").GetDecimal(),
            order.GetProperty("lines")[0].GetProperty("received").GetInt32(), order.GetProperty("lines")[0].GetProperty("lost").GetInt32()));
        Assert.Equal("list", order.GetProperty("lines")[0].GetProperty("priceSteps")[0].GetProperty("kind").GetString());
        Assert.Equal(9, (await buyer.GetAsync("/api/v1/stock")).Json.GetProperty("items")[0].GetProperty("onHand").GetInt32());
    }

    [Fact]
    public async Task Every_wrong_line_is_named_with_its_pointer_and_remedy()
    {
        var (buyer, _, _) = await Sides("API errs");

        var refused = await buyer.PostAsync("/api/v1/orders", Asked(null, true, ("A-01", 1), ("NOPE", 1), ("A-02", -1), ("A-02", 1.5), ("A-02", 1e12)));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), (refused.Status, refused.Problem));
        Assert.Equal(["lines[1].sku", "lines[2].quantity", "lines[3].quantity", "lines[4].quantity"], refused.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
        Assert.Equal("There is no product NOPE. Check the SKU or find the product by its name.", refused.Json.GetProperty("errors")[0].GetProperty("detail").GetString());
    }

    [Fact]
    public async Task The_same_key_gives_the_same_answer_and_one_order()
    {
        var (buyer, _, _) = await Sides("API repeats");

        var answers = new List<ApiAnswer>();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            answers.Add(await buyer.PostAsync("/api/v1/orders", Asked(null, true, ("A-01", 1)), key: "once"));
        }

        Assert.Single(answers.Select(answer => answer.Text).Distinct());
        Assert.Single((await buyer.GetAsync("/api/v1/orders")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task An_update_says_which_version_it_saw()
    {
        var (buyer, _, _) = await Sides("API versions");
        var number = (await buyer.PostAsync("/api/v1/orders", Asked(null, false, ("A-01", 1)))).Json.GetProperty("number").GetString();

        Assert.Equal("version-required", (await buyer.PutAsync($"/api/v1/orders/{number}", Asked(null, false, ("A-02", 1)), version: null)).Problem);
        Assert.Equal("stale", (await buyer.PutAsync($"/api/v1/orders/{number}", Asked(null, false, ("A-02", 1)), version: 7)).Problem);
        var changed = await buyer.PutAsync($"/api/v1/orders/{number}", Asked(null, true, ("A-02", 1)), version: 1);
        Assert.Equal(("submitted", "\"2\""), (changed.Json.GetProperty("status").GetString(), changed.Header("ETag")));
        Assert.Equal("order-state", (await buyer.PutAsync($"/api/v1/orders/{number}", Asked(null, false, ("A-03", 1)), version: 2)).Problem);
    }

    [Fact]
    public async Task Pages_follow_each_other_by_cursor()
    {
        var (buyer, _, _) = await Sides("API pages");
        for (var i = 0; i < 5; i++)
        {
            await buyer.PostAsync("/api/v1/orders", Asked($"P-{i}", true, ("A-01", 1)));
        }

        var seen = new List<string?>();
        string? cursor = null;
        do
        {
            var page = (await buyer.GetAsync($"/api/v1/orders?limit=2&cursor={cursor}")).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("poNumber").GetString()));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(["P-4", "P-3", "P-2", "P-1", "P-0"], seen);
        Assert.Equal(HttpStatusCode.BadRequest, (await buyer.GetAsync("/api/v1/orders?cursor=nonsense!")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await buyer.GetAsync("/api/v1/orders?side=everyone")).Status);
    }

    [Fact]
    public async Task Another_tenants_order_is_not_there()
    {
        var (buyer, _, _) = await Sides("API own");
        var (stranger, _, _) = await Sides("API stranger");
        var number = (await buyer.PostAsync("/api/v1/orders", Asked(null, true, ("A-01", 1)))).Json.GetProperty("number").GetString();

        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/api/v1/orders/{number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.SendAsync(HttpMethod.Post, $"/api/v1/orders/{number}/cancellation", new { reason = "no" }, ("If-Match", "\"1\""))).Status);
    }

    [Fact]
    public async Task Internal_keys_never_leave_the_server()
    {
        var (buyer, _, _) = await Sides("API keys");
        var number = (await buyer.PostAsync("/api/v1/orders", Asked(null, true, ("A-01", 1)))).Json.GetProperty("number").GetString();

        var names = new HashSet<string>();
        Collect((await buyer.GetAsync($"/api/v1/orders/{number}")).Json, names);
        Collect((await buyer.GetAsync("/api/v1/stock/offered?sku=A-01")).Json, names);

        Assert.DoesNotContain(names, name => name.EndsWith("Id", StringComparison.Ordinal));
    }

    static void Collect(JsonElement element, HashSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                names.Add(property.Name);
                Collect(property.Value, names);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Collect(item, names);
            }
        }
    }
}
