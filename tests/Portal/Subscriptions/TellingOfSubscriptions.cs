using System.Text.Json;
using Portal.Tests.Webhooks;
using Portal.Webhooks;
using Shouldly;
using Support;

namespace Portal.Tests.Subscriptions;

/// <summary>Programs hear what becomes of subscriptions: those of the seller, of the partner that has one, and of the brand that looks at its channel; nobody else.</summary>
public sealed class TellingOfSubscriptions : IAsyncLifetime
{
    readonly SubscribingPartner given = new();

    Quotes.QuotingPartner Portal => given.Portal;

    DateOnly Today => Portal.Clock.Today;

    public async Task InitializeAsync()
    {
        await given.InitializeAsync();
        foreach (var (listener, scope) in new[] { (Portal.Sales, "own"), (Portal.Rival, "own"), (given.Keeper, "channel") })
        {
            await Portal.Database.ExecuteAsync("""
                insert into portal.webhook_endpoint (number, partner_id, url, event_types, scope, secret, created_at, changed_at)
                values ('WE-' || @PartnerId, @PartnerId, 'https://erp.example/' || @PartnerId, @events, @scope, 'x', now(), now())
                """, new { listener.Partner.PartnerId, events = WebhookEvents.OfSubscriptions.ToArray(), scope });
        }
    }

    public Task DisposeAsync() => given.DisposeAsync();

    async Task<List<JsonElement>> ToldAsync(TestPerson listener, string? number = null) =>
        [.. (await Portal.Database.ListAsync<string>("select body from portal.webhook_event where partner_id = @PartnerId and (@number::text is null or subject_number = @number) order by webhook_event_id", new { listener.Partner.PartnerId, number }))
            .Select(body => JsonDocument.Parse(body).RootElement)];

    static IEnumerable<string> Words(IEnumerable<JsonElement> told) => told.Select(one =>
        $"{one.GetProperty("type").GetString()} {one.GetProperty("data").GetProperty("happening").GetString()} {one.GetProperty("data").GetProperty("quantity").GetInt32()}");

    [Fact]
    public async Task What_a_customer_has_is_told_to_its_seller_from_its_beginning_to_its_end()
    {
        var end = given.NextMonth.AddMonths(12).AddDays(-1);
        var quote = await given.SoldAsync(new { sku = "SEAT", quantity = 5, start = given.NextMonth, months = 12 });
        var number = (await given.OfAsync(quote)).Single();
        await given.SoldAsync(new { sku = "SEAT", quantity = 2, subscription = number });
        var api = Portal.Api(Portal.Sales);
        await api.SendAsync(HttpMethod.Post, $"/api/v1/subscriptions/{number}/cancellation", new { reason = "They move" }, ("If-Match", $"\"{(await Portal.Database.ListAsync<int>("select version from portal.subscription where number = @number", new { number })).Single()}\""));
        Portal.Clock.Advance(TimeSpan.FromDays(end.DayNumber - Today.DayNumber + 1));
        await given.RunJobAsync();

        var told = await ToldAsync(Portal.Sales, number);
        Words(told).ShouldBe(["subscription.begun begun 5", "subscription.changed added 7", "subscription.changed cancelled 7", "subscription.ended ended 7"]);
        var first = told[0].GetProperty("data");
        (first.GetProperty("side").GetString(), first.GetProperty("sku").GetString(), first.GetProperty("customer").GetProperty("number").GetString(), first.GetProperty("source").GetString(), first.GetProperty("endsOn").GetString())
            .ShouldBe(("seller", "SEAT", "C-YUNQI", quote, $"{end:yyyy-MM-dd}"));
        told[2].GetProperty("data").GetProperty("reason").GetString().ShouldBe("They move");
        foreach (var one in told)
        {
            HearingOfEvents.Differences(one, JsonDocument.Parse(WebhookSchemas.Of(WebhookEvents.Find(one.GetProperty("type").GetString())!).ToJsonString()).RootElement, "event").ShouldBeEmpty();
        }

        (await ToldAsync(Portal.Rival)).ShouldBeEmpty();
        (await ToldAsync(given.Keeper, number)).Select(one => one.GetProperty("data").GetProperty("side").GetString()).ShouldBe(["channel", "channel", "channel", "channel"]);
    }

    [Fact]
    public async Task What_a_partner_has_is_told_to_both_sides_and_what_is_called_off_too()
    {
        var placed = await Portal.Api(Portal.Sales).PostAsync("/api/v1/orders", new { submit = true, lines = new[] { new { sku = "APP", quantity = 3, start = Today, months = 12 } } });
        var order = placed.Json.GetProperty("number").GetString();
        await Portal.Database.ExecuteAsync("update portal.purchase_order o set status = 'confirmed', confirmed_at = now(), from_place_id = coalesce(o.from_place_id, portal.stock_place_of(o.seller_id), o.to_place_id) where number = @order", new { order });
        await Portal.Database.ExecuteAsync("update portal.purchase_order_line l set cancelled = 3 from portal.purchase_order o where o.purchase_order_id = l.purchase_order_id and o.number = @order", new { order });

        var buyer = await ToldAsync(Portal.Sales);
        Words(buyer).ShouldBe(["subscription.begun begun 3", "subscription.changed called_off 0"]);
        buyer.Select(one => one.GetProperty("data").GetProperty("side").GetString()).ShouldBe(["buyer", "buyer"]);
        Words(await ToldAsync(given.Keeper)).ShouldBe(Words(buyer));
        (await ToldAsync(given.Keeper))[0].GetProperty("data").GetProperty("side").GetString().ShouldBe("seller");
        buyer[1].GetProperty("data").GetProperty("calledOffAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await ToldAsync(Portal.Rival)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_next_term_is_told_as_a_renewal_whether_somebody_bought_it_or_it_went_on_by_itself()
    {
        var quote = await given.SoldAsync(new { sku = "APP", quantity = 2, start = Today, months = 12 });
        var number = (await given.OfAsync(quote)).Single();
        Portal.Clock.Advance(TimeSpan.FromDays(Today.AddMonths(12).DayNumber - Today.DayNumber));
        await given.RunJobAsync();

        Words(await ToldAsync(Portal.Sales, number)).ShouldBe(["subscription.begun begun 2", "subscription.renewed went_on 2"]);
    }
}
