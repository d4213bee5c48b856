using System.Net;
using Portal.Configuring;
using Shouldly;

namespace Portal.Tests.Configuring;

/// <summary>Workspace plans: which are proposed and why, and the one that is chosen in a quote.</summary>
public sealed class ProposingPlans(ConfiguringPartner given) : IClassFixture<ConfiguringPartner>, IAsyncLifetime
{
    readonly Quotes.QuotingPartner portal = given.Portal;

    static readonly PlanProduct Free = new("HOT", "Hot", "流动", "hot_desk", null, null, 1) { UnitPrice = 980 };
    static readonly PlanProduct Desk = new("DED", "Desk", "固定", "desk", null, null, 1) { UnitPrice = 1680 };
    static readonly PlanProduct Four = new("OFF-4", "Four", "四人", "office", 4, null, 3) { UnitPrice = 5000 };
    static readonly PlanProduct Eight = new("OFF-8", "Eight", "八人", "office", 8, null, 3) { UnitPrice = 9500 };
    static readonly PlanProduct Hour = new("HOUR", "Hour", "小时", "hour", null, null, 1) { UnitPrice = 180 };
    static readonly PlanProduct Twenty = new("H-20", "Twenty hours", "二十小时", "package", null, 20, 1) { UnitPrice = 2880 };
    static readonly PlanProduct[] All = [Free, Desk, Four, Eight, Hour, Twenty];

    static IEnumerable<string> Said(IReadOnlyList<PlanProposal> plans) => plans.Select(plan => $"{plan.Key}: {string.Join(", ", plan.Lines.Select(line => $"{line.Product.Sku} {line.Count}"))}");

    [Fact]
    public void For_nine_people_there_are_free_desks_desks_rooms_and_rooms_with_a_desk_beside_them() => Said(ProposePlans.For(new(9, 12, 0, PlanStyle.Any), All))
        .ShouldBe(["free: HOT 9", "desks: DED 9", "rooms: OFF-4 1, OFF-8 1", "mixed: OFF-8 1, DED 1"]);

    [Fact]
    public void Who_wants_a_room_of_their_own_is_offered_no_desks_and_the_quantity_is_of_all_months()
    {
        var plan = ProposePlans.For(new(8, 6, 0, PlanStyle.OwnRoom), All).Single();

        plan.Lines.Select(line => (line.Product.Sku, line.Count, line.Quantity)).ShouldBe([("OFF-8", 1, 6)]);
        plan.Reasons.Single().TextKey.ShouldBe("configuring.plan.why.rooms_full");
        plan.Reasons.Single().Arguments.ShouldBe([1, 8]);
    }

    [Theory]
    [InlineData(5, "HOUR 5", "by_the_hour")]
    [InlineData(15, "HOUR 15", "by_the_hour")]
    [InlineData(17, "H-20 1", "package_with_rest")]
    [InlineData(23, "HOUR 3, H-20 1", "package")]
    [InlineData(40, "H-20 2", "package")]
    public void Meeting_hours_come_in_packages_as_far_as_they_pay(int hours, string lines, string why)
    {
        var plan = ProposePlans.For(new(1, 1, hours, PlanStyle.OwnDesk), All).Single();

        string.Join(", ", plan.Lines.Skip(1).Select(line => $"{line.Product.Sku} {line.Count}")).ShouldBe(lines);
        plan.Reasons[^1].TextKey.ShouldBe("configuring.plan.why." + why);
    }

    [Fact]
    public void What_is_sold_for_longer_or_has_no_price_is_left_out_and_where_nobody_sells_hours_no_plan_promises_them()
    {
        Said(ProposePlans.For(new(8, 2, 0, PlanStyle.Any), All)).ShouldBe(["free: HOT 8", "desks: DED 8"]);
        Said(ProposePlans.For(new(8, 2, 0, PlanStyle.Any), [Free with { UnitPrice = null }, Desk])).ShouldBe(["desks: DED 8"]);
        ProposePlans.For(new(8, 2, 3, PlanStyle.Any), [Free, Desk]).ShouldBeEmpty();
        ProposePlans.For(new(8, 12, 0, PlanStyle.OwnRoom), [Free, Desk]).ShouldBeEmpty();
    }

    [Fact]
    public void Rooms_are_never_too_small_and_never_dearer_than_any_other_choice_of_them()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            PlanProduct[] rooms = [Four with { UnitPrice = random.Next(1, 90) }, Eight with { UnitPrice = random.Next(1, 160) }, Eight with { Sku = "OFF-3", Seats = 3, UnitPrice = random.Next(1, 70) }];
            var seats = random.Next(1, 40);

            var plan = ProposePlans.For(new(seats, 12, 0, PlanStyle.OwnRoom), rooms).Single();

            var cheapest = (from a in Enumerable.Range(0, 11) from b in Enumerable.Range(0, 6) from c in Enumerable.Range(0, 15) where (4 * a) + (8 * b) + (3 * c) >= seats select (a * rooms[0].UnitPrice!.Value) + (b * rooms[1].UnitPrice!.Value) + (c * rooms[2].UnitPrice!.Value)).Min();
            plan.Lines.Sum(line => line.Count * line.Product.Seats!.Value).ShouldBeGreaterThanOrEqualTo(seats);
            plan.Lines.Sum(line => line.Count * line.Product.UnitPrice!.Value).ShouldBe(cheapest);
        }
    }

    [Theory]
    [InlineData("2026-12-01", 6, "2027-05-31")]
    [InlineData("2026-12-15", 1, "2027-01-14")]
    [InlineData("2027-01-31", 1, "2027-02-28")]
    [InlineData("2028-02-29", 12, "2029-02-28")]
    public void A_plan_ends_the_day_before_its_month_begins_anew(string start, int months, string end) => Portal.Pricing.Term.LastDay(DateOnly.Parse(start), months).ShouldBe(DateOnly.Parse(end));

    [Fact]
    public async Task Plans_are_proposed_cheapest_first_at_the_customers_prices_and_the_chosen_one_stands_in_a_quote()
    {
        var sales = portal.SignIn(portal.Sales);
        var start = portal.Clock.Today.AddDays(10);
        var page = await sales.GetAsync($"/configure/plans?seats=9&months=12&hours=5&start={start:yyyy-MM-dd}&style=any");

        Assert.Equal(["free", "mixed", "rooms", "desks"], page.Document.QuerySelectorAll("[data-plan]").Select(plan => plan.GetAttribute("data-plan")));
        // Nine free desks of 980 and five hours of 180, twelve months.
        Assert.Equal("CNY 116,640.00", page.Text("[data-plan='free'] [data-total]"));
        Assert.Contains("Each of the 9 has a desk of their own.", page.Words, StringComparison.Ordinal);
        var pages = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => sales.PressAsync(page, "button[value='free']", ("Customer", "C-YUNQI"))));

        Assert.StartsWith("/quotes/Q-", pages[0].Path, StringComparison.Ordinal);
        Assert.Equal(pages[0].Path, pages[1].Path);
        Assert.Contains($"Workspace plan for 9 people from {start:MM/dd/yyyy}".Replace("/0", "/", StringComparison.Ordinal).Replace(" 0", " ", StringComparison.Ordinal), pages[0].Words, StringComparison.Ordinal);
        Assert.Equal(["HOT 108", "HOUR 60"], await portal.Database.ListAsync<string>("""
            select p.sku || ' ' || l.quantity from portal.quote q join portal.quote_revision r using (quote_id) join portal.quote_line l using (quote_revision_id) join portal.product p using (product_id) where q.number = @number order by l.line_number
            """, new { number = pages[0].Path["/quotes/".Length..] }));
    }

    [Fact]
    public async Task What_cannot_be_understood_is_said_at_its_field_and_nothing_is_put_without_a_customer()
    {
        var sales = portal.SignIn(portal.Sales);

        var page = await sales.GetAsync("/configure/plans?seats=many&months=0&hours=-1&start=1999-01-01&style=sofa");

        Assert.Equal(5, page.All(".field .invalid-feedback, .field .field-problem").Count(text => text.Length > 0));
        var api = portal.Api(portal.Sales);
        var start = portal.Clock.Today;
        Assert.Equal("customer", (await api.PostAsync("/api/v1/workspace-plans/quotes", new { seats = 1, months = 1, start, plan = "free" })).Json.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal("plan", (await api.PostAsync("/api/v1/workspace-plans/quotes", new { seats = 1, months = 1, start, plan = "palace", customer = "C-YUNQI" })).Json.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal("customer", (await portal.Api(portal.Rival).PostAsync("/api/v1/workspace-plans/quotes", new { seats = 1, months = 1, start, plan = "free", customer = "C-YUNQI" })).Json.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await api.PostAsync("/api/v1/workspace-plans/products", new { sku = "D-1", kind = "desk" })).Status);
    }

    [Fact]
    public async Task The_brand_says_on_the_page_what_a_product_gives_and_takes_it_out_again()
    {
        var keeper = portal.SignIn(given.Keeper);

        var wrong = await keeper.SubmitAsync("/configure/plans/products", ("sku", "D-1"), ("kind", "office"));
        Assert.Contains("An office has 1 to 1,000 seats.", wrong.Words, StringComparison.Ordinal);
        var kept = await keeper.SubmitAsync("/configure/plans/products", ("sku", "D-1"), ("kind", "office"), ("seats", 6), ("leastMonths", 3));
        Assert.Contains("D-1 takes part in plans.", kept.Words, StringComparison.Ordinal);
        var dropped = await keeper.PressAsync(kept, "button[aria-label='Take out: D-1']");
        Assert.DoesNotContain("Take out: D-1", dropped.Body, StringComparison.Ordinal);
    }

    public async Task InitializeAsync() => await portal.Database.ExecuteAsync("""
        set search_path = portal, public;
        insert into product (sku, name, name_zh, product_line_id, created_at)
        select p.sku, p.sku, p.sku, product_line_id, now() from product_line, (values ('HOT'), ('DED'), ('OFF-4'), ('OFF-8'), ('HOUR')) as p (sku) on conflict do nothing;
        insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
        select b.price_book_id, p.product_id, w.price, '[2020-01-01,)', now()
        from price_book b, product p join (values ('HOT', 980), ('DED', 1680), ('OFF-4', 5000), ('OFF-8', 9500), ('HOUR', 180)) as w (sku, price) on w.sku = p.sku
        where not exists (select from price_book_entry e where e.product_id = p.product_id);
        insert into workspace_plan (product_id, kind, seats, least_months, changed_at)
        select p.product_id, w.kind, w.seats, 1, now() from product p join (values ('HOT', 'hot_desk', null), ('DED', 'desk', null), ('OFF-4', 'office', 4), ('OFF-8', 'office', 8), ('HOUR', 'hour', null)) as w (sku, kind, seats) on w.sku = p.sku
        on conflict do nothing;
        """);

    public Task DisposeAsync() => Task.CompletedTask;
}
