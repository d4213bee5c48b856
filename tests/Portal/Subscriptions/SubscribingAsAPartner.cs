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
}
