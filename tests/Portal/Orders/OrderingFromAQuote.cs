using System.Net;
using Portal.Tests.Quotes;

namespace Portal.Tests.Orders;

public sealed class OrderingFromAQuote(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    [Fact]
    public async Task An_accepted_quote_becomes_one_order_at_buying_prices_whatever_is_clicked()
    {
        var sales = portal.SignIn(portal.Sales);
        var quote = await portal.DraftAsync(sales, ("D-1", 3, 3m), ("D-2", 7, null));
        Assert.Contains("has not been accepted", (await sales.GetAsync($"/orders/new?quote={quote}")).Text(".flash"));
        await sales.PressAsync(await sales.GetAsync($"/quotes/{quote}"), "form[action$=sending]");
        await sales.PressAsync(await sales.GetAsync($"/quotes/{quote}"), "form[action$=answer]");

        var form = await sales.GetAsync($"/orders/new?quote={quote}");
        Assert.Equal("D-1 3\nD-2 7", form.Document.QuerySelector("textarea[name=Lines]")!.TextContent.Trim());
        Assert.Contains("6,560.32", form.Text("#order-check tfoot"));
        var second = await sales.GetAsync($"/orders/new?quote={quote}");
        var order = await sales.PressAsync(form, "button[value=save]");
        var number = order.Text("h1");
        Assert.StartsWith("PO-", number, StringComparison.Ordinal);

        // the same once more: from the form that is still open, from the quote's page, from a program
        Assert.Contains($"ordered with {number} already", (await sales.PressAsync(second, "button[value=submit]")).Document.Body!.TextContent);
        Assert.Contains($"ordered with {number} already", (await sales.GetAsync($"/orders/new?quote={quote}")).Text(".flash"));
        var again = await portal.Api(portal.Sales).PostAsync("/api/v1/orders", new { quote });
        Assert.Equal((HttpStatusCode.BadRequest, true), (again.Status, again.Text.Contains(number, StringComparison.Ordinal)));
        Assert.Contains("Ordered", (await sales.GetAsync($"/quotes/{quote}")).Text(".page-head .badge"));

        // what came to nothing is ordered anew; of two at once one is written
        await sales.PressAsync(await sales.GetAsync($"/orders/{number}"), "form[action$=cancellation]");
        var both = await Task.WhenAll(portal.Api(portal.Sales).PostAsync("/api/v1/orders", new { quote }), portal.Api(portal.Sales).PostAsync("/api/v1/orders", new { quote }));
        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.BadRequest], both.Select(answer => answer.Status).OrderBy(status => (int)status));

        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Rival).GetAsync($"/orders/new?quote={quote}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).PostAsync("/api/v1/orders", new { quote })).Status);
    }
}
