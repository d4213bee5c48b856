using System.Net;
using Portal.Tests.Orders;
using Support;

namespace Portal.Tests.Buying;

public sealed class BuyingFromTheShelf(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if ((await portal.Database.ListAsync<long>("select count(*) from portal.product")).Single() == 0)
        {
            await portal.Given.Products();
            await portal.Database.ExecuteAsync("""
                update portal.product set category = case when sku < 'A-21' then 'Standing' else 'Sitting' end, category_zh = case when sku < 'A-21' then '升降桌' else '椅子' end, colour = case when sku like '%5' then 'oak' end;
                update portal.product set gtin = '6901234567892', order_multiple = 6, pack_size = 6 where sku = 'A-07';
                """, new { });
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_buyer_finds_products_by_words_category_colour_and_bar_code_page_by_page()
    {
        var clerk = portal.SignIn(await portal.Given.ADistributor("华信 shelf"));

        var all = await clerk.GetAsync("/buy");
        Assert.Contains("40 products", all.Document.Body!.TextContent);
        Assert.Equal(24, all.All(".buy-row").Count);
        Assert.Contains("10.01", all.All(".buy-row .buy-price")[0]);
        Assert.DoesNotContain("OLD-1", all.Document.Body!.TextContent);
        var next = await clerk.GetAsync(all.Document.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Equal(["A-25", "A-40"], new[] { next.All(".buy-row .number")[0], next.All(".buy-what > div > .number")[^1] });
        Assert.Null(next.Document.QuerySelector("a[rel=next]"));

        var oak = await clerk.GetAsync("/buy?category=Standing&colour=oak");
        Assert.Equal(["A-05", "A-15"], oak.All(".buy-what > div > .number"));
        // each choice is counted as if it alone were not made
        Assert.Equal(["Sitting 2", "Standing 2"], oak.All(".buy-facets li").Where(choice => choice.StartsWith('S')).Order());
        Assert.Equal(["A-07"], (await clerk.GetAsync("/buy?q=6901234567892")).All(".buy-what > div > .number"));
        Assert.Equal(["A-12"], (await clerk.GetAsync("/buy?q=桌子+ａ-12")).All(".buy-what > div > .number"));
        Assert.Contains("Nothing fits", (await clerk.GetAsync("/buy?q=sofa")).Document.Body!.TextContent);
    }

    [Fact]
    public async Task Who_reads_Chinese_narrows_and_finds_by_Chinese_categories()
    {
        var clerk = portal.SignIn(await portal.Given.ADistributor("华信 reads Chinese"));
        clerk.Language = "zh-CN";

        var shelf = await clerk.GetAsync("/buy?q=椅子");
        Assert.Contains("椅子", shelf.All(".buy-what > div")[0]);
        Assert.DoesNotContain("Sitting", shelf.Document.Body!.TextContent);
        Assert.Equal(["椅子 20", "升降桌 20"], (await clerk.GetAsync("/buy")).All(".buy-facets li").Where(choice => choice.StartsWith('椅') || choice.StartsWith('升')).OrderDescending());
        Assert.Contains("桌子", (await clerk.GetAsync("/buy?category=Standing")).All(".buy-row")[0]);
    }

    [Fact]
    public async Task What_is_added_goes_into_the_persons_draft_and_quantities_that_are_not_sold_are_refused_there()
    {
        var buyer = await portal.Given.ADistributor("华信 adds");
        var clerk = portal.SignIn(buyer);

        var added = await clerk.SubmitAsync(await clerk.GetAsync("/buy/A-07"), ("quantity", "12"), ("sku", "A-07"));
        Assert.Contains("12 of A-07 are in draft PO-", added.Text(".flash"));
        Assert.Contains("Your draft has 1 line: CNY 840.84", added.Text("#buy-draft"));
        var more = await clerk.SubmitAsync(await clerk.GetAsync("/buy/A-07"), ("quantity", "6"), ("sku", "A-07"));
        Assert.Contains("Your draft has 1 line: CNY 1,261.26", more.Text("#buy-draft"));
        var wrong = await clerk.SubmitAsync(await clerk.GetAsync("/buy/A-07"), ("quantity", "7"), ("sku", "A-07"));
        Assert.Contains("Multiple of 6: 24 or 30.", wrong.Text(".flash"));
        Assert.Contains("1,261.26", wrong.Text("#buy-draft"));

        // a colleague begins a draft of its own
        var colleague = portal.SignIn(await portal.Given.APerson(buyer.Partner, "purchasing"));
        Assert.Contains("begins a new draft", (await colleague.GetAsync("/buy")).Text("#buy-draft"));
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(await portal.Given.APerson(buyer.Partner, "viewer")).PostAsync("/api/v1/draft-lines", new { lines = new[] { new { sku = "A-01", quantity = 1 } } })).Status);
        Assert.Null((await portal.SignIn(await portal.Given.APerson(buyer.Partner, "viewer")).GetAsync("/buy")).Document.QuerySelector(".buy-add"));
    }

    [Fact]
    public async Task Favourites_and_what_was_ordered_are_found_again()
    {
        var buyer = await portal.Given.ADistributor("华信 marks");
        var clerk = portal.SignIn(buyer);
        var api = portal.Api(buyer);

        Assert.Contains("Press the star", (await clerk.GetAsync("/buy?only=favourites")).Document.Body!.TextContent);
        Assert.Equal(HttpStatusCode.NoContent, (await api.PutAsync("/api/v1/assortment/A-09/favourite", null, null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.PutAsync("/api/v1/assortment/NOPE/favourite", null, null)).Status);
        Assert.Equal(["A-09"], (await clerk.GetAsync("/buy?only=favourites")).All(".buy-what > div > .number"));
        Assert.Empty((await portal.SignIn(await portal.Given.APerson(buyer.Partner, "purchasing")).GetAsync("/buy?only=favourites")).All(".buy-row"));

        var order = (await api.PostAsync("/api/v1/orders", new { submit = true, lines = new[] { new { sku = "A-11", quantity = 24 } } })).Json.GetProperty("number").GetString()!;
        var ordered = await clerk.GetAsync("/buy?only=ordered");
        Assert.Equal(["A-11"], ordered.All(".buy-what > div > .number"));
        Assert.Contains($"24: {order}", ordered.Text(".buy-what"));
        Assert.Equal("24", ordered.Document.QuerySelector("input[name=quantity]")!.GetAttribute("value"));
        Assert.Contains(order, (await clerk.GetAsync("/buy/A-11")).Document.Body!.TextContent);

        var page = (await api.GetAsync("/api/v1/assortment?only=ordered")).Json.GetProperty("items")[0];
        Assert.Equal(("A-11", 110.11m, 24), (page.GetProperty("sku").GetString(), page.GetProperty("unitPrice").GetDecimal(), page.GetProperty("lastQuantity").GetInt32()));
    }

    [Fact]
    public async Task What_is_kept_from_a_buyer_is_not_on_its_shelf()
    {
        var (buyer, other) = (await portal.Given.ADistributor("华信 kept"), await portal.Given.ADistributor("华信 not kept"));
        await portal.Api(await portal.Given.SomebodyOfTheBrand("brand_admin")).PostAsync("/api/v1/sellable-rules", new { effect = "exclude", category = "Standing", buyer = buyer.Partner.Number });

        Assert.Contains("20 products", (await portal.SignIn(buyer).GetAsync("/buy")).Document.Body!.TextContent);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(buyer).GetAsync("/buy/A-01")).Status);
        Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(other).GetAsync("/buy/A-01")).Status);
    }
}
