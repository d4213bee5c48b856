using System.Net;
using System.Text;
using Portal.Tests.Orders;
using Support;

namespace Portal.Tests.Attachments;

public sealed class AttachingToAnOrder(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Both_sides_see_the_files_of_an_order_a_drafts_are_its_buyers_and_strangers_see_none()
    {
        await portal.Given.Products();
        var buyer = await portal.Given.ADistributor("华信 files");
        var (clerk, seller) = (portal.SignIn(buyer), portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin")));
        var stranger = portal.SignIn(await portal.Given.ADistributor("Other files"));
        var number = (await portal.Api(buyer).PostAsync("/api/v1/orders", new { lines = new[] { new { sku = "A-01", quantity = 1 } } })).Json.GetProperty("number").GetString()!;

        var page = await clerk.SubmitAsync($"/orders/{number}", ("files", new TestFile("图纸.txt", Encoding.UTF8.GetBytes("two desks by the window"))));
        Assert.Contains("图纸.txt", page.Text("#attachments-list"));
        var file = page.Document.QuerySelector("#attachments-list a")!.GetAttribute("href")!;
        Assert.Equal(HttpStatusCode.NotFound, (await seller.GetAsync(file)).Status);
        await clerk.PressAsync(await clerk.GetAsync($"/orders/{number}"), "form[action$=submission]");

        Assert.Equal(HttpStatusCode.OK, (await seller.GetAsync(file)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(file)).Status);
        var answered = await seller.SubmitAsync($"/orders/{number}", ("files", new TestFile("confirmation.txt", Encoding.UTF8.GetBytes("as drawn"))));
        Assert.Contains("confirmation.txt", answered.Text("#attachments-list"));
        Assert.Contains("is or carries a program", (await clerk.SubmitAsync($"/orders/{number}", ("files", new TestFile("order.pdf", [0x4D, 0x5A, 0x90, 0x00, 0x03])))).Text(".flash"));
        Assert.Equal(2, (await portal.Api(buyer).GetAsync($"/api/v1/orders/{number}/attachments")).Json.GetArrayLength());
        Assert.Null((await portal.SignIn(await portal.Given.APerson(buyer.Partner, "viewer")).GetAsync($"/orders/{number}")).Document.QuerySelector("input[name=files]"));
    }
}
