using System.Net;
using System.Text.Json;
using Support;

namespace Portal.Tests.Quotes;

/// <summary>Quotes in a currency for which the seller has no prices: converted by a rate that is frozen with the revision.</summary>
public sealed class QuotingInAnotherCurrency(QuotingPartner portal) : IClassFixture<QuotingPartner>, IAsyncLifetime
{
    // The brand counts in dollars: 1 CNY = 0.14 USD, 1 EUR = 1.12 USD, 1 JPY = 0.0065 USD; so 1 CNY = 0.125 EUR.
    public Task InitializeAsync() => portal.Database.ExecuteAsync("""
        truncate portal.exchange_rate;
        insert into portal.exchange_rate (currency, valid_from, rate, entered_at) values ('CNY', @since, 0.14, now()), ('EUR', @since, 1.12, now()), ('JPY', @since, 0.0065, now());
        """, new { since = portal.Clock.Today.AddDays(-20) });

    public Task DisposeAsync() => Task.CompletedTask;

    ApiClient Seller => portal.Api(portal.Sales);

    object Offer(string? currency, bool convert = true, bool keepRate = false, bool rateOnPaper = false, string? lineCurrency = null, decimal? discount = null) => new
    {
        customer = "C-YUNQI", validUntil = portal.Clock.Today.AddDays(20), taxRate = 19, currency, convert, keepRate, rateOnPaper,
        lines = new object[] { new { sku = "D-1", quantity = 3, discount, currency = lineCurrency }, new { sku = "D-2", quantity = 7 } },
    };

    async Task<string> DraftAsync(object offer)
    {
        var made = await Seller.PostAsync("/api/v1/quotes", offer);
        Assert.True(made.Status is HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("number").GetString()!;
    }

    async Task<JsonElement> ReadAsync(string number) => (await Seller.GetAsync($"/api/v1/quotes/{number}")).Json;

    async Task<string> RefusedAsync(object offer)
    {
        var refused = await Seller.PostAsync("/api/v1/quotes", offer);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        return refused.Text;
    }

    [Fact]
    public async Task Unit_prices_are_converted_and_rounded_by_the_rate_of_the_day_and_the_margin_with_them()
    {
        var number = await DraftAsync(Offer("eur", discount: 5));

        var quote = await ReadAsync(number);
        // 1,999.99 at 0.125 is 250.00; 5 % off 237.50; 80.05 is 10.01
        Assert.Equal(("EUR", 782.57m), (quote.GetProperty("currency").GetString(), quote.GetProperty("netTotal").GetDecimal()));
        Assert.Equal((250.00m, 237.50m), (quote.GetProperty("lines")[0].GetProperty("price").GetDecimal(), quote.GetProperty("lines")[0].GetProperty("unitPrice").GetDecimal()));
        var rate = quote.GetProperty("rate");
        Assert.Equal(("CNY", 0.125m, portal.Clock.Today.ToString("yyyy-MM-dd"), portal.Clock.Today.AddDays(-20).ToString("yyyy-MM-dd"), "finance"),
            (rate.GetProperty("from").GetString(), rate.GetProperty("rate").GetDecimal(), rate.GetProperty("on").GetString(), rate.GetProperty("since").GetString(), rate.GetProperty("source").GetString()));
        Assert.Equal("rate", quote.GetProperty("lines")[0].GetProperty("priceSteps")[1].GetProperty("kind").GetString());
        var margin = (await Seller.GetAsync($"/api/v1/quotes/{number}/margin")).Json;
        Assert.Equal(("EUR", 250.00m), (margin.GetProperty("currency").GetString(), margin.GetProperty("lines")[0].GetProperty("unitCost").GetDecimal()));
        Assert.Contains("1 CNY = 0.125 EUR", (await portal.SignIn(portal.Sales).GetAsync($"/quotes/{number}")).Body, StringComparison.Ordinal);

        // a currency without decimals
        Assert.Equal(43077m, (await ReadAsync(await DraftAsync(Offer("JPY")))).GetProperty("lines")[0].GetProperty("price").GetDecimal());
    }

    [Fact]
    public async Task A_floor_is_compared_in_the_currency_of_the_quote()
    {
        await portal.Database.ExecuteAsync("""
            insert into portal.price_book (seller_id, code, name, kind, currency, audience, valid, created_at)
            select partner_id, 'FLOOR', 'Floor', 'floor', 'CNY', 'everyone', '[2020-01-01,)', now() from portal.partner where partner_type = 'brand';
            insert into portal.price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select b.price_book_id, p.product_id, 1950, '[2020-01-01,)', now() from portal.price_book b, portal.product p where b.code = 'FLOOR' and p.sku = 'D-1';
            """);
        try
        {
            // 4 % is within the authority, and 240.00 below the floor of 243.75
            var reasons = (await Seller.GetAsync($"/api/v1/quotes/{await DraftAsync(Offer("EUR", discount: 4))}/margin")).Json.GetProperty("reasons");
            Assert.Equal((240.00m, 243.75m), (reasons[0].GetProperty("found").GetDecimal(), reasons[0].GetProperty("bound").GetDecimal()));
            Assert.Equal(0, (await Seller.GetAsync($"/api/v1/quotes/{await DraftAsync(Offer("EUR", discount: 2))}/margin")).Json.GetProperty("reasons").GetArrayLength());
        }
        finally
        {
            await portal.Database.ExecuteAsync("delete from portal.price_book_entry where price_book_id = (select price_book_id from portal.price_book where code = 'FLOOR'); delete from portal.price_book where code = 'FLOOR'");
        }
    }

    [Fact]
    public async Task The_rate_is_frozen_and_a_later_revision_keeps_or_renews_it()
    {
        var number = await DraftAsync(Offer("EUR", rateOnPaper: true));
        Assert.Equal(HttpStatusCode.OK, (await Seller.PostAsync($"/api/v1/quotes/{number}/sending", null)).Status);
        var frozen = (await portal.Database.ListAsync<string>("select r.frozen::text from portal.quote_revision r join portal.quote q using (quote_id) where q.number = @number", new { number })).Single();
        Assert.Contains("Exchange rate: 1 CNY = 0.125 EUR", frozen, StringComparison.Ordinal);
        await portal.Database.ExecuteAsync("insert into portal.exchange_rate (currency, valid_from, rate, entered_at) values ('EUR', @today, 1.4, now())", new { today = portal.Clock.Today });

        var sales = portal.SignIn(portal.Sales);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/revisions']");
        var begun = await ReadAsync(number);
        Assert.Equal((2, 0.125m), (begun.GetProperty("revision").GetInt32(), begun.GetProperty("rate").GetProperty("rate").GetDecimal()));
        Assert.Equal(HttpStatusCode.NoContent, (await Seller.PutAsync($"/api/v1/quotes/{number}", Offer("EUR", keepRate: true), begun.GetProperty("version").GetInt32())).Status);
        var kept = await ReadAsync(number);
        Assert.Equal((0.125m, 250.00m), (kept.GetProperty("rate").GetProperty("rate").GetDecimal(), kept.GetProperty("lines")[0].GetProperty("price").GetDecimal()));
        Assert.Equal(HttpStatusCode.NoContent, (await Seller.PutAsync($"/api/v1/quotes/{number}", Offer("EUR"), kept.GetProperty("version").GetInt32())).Status);
        var renewed = await ReadAsync(number);
        Assert.Equal((0.1m, 200.00m), (renewed.GetProperty("rate").GetProperty("rate").GetDecimal(), renewed.GetProperty("lines")[0].GetProperty("price").GetDecimal()));
        // what was sent is in euros, and so is what follows
        Assert.Contains("stays in its currency", (await Seller.PutAsync($"/api/v1/quotes/{number}", Offer("CNY"), renewed.GetProperty("version").GetInt32())).Text, StringComparison.Ordinal);
        Assert.Equal([0.125m, 0.1m], await portal.Database.ListAsync<decimal>("select r.exchange_rate from portal.quote_revision r join portal.quote q using (quote_id) where q.number = @number order by r.revision", new { number }));
    }

    [Fact]
    public async Task Without_prices_or_a_rate_and_with_mixed_currencies_the_remedy_is_named()
    {
        Assert.Contains("You have no prices in EUR", await RefusedAsync(Offer("EUR", convert: false)), StringComparison.Ordinal);
        Assert.Contains("no rate from CNY to GBP", await RefusedAsync(Offer("GBP")), StringComparison.Ordinal);
        Assert.Contains("XXX is no currency", await RefusedAsync(Offer("XXX")), StringComparison.Ordinal);
        Assert.Contains("this line is in CNY, the quote in EUR", await RefusedAsync(Offer("EUR", lineCurrency: "CNY")), StringComparison.Ordinal);
        // the own currency needs no rate
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(await DraftAsync(Offer("CNY")))).GetProperty("rate").ValueKind);
    }

    [Fact]
    public async Task The_form_offers_to_convert_and_remembers_it()
    {
        var sales = portal.SignIn(portal.Sales);
        var stored = await sales.SubmitAsync("/quotes/new", ("Customer", "C-YUNQI"), ("TaxRate", "0"), ("InCurrency", "EUR"), ("Convert", "true"), ("Lines[0].Sku", "D-2"), ("Lines[0].Quantity", "10"));

        Assert.StartsWith("/quotes/Q-", stored.Path, StringComparison.Ordinal);
        Assert.Contains("100.10", stored.Text("[data-total]"), StringComparison.Ordinal);
        var form = await sales.GetAsync(stored.Path + "/edit");
        Assert.True(form.Document.QuerySelector("input[name=Convert]")!.HasAttribute("checked"));
        Assert.True(form.Document.QuerySelector("input[name=KeepRate]")!.HasAttribute("checked"));
        Assert.Contains("0.125", form.Body, StringComparison.Ordinal);
    }
}
