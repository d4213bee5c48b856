using System.Net;
using System.Text.Json;
using Portal.Orders;
using Portal.Tests.Receivables;
using Support;

namespace Portal.Tests.Worklists;

/// <summary>What waits for whom, over all features: the lists, the tiles of the start page that count the same, and who sees which.</summary>
public sealed class WorkingThroughTheLists(WorkingThroughTheLists.Waiting portal) : IClassFixture<WorkingThroughTheLists.Waiting>
{
    /// <summary>A buyer of the brand with an order in each state in which somebody has to do something; 40 days later, so that what was invoiced at first is overdue.</summary>
    public sealed class Waiting : KeepingBooks
    {
        public TestPerson Buyer { get; private set; } = null!;

        public string Submitted { get; private set; } = "";

        public string Reserved { get; private set; } = "";

        public string WithoutGoods { get; private set; } = "";

        public string Invoice { get; private set; } = "";

        public string Payment { get; private set; } = "";

        public string Draft { get; private set; } = "";

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            Buyer = await Given.ADistributor("华信 waits");
            Invoice = await InvoicedAsync(Buyer, ("A-10", 2));
            Clock.Advance(TimeSpan.FromDays(40));
            Submitted = await SubmittedAsync(Buyer, ("A-01", 5));
            Reserved = await SubmittedAsync(Buyer, ("A-01", 3));
            await ConfirmAsync(Reserved);
            WithoutGoods = await SubmittedAsync(Buyer, ("A-02", 4));
            Assert.IsType<OrderOutcome.Done>(await AsAsync<AnswerOrder, OrderOutcome>(Admin, answer => answer.ConfirmAsync(WithoutGoods, null, [new(1, 4, Clock.Today.AddDays(9), null)], default)));
            Payment = await PaidAsync(Buyer, 1.23m);
            Draft = Assert.IsType<OrderOutcome.Done>(await AsAsync<PlaceOrder, OrderOutcome>(Buyer, place => place.CreateAsync(new(null, null, null, null, [new("A-01", 1)]), submit: false, default))).Number;
        }
    }

    [Fact]
    public async Task Each_side_finds_its_work_with_the_way_to_the_act()
    {
        var buyer = portal.SignIn(portal.Buyer);
        var seller = portal.SignIn(portal.Admin);
        var finance = portal.SignIn(portal.Finance);

        var buying = await WorkAsync(buyer, "/worklists/buying");
        Assert.Equal(["receive", "invoice", "draft"], buying.Select(work => work.Kind));
        Assert.Equal([$"/receivables/invoices/{portal.Invoice}", $"/orders/{portal.Draft}/edit"], buying.Where(work => work.Kind is not "receive").Select(work => work.Link));
        Assert.Equal(HttpStatusCode.OK, (await buyer.GetAsync(buying.Single(work => work.Kind is "receive").Link)).Status);

        Assert.Equal([("remind", $"/receivables/accounts/{portal.Buyer.Partner.Number}"), ("confirm", $"/orders/{portal.Submitted}/confirmation/new"), ("goods", $"/orders/waiting?q={portal.WithoutGoods}")],
            (await WorkAsync(seller, "/worklists/selling")).Select(work => (work.Kind, work.Link)));
        // an order of which nothing is reserved is not ready to ship
        Assert.Equal([("ship", $"/orders/{portal.Reserved}/shipments/new")], (await WorkAsync(seller, "/worklists/shipping")).Select(work => (work.Kind, work.Link)));
        Assert.Equal([("invoice", $"/receivables/invoices/{portal.Invoice}"), ("match", $"/receivables/payments/{portal.Payment}")], (await WorkAsync(finance, "/worklists/books")).Select(work => (work.Kind, work.Link)));
        Assert.Equal(["late"], (await seller.GetAsync("/worklists/selling?kind=remind")).All("tbody .badge"));
        Assert.Single((await seller.GetAsync($"/worklists/selling?q={portal.Submitted}")).Document.QuerySelectorAll("tbody tr"));
    }

    [Fact]
    public async Task The_tiles_of_the_start_page_count_what_their_lists_show()
    {
        foreach (var person in new[] { portal.Buyer, portal.Admin })
        {
            var visitor = portal.SignIn(person);
            var tiles = (await visitor.GetAsync("/")).Document.QuerySelectorAll(".waiting").Select(tile => (Link: tile.GetAttribute("href")!, Count: tile.QuerySelector(".badge")!.TextContent)).Where(tile => tile.Link.StartsWith("/orders", StringComparison.Ordinal)).ToList();

            Assert.NotEmpty(tiles);
            foreach (var (link, count) in tiles)
            {
                Assert.Equal((link, count), (link, (await visitor.GetAsync(link)).Document.QuerySelectorAll("tbody tr").Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            }
        }
    }

    [Fact]
    public async Task Programs_page_through_a_list_and_read_how_much_waits()
    {
        var program = portal.Api(await portal.Given.AnApiClient(portal.Admin.Partner, "brand_admin"));

        var counts = (await program.GetAsync("/api/v1/worklists")).Json.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("list").GetString() is "selling").GetProperty("kinds").EnumerateArray()
            .Select(kind => (kind.GetProperty("kind").GetString(), kind.GetProperty("count").GetInt32(), kind.GetProperty("late").GetInt32()));
        List<JsonElement> items = [];
        for (var next = ""; next is not null;)
        {
            var page = (await program.GetAsync($"/api/v1/worklists/selling?limit=1&cursor={next}")).Json;
            items.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }

        Assert.Equal([("confirm", 1, 0), ("goods", 1, 0), ("remind", 1, 1)], counts);
        Assert.Equal(["remind", "confirm", "goods"], items.Select(item => item.GetProperty("kind").GetString()));
        Assert.Equal((226.23m, true), (items[0].GetProperty("amount").GetDecimal(), items[0].GetProperty("isLate").GetBoolean()));
        Assert.Equal(4, items[2].GetProperty("pieces").GetInt32());
        Assert.Equal("invalid", (await program.GetAsync("/api/v1/worklists/selling?kind=ship")).Problem);
    }

    [Fact]
    public async Task Nobody_finds_the_work_of_others()
    {
        var clerk = portal.SignIn(await portal.Given.APerson(portal.Buyer.Partner, "purchasing"));
        var stranger = portal.SignIn(await portal.Given.ADistributor("Elsewhere"));

        Assert.Equal(HttpStatusCode.Forbidden, (await clerk.GetAsync("/worklists/selling")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await clerk.GetAsync("/worklists/books/export")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(await portal.Given.AnApiClient(portal.Buyer.Partner, "purchasing")).GetAsync("/api/v1/worklists/books")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(await portal.Given.APerson(portal.Buyer.Partner, "viewer")).GetAsync("/worklists")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.GetAsync("/worklists/other")).Status);
        Assert.Equal(["receive"], (await WorkAsync(clerk, "/worklists/shipping")).Select(work => work.Kind));
        foreach (var list in new[] { "buying", "selling", "shipping", "books" })
        {
            Assert.Equal("Nothing waits", (await stranger.GetAsync($"/worklists/{list}")).Text(".empty-title"));
        }
    }

    static async Task<List<(string Kind, string Link)>> WorkAsync(Visitor visitor, string list) =>
        [.. (await visitor.GetAsync(list)).Document.QuerySelectorAll("tbody tr a.btn").Select(act => act.GetAttribute("href")!).Select(link => (KindOf(link), link))];

    static string KindOf(string link) => link switch
    {
        _ when link.Contains("/receipts/", StringComparison.Ordinal) => "receive",
        _ when link.EndsWith("/edit", StringComparison.Ordinal) => "draft",
        _ when link.EndsWith("/confirmation/new", StringComparison.Ordinal) => "confirm",
        _ when link.EndsWith("/shipments/new", StringComparison.Ordinal) => "ship",
        _ when link.StartsWith("/orders/waiting", StringComparison.Ordinal) => "goods",
        _ when link.Contains("/accounts/", StringComparison.Ordinal) => "remind",
        _ when link.Contains("/payments/", StringComparison.Ordinal) => "match",
        _ => link.Contains("/invoices/", StringComparison.Ordinal) ? "invoice" : "other",
    };
}
