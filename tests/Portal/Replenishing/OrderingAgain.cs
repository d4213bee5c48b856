using System.Net;
using System.Text;
using Portal.Replenishing;
using Portal.Tests.Orders;
using Support;

namespace Portal.Tests.Replenishing;

public sealed class OrderingAgain(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if ((await portal.Database.ListAsync<long>("select count(*) from portal.product")).Single() == 0)
        {
            await portal.Given.Products();
            await portal.Database.ExecuteAsync("update portal.product set order_multiple = 12, lead_days = 7 where sku = 'A-11'", new { });
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(new double[] { 20, 20, 20, 20 }, 95, 0, 29, 49)]
    [InlineData(new double[] { 14, 26 }, 95, 22, 51, 71)]
    [InlineData(new double[] { 14, 26 }, 80, 12, 41, 61)]
    [InlineData(new double[] { 0, 0, 0, 0 }, 99, 0, 0, 1)]
    public void Levels_follow_from_mean_variation_lead_time_and_service(double[] weeks, double service, int safety, int reorderPoint, int target)
    {
        var demand = Demand.Of([.. weeks.Select(week => (decimal)week)], leadDays: 10, reviewDays: 7, (decimal)service);

        Assert.Equal((safety, reorderPoint, target), (demand.Safety, demand.ReorderPoint, demand.Target));
    }

    [Fact]
    public async Task What_falls_to_its_reorder_point_is_proposed_as_the_supplier_sells_it_and_put_into_a_draft_once()
    {
        var buyer = await portal.Given.ADistributor("华信 reorders");
        var clerk = portal.SignIn(buyer);
        await portal.Given.Stock(buyer.Partner, "A-11", 5);
        await portal.Given.Stock(buyer.Partner, "A-12", 50);

        var typed = await clerk.PressAsync(await clerk.GetAsync("/stock/replenishment/levels"), "form[method=post][action='/stock/replenishment/levels'] button", ("lines", "A-11 5 10 40\nA-12 5 10 40\nNOPE 1 2 3\nA-13 9 3 5"));
        Assert.Equal(HttpStatusCode.OK, typed.Status);
        Assert.Contains("Line 3: There is no product NOPE", typed.Words);
        Assert.Contains("Line 4: A-13: write whole numbers", typed.Words);
        Assert.Contains("NOPE", typed.Value("lines"));
        var file = new TestFile("levels.csv", Encoding.UTF8.GetBytes("sku,safety stock,reorder point,target\nOLD-1,0,1,5\nA-14,1,2,3\n"));
        Assert.Contains("2 levels saved", (await clerk.PressAsync(await clerk.GetAsync("/stock/replenishment/levels"), "form[action$=file] button", ("file", file))).Words);

        var proposals = await clerk.GetAsync("/stock/replenishment");
        Assert.Equal(["A-11", "A-14"], proposals.All("tbody td:first-child strong").Where(sku => sku != "OLD-1").Order());
        Assert.Contains("Multiple of 12".ToLowerInvariant(), proposals.Words.ToLowerInvariant());
        Assert.Contains("A-11", proposals.Words);
        Assert.Equal("36", proposals.Document.QuerySelector("input[aria-label='Quantity of A-11']")!.GetAttribute("value"));
        var draft = await clerk.PressAsync(proposals, "form[action$=orders] button");
        Assert.Contains("Draft", draft.Text(".badge"));
        Assert.Contains("A-11", draft.Words);
        // what stands in a draft is not proposed again
        Assert.DoesNotContain("A-11", (await clerk.GetAsync("/stock/replenishment")).Words);
        Assert.DoesNotContain("A-11", (await portal.SignIn(await portal.Given.ADistributor("华信 elsewhere")).GetAsync("/stock/replenishment/levels")).Words);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(await portal.Given.APerson(buyer.Partner, "viewer")).PostAsync("/stock/replenishment/levels", ("lines", "A-11 1 2 3"))).Status);
    }

    [Fact]
    public async Task Levels_are_proposed_from_demand_with_the_figures_and_taken_by_choice()
    {
        var buyer = await portal.Given.ADistributor("华信 demand");
        var person = await portal.Given.APerson(buyer.Partner, "partner_admin", "purchasing");
        var admin = portal.SignIn(person);
        await portal.Given.Stock(buyer.Partner, "A-15", 100);
        Assert.Contains("Nothing went out", (await admin.GetAsync("/stock/replenishment/levels/proposed")).Words);
        await portal.Database.ExecuteAsync("""
            begin;
            set local search_path = portal, public;
            select enter_as_system('test');
            select stock_record('sale', stock_place_of(@partner), array[product_id], array[12::bigint], @now, @now, null) from product where sku = 'A-15';
            commit
            """, new { partner = buyer.Partner.PartnerId, now = portal.Clock.Now.UtcDateTime });
        portal.Clock.Advance(TimeSpan.FromDays(3));
        admin = portal.SignIn(person);

        Assert.Contains("settings have been saved", (await admin.SubmitAsync("/stock/replenishment/levels", ("DemandWeeks", "6"), ("ServicePercent", "90"), ("InboundDays", "2"), ("ReviewDays", "14"))).Text(".flash"));
        Assert.Contains("Write 0 to 180", (await admin.SubmitAsync("/stock/replenishment/levels", ("DemandWeeks", "3"))).Text(".flash"));
        var proposed = await admin.GetAsync("/stock/replenishment/levels/proposed");
        Assert.Contains("In 6 weeks 2 a week went out, ± 4.9. 16 days until it is here, an order every 14 days, 90 % (z = 1.28)", proposed.Words);
        var taken = await admin.PressAsync(proposed, "form[action*=proposed] button");
        Assert.Contains("1 level saved", taken.Text(".flash"));
        Assert.Contains("Demand", taken.Text("tbody"));
    }

    [Fact]
    public async Task A_program_keeps_levels_and_orders_what_is_proposed()
    {
        var buyer = await portal.Given.ADistributor("API reorders");
        var api = portal.Api(await portal.Given.AnApiClient(buyer.Partner, "purchasing", "partner_admin"));
        var kept = await api.PostAsync("/api/v1/replenishment/levels", new { lines = new[] { new { sku = "A-01", safety = 2, reorderPoint = 5, target = 20 }, new { sku = "NOPE", safety = 2, reorderPoint = 5, target = 20 } } });
        Assert.Equal((1, "lines[1].sku"), (kept.Json.GetProperty("kept").GetInt32(), kept.Json.GetProperty("errors")[0].GetProperty("field").GetString()));

        var proposal = (await api.GetAsync("/api/v1/replenishment/proposals")).Json.GetProperty("items")[0];
        Assert.Equal(("A-01", 20), (proposal.GetProperty("sku").GetString(), proposal.GetProperty("quantity").GetInt32()));
        Assert.Equal(HttpStatusCode.Created, (await api.PostAsync("/api/v1/replenishment/orders", new { lines = new[] { new { sku = "A-01", quantity = 20 } } })).Status);
        Assert.Empty((await api.GetAsync("/api/v1/replenishment/proposals")).Json.GetProperty("items").EnumerateArray());
        Assert.Equal("invalid", (await api.PostAsync("/api/v1/replenishment/orders", new { lines = Array.Empty<object>() })).Problem);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/replenishment/proposals?place=NOPE")).Status);
        Assert.Single((await api.GetAsync("/api/v1/replenishment/levels")).Json.GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync("/api/v1/replenishment/planning", new { inboundDays = 4, demandWeeks = 8, servicePercent = 97.5, reviewDays = 7 }, 0)).Status);
        Assert.Equal("stale", (await api.PutAsync("/api/v1/replenishment/planning", new { inboundDays = 5, demandWeeks = 8, servicePercent = 97.5, reviewDays = 7 }, 0)).Problem);
    }
}
