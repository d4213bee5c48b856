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
        var refused = await admin.SubmitAsync("/stock/replenishment/levels", ("DemandWeeks", "3"), ("InboundDays", "5"));
        Assert.Contains("Write 0 to 180", refused.Text(".flash"));
        Assert.Equal(("3", "5"), (refused.Value("DemandWeeks"), refused.Value("InboundDays")));
        var proposed = await admin.GetAsync("/stock/replenishment/levels/proposed");
        Assert.Contains("In 6 weeks 2 a week went out, ± 4.9. 16 days until it is here, an order every 14 days, 90 % (z = 1.28)", proposed.Words);
        var taken = await admin.PressAsync(proposed, "form[action*=proposed] button");
        Assert.Contains("1 level saved", taken.Text(".flash"));
        Assert.Contains("Demand", taken.Text("tbody"));
    }

    [Fact]
    public async Task Goods_for_the_default_place_come_there_though_the_default_address_is_another_places()
    {
        var admin = await portal.Given.APerson((await portal.Given.ADistributor("华信 default place")).Partner, "partner_admin", "purchasing");
        var api = portal.Api(await portal.Given.AnApiClient(admin.Partner, "purchasing", "partner_admin"));
        Assert.Equal(HttpStatusCode.Created, (await api.PostAsync("/api/v1/stock/places", new { code = "SHOP", name = "Shop", type = "store" })).Status);
        Assert.Equal(HttpStatusCode.Created, (await api.PostAsync("/api/v1/ship-to-addresses", new { name = "Shop", countryCode = "CN", city = "无锡", address = "1", place = "SHOP", isDefault = true })).Status);
        await api.PostAsync("/api/v1/replenishment/levels", new { lines = new[] { new { sku = "A-02", safety = 2, reorderPoint = 5, target = 20 } } });

        // All addresses there are lead elsewhere: nothing is ordered to the wrong place, and it is said which place lacks one.
        var refused = await api.PostAsync("/api/v1/replenishment/orders", new { lines = new[] { new { sku = "A-02", quantity = 20 } } });
        Assert.Equal((HttpStatusCode.BadRequest, "place"), (refused.Status, refused.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        Assert.Contains("MAIN", refused.Text, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Created, (await api.PostAsync("/api/v1/ship-to-addresses", new { name = "Warehouse", countryCode = "CN", city = "无锡", address = "2" })).Status);
        Assert.Equal(HttpStatusCode.Created, (await api.PostAsync("/api/v1/replenishment/orders", new { lines = new[] { new { sku = "A-02", quantity = 20 } } })).Status);
        Assert.Equal([("MAIN", "Warehouse")], await portal.Database.ListAsync<(string, string)>("""
            select p.code, o.ship_to ->> 'name' from portal.purchase_order o join portal.stock_place p on p.stock_place_id = o.to_place_id where o.buyer_id = @id
            """, new { id = admin.Partner.PartnerId }));
        Assert.Empty((await api.GetAsync("/api/v1/replenishment/proposals")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task What_ran_out_of_its_reservation_is_not_ordered_again_for()
    {
        var seller = await portal.Given.ADistributor("华信 lapsed");
        var below = await portal.Given.AReseller("江南 lapsed", seller.Partner);
        var api = portal.Api(await portal.Given.AnApiClient(seller.Partner, "purchasing", "partner_admin"));
        await portal.Given.Stock(seller.Partner, "A-03", 10);
        await api.PostAsync("/api/v1/replenishment/levels", new { lines = new[] { new { sku = "A-03", safety = 0, reorderPoint = 8, target = 12 } } });
        await portal.Database.ExecuteAsync("""
            with o as (
                insert into portal.purchase_order (number, buyer_id, seller_id, ordered_on, currency, line_count, total_amount, status, to_place_id, from_place_id, created_at, submitted_at, confirmed_at)
                select 'PO-LAPSED', b.partner_id, s.partner_id, '2026-03-01', 'CNY', 1, 50, 'confirmed', bp.stock_place_id, sp.stock_place_id, now(), now(), now()
                from portal.partner b, portal.partner s, portal.stock_place bp, portal.stock_place sp
                where b.partner_id = @below and s.partner_id = @seller and bp.partner_id = b.partner_id and bp.is_default and sp.partner_id = s.partner_id and sp.is_default
                returning purchase_order_id, buyer_id, seller_id)
            insert into portal.purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, unit_price, amount, price_steps, lapsed_at)
            select o.purchase_order_id, o.buyer_id, o.seller_id, 1, p.product_id, 5, 10, 50, '[]', now() from o, portal.product p where p.sku = 'A-03'
            """, new { below = below.Partner.PartnerId, seller = seller.Partner.PartnerId });

        // As in the outlook: ten are free, and nobody is promised any of them.
        Assert.Empty((await api.GetAsync("/api/v1/replenishment/proposals")).Json.GetProperty("items").EnumerateArray());
        await portal.Database.ExecuteAsync("update portal.purchase_order_line set lapsed_at = null where purchase_order_id = (select purchase_order_id from portal.purchase_order where number = 'PO-LAPSED')", new { });
        Assert.Equal(5, (await api.GetAsync("/api/v1/replenishment/proposals")).Json.GetProperty("items")[0].GetProperty("waiting").GetInt32());
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
