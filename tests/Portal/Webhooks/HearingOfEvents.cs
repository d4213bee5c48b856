using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Orders;
using Portal.Receivables;
using Portal.Returns;
using Portal.Tests.Orders;
using Portal.Tests.Receivables;
using Portal.Webhooks;
using Support;

namespace Portal.Tests.Webhooks;

/// <summary>What is told to whom: a brand sells to distributors, and each has a program that listens.</summary>
public sealed class HearingOfEvents(HearingOfEvents.Listening books) : IClassFixture<HearingOfEvents.Listening>
{
    public sealed class Listening : KeepingBooks
    {
        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Webhooks:AllowedNetworksOfAll"] = "127.0.0.0/8", ["Webhooks:AllowedNetworks"] = "::1/128" };

        public async Task<int> DeliverAsync() => await Services.GetRequiredService<DeliverWebhooks>().DeliverDueAsync(default);

        public async Task<(string Number, string Secret)> AnEndpointAsync(TestPerson administrator, string url, string scope = "own", params string[] types)
        {
            var secret = "whsec_" + Convert.ToBase64String(Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray());
            var made = await Api(administrator).PostAsync("/api/v1/webhook-endpoints", new { url, scope, secret, eventTypes = types.Length > 0 ? types : [.. WebhookEvents.All.Select(type => type.Name)] });
            Assert.True(made.Status is HttpStatusCode.Created, made.Text);
            return (made.Json.GetProperty("number").GetString()!, secret);
        }
    }

    static readonly string[] OfTrade = [.. WebhookEvents.All.Select(type => type.Name).Where(name => name != "stock.changed")];

    [Fact]
    public async Task Each_change_of_an_order_reaches_both_sides_each_in_its_own_view_signed_and_in_order()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var buyer = await books.Given.ADistributor("听事件");
        var stranger = await books.Given.ADistributor("旁人");
        var (_, buyers) = await books.AnEndpointAsync(buyer, receiver.Url + "/buyer", types: OfTrade);
        await books.AnEndpointAsync(stranger, receiver.Url + "/stranger");
        var (sellersNumber, sellers) = await books.AnEndpointAsync(books.Admin, receiver.Url + "/seller", types: OfTrade);

        var order = await books.SubmittedAsync(buyer, ("A-10", 5), ("A-20", 1));
        Assert.IsType<OrderOutcome.Done>(await books.ConfirmAsync(order));
        var shipment = Assert.IsType<OrderOutcome.Done>(await books.ShipAsync(order, (1, 5), (2, 1))).Document!;
        var receipt = Assert.IsType<OrderOutcome.Done>(await books.AsAsync<ReceiveShipment, OrderOutcome>(buyer, receive => receive.RunAsync(shipment, null, new(null, [new ArrivedLine(1, 4, 1, 0, 0, 0, "one box missing"), new ArrivedLine(2, 1, 0, 0, 0, 0, null)]), default))).Document!;
        var invoice = (await books.InvoicesAsync(order)).Single().Number;
        await books.CreditAsync(invoice, new("amount", [], 10m, "agreed"));
        await books.PaidAsync(buyer, 20m);
        Assert.IsType<ReturnOutcome.Done>(await books.AsAsync<SettleDiscrepancy, ReturnOutcome>(buyer, settle => settle.FileAsync(new(receipt, 1, "short", 1, "credit", "it was not there"), default)));
        Assert.IsType<ReturnOutcome.Done>(await books.AsAsync<RequestReturn, ReturnOutcome>(buyer, request => request.RunAsync(new("return", "faulty", "hinges break", false, null, [new(shipment, 1, 1)]), default)));
        await books.DeliverAsync();

        var ofBuyer = receiver.Got.Where(got => got.Path == "/buyer").ToList();
        var ofSeller = receiver.Got.Where(got => got.Path == "/seller").ToList();
        Assert.DoesNotContain(receiver.Got, got => got.Path == "/stranger");
        string[] told = ["order.submitted", "order.confirmed", "invoice.issued", "shipment.sent", "shipment.received", "credit_note.issued", "payment.recorded", "discrepancy.filed", "return.requested"];
        Assert.Equal(told.Order(), ofBuyer.Select(got => got.Type).Distinct().Except(["payment.matched"]).Order());
        Assert.Equal(ofBuyer.Select(got => got.Type).Order(), ofSeller.Select(got => got.Type).Order());
        Assert.All(ofBuyer, got => Assert.True(got.IsSignedWith(buyers) && !got.IsSignedWith(sellers)));
        Assert.All(ofSeller, got => Assert.True(got.IsSignedWith(sellers)));
        Assert.All(ofBuyer, got => Assert.Equal("buyer", got.Data.GetProperty("side").GetString()));
        Assert.All(ofSeller, got => Assert.Equal("seller", got.Data.GetProperty("side").GetString()));
        Assert.Empty(ofBuyer.Select(got => got.Id).Intersect(ofSeller.Select(got => got.Id)));
        // What happened to one record comes in its order.
        Assert.Equal(["order.submitted", "order.confirmed"], ofBuyer.Where(got => got.Type.StartsWith("order.", StringComparison.Ordinal)).Select(got => got.Type));
        var submitted = ofSeller.Single(got => got.Type == "order.submitted");
        Assert.Equal((order, "submitted", 5), (submitted.Data.GetProperty("number").GetString(), submitted.Data.GetProperty("status").GetString(), submitted.Data.GetProperty("lines")[0].GetProperty("quantity").GetInt32()));
        Assert.Equal((submitted.Id, 1, books.Clock.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)), (submitted.Json.GetProperty("id").GetString(), submitted.Json.GetProperty("version").GetInt32(), submitted.Timestamp));
        Assert.Equal(receipt, ofSeller.Single(got => got.Type == "shipment.received").Data.GetProperty("number").GetString());
        Assert.Equal("short", ofSeller.Single(got => got.Type == "shipment.received").Data.GetProperty("discrepancies")[0].GetProperty("kind").GetString());
        // Each says what its schema says, no more and no less.
        Assert.All(receiver.Got, got => Assert.Equal([], Differences(got.Json, JsonDocument.Parse(WebhookSchemas.Of(WebhookEvents.Find(got.Type)!).ToJsonString()).RootElement, got.Type)));

        // All of it once: nothing is due any more, and the log says how it went.
        Assert.Equal(0, await books.DeliverAsync());
        var log = await books.Api(books.Admin).GetAsync($"/api/v1/webhook-endpoints/{sellersNumber}/deliveries?status=delivered&type=order.submitted");
        Assert.Equal((order, 1, 200), (log.Json.GetProperty("items")[0].GetProperty("subject").GetString(), log.Json.GetProperty("items")[0].GetProperty("attempts").GetInt32(), log.Json.GetProperty("items")[0].GetProperty("lastStatus").GetInt32()));
        await books.Api(books.Admin).SendAsync(HttpMethod.Delete, "/api/v1/webhook-endpoints/" + sellersNumber, null);
    }

    [Fact]
    public async Task Parcels_are_told_with_their_shipment_and_credit_that_is_paid_back_like_a_payment()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var buyer = await books.Given.ADistributor("Hears of payouts");
        var stranger = await books.Given.ADistributor("Hears of no payouts");
        await books.AnEndpointAsync(buyer, receiver.Url + "/payouts", types: ["shipment.sent", "payout.recorded", "payout.undone"]);
        await books.AnEndpointAsync(stranger, receiver.Url + "/none", types: ["shipment.sent", "payout.recorded", "payout.undone"]);
        var order = await books.SubmittedAsync(buyer, ("A-10", 5));
        Assert.IsType<OrderOutcome.Done>(await books.ConfirmAsync(order));
        Assert.IsType<OrderOutcome.Done>(await books.AsAsync<ShipOrder, OrderOutcome>(books.Admin, ship => ship.RunAsync(order, null,
            new(null, null, [new(1, 5)]) { Parcels = [new("DHL", "JD-1", 2.5m, [new(1, 3)]), new("UPS", null, null, [new(1, 2)])] }, default)));
        await books.PaidAsync(buyer, 100m + (await books.InvoicesAsync(order)).Single().GrossAmount);
        var payout = Assert.IsType<BooksOutcome.Done>(await books.AsAsync<PayBack, BooksOutcome>(books.Finance, pay => pay.RunAsync(buyer.Partner.Number, new(40m, "CNY", books.Clock.Today, "BANK-7", "paid too much"), default))).Number;
        Assert.IsType<BooksOutcome.Done>(await books.AsAsync<PayBack, BooksOutcome>(books.Finance, pay => pay.UndoAsync(payout, "came back", default)));
        await books.DeliverAsync();

        Assert.DoesNotContain(receiver.Got, got => got.Path == "/none");
        var got = receiver.Got.Where(got => got.Path == "/payouts").ToDictionary(got => got.Type, StringComparer.Ordinal);
        Assert.Equal(["payout.recorded", "payout.undone", "shipment.sent"], got.Keys.Order());
        Assert.Equal([(1, "DHL", "JD-1", "2.5", 3), (2, "UPS", "", "", 2)], got["shipment.sent"].Data.GetProperty("parcels").EnumerateArray().Select(parcel => (
            parcel.GetProperty("parcelNumber").GetInt32(), parcel.GetProperty("carrier").ToString(), parcel.GetProperty("trackingNumber").ToString(), parcel.GetProperty("weightKg").ToString(),
            parcel.GetProperty("lines")[0].GetProperty("quantity").GetInt32())));
        Assert.Equal((payout, 40m, "BANK-7", "buyer", false), (got["payout.recorded"].Data.GetProperty("number").GetString(), got["payout.recorded"].Data.GetProperty("amount").GetDecimal(),
            got["payout.recorded"].Data.GetProperty("bankReference").GetString(), got["payout.recorded"].Data.GetProperty("side").GetString(), got["payout.recorded"].Data.GetProperty("isUndone").GetBoolean()));
        Assert.True(got["payout.undone"].Data.GetProperty("isUndone").GetBoolean());
        Assert.All(got.Values, one => Assert.Equal([], Differences(one.Json, JsonDocument.Parse(WebhookSchemas.Of(WebhookEvents.Find(one.Type)!).ToJsonString()).RootElement, one.Type)));
    }

    [Fact]
    public async Task Stock_is_told_to_whoever_holds_it_and_a_draft_to_nobody_but_the_brand_hears_its_channel_where_it_wants_to()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var buyer = await books.Given.ADistributor("Holds stock");
        var below = await books.Given.AReseller("Buys from it", buyer.Partner);
        await books.AnEndpointAsync(buyer, receiver.Url + "/buyer", types: ["stock.changed", "order.submitted", "order.cancelled"]);
        var (channel, _) = await books.AnEndpointAsync(books.Admin, receiver.Url + "/channel", "channel", "order.submitted", "order.approval_asked");
        var (own, _) = await books.AnEndpointAsync(books.Admin, receiver.Url + "/own", "own", "order.submitted");

        await books.Database.ExecuteAsync("""
            insert into portal.price_book (seller_id, code, name, kind, currency, audience, valid, created_at) values (@seller, 'LIST', 'List', 'list', 'CNY', 'everyone', '[2020-01-01,)', @now);
            insert into portal.price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select b.price_book_id, p.product_id, 10, '[2020-01-01,)', @now from portal.price_book b, portal.product p where b.seller_id = @seller and p.sku = 'A-10'
            """, new { seller = buyer.Partner.PartnerId, now = books.Clock.Now.UtcDateTime });
        var draft = Assert.IsType<OrderOutcome.Done>(await books.AsAsync<PlaceOrder, OrderOutcome>(below, place => place.CreateAsync(new(null, null, null, null, [new("A-10", 1)]), submit: false, default))).Number;
        Assert.Equal([0], await books.Database.ListAsync<int>("select count(*)::int from portal.webhook_event where subject_number = @draft", new { draft }));
        var order = await books.SubmittedAsync(below, ("A-10", 2));
        await books.Given.Stock(buyer.Partner, "A-10", 7);
        await books.DeliverAsync();

        Assert.Equal(order, receiver.Got.Single(got => got.Path == "/channel").Data.GetProperty("number").GetString());
        Assert.Equal("channel", receiver.Got.Single(got => got.Path == "/channel").Data.GetProperty("side").GetString());
        Assert.DoesNotContain(receiver.Got, got => got.Path == "/own");
        var stock = receiver.Got.Where(got => got.Type == "stock.changed").ToList();
        Assert.Equal(7, stock[^1].Data.GetProperty("items")[0].GetProperty("available").GetInt32());
        Assert.All(stock, got => Assert.Equal(buyer.Partner.Number, got.Data.GetProperty("partner").GetProperty("number").GetString()));
        Assert.All(stock, got => Assert.Equal([], Differences(got.Json, JsonDocument.Parse(WebhookSchemas.Of(WebhookEvents.Find(got.Type)!).ToJsonString()).RootElement, got.Type)));
        // A partner has no channel to listen to, by any way.
        var refused = await books.Api(buyer).PostAsync("/api/v1/webhook-endpoints", new { url = receiver.Url + "/more", scope = "channel", eventTypes = new[] { "order.submitted" } });
        Assert.Equal((HttpStatusCode.BadRequest, "scope"), (refused.Status, refused.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        foreach (var number in new[] { channel, own })
        {
            await books.Api(books.Admin).SendAsync(HttpMethod.Delete, "/api/v1/webhook-endpoints/" + number, null);
        }
    }

    [Fact]
    public async Task Every_event_that_is_offered_is_raised_by_an_act_and_every_act_that_raises_one_is_offered()
    {
        var sources = await books.Database.ListAsync<(string Type, string Subject)>("select event_type, subject from portal.webhook_source");
        var offered = WebhookEvents.All.Where(type => type.Name is not ("stock.changed" or "order.approval_asked") && !WebhookEvents.OfSubscriptions.Contains(type.Name, StringComparer.Ordinal)).Select(type => (type.Name, type.Subject));
        Assert.Equal(offered.Order(), sources.Distinct().Order());

        var listed = await books.Api(books.Finance).GetAsync("/api/v1/webhook-event-types");
        Assert.Equal(WebhookEvents.All.Count, listed.Json.GetProperty("items").GetArrayLength());
        foreach (var type in listed.Json.GetProperty("items").EnumerateArray())
        {
            Assert.Equal("object", (await books.Api(books.Finance).GetAsync(type.GetProperty("schema").GetString()!)).Json.GetProperty("type").GetString());
        }

        Assert.Equal(HttpStatusCode.NotFound, (await books.Api(books.Finance).GetAsync("/api/v1/webhook-event-types/order.painted/schema")).Status);
    }

    /// <summary>What of it the schema does not allow; no validator is at hand, and these schemas use few words.</summary>
    internal static IEnumerable<string> Differences(JsonElement value, JsonElement schema, string path)
    {
        if (schema.TryGetProperty("anyOf", out var either))
        {
            return either.EnumerateArray().Any(one => !Differences(value, one, path).Any()) ? [] : [$"{path} is {value}"];
        }

        if (schema.TryGetProperty("const", out var wanted))
        {
            return value.ToString() == wanted.ToString() ? [] : [$"{path} is {value}"];
        }

        if (schema.TryGetProperty("enum", out var choices))
        {
            return choices.EnumerateArray().Any(choice => choice.GetString() == value.GetString()) ? [] : [$"{path} is {value}"];
        }

        return !schema.TryGetProperty("type", out var type) ? [] : type.GetString() switch
        {
            "object" when value.ValueKind is JsonValueKind.Object => [
                .. schema.GetProperty("required").EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path} lacks {name}"),
                .. value.EnumerateObject().Where(property => !schema.GetProperty("properties").TryGetProperty(property.Name, out _)).Select(property => $"{path} does not know {property.Name}"),
                .. value.EnumerateObject().Where(property => schema.GetProperty("properties").TryGetProperty(property.Name, out _)).SelectMany(property => Differences(property.Value, schema.GetProperty("properties").GetProperty(property.Name), $"{path}.{property.Name}"))],
            "array" when value.ValueKind is JsonValueKind.Array => value.EnumerateArray().SelectMany(item => Differences(item, schema.GetProperty("items"), path + "[]")),
            "string" when value.ValueKind is JsonValueKind.String => schema.TryGetProperty("format", out var format) && !(format.GetString() is "date" ? DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", out _) : value.GetString()!.EndsWith('Z') && value.TryGetDateTime(out _)) ? [$"{path} is {value}"] : [],
            "integer" when value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _) => [],
            "number" when value.ValueKind is JsonValueKind.Number => [],
            "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False => [],
            "null" when value.ValueKind is JsonValueKind.Null => [],
            _ => [$"{path} is {value}"],
        };
    }
}
