using System.Net;
using Shouldly;

namespace Portal.Tests.Subscriptions;

/// <summary>Subscriptions come of accepted quotes, once; what is added ends with them; what is said of their end.</summary>
public sealed class RunningASubscription(SubscribingPartner given) : IClassFixture<SubscribingPartner>
{
    readonly Quotes.QuotingPartner portal = given.Portal;

    DateOnly Today => portal.Clock.Today;

    [Fact]
    public async Task An_accepted_quote_makes_a_subscription_of_each_line_with_a_term_once()
    {
        var quote = await given.SoldAsync(new { sku = "SEAT", quantity = 5, start = Today, months = 12 }, new { sku = "D-1", quantity = 1 }, new { sku = "APP", quantity = 1, start = Today }, new { sku = "SEAT", quantity = 9, choice = "optional" });

        var numbers = await given.OfAsync(quote);
        numbers.Count.ShouldBe(2);
        numbers.ShouldAllBe(number => number.StartsWith("SB-", StringComparison.Ordinal) && number.Length == 17);
        // accepted is accepted: the trigger finds the line taken up, and the database refuses it a second time
        await portal.Database.ExecuteAsync("update portal.quote set status = 'sent' where number = @quote", new { quote });
        await portal.Database.ExecuteAsync("update portal.quote set status = 'accepted' where number = @quote", new { quote });
        (await given.OfAsync(quote)).Count.ShouldBe(2);
        var seats = (await portal.Database.ListAsync<string>("select s.number from portal.subscription s join portal.product p using (product_id) where s.number = any(@numbers) and p.sku = 'SEAT'", new { numbers = numbers.ToArray() })).Single();
        var shown = (await portal.Api(portal.Sales).GetAsync($"/api/v1/subscriptions/{seats}")).Json;
        Assert.Equal(("running", 5, 5760m), (shown.GetProperty("state").GetString(), shown.GetProperty("quantity").GetInt32(), shown.GetProperty("parts")[0].GetProperty("amount").GetDecimal()));
        var list = await portal.SignIn(portal.Sales).GetAsync($"/subscriptions?source={quote}");
        Assert.Contains(seats, list.Words, StringComparison.Ordinal);
        Assert.Contains(seats, (await portal.SignIn(portal.Sales).GetAsync("/customers/C-YUNQI")).Words, StringComparison.Ordinal);
        Assert.Contains($"/subscriptions?source={quote}", (await portal.SignIn(portal.Sales).GetAsync($"/quotes/{quote}")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_is_added_until_the_common_end_at_the_days_of_the_broken_month()
    {
        var begun = new DateOnly(Today.Year, Today.Month, 1);
        var number = (await given.OfAsync(await given.SoldAsync(new { sku = "SEAT", quantity = 5, start = begun, months = 12 }))).Single();
        var sales = portal.SignIn(portal.Sales);
        var start = begun.AddMonths(1).AddDays(14);

        var draft = await sales.PressAsync(await sales.GetAsync($"/subscriptions/{number}"), $"form[action='/subscriptions/{number}/additions']", ("quantity", 2), ("start", $"{start:yyyy-MM-dd}"));

        Assert.StartsWith("/quotes/Q-", draft.Path, StringComparison.Ordinal);
        var days = DateTime.DaysInMonth(start.Year, start.Month);
        var each = Math.Round(96m * 11, 2) - Math.Round(96m * 14 / days, 2, MidpointRounding.AwayFromZero);
        Assert.Equal([each * 2], await portal.Database.ListAsync<decimal>("select amount from portal.quote q join portal.quote_revision r using (quote_id) join portal.quote_line l using (quote_revision_id) where q.number = @quote", new { quote = draft.Path["/quotes/".Length..] }));
        await given.AcceptAsync(draft.Path["/quotes/".Length..]);
        var end = begun.AddMonths(12).AddDays(-1);
        Assert.Equal([$"begin 5 {begun:yyyy-MM-dd} {end:yyyy-MM-dd} 5760.00", $"addition 2 {start:yyyy-MM-dd} {end:yyyy-MM-dd} {each * 2:0.00}"], await given.PartsAsync(number));
        var shown = (await portal.Api(portal.Sales).GetAsync($"/api/v1/subscriptions/{number}")).Json;
        Assert.Equal((5, 7), (shown.GetProperty("quantity").GetInt32(), shown.GetProperty("nextQuantity").GetInt32()));
        // nothing is added behind its end, or to what ends by itself
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.Api(portal.Sales).PostAsync($"/api/v1/subscriptions/{number}/additions", new { quantity = 1, start = end.AddDays(1) })).Status);
    }

    [Fact]
    public async Task Fewer_run_from_the_next_term_on_and_it_can_be_cancelled_to_its_end_and_kept()
    {
        var number = (await given.OfAsync(await given.SoldAsync(new { sku = "SEAT", quantity = 5, start = Today, months = 12 }))).Single();
        var sales = portal.SignIn(portal.Sales);

        Assert.Contains("The next term begins with 1 to 5.", (await sales.SubmitAsync($"/subscriptions/{number}", ("next", 6))).Words, StringComparison.Ordinal);
        var fewer = await sales.SubmitAsync($"/subscriptions/{number}", ("next", 3));
        Assert.Equal(("5", "3"), (fewer.Text("[data-quantity]"), fewer.Text("[data-next]")));
        Assert.Contains("Say why", (await sales.PressAsync(fewer, "form[action$='/cancellation']", ("reason", ""))).Words, StringComparison.Ordinal);
        var cancelled = await sales.PressAsync(fewer, "form[action$='/cancellation']", ("reason", "They move out."));
        Assert.Equal("Cancelled", cancelled.Text(".page-head .badge"));
        Assert.Contains("They move out.", cancelled.Words, StringComparison.Ordinal);
        // the old page is stale
        Assert.Contains("changed meanwhile", (await sales.PressAsync(fewer, "form[action$='/next']", ("next", 2))).Words, StringComparison.Ordinal);
        var kept = await sales.PressAsync(cancelled, "form[action$='/cancellation/delete']");
        Assert.Equal("Running", kept.Text(".page-head .badge"));
        Assert.Equal(["subscription.reduced", "subscription.cancelled", "subscription.kept"], await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_number = @number order by audit_entry_id", new { number }));
    }

    [Fact]
    public async Task A_rival_neither_sees_nor_changes_it_nor_names_it_in_a_quote_of_its_own()
    {
        var number = (await given.OfAsync(await given.SoldAsync(new { sku = "SEAT", quantity = 5, start = Today, months = 12 }))).Single();
        var rival = portal.SignIn(portal.Rival);

        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/subscriptions/{number}")).Status);
        Assert.DoesNotContain(number, (await rival.GetAsync("/subscriptions")).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).GetAsync($"/api/v1/subscriptions/{number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).PostAsync($"/api/v1/subscriptions/{number}/additions", new { quantity = 1 })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).PostAsync($"/api/v1/subscriptions/{number}/renewal", new { })).Status);
        Assert.Contains("subscription", (await portal.Api(portal.Rival).PostAsync("/api/v1/orders", new { lines = new[] { new { sku = "SEAT", quantity = 1, subscription = number } } })).Text, StringComparison.Ordinal);
        Assert.Contains(number, (await portal.SignIn(portal.DealDesk).GetAsync("/subscriptions")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_brand_says_how_a_product_is_sold_by_the_term_and_a_partner_does_not()
    {
        var keeper = portal.SignIn(given.Keeper);

        Assert.Contains("not for a month or a year", (await keeper.SubmitAsync("/subscriptions/products", ("sku", "D-1"), ("months", "12"))).Words, StringComparison.Ordinal);
        Assert.Contains("1 to 12 lengths", (await keeper.SubmitAsync("/subscriptions/products", ("sku", "APP"), ("months", "12, many"))).Words, StringComparison.Ordinal);
        var kept = await keeper.SubmitAsync("/subscriptions/products", ("sku", "APP"), ("months", "24, 12"), ("renews", "auto"), ("noticeDays", "30"), ("coTerminates", false));
        Assert.Contains("24 · 12", kept.Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Sales).SendAsync(HttpMethod.Put, "/api/v1/subscriptions/products/APP", new { months = new[] { 12 } })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await portal.Api(given.Keeper).SendAsync(HttpMethod.Put, "/api/v1/subscriptions/products/APP", new { months = new[] { 12 }, otherLengths = false, renews = "auto", noticeDays = 45, coTerminates = false })).Status);
    }

    [Fact]
    public async Task The_check_finds_nothing_wrong()
    {
        await given.SoldAsync(new { sku = "SEAT", quantity = 5, start = Today, months = 12 });

        (await given.FindingsAsync()).ShouldBeEmpty();
    }
}
