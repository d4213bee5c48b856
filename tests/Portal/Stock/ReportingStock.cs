using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Stock;
using Portal.Tests.Orders;
using Support;

namespace Portal.Tests.Stock;

public sealed class ReportingStock(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if ((await portal.Database.ListAsync<long>("select count(*) from portal.product")).Single() == 0)
        {
            await portal.Given.Products();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    Task<int> MorningAsync() => portal.InScopeAsync(Caller.System("job:remind"), services => services.GetRequiredService<RemindOfReports>().RunAsync(default));

    static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_report_is_held_against_the_one_before_and_the_ledger_and_gaps_are_explained()
    {
        var buyer = await portal.Given.ADistributor("华信 reports");
        var (clerk, brand) = (portal.SignIn(buyer), portal.SignIn(await portal.Given.SomebodyOfTheBrand("channel_manager")));
        var today = portal.Clock.Today;

        // a week ago 10 and 5; since then 6 came and 2 were sold of the first
        var csv = new TestFile("stock.csv", Encoding.UTF8.GetBytes($"sku,quantity,date\nA-01,10,{Day(today.AddDays(-7))}\nA-02,5,{Day(today.AddDays(-7))}\nNOPE,5,\nA-03,-1,{Day(today)}\nA-04,1,{Day(today.AddDays(3))}\n"));
        var read = await clerk.PressAsync(await clerk.GetAsync("/stock/reports/new"), "form[action='/stock/reports'] button", ("file", csv), ("AsOf", Day(today)));
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Contains("2 lines reported", read.Words);
        Assert.Equal(["Line 4: There is no product NOPE. Check the SKU.", "Line 5: Of A-03 write a whole number of 0 or more, or nothing.", "Line 6: Choose a day of the last 92 days, not later than today."], read.All(".flash-problem li"));
        await portal.Given.Stock(buyer.Partner, "A-01", 6);
        await portal.Database.ExecuteAsync("""
            begin;
            set local search_path = portal, public;
            select enter_as_system('test');
            select stock_record('sale', stock_place_of(@partner), array[product_id], array[2::bigint], @now, @now, null) from product where sku = 'A-01';
            commit
            """, new { partner = buyer.Partner.PartnerId, now = portal.Clock.Now.UtcDateTime });

        var report = await clerk.SubmitAsync("/stock/reports/new", ("AsOf", Day(today)), ("Lines", "A-01 11\nA-02 5\nA-05 1"));
        Assert.Contains("3 products, 1 differ, 1 of them are not explained", report.Words);
        Assert.Equal(["A-01", "11", "14", "−3"], report.Document.QuerySelectorAll("tbody tr:first-child td").Where((_, index) => index is 0 or 2 or 3 or 4).Select(cell => cell.TextContent.Trim().Replace('-', '−')).Select(text => text == "A−01" ? "A-01" : text));
        var wrong = await clerk.SubmitAsync(report, ("Lines[0].Reason", "other"), ("Lines[0].Note", ""));
        Assert.Contains("Say in words why A-01 differs", wrong.Words);
        var explained = await clerk.SubmitAsync(wrong, ("Lines[0].Reason", "unreported_sales"), ("Lines[0].Note", "counter sales"));
        Assert.Contains("0 of them are not explained", explained.Words);

        var number = report.Text("h1");
        Assert.Contains("counter sales", (await brand.GetAsync($"/stock/reports/{number}")).Words);
        Assert.Contains("华信 reports", (await brand.GetAsync("/stock/reports")).Text("tbody"));
        Assert.False((await brand.GetAsync($"/stock/reports/{number}")).Has("select[name='Lines[0].Reason']"));
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(await portal.Given.ADistributor("华信 curious")).GetAsync($"/stock/reports/{number}")).Status);
        // the ledger is nobody's to report
        Assert.Contains("4", (await clerk.GetAsync("/stock?q=A-01")).Text("tbody"));
    }

    [Fact]
    public async Task The_brand_says_who_reports_and_late_reports_are_reminded_of_once()
    {
        var buyer = await portal.Given.ADistributor("华信 late");
        var brand = portal.SignIn(await portal.Given.SomebodyOfTheBrand("channel_manager"));
        Assert.Contains("There is no partner P-NOBODY", (await brand.SubmitAsync("/stock/reports", ("partner", "P-NOBODY"), ("everyDays", "7"))).Words);
        Assert.Contains("Write 1 to 92 days", (await brand.SubmitAsync("/stock/reports", ("partner", buyer.Partner.Number), ("everyDays", "0"))).Words);
        Assert.Contains("华信 late", (await brand.SubmitAsync("/stock/reports", ("partner", buyer.Partner.Number), ("everyDays", "7"))).Words);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(buyer).PostAsync("/stock/reports/reporters", ("partner", buyer.Partner.Number), ("everyDays", ""))).Status);

        portal.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(0, await MorningAsync());
        portal.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await MorningAsync());
        Assert.Equal(0, await MorningAsync());
        Assert.Contains("Late", (await portal.SignIn(buyer).GetAsync("/stock/reports")).Words);
        Assert.Contains("stock report was due", (await portal.SignIn(buyer).GetAsync("/notifications")).Words);
        var api = portal.Api(await portal.Given.AnApiClient(buyer.Partner, "purchasing"));
        var sent = await api.PostAsync("/api/v1/stock/reports", new { asOf = Day(portal.Clock.Today), lines = new object[] { new { sku = "A-01", quantity = 3 }, new { sku = "NOPE", quantity = 3 } } });
        Assert.Equal((HttpStatusCode.Created, 1, "lines[1].sku"), (sent.Status, sent.Json.GetProperty("kept").GetInt32(), sent.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        var number = sent.Json.GetProperty("reports")[0].GetString();
        Assert.Equal(3, (await api.GetAsync($"/api/v1/stock/reports/{number}/lines")).Json.GetProperty("items")[0].GetProperty("quantity").GetInt32());
        Assert.Equal("invalid", (await api.PostAsync("/api/v1/stock/reports", new { asOf = Day(portal.Clock.Today), lines = new object[] { new { sku = "NOPE", quantity = 3 } } })).Problem);
        Assert.Equal(0, await MorningAsync());
        Assert.DoesNotContain("Late", (await portal.SignIn(buyer).GetAsync("/stock/reports")).Words);
    }
}
