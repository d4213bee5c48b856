using System.Net;
using Support;

namespace Portal.Tests.Quotes;

public sealed class ComparingRevisions(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    [Fact]
    public async Task Two_revisions_stand_side_by_side_with_what_came_went_and_changed()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales, ("D-1", 3, 3m), ("D-2", 7, null));
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/revisions']");
        // The lamps go, the desks become four at 5 %, and a single desk more stands there once again.
        await sales.SubmitAsync($"/quotes/{number}/edit", ("Lines[0].Quantity", "4"), ("Lines[0].Discount", "5"), ("Lines[1].Sku", "D-1"), ("Lines[1].Quantity", "1"), ("Terms", "30 days net"));

        var page = await sales.GetAsync($"/quotes/{number}/changes");

        Assert.Equal(["changed", "added", "gone"], page.Document.QuerySelectorAll("[data-change]").Select(row => row.GetAttribute("data-change")));
        var changed = page.Text("[data-change=changed]");
        Assert.Contains("3 4", changed, StringComparison.Ordinal);
        Assert.Contains("3% 5%", changed, StringComparison.Ordinal);
        Assert.Contains("+1,999.99", page.Text("[data-change=added]"), StringComparison.Ordinal);
        Assert.Contains("-560.35", page.Text("[data-change=gone]"), StringComparison.Ordinal);
        Assert.Contains("30 days net", page.Words, StringComparison.Ordinal);
        Assert.True((await sales.GetAsync($"/quotes/{number}")).Has($"a[href='/quotes/{number}/changes?from=1&to=2']"));

        var told = (await portal.Api(portal.Sales).GetAsync($"/api/v1/quotes/{number}/changes?from=1&to=2")).Json;
        Assert.Equal(["changed", "added", "gone"], told.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("change").GetString()));
        Assert.Equal((3, 4), (told.GetProperty("lines")[0].GetProperty("before").GetProperty("quantity").GetInt32(), told.GetProperty("lines")[0].GetProperty("after").GetProperty("quantity").GetInt32()));
        Assert.Equal(7209.76m, told.GetProperty("before").GetProperty("grandTotal").GetDecimal());
    }

    [Fact]
    public async Task The_same_revision_twice_differs_in_nothing_and_one_that_is_not_there_is_not_found()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);

        Assert.Contains("Nothing changed", (await sales.GetAsync($"/quotes/{number}/changes?from=1&to=1")).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await sales.GetAsync($"/quotes/{number}/changes?from=1&to=2")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Rival).GetAsync($"/quotes/{number}/changes")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).GetAsync($"/api/v1/quotes/{number}/changes")).Status);
    }
}
