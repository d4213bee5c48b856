using Shouldly;

namespace Portal.Tests.Subscriptions;

/// <summary>What a partner orders for a time from the company above it: it runs when that one confirms, follows what is called off, and its next term is a draft order.</summary>
public sealed class SubscribingAsAPartner : IAsyncLifetime
{
    readonly SubscribingPartner given = new();

    Quotes.QuotingPartner Portal => given.Portal;

    DateOnly Today => Portal.Clock.Today;

    public Task InitializeAsync() => given.InitializeAsync();

    public Task DisposeAsync() => given.DisposeAsync();

    async Task<string> ConfirmedAsync(params object[] lines)
    {
        var answer = await Portal.Api(Portal.Sales).PostAsync("/api/v1/orders", new { submit = true, lines });
        var order = answer.Json.GetProperty("number").GetString()!;
        await ConfirmAsync(order);
        return order;
    }

    // Past the seller's stock, which is another matter.
    Task ConfirmAsync(string order) => Portal.Database.ExecuteAsync("""
        update portal.purchase_order o set status = 'confirmed', confirmed_at = now(), from_place_id = coalesce(o.from_place_id, portal.stock_place_of(o.seller_id), o.to_place_id) where number = @order
        """, new { order });

    [Fact]
    public async Task The_next_term_is_a_draft_order_and_more_goes_into_one_too()
    {
        var order = await ConfirmedAsync(new { sku = "SEAT", quantity = 4, start = Today, months = 12 }, new { sku = "D-1", quantity = 1 });
        var number = (await given.OfAsync(order)).Single();
        var end = Today.AddMonths(12).AddDays(-1);
        Assert.Contains(number, (await Portal.SignIn(Portal.Sales).GetAsync($"/orders/{order}")).Words, StringComparison.Ordinal);

        var more = (await Portal.Api(Portal.Sales).PostAsync($"/api/v1/subscriptions/{number}/additions", new { quantity = 2 })).Json;
        more.GetProperty("kind").GetString().ShouldBe("order");
        var line = (await Portal.Api(Portal.Sales).GetAsync("/api/v1/orders/" + more.GetProperty("number").GetString())).Json.GetProperty("lines")[0];
        (line.GetProperty("start").GetString(), line.GetProperty("end").GetString(), line.GetProperty("unitPrice").GetDecimal(), line.GetProperty("subscription").GetString()).ShouldBe(($"{Today:yyyy-MM-dd}", $"{end:yyyy-MM-dd}", 1152m, number));

        Portal.Clock.Advance(TimeSpan.FromDays(end.DayNumber - Today.DayNumber - 45));
        await given.RunJobAsync();
        await given.RunJobAsync();
        var draft = (await Portal.Database.ListAsync<string>("select o.number || ' ' || o.status || ' ' || l.quantity || ' ' || l.term_start || ' ' || l.subscription from portal.subscription_renewal r join portal.purchase_order o using (purchase_order_id) join portal.purchase_order_line l using (purchase_order_id)")).Single();
        draft[18..].ShouldBe($"draft 4 {end.AddDays(1):yyyy-MM-dd} {number}");
        var page = await Portal.SignIn(Portal.Sales).GetAsync($"/orders/{draft[..17]}");
        await Portal.SignIn(Portal.Sales).PressAsync(page, "form[action$=submission]");
        await ConfirmAsync(draft[..17]);

        (await given.PartsAsync(number)).Last().ShouldStartWith($"renewal 4 {end.AddDays(1):yyyy-MM-dd}");
        (await given.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_called_off_after_its_confirmation_runs_no_more_or_with_fewer()
    {
        var order = await ConfirmedAsync(new { sku = "SEAT", quantity = 4, start = Today, months = 12 });
        var number = (await given.OfAsync(order)).Single();

        await Portal.Database.ExecuteAsync("update portal.purchase_order_line l set cancelled = 1 from portal.purchase_order o where o.purchase_order_id = l.purchase_order_id and o.number = @order", new { order });
        (await given.PartsAsync(number)).Single().ShouldStartWith("begin 3 ");
        await Portal.Database.ExecuteAsync("update portal.purchase_order_line l set cancelled = 4 from portal.purchase_order o where o.purchase_order_id = l.purchase_order_id and o.number = @order", new { order });

        var page = await Portal.SignIn(Portal.Sales).GetAsync($"/subscriptions/{number}");
        Assert.Equal("Called off", page.Text(".page-head .badge"));
        (await given.FindingsAsync()).ShouldBeEmpty();
        Portal.Clock.Advance(TimeSpan.FromDays(340));
        await given.RunJobAsync();
        (await Portal.Database.ListAsync<long>("select count(*) from portal.subscription_renewal")).ShouldBe([0L]);
    }

    Task<Support.ApiAnswer> AskAsync(string order, int version, params object[] lines) =>
        Portal.Api(given.Keeper).SendAsync(HttpMethod.Post, $"/api/v1/orders/{order}/changes", new { reason = "Not to be had", lines }, ("If-Match", $"\"{version}\""), ("Idempotency-Key", Guid.NewGuid().ToString("N")));

    async Task<int> VersionAsync(string order) => (await Portal.Database.ListAsync<int>("select version from portal.purchase_order where number = @order", new { order })).Single();

    [Fact]
    public async Task What_comes_instead_is_had_for_the_same_term_at_its_price_and_runs_when_the_buyer_agrees()
    {
        var order = await ConfirmedAsync(new { sku = "SEAT", quantity = 4, start = Today, months = 12 });
        var seats = (await given.OfAsync(order)).Single();
        var end = Today.AddMonths(12).AddDays(-1);

        var asked = await AskAsync(order, await VersionAsync(order), new { lineNumber = 1, callOff = 3, substitute = "APP" });
        Assert.True(asked.Status is System.Net.HttpStatusCode.Created, asked.Text);
        var change = asked.Json.GetProperty("number").GetString()!;
        var shown = (await Portal.Api(Portal.Sales).GetAsync($"/api/v1/orders/{order}/changes")).Json.GetProperty("items")[0].GetProperty("lines")[0];
        (shown.GetProperty("substitute").GetString(), shown.GetProperty("unitPrice").GetDecimal(), shown.GetProperty("start").GetString(), shown.GetProperty("end").GetString(), shown.GetProperty("months").GetInt32())
            .ShouldBe(("APP", 1200m, $"{Today:yyyy-MM-dd}", $"{end:yyyy-MM-dd}", 12));
        Assert.Contains("12 months", (await Portal.SignIn(Portal.Sales).GetAsync($"/orders/{order}")).Words, StringComparison.Ordinal);
        var accepted = await Portal.Api(Portal.Sales).PostAsync($"/api/v1/orders/{order}/changes/{change}/answer", new { answer = "accept" });
        Assert.True(accepted.Status is System.Net.HttpStatusCode.OK, accepted.Text);

        var line = (await Portal.Api(Portal.Sales).GetAsync($"/api/v1/orders/{order}")).Json.GetProperty("lines")[1];
        (line.GetProperty("sku").GetString(), line.GetProperty("quantity").GetInt32(), line.GetProperty("amount").GetDecimal(), line.GetProperty("start").GetString(), line.GetProperty("end").GetString())
            .ShouldBe(("APP", 3, 3600m, $"{Today:yyyy-MM-dd}", $"{end:yyyy-MM-dd}"));
        (await given.PartsAsync(seats)).Single().ShouldStartWith("begin 1 ");
        var apps = (await given.OfAsync(order)).Single(number => number != seats);
        (await given.PartsAsync(apps)).ShouldBe([$"begin 3 {Today:yyyy-MM-dd} {end:yyyy-MM-dd} 3600.00"]);
        // A second click finds it done, and nothing is taken up twice.
        await Portal.Api(Portal.Sales).PostAsync($"/api/v1/orders/{order}/changes/{change}/answer", new { answer = "accept" });
        (await given.OfAsync(order)).Count.ShouldBe(2);
        (await given.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_had_for_that_term_is_refused_with_what_to_do()
    {
        var order = await ConfirmedAsync(new { sku = "SEAT", quantity = 4, start = Today, months = 24 }, new { sku = "D-1", quantity = 2 });
        var number = (await given.OfAsync(order)).Single();
        var more = await ConfirmedAsync(new { sku = "SEAT", quantity = 1, subscription = number });
        async Task<string> RefusalAsync(string of, int line, string substitute)
        {
            var answer = await AskAsync(of, await VersionAsync(of), new { lineNumber = line, callOff = 1, substitute });
            answer.Status.ShouldBe(System.Net.HttpStatusCode.BadRequest);
            return answer.Json.GetProperty("errors")[0].GetProperty("detail").GetString()!;
        }

        (await RefusalAsync(order, 1, "APP")).ShouldContain("APP is not sold for the 24 months of this line, only for 12");
        (await RefusalAsync(order, 2, "SEAT")).ShouldContain("SEAT is sold by the term, and this line has none");
        (await RefusalAsync(more, 1, "APP")).ShouldContain($"This line adds to subscription {number}, which APP cannot");
        Portal.Clock.Advance(TimeSpan.FromDays(40));
        var late = await ConfirmedAsync(new { sku = "SEAT", quantity = 1, start = Today.AddDays(-20), months = 12 });
        Portal.Clock.Advance(TimeSpan.FromDays(20));
        (await RefusalAsync(late, 1, "APP")).ShouldContain("APP can begin on");
        // What is had for no time comes instead of it like anything else.
        (await AskAsync(late, await VersionAsync(late), new { lineNumber = 1, callOff = 1, substitute = "D-2" })).Status.ShouldBe(System.Net.HttpStatusCode.Created);
    }
}
