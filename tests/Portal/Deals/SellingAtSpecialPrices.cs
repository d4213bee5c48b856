using System.Net;
using System.Text.Json;
using Portal.Deals;
using Portal.Orders;
using Support;

namespace Portal.Tests.Deals;

/// <summary>Special prices of an approved deal: asked for, decided, agreed to by a seller, and bought at.</summary>
public sealed class SellingAtSpecialPrices(ClaimingPartners portal) : IClassFixture<ClaimingPartners>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if ((await portal.Database.ListAsync<long>("select count(*) from portal.product")).Single() == 0)
        {
            await portal.Database.ExecuteAsync("""
                set search_path = portal, public;
                insert into product (sku, name, name_zh, product_line_id, status, created_at)
                select p.sku, p.sku, p.sku, l.product_line_id, 'active', now() from (values ('PANEL', 'DISPLAYS'), ('STAND', 'DISPLAYS'), ('DESK', 'DESKS')) as p (sku, line) join product_line l on l.code = p.line;
                insert into price_book (seller_id, code, name, kind, currency, audience, valid, created_at)
                select partner_id, 'LIST', 'List', 'list', 'CNY', 'everyone', '[2020-01-01,)', now() from partner where partner_type = 'brand';
                insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
                select b.price_book_id, p.product_id, case p.sku when 'PANEL' then 100 when 'STAND' then 20 else 50 end, '[2020-01-01,)', now() from price_book b, product p;
                insert into price_rule (seller_id, code, name, kind, discount_rate, audience, covers, valid, created_at)
                select partner_id, 'SPRING', 'Spring', 'promotion', 0.1, 'everyone', 'all', '[2020-01-01,)', now() from partner where partner_type = 'brand';
                """);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    DateOnly Until => portal.Clock.Today.AddDays(60);

    Task<DealOutcome> AskAsync(TestPerson person, string deal, params SpecialPriceAsked[] lines) =>
        portal.AsAsync<AskForSpecialPrices, DealOutcome>(person, act => act.RequestAsync(deal, null, new() { Reason = "A rival offers less", ValidUntil = Until, Lines = lines }, CancellationToken.None));

    async Task<string> RequestOfAsync(string deal) => (await portal.Database.ListAsync<string>("select r.number from portal.special_price_request r join portal.deal d using (deal_id) where d.number = @deal order by r.revision desc limit 1", new { deal })).Single();

    Task<DealOutcome> DecideAsync(string request, SpecialPricesDecided decided) =>
        portal.AsAsync<AskForSpecialPrices, DealOutcome>(portal.DealDesk, act => act.DecideAsync(request, decided, CancellationToken.None));

    async Task<string> GrantedAsync(TestPerson person, string deal, params SpecialPriceAsked[] lines)
    {
        Assert.IsType<DealOutcome.Done>(await AskAsync(person, deal, lines));
        var request = await RequestOfAsync(deal);
        Assert.IsType<DealOutcome.Done>(await DecideAsync(request, new() { Decision = "grant" }));
        return request;
    }

    async Task<ApiClient> BuyerAsync(TestPerson person) => portal.Api(await portal.Given.AnApiClient(person.Partner, "purchasing", "sales"));

    static object Order(string? deal, params (string Sku, int Quantity)[] lines) => new { submit = true, deal, lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }) };

    static async Task<JsonElement> Whole(ApiClient buyer, ApiAnswer placed)
    {
        Assert.True(placed.Status is HttpStatusCode.Created, placed.Text);
        return (await buyer.GetAsync($"/api/v1/orders/{placed.Json.GetProperty("number").GetString()}")).Json;
    }

    static string Steps(JsonElement line, string name) => string.Join(", ", line.GetProperty(name).EnumerateArray().Select(step => $"{step.GetProperty("kind").GetString()} {step.GetProperty("price").GetDecimal()}"));

    async Task<int> TakenAsync(string deal) => (await portal.Database.ListAsync<int>("select taken from portal.special_price where deal_number = @deal and trade = 'purchase' order by special_price_id desc limit 1", new { deal })).Single();

    [Fact]
    public async Task A_partner_asks_the_desk_grants_another_price_and_the_order_has_it_as_its_own_step()
    {
        var deal = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("特价甲有限公司"));
        var sales = portal.SignIn(portal.Huaxin);
        var form = await sales.GetAsync($"/deals/{deal}/special-prices/new");

        var asked = await sales.PressAsync(form, "form.card button[value=ask]", ("Lines[0].Sku", "PANEL"), ("Lines[0].Quantity", "10"), ("Lines[0].Percent", "20"), ("Reason", "A rival offers 75"));
        Assert.Equal($"The request for {deal} is with the deal desk.", asked.Text("main .flash-done"));
        var request = await RequestOfAsync(deal);
        var desk = portal.SignIn(portal.DealDesk);
        Assert.Contains(request, (await desk.GetAsync("/deals/special-prices?state=asked")).Body, StringComparison.Ordinal);
        var page = await desk.GetAsync($"/deals/special-prices/{request}");
        // 20 % of what it costs today, promotion and all: 90.00
        Assert.Contains("72.00 CNY", page.Body, StringComparison.Ordinal);
        var granted = await desk.PressAsync(page, "button[value=grant]", ("Lines[0].Price", "81"), ("Lines[0].Quantity", "8"));
        Assert.Equal($"The special prices of {deal} are granted.", granted.Text("main .flash-done"));
        Assert.Contains("81.00 CNY", (await sales.GetAsync($"/deals/{deal}")).Body, StringComparison.Ordinal);

        var buyer = await BuyerAsync(portal.Huaxin);
        var order = await Whole(buyer, await buyer.PostAsync("/api/v1/orders", Order(deal.ToLowerInvariant(), ("PANEL", 5), ("STAND", 1))));
        Assert.Equal((deal, 423.00m), (order.GetProperty("deal").GetString(), order.GetProperty("totalAmount").GetDecimal()));
        Assert.Equal("list 100.00, deal 81.00", Steps(order.GetProperty("lines")[0], "priceSteps"));
        Assert.Equal($"Special price of deal {deal}", order.GetProperty("lines")[0].GetProperty("priceSteps")[1].GetProperty("label").GetString());
        Assert.Equal("list 20.00, promotion 18.00", Steps(order.GetProperty("lines")[1], "priceSteps"));
        Assert.Equal(5, await TakenAsync(deal));
        Assert.Contains(deal, (await sales.GetAsync($"/orders/{order.GetProperty("number").GetString()}")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_granted_cannot_be_overspent_and_is_given_back_by_an_order_that_does_not_come_about()
    {
        var deal = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("特价乙有限公司"));
        await GrantedAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 10, Price = 70 });
        var buyer = await BuyerAsync(portal.Huaxin);

        var told = (await buyer.PostAsync("/api/v1/prices", new { deal, lines = new[] { new { sku = "PANEL", quantity = 11 } } })).Json.GetProperty("lines")[0];
        Assert.Equal((90.00m, 10), (told.GetProperty("unitPrice").GetDecimal(), told.GetProperty("specialLeft").GetInt32()));
        var refused = await buyer.PostAsync("/api/v1/orders", Order(deal, ("PANEL", 11)));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("used up", refused.Text, StringComparison.Ordinal);

        var rivals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => buyer.PostAsync("/api/v1/orders", Order(deal, ("PANEL", 6)))));
        Assert.Single(rivals, answer => answer.Status is HttpStatusCode.Created);
        Assert.Equal(6, await TakenAsync(deal));
        var number = rivals.Single(answer => answer.Status is HttpStatusCode.Created).Json.GetProperty("number").GetString();
        var cancelled = await buyer.SendAsync(HttpMethod.Post, $"/api/v1/orders/{number}/cancellation", new { reason = "No more" }, ("If-Match", "\"1\""));
        Assert.True(cancelled.Status is HttpStatusCode.OK, cancelled.Text);
        Assert.Equal(0, await TakenAsync(deal));
    }

    [Fact]
    public async Task They_hold_for_the_deals_partner_alone_and_no_longer_than_the_deal()
    {
        var deal = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("特价丙有限公司"));
        await GrantedAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 10, Price = 70 });
        var (buyer, stranger) = (await BuyerAsync(portal.Huaxin), await BuyerAsync(portal.Yuanjian));
        async Task<decimal> PriceAsync(ApiClient who, DateOnly? on = null) => (await who.PostAsync("/api/v1/prices", new { deal, on, lines = new[] { new { sku = "PANEL", quantity = 2 } } })).Json.GetProperty("total").GetDecimal();

        Assert.Equal((140m, 180m, 180m), (await PriceAsync(buyer), await PriceAsync(stranger), await PriceAsync(buyer, portal.Clock.Today.AddDays(-1))));
        Assert.Contains("No special prices of deal", (await stranger.PostAsync("/api/v1/orders", Order(deal, ("PANEL", 1)))).Text, StringComparison.Ordinal);
        var request = await RequestOfAsync(deal);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/api/v1/special-prices/{request}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/api/v1/deals/{deal}/special-prices")).Status);

        portal.Clock.Advance(TimeSpan.FromDays(2));
        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.LoseAsync(deal, null, "Too dear", CancellationToken.None)));
        buyer = await BuyerAsync(portal.Huaxin);

        Assert.Equal((180m, 140m), (await PriceAsync(buyer), await PriceAsync(buyer, portal.Clock.Today.AddDays(-1))));
        Assert.Contains("No special price of deal", (await buyer.PostAsync("/api/v1/orders", Order(deal, ("PANEL", 1)))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_grant_takes_the_place_of_the_one_before_and_the_day_before_is_answered_as_it_was()
    {
        var deal = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("特价丁有限公司"));
        await GrantedAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 10, Price = 80 });
        portal.Clock.Advance(TimeSpan.FromDays(3));

        await GrantedAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 5, Price = 75 });

        var buyer = await BuyerAsync(portal.Huaxin);
        async Task<decimal> PriceAsync(DateOnly on) => (await buyer.PostAsync("/api/v1/prices", new { deal, on, lines = new[] { new { sku = "PANEL", quantity = 1 } } })).Json.GetProperty("total").GetDecimal();
        Assert.Equal((75m, 80m, 90m), (await PriceAsync(portal.Clock.Today), await PriceAsync(portal.Clock.Today.AddDays(-1)), await PriceAsync(Until.AddDays(1))));
        Assert.Equal(["1", "2"], await portal.Database.ListAsync<string>("select revision::text from portal.special_price where deal_number = @deal order by 1", new { deal }));
    }

    [Fact]
    public async Task A_seller_that_is_not_the_brand_has_its_word_about_its_prices_and_learns_nothing_else_of_the_deal()
    {
        var reseller = await portal.Given.AReseller("江南办公", portal.Huaxin.Partner);
        var deal = await portal.ApprovedAsync(reseller, portal.Deal("特价戊有限公司"));
        Assert.IsType<DealOutcome.Done>(await AskAsync(reseller, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 10, Price = 70 }));
        var request = await RequestOfAsync(deal);
        Assert.IsType<DealOutcome.Done>(await DecideAsync(request, new() { Decision = "grant", Lines = [new() { LineNumber = 1, Quantity = 10, Price = 72, SupportPrice = 60 }] }));
        var buyer = await BuyerAsync(reseller);
        Assert.Contains("No special price of deal", (await buyer.PostAsync("/api/v1/orders", Order(deal, ("PANEL", 1)))).Text, StringComparison.Ordinal);

        var distributor = portal.SignIn(portal.Huaxin);
        Assert.Equal(HttpStatusCode.NotFound, (await distributor.GetAsync($"/deals/{deal}")).Status);
        var page = await distributor.GetAsync($"/deals/special-prices/{request}");
        Assert.DoesNotContain("特价戊", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("A rival offers less", page.Body, StringComparison.Ordinal);
        Assert.Contains("60.00", page.Body, StringComparison.Ordinal);
        var agreed = await distributor.PressAsync(page, "button[value=agree]");
        Assert.Equal($"{request}: you sell at these prices from today on.", agreed.Text("main .flash-done"));

        var order = await Whole(buyer, await buyer.PostAsync("/api/v1/orders", Order(deal, ("PANEL", 2))));
        Assert.Equal(144m, order.GetProperty("totalAmount").GetDecimal());
        // what the seller pays is its own business
        var asked = (await buyer.GetAsync($"/api/v1/special-prices/{request}")).Text;
        Assert.DoesNotContain("60", asked, StringComparison.Ordinal);
        // and it buys the same pieces at the price by which the brand supports it
        var supported = (await (await BuyerAsync(portal.Huaxin)).PostAsync("/api/v1/prices", new { deal, lines = new[] { new { sku = "PANEL", quantity = 1 } } })).Json;
        Assert.Equal(60m, supported.GetProperty("total").GetDecimal());
        var again = await portal.Api(portal.Huaxin).PostAsync($"/api/v1/special-prices/{request}/agreement", new { agrees = false, reason = "No" });
        Assert.True(again.Status is HttpStatusCode.Conflict, again.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).PostAsync($"/api/v1/special-prices/{request}/agreement", new { agrees = true })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(reseller).PostAsync($"/api/v1/special-prices/{request}/agreement", new { agrees = true })).Status);
    }

    [Fact]
    public async Task What_a_seller_orders_upwards_for_the_deal_names_it_and_has_the_supported_price()
    {
        var reseller = await portal.Given.AReseller("江北办公", portal.Huaxin.Partner);
        var deal = await portal.ApprovedAsync(reseller, portal.Deal("特价辛有限公司"));
        Assert.IsType<DealOutcome.Done>(await AskAsync(reseller, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 10, Price = 70 }));
        var request = await RequestOfAsync(deal);
        Assert.IsType<DealOutcome.Done>(await DecideAsync(request, new() { Decision = "grant", Lines = [new() { LineNumber = 1, Quantity = 10, Price = 72, SupportPrice = 60 }] }));
        Assert.Equal(HttpStatusCode.OK, (await portal.Api(portal.Huaxin).PostAsync($"/api/v1/special-prices/{request}/agreement", new { agrees = true })).Status);
        var seller = portal.Api(portal.Huaxin);
        var order = await Whole(await BuyerAsync(reseller), await (await BuyerAsync(reseller)).PostAsync("/api/v1/orders", Order(deal, ("PANEL", 3), ("STAND", 2))));
        var number = order.GetProperty("number").GetString()!;
        var confirmed = await seller.SendAsync(HttpMethod.Post, $"/api/v1/orders/{number}/confirmation", new { lines = new[] { new { lineNumber = 1, quantity = 3 }, new { lineNumber = 2, quantity = 2 } } }, ("If-Match", "\"1\""));
        Assert.True(confirmed.Status is HttpStatusCode.OK, confirmed.Text);

        var upwards = Assert.IsType<OrderOutcome.Done>(await portal.AsAsync<OrderUpwards, OrderOutcome>(portal.Huaxin, act => act.RunAsync(number, true, null, CancellationToken.None)));

        // what is supported is an order of its own
        Assert.Equal(["60.0000 180.0000 " + deal, "18.0000 36.0000 "], await portal.Database.ListAsync<string>("""
            select l.unit_price || ' ' || o.total_amount || ' ' || coalesce(o.deal_number, '') from portal.purchase_order o join portal.purchase_order_line l using (purchase_order_id) where o.number = any (@numbers) order by l.unit_price desc
            """, new { numbers = new[] { upwards.Number }.Concat(upwards.Further).ToArray() }));
    }

    [Fact]
    public async Task A_quote_for_the_deal_has_the_price_for_its_customer_and_the_own_cost()
    {
        var deal = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("特价己有限公司"));
        await GrantedAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 10, Price = 70, CustomerPrice = 81 });
        var seller = await BuyerAsync(portal.Huaxin);

        var made = await seller.PostAsync("/api/v1/quotes", new { deal, validUntil = portal.Clock.Today.AddDays(20), taxRate = 13, lines = new[] { new { sku = "PANEL", quantity = 4 }, new { sku = "PANEL", quantity = 11 } } });

        Assert.True(made.Status is HttpStatusCode.Created, made.Text);
        // the list price, for the brand's promotion is for those who buy from it
        Assert.Equal(["81.0000", "100.0000"], await portal.Database.ListAsync<string>("select l.unit_price::text from portal.quote q join portal.deal d using (deal_id) join portal.quote_revision r using (quote_id) join portal.quote_line l using (quote_revision_id) where d.number = @deal order by l.line_number", new { deal }));
        Assert.Equal(["70.0000", "90.0000"], await portal.Database.ListAsync<string>("select c.unit_cost::text from portal.quote q join portal.deal d using (deal_id) join portal.quote_revision r using (quote_id) join portal.quote_cost c using (quote_revision_id) where d.number = @deal order by c.line_number", new { deal }));
        Assert.Equal(["deal"], await portal.Database.ListAsync<string>("select l.price_steps -> -1 ->> 'kind' from portal.quote q join portal.deal d using (deal_id) join portal.quote_revision r using (quote_id) join portal.quote_line l using (quote_revision_id) where d.number = @deal and l.line_number = 1", new { deal }));
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_told_by_its_fields_and_it_waits_once()
    {
        var deal = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("特价庚有限公司"));
        var nothing = Assert.IsType<DealOutcome.Invalid>(await portal.AsAsync<AskForSpecialPrices, DealOutcome>(portal.Huaxin, act => act.RequestAsync(deal, null, new() { Reason = "x" }, CancellationToken.None)));
        Assert.Equal(["validUntil", "lines"], nothing.Problems.Select(problem => problem.Field));
        var wrong = Assert.IsType<DealOutcome.Invalid>(await AskAsync(portal.Huaxin, deal,
            new() { Sku = "NONE", Quantity = 1, Price = 1 }, new() { Sku = "DESK", Quantity = 1, Price = 1 }, new() { Sku = "PANEL", Quantity = 1.5m, Price = 95 }, new() { Sku = "STAND", Quantity = 1 }));
        Assert.Equal(["specials.invalid.sku", "specials.invalid.line", "specials.invalid.quantity", "specials.invalid.not_lower", "specials.invalid.nothing"], wrong.Problems.Select(problem => problem.TextKey));
        Assert.Equal("reason", Assert.Single(Assert.IsType<DealOutcome.Invalid>(await portal.AsAsync<AskForSpecialPrices, DealOutcome>(portal.Huaxin, act => act.RequestAsync(deal, null, new() { ValidUntil = Until, Lines = [new() { Sku = "PANEL", Quantity = 1, Price = 1 }] }, CancellationToken.None))).Problems).Field);
        Assert.IsType<DealOutcome.Missing>(await AskAsync(portal.Yuanjian, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 1, Price = 1 }));

        Assert.IsType<DealOutcome.Done>(await AskAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 1, Price = 1 }));
        Assert.Equal("specials.refused.waits", Assert.IsType<DealOutcome.Refused>(await AskAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 1, Price = 2 })).TextKey);
        var request = await RequestOfAsync(deal);
        Assert.Equal("reason", Assert.Single(Assert.IsType<DealOutcome.Invalid>(await DecideAsync(request, new() { Decision = "refuse" })).Problems).Field);
        Assert.IsType<DealOutcome.Forbidden>(await portal.AsAsync<AskForSpecialPrices, DealOutcome>(portal.Huaxin, act => act.DecideAsync(request, new() { Decision = "grant" }, CancellationToken.None)));
        Assert.IsType<DealOutcome.Done>(await DecideAsync(request, new() { Decision = "refuse", Answer = "Below our cost" }));
        Assert.Equal("specials.refused.decided", Assert.IsType<DealOutcome.Refused>(await DecideAsync(request, new() { Decision = "grant" })).TextKey);
        Assert.Equal("specials.refused.decided", Assert.IsType<DealOutcome.Refused>(await DecideAsync(request, new() { Decision = "refuse", Answer = "Again" })).TextKey);
    }

    [Fact]
    public async Task Who_asked_takes_it_back_while_nobody_has_decided_and_asks_anew()
    {
        var deal = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("特价撤回有限公司"));
        Assert.IsType<DealOutcome.Done>(await AskAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 1, Price = 70 }));
        var request = await RequestOfAsync(deal);
        // The desk has no such button, nor has anybody else.
        Assert.Empty((await portal.SignIn(portal.DealDesk).GetAsync($"/deals/special-prices/{request}")).All("form[action$=withdrawal]"));
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).PostAsync($"/api/v1/special-prices/{request}/withdrawal", new { })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.DealDesk).PostAsync($"/api/v1/special-prices/{request}/withdrawal", new { })).Status);

        var sales = portal.SignIn(portal.Huaxin);
        var page = await sales.PressAsync(await sales.GetAsync($"/deals/special-prices/{request}"), "form[action$=withdrawal]");
        Assert.Equal($"The request for {deal} is withdrawn; the deal desk is told.", page.Text("main .flash-done"));
        Assert.Equal("withdrawn", (await portal.Api(portal.Huaxin).GetAsync($"/api/v1/special-prices/{request}")).Json.GetProperty("request").GetProperty("state").GetString());
        Assert.DoesNotContain(request, (await portal.SignIn(portal.DealDesk).GetAsync("/deals/special-prices?state=asked")).Body, StringComparison.Ordinal);
        Assert.Equal(["deal.withdraw_special_price"], await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_number = @deal and action like '%withdraw%'", new { deal }));

        Assert.Equal("specials.refused.withdrawn", Assert.IsType<DealOutcome.Refused>(await DecideAsync(request, new() { Decision = "grant" })).TextKey);
        var twice = await portal.Api(portal.Huaxin).PostAsync($"/api/v1/special-prices/{request}/withdrawal", new { });
        Assert.Equal((HttpStatusCode.Conflict, true), (twice.Status, twice.Text.Contains("was withdrawn", StringComparison.Ordinal)));
        var next = await GrantedAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 1, Price = 75 });
        Assert.NotEqual(request, next);
        var late = await portal.Api(portal.Huaxin).PostAsync($"/api/v1/special-prices/{next}/withdrawal", new { });
        Assert.Equal((HttpStatusCode.Conflict, true), (late.Status, late.Text.Contains("decided already", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_request_ends_once_however_it_is_ended_at_the_same_moment_and_the_database_keeps_it()
    {
        var deal = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("特价同时有限公司"));
        Assert.IsType<DealOutcome.Done>(await AskAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 1, Price = 70 }));
        var request = await RequestOfAsync(deal);

        var withdrawn = portal.Api(portal.Huaxin).PostAsync($"/api/v1/special-prices/{request}/withdrawal", new { });
        var granted = await DecideAsync(request, new() { Decision = "grant" });

        Assert.NotEqual((await withdrawn).Status is HttpStatusCode.OK, granted is DealOutcome.Done);
        foreach (var change in new[] { "granted = false, answer = 'No', decided_at = now()", "withdrawn_at = now()", "withdrawn_at = null, granted = null" })
        {
            var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => portal.Database.ExecuteAsync($"update portal.special_price_request set {change} where number = @request", new { request }));
            Assert.Equal("a_special_price_request_ends_once", refused.ConstraintName);
        }
    }

    [Fact]
    public async Task Pieces_called_off_while_the_order_goes_on_can_be_had_by_another_order_and_come_back_once()
    {
        var deal = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("特价部分取消有限公司"));
        await GrantedAsync(portal.Huaxin, deal, new SpecialPriceAsked { Sku = "PANEL", Quantity = 10, Price = 70 });
        var buyer = await BuyerAsync(portal.Huaxin);
        var order = await Whole(buyer, await buyer.PostAsync("/api/v1/orders", Order(deal, ("PANEL", 10), ("STAND", 2))));
        var number = order.GetProperty("number").GetString()!;
        Assert.Equal(10, await TakenAsync(deal));
        Task CallOffAsync(int line, int pieces) => portal.Database.ExecuteAsync("""
            update portal.purchase_order_line l set cancelled = l.cancelled + @pieces from portal.purchase_order o where o.purchase_order_id = l.purchase_order_id and o.number = @number and l.line_number = @line
            """, new { number, line, pieces });

        await CallOffAsync(1, 4);
        await CallOffAsync(2, 1);
        Assert.Equal(6, await TakenAsync(deal));
        await Whole(buyer, await buyer.PostAsync("/api/v1/orders", Order(deal, ("PANEL", 4))));
        Assert.Equal(10, await TakenAsync(deal));
        Assert.Contains("used up", (await buyer.PostAsync("/api/v1/orders", Order(deal, ("PANEL", 1)))).Text, StringComparison.Ordinal);
        // What has come back is no more the order's to give back when it comes to nothing.
        await buyer.SendAsync(HttpMethod.Post, $"/api/v1/orders/{number}/cancellation", new { reason = "No more" }, ("If-Match", "\"1\""));
        Assert.Equal(4, await TakenAsync(deal));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => portal.Database.ExecuteAsync("update portal.purchase_order_special_price set pieces_given_back = quantity + 1"));
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.special_price s where taken <> (select coalesce(sum(p.quantity - p.pieces_given_back), 0) from portal.purchase_order_special_price p where p.special_price_id = s.special_price_id and not p.given_back)"));
    }
}
