using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Portal.Orders;
using Support;

namespace Portal.Tests.Orders;

/// <summary>Coupons, gifts and promotions with a budget on the way of an order.</summary>
public sealed class OrderingWithPromotions(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await portal.Database.ExecuteAsync("truncate portal.price_rule cascade");
        if ((await portal.Database.ListAsync<long>("select count(*) from portal.product")).Single() == 0)
        {
            await portal.Given.Products();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    async Task A(string code, string columns, string values) => await portal.Database.ExecuteAsync($"""
        insert into portal.price_rule (seller_id, code, name, kind, discount_rate, audience, covers, valid, created_at, {columns})
        select partner_id, @code, @code, 'promotion', 0, 'partners', 'all', '[2020-01-01,)', now(), {values} from portal.partner where partner_type = 'brand'
        """, new { code });

    async Task<ApiClient> Buyer(string name) => portal.Api(await portal.Given.AnApiClient((await portal.Given.ADistributor(name)).Partner, "purchasing"));

    // An act answers with number and version; the whole order is read.
    static async Task<System.Text.Json.JsonElement> Whole(ApiClient buyer, ApiAnswer placed)
    {
        Assert.True(placed.Status is HttpStatusCode.Created or HttpStatusCode.OK, placed.Text);
        return (await buyer.GetAsync($"/api/v1/orders/{placed.Json.GetProperty("number").GetString()}")).Json;
    }

    static async Task<decimal> Total(ApiClient buyer, ApiAnswer placed) => (await Whole(buyer, placed)).GetProperty("totalAmount").GetDecimal();

    static object Asked(int quantity, bool submit = true, params string[] coupons) => new { submit, coupons, lines = new[] { new { sku = "A-10", quantity } } };

    async Task<(decimal Spent, int Orders)> Spent(string code) => (await portal.Database.ListAsync<(decimal, int)>("""
        select s.spent, s.orders from portal.price_rule_spending s join portal.price_rule r using (price_rule_id) where r.code = @code
        """, new { code })).Single();

    [Fact]
    public async Task A_gift_comes_with_the_order_and_not_with_the_draft()
    {
        await A("GIFT", "effect, get_quantity, gift_product_id, min_quantity, counts", "'gift', 2, (select product_id from portal.product where sku = 'A-01'), 5, 'basket'");
        var buyer = await Buyer("Gifted");

        var draft = await buyer.PostAsync("/api/v1/orders", Asked(5, submit: false));
        Assert.Single((await Whole(buyer, draft)).GetProperty("lines").EnumerateArray());
        var number = draft.Json.GetProperty("number").GetString();
        var order = await Whole(buyer, await buyer.PutAsync($"/api/v1/orders/{number}", Asked(5), version: 1));

        var gift = order.GetProperty("lines")[1];
        Assert.Equal(("A-01", 2, 0m, "gift"), (gift.GetProperty("sku").GetString(), gift.GetProperty("quantity").GetInt32(), gift.GetProperty("amount").GetDecimal(), gift.GetProperty("priceSteps")[0].GetProperty("effect").GetString()));
        Assert.Equal(500.50m, order.GetProperty("totalAmount").GetDecimal());
    }

    [Fact]
    public async Task A_coupon_by_which_nothing_comes_off_is_told_and_not_swallowed()
    {
        await A("CLUB", "effect, amount_off, currency, coupon", "'amount', 10, 'CNY', 'CLUB-26'");
        var buyer = await Buyer("Couponed");

        var useless = await buyer.PostAsync("/api/v1/orders", Asked(1, true, "CLUB-25"));
        var order = await buyer.PostAsync("/api/v1/orders", Asked(1, true, "club-26"));

        Assert.Equal((HttpStatusCode.BadRequest, "coupons"), (useless.Status, useless.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        Assert.Contains("CLUB-25", useless.Json.GetProperty("errors")[0].GetProperty("detail").GetString());
        Assert.Equal((90.10m, "CLUB-26"), (await Total(buyer, order), (await Whole(buyer, order)).GetProperty("coupons")[0].GetString()));
    }

    [Fact]
    public async Task A_budget_is_never_overspent_however_many_order_at_once()
    {
        await A("POT", "effect, amount_off, currency, budget", "'amount', 10, 'CNY', 45");
        var buyers = new List<ApiClient>();
        for (var index = 0; index < 8; index++)
        {
            buyers.Add(await Buyer($"Potter {index}"));
        }

        var totals = await Task.WhenAll(buyers.Select(async buyer => await Total(buyer, await buyer.PostAsync("/api/v1/orders", Asked(1)))));

        Assert.Equal(4, totals.Count(total => total == 90.10m));
        Assert.Equal((40m, 4), await Spent("POT"));
    }

    [Fact]
    public async Task An_order_that_does_not_come_about_gives_back_what_it_took()
    {
        await A("POT2", "effect, amount_off, currency, budget, most_per_buyer", "'amount', 10, 'CNY', 10, 1");
        var buyer = await Buyer("Withdrawn");

        var first = await buyer.PostAsync("/api/v1/orders", Asked(1));
        Assert.Equal((10m, 1), await Spent("POT2"));
        var without = await buyer.PostAsync("/api/v1/orders", Asked(1));
        await buyer.SendAsync(HttpMethod.Post, $"/api/v1/orders/{first.Json.GetProperty("number").GetString()}/cancellation", new { reason = "Not needed" }, ("If-Match", "\"1\""));

        Assert.Equal((0m, 0), await Spent("POT2"));
        var again = await buyer.PostAsync("/api/v1/orders", Asked(1));
        Assert.Equal([90.10m, 100.10m, 90.10m], [await Total(buyer, first), await Total(buyer, without), await Total(buyer, again)]);
    }

    [Fact]
    public async Task A_partner_uses_a_promotion_no_oftener_than_it_may_and_others_still_do()
    {
        await A("ONCE", "effect, amount_off, currency, most_per_buyer", "'amount', 10, 'CNY', 1");
        var (one, other) = (await Buyer("Once one"), await Buyer("Once other"));

        var totals = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ => await Total(one, await one.PostAsync("/api/v1/orders", Asked(1)))));

        Assert.Single(totals, total => total == 90.10m);
        Assert.Equal(90.10m, await Total(other, await other.PostAsync("/api/v1/orders", Asked(1))));
    }

    async Task<List<string>> FindingsAsync() => await portal.InScopeAsync(Platform.Database.Caller.System("test"), async services =>
    {
        var check = services.GetServices<Portal.Verify.ICheck>().OfType<MoneyCheck>().Single();
        return (await check.RunAsync(default)).Findings.Where(finding => !finding.Contains(" line ", StringComparison.Ordinal) || finding.Contains("promotion", StringComparison.Ordinal)).ToList();
    });

    // As the acts do it: the trigger sees every one of them.
    Task CallOffAsync(string number, int line, int pieces) => portal.Database.ExecuteAsync("""
        update portal.purchase_order_line l set cancelled = l.cancelled + @pieces from portal.purchase_order o where o.purchase_order_id = l.purchase_order_id and o.number = @number and l.line_number = @line
        """, new { number, line, pieces });

    [Fact]
    public async Task What_is_called_off_of_a_line_gives_back_its_share_of_a_budget_and_the_whole_order_gives_back_the_rest_once()
    {
        await A("SHARED", "effect, amount_off, currency, budget, most_orders", "'amount', 10, 'CNY', 1000, 5");
        var buyer = await Buyer("Shares");
        var placed = await buyer.PostAsync("/api/v1/orders", new { submit = true, lines = new[] { new { sku = "A-10", quantity = 6 }, new { sku = "A-20", quantity = 4 } } });
        var number = (await Whole(buyer, placed)).GetProperty("number").GetString()!;
        Assert.Equal((100m, 1), await Spent("SHARED"));
        Assert.Equal([60m, 40m], await portal.Database.ListAsync<decimal>("select s.amount from portal.purchase_order_promotion_line s join portal.purchase_order_line l using (purchase_order_line_id) order by l.line_number"));

        var asked = await buyer.SendAsync(HttpMethod.Post, $"/api/v1/orders/{number}/changes", new { reason = "Fewer", lines = new[] { new { lineNumber = 1, callOff = 2 } } }, ("If-Match", "\"1\""), ("Idempotency-Key", "fewer-" + number));
        Assert.True(asked.Status is HttpStatusCode.Created, asked.Text);
        Assert.Equal((100m, 1), await Spent("SHARED"));
        var seller = portal.Api(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        for (var click = 0; click < 2; click++)
        {
            await seller.PostAsync($"/api/v1/orders/{number}/changes/{asked.Json.GetProperty("number").GetString()}/answer", new { answer = "accept" });
            Assert.Equal((80m, 1), await Spent("SHARED"));
        }

        await CallOffAsync(number, 1, 4);
        Assert.Equal((40m, 1), await Spent("SHARED"));
        Assert.Empty(await FindingsAsync());
        await CallOffAsync(number, 2, 1);
        Assert.Equal((30m, 1), await Spent("SHARED"));
        var cancelled = await buyer.SendAsync(HttpMethod.Post, $"/api/v1/orders/{number}/cancellation", new { reason = "No more" }, ("If-Match", "\"2\""));

        Assert.True(cancelled.Status is HttpStatusCode.OK, cancelled.Text);
        Assert.Equal((0m, 0), await Spent("SHARED"));
        Assert.Empty(await FindingsAsync());
    }

    [Fact]
    public async Task A_promotion_of_which_an_order_has_no_piece_left_is_used_by_it_no_more_though_the_order_goes_on()
    {
        await A("DESKS", "effect, amount_off, currency, most_orders, min_quantity", "'amount', 10, 'CNY', 1, 5");
        var (one, other) = (await Buyer("Uses it"), await Buyer("Wants it"));
        var placed = await one.PostAsync("/api/v1/orders", new { submit = true, lines = new[] { new { sku = "A-10", quantity = 5 }, new { sku = "A-20", quantity = 1 } } });
        var number = (await Whole(one, placed)).GetProperty("number").GetString()!;
        Assert.Equal((50m, 1), await Spent("DESKS"));

        await CallOffAsync(number, 1, 5);

        Assert.Equal((0m, 0), await Spent("DESKS"));
        Assert.Equal(450.50m, await Total(other, await other.PostAsync("/api/v1/orders", Asked(5))));
        Assert.Equal((50m, 1), await Spent("DESKS"));
        await one.SendAsync(HttpMethod.Post, $"/api/v1/orders/{number}/cancellation", new { reason = "No more" }, ("If-Match", "\"1\""));
        Assert.Equal((50m, 1), await Spent("DESKS"));
        Assert.Empty(await FindingsAsync());
    }

    [Fact]
    public async Task Shares_that_do_not_come_out_even_come_to_the_whole_and_nobody_gives_back_more_than_was_taken()
    {
        await A("THIRD", "effect, amount_off, min_amount, currency, budget, counts", "'threshold', 10, 100, 'CNY', 500, 'basket'");
        var buyer = await Buyer("Uneven");
        var placed = await buyer.PostAsync("/api/v1/orders", new { submit = true, lines = new[] { new { sku = "A-10", quantity = 3 }, new { sku = "A-20", quantity = 7 }, new { sku = "A-01", quantity = 11 } } });
        var number = (await Whole(buyer, placed)).GetProperty("number").GetString()!;
        Assert.Empty(await FindingsAsync());

        await CallOffAsync(number, 2, 3);
        await CallOffAsync(number, 3, 10);
        Assert.Empty(await FindingsAsync());
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => portal.Database.ExecuteAsync("update portal.purchase_order_promotion_line set given_back = amount + 0.0001"));
        await portal.Database.ExecuteAsync("update portal.price_rule_spending set spent = spent + 1");
        Assert.Contains(await FindingsAsync(), finding => finding.Contains("promotion THIRD has given", StringComparison.Ordinal));
        await portal.Database.ExecuteAsync("update portal.price_rule_spending set spent = spent - 1; update portal.purchase_order_promotion_line set given_back = 0 where given_back > 0");
        Assert.Contains(await FindingsAsync(), finding => finding.Contains("came back", StringComparison.Ordinal));
    }
}
