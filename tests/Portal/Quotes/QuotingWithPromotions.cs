using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Quotes;
using Support;

namespace Portal.Tests.Quotes;

/// <summary>Coupons, gifts and promotions with a limit in offers to end customers.</summary>
public sealed class QuotingWithPromotions(QuotingPartner portal) : IClassFixture<QuotingPartner>, IAsyncLifetime
{
    public Task InitializeAsync() => portal.Database.ExecuteAsync("truncate portal.quote_promotion, portal.price_rule cascade");

    public Task DisposeAsync() => Task.CompletedTask;

    Task A(string code, string columns, string values, decimal rate = 0) => portal.Database.ExecuteAsync($"""
        insert into portal.price_rule (seller_id, code, name, kind, discount_rate, audience, covers, valid, created_at, whole_channel, {columns})
        select partner_id, @code, @code, 'promotion', @rate, 'end_customers', 'all', '[2020-01-01,)', now(), true, {values} from portal.partner where partner_type = 'brand'
        """, new { code, rate });

    ApiClient Seller => portal.Api(portal.Sales);

    object Offer(int quantity, params string[] coupons) => new { customer = "C-YUNQI", validUntil = portal.Clock.Today.AddDays(10), taxRate = 0, coupons, lines = new[] { new { sku = "D-2", quantity } } };

    async Task<string> DraftAsync(object offer)
    {
        var made = await Seller.PostAsync("/api/v1/quotes", offer);
        Assert.True(made.Status is HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("number").GetString()!;
    }

    async Task<ApiAnswer> SendAsync(string number) => await Seller.PostAsync($"/api/v1/quotes/{number}/sending", null);

    async Task<JsonElement> ReadAsync(string number) => (await Seller.GetAsync($"/api/v1/quotes/{number}")).Json;

    async Task<(decimal, int)> SpentAsync(string code) => (await portal.Database.ListAsync<(decimal, int)>("select s.spent, s.orders from portal.price_rule_spending s join portal.price_rule r using (price_rule_id) where r.code = @code", new { code })).Single();

    [Fact]
    public async Task A_coupon_takes_off_a_gift_comes_with_it_and_both_stand_on_paper()
    {
        await A("CLUB", "coupon", "'CLUB-26'", 0.1m);
        await A("BOTTLE", "effect, get_quantity, gift_product_id, min_quantity, counts", "'gift', 1, (select product_id from portal.product where sku = 'D-1'), 5, 'basket'");

        var number = await DraftAsync(Offer(5, "club-26"));
        var quote = await ReadAsync(number);

        Assert.Equal((360.25m, "CLUB-26"), (quote.GetProperty("grandTotal").GetDecimal(), quote.GetProperty("coupons")[0].GetString()));
        var gift = quote.GetProperty("lines")[1];
        Assert.Equal(("D-1", 1, 0m, true), (gift.GetProperty("sku").GetString(), gift.GetProperty("quantity").GetInt32(), gift.GetProperty("amount").GetDecimal(), gift.GetProperty("isGift").GetBoolean()));
        Assert.Equal("promotion", quote.GetProperty("lines")[0].GetProperty("priceSteps")[1].GetProperty("kind").GetString());
        var page = await portal.SignIn(portal.Sales).GetAsync($"/quotes/{number}");
        Assert.Contains("Gift", page.All(".badge"));
        // the form has the coupon and not the gift
        var form = await portal.SignIn(portal.Sales).GetAsync($"/quotes/{number}/edit");
        Assert.Equal("CLUB-26", form.Document.QuerySelector("#Coupons")!.GetAttribute("value"));
        Assert.Equal(["D-2"], form.Document.QuerySelectorAll("input[name$='.Sku']").Select(input => input.GetAttribute("value") ?? "").Where(sku => sku.Length > 0));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(number)).Status);
        var frozen = (await portal.Database.ListAsync<string>("select r.frozen::text from portal.quote_revision r join portal.quote q using (quote_id) where q.number = @number", new { number })).Single();
        Assert.Contains("Standing desk (gift)", frozen, StringComparison.Ordinal);
        Assert.Contains("升降桌（赠品）", frozen, StringComparison.Ordinal);
        Assert.Contains("Coupons: CLUB-26", frozen, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(portal.Sales).GetAsync($"/quotes/{number}/revisions/1/xlsx?language=zh-CN")).Status);
    }

    [Fact]
    public async Task A_coupon_by_which_nothing_comes_off_is_told_by_its_field()
    {
        var refused = await Seller.PostAsync("/api/v1/quotes", Offer(1, "NONE-1"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Nothing comes off by coupon NONE-1", refused.Text, StringComparison.Ordinal);
        Assert.Contains("coupons", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_budget_is_reserved_when_the_offer_is_sent_and_given_back_when_it_comes_to_nothing()
    {
        await A("SPRING", "budget, currency", "100, 'CNY'", 0.1m);
        var (withdrawn, expired, accepted) = (await DraftAsync(Offer(3)), await DraftAsync(Offer(3)), await DraftAsync(Offer(3)));
        Assert.Equal((0m, 0), await SpentAsync("SPRING"));

        foreach (var number in new[] { withdrawn, expired, accepted })
        {
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(number)).Status);
        }

        Assert.Equal((72.00m, 3), await SpentAsync("SPRING"));
        Assert.Equal("taken", (await ReadAsync(withdrawn)).GetProperty("promotions")[0].GetProperty("state").GetString());
        var sales = portal.SignIn(portal.Sales);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{withdrawn}"), $"form[action='/quotes/{withdrawn}/withdrawal']", ("reason", "Wrong"));
        Assert.Equal((48.00m, 2), await SpentAsync("SPRING"));
        await sales.PressAsync(await sales.GetAsync($"/quotes/{accepted}"), $"form[action='/quotes/{accepted}/answer']");

        portal.Clock.Advance(TimeSpan.FromDays(12));
        await portal.InScopeAsync(Caller.System("test"), async services => { await services.GetRequiredService<GiveBackPromotions>().RunAsync(CancellationToken.None); return true; });

        Assert.Equal((24.00m, 1), await SpentAsync("SPRING"));
    }

    [Fact]
    public async Task Where_others_were_faster_sending_is_refused_and_the_draft_is_priced_without_it()
    {
        await A("ONCE", "most_orders", "1", 0.1m);
        var (first, second) = (await DraftAsync(Offer(3)), await DraftAsync(Offer(3)));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(first)).Status);

        var refused = await SendAsync(second);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("used up meanwhile (ONCE)", refused.Text, StringComparison.Ordinal);
        var quote = await ReadAsync(second);
        Assert.Equal(("draft", 216.15m), (quote.GetProperty("status").GetString(), quote.GetProperty("grandTotal").GetDecimal()));
        Assert.Equal(HttpStatusCode.NoContent, (await Seller.PutAsync($"/api/v1/quotes/{second}", Offer(3), quote.GetProperty("version").GetInt32())).Status);
        Assert.Equal(240.15m, (await ReadAsync(second)).GetProperty("grandTotal").GetDecimal());
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(second)).Status);

        // a new revision gives back, and takes anew when it is sent
        var sales = portal.SignIn(portal.Sales);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{first}"), $"form[action='/quotes/{first}/revisions']");
        Assert.Equal((0m, 0), await SpentAsync("ONCE"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(first)).Status);
        Assert.Equal(1, (await SpentAsync("ONCE")).Item2);
    }

    [Fact]
    public async Task A_limit_of_each_partner_counts_the_offers_of_that_partner()
    {
        await A("EACH", "most_per_buyer", "1", 0.1m);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(await DraftAsync(Offer(3)))).Status);

        Assert.Equal(240.15m, (await ReadAsync(await DraftAsync(Offer(3)))).GetProperty("grandTotal").GetDecimal());
        var rival = (await portal.Api(portal.Rival).PostAsync("/api/v1/prices", new { endCustomer = true, lines = new[] { new { sku = "D-2", quantity = 3 } } })).Json;
        Assert.Equal(216.15m, rival.GetProperty("total").GetDecimal());
    }
}
