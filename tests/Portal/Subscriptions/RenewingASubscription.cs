using Shouldly;

namespace Portal.Tests.Subscriptions;

/// <summary>The next term is offered once, in time; accepted it follows without a gap; what renews by itself goes on, what was cancelled ends and is told. Time passes here, so each test has a portal of its own.</summary>
public sealed class RenewingASubscription : IAsyncLifetime
{
    readonly SubscribingPartner given = new();

    Quotes.QuotingPartner Portal => given.Portal;

    DateOnly Today => Portal.Clock.Today;

    public Task InitializeAsync() => given.InitializeAsync();

    public Task DisposeAsync() => given.DisposeAsync();

    Task<List<string>> RenewalsAsync(string number) => Portal.Database.ListAsync<string>("select q.number from portal.subscription_renewal r join portal.subscription s using (subscription_id) join portal.quote q using (quote_id) where s.number = @number", new { number });

    Task<List<string>> ToldAsync(string number) => Portal.Database.ListAsync<string>("select text_key from portal.notification where arguments::text like '%' || @number || '%' order by notification_id", new { number });

    [Fact]
    public async Task It_is_offered_once_so_many_days_before_its_end_and_accepted_it_goes_on_the_day_after()
    {
        var start = Today;
        var quote = await given.SoldAsync(new { sku = "SEAT", quantity = 5, start, months = 12, discount = 3 }, new { sku = "SEAT", quantity = 1, start, months = 12 });
        var numbers = await Portal.Database.ListAsync<string>("select s.number from portal.subscription s join portal.subscription_part p using (subscription_id) where p.source = @quote order by p.quantity desc", new { quote });
        var end = start.AddMonths(12).AddDays(-1);
        await Portal.SignIn(Portal.Sales).SubmitAsync($"/subscriptions/{numbers[0]}", ("next", 4));

        Portal.Clock.Advance(TimeSpan.FromDays(end.DayNumber - Today.DayNumber - 46));
        await given.RunJobAsync();
        (await RenewalsAsync(numbers[0])).ShouldBeEmpty();
        Portal.Clock.Advance(TimeSpan.FromDays(1));
        await Portal.Database.ExecuteAsync("update portal.price_book_entry e set unit_price = 100 from portal.product p where p.product_id = e.product_id and p.sku = 'SEAT'");
        await given.RunJobAsync();
        await given.RunJobAsync();

        // both end on one day: one quote, at the prices of today, with what was taken off before
        var draft = (await RenewalsAsync(numbers[0])).Single();
        (await RenewalsAsync(numbers[1])).ShouldBe([draft]);
        var lines = await Portal.Database.ListAsync<string>("""
            select l.quantity || ' ' || l.term_start || ' ' || l.discount::numeric(5, 2) || ' ' || l.price::numeric(12, 2) || ' ' || l.subscription from portal.quote q join portal.quote_revision r using (quote_id) join portal.quote_line l using (quote_revision_id) where q.number = @draft order by l.line_number
            """, new { draft });
        lines.ShouldBe([$"4 {end.AddDays(1):yyyy-MM-dd} 0.03 1200.00 {numbers[0]}", $"1 {end.AddDays(1):yyyy-MM-dd} 0.00 1200.00 {numbers[1]}"], ignoreOrder: true);
        (await ToldAsync(numbers[0])).ShouldBe(["subscriptions.told.offered"]);
        Assert.Equal("Renewal offered", (await Portal.SignIn(Portal.Sales).GetAsync($"/subscriptions/{numbers[0]}")).Text(".page-head .badge"));
        (await Portal.SignIn(Portal.Sales).GetAsync("/")).All(".waiting").ShouldContain("Renewals that are offered and not agreed on 2");

        await given.AcceptAsync(draft);
        (await given.PartsAsync(numbers[0]))[1].ShouldBe($"renewal 4 {end.AddDays(1):yyyy-MM-dd} {end.AddDays(1).AddMonths(12).AddDays(-1):yyyy-MM-dd} {4 * 1164m:0.00}");
        (await given.FindingsAsync()).ShouldBeEmpty();
        Portal.Clock.Advance(TimeSpan.FromDays(50));
        await given.RunJobAsync();
        (await ToldAsync(numbers[0])).ShouldBe(["subscriptions.told.offered"]);
        (await Portal.Api(Portal.Sales).GetAsync($"/api/v1/subscriptions/{numbers[0]}")).Json.GetProperty("quantity").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task Two_quotes_that_renew_the_same_one_make_one_next_term_and_a_subscription_of_its_own()
    {
        var number = (await given.OfAsync(await given.SoldAsync(new { sku = "SEAT", quantity = 5, start = Today, months = 1 }))).Single();
        var first = (await given.QuoteAsync(new { sku = "SEAT", quantity = 5, months = 1, subscription = number })).Json.GetProperty("number").GetString()!;
        var second = (await given.QuoteAsync(new { sku = "SEAT", quantity = 2, months = 1, subscription = number })).Json.GetProperty("number").GetString()!;

        await given.AcceptAsync(first);
        await given.AcceptAsync(second);

        (await given.PartsAsync(number)).Count.ShouldBe(2);
        (await given.OfAsync(second)).Single().ShouldNotBe(number);
        (await given.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_renews_by_itself_goes_on_unless_it_was_cancelled_and_what_ends_is_told_once()
    {
        var sold = await given.SoldAsync(new { sku = "APP", quantity = 2, start = Today }, new { sku = "APP", quantity = 1, start = Today }, new { sku = "SEAT", quantity = 1, start = Today, months = 12 });
        var numbers = await Portal.Database.ListAsync<string>("select s.number from portal.subscription s join portal.subscription_part p using (subscription_id) join portal.product i using (product_id) where p.source = @sold order by i.sku, p.quantity desc", new { sold });
        var end = Today.AddMonths(12).AddDays(-1);
        await Portal.SignIn(Portal.Sales).SubmitAsync($"/subscriptions/{numbers[1]}", ("reason", "Too dear."));

        Portal.Clock.Advance(TimeSpan.FromDays(end.DayNumber - Today.DayNumber + 1));
        await given.RunJobAsync();
        await given.RunJobAsync();

        (await given.PartsAsync(numbers[0])).ShouldBe([$"begin 2 {end.AddDays(1).AddMonths(-12):yyyy-MM-dd} {end:yyyy-MM-dd} 2400.00", $"renewal 2 {end.AddDays(1):yyyy-MM-dd} {end.AddDays(1).AddMonths(12).AddDays(-1):yyyy-MM-dd} 2400.00"]);
        (await ToldAsync(numbers[0])).ShouldBe(["subscriptions.told.went_on"]);
        (await ToldAsync(numbers[1])).ShouldBe(["subscriptions.told.ended"]);
        (await ToldAsync(numbers[2])).ShouldBe(["subscriptions.told.ended"]);
        Assert.Equal("Ended", (await Portal.SignIn(Portal.Sales).GetAsync($"/subscriptions/{numbers[1]}")).Text(".page-head .badge"));
        (await given.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_longer_sold_is_told_and_keeps_nothing_from_the_rest()
    {
        var sold = await given.SoldAsync(new { sku = "SEAT", quantity = 1, start = Today, months = 1 }, new { sku = "APP", quantity = 1, start = Today });
        await Portal.Database.ExecuteAsync("update portal.product set status = 'discontinued' where sku = 'SEAT'");
        var seat = (await Portal.Database.ListAsync<string>("select s.number from portal.subscription s join portal.subscription_part p using (subscription_id) join portal.product i using (product_id) where p.source = @sold and i.sku = 'SEAT'", new { sold })).Single();

        await given.RunJobAsync();
        await given.RunJobAsync();

        (await ToldAsync(seat)).ShouldBe(["subscriptions.told.not_offered"]);
        Assert.Contains("could not be offered by itself", (await Portal.SignIn(Portal.Sales).GetAsync($"/subscriptions/{seat}")).Words, StringComparison.Ordinal);
        await Portal.Database.ExecuteAsync("update portal.product set status = 'active' where sku = 'SEAT'");
        var sales = Portal.SignIn(Portal.Sales);
        var draft = await sales.PressAsync(await sales.GetAsync($"/subscriptions/{seat}"), "form[action$='/renewal']");
        Assert.StartsWith("/quotes/Q-", draft.Path, StringComparison.Ordinal);
        var again = await sales.PressAsync(await sales.GetAsync($"/subscriptions/{seat}"), "form[action$='/renewal']");
        Assert.Equal(draft.Path, again.Path);
    }
}
